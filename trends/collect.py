"""Asks every enabled source what is going on; each may fail alone, and what was seen is kept as signals."""

import logging
import statistics
from collections import defaultdict

from django.conf import settings
from django.db import DatabaseError
from django.db.models import F

from stickertrendz.ops import alerts, breaker, meters
from stickertrendz.ops.errors import Halt, OutsideError, Refused
from stickertrendz.ops.runner import Running
from stickertrendz.ops.subjects import subject_of
from trends import rank, readings, standing
from trends.adapters.protocol import Adapter, Look
from trends.adapters.registry import ADAPTERS
from trends.models import Source

logger = logging.getLogger(__name__)
# After one of these answers the other places of the same kind would get the same.
MEANT_FOR_ALL = (401, 429)
BASELINE_MEMORY = 0.8  # share of the old baseline that stays at each reading


def collect(run: Running) -> None:
    """Reads all enabled sources that do not rest. Halt when all of them are dead.

    Whoever waited longest is asked first, so that those the time box left out have their turn in the next run.
    """
    enabled = Source.objects.filter(enabled=True).order_by(F("asked_at").asc(nulls_first=True), "kind", "place")
    sources = [source for source in enabled if not _is_off(source, run)]
    if not sources:
        run.note("No source is enabled.")
        return
    due = standing.due(sources)
    run.count("sources_resting", len(sources) - len(due))
    round_ = Round(run)
    for position, source in enumerate(due):
        if run.out_of_time():
            run.note(f"{len(due) - position} sources were not asked: the time of this run was up.")
            break
        run.beat()
        round_.ask(source)
    round_.tell()
    if all(source.state == Source.State.DEAD for source in sources):
        raise _all_dead(sources)


def _is_off(source: Source, run: Running) -> bool:
    reason = ADAPTERS[source.kind].off()
    if reason:
        standing.switch_off(source, reason)
        run.note(reason)
    return bool(reason)


class Round:
    """One round of asking: who refuses everybody, and who gave nothing, told together at its end."""

    def __init__(self, run: Running) -> None:
        self.run = run
        self.refusing: dict[str, OutsideError] = {}
        self.silent: dict[tuple[str, str], list[Source]] = defaultdict(list)
        self.fallen: dict[tuple[str, str], list[Source]] = defaultdict(list)

    def ask(self, source: Source) -> None:
        adapter = ADAPTERS[source.kind]
        if short := _too_dear(adapter):
            self.run.note(f"{source} was not asked: {short}")
            return
        try:
            look = self._look(adapter, source)
        except OutsideError as error:
            self._died(source, error.message, error.retry_after)
        except Refused as refused:
            if breaker.is_open(adapter.service):
                self._died(source, refused.why)
            else:
                self.run.note(f"{source} was not asked: {refused.why}")
        else:
            self._keep(source, look)

    def _look(self, adapter: Adapter, source: Source) -> Look:
        if source.kind in self.refusing:
            raise self.refusing[source.kind]
        try:
            return adapter.look(source.place, source.mark)
        except OutsideError as error:
            if error.status in MEANT_FOR_ALL:
                self.refusing[source.kind] = error
            raise
        except (DatabaseError, Refused, Halt):
            raise
        except Exception as bug:  # one reader's mistake must not silence the others
            said = f"we could not read its answer ({type(bug).__name__}); the log has the details"
            logger.info("%s could not be read", source, exc_info=bug)
            raise OutsideError(adapter.service, said) from bug

    def _keep(self, source: Source, look: Look) -> None:
        readings.store(source, look.seen)
        if back := standing.answered(source, look.mark, _baseline(source)):
            self.run.note(back)
        self.run.count("sources_read")
        self.run.count("signals_seen", len(look.seen))
        if look.skipped:
            self.run.count("entries_skipped", len(look.skipped))
            self.run.note(f"{source}: {len(look.skipped)} entries could not be read; {look.skipped[0]}")

    def _died(self, source: Source, reason: str, retry_after: float | None = None) -> None:
        if standing.died(source, reason, retry_after):
            self.fallen[source.kind, reason].append(source)
        self.silent[source.kind, reason].append(source)

    def tell(self) -> None:
        """A dead source is a calm state: told aloud when it dies, once for all that died of the same."""
        for (_, reason), sources in self.silent.items():
            self.run.note(f"{standing.names(sources)} gave nothing: {reason}")
        for (kind, reason), sources in self.fallen.items():
            logger.warning(
                "%s gave nothing: %s", standing.names(sources), reason,
                extra={"step": "trend_fetch", "service": kind, "subject": subject_of(sources[0])},
            )  # fmt: skip


def _too_dear(adapter: Adapter) -> str:
    """Why a look would end halfway: it takes several requests and fewer are left."""
    left = meters.level(adapter.meter).left if adapter.meter else adapter.requests
    if left >= adapter.requests:
        return ""
    return f"it takes {adapter.requests} {settings.METERS[adapter.meter]['tells']}, and {left} are left"


def _baseline(source: Source) -> float | None:
    """The usual speed of this place: the middle of what was just seen, leaning on what was known before."""
    speeds = [story.per_hour for story in rank.stories(readings.latest(source)) if story.per_hour is not None]
    if not speeds:
        return source.baseline
    now = statistics.median(speeds)
    return now if source.baseline is None else BASELINE_MEMORY * source.baseline + (1 - BASELINE_MEMORY) * now


def _all_dead(sources: list[Source]) -> Halt:
    reasons = "\n".join(f"{source}: {standing.explain(source)}" for source in sources)
    alerts.alert("trends:all-dead", "No trend source answers", f"The trend monitor found nobody to ask.\n\n{reasons}")
    return Halt(f"No trend source answered. {sources[0]}: {sources[0].reason}")
