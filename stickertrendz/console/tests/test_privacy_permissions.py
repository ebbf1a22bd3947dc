"""Who may open and do what on the pages about customers, role by role, page by page."""

from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import Permission, User
from django.test import Client

from fulfillment import privacy_requests
from fulfillment.models import AccessLog, Order
from stickertrendz import clock
from stickertrendz.console.tests.test_customer_pages import gated
from stickertrendz.console.tests.test_privacy_pages import ADD

__all__ = ["gated"]  # the fixture
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


VIEWER = ("view_order", "view_privacyrequest", "view_accesslog")
OPERATOR = (*VIEWER, "change_order", "change_privacyrequest")
ROLES: dict[str, tuple[tuple[str, ...] | None, str]] = {  # permissions; what it may: see, type an address, handle
    "anonymous": (None, ""),
    "staff": ((), ""),
    "viewer": (VIEWER, ""),
    "operator": (OPERATOR, ""),
    "looker": ((*VIEWER, "see_customer"), "see"),
    "handler": ((*OPERATOR, "see_customer"), "see address handle"),
}


@pytest.mark.parametrize("role", ROLES)
def test_every_page_about_customers_is_closed_to_whom_it_is_not_for(role: str, gated: Order) -> None:
    codes, may = ROLES[role]
    row = privacy_requests.receive("erase", [gated], by="o", identified="etsy", found_by="", received_at=clock.now())
    client = Client()
    if codes is not None:
        vera = User.objects.create_user("vera", is_staff=True)
        vera.user_permissions.set(Permission.objects.filter(codename__in=codes))
        client.force_login(vera)
    order, request = f"/admin/fulfillment/order/{gated.pk}/", f"/admin/fulfillment/privacyrequest/{row.pk}/"
    looks = bool(codes)
    for address, told, allowed in (
        (f"{order}customer/", {"why": "packing"}, "see" in may),
        (f"{order}address/", {"block": "none", "read": "1"}, "address" in may),
        (ADD, {"name": "Quillon Marsh"}, "handle" in may),
        (ADD, {"open": "1", "order": gated.pk}, "handle" in may),
        (f"{request}change/", {"export": "1"}, "handle" in may),
        (f"{request}change/", {"erase": "1", "sure": "on", "with_unshipped": "on"}, "handle" in may),
        (f"{request}change/", {"answered": "1"}, "handle" in may),
    ):
        assert client.post(address, told).status_code in ((200, 302) if allowed else (302, 403)), address
        opens = looks if address.startswith(request) else allowed
        assert (client.get(address).status_code == 200) == opens, address
    assert AccessLog.objects.exists() == ("see" in may)
    gated.refresh_from_db()
    row.refresh_from_db()
    assert (gated.purged_at is None) == (row.done_at is None) == (row.answered_at is None) == ("handle" not in may)
    assert (client.get(f"{request}certificate/").status_code == 200) == ("handle" in may)
    assert (client.get("/admin/fulfillment/accesslog/").status_code == 200) == looks
    assert ("Erase customer data" in client.get("/admin/fulfillment/order/").content.decode()) == ("handle" in may)
