"""Asks the model what a trend is worth, and believes it only where its answer holds together."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from pydantic import BaseModel, Field, model_validator

from stickertrendz import clock
from stickertrendz.adapters.openai import Completion, Denied, Malformed, complete
from stickertrendz.ops import authority, meters, prompt_files, transcripts
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.meters import Reserve
from stickertrendz.ops.prompt_files import Prompt
from stickertrendz.ops.subjects import subject_of
from trends.merge import platforms
from trends.models import Signal, Trend
from trends.shut import turned_away

PURPOSE = "trend_score"
REPLAY = "trend_score_replay"
ASK_AGAIN = "Nothing asks again by itself; “Try parked rows again” does. The answers are among its transcripts."
MALFORMED_RETRIES = 2
MOST_REFUSALS = 2  # one may be a whim; who refuses twice means it
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


class NoScore(NeedsPerson):
    """The model was asked and paid, and there is no score; the text tells the operator why and what to do."""


@dataclass(frozen=True)
class Score:
    """The verdict of one sample, or the one in the middle of several: `samples` are all their overalls, rising.

    `safety` is the lowest of all samples: who sees a danger once is heeded, for a shop can be shut over one design.
    """

    velocity: int
    commercial: int
    safety: int
    uniqueness: int
    overall: Decimal
    spread: Decimal
    reasoning: str
    model: str
    prompt_version: str
    samples: tuple[Decimal, ...] = ()
    cost_micro: int = 0

    def columns(self) -> dict[str, Any]:
        """The same as columns of a Trend."""
        return {
            "score_velocity": self.velocity, "score_commercial": self.commercial, "score_safety": self.safety,
            "score_uniqueness": self.uniqueness, "score_overall": self.overall, "score_spread": self.spread,
            "reasoning": self.reasoning, "model": self.model, "prompt_version": self.prompt_version,
        }  # fmt: skip


def score(topic: str, evidence: Sequence[Signal], *, subject: str = "") -> Score:
    """One sample, or near the threshold the median of three; NoScore when the model gives nothing usable."""
    prompt = prompt_for(topic, evidence)
    samples = [_sample(prompt, subject, PURPOSE)]
    if abs(_overall(samples[0]) - settings.TREND_SCORE_THRESHOLD) <= CLOSE_CALL:
        samples += [_sample(prompt, subject, PURPOSE) for _ in range(SAMPLES - 1)]
    return _judged(samples, prompt)


def ask_again(prompt: Prompt, samples: int, *, subject: str) -> Score:
    """The median of so many samples, kept apart from those a trend was scored by."""
    return _judged([_sample(prompt, subject, REPLAY) for _ in range(samples)], prompt)


def prompt_for(topic: str, evidence: Sequence[Signal]) -> Prompt:
    fields = {"topic": topic, "sample_posts": sample_posts(evidence), "source_list": ", ".join(platforms(evidence))}
    return prompt_files.load("trends", "score").filled(**fields)


def _judged(samples: list[Completion[TrendScore]], prompt: Prompt) -> Score:
    rising = sorted(samples, key=_overall)
    middle = rising[len(rising) // 2]
    found = middle.parsed
    warned = min((sample.parsed for sample in rising), key=lambda parsed: parsed.safety)
    said = warned if warned.safety < settings.MIN_TREND_SAFETY else found
    overalls = tuple(_overall(sample) for sample in rising)
    return Score(
        found.velocity, found.commercial, warned.safety, found.uniqueness, _overall(middle),
        overalls[-1] - overalls[0], said.reasoning, middle.model, prompt.version, overalls,
        sum(sample.cost_micro for sample in samples),
    )  # fmt: skip


def _overall(sample: Completion[TrendScore]) -> Decimal:
    return Decimal(str(sample.parsed.overall)).quantize(HUNDREDTH)


def _sample(prompt: Prompt, subject: str, purpose: str) -> Completion[TrendScore]:
    """One usable answer. After one that was cut off the next has twice the room; a second refusal ends the asking."""
    useless: list[Malformed] = []
    while True:
        room = 2 ** sum(answer.cut_off for answer in useless)
        try:
            answer = complete(PURPOSE, prompt, TrendScore, subject=subject, room=room)
        except Malformed as malformed:
            _keep(malformed, prompt, subject, purpose)
            useless.append(malformed)
            if len(useless) > MALFORMED_RETRIES or sum(each.refused for each in useless) >= MOST_REFUSALS:
                raise NoScore(_why(useless)) from malformed
        else:
            _keep(answer, prompt, subject, purpose)
            return answer


def _why(useless: Sequence[Malformed]) -> str:
    last, times = useless[-1], f"{len(useless)} answers"
    if last.refused:
        return f"The model refused to judge this topic. {ASK_AGAIN}"
    if last.cut_off:
        return f"The model's answers were cut off ({times}): raise max_completion_tokens in OPENAI_MODELS. {ASK_AGAIN}"
    return f"The model gave no usable score in {times}; the last: {last.message}. {ASK_AGAIN}"


def _keep(answer: Completion[TrendScore] | Malformed, prompt: Prompt, subject: str, purpose: str) -> None:
    transcripts.record(
        purpose, subject=subject, model=answer.model, prompt_version=prompt.version,
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
    evidence = list(trend.signals.select_related("source"))
    if turned_away(trend, evidence):
        return
    with _one_of_today():
        try:
            found = score(trend.topic, evidence, subject=subject_of(trend))
        except Denied as denied:
            raise authority.refused(denied) from denied
    known = len({signal.native_id for signal in evidence})
    trend.move_to(verdict(found), **found.columns(), scored_at=clock.now(), scored_evidence=known)


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
    except NoScore:
        used = 1  # the model was asked and paid
        raise
    finally:
        meters.settle(held, used)
