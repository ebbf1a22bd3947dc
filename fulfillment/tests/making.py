"""Designs and receipts for tests, plainly invented."""

import io
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any

from PIL import Image

from fulfillment.models import Order
from fulfillment.orders import Line, Receipt, take
from fulfillment.privacy import Address
from stickers.models import Generation, Size, Sticker
from stickertrendz import clock
from stickertrendz.ops import storage
from trends.models import Trend

_numbers = count(1)
ADDRESS = Address("Quillon Marsh", "12 Teapot Lane", "", "Dryville", "NM", "87001-4242", "US")


@lru_cache(maxsize=2)
def print_file(pixels: int) -> bytes:
    file = io.BytesIO()
    Image.new("RGBA", (pixels, pixels), (250, 120, 60, 255)).save(file, "PNG")
    return file.getvalue()


def make_sticker(
    *,
    trend_age: timedelta = timedelta(0),
    sizes: tuple[str, ...] = ("3in", "4in"),
    **columns: Any,
) -> Sticker:
    number, now = next(_numbers), clock.now()
    trend = Trend.objects.create(
        topic=f"teapot {number}", topic_normalized=f"teapot {number}", status="generated", created_at=now - trend_age
    )
    drawn = Generation.objects.create(
        trend=trend, variant=1, prompt="a teapot", model_version="v", seed=number, status="passed"
    )
    defaults: dict[str, Any] = {
        "status": "approved",
        "shelf": "wanted",
        "title": f"Teapot {number}",
        "tags": ["teapot"],
    }
    sticker = Sticker.objects.create(trend=trend, generation=drawn, **{**defaults, **columns})
    for size in sizes:
        content = print_file(900 if size == "3in" else 1200)
        key = storage.keep("private", storage.key_for("print", content, "t1", "png"), content)
        Size.objects.create(sticker=sticker, size=size, dpi=300, print_key=key)
    return sticker


def make_line(sticker: Sticker | None, size: str = "3in", **fields: Any) -> Line:
    number = next(_numbers)
    sku = f"{sticker.number}-{size[0]}" if sticker else "SOMEBODY-ELSES"
    defaults: dict[str, Any] = {
        "transaction_id": 9_000_000_000 + number,
        "listing_id": 1_000_000 + number,
        "sku": sku,
        "title": "Teapot sticker",
        "quantity": 1,
        "unit_price": Decimal("5.49"),
        "sold_at": clock.now(),
    }
    return Line(**{**defaults, **fields})


def make_receipt(*lines: Line, ordered: datetime | None = None, **fields: Any) -> Receipt:
    """A paid receipt of two hours ago, so that it is no longer held back."""
    at = ordered or clock.now() - timedelta(hours=2)
    defaults: dict[str, Any] = {
        "receipt_id": 3_000_000_000 + next(_numbers),
        "status": "paid",
        "is_paid": True,
        "cancelled": False,
        "buyer_user_id": 4_711_471_147,
        "ordered_at": at,
        "updated_at": at,
        "ship_by": None,
        "currency": "USD",
        "total": sum((line.unit_price * line.quantity for line in lines), Decimal(0)),
        "discount": Decimal(0),
        "refunded": Decimal(0),
        "address": ADDRESS,
        "name": ADDRESS.name,
        "email": "quillon@example.com",
        "message": "Hello",
        "gift_message": "",
    }
    return Receipt(**{**defaults, **fields}, lines=list(lines))


def make_order(status: str = "paid", *, receipt: dict[str, Any] | None = None, **columns: Any) -> Order:
    """An order of one unknown line in the given status; receipt: fields of its receipt, such as the address."""
    order, _ = take(make_receipt(make_line(None), **(receipt or {})))
    Order.objects.filter(pk=order.pk).update(status=status, **columns)
    order.refresh_from_db()
    return order
