"""The review desk: who has which design, in which order they come, and a last word taken back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django_q.models import OrmQ
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from stickers import desk, review
from stickers.models import Generation, Sticker
from stickertrendz import clock
from stickertrendz.ops import work
from stickertrendz.ops.errors import Beaten, NeedsPerson
from stickertrendz.ops.models import AuditEntry, Mail
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.children import fork
from stickertrendz.tests.making import make_trend

pytestmark = pytest.mark.django_db(transaction=True)
TOPICS = ("otter", "frog", "goose", "bear", "newt")


def flagged(topic: str, hours: float = 0) -> Sticker:
    """A design that has waited so long for a verdict; nobody looks at its picture here."""
    trend = make_trend(topic, "generated")
    drawn = Generation.objects.create(
        trend=trend, variant=1, prompt=topic, model_version="1", seed=trend.pk, status="passed"
    )
    since = clock.now() - timedelta(hours=hours)
    return Sticker.objects.create(trend=trend, generation=drawn, status="flagged", title=topic, status_since=since)


def taken(*skipped: Sticker) -> Sticker:
    sticker = desk.take([one.pk for one in skipped])
    assert sticker is not None
    return sticker


def test_the_one_nearest_to_its_deadline_comes_first_and_each_is_given_out_once(sandbox: Sandbox) -> None:
    young, old, middle = flagged("otter", 1), flagged("frog", 40), flagged("goose", 20)
    assert [taken(), taken(), taken()] == [old, middle, young]
    assert desk.take() is None


def test_skipped_ones_come_after_all_others_in_the_order_of_skipping(sandbox: Sandbox) -> None:
    first, second, third = flagged("otter", 30), flagged("frog", 20), flagged("goose", 10)
    skipped = [second, first]
    assert [taken(*skipped), taken(*skipped), taken(*skipped)] == [third, second, first]


def test_what_is_parked_waits_for_a_verdict_too(sandbox: Sandbox) -> None:
    parked = flagged("otter")
    Sticker.objects.update(needs_attention="The mail could not be written.")
    assert taken() == parked


def test_a_hold_ends_after_five_minutes_and_another_gets_the_design(sandbox: Sandbox, virtual_time: object) -> None:
    mine = flagged("otter") and taken()
    clock.sleep(desk.HOLD.total_seconds() + 1)
    assert desk.in_hand(mine.pk, mine.claimed_until) is None
    theirs = taken()
    assert theirs == mine
    with pytest.raises(Beaten, match="Somebody else has ST-"):
        desk.pick_up(mine.pk, mine.claimed_until)
    desk.let_go(mine.pk, mine.claimed_until)
    assert desk.in_hand(theirs.pk, theirs.claimed_until) == theirs, "only my own hold is let go"


def test_who_looks_on_keeps_it_and_who_came_back_gets_it_again_while_it_is_free(sandbox: Sandbox) -> None:
    mine = flagged("otter") and taken()
    clock.sleep(240)
    mine = desk.pick_up(mine.pk, mine.claimed_until)
    clock.sleep(240)
    assert desk.take() is None
    clock.sleep(600)
    assert desk.pick_up(mine.pk, mine.claimed_until) == mine


def test_what_is_let_go_is_free_at_once_and_a_look_is_no_attempt(sandbox: Sandbox) -> None:
    for _ in range(2):
        mine = (Sticker.objects.first() or flagged("otter")) and taken()
        desk.let_go(mine.pk, mine.claimed_until)
    mine.refresh_from_db()
    assert (mine.claimed_until, mine.attempts, mine.status) == (None, 0, "flagged")


def test_a_design_that_was_decided_meanwhile_is_refused_in_words(sandbox: Sandbox) -> None:
    mine = flagged("otter") and taken()
    review.reject(Sticker.objects.get(), by="ada", why="too dull")
    with pytest.raises(Beaten, match=r"was decided meanwhile: rejected by ada \(too dull\)"):
        desk.pick_up(mine.pk, mine.claimed_until)
    with pytest.raises(Beaten, match="There is no such design"):
        desk.pick_up(0)


def test_the_deadline_leaves_a_design_in_hand_alone(sandbox: Sandbox) -> None:
    flagged("otter", 49)
    taken()
    assert run_job("review_deadlines")[0] == 0
    assert Sticker.objects.get().status == "flagged"


def test_an_approval_taken_back_puts_nothing_on_sale_and_mails_nothing(sandbox: Sandbox) -> None:
    sticker = flagged("otter", 30)
    review.approve(sticker, by="ada")
    mails = Mail.objects.count()
    OrmQ.objects.all().delete()
    last = desk.last_decided("ada")
    assert last == sticker
    review.take_back(last, by="ada")
    row = Sticker.objects.get()
    assert (row.status, row.shelf, row.reviewed_by, row.shelf_why) == ("flagged", "none", "", "")
    assert row.status_since > clock.now() - timedelta(minutes=1), "its two days begin anew"
    assert AuditEntry.objects.filter(action="took back verdict", who="ada", why="it was approved").count() == 1
    assert Mail.objects.count() == mails
    assert [task.group() for task in OrmQ.objects.all()] == ["job publisher"], "a draft that was begun is called off"
    assert desk.last_decided("ada") is None


def test_words_are_taken_back_one_after_the_other_and_only_ones_own(sandbox: Sandbox) -> None:
    first, second, other = flagged("otter"), flagged("frog"), flagged("goose")
    review.reject(first, by="ada", why="no")
    review.approve(second, by="ada")
    review.approve(other, by="bob")
    for expected in (second, first):
        last = desk.last_decided("ada")
        assert last == expected
        review.take_back(last, by="ada")
    assert desk.last_decided("ada") is None
    with pytest.raises(Beaten):
        review.take_back(other, by="ada")
    assert Sticker.objects.get(pk=other.pk).status == "approved"


def test_a_word_of_yesterday_is_not_the_last_one(sandbox: Sandbox) -> None:
    review.approve(flagged("otter"), by="ada")
    clock.sleep(desk.LATELY.total_seconds() + 1)
    assert desk.last_decided("ada") is None


def test_what_has_been_on_sale_is_not_taken_back_and_it_says_so(sandbox: Sandbox) -> None:
    sticker = flagged("otter")
    review.approve(sticker, by="ada")
    Sticker.objects.update(published_at=clock.now())
    with pytest.raises(Beaten):
        review.take_back(sticker, by="ada")  # it went on sale after we looked
    sticker.refresh_from_db()
    with pytest.raises(NeedsPerson, match="too late to undo"):
        review.take_back(sticker, by="ada")
    review.reject(sticker, by="ada", why="a complaint")
    Sticker.objects.update(published_at=None)
    with pytest.raises(NeedsPerson, match="withdrawn from sale"):
        review.take_back(Sticker.objects.get(), by="ada")


@pytest.mark.parametrize("count", [1, 7])
def test_two_people_at_once_never_get_the_same_design(live_sandbox: Sandbox, count: int) -> None:
    """Two processes empty the desk; what each was given it marks as rejected by itself."""
    for number in range(count):
        flagged(f"otter {number}", number)

    def judge() -> int:
        given = 0
        while sticker := desk.take():
            review.reject(sticker, by="one", why="no", claimed_until=None)  # raises when somebody was first
            given += 1
        return given

    with fork(live_sandbox, judge) as first, fork(live_sandbox, judge) as second:
        assert first.wait() + second.wait() == count
    assert Sticker.objects.filter(status="rejected").count() == count
    assert AuditEntry.objects.filter(action="rejected sticker").count() == count


def test_a_claim_by_the_worker_is_respected(sandbox: Sandbox) -> None:
    assert work.claim(flagged("otter"))
    assert desk.take() is None


DEEDS = st.lists(st.sampled_from("ARSUP"), min_size=5, max_size=12)


class AnyOrderOfDeeds(TestCase):
    @settings(max_examples=15)
    @given(deeds=DEEDS)
    def test_no_order_of_deeds_makes_a_move_that_is_forbidden(self, deeds: list[str]) -> None:
        """Two designs; P stands for the publisher. Every status ever seen follows from the one before by MOVES."""
        for topic in TOPICS[:2]:
            flagged(topic)
        skipped: list[int] = []
        for deed in deeds:
            before = dict(Sticker.objects.values_list("pk", "status"))
            _do(deed, skipped)
            for row in Sticker.objects.all():
                assert row.status == before[row.pk] or _leads(before[row.pk], row.status)
                assert (row.shelf == "wanted") == (row.status == "approved")
                assert row.status != "flagged" or (row.reviewed_by, row.reject_reason, row.published_at) == (
                    "",
                    "",
                    None,
                )
                assert row.status != "flagged" or row.shelf == "none"


def _leads(before: str, after: str) -> bool:
    """By one move, or by two: an approval goes back to review by way of a rejection."""
    moves = Sticker.MOVES
    return after in moves[before] or any(after in moves[between] for between in moves[before])


def _do(deed: str, skipped: list[int]) -> None:
    if deed == "P":
        Sticker.objects.filter(shelf="wanted", published_at=None).update(published_at=clock.now())
    elif deed == "U":
        if last := desk.last_decided("ada"):
            try:
                review.take_back(last, by="ada")
            except NeedsPerson:
                assert last.published_at
    elif sticker := desk.take(skipped):
        verdicts: dict[str, Callable[[], None]] = {
            "A": lambda: review.approve(sticker, by="ada", claimed_until=None),
            "R": lambda: review.reject(sticker, by="ada", why="poor drawing", claimed_until=None),
            "S": lambda: desk.let_go(sticker.pk, sticker.claimed_until),
        }
        verdicts[deed]()
        if deed == "S":
            skipped.append(sticker.pk)
