"""What the machinery wrote down: runs, calls, intents, meters, errors, audit, mails, alerts, transcripts."""

from collections.abc import Iterator

from stickertrendz.ops.models import (
    Alert,
    AuditEntry,
    Call,
    ErrorLog,
    Health,
    Intent,
    Mail,
    Meter,
    Metric,
    Run,
    Switch,
    Transcript,
)

from . import buying, words
from .catalogue import Design, approved
from .plan import DAY, HOUR, MINUTE, Plan, day, moment
from .rows import Row, write

CALLS = 10  # for each design, those for orders included
OPERATIONS = (
    ("etsy", "getShopReceipts", 0, "order_sync"), ("etsy", "getListingsByListingIds", 0, "push_changes"),
    ("etsy", "updateListingInventory", 0, "push_changes"), ("etsy", "createReceiptShipment", 0, "order_sync"),
    ("reddit", "rising", 0, "trend_monitor"), ("openai", "chat:trend_score", 70, "trend_evaluation"),
    ("openai", "chat:listing_copy", 210, "sticker_generator"), ("openai", "moderations", 0, "sticker_generator"),
    ("replicate", "predictions.create", 0, "sticker_generator"), ("sticker_mule", "orders.submit", 0, "order_sync"),
    ("sticker_mule", "orders.get", 0, "order_sync"),
)  # fmt: skip
MOSTLY_ETSY = (0, 1, 2, 3, 1, 2, 4, 5, 6, 7, 8, 9, 10, 10, 10)
ONE_WINDOW = "2000-01-01 00:00:00"
BREAKERS = ("etsy", "google_trends", "openai", "reddit", "replicate", "sticker_mule")


def runs(plan: Plan) -> int:
    columns = (
        "id workflow status asked_by started_at ended_at lease_until counts note errors_count api_calls ai_cost_micro"
    )
    return write(Run, columns, _runs(plan))


def _runs(plan: Plan) -> Iterator[Row]:
    chance = plan.chance("runs").random
    for name, of in plan.runs.items():
        counts = "{}" if of.period == MINUTE else '{"looked_at": 42, "changed": 3}'
        for number in range(of.count):
            at, luck = of.begin + number * of.period, chance()
            status = "failed" if luck < 0.003 else "partial" if luck < 0.02 else "completed"
            note = "Etsy did not answer in time." if status == "failed" else ""
            yield (
                of.first + number, name, status, "schedule", moment(at), moment(at + 3 + int(40 * luck)),
                moment(at + 300), counts, note, int(status == "failed"), 4, 70 if luck < 0.3 else 0,
            )  # fmt: skip


def calls(plan: Plan) -> int:
    columns = "run_id service operation subject outcome status at ms cost_micro quota_limit quota_left request_id"
    return write(Call, columns, _calls(plan))


def _calls(plan: Plan) -> Iterator[Row]:
    chance, count = plan.chance("calls").random, plan.stickers * CALLS
    for number in range(count):
        service, operation, cost, job = OPERATIONS[MOSTLY_ETSY[number % len(MOSTLY_ETSY)]]
        at, luck = min(plan.when(number / count), plan.end - MINUTE), chance()
        outcome, status = ("done", 200) if luck > 0.01 else ("failed", 503) if luck > 0.001 else ("permanent", 400)
        quota = (100_000, 100_000 - number % 5000) if service == "etsy" else (None, None)
        subject = f"stickers.sticker:{1 + number // CALLS}" if service in ("openai", "replicate") else ""
        yield (
            plan.runs[job].at(at), service, operation, subject, outcome, status, moment(at), 80 + int(900 * luck),
            cost, *quota, f"r{number:x}",
        )  # fmt: skip


def intents(plan: Plan, designs: list[Design]) -> int:
    columns = "kind key subject state planned_at sent_at done_at sends result"
    return write(Intent, columns, _intents(plan, designs))


def _intents(plan: Plan, designs: list[Design]) -> Iterator[Row]:
    for kind, key, subject, second in _deeds(plan, designs):
        at = moment(second)
        yield kind, key, subject, "done", at, at, at, 1, "{}"
    for number in range(6):
        at = moment(plan.end - number * HOUR)
        yield "etsy_draft", f"waits:{number}", "", ("planned", "sent")[number % 2], at, at, None, 1, "{}"


def _deeds(plan: Plan, designs: list[Design]) -> Iterator[tuple[str, str, str, int]]:
    for one in designs:
        yield "prediction", f"{one.key}:{one.key * 7919}", f"stickers.generation:{one.key}", one.made
    for one in approved(designs):
        yield "etsy_draft", f"{one.number}:1", f"etsy.listing:{one.key}", one.published
    yield from buying.promised(plan)


def meters(plan: Plan) -> int:
    """Windows of the whole life of those that have any, and one of each of the others."""
    columns = "name window used reserved limit until"
    this_month = day(plan.end)[:7] + "-01 00:00:00"
    windows = (("etsy", HOUR, 5000), ("discoveries", 2 * HOUR, 5), ("google", 2 * HOUR, 20), ("images", DAY, 50),
               ("listings", DAY, 15), ("scores", DAY, 30))  # fmt: skip

    def rows() -> Iterator[Row]:
        for name, period, limit in windows:
            for number in range(plan.days * DAY // period):
                at = plan.end // period * period - number * period
                yield name, moment(at), (at // period) % limit, 0, limit, None
        for name, limit in (("ai", 150_000_000), ("listing_fees", 50_000_000)):
            yield name, this_month, 31_000_000, 0, limit, None
        for service in BREAKERS:
            yield f"breaker:{service}", ONE_WINDOW, 0, 0, None, None
            yield f"pace:{service}", ONE_WINDOW, 0, 0, None, None

    return write(Meter, columns, rows())


def errors(plan: Plan) -> int:
    """One for every ten designs; the newest are open."""
    runs_, count = plan.runs["push_changes"], plan.stickers // 10

    def rows() -> Iterator[Row]:
        for number in range(count):
            at, back = plan.when(number / count), count - number
            yield (
                runs_.at(at), "error" if number % 3 == 0 else "warning", "push_changes", "active", "api_error",
                f"etsy answered 503 for listing {1 + number}", "etsy", f"etsy.listing:{1 + number * 7}", number % 3,
                back > 25, '{"status": 503}', moment(min(at, plan.end - 300)),
            )  # fmt: skip

    columns = (
        "run_id severity workflow step error_type error_message service subject retry_count resolved context created_at"
    )
    return write(ErrorLog, columns, rows())


def audit(plan: Plan, designs: list[Design]) -> int:
    def rows() -> Iterator[Row]:
        for one in designs:
            who, at = ("operator", "moderation")[one.key % 4 > 0], moment(one.made)
            if one.status in ("approved", "rejected"):
                yield who, f"{one.status} sticker", f"stickers.sticker:{one.key}", one.why, "{}", at
            if one.until:
                yield (
                    "pricing_engine",
                    "archived design",
                    f"stickers.sticker:{one.key}",
                    one.why,
                    "{}",
                    moment(one.until),
                )
        for number in range(plan.days * 4):
            yield "operator", "signed in", "auth.user:1", "", "{}", moment(plan.end - number * 6 * HOUR)

    return write(AuditEntry, "who action subject why detail at", rows())


def mails_and_alerts(plan: Plan) -> int:
    text = "Sticker Trendz, a day\n\n--- Pipeline Health ---\n" + 30 * "- Trend Monitor: 12 runs, 0 failed\n"

    def mails() -> Iterator[Row]:
        for number in range(plan.days * 3):
            at, stuck = moment(plan.end - number * DAY // 3), number in (2, 3)
            sent, tries, trouble = (None, 3, "the mail server refused it") if stuck else (at, 1, "")
            yield "operator@example.com", f"Summary {number}", text, f"<p>{text}</p>", tries, at, sent, trouble, at

    def alerts() -> Iterator[Row]:
        for number in range(plan.days):
            at, seen = plan.end - number * DAY - HOUR, "" if number < 4 else "operator"
            yield (
                f"etsy:{number % 5}", day(at), "Etsy answers slowly", "Nothing to do unless it lasts.",
                f"etsy.listing:{number + 1}", moment(at), seen,
            )  # fmt: skip

    columns = "to subject text html attempts not_before sent_at last_error created_at"
    return write(Mail, columns, mails()) + write(Alert, "key day title text subject created_at seen_by", alerts())


def transcripts(plan: Plan) -> int:
    """Of the last 30 days."""
    count, request = (
        plan.stickers * 30 // plan.days * 2,
        "[system]\nYou are a trend analyst.\n\n[user]\n" + 40 * "Score it. ",
    )
    answer = '{"velocity": 7, "commercial": 8, "safety": 9, "uniqueness": 7, "reasoning": "An artist can draw it."}'
    runs_ = plan.runs["trend_evaluation"]

    def rows() -> Iterator[Row]:
        for number in range(count):
            at = plan.end - number * 30 * DAY // count
            topic = words.topic(max(1, plan.trends - number))
            subject = f"trends.trend:{max(1, plan.trends - number)}"
            yield (
                runs_.at(at), subject, "trend_score", "gpt-6-luna", "score/1.2157de", f"{request}\nTrend: {topic}",
                answer, 70, moment(at),
            )  # fmt: skip

    columns = "run_id subject purpose model prompt_version request answer cost_micro created_at"
    return write(Transcript, columns, rows())


def state(plan: Plan) -> int:
    """How the machinery stands now, and how many listings were on sale each day."""
    now = moment(plan.end)
    health = (("worker", True, "", now, now), ("etsy orders", True, "", now, now))
    switch = [("away", "On holiday until Monday", "owner", moment(plan.end - DAY))]
    on_sale = (
        (day(plan.end - number * DAY), "active_listings", str(max(1, plan.on_sale - number))) for number in range(1)
    )
    return (
        write(Health, "name ok reason since seen_at", health)
        + write(Switch, "name reason thrown_by thrown_at", switch)
        + write(Metric, "day name value", on_sale)
    )
