"""What keeps a topic out: a blocked term in its words or in its evidence, or the word of a person."""

from collections import Counter
from collections.abc import Iterable

from django.db import transaction

from stickertrendz.ops import audit, queue
from stickertrendz.ops.errors import IllegalMove
from trends import blocklists
from trends.blocklists import Blocklist
from trends.matching import Hit
from trends.models import Signal, Trend

wake_evaluation = queue.waker("trend_evaluation")


class Screen:
    """One blocklist over the topics of one run: a post that carries several topics is searched once."""

    def __init__(self, blocklist: Blocklist) -> None:
        self._blocklist = blocklist
        self._known: dict[str, list[Hit]] = {}

    def blocked_by(self, topic: str, texts: Iterable[str]) -> Hit | None:
        """A term in the topic, or one in at least half of its evidence: a "frog set" may be a brand's.

        One post among several does not speak for the topic, also where it is half of them.
        """
        hits = self.find(topic)
        if hits:
            return hits[0]
        different = set(texts)
        first: dict[str, Hit] = {}
        carrying: Counter[str] = Counter()
        for text in different:
            found = {hit.term: hit for hit in self.find(text)}
            first |= found
            carrying.update(found.keys())
        worst, count = min(carrying.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
        enough = count * 2 >= len(different) and (count > 1 or len(different) == 1)
        return first[worst] if count and enough else None

    def find(self, text: str) -> list[Hit]:
        if text not in self._known:
            self._known[text] = self._blocklist.find(text)
        return self._known[text]


def turned_away(trend: Trend, evidence: Iterable[Signal]) -> bool:
    """Archives a trend that the lists shut out by now: a term may have come since it was found or scored."""
    hit = Screen(blocklists.current()).blocked_by(trend.topic, (signal.text for signal in evidence))
    if hit is None:
        return False
    blocklists.count_blocked(trend.topic, hit)
    trend.move_to(Trend.Status.ARCHIVED, reasoning=hit.why)
    return True


def shut(trend: Trend, *, by: str, why: str) -> bool:
    """No new designs of this topic, in no later episode either; what is on sale is not touched.

    False when it is shut already: the first reason stays.
    """
    with transaction.atomic():
        if not Trend.objects.filter(pk=trend.pk, shut_why="").update(shut_why=why[:200]):
            return False
        audit.record(by, "shut topic", trend, why)
    trend.shut_why = why[:200]
    return True


def reopen(trend: Trend, *, by: str, why: str) -> bool:
    """The topic may be scored and drawn again. False when it is open, or shut for another reason meanwhile."""
    with transaction.atomic():
        if not Trend.objects.filter(pk=trend.pk, shut_why=trend.shut_why).exclude(shut_why="").update(shut_why=""):
            return False
        audit.record(by, "reopened topic", trend, why)
    trend.shut_why = ""
    return True


def doubt(trend: Trend, *, by: str, why: str) -> None:
    """A topic found unsafe is scored anew, by the same rules: too low a safety shuts it again. Raises IllegalMove."""
    if trend.status != Trend.Status.UNSAFE:
        raise IllegalMove(f"“{trend}” is not shut as unsafe: it is {trend.get_status_display().lower()}.")
    with transaction.atomic():
        trend.move_to(Trend.Status.FOUND, asked_by=by)
        audit.record(by, "had unsafe topic scored anew", trend, why, safety=trend.score_safety)
    wake_evaluation()
