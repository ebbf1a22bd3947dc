"""The pages of recalls: previewed, done by one click with a reason, and put back by ticks."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from etsy.models import Recall
from etsy.tests.conftest import MakeSticker, make_sticker
from stickers.models import Generation, Sticker
from stickertrendz.console.tests.test_blocklist_pages import owner, page
from stickertrendz.ops import queue

__all__ = ["make_sticker", "owner"]  # the fixtures
pytestmark = pytest.mark.django_db
LIST = "/admin/etsy/recall/"
BAD = {"kind": "prompt", "value": "style/7"}


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> list[str]:
    settings.MEDIA_ROOT = tmp_path
    jobs: list[str] = []
    monkeypatch.setattr(queue, "enqueue", jobs.append)
    return jobs


@pytest.fixture
def shelf(make_sticker: MakeSticker) -> list[Sticker]:
    made = [make_sticker() for _ in range(3)]
    Generation.objects.filter(sticker__in=made[:2]).update(prompt_version="style/7")
    return made


def test_a_recall_is_shown_first_and_done_only_with_a_reason(
    owner: Client, asked: list[str], shelf: list[Sticker]
) -> None:
    shown = page(owner, LIST + "add/", BAD)
    assert "<strong>2</strong> come off" in shown
    assert shelf[2].number not in shown
    page(owner, LIST + "add/", {**BAD, "take": "1", "why": ""})
    assert not Recall.objects.exists()
    shown = page(owner, LIST + "add/", {**BAD, "take": "1", "why": "a gun"})
    assert "2 off sale here" in shown
    assert asked == ["push_changes"]
    assert "nothing was recalled" in page(owner, LIST + "add/", {**BAD, "take": "1", "why": "a gun"})
    assert "Designs of a prompt version: style/7" in page(owner, LIST)


def test_ticked_designs_go_back_with_a_reason(owner: Client, shelf: list[Sticker]) -> None:
    page(owner, LIST + "add/", {**BAD, "take": "1", "why": "a gun"})
    where = f"{LIST}{Recall.objects.get().pk}/change/"
    shown = page(owner, where, {"design": [shelf[0].pk, shelf[2].pk], "why": "a water pistol"})
    assert "1 of 2 go back on sale" in shown
    assert list(Sticker.objects.filter(shelf="withdrawn")) == [shelf[1]]


@pytest.mark.parametrize(
    ("told", "says"),
    [({"kind": "run", "value": "last"}, "not a number"), ({"kind": "model"}, "Say which"),
     ({"kind": "created", "since": "2026-11-02T00:00"}, "a beginning and an end"),
     ({"kind": "created", "since": "2026-11-02T00:00", "until": "2026-11-01T00:00"}, "ends before it begins")],
)  # fmt: skip
def test_a_batch_that_is_no_batch_is_asked_about(owner: Client, told: dict[str, str], says: str) -> None:
    assert says in page(owner, LIST + "add/", told)


def test_a_viewer_may_look_and_neither_recall_nor_put_back(
    client: Client, owner: Client, django_user_model: Any, shelf: list[Sticker]
) -> None:
    page(owner, LIST + "add/", {**BAD, "take": "1", "why": "a gun"})
    where = f"{LIST}{Recall.objects.get().pk}/change/"
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.add(*Permission.objects.filter(codename="view_recall"))
    client = Client()
    client.force_login(viewer)
    assert shelf[0].number in page(client, where)
    assert "Put the ticked" not in page(client, where)
    assert client.post(where, {"design": shelf[0].pk, "why": "no"}).status_code == 403
    assert client.post(LIST + "add/", BAD).status_code == 403
