"""What a person may do to many terms of the blocklists at once: retire them, or put them in force again."""

from stickertrendz.ops.errors import Beaten, NeedsPerson
from trends import blocklists
from trends.models import Term

from .deciding import Deed

MOST = 200


def _retires(term: Term) -> str:
    if term.retired_at:
        raise NeedsPerson("retired already")
    return "no longer blocks: topics and designs that hold it pass from then on."


def _retire(term: Term, *, by: str, why: str) -> None:
    if not blocklists.retire(term, by=by, why=why):
        raise Beaten("somebody else retired it in this moment")


RETIRE = Deed(
    "Retire terms",
    "They stay listed with the time they went and can be put in force again. What they took off sale waits for your "
    "word under Re-scans; nothing goes back by itself.",
    _retires, _retire, "Retire", undo="reinstate", most=MOST,
)  # fmt: skip


def _reinstates(term: Term) -> str:
    if not term.retired_at:
        raise NeedsPerson("in force already")
    return "blocks again at once; designs on sale are searched for it tonight, and a hit is taken off Etsy."


def _reinstate(term: Term, *, by: str, why: str) -> None:
    if not blocklists.reinstate(term, by=by, why=why):
        raise Beaten("somebody else put it in force in this moment")


REINSTATE = Deed(
    "Put terms in force again",
    "They block topics, prompts, titles and tags again. It can be taken back by retiring them, before the night's "
    "re-scan without any effect on the shop.",
    _reinstates, _reinstate, "Put in force", undo="retire", most=MOST,
)  # fmt: skip
