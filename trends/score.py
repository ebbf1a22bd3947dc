"""Asks the model what a trend is worth, and believes it only where its answer holds together."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from pydantic import BaseModel, Field, model_validator

from stickertrendz import clock
from stickertrendz.adapters.openai import Completion, Denied, Malformed, complete
from stickertrendz.ops import authority, meters, prompt_files, transcripts
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.prompt_files import Prompt
from stickertrendz.ops.subjects import subject_of
from trends import blocklists
from trends.merge import platforms
from trends.models import Signal, Trend

PURPOSE = "trend_score"
MALFORMED_RETRIES = 2
CLOSE_CALL = Decimal("0.5")  # this near the threshold one sample is not enough
SAMPLES = 3
POSTS_SHOWN = 10
HUNDREDTH = Decimal("0.01")


class TrendScore(BaseModel):
    """What the model is asked for. An overall no weighting of the four scores could give counts as malformed."""

    velocity: int = Field(ge=1, le=10)
    commercial: int = Field(ge=1, le=10)
    safety: int = Field(ge=1, le=10)
    uniqueness: int = Field(ge=1, le=10)
    overall: float = Field(ge=1, le=10)
    reasoning: str

    @model_validator(mode="after")
    def overall_lies_among_the_scores(self) -> "TrendScore":
        four = (self.velocity, self.commercial, self.safety, self.uniqueness)
        if not min(four) <= self.overall <= max(four):
            raise ValueError(f"overall {self.overall} lies outside its four scores {four}")
        return self


@dataclass(frozen=True)
class Score:
    velocity: int
    commercial: int
    safety: int
    uniqueness: int
    overall: Decimal
    spread: Decimal
    reasoning: str
    model: str
    prompt_version: str


def score(topic: str, evidence: Sequence[Signal], *, subject: str = "") -> Score:
    """One sample, or near the threshold the median of three; Malformed after two useless repeats of a sample."""
    fields = {"topic": topic, "sample_posts": sample_posts(evidence), "source_list": ", ".join(platforms(evidence))}
    prompt = prompt_files.load("trends", "score").filled(**fields)
    samples = [_sample(prompt, subject)]
    if abs(_overall(samples[0]) - settings.TREND_SCORE_THRESHOLD) <= CLOSE_CALL:
        samples += [_sample(prompt, subject) for _ in range(SAMPLES - 1)]
    samples.sort(key=_overall)
    middle = samples[len(samples) // 2]
    found = middle.parsed
    return Score(
        found.velocity, found.commercial, found.safety, found.uniqueness, _overall(middle),
        _overall(samples[-1]) - _overall(samples[0]), found.reasoning, middle.model, prompt.version,
    )  # fmt: skip


def _overall(sample: Completion[TrendScore]) -> Decimal:
    return Decimal(str(sample.parsed.overall)).quantize(HUNDREDTH)


def _sample(prompt: Prompt, subject: str) -> Completion[TrendScore]:
    for repeat in range(MALFORMED_RETRIES + 1):
        try:
            answer = complete(PURPOSE, prompt, TrendScore, subject=subject)
        except Malformed as useless:
            _keep(useless, prompt, subject)
            if repeat == MALFORMED_RETRIES:
                raise
        else:
            _keep(answer, prompt, subject)
            return answer
    raise AssertionError("the last repeat raises or returns")


def _keep(answer: Completion[TrendScore] | Malformed, prompt: Prompt, subject: str) -> None:
    transcripts.record(
        PURPOSE, subject=subject, model=answer.model, prompt_version=prompt.version,
        request=answer.request, answer=answer.answer, cost_micro=answer.cost_micro,
    )  # fmt: skip


def sample_posts(evidence: Iterable[Signal]) -> str:
    """The strongest posts and searches as the model and the operator see them, each wording once."""
    strongest = sorted(evidence, key=lambda signal: (-(signal.score or 0), signal.pk))
    by_text = {" ".join(signal.text.split()): signal for signal in reversed(strongest)}
    shown = [(text, signal) for text, signal in reversed(by_text.items())][:POSTS_SHOWN]
    return "\n".join(f"- “{text}” ({signal.numbers()})" for text, signal in shown)


def score_trend(trend: Trend) -> None:
    """The step of one trend: blocklist, score, verdict. Denied keys halt the run, for no trend is at fault."""
    hits = blocklists.find(trend.topic)
    if hits:
        trend.move_to(Trend.Status.ARCHIVED, reasoning=hits[0].why)
        return
    evidence = list(trend.signals.select_related("source"))
    with _one_of_today():
        try:
            found = score(trend.topic, evidence, subject=subject_of(trend))
        except Denied as denied:
            raise authority.refused(denied) from denied
    trend.move_to(
        verdict(found), score_velocity=found.velocity, score_commercial=found.commercial, score_safety=found.safety,
        score_uniqueness=found.uniqueness, score_overall=found.overall, score_spread=found.spread,
        reasoning=found.reasoning, model=found.model, prompt_version=found.prompt_version,
        scored_at=clock.now(), scored_evidence=len({signal.native_id for signal in evidence}),
    )  # fmt: skip


def verdict(found: Score) -> Trend.Status:
    """Safety first, whatever the overall; then the threshold."""
    if found.safety < settings.MIN_TREND_SAFETY:
        return Trend.Status.UNSAFE
    return Trend.Status.QUEUED if found.overall >= settings.TREND_SCORE_THRESHOLD else Trend.Status.WATCHING


@contextmanager
def _one_of_today() -> Iterator[None]:
    """Counts one scored trend against the day's cap, however many samples it takes; Refused when the cap is reached."""
    held = meters.reserve(Reserve("scores"), clock.now())
    used = 0
    try:
        yield
        used = 1
    except Malformed:
        used = 1  # the model was asked and paid
        raise
    finally:
        meters.settle(held, used)
