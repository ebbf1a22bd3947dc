"""price_backtest: what price policies would earn, on simulated shops or on the shop's own sales."""

import json
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from rich import box
from rich.console import Console
from rich.table import Table

from fulfillment import costs
from fulfillment.fees import FEES
from pricing import backtest, book, demand, elasticity, policies, recorded, replay
from pricing.backtest import Judged, Setup, Spread
from pricing.demand import Market
from pricing.elasticity import Estimate
from pricing.policies import BadPolicy, Ledger, Policy
from stickertrendz import clock
from stickertrendz.ops.errors import NeedsPerson

WIDEST = 120  # tables take what they need of it
HEADINGS = ("revenue\n$", "units", "profit $\n(95 % of shops)", "¢ a\nslot-day", "over seed's $\n(95 %)")
Options = dict[str, Any]
CANNOT_TELL = (
    "What this cannot tell: how prices change how often a listing is found, what buyers do at prices nobody was shown, "
    "and whether buyers of new trends answer differently, as long as prices only ever fall with age."
)


@dataclass(frozen=True)
class Found:
    """results: by the elasticity, in words. assumed: the simulation's parameters. estimated: the elasticity found."""

    notes: list[str]
    results: dict[str, list[Judged]]
    assumed: dict[str, float] | None = None
    estimated: dict[str, float] | None = None


class Command(BaseCommand):
    help = "Compare price policies: what they would earn at three assumed elasticities, or by the shop's own sales."

    def add_arguments(self, parser: ArgumentParser) -> None:
        usual = Setup()
        parser.add_argument("--seed", type=int, default=usual.seed, help="of chance; the same seed, the same result")
        parser.add_argument("--days", type=int, default=usual.days, help=f"on sale ({usual.days})")
        parser.add_argument("--designs", type=int, default=usual.designs, help=f"in a shop ({usual.designs})")
        parser.add_argument(
            "--replications", type=int, default=usual.replications, help=f"shops ({usual.replications})"
        )
        parser.add_argument("--urgency", type=float, default=0.0, help="share of the elasticity a new trend lacks (0)")
        parser.add_argument("--policy", type=Path, action="append", default=[], metavar="FILE", help="another, in TOML")
        parser.add_argument("--fees", choices=FEES, default=settings.ETSY_FEES, help="Etsy's fees to reckon with")
        parser.add_argument("--recorded", action="store_true", help="replay the shop's own sales instead")
        parser.add_argument("--json", action="store_true", help="print JSON instead of tables")

    def handle(self, *args: Any, **options: Any) -> None:
        ledger, chosen = _prepared(options["fees"], options["policy"])
        sales = recorded.lines().count()
        with Console(stderr=True).status("Comparing …") as status:
            if options["recorded"]:
                found = _replayed(ledger, chosen, sales)
            else:
                found = _simulated(ledger, chosen, options, lambda done: status.update(f"{done} shops simulated …"))
        notes, cuts = [recorded.standing(sales), *found.notes], _cuts(chosen[0], ledger)
        if options["json"]:
            told = {"sales": sales, "fees": options["fees"], **asdict(found), "notes": notes, "break_even": cuts}
            self.stdout.write(json.dumps(told, indent=2))
            return
        self.stdout.ending = ""  # rich ends its lines itself
        console = Console(file=cast(IO[str], self.stdout), soft_wrap=True, width=WIDEST)
        console.print(*notes, sep="\n", highlight=False)
        console.print(*(_table(name, judged) for name, judged in found.results.items()), sep="\n")
        console.print(*(f"{words} below {at:.2f}" for words, at in cuts.items()), sep="\n", highlight=False)


def _prepared(fees: str, files: Sequence[Path]) -> tuple[Ledger, list[Policy]]:
    """Costs and tiers as they stand in the database."""
    try:
        opened = book.read_book(clock.now())
        ledger = Ledger(FEES[fees], {size: costs.dearest(opened.costs, size) for size in demand.USUAL})
        chosen = [*policies.compared(opened.tiers), *map(policies.read, files)]
    except (NeedsPerson, BadPolicy) as error:
        raise CommandError(str(error)) from error
    names = [policy.name for policy in chosen]
    if len(set(names)) < len(names):
        raise CommandError(f"Two policies have the same name; the ones compared are {', '.join(names)}.")
    return ledger, chosen


def _simulated(ledger: Ledger, chosen: list[Policy], options: Options, tell: Callable[[int], None]) -> Found:
    market, setup = _market(options), _setup(options)
    names = {value: f"{value} ({name})" for name, value in demand.ELASTICITIES.items()}
    try:
        judged = backtest.compare(market, list(names), chosen, ledger, setup, tell)
    except LookupError as gap:
        raise CommandError(str(gap)) from gap
    assumed = asdict(setup) | {name: value for name, value in asdict(market).items() if name != "elasticity"}
    note = f"{setup.replications} shops of {setup.designs} designs, each on sale for {setup.days} days at most."
    return Found([note], {names[value]: rows for value, rows in judged.items()}, assumed=assumed)


def _market(options: Options) -> Market:
    if not 0 <= options["urgency"] <= 1:
        raise CommandError("--urgency is a share from 0 to 1.")
    return Market(urgency=options["urgency"])


def _setup(options: Options) -> Setup:
    setup = Setup(options["seed"], options["days"], options["designs"], options["replications"])
    if min(setup.days, setup.designs) < 1 or setup.replications < 2 or setup.seed < 0:
        raise CommandError("--days and --designs are at least 1, --replications at least 2, --seed at least 0.")
    return setup


def _replayed(ledger: Ledger, chosen: list[Policy], sales: int) -> Found:
    if sales < recorded.ENOUGH_SALES:
        raise CommandError(f"{recorded.standing(sales)} Without --recorded the policies are simulated.")
    sold = recorded.sales()
    estimate = elasticity.estimate(recorded.exposures(sold))
    tried = {f"{value} ({name})": (value, 0.0) for name, value in demand.ELASTICITIES.items()}
    if estimate:
        tried = {f"{estimate.elasticity:.2f} (estimated)": (estimate.elasticity, estimate.error)}
    slot_days = recorded.slot_days()
    try:
        results = {name: replay.replay(sold, chosen, ledger, value, slot_days) for name, value in tried.items()}
    except (ValueError, LookupError) as error:
        raise CommandError(str(error)) from error
    return Found([_said(estimate), CANNOT_TELL], results, estimated=asdict(estimate) if estimate else None)


def _said(estimate: Estimate | None) -> str:
    if estimate is None:
        return (
            f"Fewer than {elasticity.LEAST_DESIGNS} designs sold and were seen at more than one price, or the sales "
            "were too one-sided: the elasticities below are still assumed."
        )
    low, high = estimate.interval
    return (
        f"Elasticity, from {estimate.units} units of {estimate.designs} designs seen at more than one price: "
        f"{estimate.elasticity:.2f} (95 %: {low:.2f} to {high:.2f})."
    )


def _cuts(policy: Policy, ledger: Ledger) -> dict[str, float]:
    """The elasticity below which each price cut of the policy pays."""
    found = {}
    for (dear, cheap), size in ((pair, size) for size in demand.USUAL for pair in pairwise(policy.tiers)):
        prices = [policy.price(size, tier, ledger.floor(size)) for tier in (dear, cheap)]
        if prices[1] < prices[0]:
            profits = [float(ledger.profit(size, price)) for price in prices]
            at = backtest.break_even(float(prices[0]), float(prices[1]), profits[0], profits[1])
            found[f"{size}: cutting ${prices[0]} to ${prices[1]} pays at an elasticity"] = at
    return found


def _table(elasticity: str, judged: Sequence[Judged]) -> Table:
    table = Table(title=f"elasticity {elasticity}", title_justify="left", box=box.SIMPLE, padding=(0, 1, 0, 0))
    table.add_column("policy", no_wrap=True)
    for words in HEADINGS:
        table.add_column(words, justify="right", no_wrap=True)
    for one in judged:
        over = "" if one is judged[0] else _interval(one.gain)
        money = (f"{one.revenue.mean:,.0f}", f"{one.units.mean:,.0f}", _interval(one.profit))
        a_day = f"{100 * one.per_slot_day.mean:.2f}" if one.per_slot_day else "–"
        table.add_row(one.name, *money, a_day, over)
    return table


def _interval(found: Spread) -> str:
    return f"{found.mean:,.0f} ({found.low:,.0f} to {found.high:,.0f})"
