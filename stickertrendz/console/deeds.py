"""Actions of a list as buttons on one row's page: they ask on the same page as in the list."""

from dataclasses import dataclass

from django.http import HttpRequest
from unfold.admin import ModelAdmin


@dataclass(frozen=True)
class Offered:
    name: str
    words: str


def offered(admin: ModelAdmin, request: HttpRequest, *names: str) -> list[Offered]:
    """Those of the actions that this person may use, in the order given."""
    known = admin.get_actions(request)
    return [Offered(name, str(known[name][2])) for name in names if name in known]
