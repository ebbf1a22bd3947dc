"""What a person may have done to pictures from their list: failed ones are drawn once more, after the cost is told."""

from django import forms

from stickers import redraw
from stickers.generate import estimate_micro
from stickers.models import Generation
from stickertrendz import money
from stickertrendz.ops import meters, switches
from stickertrendz.ops.errors import NeedsPerson

from .deciding import Deed

MOST = 20
FAILED = (Generation.Status.FAILED, Generation.Status.QUALITY_FAILED)


def _draws(generation: Generation) -> str:
    if generation.status not in FAILED:
        raise NeedsPerson(f"it is {generation.get_status_display().lower()}, not failed")
    return f"a new picture from the same words, as design {generation.variant} of “{generation.trend}”."


def _draw(generation: Generation, *, by: str) -> None:
    redraw.retry(generation, by=by)


def retry() -> Deed:
    """With today's price, what is left of the day, and the switch that halts it."""
    day, switch = meters.level("images"), switches.thrown("generation")
    lead = (
        f"Each is a new picture for about ${money.from_micro(estimate_micro()):.4f}; what failed is never paid again. "
        f"{day.left} of today's {day.limit} pictures are left; what does not fit in waits for tomorrow."
    )
    if switch:
        lead += f" Generation is halted ({switch.reason}): they are drawn once that switch is cleared."
    after = "They are drawn within the next minutes."
    return Deed("Draw failed pictures once more", lead, _draws, _draw, "Draw", after, forms.Form, most=MOST)
