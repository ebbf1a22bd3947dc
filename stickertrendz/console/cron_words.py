"""When a job runs, in words: the few forms of cron expressions that a schedule uses; any other is shown as it is."""

import re

DAYS = ("Sundays", "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def in_words(cron: str) -> str:
    """`*/10 * * * *` as “every 10 minutes”, `0 6 * * *` as “daily at 06:00”; times are UTC."""
    minute, hour, *rest = cron.split()
    day = rest[2] if rest[:2] == ["*", "*"] else "?"
    if hour == day == "*":
        return _every(minute, "minute") or f"every hour, at minute {minute}"
    if day == "*" and minute.isdecimal() and (hours := _every(hour, "hour")):
        return f"{hours}, at minute {minute}"
    if not (minute.isdecimal() and hour.isdecimal()):
        return cron
    at = f"at {int(hour):02}:{int(minute):02}"
    if day == "*":
        return f"daily {at}"
    return f"{DAYS[int(day)]} {at}" if day in "01234567" else cron


def _every(field: str, unit: str) -> str:
    """“every 5 minutes” of `*/5` or `3-58/5`; empty where the field is no step."""
    if field == "*":
        return f"every {unit}"
    step = re.fullmatch(r"(?:\*|\d+-\d+)/(\d+)", field)
    return f"every {step[1]} {unit}s" if step else ""
