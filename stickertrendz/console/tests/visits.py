"""Every page of the console as somebody working with it asks for it: each list six ways, each row, each own page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.db.models import Max, Model
from django.test import RequestFactory
from django.urls import reverse

from .addresses import NOBODY, addresses
from .scene import make_everything


@dataclass(frozen=True)
class Visit:
    """kind: list, filter, search, page 2, last page, date step, or page."""

    kind: str
    url: str


def visits() -> list[Visit]:
    """Makes a row of each model that has none, and asks for rows of the middle of the others."""
    rows = {model._meta.label_lower: _middle(model) or row for model, row in make_everything().items()}
    lists = [Visit(*found) for page in admin.site._registry.values() for found in _list(page)]
    known = {visit.url for visit in lists}
    pages = [Visit("page", one.url) for one in addresses(rows) if one.look != NOBODY and one.url not in known]
    return lists + pages


def _middle(model: type[Model]) -> Model | None:
    most = model._default_manager.aggregate(most=Max("pk"))["most"]
    if not isinstance(most, int):
        return None
    return model._default_manager.filter(pk__gte=most // 2).order_by("pk").first()


def _list(page: Any) -> Iterator[tuple[str, str]]:
    options = page.opts
    url = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    count = page.model._default_manager.count()
    yield "list", url
    if choice := _choice(page):
        yield "filter", f"{url}?{choice}"
    if page.search_fields:
        yield "search", f"{url}?q={_words(page)}"
        yield "search in vain", f"{url}?q=404404404"
    if count > page.list_per_page:
        yield "page 2", f"{url}?p=2"
        yield "last page", f"{url}?p={-(-count // page.list_per_page)}"
    if page.date_hierarchy:
        newest = page.model._default_manager.aggregate(at=Max(page.date_hierarchy))["at"]
        yield from (("date step", f"{url}?{step}") for step in _steps(page.date_hierarchy, newest))


def _choice(page: Any) -> str:
    """The first choice of the first filter that offers one."""
    request = RequestFactory().get("/")
    for one in page.get_list_filter(request):
        name = one[0] if isinstance(one, tuple) else one
        if isinstance(name, type) and issubclass(name, SimpleListFilter):
            if offered := name(request, {}, page.model, page).lookup_choices:
                return f"{name.parameter_name}={offered[0][0]}"
        elif isinstance(name, str):
            value = page.model._default_manager.values_list(name, flat=True).first()
            return f"{name}__exact={int(value) if isinstance(value, bool) else value}"
    return ""


def _words(page: Any) -> str:
    """What somebody looks for: a word or number of a row of the middle."""
    row = _middle(page.model) or page.model._default_manager.first()
    for path in page.search_fields:
        value = row
        for name in path.removesuffix("__exact").split("__"):
            value = getattr(value, name, None)
        if value and not hasattr(value, "all"):
            return str(value).split(" ")[0]
    return "1"


def _steps(column: str, newest: date | datetime) -> Iterator[str]:
    year, month, day = newest.year, newest.month, newest.day
    yield f"{column}__year={year}"
    yield f"{column}__year={year}&{column}__month={month}"
    yield f"{column}__year={year}&{column}__month={month}&{column}__day={day}"
