"""Scenes on stage: prepared once, played again and again from the same moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import override_settings

from stickers import cutout, mockups, quality
from stickertrendz import clock
from stickertrendz.ops import runner
from stickertrendz.sandbox.server import Sandbox
from stickertrendz.tests.scenes import Scene
from stickertrendz.tests.shop_scenes import Facts
from trends.adapters import reddit

START = datetime(2026, 11, 21, 12, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Stage:
    scene: Scene
    at: datetime
    worlds: dict[str, Any]
    undisturbed: Facts

    def restore(self, sandbox: Sandbox) -> None:
        restore(sandbox, self.worlds)


def restore(sandbox: Sandbox, worlds: dict[str, Any]) -> None:
    sandbox.faults.clear()
    sandbox.forget_calls()
    for name, state in worlds.items():
        sandbox.worlds[name].load(deepcopy(state))
    reddit._client_for.cache_clear()  # it remembers a token of another world


@contextmanager
def undone() -> Iterator[None]:
    """What the database is told inside is rolled back; like a TestCase, inside which durable blocks may be nested."""
    block: Any = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


@contextmanager
def virtual(moment: datetime) -> Iterator[None]:
    """Time in which waiting is moving it."""
    with time_machine.travel(moment, tick=True) as traveller, pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "_wait", traveller.shift)
        yield


@contextmanager
def remembered(known: dict[str, dict[Any, Any]] | None = None) -> Iterator[None]:
    """The same picture is cut out, judged and shown on mockups once: those results depend on nothing else.

    `known` keeps them from one block to the next.
    """
    known = {} if known is None else known
    with pytest.MonkeyPatch.context() as patch:
        for module, name in ((cutout, "cut_out"), (quality, "check"), (mockups, "listing_images")):
            patch.setattr(module, name, _once(getattr(module, name), known.setdefault(name, {})))
        yield


def _once(work: Callable[..., Any], known: dict[Any, Any]) -> Callable[..., Any]:
    """The picture and what is plain beside it decide what comes out; a cut-out beside it is made of the picture."""

    def remembering(picture: bytes, *more: Any) -> Any:
        key = (picture, *(one for one in more if not isinstance(one, cutout.CutOut)))
        if key not in known:
            known[key] = work(picture, *more)
        return known[key]

    return remembering


@contextmanager
def staged(scene: Scene, sandbox: Sandbox) -> Iterator[Stage]:
    """The rows are there until the block ends; each test inside rolls back to here."""
    with override_settings(**scene.settings), undone():
        sandbox.reset()
        restore(sandbox, {})
        with virtual(START):
            scene.prepare(sandbox)
            sandbox.faults.clear()
            at, worlds = clock.now(), sandbox.dump()
            with undone():
                assert runner.run_job(scene.job)[0] == 0
                undisturbed = scene.done(sandbox)
        yield Stage(scene, at, worlds, undisturbed)
