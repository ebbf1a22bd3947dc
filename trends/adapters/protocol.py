"""What every source gives, so that a new one is one file beside this one and one line in the registry."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from trends.rank import Seen


@dataclass(frozen=True)
class Look:
    """What one look at a place brought; nothing seen is a good answer.

    `mark` is handed to the next look (an ETag, a cursor), so that only news are sent.
    `skipped` says of each entry that could not be read why not.
    """

    seen: Sequence[Seen]
    mark: str = ""
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Adapter:
    """One kind of source. Its functions raise nothing but what is said here.

    `look(place, mark)` asks through the guard: OutsideError when the service failed, Refused when we stopped ourselves.
    `place_name(given)` is a place as the service writes it: ValueError says what is wrong with the given one.
    `off()` says why this kind is not asked at all here, nothing when it is.
    `requests` is what one look takes of `meter`, repeats aside; without a meter the service's own limits hold.
    """

    service: str
    look: Callable[[str, str], Look]
    place_name: Callable[[str], str]
    off: Callable[[], str] = lambda: ""
    requests: int = 1
    meter: str = ""
