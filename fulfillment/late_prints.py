"""Looks for prints that reached the printer after we had given them up: their answer was lost, then they came."""

from datetime import timedelta

from django.db.models import Q, QuerySet

from stickertrendz import clock
from stickertrendz.ops import alerts, intents
from stickertrendz.ops.errors import NeedsPerson, OutsideError, Refused
from stickertrendz.ops.models import Intent

from . import wanted
from .adapters import PROVIDERS

LOOKED_FOR = timedelta(hours=24)
LOOK_EVERY = timedelta(hours=1)


def given_up() -> QuerySet[Intent]:
    """Print orders called off although a request of theirs went out, due for a look."""
    now = clock.now()
    due = Q(claimed_until=None) | Q(claimed_until__lte=now)
    lost = Intent.objects.filter(kind=wanted.KIND, state=Intent.State.VOID, sent_at__gte=now - LOOKED_FOR)
    return lost.filter(due).order_by("pk")


def look() -> int:
    """Calls off what came after all, or tells the operator; returns how many came. What fails is asked later."""
    came = 0
    for intent in given_up():
        Intent.objects.filter(pk=intent.pk).update(claimed_until=clock.now() + LOOK_EVERY)
        try:
            came += _look_for(intent)
        except (OutsideError, Refused, NeedsPerson):
            continue
    return came


def _look_for(intent: Intent) -> bool:
    name, external_id = intent.key.split(":", 1)
    found = PROVIDERS[name].find(external_id)
    if found is None:
        return False
    if not PROVIDERS[name].cancel(found["order_id"]):
        text = (
            f"{name} prints {external_id} after all, although we had given it up: its answer came too late to call it "
            "off. If its line waits on the bench, leave it out; if its order was cancelled, nothing is to be done."
        )
        alerts.alert(f"unstoppable:{external_id}", f"{external_id} is printed although we gave it up", text)
    intents.done(intent, found)
    return True
