"""The pages on which a person judges rejected designs: one click each, counted, and nothing done by itself."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stickers import review, sampling
from stickers.models import Sample, SampledDesign, Sticker
from stickertrendz.ops.runner import run_job
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.making import make_sticker
from trends import blocklists

pytestmark = pytest.mark.django_db(transaction=True)
TOPICS = ("otters holding hands", "sleepy fox", "cozy frog", "grumpy cat")


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser("owner"))
    return client


@pytest.fixture
def sample(sandbox: Sandbox) -> Sample:
    for topic in TOPICS:
        rejected(topic)
    assert run_job("moderation_sample")[0] == 0
    return Sample.objects.get()


def rejected(topic: str) -> Sticker:
    sticker = make_sticker(topic)
    Sticker.objects.filter(pk=sticker.pk).update(
        status="rejected", reviewed_by="moderation", reject_reason="moderation: violence 0.80", shelf="none",
        moderation_categories={"violence": 0.8, "sexual": 0.01},
        status_since=sticker.status_since - timedelta(minutes=1), thumbnail_key=sticker.listing_images[0],
    )  # fmt: skip
    return sticker


def address(sample: Sample) -> str:
    return reverse("admin:stickers_sample_change", args=[sample.pk])


def press(client: Client, design: SampledDesign, **button: str) -> str:
    page = client.post(address(design.sample), {"design": design.pk, **button}, follow=True)
    design.refresh_from_db()
    return page.content.decode()


def test_every_design_of_the_sample_is_shown_with_its_picture_and_why_it_was_rejected(
    owner: Client, sample: Sample
) -> None:
    shown = owner.get(address(sample)).content.decode()
    assert shown.count('class="design"') == len(TOPICS)
    assert shown.count("moderation: violence 0.80") == len(TOPICS)
    assert "violence 0.80, sexual 0.01" in shown
    assert "Wrongly rejected: <strong>–</strong>" in shown, "no made-up number"


def test_one_click_judges_and_the_share_follows(owner: Client, sample: Sample) -> None:
    first, second = sample.designs.all()[:2]
    press(owner, first, verdict="right")
    shown = press(owner, second, verdict="wrong")
    assert (first.verdict, second.verdict, second.judged_by) == ("right", "wrong", "owner")
    assert "50% (1 of 2, likely 9% to 91%)" in shown
    listed = owner.get(reverse("admin:stickers_sample_changelist")).content.decode()
    assert "50% (1 of 2" in listed
    assert "2 wait for your judgement" in listed


def test_a_wrong_rejection_is_offered_for_approval_and_approved_by_the_second_click_only(
    owner: Client, sample: Sample
) -> None:
    design = sample.designs.select_related("sticker").first()
    assert design is not None
    assert "Approve it" not in owner.get(address(sample)).content.decode()
    assert "Approve it" in press(owner, design, verdict="wrong")
    design.sticker.refresh_from_db()
    assert design.sticker.status == "rejected"
    assert "is approved and goes on sale" in press(owner, design, approve="1")
    design.sticker.refresh_from_db()
    assert (design.sticker.status, design.sticker.shelf, design.verdict) == ("approved", "wanted", "wrong")
    assert sampling.false_positives().wrong == 1, "the word stands"


def test_a_design_with_a_blocked_term_is_not_approved_and_it_is_told_where_to_go(owner: Client, sample: Sample) -> None:
    design = sample.designs.select_related("sticker").first()
    assert design is not None
    Sticker.objects.filter(pk=design.sticker_id).update(title="A Zorblatt frog")
    blocklists.add("Zorblatt", "trademark", by="test", why="test")
    assert "Exempt it from them on its blocklist page first" in press(owner, design, approve="1")
    assert Sticker.objects.get(pk=design.sticker_id).status == "rejected"


def test_nonsense_judges_nothing(owner: Client, sample: Sample) -> None:
    design = sample.designs.first()
    assert design is not None
    press(owner, design, verdict="perhaps")
    assert owner.post(address(sample), {"design": "x", "verdict": "right"}).status_code == 404
    assert not SampledDesign.objects.exclude(verdict="").exists()


def test_who_may_only_look_sees_no_buttons_and_cannot_judge(client: Client, sample: Sample) -> None:
    viewer = User.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_sample", "view_sampleddesign"]))
    client.force_login(viewer)
    assert 'name="verdict"' not in client.get(address(sample)).content.decode()
    assert client.post(address(sample), {"design": "1", "verdict": "right"}).status_code == 403
    design = sample.designs.first()
    assert design is not None
    followed = client.get(reverse("admin:stickers_sampleddesign_change", args=[design.pk]))
    assert followed.headers["location"].endswith(f"#design-{design.pk}")


def test_the_page_asks_as_many_questions_for_four_designs_as_for_one(owner: Client, sample: Sample) -> None:
    counts = []
    for keep in (4, 1):
        SampledDesign.objects.filter(position__gt=keep).delete()
        with CaptureQueriesContext(connection) as caught:
            owner.get(address(sample))
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_a_verdict_by_another_in_between_is_told(owner: Client, sample: Sample) -> None:
    design = sample.designs.select_related("sticker").first()
    assert design is not None
    review.approve(design.sticker, by="ada")
    assert "cannot go from approved" in press(owner, design, approve="1")
