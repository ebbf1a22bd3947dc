"""Seals what is sealed anew with the newest of FIELD_KEYS, and tells which keys may be dropped."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import CharField, JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from etsy.models import Token
from fulfillment import privacy
from fulfillment.models import Order
from stickertrendz import clock
from stickertrendz.console.models import SecondFactor
from stickertrendz.ops import crypto

BATCH = 200
TEXTS = (CharField, TextField, JSONField)
SEALED = ":gAAAA"  # what follows the key's id in every sealed text


@dataclass(frozen=True)
class Kind:
    """One table with sealed columns. guard: the column that every change of a row changes; anew: the fresh columns."""

    model: type[Model]
    columns: tuple[str, ...]
    guard: str
    anew: Callable[[Any], dict[str, str]]


def _tokens_anew(token: Token) -> dict[str, str]:
    sealed = {name: getattr(token, name) for name in TOKENS if getattr(token, name)}
    return {name: crypto.seal(crypto.TOKEN, crypto.unseal(crypto.TOKEN, text)) for name, text in sealed.items()}


def _factor_anew(factor: SecondFactor) -> dict[str, str]:
    return {
        "secret_sealed": crypto.seal(crypto.SECOND_FACTOR, crypto.unseal(crypto.SECOND_FACTOR, factor.secret_sealed))
    }


TOKENS = ("access_sealed", "refresh_sealed", "previous_refresh_sealed")
KINDS = (
    Kind(Token, TOKENS, "access_sealed", _tokens_anew),
    Kind(Order, ("customer_sealed", *privacy.HASHES), "customer_sealed", privacy.sealed_anew),
    Kind(SecondFactor, ("secret_sealed",), "secret_sealed", _factor_anew),
)


def due(kind: Kind) -> QuerySet[Any]:
    """Rows with anything made with another key than the newest, whose sealed text can be read to make it anew."""
    newest, *_ = known = crypto.key_ids()
    stale, readable = Q(), Q()
    for column in kind.columns:
        stale |= ~Q(**{column: ""}) & ~Q(**{f"{column}__startswith": f"{newest}:"})
    for key in known:
        readable |= Q(**{f"{kind.guard}__startswith": f"{key}:"})
    return kind.model._default_manager.filter(stale & readable).order_by("pk")


def rotate(kind: Kind, progress: Callable[[int], object] = lambda done: None) -> int:
    """Seals every due row anew, batch by batch, and returns how many.

    A row that changed meanwhile is left as it is, for whoever changed it sealed it. Stopped halfway it goes on from
    where it stood. progress is told how many rows each batch changed.
    """
    changed, last = 0, 0
    while batch := list(due(kind).filter(pk__gt=last)[:BATCH]):
        with transaction.atomic():
            done = sum(_seal_anew(kind, row) for row in batch)
        changed, last = changed + done, batch[-1].pk
        progress(done)
    return changed


def _seal_anew(kind: Kind, row: Model) -> int:
    fresh, newest = kind.anew(row), crypto.key_ids()[0]
    if all(crypto.made_with(getattr(row, column)) in ("", newest) for column in fresh):
        return 0  # only a buyer's hash is old, and the sealed text does not tell the buyer
    unchanged = kind.model._default_manager.filter(pk=row.pk, **{kind.guard: getattr(row, kind.guard)})
    return unchanged.update(**fresh)


def only_hashes(key: str) -> int:
    """How many orders need the key for nothing but the hash of a buyer whom their sealed text does not tell."""
    newest = crypto.key_ids()[0]
    return Order.objects.filter(buyer_hash__startswith=f"{key}:", customer_sealed__startswith=f"{newest}:").count()


def in_use() -> Counter[str]:
    """How many values were made with each key: sealed columns, hashes, and sealed texts anywhere in any table."""
    used: Counter[str] = Counter()
    for kind in KINDS:
        for column in kind.columns:
            values = kind.model._default_manager.exclude(**{column: ""}).values_list(column, flat=True)
            used.update(map(crypto.made_with, values.iterator()))
    ours = {(kind.model, column) for kind in KINDS for column in kind.columns}
    for model in apps.get_models():
        texts = (field.name for field in model._meta.concrete_fields if isinstance(field, TEXTS))
        for column in texts:
            if (model, column) not in ours and not model._meta.proxy:
                used.update(_strays(model, column))
    return used + _in_sessions()


def _strays(model: type[Model], column: str) -> Counter[str]:
    rows = model._default_manager.annotate(as_text=Cast(column, TextField()))
    return +Counter({key: rows.filter(as_text__contains=key + SEALED).count() for key in crypto.key_ids()})


def _in_sessions() -> Counter[str]:
    """Sessions hold what Connect Etsy seals for some minutes, in a form that the database cannot search."""
    live = Session.objects.filter(expire_date__gt=clock.now())
    texts = [str(session.get_decoded()) for session in live.iterator()]
    return +Counter({key: sum(key + SEALED in text for text in texts) for key in crypto.key_ids()})
