"""The Replicate adapter against the sandbox, and against answers no healthy service gives."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings

from stickers import prompts
from stickers.adapters import replicate
from stickers.adapters.replicate import BadAddress, BadFile, Denied, Gone, Prediction, Wish
from stickertrendz import clock
from stickertrendz.ops import intents, meters
from stickertrendz.ops.errors import OutsideError
from stickertrendz.ops.models import Intent
from stickertrendz.sandbox.server import Sandbox

pytestmark = pytest.mark.django_db(transaction=True)
Fault = Callable[..., None]
Handler = Callable[[httpx.Request], httpx.Response]


def wish(seed: int = 7) -> Wish:
    return Wish(settings.REPLICATE_MODEL_VERSION, prompts.styled("a sleepy frog"), prompts.negative(), seed)


def intent(key: str = "7") -> Intent:
    return intents.plan("prediction", key)


def bought(seed: int = 7) -> Prediction:
    return replicate.create(wish(seed), estimate_micro=7800, intent=intent(str(seed)))


def drawn(prediction_id: str) -> Prediction:
    for _ in range(30):
        picture = replicate.get(prediction_id, subject="")
        if picture.status not in ("starting", "processing"):
            return picture
        clock.sleep(2)
    raise AssertionError("it never ended")


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Handler], list[httpx.Request]]:
    """Puts an invented service behind the real HTTP client."""

    def put(handler: Handler) -> list[httpx.Request]:
        asked: list[httpx.Request] = []

        def noting(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            return handler(request)

        client = httpx.Client(transport=httpx.MockTransport(noting))
        monkeypatch.setattr(replicate, "client", lambda: client)
        return asked

    return put


def test_a_picture_is_bought_watched_and_fetched(sandbox: Sandbox) -> None:
    made = bought()
    picture = drawn(made.id)
    assert (picture.status, picture.seed, picture.version) == ("succeeded", 7, settings.REPLICATE_MODEL_VERSION)
    assert picture.seconds
    content = replicate.download(picture.outputs[0], subject="")
    assert content.startswith(replicate.PNG_START)
    assert Intent.objects.get().result == {"id": made.id}
    assert meters.level("images").used == 1


def test_the_same_wish_gives_the_same_picture_and_another_seed_another(sandbox: Sandbox) -> None:
    first, second, other = (
        replicate.create(wish(seed), estimate_micro=1, intent=intent(key))
        for seed, key in ((7, "a"), (7, "b"), (8, "c"))
    )
    files = [replicate.download(drawn(each.id).outputs[0], subject="") for each in (first, second, other)]
    assert files[0] == files[1] != files[2]


def test_a_bought_picture_is_found_by_version_seed_and_prompt(sandbox: Sandbox) -> None:
    start = clock.now() - timedelta(minutes=1)
    made = bought()
    bought(8)
    found = replicate.find(wish(), since=start, subject="")
    assert found is not None
    assert found.id == made.id
    assert replicate.find(wish(9), since=start, subject="") is None
    assert replicate.find(wish(), since=clock.now() + timedelta(minutes=1), subject="") is None


def test_a_picture_whose_files_are_gone_counts_as_absent(sandbox: Sandbox) -> None:
    start = clock.now() - timedelta(minutes=1)
    drawn(bought().id)
    clock.sleep(3 * 3600)
    assert replicate.find(wish(), since=start, subject="") is None


def test_the_order_is_never_repeated_after_an_unclear_answer(sandbox: Sandbox, fault: Fault) -> None:
    fault("replicate", "predictions.create", "500_after", times=None)
    with pytest.raises(OutsideError) as caught:
        bought()
    assert caught.value.ambiguous
    assert Intent.objects.get().state == Intent.State.SENT
    assert len(sandbox.worlds["replicate"].dump()["predictions"]) == 1


def test_a_429_is_waited_out_and_repeated(sandbox: Sandbox, fault: Fault) -> None:
    fault("replicate", "predictions.create", "429", times=2, retry_after=3)
    assert bought().id


def test_the_wait_may_be_told_in_the_body_only(sandbox: Sandbox, answering: Callable[[Handler], Any]) -> None:
    answering(lambda request: httpx.Response(429, json={"detail": "throttled", "retry_after": 41}))
    with pytest.raises(OutsideError) as caught:
        replicate.get("x", subject="")
    assert (caught.value.retry_after, caught.value.ambiguous, caught.value.permanent) == (41, False, False)


@pytest.mark.parametrize("status", [401, 402, 403])
def test_a_refused_token_or_spent_credit_is_nobodys_fault(
    sandbox: Sandbox, answering: Callable[[Handler], Any], status: int
) -> None:
    answering(lambda request: httpx.Response(status, json={"detail": "no"}))
    with pytest.raises(Denied):
        replicate.get("x", subject="")


def test_an_aborted_prediction_is_read_like_any_other(sandbox: Sandbox, answering: Callable[[Handler], Any]) -> None:
    answering(lambda request: httpx.Response(200, json={"id": "x", "status": "aborted", "output": None, "metrics": {}}))
    assert replicate.get("x", subject="").status == "aborted"


@pytest.mark.parametrize(
    "body", [b'{"id": "unfin', b"[]", b'{"id": "x"}', b'{"id": "x", "status": "failed", "metrics": 3}']
)
def test_an_unreadable_answer_is_an_unclear_one(
    sandbox: Sandbox, answering: Callable[[Handler], Any], body: bytes
) -> None:
    answering(lambda request: httpx.Response(200, content=body))
    with pytest.raises(OutsideError) as caught:
        bought()
    assert caught.value.ambiguous


def test_the_token_goes_to_the_service_and_never_to_the_host_of_the_file(
    sandbox: Sandbox, answering: Callable[[Handler], Any]
) -> None:
    asked = answering(lambda request: httpx.Response(200, json={"id": "x", "status": "starting"}))
    replicate.get("x", subject="")
    with pytest.raises(BadFile, match="not a PNG"):
        replicate.download(f"{settings.SANDBOX_URL}/delivery/x/out-0.png", subject="")
    assert [("authorization" in request.headers) for request in asked] == [True] + [False] * 4


def test_a_next_page_on_another_host_is_not_followed(sandbox: Sandbox, answering: Callable[[Handler], Any]) -> None:
    asked = answering(
        lambda request: httpx.Response(200, json={"results": [], "next": "https://evil.example/v1/predictions"})
    )
    assert replicate.find(wish(), since=clock.now(), subject="") is None
    assert len(asked) == 1


@pytest.mark.parametrize("url", [
    "https://evil.example/out.png", "https://replicate.delivery.evil.example/out.png", "file:///etc/passwd",
    "https://evilreplicate.delivery/out.png", "https://replicate.delivery@evil.example/out.png", "",
])  # fmt: skip
def test_files_come_from_allowed_hosts_only(sandbox: Sandbox, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REPLICATE_OUTPUT_HOSTS", ["replicate.delivery"])
    with pytest.raises(BadAddress, match="REPLICATE_OUTPUT_HOSTS") as caught:
        replicate.download(url, subject="")
    assert caught.value.permanent


@pytest.mark.parametrize("scheme", ["http", "ftp"])
def test_files_come_over_https_only(sandbox: Sandbox, scheme: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REPLICATE_OUTPUT_HOSTS", ["replicate.delivery"])
    with pytest.raises(BadAddress, match="only https is taken"):
        replicate.download(f"{scheme}://replicate.delivery/out.png", subject="")


def test_plain_http_is_for_loopback_in_sandbox_mode(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "LIVE", True)
    with pytest.raises(BadAddress, match="only https is taken"):
        replicate.download(f"{settings.SANDBOX_URL}/delivery/x/out-0.png", subject="")


@pytest.mark.parametrize("status", [401, 402, 403, 404, 410])
def test_a_refusal_of_the_files_host_never_means_our_token(
    sandbox: Sandbox, answering: Callable[[Handler], Any], status: int
) -> None:
    answering(lambda request: httpx.Response(status))
    with pytest.raises(OutsideError) as caught:
        replicate.download(f"{settings.SANDBOX_URL}/delivery/x/out-0.png", subject="")
    assert isinstance(caught.value, Gone)


def test_a_subdomain_of_an_allowed_host_is_allowed(sandbox: Sandbox, answering: Callable[[Handler], Any]) -> None:
    picture = replicate.PNG_START + replicate.PNG_END
    settings_hosts = [*settings.REPLICATE_OUTPUT_HOSTS, "replicate.delivery"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "REPLICATE_OUTPUT_HOSTS", settings_hosts)
        answering(lambda request: httpx.Response(200, content=picture))
        assert replicate.download("https://pbxt.replicate.delivery/out.png", subject="") == picture


def test_too_large_a_file_is_refused_while_it_comes(sandbox: Sandbox, answering: Callable[[Handler], Any]) -> None:
    answering(lambda request: httpx.Response(200, content=b"x" * (replicate.MAX_BYTES + 1)))
    with pytest.raises(BadFile) as caught:
        replicate.download(f"{settings.SANDBOX_URL}/delivery/x/out-0.png", subject="")
    assert caught.value.permanent


def test_a_picture_cut_off_on_its_way_is_fetched_again(sandbox: Sandbox, fault: Fault) -> None:
    picture = drawn(bought().id)
    whole = replicate.download(picture.outputs[0], subject="")
    fault("replicate", "delivery", "truncated", times=2)
    assert replicate.download(picture.outputs[0], subject="") == whole
    fault("replicate", "delivery", "truncated", times=None)
    with pytest.raises(BadFile):
        replicate.download(picture.outputs[0], subject="")


def test_the_order_asks_for_no_watermark_and_a_deadline(sandbox: Sandbox, answering: Callable[[Handler], Any]) -> None:
    asked = answering(lambda request: httpx.Response(201, json={"id": "x", "status": "starting"}))
    bought()
    wanted = json.loads(asked[0].content)
    assert wanted["version"] == settings.REPLICATE_MODEL_VERSION
    assert {"apply_watermark": False, "width": 1024, "height": 1024, "seed": 7}.items() <= wanted["input"].items()
    assert asked[0].headers["cancel-after"] == "10m"
