"""Killed anywhere in finding and scoring, the shop pays at most once more for a trend and lets it through once."""

from collections.abc import Callable
from itertools import count

import pytest
from django.core.management import call_command
from django.db import connections

from stickertrendz.ops.models import Call, Meter
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import jobs, killed, killed_before_write, run, until_quiet
from trends.models import Signal, Trend
from trends.tests.make import make_signal, make_source

pytestmark = pytest.mark.django_db(transaction=True)
work = jobs("trend_evaluation")
TOPIC = "sleepy capybara in a bathtub"


@pytest.fixture
def seen(live_sandbox: Sandbox) -> Callable[[], Sandbox]:
    """Two posts about one topic, on a first day; to be called before each disturbance."""

    def start() -> Sandbox:
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)
        live_sandbox.reset()
        for place, opening in (("aww", "Meet the"), ("memes", "Another")):
            make_signal(f"{opening} {TOPIC}", make_source(place=place), score=9000)
        return live_sandbox

    return start


def asked() -> int:
    return Call.objects.filter(service="openai").count()


def check(samples: int) -> None:
    connections.close_all()
    trend = Trend.objects.get()
    assert (trend.topic, trend.status, trend.needs_attention) == (TOPIC, "discovered", "")
    assert trend.score_overall is not None
    assert trend.signals.count() == Signal.objects.count() == 2
    assert samples <= asked() <= 2 * samples
    assert not Meter.objects.filter(name="ai").exclude(reserved=0).exists()
    for name in ("scores", "discoveries"):
        assert 1 <= sum(meter.used + meter.reserved for meter in Meter.objects.filter(name=name)) <= 2


def undisturbed(sandbox: Sandbox) -> int:
    """How many answers the topic takes when nothing happens."""
    assert run(sandbox, work) == 0
    check(asked())
    return asked()


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_while_the_model_is_asked_it_is_scored_all_the_same(seen: Callable[[], Sandbox], when: str) -> None:
    samples = undisturbed(seen())
    sandbox = seen()
    killed(sandbox, work, "openai", "chat.completions", when)
    until_quiet(sandbox, work)
    check(samples)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_killed_before_any_of_its_writes_it_is_scored_and_let_through_once(seen: Callable[[], Sandbox]) -> None:
    samples = undisturbed(seen())
    for nth in count(1):
        sandbox = seen()
        if not killed_before_write(sandbox, work, nth):
            break
        until_quiet(sandbox, work)
        check(samples)
    assert nth > 20
