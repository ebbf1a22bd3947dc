"""The pages of sources: added with care, switched by hand, asked through the job, counted in few queries."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_q.models import OrmQ

from stickertrendz import clock
from stickertrendz.ops.models import AuditEntry, Health
from trends.models import Signal, Source, Trend

pytestmark = pytest.mark.django_db
LIST = reverse("admin:trends_source_changelist")


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


def make_source(place: str, seen: int = 0, kind: str = "reddit", **columns: object) -> Source:
    """A source with signals, all of them evidence of one trend."""
    source = Source.objects.create(kind=kind, place=place, **columns)
    now = clock.now()
    signals = [
        Signal(source=source, native_id=f"{place}{n}", text=f"frog {n} <of> {place}", score=1000 + n, created_at=now)
        for n in range(seen)
    ]
    Signal.objects.bulk_create(signals)
    if seen:
        trend = Trend.objects.create(topic=f"frog of {place}", topic_normalized=place, status="watching")
        trend.signals.add(*source.signals.all())
    return source


def add(owner: Client, place: str, kind: str = "reddit") -> str:
    answer = owner.post(
        reverse("admin:trends_source_add"), {"kind": kind, "place": place, "enabled": "on", "weight": "1"}, follow=True
    )
    return answer.content.decode()


def act(owner: Client, action: str, *sources: Source) -> str:
    chosen = {"action": action, "_selected_action": [source.pk for source in sources]}
    return owner.post(LIST, chosen, follow=True).content.decode()


def test_the_list_says_what_each_place_brings_and_how_it_stands(owner: Client) -> None:
    make_source(
        "frogs", 7, baseline=1234.56, state="good", weight=1.5, last_good_at=clock.now() - timedelta(minutes=12)
    )
    make_source("ghosts", state="dead", reason="it slept", dead_since=clock.now())
    page = owner.get(LIST, {"q": "frogs"}).content.decode()
    for shown in ("r/frogs", "1,234.6", ">7<", ">1<", "12\N{NO-BREAK SPACE}min\N{NO-BREAK SPACE}ago", "Good"):
        assert shown in page
    assert "It slept. Dead since " in owner.get(LIST, {"q": "ghosts"}).content.decode()


def test_what_is_asked_stands_before_what_is_not(owner: Client) -> None:
    make_source("aardvarks", enabled=False)
    make_source("zebras")
    shown = owner.get(LIST).content.decode()
    assert shown.index("r/zebras") < shown.index("r/aardvarks")


def queries(owner: Client, address: str) -> int:
    owner.get(address)  # what is looked up once a process is not counted
    with CaptureQueriesContext(connection) as caught:
        assert owner.get(address).status_code == 200
    return len(caught)


def test_the_list_takes_as_many_queries_for_thirty_places_as_for_two(owner: Client) -> None:
    Source.objects.all().delete()
    for n in range(2):
        make_source(f"place{n}", 3)
    few = queries(owner, LIST)
    for n in range(2, 30):
        make_source(f"place{n}", 3)
    assert queries(owner, LIST) == few


def test_its_page_takes_as_many_queries_for_much_evidence_as_for_little(owner: Client) -> None:
    little, much = make_source("little", 2), make_source("much", 60)
    page = "admin:trends_source_change"
    few = queries(owner, reverse(page, args=[little.pk]))
    assert queries(owner, reverse(page, args=[much.pk])) == few <= 20


def test_its_page_shows_the_latest_the_days_and_the_trends_that_rest_on_it(owner: Client) -> None:
    source = make_source("frogs", 3)
    Signal.objects.filter(source=source, native_id="frogs0").update(observed_at=clock.now() - timedelta(days=2))
    page = owner.get(reverse("admin:trends_source_change", args=[source.pk])).content.decode()
    assert page.count("<rect ") == 14
    assert "3 in all, at most 2 a day" in page
    assert "frog 2 &lt;of&gt; frogs" in page
    assert ">frog of frogs</a></td><td>Watching: scored below the threshold</td><td>3</td>" in page


@pytest.mark.parametrize("written", ["newfrogs", "r/newfrogs", "https://www.reddit.com/r/newfrogs/"])
def test_a_subreddit_may_be_added_as_people_write_it(owner: Client, written: str) -> None:
    add(owner, written)
    source = Source.objects.get(place="newfrogs")
    assert (source.kind, source.enabled, source.state) == ("reddit", True, "fresh")
    assert AuditEntry.objects.filter(action="added setting", subject=f"trends.source:{source.pk}").exists()


@pytest.mark.parametrize(
    ("place", "kind", "words"),
    [
        ("no such", "reddit", "letters, digits or underscores"),
        ("x" * 100, "reddit", "letters, digits or underscores"),
        ("USA!", "google_trends", "Write a country code"),
        ("R/AWW", "reddit", "r/aww is watched already."),
        ("us", "google_breakout", "is known already; enable it in the list instead."),
    ],
)
def test_what_cannot_be_watched_is_refused_politely(owner: Client, place: str, kind: str, words: str) -> None:
    before = Source.objects.count()
    assert words in add(owner, place, kind)
    assert Source.objects.count() == before


def test_a_weight_out_of_range_is_refused_and_a_place_never_changes(owner: Client) -> None:
    source = make_source("frogs")
    page = reverse("admin:trends_source_change", args=[source.pk])
    owner.post(page, {"enabled": "on", "weight": "0"})
    owner.post(page, {"enabled": "on", "weight": "2", "place": "other", "kind": "google_trends"})
    source.refresh_from_db()
    assert (source.place, source.kind, source.weight) == ("frogs", "reddit", 2)


def agree(owner: Client, action: str, *sources: Source) -> str:
    """What the page that asks would send."""
    keys = ",".join(str(source.pk) for source in sources)
    told = {"action": action, "_selected_action": [sources[0].pk], "select_across": "1", "keys": keys, "agreed": "1"}
    return owner.post(LIST, told, follow=True).content.decode()


def test_sources_are_enabled_and_disabled_in_the_list_and_back_by_the_undo_button(owner: Client) -> None:
    source, other = make_source("frogs", enabled=False), make_source("newts")
    assert "is asked with every cycle from now on" in act(owner, "enable", source, other)
    assert not Source.objects.get(place="frogs").enabled, "only asked"
    shown = agree(owner, "enable", source, other)
    assert "1 done, 1 left out: enabled already" in shown
    assert 'name="action" value="disable"' in shown
    assert Source.objects.get(place="frogs").enabled
    assert "Disable sources: 1 done." in agree(owner, "disable", source)
    assert not Source.objects.get(place="frogs").enabled
    actions = AuditEntry.objects.order_by("at").values_list("action", flat=True)
    assert list(actions) == ["enabled a source", "disabled a source"]


def test_the_number_of_posts_of_a_day_leads_to_just_those(owner: Client) -> None:
    source = make_source("frogs", 3)
    make_source("newts", 2)
    Signal.objects.filter(native_id="frogs0").update(observed_at=clock.now() - timedelta(days=2))
    shown = owner.get(LIST, {"q": "frogs"}).content.decode()
    address = re.search(rf'href="([^"]+source__id__exact={source.pk}[^"]*)">2</a>', shown)
    assert address
    assert owner.get(address[1].replace("&amp;", "&")).context["cl"].queryset.count() == 2


def test_asking_now_wakes_the_monitor_and_ends_the_rest_of_a_dead_source(owner: Client) -> None:
    source = make_source("frogs", state="dead", next_try_at=clock.now() + timedelta(hours=20))
    page = act(owner, "ask_now", source)
    assert "Asked for a run of the trend monitor, which asks r/frogs." in page
    assert "No worker is alive" in page
    assert Source.objects.get(place="frogs").next_try_at is None
    assert [task.group() for task in OrmQ.objects.all()] == ["job trend_monitor"]


def test_asking_now_with_a_worker_alive_warns_of_nothing(owner: Client) -> None:
    Health.objects.create(name="worker", since=clock.now(), seen_at=clock.now())
    assert "No worker" not in act(owner, "ask_now", make_source("frogs"))


def test_a_disabled_source_is_not_asked_now(owner: Client) -> None:
    assert "All of these are disabled" in act(owner, "ask_now", make_source("frogs", enabled=False))
    assert not OrmQ.objects.exists()


def test_whoever_may_only_look_can_switch_nothing(client: Client) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_source"))
    client.force_login(viewer)
    source = make_source("frogs")
    agree(client, "disable", source)
    assert Source.objects.get(pk=source.pk).enabled
