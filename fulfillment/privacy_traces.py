"""Finds what names a customer in texts written for other purposes, such as errors and mails, and takes it out.

Nothing should be there, for texts are redacted when they are written; this is the second look, before the words that
could be searched for are erased themselves. All customers are looked for in one pass, word by word.
"""

import html
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from django.apps import apps
from django.db.models import Model
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from stickertrendz.ops.subjects import subject_of

from .models import Order, PrintJob, Shipment
from .privacy import Customer

BATCH = 1000
PROSE = 200  # characters
TELLING = 4  # words: lines of messages and second address lines as "thank you" or "apt 4" stand in others' texts too
ERASED = "[erased]"
KINDS_OF_TEXT = ("CharField", "TextField", "JSONField")
TABLES = (
    "ops.Run", "ops.ErrorLog", "ops.AuditEntry", "ops.Mail", "ops.Alert", "ops.Transcript", "ops.Intent", "ops.Health",
    "ops.Switch", "django_q.OrmQ", "django_q.Task", "admin.LogEntry", "fulfillment.Order", "fulfillment.PrintJob",
    "fulfillment.Shipment", "fulfillment.AccessLog",
)  # fmt: skip
_WORD = re.compile(r"[^\W_]+|[^\x00-\x7f\s]")  # a run of letters and digits, or one sign such as an emoji
_ESCAPED = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")

Words = tuple[str, ...]


@dataclass
class Wanted:
    """What to look for. phrases: by their first two words, with whose they are and whether they name the customer in
    any text; loose: single words. These and the other phrases count only in texts about that customer; about: receipt
    numbers and subjects, with whose they are."""

    phrases: dict[Words, list[tuple[Words, int, bool]]] = field(default_factory=lambda: defaultdict(list))
    loose: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    about: dict[str, int] = field(default_factory=dict)

    def add(self, order: Order, customer: Customer) -> None:
        for text, naming in _texts(customer):
            words = _words(text)
            if len(words) > 1:
                self.phrases[words[:2]].append((words, order.pk, naming or len(words) >= TELLING))
        named = customer.address
        places = (named.name, named.first_line, named.second_line, named.city, named.zip) if named else ()
        self.loose[order.pk] |= {word for text in (customer.name, *places) for word in _words(text) if len(word) > 1}
        self.about |= {str(order.receipt_id): order.pk, subject_of(order): order.pk}


def _texts(customer: Customer) -> Iterator[tuple[str, bool]]:
    """Texts of a customer, and whether they name one by themselves; a message by its lines, for a log may hold some."""
    yield from ((customer.name, True), (customer.email, True))
    yield from ((line, False) for line in f"{customer.message}\n{customer.gift_message}".splitlines())
    if address := customer.address:
        yield from ((address.name, True), (address.first_line, True), (address.second_line, False))


def _words(text: str) -> Words:
    return tuple(word.casefold() for word in _WORD.findall(text))


def wanted(customers: Iterable[tuple[Order, Customer]]) -> Wanted:
    found = Wanted()
    for order, customer in customers:
        found.add(order, customer)
    for model, path in ((PrintJob, "item__order"), (Shipment, "order")):
        for row, order in model._default_manager.filter(**{f"{path}__in": found.loose}).values_list("pk", path):
            found.about[f"{model._meta.label_lower}:{row}"] = order
    return found


def clean(sought: Wanted) -> Counter[str]:
    """Takes them out of all tables; returns how many rows of which were changed."""
    cleaned: Counter[str] = Counter()
    for label in TABLES:
        model = apps.get_model(label)
        columns = [each for each in model._meta.concrete_fields if _holds_text(each)]
        prose = {each.name for each in columns if _is_prose(each)}
        for pk, values in _rows(model, [each.name for each in columns]):
            if changed := _cleaned_row(values, prose, sought, f"{model._meta.label_lower}:{pk}"):
                cleaned[label] += model._default_manager.filter(pk=pk).update(**changed)
    return cleaned


def _rows(model: type[Model], columns: list[str]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Key and columns of every row, batch by batch, so that rows may be changed meanwhile."""
    rows, last = model._default_manager.order_by("pk"), None
    while batch := list((rows if last is None else rows.filter(pk__gt=last)).values_list("pk", *columns)[:BATCH]):
        for pk, *values in batch:
            yield pk, dict(zip(columns, values, strict=True))
        last = batch[-1][0]


def _holds_text(column: Any) -> bool:
    sealed = column.name.endswith(("_sealed", "_hash"))
    return column.get_internal_type() in KINDS_OF_TEXT and not (sealed or column.primary_key)


def _is_prose(column: Any) -> bool:
    """Sentences, in which words may be replaced; shorter columns hold names of ours, such as a status or a subject."""
    return (column.max_length or PROSE) >= PROSE


def _cleaned_row(values: dict[str, Any], prose: set[str], sought: Wanted, subject: str = "") -> dict[str, Any]:
    """The columns that change; subject: the row itself."""
    if isinstance(packed := values.get("payload"), str):
        return _cleaned_payload(packed, sought)
    about = {owner for value in (subject, *values.values()) for owner in _owners(value, sought)}
    if not about:
        return {}
    changed = {name: _cleaned(value, sought, about) for name, value in values.items() if name in prose}
    return {name: value for name, value in changed.items() if value != values[name]}


def _cleaned_payload(packed: str, sought: Wanted) -> dict[str, Any]:
    """A task that waits in the queue; it is signed, so it is opened, cleaned and signed again."""
    task = OrmQ(payload=packed).task
    changed = _cleaned_row(task, {"args", "kwargs"}, sought)
    return {"payload": SignedPackage.dumps(task | changed)} if changed else {}


def _owners(value: Any, sought: Wanted) -> set[int]:
    """Whose a value is: it holds one of their phrases, or their order's number."""
    if isinstance(value, str):
        owners = {sought.about[value]} if value in sought.about else set()
        for form in {value, _plain(value)}:
            words = _words(form)
            owners |= {sought.about[word] for word in words if word in sought.about}
            owners |= {owner for _, _, owner in _matches(words, sought, set())}
        return owners
    if isinstance(value, dict):
        value = [*value.keys(), *value.values()]
    return {owner for item in value for owner in _owners(item, sought)} if isinstance(value, list | tuple) else set()


def _matches(words: Words, sought: Wanted, about: set[int]) -> Iterator[tuple[int, int, int]]:
    """Where a phrase stands that counts in a text about these: its first word, the word after it, and whose it is."""
    for at, pair in enumerate(pairwise(words)):
        for phrase, owner, naming in sought.phrases.get(pair, ()):
            if (naming or owner in about) and words[at : at + len(phrase)] == phrase:
                yield at, at + len(phrase), owner


def _cleaned(value: Any, sought: Wanted, about: set[int]) -> Any:
    """The value without what names these customers; names of a mapping count only as whole phrases."""
    if isinstance(value, str):
        return _cleaned_text(value, sought, about)
    if isinstance(value, dict):
        return {_cleaned(key, sought, set()): _cleaned(item, sought, about) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_cleaned(item, sought, about) for item in value)
    return value


def _cleaned_text(text: str, sought: Wanted, about: set[int]) -> str:
    """A text with escapes is replaced as a whole where only they hide what it holds."""
    hit, plain = _hits(text, sought, about), _plain(text)
    if plain != text and len(_hits(plain, sought, about)) > len(hit):
        return ERASED
    spans = [match.span() for match in _WORD.finditer(text)]
    for at in sorted(hit, reverse=True):
        end = spans[at + 1][0] if at + 1 in hit else spans[at][1]
        text = text[: spans[at][0]] + ("" if at - 1 in hit else ERASED) + text[end:]
    return text


def _hits(text: str, sought: Wanted, about: set[int]) -> set[int]:
    """The numbers of the words to be taken out."""
    words = _words(text)
    loose = {word for owner in about for word in sought.loose[owner]}
    hit = {at for at, word in enumerate(words) if word in loose}
    return hit | {at for start, end, _ in _matches(words, sought, about) for at in range(start, end)}


def _plain(text: str) -> str:
    """Without the escapes of HTML and JSON."""
    if "&" not in text and "\\u" not in text:
        return text
    return _ESCAPED.sub(lambda match: str(json.loads(f'"{match[0]}"')), html.unescape(text))
