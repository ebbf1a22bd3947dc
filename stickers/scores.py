"""Category scores of the moderation model, set against the shop's two thresholds."""

from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True)
class Score:
    """`value` is 0 to 1; `judged` is "harmless", "doubtful" or "refused"."""

    category: str
    value: float
    judged: str

    @property
    def percent(self) -> int:
        return round(self.value * 100)


def flag_at() -> float:
    return float(settings.MODERATION_FLAG_AT)


def reject_above() -> float:
    return float(settings.MODERATION_REJECT_ABOVE)


def judged(value: float) -> str:
    """Both thresholds belong to "doubtful"."""
    if value > reject_above():
        return "refused"
    return "doubtful" if value >= flag_at() else "harmless"


def ranked(categories: dict[str, float]) -> list[Score]:
    """The worst first."""
    worst_first = sorted(categories.items(), key=lambda pair: (-pair[1], pair[0]))
    return [Score(name, value, judged(value)) for name, value in worst_first]
