"""Texts that name a customer lose the name when the customer is erased, and nothing else."""

import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django_q.models import OrmQ, Success
from django_q.signing import SignedPackage

from fulfillment import privacy_erasure, privacy_traces
from fulfillment.models import Order
from fulfillment.privacy import Address, Customer
from fulfillment.tests.making import make_order
from stickertrendz import clock
from stickertrendz.ops import alerts, audit, intents
from stickertrendz.ops.models import Alert, AuditEntry, ErrorLog, Intent, Mail, Run, Transcript
from stickertrendz.ops.subjects import subject_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def error(message: str, **columns: Any) -> ErrorLog:
    return ErrorLog.objects.create(step="x", error_type="x", error_message=message, created_at=clock.now(), **columns)


def order_of(name: str = "Quillon Marsh", line: str = "12 Teapot Lane", second: str = "", **told: Any) -> Order:
    address = Address(name, line, second, "Dryville", "NM", "87001-4242", "US")
    return make_order(receipt={"name": name, "address": address, "email": "q@marsh.example", "message": "", **told})


def erase(order: Order) -> dict[str, int]:
    return dict(privacy_erasure.purge([order], by="olive", why="asked").texts)


PLANTS: dict[str, tuple[Callable[[Order], object], Callable[[], object]]] = {
    "an error's context": (
        lambda order: error("refused", context={"ship_to": ["Quillon Marsh", {"line": "12 Teapot Lane"}]}),
        lambda: ErrorLog.objects.get(step="x").context,
    ),
    "a run's note": (
        lambda order: Run.objects.create(
            workflow="x", started_at=clock.now(), lease_until=clock.now(), note="QUILLON   MARSH waits"
        ),
        lambda: Run.objects.get().note,
    ),
    "an intent": (
        lambda order: Intent.objects.filter(pk=intents.plan("x", "k", order).pk).update(result={"to": "Quillon Marsh"}),
        lambda: Intent.objects.get().result,
    ),
    "an alert and its mail": (
        lambda order: alerts.alert("k", "Parcel of Quillon Marsh", "12 Teapot Lane", html="<b>Quillon&nbsp;Marsh</b>"),
        lambda: (Alert.objects.values().get(), Mail.objects.values().get()),
    ),
    "an audit note": (
        lambda order: audit.record("olive", "wrote", order, "Marsh, Quillon in Dryville", zip="87001-4242"),
        lambda: AuditEntry.objects.filter(action="wrote").values().get(),
    ),
    "a transcript": (
        lambda order: Transcript.objects.create(
            purpose="x", model="x", request="to Quillon Marsh", answer="\\u0051uillon Marsh", created_at=clock.now()
        ),
        lambda: Transcript.objects.values().get(),
    ),
    "a waiting task": (
        lambda order: OrmQ.objects.create(
            key="q", payload=SignedPackage.dumps({"id": "1", "name": "n", "func": "f", "args": ("Quillon Marsh",)})
        ),
        lambda: OrmQ.objects.get().task,
    ),
    "a finished task": (
        lambda order: Success.objects.create(
            id="1", name="n", func="f", args=("Quillon Marsh",), kwargs={"to": "12 Teapot Lane"}, success=True,
            result="sent to Quillon Marsh", started=clock.now(), stopped=clock.now(),
        ),
        lambda: Success.objects.values().get(),
    ),
    "the admin's log": (
        lambda order: LogEntry.objects.create(
            user=User.objects.create(username="olive"), action_flag=2, object_repr="Quillon Marsh",
            change_message="12 Teapot Lane",
        ),
        lambda: LogEntry.objects.values().get(),
    ),
    "the printer's refusal": (
        lambda order: Order.objects.filter(pk=order.pk).update(
            provider_last_error="nobody at 12 teapot lane, Dryville", needs_attention="ask Marsh"
        ),
        lambda: Order.objects.values("provider_last_error", "needs_attention").get(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("place", PLANTS)
def test_given_a_name_in_a_text_when_its_customer_is_erased_then_it_is_gone_from_there(place: str) -> None:
    plant, kept = PLANTS[place]
    order = order_of()
    plant(order)
    texts = erase(order)
    assert sum(texts.values()) >= 1
    words = str(kept()).casefold()
    assert "[erased]" in words
    found = [word for word in ("quillon", "marsh", "teapot", "dryville", "87001", "0051") if word in words]
    assert found == []


NAMES = [
    "Zoë O’Hara-Núñez", "D'Arcy O'Quill", "Robert'); DROP TABLE orders;--", "🦄 🌈", "فاطمة الزهراء", "山田 太郎",
    "Straße Weiß", "A. B. " + "Long " * 200, "<b>Quillon</b> &amp; Marsh",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_unusual_names_are_found(name: str) -> None:
    order = order_of(name)
    rows = [error(f"parcel for {form}, box 7") for form in (name, name.upper(), html.escape(name), json.dumps(name))]
    assert erase(order) == {"ops.ErrorLog": len(rows)}
    for row in rows:
        row.refresh_from_db()
        assert "[erased]" in row.error_message
        assert set(privacy_traces._words(row.error_message)).isdisjoint(privacy_traces._words(name))


def test_a_name_that_is_a_common_word_goes_only_from_texts_about_its_order() -> None:
    order = order_of("May", "Order")
    about, other = error("May waits", subject=subject_of(order)), error("An order may wait")
    numbered = error(f"order {order.receipt_id}: may be late")
    erase(order)
    for row in (about, other, numbered):
        row.refresh_from_db()
    assert about.error_message == "[erased] waits"
    assert about.subject == subject_of(order)
    assert other.error_message == "An order may wait"
    assert numbered.error_message == f"[erased] {order.receipt_id}: [erased] be late"


def test_common_words_of_a_message_go_only_from_texts_about_its_order() -> None:
    order = order_of(message="Thank you!\nplease wrap it in snorfblatt", gift_message="Happy birthday")
    other = error("a happy birthday cake scores 8, thank you")
    about = error("says thank you, then happy birthday", subject=subject_of(order))
    telling = error("asked to wrap it: please wrap it in Snorfblatt")
    assert erase(order) == {"ops.ErrorLog": 2}
    for row in (other, about, telling):
        row.refresh_from_db()
    assert other.error_message == "a happy birthday cake scores 8, thank you"
    assert about.error_message == "says [erased], then [erased]"
    assert telling.error_message == "asked to wrap it: [erased]"


def test_a_second_address_line_as_apartments_have_it_stays_in_texts_about_others() -> None:
    order = order_of(second="Apt 4")
    other, about = error("2 × apt 4 in"), error(f"{order.receipt_id}: Apt 4")
    erase(order)
    for row in (other, about):
        row.refresh_from_db()
    assert other.error_message == "2 × apt 4 in"
    assert about.error_message == f"{order.receipt_id}: [erased]"


def test_what_stands_in_the_order_itself_is_about_its_customer() -> None:
    order = order_of()
    Order.objects.filter(pk=order.pk).update(provider_last_error="no such city: Dryville", route_why="ZIP 87001")
    assert erase(order) == {"fulfillment.Order": 1}
    order.refresh_from_db()
    assert (order.provider_last_error, order.route_why) == ("no such city: [erased]", "ZIP [erased]")


def test_others_are_left_alone_and_only_changed_rows_are_counted() -> None:
    order = order_of()
    rows = [error("for Quillon Marshall"), error("12 Teapot Lanes"), error("Marsh"), error("Quillon-Marsh")]
    assert erase(order) == {"ops.ErrorLog": 1}
    assert [ErrorLog.objects.get(pk=row.pk).error_message for row in rows] == [
        "for Quillon Marshall", "12 Teapot Lanes", "Marsh", "[erased]",
    ]  # fmt: skip


def test_many_customers_are_looked_for_in_one_pass(django_assert_num_queries: Any) -> None:
    customers = [(order_of(f"Quillon {number}"), Customer(name=f"Quillon {number}")) for number in range(5)]
    for number in range(5):
        error(f"for Quillon {number}")
    sought = privacy_traces.wanted(customers)
    one_each_and_one_to_see_the_end = len(privacy_traces.TABLES) + 3  # errors, audit entries, orders have rows
    with django_assert_num_queries(one_each_and_one_to_see_the_end + 5 - 1):
        assert privacy_traces.clean(sought) == {"ops.ErrorLog": 5}


@pytest.mark.parametrize("label", ["ops", "django_q", "admin", "fulfillment"])
def test_every_table_that_may_hold_sentences_is_looked_through(label: str) -> None:
    without_sentences = {
        "ops.Stamp", "ops.Call", "ops.Meter", "ops.Metric", "django_q.Schedule", "fulfillment.OrderItem",
        "fulfillment.PrintCost", "fulfillment.ShippingRate", "fulfillment.PrivacyRequest",
    }  # fmt: skip
    models = {model._meta.label for model in apps.get_app_config(label).get_models() if not model._meta.proxy}
    assert models <= {*privacy_traces.TABLES, *without_sentences}
