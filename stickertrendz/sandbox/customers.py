"""Demand without a will of its own: who looks, likes and buys on a day, by price and age of what is on sale."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol

FIRST_VIEWS = 22.0  # a new listing of middling appeal, views on its first day
HALF_LIFE_DAYS = 7.0
SALES_PER_VIEW = 0.035  # at the usual price
USUAL_CENTS = 449
ELASTICITY = 1.6
LIKES_PER_VIEW = 0.06
DAY = 86400

GIVEN_NAMES = (
    "Pebble", "Maple", "Juniper", "Biscuit", "Clover", "Marlow", "Tansy", "Bramble", "Wren", "Sorrel", "Fennel", "Opal",
    "Thistle", "Birdie", "Hazel", "Cricket", "Saffron", "Poppy", "Alder", "Meadow", "Plum", "Rowan", "Sunny", "Willow",
)  # fmt: skip
FAMILY_NAMES = (
    "Quillfeather", "Butterworthy", "Snugglesby", "Toadstone", "Merrywhistle", "Puddlefoot", "Dandelyon", "Crumblewick",
    "Fernhollow", "Applebottomly", "Mosswater", "Tumbleberry", "Gingersnapp", "Larkspurrow", "Wobblington",
    "Honeycutter", "Nettlebed", "Figgleton",
)  # fmt: skip
STREETS = (
    "Marshmallow Lane",
    "Teapot Street",
    "Acorn Avenue",
    "Pancake Road",
    "Moonbeam Court",
    "Pickle Drive",
    "Lantern Way",
    "Snail Trail",
)
TOWNS = (
    ("Puddleton", "OR", "97"), ("Mossy Hollow", "VT", "05"), ("Crumpet Falls", "NY", "12"), ("Owlbridge", "OH", "44"),
    ("Fogwick", "WA", "98"), ("Sunnyspoon", "CA", "90"), ("Little Acorn", "TX", "75"), ("Quackport", "FL", "33"),
    ("Snowmitten", "MN", "55"), ("Peachfuzz", "GA", "30"),
)  # fmt: skip


class Shop(Protocol):
    """What demand looks at: the listings, and how late it is."""

    @property
    def listings(self) -> Mapping[int, Mapping[str, Any]]: ...

    def now(self) -> int: ...


@dataclass(frozen=True)
class Purchase:
    sku: str
    quantity: int
    buyer: dict[str, Any]


@dataclass(frozen=True)
class Visits:
    """One active listing's day."""

    listing_id: int
    views: int
    favourites: int
    purchases: tuple[Purchase, ...]


def shop_day(shop: Shop, day: str, seed: int) -> list[Visits]:
    """The same shop, day and seed always give the same visitors; changes nothing."""
    active = [listing for listing in shop.listings.values() if listing["state"] == "active"]
    return [_visits(listing, (shop.now() - listing["created"]) / DAY, day, seed) for listing in active]


def appeal(listing_id: int, seed: int) -> float:
    """How much people care for a design: most a little, a few a lot, some hardly at all; 1 is the middle."""
    return math.exp(Random(f"{seed}:etsy:appeal:{listing_id}").gauss(0.0, 1.0))


def _visits(listing: Mapping[str, Any], age_days: float, day: str, seed: int) -> Visits:
    number = listing["listing_id"]
    chance = Random(f"{seed}:etsy:visitors:{day}:{number}")
    views = _poisson(chance, FIRST_VIEWS * appeal(number, seed) * 0.5 ** (max(age_days, 0.0) / HALF_LIFE_DAYS))
    offers = [
        (product["sku"], product["offerings"][0]["price"])
        for product in listing["products"]
        if product["offerings"][0]["is_enabled"] and product["offerings"][0]["quantity"]
    ]
    purchases = tuple(
        Purchase(sku, chance.choices((1, 2, 3), (84, 13, 3))[0], invented_buyer(chance))
        for sku, price in offers
        for _ in range(_poisson(chance, views * SALES_PER_VIEW / len(offers) * (USUAL_CENTS / price) ** ELASTICITY))
    )
    return Visits(number, views, _poisson(chance, views * LIKES_PER_VIEW), purchases)


def _poisson(chance: Random, mean: float) -> int:
    """Knuth's method, in steps so that e^-mean never underflows."""
    count, left = 0, mean
    while left > 0:
        step = min(left, 30.0)
        left -= step
        limit, product = math.exp(-step), chance.random()
        while product > limit:
            count += 1
            product *= chance.random()
    return count


def invented_buyer(chance: Random) -> dict[str, Any]:
    town, state, prefix = chance.choice(TOWNS)
    return {
        "name": f"{chance.choice(GIVEN_NAMES)} {chance.choice(FAMILY_NAMES)}",
        "first_line": f"{chance.randint(1, 999)} {chance.choice(STREETS)}",
        "second_line": f"Burrow {chance.randint(1, 40)}" if chance.random() < 0.2 else None,
        "city": town,
        "state": state,
        "zip": f"{prefix}{chance.randint(0, 999):03d}",
        "country_iso": "US",
    }
