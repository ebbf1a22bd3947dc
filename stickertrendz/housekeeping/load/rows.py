"""Many rows into one table at once: COPY on PostgreSQL, prepared inserts on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.db import connection
from django.db.models import Model

AT_ONCE = 20_000

Row = Sequence[str | int | float | bool | None]


def write(model: type[Model], columns: str, rows: Iterable[Row]) -> int:
    """Rows of these columns; the others get their fields' defaults. Returns how many.

    Values go to the database as they are: moments, decimals and JSON are texts already.
    """
    named = columns.split()
    fields = {field.attname: field for field in model._meta.concrete_fields}
    rest = [field for name, field in fields.items() if name not in named and not field.primary_key]
    same = tuple(field.get_db_prep_save(field.get_default(), connection) for field in rest)
    into = ", ".join(f'"{field.column}"' for field in [*(fields[name] for name in named), *rest])
    whole = ((*row, *same) for row in rows)
    put = _copy if connection.vendor == "postgresql" else _insert
    return put(f'"{model._meta.db_table}" ({into})', len(named) + len(rest), whole)


def _copy(table: str, width: int, rows: Iterator[Row]) -> int:
    count = 0
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for count, row in enumerate(rows, 1):  # noqa: B007 - counted for the caller
            copy.write_row(row)
    return count


def _insert(table: str, width: int, rows: Iterator[Row]) -> int:
    marks = ", ".join(["%s"] * width)
    count = 0
    with connection.cursor() as cursor:
        while some := list(islice(rows, AT_ONCE)):
            cursor.executemany(f"INSERT INTO {table} VALUES ({marks})", some)  # noqa: S608 - only names of our models
            count += len(some)
    return count
