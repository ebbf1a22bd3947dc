"""Trends ready to be drawn, jobs in virtual time, and faults of the outside world."""

import io
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from stickers.models import Generation, Size, Sticker
from stickers.prompts import styled
from stickertrendz import clock
from stickertrendz.ops import runner, storage
from stickertrendz.ops.models import Run
from stickertrendz.sandbox.faults import Fault
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.staging import remembered
from trends.models import Trend

TOPICS = (
    "sleepy capybara in a bathtub", "cozy frog in a teacup", "grumpy cat in a wizard hat",
    "cheerful avocado on a skateboard", "tiny dragon holding a balloon", "silly goose with sunglasses",
)  # fmt: skip
Ready = Callable[[int], list[Trend]]
RunJob = Callable[..., Run]
Scored = Callable[[float], None]


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
def pending(sandbox: Sandbox, ready: Ready) -> Sticker:
    """A design that has passed the checks and has its words, waiting for moderation."""
    [trend] = ready(1)
    Trend.objects.update(status=Trend.Status.GENERATED)
    drawn = Generation.objects.create(
        status="passed", trend=trend, variant=1, prompt=styled(f"a {trend.topic}"), model_version="0" * 64, seed=1
    )
    file = io.BytesIO()
    Image.new("RGBA", (300, 300), "green").save(file, "PNG")
    key = storage.key_for("tests", file.getvalue(), "1", "png")
    for where in ("public", "private"):
        storage.keep(where, key, file.getvalue())
    sticker = Sticker.objects.create(
        status="pending", trend=trend, generation=drawn, title="Sleepy Capybara Sticker",
        description="A capybara that naps.", tags=["capybara sticker", "free shipping"], thumbnail_key=key,
    )  # fmt: skip
    Size.objects.create(sticker=sticker, size=Size.Inches.SMALL, dpi=300, print_key=key)
    return sticker


@pytest.fixture(scope="session")
def drawn_before() -> dict[str, dict[Any, Any]]:
    """What was made of each of the sandbox's pictures, for all tests: cutting one out takes half a second."""
    return {}


@pytest.fixture
def run_job(drawn_before: dict[str, dict[Any, Any]]) -> Iterator[RunJob]:
    """Runs a job through the runner; with `later`, that much virtual time passes first."""

    def run(name: str = "sticker_generator", *, later: timedelta = timedelta(0), code: int = 0) -> Run:
        clock.sleep(later.total_seconds())
        assert runner.run_job(name)[0] == code
        return Run.objects.filter(workflow=name).latest("pk")

    with remembered(drawn_before):
        yield run


@pytest.fixture
def fault(sandbox: Sandbox) -> Callable[..., None]:
    """Makes the sandbox fail: service, operation, fault, how often (None for ever)."""

    def add(service: str, operation: str, name: str, times: int | None = 1, **more: Any) -> None:
        sandbox.faults.add(Fault(service, operation, name, times, **more))

    return add


@pytest.fixture
def blank(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is asked for, the sandbox draws nothing."""
    file = io.BytesIO()
    Image.new("RGB", (1024, 1024), "white").save(file, "PNG")
    monkeypatch.setattr(type(sandbox.worlds["replicate"]), "picture", lambda *asked: file.getvalue())


@pytest.fixture
def answered(sandbox: Sandbox) -> Callable[..., None]:
    """Makes the sandbox's moderation answer one result per edit, each its own judgement with what the edit says."""

    def answer(*edits: dict[str, Any]) -> None:
        world: Any = sandbox.worlds["openai"]
        world.moderated = list(edits)

    return answer


@pytest.fixture
def scored(answered: Callable[..., None]) -> Scored:
    """Makes the sandbox's moderation give everything this score for violence."""
    return lambda value: answered({"category_scores": {"violence": value}})
