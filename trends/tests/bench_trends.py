"""How fast topics are found in signals, and like trends among a million stored ones."""

import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice, product
from typing import Any

import pytest
from django.db import connection
from django.db.models import Model

from stickertrendz import clock
from stickertrendz.testing import Bench
from trends.extract import Seen, topics
from trends.merge import NEW_EPISODE_AFTER, latest_like, merge, stored_keys
from trends.models import Trend, TrendKeyword
from trends.tests.make import make_signal, make_topic

pytestmark = pytest.mark.bench
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STORED = 1_000_000
ALIVE = 0.03  # the last ones; all others are long quiet
LOOKED_UP = 1_000
SYLLABLES = ("bdfgklmnprst", "aeiou", "bdgklmnprtvz", "aeiou", ("x", "b", "k", "m", "nt", "rl", "ck", "mp"))
VOCABULARY = ["".join(syllables) for syllables in product(*SYLLABLES)]  # 28,800
ZIPF = list(
    accumulate(1 / rank for rank in range(1, len(VOCABULARY) + 1))
)  # the first word stands in every eleventh place


def wordings(seed: int) -> Iterator[str]:
    """Topics of one to five words, drawn as often as words are in a language."""
    rng = random.Random(seed)
    while True:
        size = rng.choices((1, 2, 3, 4, 5), (1, 6, 8, 4, 2))[0]
        yield " ".join(sorted(set(rng.choices(VOCABULARY, cum_weights=ZIPF, k=size))))


def load(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Stores rows the fastest way each database knows; columns not named are as in a new row of the model."""
    rest = [field for field in model._meta.concrete_fields if field.column not in ("id", *columns)]
    same_in_all = [field.get_db_prep_save(field.get_default(), connection) for field in rest]
    table, names = model._meta.db_table, ", ".join([*columns, *(str(field.column) for field in rest)])
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([*row, *same_in_all])
        else:
            marks = ", ".join(["%s"] * (len(columns) + len(rest)))
            insert = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - our own table and columns
            every: Any = ([*row, *same_in_all] for row in rows)
            cursor.executemany(insert, every)


@pytest.fixture
def a_million_trends(transactional_db: None) -> None:
    """Committed and vacuumed, as the database's own housekeeping would leave them."""
    known = Counter[str]()
    numbered = list(enumerate(islice(wordings(1), STORED), 1))
    quiet, alive = (str(clock.now() - age) for age in (3 * NEW_EPISODE_AFTER, timedelta(hours=1)))

    def rows() -> Iterator[Sequence[Any]]:
        for pk, topic in numbered:
            known[topic] += 1
            yield pk, topic, topic, known[topic], "watching", alive if pk > STORED * (1 - ALIVE) else quiet

    load(Trend, ("id", "topic", "topic_normalized", "episode", "status", "last_seen_at"), rows())
    split = ((pk, topic.split()) for pk, topic in numbered)
    load(
        TrendKeyword,
        ("trend_id", "key"),
        ((pk, key) for pk, own in split for key in stored_keys(own)),
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval(pg_get_serial_sequence('trends_trend', 'id'), %s)", [STORED])
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def posts(count: int) -> list[Seen]:
    """Titles of 14 words in sixty subreddits."""
    rng = random.Random(3)
    texts = (" ".join(rng.choices(VOCABULARY, cum_weights=ZIPF, k=14)) for _ in range(count))
    made = NOW - timedelta(hours=2)
    return [
        Seen(f"p{n}", "reddit", f"r{n % 60}", text, rng.randrange(9_000), 3, made, NOW, "")
        for n, text in enumerate(texts)
    ]


def processor_seconds(work: Any, *given: Any) -> float:
    start = time.process_time()
    work(*given)
    return time.process_time() - start


def milliseconds(work: Any, *given: Any) -> float:
    start = time.perf_counter()
    work(*given)
    return 1_000 * (time.perf_counter() - start)


def scan(topic: str) -> list[int]:
    """Every stored trend compared one after the other."""
    stored = Trend.objects.values_list("pk", "topic_normalized").iterator(chunk_size=10_000)
    ours = set(topic.split())
    return [pk for pk, words in stored if len(ours & (theirs := set(words.split()))) > 0.6 * len(ours | theirs)]


@pytest.mark.timeout(1800)
@pytest.mark.usefixtures("a_million_trends")
def test_look_ups_among_a_million_trends(bench: Bench) -> None:
    rows = TrendKeyword.objects.count()
    asked = list(islice(wordings(2), LOOKED_UP))
    times = sorted(milliseconds(latest_like, topic) for topic in asked)
    naive = milliseconds(scan, asked[0])
    bench.figure(
        f"look up a topic in {STORED:,} trends ({rows:,} keys), middle", times[LOOKED_UP // 2], "ms", naive=naive
    )
    bench.figure("look up a topic, p95", times[LOOKED_UP * 95 // 100], "ms", 5, naive)
    bench.figure("look up a topic, p99", times[LOOKED_UP * 99 // 100], "ms", naive=naive)
    bench.figure("look up a topic, slowest", times[-1], "ms", naive=naive)
    tracemalloc.start()
    for topic in asked:
        latest_like(topic)
    bench.figure("memory at the peak of these look-ups", tracemalloc.get_traced_memory()[1] / 2**20, "MB", 8)
    tracemalloc.stop()
    signal = make_signal("one post")
    times = sorted(milliseconds(merge, make_topic(topic), [signal]) for topic in islice(wordings(3), 200))
    bench.figure("merge a topic, p95", times[190], "ms", naive=naive)


def test_extraction_is_linear_in_its_signals(bench: Bench) -> None:
    few, many = posts(2_500), posts(5_000)
    topics(few, NOW)
    seconds = {len(given): min(processor_seconds(topics, given, NOW) for _ in range(3)) for given in (few, many)}
    bench.figure("find topics in 5,000 signals", seconds[5_000], "s", 1.5)
    bench.figure("the same for twice the signals", seconds[5_000] / seconds[2_500], "times as long", 3)
