"""What a comparison of price policies costs in time and memory."""

import time
import tracemalloc
from dataclasses import replace

import pytest

from pricing import backtest, policies
from pricing.backtest import Setup
from pricing.demand import ELASTICITIES, Market
from pricing.policies import SEED_TIERS
from stickertrendz.testing import Bench

from .test_policies import LEDGER
from .test_price_backtest import slowly

pytestmark = pytest.mark.bench
POLICIES = policies.compared(SEED_TIERS)


def test_the_usual_comparison_fits_into_seconds_and_little_memory(bench: Bench) -> None:
    setup, elasticities = Setup(), list(ELASTICITIES.values())
    start = time.process_time()
    backtest.compare(Market(), elasticities, POLICIES, LEDGER, setup)
    bench.figure("price_backtest as it stands", time.process_time() - start, "s", 20)
    tracemalloc.start()
    backtest.compare(Market(), elasticities, POLICIES, LEDGER, replace(setup, replications=60))
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    bench.figure("price_backtest, most memory", peak, "MB", 300)


def test_arrays_beat_offer_by_offer(bench: Bench) -> None:
    ours, setup = POLICIES[-1], Setup(days=60, designs=100, replications=1)
    shops = next(backtest.lots(Market(), setup, lambda done: None))
    bench.compare(
        "one shop of 100 designs, 60 days",
        ours=lambda: backtest.trade(shops, ours, Market(), LEDGER),
        naive=lambda: slowly(shops, ours, Market()),
        at_least=5,
    )
