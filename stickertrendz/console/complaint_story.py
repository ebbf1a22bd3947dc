"""What happened about one complaint, in order, and how its clock stands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from etsy.models import TakedownNotice
from stickertrendz.ops.models import Alert, AuditEntry
from stickertrendz.ops.subjects import subject_of

SHOWN = 100


@dataclass(frozen=True)
class Moment:
    """`ill` when it is something that went wrong or must not happen."""

    at: datetime
    words: str
    ill: bool = False


def moments(notice: TakedownNotice) -> list[Moment]:
    """The notice, what was done and what failed, and the end of the 24 hours; two queries."""
    subject = subject_of(notice)
    found = [Moment(notice.received_at, f"{notice.complainant} gave notice")]
    done = AuditEntry.objects.filter(subject=subject).order_by("-pk")[:SHOWN]
    found += [Moment(entry.at, f"{entry.who}: {entry.action}{_because(entry.why)}") for entry in done]
    told = Alert.objects.filter(subject=subject).order_by("-pk")[:SHOWN]
    found += [Moment(alert.created_at, alert.title, ill=True) for alert in told]
    if notice.status == TakedownNotice.Status.RECEIVED:
        found.append(Moment(notice.due_at, "The 24 hours end", ill=True))
    return sorted(found, key=lambda moment: moment.at)


def _because(why: str) -> str:
    return f" – {why}" if why else ""


def countdown(notice: TakedownNotice) -> str:
    """What is left while it is on sale; how long it took, or by how much it was late, afterwards."""
    if notice.status == TakedownNotice.Status.RECEIVED:
        left = notice.left
        return f"{_hours(left)} left" if left > timedelta(0) else f"overdue by {_hours(-left)}"
    if notice.delisted_at is None:
        return "–"
    return f"down after {_hours(notice.delisted_at - notice.received_at)}"


def _hours(span: timedelta) -> str:
    minutes = int(span.total_seconds()) // 60
    return f"{minutes // 60} h {minutes % 60:02d} min"
