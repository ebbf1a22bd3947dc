"""What an operator may do to trends from their list: shut, reopen, draw and score again; each asks first."""

from functools import partial

from django import forms

from etsy import takedown
from stickers import redraw, tries
from stickers.generate import estimate_micro
from stickers.prompts import DESIGNS_PER_TREND
from stickertrendz import money
from stickertrendz.ops import meters
from stickertrendz.ops.errors import Beaten, NeedsPerson
from trends import replay, shut
from trends.models import Replay, Trend

from .deciding import Deed

MOST_DRAWN, MOST_SCORED = 20, 20


def _shuts(trend: Trend) -> str:
    if trend.is_shut:
        raise NeedsPerson("it is shut already" if trend.shut_why else "found unsafe, which shuts it already")
    return "gets no new designs, in no later episode either. What is on sale stays on sale."


def _shut(trend: Trend, *, by: str, why: str) -> None:
    if not shut.shut(trend, by=by, why=f"by {by}: {why}"):
        raise Beaten("somebody else shut it in this moment")


SHUT = Deed(
    "Shut topics",
    "No designs of these topics are drawn from now on, whatever is seen. To take what is on sale off it, reject the "
    "designs. It can be taken back by reopening them.",
    _shuts, _shut, "Shut", undo="reopen_topics",
)  # fmt: skip


def _reopens(trend: Trend) -> str:
    if not trend.shut_why:
        raise NeedsPerson("found unsafe: only the owner has it scored again" if trend.is_shut else "it is open already")
    if trend.shut_why.startswith(takedown.COMPLAINT):
        raise NeedsPerson("a complaint shut it: it opens when the complaint is cleared or withdrawn under Takedowns")
    return f"may be scored and drawn again. It was shut {trend.shut_why}."


def _reopen(trend: Trend, *, by: str, why: str) -> None:
    _no_complaint(trend)
    if not shut.reopen(trend, by=by, why=why):
        raise Beaten("it was opened, or shut for another reason, in this moment")


def _no_complaint(trend: Trend) -> None:
    if takedown.complaints().filter(listing__sticker__trend=trend).exists():
        raise NeedsPerson("a complaint about one of its designs is not settled: look under Takedowns")


REOPEN = Deed(
    "Reopen topics",
    "These topics may be scored and drawn once they are seen again. It can be taken back by shutting them.",
    _reopens, _reopen, "Reopen", undo="shut_topics",
)  # fmt: skip


def _rescores(trend: Trend) -> str:
    if trend.status != Trend.Status.UNSAFE:
        raise NeedsPerson("not found unsafe")
    if trend.shut_why:
        raise NeedsPerson("shut by hand or by a complaint as well: reopen it first")
    return f"is scored anew once it is seen within a day. The model gave it safety {trend.score_safety}."


def _rescore(trend: Trend, *, by: str, why: str) -> None:
    _no_complaint(trend)
    shut.doubt(trend, by=by, why=why)


DOUBT = Deed(
    "Have unsafe topics scored anew",
    "For a verdict that was wrong. Nothing is drawn by this: the model scores the topic again with all evidence of "
    "today, and it stays out when its safety is too low again. That limit holds for everybody.",
    _rescores, _rescore, "Score anew",
    after="The next evaluation scores what was seen within a day; the rest waits until it is seen again.",
)  # fmt: skip


def _draws(trend: Trend) -> str:
    if trend.shut_why:
        raise NeedsPerson(f"its topic is shut: {trend.shut_why}")
    if trend.status not in redraw.CLOSED:
        raise NeedsPerson("not one of which no design came out")
    return f"{DESIGNS_PER_TREND} new designs from new words; none came of it before."


def _draw(trend: Trend, *, by: str) -> None:
    redraw.anew(trend, by=by)


def draw_again() -> Deed:
    """With today's prices and what is left of the day."""
    least, day = DESIGNS_PER_TREND * estimate_micro(), meters.level("images")
    cost, most = (money.from_micro(micro) for micro in (least, least * (tries.LAST_TRY + 1)))
    lead = (
        f"The model writes new words for {DESIGNS_PER_TREND} designs each, which cost about ${cost:.2f} a trend, or "
        f"${most:.2f} when each needs all its tries. {day.left} of today's {day.limit} pictures are left; what does "
        "not fit in waits for tomorrow. It cannot be called off."
    )
    after = "They are drawn within the next minutes."
    return Deed("Draw again", lead, _draws, _draw, after=after, form=forms.Form, most=MOST_DRAWN)


def _scores(trend: Trend, most: str) -> str:
    if trend.scored_at is None:
        raise NeedsPerson("not scored yet: the next evaluation does it")
    return f"the model is asked once more, for at most ${most}. It scored {trend.score_overall} before."


def _score(trend: Trend, *, by: str) -> None:
    replay.ask(trend, by=by)


def score_again(example: Trend | None) -> Deed:
    """With the cost of one answer, as the first of the trends would be asked for."""
    most = f"{money.from_micro(replay.estimate(Replay(trend=example, samples=1))):.4f}" if example else "0"
    lead = (
        "Today's prompt is sent with all the evidence there is now. The trends keep their scores: each answer is "
        "shown beside the old one, and you may take it over then."
    )
    after = "The answers come within the next minutes; see the scores asked for again."
    plan = partial(_scores, most=most)
    return Deed("Score again and compare", lead, plan, _score, "Ask", after, forms.Form, most=MOST_SCORED)
