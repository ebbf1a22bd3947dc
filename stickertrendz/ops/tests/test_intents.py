"""Doing a thing once: what happens after a crash, and when it cannot be found."""

from datetime import timedelta
from typing import Any

import pytest

from stickertrendz import clock
from stickertrendz.ops import guard, intents
from stickertrendz.ops.errors import Beaten, NeedsPerson, NotYet
from stickertrendz.ops.models import Intent

pytestmark = pytest.mark.django_db(transaction=True)


class Shop:
    """A service that remembers what was made, and can be asked for it."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self.shows = True

    def send(self, intent: Intent) -> None:
        intents.sent(intent)
        self.made.append(intent.key)
        intents.done(intent, {"id": len(self.made)})

    def find(self, intent: Intent) -> dict[str, Any] | None:
        return {"id": 1} if self.shows and intent.key in self.made else None


def crashed(shop: Shop, *, after_sending: bool) -> Intent:
    """An intent whose process died with the request out, long enough ago to be certain."""
    intent = intents.plan("draft", "ST-000001")
    intents.sent(intent)
    if after_sending:
        shop.made.append(intent.key)
    age(minutes=4)
    return intent


def age(minutes: int) -> None:
    intent = Intent.objects.get()
    ago = timedelta(minutes=minutes)
    Intent.objects.update(
        sent_at=intent.sent_at and intent.sent_at - ago,
        absent_at=intent.absent_at and intent.absent_at - ago,
        claimed_until=None,
    )


def test_planning_twice_gives_the_same_intent() -> None:
    assert intents.plan("draft", "a") == intents.plan("draft", "a")


def test_a_planned_deed_is_sent_and_a_done_one_never_again() -> None:
    shop, intent = Shop(), intents.plan("draft", "ST-000001")
    assert intents.once(intent, shop.send, shop.find) == {"id": 1}
    assert intents.once(intent, shop.send, shop.find) == {"id": 1}
    assert shop.made == ["ST-000001"]


def test_while_the_answer_may_still_come_it_waits() -> None:
    shop, intent = Shop(), intents.plan("draft", "ST-000001")
    intents.sent(intent)
    with pytest.raises(NotYet):
        intents.once(intent, shop.send, shop.find)
    assert shop.made == []


def test_nothing_is_looked_for_before_its_request_must_have_ended() -> None:
    assert intents.CERTAIN_AFTER > guard.DEADLINE


def test_what_was_done_before_the_crash_is_found_and_not_repeated() -> None:
    shop = Shop()
    intent = crashed(shop, after_sending=True)
    assert intents.once(intent, shop.send, shop.find) == {"id": 1}
    assert shop.made == ["ST-000001"]


def test_what_was_not_done_is_looked_for_twice_two_minutes_apart_and_then_sent() -> None:
    shop = Shop()
    intent = crashed(shop, after_sending=False)
    with pytest.raises(NotYet, match="looking once more"):
        intents.once(intent, shop.send, shop.find)
    Intent.objects.update(claimed_until=None)
    with pytest.raises(NotYet):
        intents.once(intent, shop.send, shop.find)
    age(minutes=3)
    assert intents.once(intent, shop.send, shop.find) == {"id": 1}


def test_sent_twice_and_still_nowhere_is_for_a_person() -> None:
    shop = Shop()
    shop.shows = False
    intent = crashed(shop, after_sending=True)
    Intent.objects.update(sends=2, absent_at=clock.now() - timedelta(minutes=3))
    with pytest.raises(NeedsPerson):
        intents.once(intent, shop.send, shop.find)
    assert len(shop.made) == 1


def test_two_workers_do_not_look_at_once() -> None:
    shop = Shop()
    intent = crashed(shop, after_sending=True)
    Intent.objects.update(claimed_until=clock.now() + timedelta(minutes=1))
    with pytest.raises(NotYet, match="another worker"):
        intents.once(intent, shop.send, shop.find)


def test_a_void_intent_is_never_sent() -> None:
    shop, intent = Shop(), intents.plan("draft", "ST-000001")
    intents.void(intent)
    with pytest.raises(NeedsPerson):
        intents.once(intent, shop.send, shop.find)


def test_what_was_called_off_at_the_last_moment_does_not_leave() -> None:
    shop, intent = Shop(), intents.plan("draft", "ST-000001")

    def call_off_then_send(intent: Intent) -> None:
        intents.void(intent)
        shop.send(intent)

    with pytest.raises(Beaten):
        intents.once(intent, call_off_then_send, shop.find)
    assert not shop.made


def test_of_two_workers_with_the_same_plan_one_sends() -> None:
    shop, first = Shop(), intents.plan("draft", "ST-000001")
    second = intents.plan("draft", "ST-000001")
    intents.sent(first)
    with pytest.raises(Beaten):
        shop.send(second)
    assert not shop.made
