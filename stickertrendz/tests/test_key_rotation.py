"""Keys rotate: everything sealed is sealed anew, stays readable and findable, and the old key can go."""

import base64
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.conf import LazySettings
from django.core.management import CommandError, call_command

from etsy.models import Token
from fulfillment import privacy, privacy_erasure
from fulfillment.models import AccessLog, Order
from fulfillment.orders import take_new
from fulfillment.tests.making import make_line, make_receipt
from stickertrendz import clock
from stickertrendz.housekeeping import rotation
from stickertrendz.ops import crypto
from stickertrendz.ops.models import AuditEntry, ErrorLog

pytestmark = pytest.mark.django_db
BUYER = 4_711_471_147


def key(name: str) -> str:
    return f"{name}:{base64.b64encode(name.encode().ljust(32, b'.')).decode()}"


@pytest.fixture(autouse=True)
def old_key(settings: LazySettings) -> None:
    settings.FIELD_KEYS = [key("old")]


@pytest.fixture
def turn(settings: LazySettings) -> Callable[..., str]:
    """Puts a new key before the old one, runs the command, and gives what it said."""

    def turning(*arguments: str) -> str:
        settings.FIELD_KEYS = [key("new"), key("old")]
        said = StringIO()
        call_command("rotate_keys", *arguments, stdout=said)
        return said.getvalue()

    return turning


def make_orders(count: int = 1) -> list[Order]:
    return take_new([make_receipt(make_line(None)) for _ in range(count)])


def make_token() -> Token:
    sealed = crypto.seal(crypto.TOKEN, "1.token")
    return Token.objects.create(shop_id=1, access_sealed=sealed, refresh_sealed=sealed, expires_at=clock.now())


def found(order: Order) -> bool:
    keys: list[dict[str, Any]] = [{"name": "quillon marsh"}, {"email": "quillon@example.com"}, {"buyer_user_id": BUYER}]
    return all(list(privacy.find(**one)) == [order] for one in keys)


def test_after_a_rotation_the_old_key_can_go_and_everything_is_read_and_found(
    settings: LazySettings, turn: Callable[..., str]
) -> None:
    [order], token = make_orders(), make_token()
    before = privacy.unsealed(order)
    assert "'old': nothing here needs it" in turn()
    settings.FIELD_KEYS = [key("new")]
    order.refresh_from_db()
    token.refresh_from_db()
    assert privacy.unsealed(order) == before
    assert crypto.unseal(crypto.TOKEN, token.refresh_sealed) == "1.token"
    assert token.previous_refresh_sealed == ""
    assert found(order)
    assert not AccessLog.objects.exists()
    assert AuditEntry.objects.get(action="rotated keys").detail == {"key": "new", "rows": 2}


def test_orders_are_found_before_and_while_keys_rotate(settings: LazySettings) -> None:
    old, *_ = make_orders()
    settings.FIELD_KEYS = [key("new"), key("old")]
    assert found(old)
    new, *_ = make_orders()
    assert set(privacy.find(name="Quillon Marsh")) == {old, new}


def test_a_dry_run_counts_and_changes_nothing(turn: Callable[..., str]) -> None:
    make_orders(3)
    make_token()
    before = list(Order.objects.values()), list(Token.objects.values())
    said = turn("--dry-run")
    assert "orders: 3 to seal anew" in said
    assert "tokens: 1 to seal anew" in said
    assert "14 values need it still" in said
    assert (list(Order.objects.values()), list(Token.objects.values())) == before


def test_a_row_changed_meanwhile_is_not_overwritten_and_the_next_pass_takes_it(settings: LazySettings) -> None:
    [order] = make_orders()
    settings.FIELD_KEYS = [key("new"), key("old")]
    stale = Order.objects.get(pk=order.pk)
    news = privacy.Customer(name="Somebody Else")
    settings.FIELD_KEYS = [key("old")]  # a worker that was not restarted yet
    Order.objects.filter(pk=order.pk).update(**privacy.sealed_columns(news, None))
    settings.FIELD_KEYS = [key("new"), key("old")]
    assert rotation._seal_anew(rotation.KINDS[1], stale) == 0
    assert rotation.rotate(rotation.KINDS[1]) == 1
    order.refresh_from_db()
    assert privacy.unsealed(order).name == "Somebody Else"


def test_a_rotation_that_was_stopped_goes_on_where_it_stood(
    settings: LazySettings, turn: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_orders(5)
    monkeypatch.setattr(rotation, "BATCH", 2)

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    settings.FIELD_KEYS = [key("new"), key("old")]
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(rotation.KINDS[1], stop)
    assert Order.objects.filter(customer_sealed__startswith="new:").count() == 2
    said = turn()
    assert "orders: 3 to seal anew" in said
    assert "  2 of 3\n  3 of 3" in said
    assert "'old': nothing here needs it" in said


def test_erased_rows_stay_erased(turn: Callable[..., str]) -> None:
    orders = make_orders(2)
    privacy_erasure.purge(orders[:1], by="olive", why="asked")
    before = Order.objects.filter(pk=orders[0].pk).values().get()
    assert "orders: 1 to seal anew" in turn()
    assert Order.objects.filter(pk=orders[0].pk).values().get() == before


def test_a_key_that_anything_needs_still_is_not_let_go(turn: Callable[..., str]) -> None:
    [order] = make_orders()
    blob = crypto.seal(crypto.CUSTOMER, "{}")
    ErrorLog.objects.create(step="x", error_type="x", error_message="x", context={"of": blob}, created_at=clock.now())
    assert "'old': 1 values need it still" in turn()
    hashed = crypto.keyed_hashes(crypto.LOOK_UP, "1")[1]
    Order.objects.filter(pk=order.pk).update(buyer_hash=hashed, customer_sealed=privacy.seal(privacy.Customer()))
    assert "'old': 2 values need it still" in turn()  # its text does not tell the buyer, so the hash stays
    ErrorLog.objects.all().delete()
    assert "'old': only 1 hashes of buyers need it still" in turn()


def test_a_key_that_is_lost_is_told(settings: LazySettings) -> None:
    make_orders()
    settings.FIELD_KEYS = [key("new")]
    said = StringIO()
    call_command("rotate_keys", "--dry-run", stdout=said)
    assert "Key 'old' is not in FIELD_KEYS, and 4 values need it" in said.getvalue()


def test_an_order_whose_key_is_lost_holds_up_no_other(turn: Callable[..., str], settings: LazySettings) -> None:
    settings.FIELD_KEYS = [key("lost")]
    make_orders()
    settings.FIELD_KEYS = [key("old")]
    make_orders()
    said = turn()
    assert "orders: 1 to seal anew" in said
    assert "Key 'lost' is not in FIELD_KEYS, and 4 values need it: put it back" in said
    assert Order.objects.filter(customer_sealed__startswith="new:").count() == 1


def test_a_wrong_key_under_the_old_name_is_told_and_changes_nothing(settings: LazySettings) -> None:
    make_orders()
    before = list(Order.objects.values())
    settings.FIELD_KEYS = [key("new"), "old:" + base64.b64encode(b"w" * 32).decode()]
    with pytest.raises(CommandError, match="'old' is not the one these rows were sealed with"):
        call_command("rotate_keys", stdout=StringIO())
    assert list(Order.objects.values()) == before


def test_every_sealed_column_rotates() -> None:
    known = {(kind.model, column) for kind in rotation.KINDS for column in kind.columns}
    sealed = {
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.name.endswith("_sealed")
    }
    assert sealed <= known
