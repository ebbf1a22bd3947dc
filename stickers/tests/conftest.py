"""Trends ready to be drawn, jobs in virtual time, and faults of the outside world."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from stickertrendz import clock
from stickertrendz.ops import runner
from stickertrendz.ops.models import Run
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from trends.models import Trend

TOPICS = (
    "sleepy capybara in a bathtub", "cozy frog in a teacup", "grumpy cat in a wizard hat",
    "cheerful avocado on a skateboard", "tiny dragon holding a balloon", "silly goose with sunglasses",
)  # fmt: skip
Ready = Callable[[int], list[Trend]]
RunJob = Callable[..., Run]


@pytest.fixture
def ready() -> Ready:
    """Makes so many discovered trends."""

    def make(count: int) -> list[Trend]:
        return [
            Trend.objects.create(
                topic=topic, topic_normalized=" ".join(sorted(topic.split())), status=Trend.Status.DISCOVERED,
                keywords=topic.split(), sources=["reddit"], score_overall="8.5",
            )
            for topic in TOPICS[:count]
        ]  # fmt: skip

    return make


@pytest.fixture
def run_job() -> RunJob:
    """Runs a job through the runner; with `later`, that much virtual time passes first."""

    def run(name: str = "sticker_generator", *, later: timedelta = timedelta(0), code: int = 0) -> Run:
        clock.sleep(later.total_seconds())
        assert runner.run_job(name)[0] == code
        return Run.objects.filter(workflow=name).latest("pk")

    return run


@pytest.fixture
def fault(sandbox: Sandbox) -> Callable[..., None]:
    """Makes the sandbox fail: service, operation, fault, how often (None for ever)."""

    def add(service: str, operation: str, name: str, times: int | None = 1, **more: Any) -> None:
        sandbox.faults.add(Fault(service, operation, name, times, **more))

    return add
