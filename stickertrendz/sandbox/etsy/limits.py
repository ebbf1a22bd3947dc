"""Etsy's two quotas: calls per second and calls in the last 24 hours, told in headers."""

from stickertrendz.sandbox.etsy.world import EtsyWorld
from stickertrendz.sandbox.routing import Abort, Reply

HOUR = 3600


class Limits:
    """The per-second quota is a bucket that refills evenly; the daily one slides over 24 hourly buckets."""

    def __init__(self, world: EtsyWorld) -> None:
        self.world = world
        self._tokens = 0.0
        self._at = 0.0

    def spend(self) -> dict[str, str]:
        """Counts one call and gives the quota headers; answers 429 when a quota is used up."""
        per_second, per_day = self.world.settings["per_second"], self.world.settings["per_day"]
        now = self.world.clock()
        passed = now - self._at
        self._tokens = min(per_second, self._tokens + passed * per_second) if passed >= 0 else per_second
        self._at = now
        if self._tokens < 1:
            raise _exceeded("Exceeded per second rate limit", 1)
        used = self._used(int(now // HOUR))
        if used >= per_day:
            raise _exceeded("Exceeded daily rate limit", self._until_free(now))
        self._tokens -= 1
        self._count(int(now // HOUR))
        return {
            "x-limit-per-second": str(per_second),
            "x-remaining-this-second": str(int(self._tokens)),
            "x-limit-per-day": str(per_day),
            "x-remaining-today": str(per_day - used - 1),
        }

    def _used(self, hour: int) -> int:
        buckets = self.world.calls_by_hour
        for old in [each for each in buckets if not hour - 24 < each <= hour]:
            del buckets[old]
        return sum(buckets.values())

    def _count(self, hour: int) -> None:
        self.world.calls_by_hour[hour] = self.world.calls_by_hour.get(hour, 0) + 1

    def _until_free(self, now: float) -> int:
        """Seconds until the oldest bucket leaves the window."""
        return int((min(self.world.calls_by_hour, default=0) + 24) * HOUR - now) + 1


def _exceeded(message: str, seconds: int) -> Abort:
    return Abort(Reply.of_json({"error": message}, 429, retry_after=str(seconds)))
