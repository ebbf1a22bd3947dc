"""Etsy as far as the shop needs it: OAuth, listings, images, inventory, receipts, ledger and setup."""

from collections.abc import Callable

from stickertrendz.sandbox.etsy import (
    images,
    inventory,
    ledger,
    listings,
    oauth,
    receipts,
    setup_objects,
    taxonomy,
    visitors,
)
from stickertrendz.sandbox.etsy.access import Gate
from stickertrendz.sandbox.etsy.errors import error_reply
from stickertrendz.sandbox.etsy.world import EtsyWorld
from stickertrendz.sandbox.routing import Service

SUBJECTS = (setup_objects, taxonomy, listings, images, inventory, receipts, ledger)


def service(sandbox_seed: int, clock: Callable[[], float], base_url: Callable[[], str]) -> Service:
    world = EtsyWorld(sandbox_seed, clock, base_url)
    gate = Gate(world)
    calls = [gate.route(operation) for subject in SUBJECTS for operation in subject.OPERATIONS]
    return Service("etsy", world, [*oauth.routes(world), *calls, *visitors.routes(world)], error_reply)
