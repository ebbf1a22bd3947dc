"""Signing in for tests, with the app on the phone."""

import base64

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.contrib.auth.models import User
from django.test import Client
from pytest_django.fixtures import Settings

from stickertrendz import clock
from stickertrendz.console import second_factor
from stickertrendz.console.models import SecondFactor

LOGIN, CODE, ACCOUNT = "/admin/login/", "/admin/login/code/", "/admin/account/second-factor/"
PASSWORD = "a frog asleep in a teacup"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def owner() -> User:
    return User.objects.create_superuser("owner", password=PASSWORD)


def code_of(factor: SecondFactor, later: int = 0) -> str:
    """What the app on the phone shows, `later` seconds from now."""
    key = base64.b32decode(second_factor.secret(factor))
    return TOTP(key, 6, SHA1(), 30).generate(int(clock.now().timestamp()) + later).decode()  # noqa: S303


def with_factor(user: User) -> tuple[SecondFactor, list[str]]:
    factor = second_factor.begin(user)
    return factor, second_factor.confirm(factor, code_of(factor, -30))


def give(client: Client, password: str = PASSWORD, name: str = "owner", **address: str) -> str:
    """The page or, where signing in leads on, its address."""
    answer = client.post(LOGIN, {"username": name, "password": password}, **address)  # type: ignore[arg-type]
    return answer.headers["Location"] if answer.status_code == 302 else answer.content.decode()


def is_in(client: Client) -> bool:
    return client.get("/admin/").status_code == 200


def guess(client: Client, times: int, **more: str) -> str:
    return [give(client, "wrong", **more) for _ in range(times)][-1]
