"""Shop set-up in the console: a preview first, then what is missing is made; and the check of everything."""

import io
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from etsy.models import SetupObject
from stickertrendz.console.tests.test_blocklist_pages import logged_in, owner, page
from stickertrendz.ops import switches
from stickertrendz.ops.models import AuditEntry
from stickertrendz.ops.subjects import subject_of
from stickertrendz.sandbox.server import Sandbox

__all__ = ["owner"]  # the fixture
pytestmark = pytest.mark.django_db
LIST, PREVIEW = reverse("admin:etsy_setupobject_changelist"), reverse("admin:etsy_setupobject_preview")
MAKE, PREFLIGHT = reverse("admin:etsy_setupobject_make"), reverse("admin:etsy_setupobject_preflight")


@pytest.fixture
def world(sandbox: Sandbox, settings: Any) -> Any:
    """A connected shop with nothing in it."""
    settings.ETSY_PRODUCTION_PARTNER_IDS = [66600001]
    etsy: Any = sandbox.worlds["etsy"]
    etsy.settings["per_second"] = 1000
    call_command("etsy_authorize", stdout=io.StringIO())
    return etsy


def test_the_list_calls_nobody(owner: Client, world: Any, sandbox: Sandbox) -> None:
    sandbox.forget_calls()
    assert "Nothing is set up yet" in page(owner, LIST)
    assert not sandbox.calls()


def test_the_preview_makes_nothing_and_the_button_makes_what_is_missing(owner: Client, world: Any) -> None:
    shown = page(owner, PREVIEW, {})
    assert "7 of 9 would be made" in shown
    assert not world.table("sections")
    assert "2 objects found, 7 made" in page(owner, MAKE, {})
    assert "Nothing is set up yet" not in page(owner, LIST)
    assert len(world.table("sections")) == 4
    made = AuditEntry.objects.filter(action="made at Etsy", who="owner")
    assert {entry.subject for entry in made} == {
        subject_of(row) for row in SetupObject.objects.exclude(kind__in=["taxonomy", "size_property"])
    }
    assert "Everything is there" in page(owner, PREVIEW, {})
    assert "9 objects found, 0 made" in page(owner, MAKE, {})
    assert SetupObject.objects.count() == 9


def test_what_is_wrong_is_told_in_words(owner: Client, world: Any, settings: Any) -> None:
    settings.ETSY_ORIGIN_POSTAL_CODE = ""
    assert "set ETSY_ORIGIN_POSTAL_CODE" in page(owner, MAKE, {})
    assert "Nothing is set up yet" not in page(owner, LIST), "what was found before is kept"


def test_without_a_connection_the_page_says_so(owner: Client, sandbox: Sandbox) -> None:
    assert "not connected yet" in page(owner, PREVIEW, {})
    assert "Etsy is not connected" in page(owner, PREFLIGHT, {})


def test_the_check_shows_what_blocks_and_what_to_do(owner: Client, world: Any) -> None:
    page(owner, MAKE, {})
    assert "Nothing blocks publishing" in page(owner, PREFLIGHT, {})
    switches.throw("publishing", "strike", by="op")
    shown = page(owner, PREFLIGHT, {})
    assert "Publishing is blocked" in shown
    assert "Clear the switch" in shown


def test_a_viewer_sees_the_numbers_and_no_buttons(client: Client, world: Any) -> None:
    viewer = logged_in(client, "etsy.view_setupobject")
    assert PREVIEW not in page(viewer, LIST)
    for address in (PREVIEW, MAKE, PREFLIGHT):
        assert viewer.post(address).status_code == 403


def test_a_preview_is_asked_for_by_button_only(owner: Client) -> None:
    assert owner.get(MAKE).status_code == 403
    assert owner.get(PREVIEW).status_code == 403
