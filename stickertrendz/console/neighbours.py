"""What belongs to a row, as links to the lists narrowed to it: each number is counted by the words of its address."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from stickertrendz.ops.models import AuditEntry, Call, ErrorLog, Transcript
from stickertrendz.ops.subjects import subject_of


@dataclass(frozen=True)
class Neighbour:
    """`words` is what the number counts, in its singular where it is one."""

    count: int
    words: str
    href: str


@dataclass(frozen=True)
class Kind:
    one: str
    many: str
    model: type[Model]


ERRORS = Kind("error", "errors", ErrorLog)
CALLS = Kind("call", "calls", Call)
ASKED = Kind("model transcript", "model transcripts", Transcript)
AUDIT = Kind("audit entry", "audit entries", AuditEntry)


def count(request: HttpRequest, kind: Kind, **asked: Any) -> list[Neighbour]:
    """One link, or none for whoever may not see that list; `asked` are lookups that the list's address takes too."""
    options = kind.model._meta
    if not request.user.has_perm(f"{options.app_label}.view_{options.model_name}"):
        return []
    total = kind.model._default_manager.filter(**asked).count()
    address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return [Neighbour(total, kind.one if total == 1 else kind.many, f"{address}?{urlencode(asked)}")]


def number_link(name: str, total: int, **asked: Any) -> SafeString | str:
    """A figure of a list's cell as a link to the list `name` narrowed by the same words; none leads nowhere."""
    if not total:
        return "–"
    address = f"{reverse(f'admin:{name}_changelist')}?{urlencode(asked)}"
    return format_html('<a class="number-cell number-link" href="{}">{}</a>', address, total)


def of_subject(request: HttpRequest, row: Model, *kinds: Kind) -> list[Neighbour]:
    """What the machine room keeps about a row."""
    return [found for kind in kinds for found in count(request, kind, subject=subject_of(row))]
