"""Mails about designs that wait for a person: picture, scores, where the topic came from, and where to decide."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F, Model
from django.template.loader import render_to_string

from stickertrendz.ops import alerts
from stickertrendz.ops.subjects import address, subject_of
from trends.models import Signal

from . import scores
from .models import Size, Sticker

POSTS = 3


def flagged(sticker: Sticker, why: str) -> None:
    told = "Without a verdict it is rejected 48 hours from now; a reminder comes after 24."
    _tell(sticker, "flagged", f"Please review: {sticker}", why, told)


def reminder(sticker: Sticker, *, rejected_at: datetime) -> None:
    told = f"Without a verdict it is rejected on {rejected_at:%-d %B at %H:%M} UTC."
    _tell(sticker, "reminder", f"Still waiting for review: {sticker}", "A day has passed without a verdict.", told)


def expired(sticker: Sticker, why: str) -> None:
    told = "It can still be approved, or put back into review, from its page."
    _tell(sticker, "expired", f"Rejected: {sticker}", f"It was {why}.", told)


def _tell(sticker: Sticker, kind: str, title: str, why: str, then: str) -> None:
    """One mail for each time the design comes to a status, also when that is twice on a day."""
    facts = {**_facts(sticker), "kind": kind, "why": why, "then": then}
    pictures = list(sticker.sizes.filter(size=Size.Inches.SMALL).values_list("print_key", flat=True))
    alerts.alert(
        f"{kind}:{subject_of(sticker)}@{sticker.status_since:%H%M%S}", title,
        render_to_string("mail/review.txt", facts), sticker, html=render_to_string("mail/review.html", facts),
        pictures=pictures,
    )  # fmt: skip


def strongest_posts(sticker: Sticker, most: int) -> list[Signal]:
    """The posts of its trend that score most; one that was posted in several places is told once."""
    rows = sticker.trend.signals.select_related("source").order_by(F("score").desc(nulls_last=True), "pk")
    return list({post.text: post for post in reversed(rows[: 4 * most])}.values())[::-1][:most]


def _facts(sticker: Sticker) -> dict[str, Any]:
    trend = sticker.trend
    return {
        "sticker": sticker, "scores": scores.ranked(sticker.moderation_categories),
        "posts": strongest_posts(sticker, POSTS),
        "sources": ", ".join(trend.sources), "flag_at": scores.flag_at(), "reject_above": scores.reject_above(),
        "page": _link(sticker), "trend_page": _link(trend),
    }  # fmt: skip


def _link(row: Model) -> str:
    return f"{settings.CONSOLE_URL}{address(subject_of(row))}"
