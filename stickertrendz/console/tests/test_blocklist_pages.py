"""The blocklist pages: what hits a text, how terms come and go by hand, and what the night found."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from stickers.models import Exemption, Generation, Rescan, Sticker
from stickertrendz import clock
from stickertrendz.console.marking import marked, parts
from stickertrendz.ops import runner
from stickertrendz.ops.models import AuditEntry
from trends import blocklists
from trends.matching import Hit
from trends.models import BlockedTopic, Term, Trend

pytestmark = pytest.mark.django_db
TEST, ADD = reverse("admin:trends_term_test"), reverse("admin:trends_term_add")
LIST, IMPORT = reverse("admin:trends_term_changelist"), reverse("admin:trends_term_import")
SHIPPED, RESCANS = reverse("admin:trends_term_import_shipped"), reverse("admin:stickers_rescan_changelist")
FILE = b"[brands]\nZorblax\nQuuxley | brand\nNike\n!!!\nFlorp | sometimes\n"


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


def logged_in(client: Client, *permissions: str) -> Client:
    person = User.objects.create_user("person", is_staff=True)
    for app, _, codename in (one.partition(".") for one in permissions):
        person.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client.force_login(person)
    return client


def page(client: Client, address: str, data: dict[str, Any] | None = None) -> str:
    """What a person reads on the page, an answer to a form included."""
    answer = client.get(address) if data is None else client.post(address, data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def zorblax(**columns: Any) -> Term:
    return blocklists.add("Zorblax", "trademark", by="ada", why="a notice came", section="brands", **columns)


def make_sticker(title: str = "Zorblax Sticker", **columns: Any) -> Sticker:
    trend = Trend.objects.create(topic="frog", topic_normalized=f"frog {Trend.objects.count()}", status="processing")
    made = Generation.objects.create(trend=trend, variant=1, prompt="frog", model_version="v", seed=1, status="passed")
    wanted = {"title": title, "status": "approved", "shelf": "wanted", "tags": [], **columns}
    return Sticker.objects.create(trend=trend, generation=made, **wanted)


def taken_off() -> Sticker:
    """A design that the night's scan took off sale."""
    Rescan.objects.create(after=blocklists.EVER, until=blocklists.revision(), ended_at=clock.now())
    sticker = make_sticker()
    zorblax()
    assert runner.run_job("blocklist_rescan")[0] == 0
    sticker.refresh_from_db()
    assert sticker.shelf == "withdrawn"
    return sticker


def design_page(sticker: Sticker) -> str:
    return reverse("admin:stickers_rescan_design", args=[sticker.pk])


def test_a_tested_text_shows_each_hit_with_its_term_and_why(owner: Client) -> None:
    term = zorblax()
    shown = page(owner, TEST, {"text": "A z0rblax & <b>frog</b>"})
    assert '<mark class="trademark">z0rblax</mark> &amp; &lt;b&gt;frog' in shown
    assert reverse("admin:trends_term_change", args=[term.pk]) in shown
    assert "“Zorblax” (brands): digits or signs for letters" in shown
    assert "a zorblax and b frog b" in shown
    assert not AuditEntry.objects.filter(action="tested text").exists()


def test_a_harmless_text_passes_and_can_be_asked_for_by_a_link(owner: Client) -> None:
    assert "Nothing found: this text passes" in page(owner, f"{TEST}?text=pineapple+party")


def test_hits_that_overlap_share_one_mark_and_no_letter_is_lost() -> None:
    hits = [Hit("a", "trademark", (2, 6), ""), Hit("b", "keyword", (4, 8), ""), Hit("c", "keyword", (9, 10), "")]
    made = parts("0123456789!", hits)
    assert [(part.text, part.kind) for part in made] == [
        ("01", ""), ("234567", "trademark"), ("8", ""), ("9", "keyword"), ("!", ""),
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["nike " * 2000, "𝕟𝕚𝕜𝕖 🐸 ниke", "#NikeDay n.i.k.e", "<script>alert(1)</script>"])
def test_any_text_is_marked_and_stays_whole(text: str) -> None:
    assert "".join(part.text for part in marked(text).parts) == text


def test_a_text_too_long_is_refused_in_words(owner: Client) -> None:
    assert "at most 10000 characters" in page(owner, TEST, {"text": "x" * 10_001})


def test_a_term_is_previewed_before_it_is_stored(owner: Client) -> None:
    sticker = make_sticker()
    told = {"text": " zorblax ", "kind": "trademark", "match": "word", "section": "brands", "why": "a letter"}
    shown = page(owner, ADD, {**told, "preview": "1"})
    assert f"{sticker.number} Zorblax Sticker" in shown
    assert "Designs on sale: 1 of the newest 1" in shown
    assert not Term.objects.filter(folded="zorblax").exists()
    page(owner, ADD, {**told, "store": "1"})
    term = Term.objects.get(folded="zorblax")
    assert (term.text, term.section, term.added_by) == ("zorblax", "brands", "owner")
    assert AuditEntry.objects.get(action="added term").why == "a letter"
    assert "is in this list already and in force" in re.sub(r"\s+", " ", page(owner, ADD, {**told, "preview": "1"}))


@pytest.mark.parametrize("wrong", [{"text": "!!!"}, {"why": ""}, {"match": "sometimes"}, {"kind": "other"}])
def test_a_term_that_cannot_be_stored_is_not(owner: Client, wrong: dict[str, str]) -> None:
    told = {"text": "zorblax", "kind": "trademark", "match": "word", "why": "a letter", "store": "1", **wrong}
    assert 'role="alert"' in page(owner, ADD, told)
    assert not Term.objects.filter(folded="zorblax").exists()


def test_a_term_is_retired_and_put_back_with_a_reason(owner: Client) -> None:
    term = zorblax()
    address = reverse("admin:trends_term_change", args=[term.pk])
    assert 'role="alert"' in page(owner, address, {"retire": "1", "r-why": ""})
    assert blocklists.find("zorblax") != []
    assert "no longer blocks" in page(owner, address, {"retire": "1", "r-why": "nobody’s name"})
    assert blocklists.find("zorblax") == []
    shown = page(owner, address, {"reinstate": "1", "b-why": "it is one"})
    assert blocklists.find("zorblax") != []
    assert "nobody’s name" in shown
    assert "it is one" in shown
    assert AuditEntry.objects.get(action="retired term").who == "owner"


def test_how_a_term_matches_is_changed_with_a_reason(owner: Client) -> None:
    term = zorblax()
    address = reverse("admin:trends_term_change", args=[term.pk])
    page(owner, address, {"rule": "1", "m-match": "brand", "m-why": "also a herb"})
    term.refresh_from_db()
    assert term.match == "brand"
    assert AuditEntry.objects.get(action="changed how a term matches").why == "also a herb"


@pytest.mark.parametrize("key", ["0", "999999", "x", "1x", "²", "9" * 30])
def test_a_term_that_is_not_there_is_not_found(owner: Client, key: str) -> None:
    assert owner.get(f"{LIST}{key}/change/").status_code == 404


def test_a_file_is_shown_first_and_then_taken(owner: Client) -> None:
    shown = page(owner, IMPORT, {"kind": "trademark", "file": SimpleUploadedFile("list.txt", FILE)})
    assert "New: 2" in shown
    assert "There already: 1" in shown
    assert "Lines that cannot be read: 2" in shown
    assert '<span class="number">6</span> Florp | sometimes' in shown
    assert not Term.objects.filter(folded="zorblax").exists()
    hidden = {name: _hidden(shown, name) for name in ("lines", "name")}
    assert "2 terms taken" in page(owner, IMPORT, {"take": "1", "kind": "trademark", "why": "a new list", **hidden})
    assert Term.objects.get(folded="quuxley").match == "brand"
    assert AuditEntry.objects.get(action="imported terms").detail["origin"] == "list.txt"


def _hidden(shown: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', shown)
    assert found
    return found.group(1)


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"\xff\xfe\x00", "no text in UTF-8"), (b"x" * 2_000_001, "up to 2 MB"), (b"", "empty")],
    ids=["binary", "large", "empty"],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(owner: Client, content: bytes, words: str) -> None:
    assert words in page(owner, IMPORT, {"kind": "trademark", "file": SimpleUploadedFile("list.txt", content)})


def test_an_import_without_a_reason_is_asked_again(owner: Client) -> None:
    told = {"take": "1", "kind": "trademark", "name": "list.txt", "lines": FILE.decode(), "why": ""}
    assert 'role="alert"' in page(owner, IMPORT, told)
    assert not Term.objects.filter(folded="zorblax").exists()


def test_a_file_as_large_as_is_taken_comes_back_whole_from_its_preview(owner: Client) -> None:
    """A browser ends lines with two characters; urlencoded, letters of other scripts would come three times as long."""
    lines = "[brands]\n" + "Зорбл \n" * 100_000 + "Quuxley\n"
    shown = page(owner, IMPORT, {"kind": "trademark", "file": SimpleUploadedFile("list.txt", lines.encode())})
    form = shown[: shown.index('name="lines"')].rpartition("<form")[2]
    assert 'enctype="multipart/form-data"' in form
    told = {"take": "1", "kind": "trademark", "name": "list.txt", "lines": lines.replace("\n", "\r\n"), "why": "new"}
    assert "2 terms taken" in page(owner, IMPORT, told)


def test_terms_that_came_with_a_newer_version_are_offered(owner: Client) -> None:
    assert "Your database has all of them" in page(owner, SHIPPED)
    Term.objects.filter(folded="nike").delete()
    assert "hold 1 term that your database does not" in page(owner, IMPORT)
    assert "Nike" in page(owner, SHIPPED)
    assert "1 term taken" in page(owner, SHIPPED, {"why": "new version"})
    assert blocklists.find("nike mug") != []


def test_a_blocked_topic_leads_to_its_term_and_counts_thirty_days(owner: Client) -> None:
    term = zorblax()
    for _ in range(3):
        blocklists.count_blocked("zorblax frog", blocklists.find("zorblax frog")[0])
    old = clock.today() - timedelta(days=31)
    BlockedTopic.objects.create(topic="long ago", day=old, term="Nike", kind="trademark")
    shown = page(owner, reverse("admin:trends_blockedtopic_changelist"))
    assert "zorblax frog" in shown
    assert "long ago" not in shown
    address = f"{reverse('admin:trends_term_change', args=[term.pk])}?topic=zorblax+frog"
    assert address in shown
    assert "“zorblax frog” was shut out by this term" in page(owner, address)


def test_the_lists_take_the_same_queries_however_long_they_are(
    owner: Client, django_assert_max_num_queries: Any
) -> None:
    term = zorblax()
    for number in range(40):
        topic = {"topic": f"zorblax {number}", "term": "Zorblax", "kind": "trademark", "listed": term}
        BlockedTopic.objects.create(day=clock.today(), **topic)
        exempt = make_sticker(f"Zorblax {number}")
        Exemption.objects.create(sticker=exempt, term=term, by="owner", why="test")
    for address in (LIST, reverse("admin:trends_blockedtopic_changelist"), RESCANS,
                    reverse("admin:stickers_exemption_changelist")):  # fmt: skip
        with django_assert_max_num_queries(20):
            owner.get(address)


def test_whoever_may_only_look_changes_nothing(client: Client) -> None:
    sticker, term = taken_off(), Term.objects.get(folded="zorblax")
    viewer = logged_in(
        client, "trends.view_term", "trends.view_blockedtopic", "stickers.view_sticker", "stickers.view_rescan",
        "stickers.view_exemption",
    )  # fmt: skip
    assert "Test" in page(viewer, TEST)
    assert "Retire" not in page(viewer, reverse("admin:trends_term_change", args=[term.pk])).split("console-columns")[1]
    assert "Only the owner decides" in page(viewer, design_page(sticker))
    exemption = Exemption.objects.create(sticker=sticker, term=term, by="owner", why="test")
    for address, told in [
        (ADD, {"text": "x", "store": "1"}), (IMPORT, {"take": "1"}), (SHIPPED, {"why": "x"}),
        (reverse("admin:trends_term_change", args=[term.pk]), {"retire": "1", "r-why": "x"}),
        (design_page(sticker), {"exempt": "1", "term": term.pk, "why": "x"}),
        (design_page(sticker), {"reject": "1", "why": "x"}), (reverse("admin:stickers_rescan_all"), {}),
        (reverse("admin:stickers_exemption_change", args=[exemption.pk]), {"why": "x"}),
    ]:  # fmt: skip
        assert viewer.post(address, told).status_code == 403, address
    assert not AuditEntry.objects.filter(who="person").exists()


@pytest.mark.parametrize("address", [TEST, ADD, IMPORT, SHIPPED, LIST, RESCANS])
def test_nothing_is_shown_without_permission(client: Client, address: str) -> None:
    assert client.get(address).status_code == 302
    assert logged_in(client).get(address).status_code == 403


def agree(client: Client, action: str, *terms: Term) -> str:
    """What the page that asks would send."""
    keys = ",".join(str(term.pk) for term in terms)
    told = {"action": action, "_selected_action": [terms[0].pk], "select_across": "1", "keys": keys, "agreed": "1"}
    return page(client, LIST, {**told, "why": "it is harmless"})


def test_many_terms_are_retired_with_a_reason_and_put_in_force_again(owner: Client) -> None:
    term, gone = zorblax(), blocklists.add("Quuxley", "trademark", by="ada", why="test")
    blocklists.retire(gone, by="ada", why="test")
    asked = page(owner, LIST, {"action": "retire", "_selected_action": [term.pk, gone.pk]})
    assert "no longer blocks" in asked
    assert Term.objects.get(pk=term.pk).retired_at is None, "only asked"
    shown = agree(owner, "retire", term, gone)
    assert "Retire terms: 1 done, 1 left out: retired already." in shown
    assert 'name="action" value="reinstate"' in shown
    assert AuditEntry.objects.get(action="retired term", who="owner").why == "it is harmless"
    agree(owner, "reinstate", term)
    assert Term.objects.get(pk=term.pk).retired_at is None


def test_who_may_not_change_terms_retires_none(client: Client) -> None:
    term = zorblax()
    agree(logged_in(client, "trends.view_term"), "retire", term)
    assert Term.objects.get(pk=term.pk).retired_at is None


def test_the_number_of_topics_a_term_shut_out_leads_to_them(owner: Client) -> None:
    term = zorblax()
    for days in (0, 3, 40):
        day = clock.today() - timedelta(days=days)
        BlockedTopic.objects.create(topic=f"zorblax {days}", day=day, term="Zorblax", kind="trademark", listed=term)
    address = re.search(r'href="([^"]+listed__id__exact=[^"]+)">2</a>', page(owner, f"{LIST}?q=zorblax"))
    assert address
    assert owner.get(address[1]).context["cl"].queryset.count() == 2
