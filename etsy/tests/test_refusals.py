"""Whatever Etsy answers to an operation, the client says what it means: final, passing, or perhaps done."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from etsy import contract
from etsy.tests.conftest import fault
from etsy.tests.openapi import Document
from stickertrendz.ops import breaker
from stickertrendz.ops.errors import Halt, OutsideError
from stickertrendz.sandbox import faults
from stickertrendz.sandbox.server import Sandbox

OPERATIONS = list(contract.calls(contract.Ids()))
TOKENS = {"exchangeCode", "refreshToken"}
NOT_RENEWED = TOKENS | {"tokenScopes", "getMe"}  # asked about the token they are given: another would be no answer
CREATE = {
    "exchangeCode", "createShopReadinessStateDefinition", "createShopReturnPolicy", "createShopShippingProfile",
    "createShopSection", "createDraftListing", "createReceiptShipment",
}  # fmt: skip
# What is gone, or was never there, is an answer to these and not a failure.
GONE_IS_FINE = {
    "getListing", "getShopReceipt", "getListingInventory", "getShopReturnPolicies", "deleteListing",
    "deleteListingImage", "getListingsByListingIds", "getListingsInventoryByListingIds",
}  # fmt: skip
TRIES = 4
UNHEARD = ("timeout", "timeout_after", "500_after", "html", "malformed")


@pytest.fixture
def chatty(monkeypatch: pytest.MonkeyPatch, settings: Any, about: contract.Ids) -> tuple[str, ...]:
    """What must never be repeated; Etsy's refusals name all of it."""
    secrets = (settings.ETSY_API_SECRET, about.refresh_token, "jane.doe@example.com")
    said = " ".join(secrets)
    monkeypatch.setattr(faults, "WORDS", {status: f"{word} for {said}" for status, word in faults.WORDS.items()})
    return secrets


@pytest.fixture
def failed(
    sandbox: Sandbox, about: contract.Ids, chatty: tuple[str, ...], virtual_time: Any
) -> Callable[..., tuple[Exception | None, int]]:
    """The error that an operation ends with under a lasting fault, and how many requests were made."""

    def call(operation: str, kind: str, **more: Any) -> tuple[Exception | None, int]:
        name = "oauth.token" if operation in TOKENS else operation
        fault(sandbox, name, kind, times=None, seconds=0.005, **more)
        sandbox.forget_calls()
        caught: Exception | None = None
        try:
            contract.calls(about)[operation]()
        except (OutsideError, Halt) as error:
            caught = error
        assert not any(secret in f"{caught} {caught!r}" for secret in chatty), caught
        sandbox.faults.clear()
        breaker.succeeded("etsy")
        return caught, sum(made["operation"] == name for made in sandbox.calls())

    return call


def test_every_documented_refusal_is_understood(shared: Path, failed: Any) -> None:
    for operation, status in documented(shared):
        error, requests = failed(operation, status)
        if status == "404" and operation in GONE_IS_FINE:
            assert error is None, operation
        elif status == "401" and operation not in NOT_RENEWED:
            assert isinstance(error, Halt), f"{operation}: a fresh token refused as well, so no row is at fault"
            assert requests == 2
        else:
            understood(operation, status, error, requests)


def documented(shared: Path) -> Iterator[tuple[str, str]]:
    """Each operation with each 4xx and 5xx status that Etsy's document, mended by 429, names for it."""
    document = Document(shared / "contracts" / "etsy-openapi.mock.json")
    specs = {one.name: one.spec for one in document.operations}
    token = next(one.spec for one in document.operations if "token" in one.segments)
    for operation in OPERATIONS:
        statuses = specs.get(operation, token)["responses"]
        yield from ((operation, status) for status in statuses if status >= "400")


def understood(operation: str, status: str, error: Exception | None, requests: int) -> None:
    what = f"{operation} {status}: {error!r}"
    assert isinstance(error, OutsideError), what
    passing = status in ("429", "500", "503")
    meant = (error.status, error.permanent, error.ambiguous)
    assert meant == (int(status), not passing, status >= "500"), what
    once = not passing or (status >= "500" and operation in CREATE)
    assert requests == (1 if once else TRIES), f"{what}: only what may be sent again is, and only when that can help"


@pytest.mark.parametrize("kind", UNHEARD)
def test_a_lost_answer_is_ambiguous_and_what_creates_is_not_sent_again(kind: str, failed: Any) -> None:
    for operation in OPERATIONS:
        error, requests = failed(operation, kind)
        assert isinstance(error, OutsideError), f"{operation}: {error!r}"
        assert (error.ambiguous, error.permanent) == (True, False), operation
        assert requests == (1 if operation in CREATE else TRIES), operation


def test_too_many_requests_is_never_ambiguous_and_tells_how_long_to_wait(failed: Any) -> None:
    for operation in OPERATIONS:
        error, requests = failed(operation, "429", retry_after=3600)
        assert isinstance(error, OutsideError), operation
        assert (error.status, error.retry_after, error.permanent, error.ambiguous) == (429, 3600.0, False, False)
        assert requests == 1, "an hour is not slept"
