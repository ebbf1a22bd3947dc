"""Error pages never show what was typed in or held, not even to a developer."""

import sys
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.views.debug import ExceptionReporter

from fulfillment import privacy
from fulfillment.tests.making import ADDRESS, make_order
from stickertrendz.console.tests.test_blocklist_pages import owner
from stickertrendz.ops.models import ErrorLog

__all__ = ["owner"]  # the fixture


@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.django_db(transaction=True)
def test_an_error_while_a_customer_is_looked_for_shows_and_keeps_nothing(
    owner: Client, settings: Any, monkeypatch: pytest.MonkeyPatch, debug: bool
) -> None:
    settings.DEBUG = debug

    def broken(**keys: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(privacy, "find", broken)
    owner.raise_request_exception = False
    answer = owner.post("/admin/fulfillment/privacyrequest/add/", {"name": ADDRESS.name})
    assert answer.status_code == 500
    assert ("broken" in answer.content.decode()) == debug
    assert ADDRESS.name not in answer.content.decode()
    [row] = ErrorLog.objects.all()
    assert ADDRESS.name not in str(vars(row))


@pytest.mark.django_db
def test_the_report_of_an_error_has_no_values_of_variables(settings: Any) -> None:
    settings.DEBUG = True
    customer = privacy.unsealed(make_order())
    try:
        raise ValueError(len(customer.name))
    except ValueError:
        reporter = ExceptionReporter(RequestFactory().post("/", {"name": customer.name}), *sys.exc_info())
    for told in (reporter.get_traceback_html(), reporter.get_traceback_text()):
        assert "test_error_pages" in told
        assert customer.name not in told
