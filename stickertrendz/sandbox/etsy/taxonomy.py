"""The tree of categories, in Etsy's shape and with ids of our own."""

from typing import Any

from stickertrendz.sandbox.etsy.access import Operation
from stickertrendz.sandbox.etsy.errors import refusal
from stickertrendz.sandbox.etsy.world import EtsyWorld, Record
from stickertrendz.sandbox.routing import Reply, Request

# Our own small tree: only the path to the stickers is like Etsy's, the ids are not.
TREE: dict[str, Any] = {
    "Accessories": {"Keychains & Lanyards": {}, "Patches & Pins": {}},
    "Art & Collectibles": {"Drawing & Illustration": {}, "Prints": {"Digital Prints": {}}},
    "Craft Supplies & Tools": {"Canvas & Surfaces": {}, "Stamps & Seals": {}},
    "Paper & Party Supplies": {
        "Paper": {"Stationery": {}, "Greeting Cards": {}},
        "Stickers, Labels & Tags": {"Labels": {}, "Stickers": {}, "Tags": {}},
    },
}


def _nodes(tree: dict[str, Any], path: tuple[int, ...] = ()) -> list[Record]:
    found = []
    for place, (name, below) in enumerate(tree.items(), 1):
        number = path[-1] * 10 + place if path else 1000 + place
        here = (*path, number)
        found.append(
            {
                "id": number,
                "level": len(here),
                "name": name,
                "parent_id": path[-1] if path else None,
                "children": _nodes(below, here),
                "full_path_taxonomy_ids": list(here),
            }
        )
    return found


TAXONOMY = _nodes(TREE)


def _ids(nodes: list[Record]) -> set[int]:
    return {node["id"] for node in nodes} | {each for node in nodes for each in _ids(node["children"])}


TAXONOMY_IDS = _ids(TAXONOMY)


def taxonomy(world: EtsyWorld, request: Request) -> Reply:
    return Reply.of_json({"count": len(TAXONOMY), "results": TAXONOMY})


def taxonomy_properties(world: EtsyWorld, request: Request) -> Reply:
    if int(request.args["taxonomy_id"]) not in TAXONOMY_IDS:
        raise refusal(404, "There is no such taxonomy node.")
    asked = world.settings["properties"]
    return Reply.of_json({"count": len(asked), "results": asked})


NODES = "seller-taxonomy/nodes"
OPERATIONS = [
    Operation("GET", NODES, "getSellerTaxonomyNodes", "", taxonomy),
    Operation("GET", f"{NODES}/{{taxonomy_id}}/properties", "getPropertiesByTaxonomyId", "", taxonomy_properties),
]
