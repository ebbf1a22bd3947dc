"""The clock of a complaint: whatever goes wrong is told by how much of the 24 hours is left, and tried again."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from etsy import takedown
from etsy.models import Listing, TakedownNotice
from etsy.tests.conftest import changes, fault, live
from etsy.tests.test_takedown import receive
from stickertrendz import clock
from stickertrendz.ops import switches
from stickertrendz.ops.models import Alert
from stickertrendz.ops.work import attempt
from stickertrendz.sandbox.server import Sandbox

Time = time_machine.Traveller


@pytest.mark.parametrize(
    ("hours_ago", "urgent", "told"),
    [(0, False, "A takedown failed so far"), (17.9, False, "A takedown failed so far"),
     (18.1, True, "P1: a takedown still fails, and less than six hours are left"),
     (23.9, True, "P1: a takedown still fails, and less than six hours are left"),
     (24, True, "P1: a takedown is overdue"), (30, True, "P1: a takedown is overdue")],
)  # fmt: skip
def test_a_failing_takedown_is_told_by_how_much_of_the_24_hours_is_left(
    sandbox: Sandbox, on_sale: Listing, hours_ago: float, urgent: bool, told: str
) -> None:
    notice = receive(on_sale, hours_ago)
    assert notice.is_urgent is urgent
    fault(sandbox, "updateListing", "500", times=12)
    changes()
    assert Alert.objects.get(key__startswith="takedown:").title == told
    notice.refresh_from_db()
    assert notice.needs_attention == ""
    assert notice.not_before is not None
    assert timedelta(minutes=4) < notice.not_before - clock.now() <= timedelta(minutes=5)


def test_a_takedown_that_etsy_cannot_be_asked_for_is_told_and_tried_again(on_sale: Listing) -> None:
    switches.throw("etsy", "a test", by="owner")
    notice = receive(on_sale)
    attempt(notice, takedown.delist)
    assert Alert.objects.filter(title="A takedown failed so far").exists()
    switches.clear("etsy", by="owner")
    TakedownNotice.objects.update(not_before=None)
    changes()
    notice.refresh_from_db()
    assert notice.status == "down"


def test_a_takedown_is_told_of_while_etsy_is_halted(on_sale: Listing, settings: Any) -> None:
    settings.JOB_LIST = "stickertrendz.schedule.JOBS"
    switches.throw("etsy", "the token is dead", by="etsy.oauth")
    receive(on_sale, hours_ago=20)
    changes()
    told = Alert.objects.get(key__startswith="takedown:")
    assert "less than six hours" in told.title
    assert "the token is dead" in told.text


def test_a_takedown_that_fails_by_a_bug_is_told_and_tried_again_too(
    on_sale: Listing, monkeypatch: pytest.MonkeyPatch, virtual_time: Time
) -> None:
    notice = receive(on_sale)
    with monkeypatch.context() as patch:
        patch.setattr(takedown, "make_so", lambda _: [].pop())
        changes()
    notice.refresh_from_db()
    assert (notice.status, notice.needs_attention) == ("received", "")
    assert "did not foresee" in Alert.objects.get(key__startswith="takedown:").text
    virtual_time.shift(timedelta(minutes=6))
    changes()
    notice.refresh_from_db()
    assert notice.status == "down"


def test_killed_after_etsy_took_it_down_the_next_run_finishes(
    shop: Any, on_sale: Listing, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive(on_sale)

    def killed(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(TakedownNotice, "move_to", killed)
        with pytest.raises(KeyboardInterrupt):
            takedown.delist(TakedownNotice.objects.get())
    assert not live(shop)
    assert TakedownNotice.objects.get().status == "received"
    changes()
    assert TakedownNotice.objects.get().status == "down"
