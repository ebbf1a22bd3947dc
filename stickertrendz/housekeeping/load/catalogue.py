"""Which design was made when, what became of it, and how long it was on sale: what all other tables agree with."""

from collections.abc import Iterator
from dataclasses import dataclass

from stickers.rescan import BLOCKED

from .plan import DAY, HOUR, Plan

EVERGREEN = 0.4  # of what is on sale today: designs of any age that sell on
TO_JUDGE = 400  # designs waiting for a person's verdict, at most


@dataclass(frozen=True)
class Design:
    """Moments are seconds since 1970. since: of its shelf. published, until: on sale from and until; 0 for never."""

    key: int
    made: int
    status: str
    shelf: str
    since: int
    why: str = ""
    attention: str = ""
    published: int = 0
    until: int = 0

    @property
    def number(self) -> str:
        return f"ST-{self.key:06d}"


def designs(plan: Plan) -> list[Design]:
    return list(_designs(plan))


def _designs(plan: Plan) -> Iterator[Design]:
    chance, size = plan.chance("designs").random, plan.stickers
    flagged = min(TO_JUDGE, size // 50 + 1)
    fresh, lasting = size - int(plan.on_sale * (1 - EVERGREEN)), max(2, int(size / (plan.on_sale * EVERGREEN + 1)))
    for key in range(1, size + 1):
        made = min(plan.when(key / size), plan.end - 60)
        back, luck = size - key, chance()
        if back < 12:
            yield Design(key, made, "pending", "none", made)
        elif back < 5 * flagged and key % 5 == 0:
            yield Design(key, made, "flagged", "none", made)
        elif luck < 0.12:
            yield Design(key, made, "rejected", "none", made)
        elif luck < 0.123:
            yield _withdrawn(plan, key, made)
        else:
            yield _offered(plan, key, made, key > fresh or key % lasting == 0, luck)


def _withdrawn(plan: Plan, key: int, made: int) -> Design:
    """Off sale by a complaint or a re-scan; some of the newest wait for the owner's word."""
    since = max(made + HOUR, min(made + 5 * DAY, plan.end - HOUR))
    if plan.stickers - key > plan.stickers // 30:
        return Design(key, made, "approved", "withdrawn", since, "complaint 12", "", made + HOUR, since)
    why = f"{BLOCKED}“Otterville” in the title"
    return Design(key, made, "approved", "withdrawn", since, why, f"{why}. Off sale until you exempt it.", made, since)


def _offered(plan: Plan, key: int, made: int, on_sale: bool, luck: float) -> Design:
    published = min(made + 3 * HOUR, plan.end - 30)
    if on_sale:
        parked = "Etsy refused this: the title is too long." if key % 997 == 0 else ""
        return Design(key, made, "approved", "wanted", made, "approved by moderation", parked, published)
    until = max(published, min(published + int((2 + 60 * luck * luck) * DAY), plan.end - HOUR))
    return Design(key, made, "approved", "archived", until, "made room for newer designs", "", published, until)


def approved(found: list[Design]) -> list[Design]:
    """What was ever on sale."""
    return [one for one in found if one.published]
