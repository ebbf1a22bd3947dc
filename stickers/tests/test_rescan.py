"""The nightly look for new terms in designs that passed before."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from stickers import blocklisted, copy, rescan, review
from stickers.models import Exemption, Generation, Rescan, Sticker
from stickers.prompts import styled
from stickers.tests.conftest import RunJob
from stickertrendz import clock
from stickertrendz.ops import runner
from stickertrendz.ops.errors import NeedsPerson
from stickertrendz.ops.models import Alert, AuditEntry, Run
from stickertrendz.sandbox.server import Sandbox
from trends import blocklists
from trends.models import Term, Trend

pytestmark = pytest.mark.django_db
Make = Callable[..., Sticker]


@pytest.fixture
def make(sandbox: Sandbox) -> Make:
    """An approved design on sale; the topic and the drawing can be told apart from its words."""

    def make(title: str = "Frog Sticker", **columns: Any) -> Sticker:
        topic, drawn = columns.pop("topic", "frog"), columns.pop("prompt", "a frog in a teacup")
        trend = Trend.objects.create(topic=topic, topic_normalized=f"{topic} {Trend.objects.count()}", status="done")
        prompt = styled(drawn)
        made = Generation.objects.create(
            trend=trend, variant=1, prompt=prompt, model_version="v", seed=1, status="passed"
        )
        wanted = {
            "status": "approved", "shelf": "wanted", "tags": ["frog sticker"],
            "description": copy.description("A frog that naps.", ["3in"]), **columns,
        }  # fmt: skip
        return Sticker.objects.create(trend=trend, generation=made, title=title, **wanted)

    return make


@pytest.fixture
def scanned() -> None:
    """The terms the shop came with were looked for already."""
    Rescan.objects.create(after=blocklists.EVER, until=blocklists.revision(), ended_at=clock.now())


def zorblax() -> Term:
    return blocklists.add("Zorblax", "trademark", by="ada", why="a notice came")


def shelf(sticker: Sticker) -> str:
    sticker.refresh_from_db()
    return sticker.shelf


@pytest.mark.parametrize(
    "where",
    [{"title": "Zorblax Sticker"}, {"tags": ["frog", "zorblaxes"]}, {"description": "Made for z0rblax fans."},
     {"topic": "zorblax frog"}, {"prompt": "a zorblax in a teacup"}],
    ids=lambda where: next(iter(where)),
)  # fmt: skip
def test_a_new_term_takes_a_design_off_sale_wherever_it_stands(
    make: Make, scanned: None, run_job: RunJob, where: dict[str, Any]
) -> None:
    hit, clean = make(**where), make()
    zorblax()
    run = run_job("blocklist_rescan")
    assert (shelf(hit), shelf(clean)) == ("withdrawn", "wanted")
    assert "Zorblax" in hit.shelf_why
    assert "exempt it or reject it" in hit.needs_attention
    assert run.counts == {"designs_looked_at": 2, "designs_taken_off": 1}
    assert AuditEntry.objects.get(action="withdrew design").who == "blocklist_rescan"


def test_one_mail_tells_of_all_designs_and_not_again(make: Make, scanned: None, run_job: RunJob) -> None:
    first, second = make("Zorblax Sticker"), make("Zorblax Mug")
    zorblax()
    run_job("blocklist_rescan")
    run_job("blocklist_rescan")
    run_job("send_mail")
    [told] = [each for each in mail.outbox if "P1" in each.subject]
    assert first.number in told.body
    assert second.number in told.body
    assert "“Zorblax” in the title" in told.body
    assert Alert.objects.filter(key__startswith="rescan:").count() == 1


def test_the_shops_standing_lines_take_nothing_down(make: Make, run_job: RunJob) -> None:
    sticker = make()
    assert "USPS" in sticker.description
    assert [hit.term for hit in blocklists.find(sticker.description)] == ["USPS"]
    run_job("blocklist_rescan")
    assert shelf(sticker) == "wanted"


def test_only_terms_added_or_changed_since_the_last_scan_are_looked_for(
    make: Make, scanned: None, run_job: RunJob
) -> None:
    sticker = make("Nike Sticker")
    assert "No term came" in run_job("blocklist_rescan").note
    zorblax()
    run_job("blocklist_rescan")
    assert shelf(sticker) == "wanted"
    blocklists.change_match(Term.objects.get(folded="nike"), "phrase", by="ada", why="test")
    run_job("blocklist_rescan")
    assert shelf(sticker) == "withdrawn"


def test_the_very_first_scan_looks_for_every_term(make: Make, run_job: RunJob) -> None:
    sticker = make("Nike Sticker")
    run_job("blocklist_rescan")
    assert shelf(sticker) == "withdrawn"


def test_a_full_scan_looks_for_every_term(make: Make, scanned: None, run_job: RunJob) -> None:
    sticker = make("Nike Sticker")
    rescan.ask_for_all(by="ada")
    run_job("blocklist_rescan")
    assert shelf(sticker) == "withdrawn"
    assert AuditEntry.objects.get(action="asked for a full re-scan").who == "ada"


def test_a_retired_term_takes_nothing_down(make: Make, scanned: None, run_job: RunJob) -> None:
    sticker = make("Zorblax Sticker")
    blocklists.retire(zorblax(), by="ada", why="no brand")
    run_job("blocklist_rescan")
    assert shelf(sticker) == "wanted"


def test_an_archived_design_cannot_come_back_and_one_not_yet_judged_is_rejected(
    make: Make, scanned: None, run_job: RunJob
) -> None:
    archived, flagged = make("Zorblax A", shelf="archived"), make("Zorblax B", shelf="none", status="flagged")
    pending = make("Zorblax C", shelf="none", status="pending")
    rejected = make("Zorblax D", shelf="none", status="rejected")
    zorblax()
    run_job("blocklist_rescan")
    assert shelf(archived) == "withdrawn"
    for sticker in (flagged, pending):
        sticker.refresh_from_db()
        assert (sticker.status, sticker.reject_reason) == ("rejected", "trademark_violation")
    assert shelf(rejected) == "none"
    assert not Alert.objects.filter(key__startswith="rescan:").exists()


def test_a_design_that_others_approved_meanwhile_is_withdrawn_all_the_same(
    make: Make, scanned: None, run_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    sticker = make("Zorblax Sticker", shelf="none", status="flagged")
    zorblax()
    looked = blocklisted.search

    def approved_meanwhile(one: Sticker, *others: Any) -> blocklisted.Found:
        Sticker.objects.get(pk=one.pk).move_to("approved", shelf="wanted")
        return looked(one, *others)

    monkeypatch.setattr(blocklisted, "search", approved_meanwhile)
    run_job("blocklist_rescan")
    assert shelf(sticker) == "withdrawn"


def test_the_scan_goes_on_in_the_next_run_when_the_time_box_ends(
    make: Make, scanned: None, run_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    stickers = [make(f"Zorblax {number}") for number in range(5)]
    zorblax()
    monkeypatch.setattr(rescan, "AT_ONCE", 2)
    boxes = iter([False, True])
    with monkeypatch.context() as short:
        short.setattr(runner.Running, "out_of_time", lambda self: next(boxes, True))
        first = run_job("blocklist_rescan")
    assert (first.status, first.left) == ("partial", 3)
    assert [shelf(one) for one in stickers] == ["withdrawn"] * 2 + ["wanted"] * 3
    blocklists.add("Florp", "trademark", by="ada", why="test")
    late = make("Florp Sticker")
    second = run_job("blocklist_rescan")
    assert {shelf(one) for one in stickers} == {"withdrawn"}
    assert shelf(late) == "withdrawn"
    assert second.counts["designs_taken_off"] == 4
    assert not Rescan.objects.filter(ended_at=None).exists()


def test_a_scan_that_died_in_the_middle_misses_no_design(
    make: Make, scanned: None, run_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    stickers = [make(f"Zorblax {number}") for number in range(4)]
    zorblax()
    monkeypatch.setattr(rescan, "AT_ONCE", 2)
    calls = iter([None, None, None])
    withdraw = rescan._withdraw

    def dying(sticker: Sticker, found: blocklisted.Found) -> bool:
        next(calls)  # StopIteration at the fourth design, its chunk half done
        return withdraw(sticker, found)

    with monkeypatch.context() as broken:
        broken.setattr(rescan, "_withdraw", dying)
        run_job("blocklist_rescan", code=1)
    assert [shelf(one) for one in stickers] == ["withdrawn"] * 2 + ["wanted"] * 2
    run_job("blocklist_rescan")
    assert {shelf(one) for one in stickers} == {"withdrawn"}
    assert Rescan.objects.latest("pk").found == 4


def test_an_exempted_design_goes_back_on_sale_and_the_next_scans_honour_it(
    make: Make, scanned: None, run_job: RunJob
) -> None:
    sticker, term = make("Zorblax Sticker"), zorblax()
    run_job("blocklist_rescan")
    assert list(rescan.waiting()) == [sticker]
    assert not rescan.put_back(sticker, by="owner", why="no reason yet")
    assert rescan.exempt(sticker, term, by="owner", why="it is a frog's name")
    assert not rescan.exempt(sticker, term, by="owner", why="again")
    assert rescan.put_back(sticker, by="owner", why="it is a frog's name")
    assert (shelf(sticker), sticker.needs_attention) == ("wanted", "")
    rescan.ask_for_all(by="owner")
    run_job("blocklist_rescan")
    assert shelf(sticker) == "wanted"
    assert Exemption.objects.get().why == "it is a frog's name"
    assert AuditEntry.objects.get(action="exempted design").detail == {"term": "Zorblax"}


def test_an_exemption_from_one_term_is_none_from_another(make: Make, scanned: None, run_job: RunJob) -> None:
    sticker, term = make("Zorblax Sticker"), zorblax()
    rescan.exempt(sticker, term, by="owner", why="test")
    blocklists.add("sticker", "keyword", by="ada", why="test")
    run_job("blocklist_rescan")
    assert shelf(sticker) == "withdrawn"
    assert "“sticker”" in sticker.shelf_why
    assert "Zorblax" not in sticker.shelf_why


def test_a_withdrawn_exemption_takes_the_design_off_at_once(make: Make, scanned: None) -> None:
    sticker, term = make("Zorblax Sticker"), zorblax()
    rescan.exempt(sticker, term, by="owner", why="test")
    exemption = Exemption.objects.get()
    assert rescan.withdraw_exemption(exemption, by="owner", why="a letter came")
    assert not rescan.withdraw_exemption(exemption, by="owner", why="again")
    assert shelf(sticker) == "withdrawn"
    assert rescan.exempt(sticker, term, by="owner", why="settled")
    assert Exemption.objects.filter(withdrawn_at=None).count() == 1


def test_what_was_withdrawn_for_another_reason_is_not_put_back(make: Make) -> None:
    sticker = make(shelf="withdrawn", shelf_why="complaint by somebody")
    assert not rescan.put_back(sticker, by="owner", why="test")
    assert shelf(sticker) == "withdrawn"


def test_a_chunk_takes_the_same_few_queries_however_many_designs_are_in_it(
    make: Make, scanned: None, run_job: RunJob, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        make(f"Frog {number}")
    zorblax()
    with django_assert_max_num_queries(40):
        run_job("blocklist_rescan", later=timedelta(days=1))
    assert Run.objects.latest("pk").counts["designs_looked_at"] == 40


@pytest.mark.parametrize("status", ["rejected", "flagged", "pending"])
def test_a_design_is_not_approved_while_a_term_that_came_meanwhile_is_in_it(
    make: Make, scanned: None, status: str
) -> None:
    sticker, term = make("Zorblax Sticker", shelf="none", status=status), zorblax()
    with pytest.raises(NeedsPerson, match="“Zorblax” in the title"):
        review.approve(sticker, by="owner", why="harmless")
    assert (shelf(sticker), sticker.status) == ("none", status)
    rescan.exempt(sticker, term, by="owner", why="a frog's name")
    review.approve(sticker, by="owner", why="harmless")
    assert shelf(sticker) == "wanted"
