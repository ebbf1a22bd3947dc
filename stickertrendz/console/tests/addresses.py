"""Every address of the console, and what a look and a deed there need; one that nobody decided on fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Model
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from stickertrendz.ops.subjects import subject_of

ANYBODY, NOBODY = "", "nobody"


@dataclass(frozen=True)
class Page:
    """A page of its own: the permissions that a look (GET) and a deed (POST) need, and whose key is in its address."""

    look: str
    act: str
    key: str = ""
    slug: str = ""


_ORDER, _STICKER, _OFFER = "fulfillment.change_order", "stickers.change_sticker", "pricing.view_offer"
_CUSTOMER, _DRAW = "fulfillment.see_customer", "stickers.change_generation"
_TOKEN, _SETUP = "etsy.change_token", "etsy.change_setupobject"
PAGES = {
    "search": Page(ANYBODY, ANYBODY), "index": Page(ANYBODY, ANYBODY), "second_factor": Page(ANYBODY, ANYBODY),
    "password_change": Page(ANYBODY, ANYBODY), "password_change_done": Page(ANYBODY, ANYBODY),
    "front_part": Page(ANYBODY, ANYBODY), "service": Page(ANYBODY, ANYBODY), "statement": Page(ANYBODY, ANYBODY),
    "statement_all_csv": Page(ANYBODY, ANYBODY), "statement_month": Page(ANYBODY, ANYBODY, slug="2026-01"),
    "statement_csv": Page(ANYBODY, ANYBODY, slug="2026-01"),
    "jobs": Page("ops.view_run", ANYBODY), "job_run": Page("ops.change_run", "ops.change_run", slug="heartbeat"),
    "jsi18n": Page(ANYBODY, ANYBODY), "autocomplete": Page(NOBODY, NOBODY), "app_list": Page(ANYBODY, ANYBODY),
    "view_on_site": Page(ANYBODY, ANYBODY, "trends.trend"),
    "timeline": Page("trends.view_trend", "trends.view_trend", "trends.trend"),
    "order_customer": Page(_CUSTOMER, _CUSTOMER, "fulfillment.order"),
    "order_address": Page(f"{_CUSTOMER} {_ORDER}", f"{_CUSTOMER} {_ORDER}", "fulfillment.order"),
    "trends_term_test": Page("trends.view_term", "trends.view_term"),
    "trends_term_import": Page("trends.add_term", "trends.add_term"),
    "trends_term_import_shipped": Page("trends.add_term", "trends.add_term"),
    "trends_trend_replay": Page("trends.change_trend", "trends.change_trend", "trends.trend"),
    "trends_trend_draw": Page("trends.change_trend", "trends.change_trend", "trends.trend"),
    "trends_replay_take": Page(NOBODY, "trends.change_replay", "trends.replay"),
    "stickers_generation_preview": Page("stickers.view_generation", "stickers.view_generation", "stickers.generation"),
    "stickers_generation_again": Page(_DRAW, _DRAW, "stickers.generation"),
    "stickers_sticker_review": Page("stickers.view_sticker", _STICKER),
    "stickers_rescan_all": Page(NOBODY, "stickers.add_rescan"),
    "stickers_rescan_design": Page("stickers.view_sticker", "stickers.add_exemption", "stickers.sticker"),
    "pricing_offer_plan": Page(_OFFER, "pricing.change_offer"),
    "pricing_offer_slots": Page(_OFFER, _OFFER),
    "pricing_offer_archive": Page(_STICKER, _STICKER, "stickers.sticker"),
    "pricing_offer_came_back": Page(_OFFER, _OFFER),
    "pricing_offer_relist": Page(_STICKER, _STICKER, "stickers.sticker"),
    "pricing_offer_put_back_run": Page("pricing.change_offer", "pricing.change_offer", "ops.run"),
    "pricing_offer_put_back_design": Page("pricing.change_offer", "pricing.change_offer", "stickers.sticker"),
    "pricing_offer_put_back_change": Page("pricing.change_offer", "pricing.change_offer", "pricing.pricechange"),
    "pricing_offer_reprice": Page("pricing.change_offer", "pricing.change_offer", "stickers.sticker"),
    "fulfillment_privacyrequest_certificate": Page(
        "fulfillment.view_privacyrequest", "fulfillment.view_privacyrequest", "fulfillment.privacyrequest"
    ),
    "fulfillment_order_import": Page(_ORDER, _ORDER),
    "fulfillment_order_bench": Page("fulfillment.view_order", _ORDER),
    "fulfillment_order_ship": Page(_ORDER, _ORDER),
    "fulfillment_order_decide": Page(_ORDER, _ORDER, slug="delivered"),
    "fulfillment_printjob_again": Page(_ORDER, _ORDER, "fulfillment.printjob"),
    "etsy_token_begin": Page(NOBODY, _TOKEN), "etsy_token_paste": Page(NOBODY, _TOKEN),
    "etsy_token_landed": Page(_TOKEN, NOBODY),
    "etsy_difference_compare": Page(NOBODY, "etsy.change_listing"),
    "etsy_setupobject_preview": Page(NOBODY, _SETUP), "etsy_setupobject_make": Page(NOBODY, _SETUP),
    "etsy_setupobject_preflight": Page(NOBODY, _SETUP),
    "auth_user_second_factor": Page("auth.change_user", "auth.change_user", "auth.user"),
    "auth_user_password_change": Page("auth.change_user", "auth.change_user", "auth.user"),
}  # fmt: skip
# Before anybody is signed in, or on the way out.
OPEN = {"login", "logout", "sign_in_code", "public_file", "private_file"}
# What a POST to a row's page needs: `change` where it is a form, what is told here where it is not, else nobody may.
FORMS = {
    "auth.user", "pricing.tier", "pricing.override", "fulfillment.printcost", "fulfillment.shippingrate",
    "fulfillment.privacyrequest", "trends.source", "trends.term", "etsy.recall", "etsy.takedownnotice",
    "stickers.exemption",
}  # fmt: skip
NO_FORMS = {  # the first only draws itself, the next three lead on, and the last takes verdicts on its designs
    "pricing.offer": _OFFER, "etsy.searchweek": "etsy.view_searchweek", "stickers.rescan": "stickers.view_rescan",
    "stickers.sampleddesign": "stickers.view_sampleddesign", "stickers.sample": _STICKER,
}  # fmt: skip
# No page adds these: a button on another page does.
ADDED_ELSEWHERE = {"stickers.exemption", "stickers.rescan"}
VERBS = {"changelist": "view", "history": "view", "change": "view", "add": "add", "delete": "delete"}


@dataclass(frozen=True)
class Address:
    url: str
    look: str
    act: str


def names(patterns: list[Any], within: str = "") -> Iterator[str]:
    """The names of all addresses below /admin/ and beside it."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{within}{pattern.namespace}:" if pattern.namespace else within)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield within + pattern.name


def addresses(rows: dict[str, Model]) -> list[Address]:
    """Every address of the console with what it needs; one that nobody decided on fails."""
    found = []
    for name in sorted(set(names(get_resolver().url_patterns))):
        short = name.removeprefix("admin:")
        if short in OPEN:
            continue
        found.append(_own(name, PAGES[short], rows) if short in PAGES else _of_model(name, rows))
    return found


def _own(name: str, page: Page, rows: dict[str, Model]) -> Address:
    keys: list[Any] = [page.slug] if page.slug else [rows[page.key].pk] if page.key else []
    if name == "timeline":
        keys = [subject_of(rows[page.key])]
    if name == "admin:view_on_site":
        keys = [1, *keys]
    return Address(reverse(name, args=["trends"] if name == "admin:app_list" else keys), page.look, page.act)


def _of_model(name: str, rows: dict[str, Model]) -> Address:
    _, _, short = name.partition(":")
    table, _, verb = short.rpartition("_")
    label = next((label for label in rows if label.replace(".", "_") == table), "")
    if not label or verb not in VERBS:
        pytest.fail(f"{name}: write into PAGES which permissions it needs")
    app, model = label.split(".")
    if verb == "add" and label in ADDED_ELSEWHERE:
        return Address(reverse(name), NOBODY, NOBODY)
    args = [] if verb in ("changelist", "add") else [rows[label].pk]
    look = act = f"{app}.{VERBS[verb]}_{model}"
    if verb == "change":
        act = f"{app}.change_{model}" if label in FORMS else NO_FORMS.get(label, NOBODY)
    return Address(reverse(name, args=args), look, act)
