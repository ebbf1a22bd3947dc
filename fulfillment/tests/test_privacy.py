"""Customer data is read with a name and a reason, and found by what customers tell of themselves."""

import pytest

from fulfillment import privacy
from fulfillment.models import AccessLog
from fulfillment.privacy import Customer
from fulfillment.tests.making import ADDRESS, make_order

pytestmark = pytest.mark.django_db


def test_reading_gives_the_customer_back_and_every_look_is_logged() -> None:
    order = make_order()
    customer = privacy.read(order, by="olive", why="packing slip")
    assert customer == Customer(ADDRESS.name, "quillon@example.com", "Hello", "", ADDRESS, 4_711_471_147)
    assert AccessLog.objects.values_list("order", "who", "why").get() == (order.pk, "olive", "packing slip")


@pytest.mark.parametrize(
    "key", [{"buyer_user_id": 4_711_471_147}, {"name": " quillon  MARSH "}, {"email": "Quillon@Example.com"}]
)
def test_a_customer_is_found_by_buyer_name_or_mail_through_hashes(key: dict[str, str | int]) -> None:
    order = make_order()
    assert list(privacy.find(**key)) == [order]  # type: ignore[arg-type]  # each key has its own type
    assert list(privacy.find(receipt_id=order.receipt_id)) == [order]
    assert not privacy.find(name="Somebody Else").exists()
    assert not privacy.find().exists()
