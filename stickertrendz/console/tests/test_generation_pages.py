"""Pages of the pictures bought: the report of the checks, the filter, and having one drawn once more."""

import io
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from stickers import prompts
from stickers.models import Generation
from stickertrendz import clock
from stickertrendz.ops import meters, storage, switches
from stickertrendz.ops.models import AuditEntry
from trends import blocklists
from trends.models import Trend

pytestmark = pytest.mark.django_db
LIST = reverse("admin:stickers_generation_changelist")
BLANK = {"name": "mostly_blank", "label": "Blank share", "number": 0.93, "limit": "at most 80% blank", "ok": False}
HELD = {"name": "aspect_ratio", "label": "Width to height", "number": 1.2, "limit": "0.5 to 2.0", "ok": True}


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.fixture
def viewer(client: Client) -> Client:
    user = User.objects.create_user("viewer", is_staff=True)
    user.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    client.force_login(user)
    return client


def kept(colour: str) -> str:
    file = io.BytesIO()
    Image.new("RGB", (1024, 1024), colour).save(file, "PNG")
    return storage.keep("private", storage.key_for("originals", file.getvalue(), "1", "png"), file.getvalue())


def make(variant: int = 1, **columns: Any) -> Generation:
    trend, _ = Trend.objects.get_or_create(topic="frog", topic_normalized="frog", defaults={"status": "generated"})
    told = {
        "status": "quality_failed", "checks": [BLANK, HELD], "original_key": kept("white"), "marked_key": kept("red"),
        "failures": ["mostly_blank: Blank share 0.93, allowed at most 80% blank"], "cost_micro": 4875,
        "predict_seconds": 5.0, "composition": "round badge", "prompt": prompts.styled("a frog in a teacup"),
    }  # fmt: skip
    return Generation.objects.create(trend=trend, variant=variant, model_version="v", seed=7, **(told | columns))


def page_of(generation: Generation) -> str:
    return reverse("admin:stickers_generation_change", args=[generation.pk])


def again(generation: Generation) -> str:
    return reverse("admin:stickers_generation_again", args=[generation.pk])


def test_the_page_shows_both_pictures_and_every_check_with_number_and_limit(owner: Client) -> None:
    made = make()
    shown = owner.get(page_of(made)).content.decode()
    for key in (made.original_key, made.marked_key):
        assert f'src="/media/private/{key}"' in shown
        assert b"".join(owner.get(f"/media/private/{key}")).startswith(b"\x89PNG")
    table = shown.split('class="checks"')[1].split("</table>")[0]
    assert "0.93" in table.split("✗ failed")[0]
    assert "at most 80% blank" in table
    assert table.count("✓ held") == table.count("✗ failed") == 1
    assert "$0.0049" in shown


def test_the_list_tells_what_failed_in_words_and_can_be_filtered_by_it(owner: Client) -> None:
    make()
    make(2, failures=["expired: Replicate removed the picture before it was collected"], status="failed")
    make(3, failures=[], status="passed")
    shown = owner.get(LIST).content.decode()
    assert "Blank share 0.93, allowed at most 80% blank" in shown
    assert "mostly_blank: " not in shown
    found = owner.get(LIST, {"failed": "mostly_blank"}).context["cl"].queryset
    assert [each.variant for each in found] == [1]
    assert [each.variant for each in owner.get(LIST, {"failed": "expired"}).context["cl"].queryset] == [2]
    assert owner.get(LIST, {"failed": "%"}).context["cl"].queryset.count() == 3


def test_previews_are_small_and_only_for_those_who_may_look(owner: Client) -> None:
    made = make()
    address = reverse("admin:stickers_generation_preview", args=[made.pk])
    answer = owner.get(address)
    assert (answer["Content-Type"], Image.open(io.BytesIO(answer.content)).size) == ("image/jpeg", (192, 192))
    assert (
        owner.get(
            reverse("admin:stickers_generation_preview", args=[make(2, marked_key="", original_key="").pk])
        ).status_code
        == 404
    )
    owner.force_login(User.objects.create_user("clerk", is_staff=True))
    assert owner.get(address).status_code == 403


def test_list_and_page_take_as_many_queries_for_many_pictures_as_for_few(
    owner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    first = make()
    owner.get(LIST), owner.get(page_of(first))
    counts = []
    for variant in (2, 12):
        for number in range(variant, variant + 4):
            make(number, original_key="a", marked_key="b")
        with django_assert_max_num_queries(40) as asked:
            owner.get(LIST)
            owner.get(page_of(first))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_other_words_are_drawn_as_a_new_design_after_cost_and_cap_were_told(owner: Client) -> None:
    made = make()
    meters.spend("images", 47, clock.now())
    shown = owner.get(again(made)).content.decode()
    assert ">a frog in a teacup</textarea>" in shown
    assert "$0.0078" in shown
    assert "3 of today’s 50 pictures are left" in shown
    answer = owner.post(again(made), {"concept": "a frog on a skateboard", "draw": "1"})
    new = Generation.objects.get(made_from=made)
    assert answer["Location"] == page_of(new)
    assert (new.status, new.prompt) == ("planned", prompts.styled("a frog on a skateboard"))
    entry = AuditEntry.objects.get(who="owner")
    assert (entry.action, entry.subject) == ("asked for other words", f"stickers.generation:{new.pk}")


def test_blocked_words_are_refused_with_the_term_and_what_was_typed_is_kept(owner: Client) -> None:
    blocklists.add("Zorblax", "trademark", by="owner", why="test")
    made = make()
    shown = owner.post(again(made), {"concept": "a zorblax on a skateboard", "draw": "1"}).content.decode()
    assert "names “Zorblax”, which is on a blocklist" in shown
    assert ">a zorblax on a skateboard</textarea>" in shown
    assert Generation.objects.count() == 1


def test_the_same_is_asked_for_with_its_seed_and_a_failed_one_is_retried(owner: Client) -> None:
    made = make(status="failed", failures=["expired: gone"])
    owner.post(again(made), {"same": "1"})
    assert Generation.objects.get(variant=2).seed == made.seed
    owner.post(again(made), {"retry": "1"})
    assert Generation.objects.get(variant=1, try_no=1).made_from == made


def test_a_halt_and_a_used_up_day_are_told_before_anything_is_asked_for(owner: Client) -> None:
    made = make()
    meters.spend("images", 50, clock.now())
    switches.throw("generation", "6 of 10 failed", by="sticker_generator")
    shown = owner.get(again(made)).content.decode()
    assert "Today’s 50 pictures are used up" in shown
    assert "Generation is halted (6 of 10 failed)" in shown


def test_a_viewer_sees_the_page_without_the_button_and_cannot_ask(viewer: Client) -> None:
    made = make()
    shown = viewer.get(page_of(made)).content.decode()
    assert "Blank share" in shown
    assert again(made) not in shown
    assert viewer.get(again(made)).status_code == 403
    assert viewer.post(again(made), {"same": "1"}).status_code == 403
    assert Generation.objects.count() == 1


def test_failed_ones_are_drawn_once_more_together_after_the_cost_was_told(owner: Client) -> None:
    failed, passed = make(status="failed", failures=["expired: gone"]), make(2, status="passed", failures=[])
    asked = owner.post(LIST, {"action": "draw_again", "_selected_action": [failed.pk, passed.pk]}).content.decode()
    assert "$0.0078" in asked
    assert Generation.objects.count() == 2, "only asked"
    agreed = {"select_across": "1", "keys": f"{failed.pk},{passed.pk}", "agreed": "1", "_selected_action": [failed.pk]}
    shown = owner.post(LIST, {"action": "draw_again", **agreed}, follow=True).content.decode()
    assert "1 done, 1 left out: it is passed, not failed" in shown
    assert Generation.objects.get(variant=1, try_no=1).made_from == failed
