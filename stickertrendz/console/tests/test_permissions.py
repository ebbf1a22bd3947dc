"""Who may open and do what: every address and every action of the console, for every role, against the roles' table."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.sessions.backends.db import SessionStore
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from stickertrendz.console import roles
from stickertrendz.ops.models import Switch
from stickertrendz.sandbox.server import Sandbox

from .addresses import NOBODY, Address, addresses
from .scene import make_everything

pytestmark = pytest.mark.django_db
NOT_SHOWN = {"sessions", "contenttypes"}  # tables that a page or a sign-in of ours writes to by itself


@pytest.fixture
def rows(sandbox: Sandbox) -> dict[str, Model]:
    return {model._meta.label_lower: row for model, row in make_everything().items()}


@pytest.fixture
def people(rows: dict[str, Model]) -> dict[str, User | AnonymousUser]:
    """Somebody of each role, and nobody."""
    roles.sync(apps)  # a test before this one may have emptied the database
    made: dict[str, User | AnonymousUser] = {"nobody": AnonymousUser()}
    for role in roles.ROLES:
        person = made[role] = User.objects.create(username=role, is_staff=True)
        person.groups.set(Group.objects.filter(name=role))
    return made


def acting(rows: dict[str, Model]) -> list[Address]:
    """Those at which something can be done; a list's actions are tested by themselves."""
    return [page for page in addresses(rows) if page.act and ".view_" not in page.act]


def may(role: str, needed: str) -> bool:
    return role != "nobody" and set(needed.split()) <= {*roles.permissions(role)}


def border(needed: str) -> list[str]:
    """Nobody, the last role that may not, and the first that may: each role has all that the one before it has."""
    allowed = [role for role in roles.ROLES if may(role, needed)]
    return ["nobody", *[role for role in roles.ROLES if role not in allowed][-1:], *allowed[:1]]


def ask(person: User | AnonymousUser, url: str, data: dict[str, Any] | None = None) -> int:
    """The status of a GET, or with data of a POST, without drawing the page."""
    request = RequestFactory().get(url) if data is None else RequestFactory().post(url, data)
    request.user, request.session = person, SessionStore()
    request._messages = FallbackStorage(request)  # type: ignore[attr-defined]
    request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    match = resolve(request.path)
    request.resolver_match = match
    try:
        response = match.func(request, *match.args, **match.kwargs)
    except PermissionDenied:
        return 403
    except Http404:
        return 404
    if response.status_code == 302 and response.headers["Location"].startswith("/admin/login/"):
        return 401
    return int(response.status_code)


def actions() -> list[tuple[type[Model], str]]:
    """Every action of every list, whoever may use it."""
    pages: dict[Any, Any] = admin.site._registry
    return [(model, action.__name__) for model, page in pages.items() for action, *_ in page._get_base_actions()]


def everything() -> dict[str, list[Any]]:
    shown = [model for model in apps.get_models() if model._meta.app_label not in NOT_SHOWN]
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in shown}


def test_every_model_has_its_line_in_the_table_and_every_line_a_model() -> None:
    assert {model._meta.label_lower for model in apps.get_models()} == set(roles.TABLE)


def test_the_groups_hold_what_the_table_says_and_every_right_exists() -> None:
    roles.sync(apps)
    for role in roles.ROLES:
        held = Permission.objects.filter(group__name=role).values_list("content_type__app_label", "codename")
        assert {".".join(pair) for pair in held} == set(roles.permissions(role))


def test_a_right_given_to_a_group_by_hand_is_gone_after_the_next_migration() -> None:
    roles.sync(apps)
    Group.objects.get(name="viewer").permissions.add(Permission.objects.get(codename="delete_user"))
    roles.sync(apps)
    assert not Permission.objects.filter(group__name="viewer", codename="delete_user").exists()


def test_each_role_is_shown_what_the_table_says(
    rows: dict[str, Model], people: dict[str, User | AnonymousUser]
) -> None:
    wrong, seen = [], addresses(rows)
    for page in seen:
        for role in border(page.look):
            status = ask(people[role], page.url)
            wanted = status == 401 if role == "nobody" else (status != 403) == may(role, page.look)
            wrong += [] if wanted else [(page.url, role, status)]
    assert not wrong
    assert len(seen) > 280


def test_each_role_may_do_what_the_table_says(rows: dict[str, Model], people: dict[str, User | AnonymousUser]) -> None:
    """Posts nothing, so that what is allowed mostly asks for more; what is not allowed is refused before that."""
    wrong = []
    for page in acting(rows):
        for role in border(page.act):
            status = ask(people[role], page.url, {})
            wanted = status == 401 if role == "nobody" else (status not in (403, 405)) == may(role, page.act)
            wrong += [] if wanted else [(page.url, role, status)]
    assert not wrong


def test_actions_are_offered_to_whom_the_table_names(people: dict[str, User | AnonymousUser]) -> None:
    needs = {
        "mend_chosen": "etsy.change_listing", "erase_customers": "fulfillment.change_privacyrequest",
        "clear": "ops.delete_switch",
        "paid_back": "fulfillment.change_order", "archive": "stickers.change_sticker",
        "relist": "stickers.change_sticker", "hold": "pricing.add_override",
        "put_price_back": "pricing.change_offer",
        "doubt_unsafe": "trends.doubt_unsafe", "draw_topics_again": "stickers.change_generation",
    }  # fmt: skip
    replaced = {(Switch, "delete_selected")}  # by `clear`, which asks for a reason
    offered = 0
    for model, action in actions():
        app, name = model._meta.app_label, model._meta.model_name
        verb = "delete" if action == "delete_selected" else "change"
        for role in roles.ROLES:
            request = RequestFactory().get("/")
            request.user = people[role]
            shown = action in admin.site._registry[model].get_actions(request)
            allowed = may(role, needs.get(action, f"{app}.{verb}_{name}")) and (model, action) not in replaced
            assert shown == allowed, (model, action, role)
            offered += shown
    assert offered > 30


def forms(page: str) -> dict[str, str]:
    """What a browser would send back of all forms of a page."""
    found = re.findall(r"<(?:input|button|textarea|select)[^>]*>", page)
    pairs = [(re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in found]
    return {name[1]: value[1] if value and value[1] else "1" for name, value in pairs if name}


def test_nothing_that_a_viewer_or_a_stranger_sends_changes_anything(
    client: Client, rows: dict[str, Model], people: dict[str, User | AnonymousUser]
) -> None:
    """Sends what the owner's forms would send, and each action of each list on the row that is there."""
    client.force_login(User.objects.create_superuser("first"))
    pages = [page for page in acting(rows) if page.act != NOBODY]
    sent: list[tuple[str, dict[str, Any]]] = []
    for page in pages:
        sent.append((page.url, {} if page.look == NOBODY else forms(client.get(page.url).content.decode())))
    for model, action in actions():
        url = reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist")
        sent.append((url, {"action": action, "_selected_action": rows[model._meta.label_lower].pk}))
    before = everything()
    for url, data in sent:
        for role in ("viewer", "nobody"):
            ask(people[role], url, {**data, "post": "yes", "why": "because"})
    assert everything() == before
    url = reverse("admin:ops_errorlog_changelist")
    key = rows["ops.errorlog"].pk
    agreed = {"agreed": "1", "select_across": "1", "keys": key}
    client.post(url, {"action": "resolve", "_selected_action": key, **agreed})
    assert everything() != before


@pytest.mark.long
@pytest.mark.parametrize("role", roles.ROLES)
def test_every_page_that_a_role_may_see_is_drawn(
    client: Client, rows: dict[str, Model], people: dict[str, User | AnonymousUser], role: str
) -> None:
    client.force_login(User.objects.get(username=role))
    for page in addresses(rows):
        if may(role, page.look):
            assert client.get(page.url).status_code in (200, 302, 404), page.url


def test_the_documents_say_of_each_role_what_the_table_says() -> None:
    told = (settings.BASE_DIR / "docs" / "security.md").read_text()
    lines = [f"| {role} | {means} |" for role, means in roles.ROLES.items()]
    for model, rights in roles.TABLE.items():
        if rights.of(roles.OWNER):
            lines.append(f"| {model} | {rights.viewer} | {rights.operator} | {rights.owner} | {rights.why} |")
    assert "\n".join(lines[: len(roles.ROLES)]) in told
    assert "\n".join(lines[len(roles.ROLES) :]) in told
