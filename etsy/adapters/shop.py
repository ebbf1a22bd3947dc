"""Etsy's operations on what a shop sets up once: categories, profiles, policies, sections."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from etsy import lint
from stickertrendz.ops.errors import OutsideError

from . import wire
from .transport import ONCE, call
from .wire import Request


@dataclass(frozen=True)
class Named:
    """Something of the shop that has an id and a name."""

    etsy_id: int
    name: str


@dataclass(frozen=True)
class Node:
    """A category with its path from the root."""

    etsy_id: int
    path: tuple[str, ...]


@dataclass(frozen=True)
class Property:
    etsy_id: int
    name: str
    supports_variations: bool
    required: bool = False


@dataclass(frozen=True)
class Readiness:
    etsy_id: int
    state: str
    min_days: int
    max_days: int


@dataclass(frozen=True)
class ReturnPolicy:
    etsy_id: int
    accepts_returns: bool
    accepts_exchanges: bool


def categories() -> list[Node]:
    request = Request("getSellerTaxonomyNodes", "GET", "/application/seller-taxonomy/nodes")
    return call(request, lambda data: [node for root in wire.page(data) for node in _nodes(root, ())])


def _nodes(data: Any, above: tuple[str, ...]) -> list[Node]:
    path = (*above, str(data["name"]))
    below = [node for child in data.get("children") or () for node in _nodes(child, path)]
    return [Node(int(data["id"]), path), *below]


def properties(taxonomy_id: int) -> list[Property]:
    path = f"/application/seller-taxonomy/nodes/{taxonomy_id}/properties"
    return call(
        Request("getPropertiesByTaxonomyId", "GET", path), lambda data: [_property(one) for one in wire.page(data)]
    )


def _property(data: Any) -> Property:
    name = data.get("display_name") or data["name"]
    return Property(
        int(data["property_id"]), str(name), bool(data.get("supports_variations")), bool(data.get("is_required"))
    )


def readiness_profiles() -> list[Readiness]:
    request = Request(
        "getShopReadinessStateDefinitions", "GET", _shop("/readiness-state-definitions"), query={"limit": 100}
    )
    return call(request, lambda data: [_readiness(one) for one in wire.page(data)])


def create_readiness_profile(state: str, least: int, most: int) -> int:
    """Days. An identical one refuses the new one; the caller looks for it again then."""
    form: dict[str, wire.Value] = {
        "readiness_state": state,
        "min_processing_time": least,
        "max_processing_time": most,
        "processing_time_unit": "days",
    }
    path = _shop("/readiness-state-definitions")
    request = Request("createShopReadinessStateDefinition", "POST", path, form=form)
    return call(request, lambda data: _readiness(data).etsy_id, repeat=ONCE)


def _readiness(data: Any) -> Readiness:
    return Readiness(
        int(data["readiness_state_id"]),
        str(data["readiness_state"]),
        int(data["min_processing_days"]),
        int(data["max_processing_days"]),
    )


def return_policies() -> list[ReturnPolicy]:
    request = Request("getShopReturnPolicies", "GET", _shop("/policies/return"))
    try:
        return call(request, lambda data: [_policy(one) for one in wire.page(data)])
    except OutsideError as error:
        if error.status == 404:
            return []
        raise


def create_return_policy(*, accepts_returns: bool, accepts_exchanges: bool) -> int:
    form: dict[str, wire.Value] = {"accepts_returns": accepts_returns, "accepts_exchanges": accepts_exchanges}
    request = Request("createShopReturnPolicy", "POST", _shop("/policies/return"), form=form)
    return call(request, lambda data: _policy(data).etsy_id, repeat=ONCE)


def _policy(data: Any) -> ReturnPolicy:
    return ReturnPolicy(int(data["return_policy_id"]), bool(data["accepts_returns"]), bool(data["accepts_exchanges"]))


def shipping_profiles() -> list[Named]:
    request = Request("getShopShippingProfiles", "GET", _shop("/shipping-profiles"))
    return call(request, lambda data: [_shipping(one) for one in wire.page(data) if not one.get("is_deleted")])


def create_free_us_shipping(title: str, postal_code: str, least: int, most: int) -> int:
    """Free within the United States, delivered within so many days."""
    form: dict[str, wire.Value] = {
        "title": title,
        "origin_country_iso": "US",
        "origin_postal_code": postal_code,
        "destination_country_iso": "US",
        "primary_cost": "0.00",
        "secondary_cost": "0.00",
        "min_delivery_days": least,
        "max_delivery_days": most,
    }
    request = Request("createShopShippingProfile", "POST", _shop("/shipping-profiles"), form=form)
    return call(request, lambda data: _shipping(data).etsy_id, repeat=ONCE)


def _shipping(data: Any) -> Named:
    return Named(int(data["shipping_profile_id"]), str(data["title"]))


def sections() -> list[Named]:
    request = Request("getShopSections", "GET", _shop("/sections"))
    return call(request, lambda data: [_section(one) for one in wire.page(data)])


def create_section(title: str) -> int:
    lint.insist(lint.against_section(title))
    request = Request("createShopSection", "POST", _shop("/sections"), form={"title": title})
    return call(request, lambda data: _section(data).etsy_id, repeat=ONCE)


def _section(data: Any) -> Named:
    return Named(int(data["shop_section_id"]), str(data["title"]))


def _shop(path: str) -> str:
    return f"/application/shops/{settings.ETSY_SHOP_ID}{path}"
