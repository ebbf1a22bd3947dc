"""What a term would hit now: designs on sale and recent topics, before it is stored or changed."""

from dataclasses import dataclass
from datetime import timedelta

from stickertrendz import clock
from trends import matching
from trends.models import Trend

from . import blocklisted
from .models import Sticker

DESIGNS, TOPICS = 300, 500  # the newest; more would make the operator wait
RECENT = timedelta(days=60)


@dataclass(frozen=True)
class Hurt:
    """A design or trend that the term hits, with the place and how it matched."""

    row: Sticker | Trend
    place: str
    why: str


@dataclass(frozen=True)
class Preview:
    designs: list[Hurt]
    topics: list[Hurt]
    designs_seen: int
    topics_seen: int


def preview(text: str, kind: str, match: str) -> Preview:
    finder = matching.build([matching.Term(text, kind, match)])
    on_sale = Sticker.objects.filter(shelf=Sticker.Shelf.WANTED).select_related("trend", "generation")
    stickers = list(on_sale.order_by("-pk")[:DESIGNS])
    trends = list(Trend.objects.filter(created_at__gte=clock.now() - RECENT).order_by("-created_at")[:TOPICS])
    designs = [_first(finder, one, blocklisted.texts(one)) for one in stickers]
    topics = [_first(finder, trend, [("topic", trend.topic)]) for trend in trends]
    return Preview([one for one in designs if one], [one for one in topics if one], len(stickers), len(trends))


def _first(finder: matching.Matcher, row: Sticker | Trend, texts: list[tuple[str, str]]) -> Hurt | None:
    return next((Hurt(row, place, hit.why) for place, text in texts for hit in finder.find(text)), None)
