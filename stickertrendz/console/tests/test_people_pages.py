"""People: roles given and taken by owners, nobody raised above the giver, resets written down."""

import re

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from stickertrendz import clock
from stickertrendz.console import roles, second_factor
from stickertrendz.console.models import SecondFactor
from stickertrendz.ops.models import AuditEntry, ErrorLog

pytestmark = pytest.mark.django_db
LIST, NEW = "/admin/auth/user/", "/admin/auth/user/add/"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def person(name: str, role: str) -> User:
    made = User.objects.create_user(name, password="a frog in a cup", is_staff=True)
    made.groups.set(Group.objects.filter(name=role))
    return made


@pytest.fixture
def owner(client: Client) -> User:
    """Signed in; an owner by role, not a superuser."""
    roles.sync(apps)
    made = person("owner", "owner")
    client.force_login(made)
    return made


def address(user: User, page: str = "change") -> str:
    return reverse(f"admin:auth_user_{page}", args=[user.pk])


def save(client: Client, user: User, **fields: str) -> int:
    sent = {"username": user.username, "is_active": "on", "role": "viewer", **fields}
    return client.post(address(user), {name: value for name, value in sent.items() if value}).status_code


def test_a_new_person_gets_a_role_and_may_enter_at_once(client: Client, owner: User) -> None:
    secret = "some frogs sleep late"
    client.post(NEW, {"username": "sam", "password1": secret, "password2": secret, "role": "operator"})
    sam = User.objects.get(username="sam")
    assert [group.name for group in sam.groups.all()] == ["operator"]
    assert (sam.is_staff, sam.is_superuser) == (True, False)
    assert Client().login(username="sam", password=secret)
    entry = AuditEntry.objects.get(action="added person")
    assert (entry.who, entry.detail["role"]) == ("owner", "operator")
    assert secret not in str(entry.detail)


def test_a_person_without_a_role_is_not_made(client: Client, owner: User) -> None:
    secret = "some frogs sleep late"
    client.post(NEW, {"username": "sam", "password1": secret, "password2": secret, "role": ""})
    assert not User.objects.filter(username="sam").exists()


def test_another_role_takes_the_former_away(client: Client, owner: User) -> None:
    sam = person("sam", "operator")
    assert save(client, sam, role="viewer") == 302
    assert not User.objects.get(pk=sam.pk).has_perm("fulfillment.see_customer")
    assert AuditEntry.objects.get(action="changed person").detail == {"role": "viewer"}


def test_nobody_becomes_a_superuser_by_a_form(client: Client, owner: User) -> None:
    sam = person("sam", "viewer")
    save(client, sam, is_superuser="on", user_permissions="1", groups="1")
    sam.refresh_from_db()
    assert not sam.is_superuser
    assert not sam.user_permissions.exists()
    assert [group.name for group in sam.groups.all()] == ["viewer"]


def test_an_owner_cannot_edit_or_delete_a_superuser_nor_set_the_password(client: Client, owner: User) -> None:
    first = User.objects.create_superuser("first", password="a frog in a cup")
    assert save(client, first, username="mine") == 403
    assert client.post(address(first, "delete"), {"post": "yes"}).status_code == 403
    assert client.get(address(first, "password_change")).status_code == 403
    assert client.post(address(first, "second_factor"), {"why": "mine"}).status_code == 403
    client.post(LIST, {"action": "delete_selected", "_selected_action": first.pk, "post": "yes"})
    assert User.objects.filter(username="first").exists()


def test_nobody_takes_away_the_own_role_or_entrance(client: Client, owner: User) -> None:
    save(client, owner, role="viewer", is_active="")
    owner.refresh_from_db()
    assert owner.is_active
    assert [group.name for group in owner.groups.all()] == ["owner"]
    assert client.post(address(owner, "delete"), {"post": "yes"}).status_code == 403


def test_a_reset_asks_why_and_is_written_down(client: Client, owner: User) -> None:
    sam = person("sam", "viewer")
    SecondFactor.objects.filter(pk=second_factor.begin(sam).pk).update(confirmed_at=clock.now())
    assert "Reset the second factor" in client.get(address(sam)).content.decode()
    client.post(address(sam, "second_factor"), {"why": ""})
    assert second_factor.of(sam)
    client.post(address(sam, "second_factor"), {"why": "lost the phone"})
    assert second_factor.of(sam) is None
    entry = AuditEntry.objects.get(action="removed second factor")
    assert (entry.who, entry.why, entry.subject) == ("owner", "lost the phone", f"auth.user:{sam.pk}")


def test_passwords_set_and_changed_are_written_down_without_them(client: Client, owner: User) -> None:
    sam, secret = person("sam", "viewer"), "another frog is late"
    client.post(address(sam, "password_change"), {"password1": secret, "password2": secret, "usable_password": "true"})
    own = {"old_password": "a frog in a cup", "new_password1": secret, "new_password2": secret}
    assert client.post("/admin/password_change/", own).status_code == 302
    entries = AuditEntry.objects.filter(action__in=("set password", "changed own password"))
    assert [entry.who for entry in entries] == ["owner", "owner"]
    assert secret not in str([entry.detail for entry in entries])


def test_the_list_shows_role_and_second_factor_in_a_constant_number_of_queries(
    client: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(20):
        second_factor.begin(person(f"sam{number}", "viewer"))
    SecondFactor.objects.filter(user__username="sam3").update(confirmed_at=clock.now())
    with django_assert_max_num_queries(20):
        page = client.get(LIST).content.decode()
    cells = re.findall(r"<td[^>]*field-factor[^>]*>(.*?)</td>", page, re.DOTALL)
    assert sorted(re.sub(r"<[^>]*>|\s", "", cell).lower() for cell in cells) == ["off"] * 20 + ["on"]
    assert page.count(">viewer<") >= 20


def test_the_roles_page_says_what_a_role_may(client: Client, owner: User) -> None:
    page = client.get(reverse("admin:auth_group_change", args=[Group.objects.get(name="operator").pk])).content.decode()
    assert "fulfillment.order" in page
    assert "see_customer" in page


def test_who_marked_errors_as_resolved_is_written_down(client: Client, owner: User) -> None:
    row = ErrorLog.objects.create(step="x", error_type="E", error_message="m", created_at=clock.now())
    agreed = {"agreed": "1", "select_across": "1", "keys": row.pk}
    client.post("/admin/ops/errorlog/", {"action": "resolve", "_selected_action": row.pk, **agreed})
    entry = AuditEntry.objects.get(action="marked error as resolved")
    assert (entry.who, entry.subject) == ("owner", f"ops.errorlog:{row.pk}")


def test_the_sidebar_leads_to_people_only_those_who_may_see_them(client: Client, owner: User) -> None:
    assert f'href="{LIST}"' in client.get("/admin/ops/run/").content.decode()
    client.force_login(person("sam", "operator"))
    assert f'href="{LIST}"' not in client.get("/admin/ops/run/").content.decode()
