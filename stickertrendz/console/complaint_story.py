"""How the clock of a complaint stands."""

from datetime import timedelta

from etsy.models import TakedownNotice


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
