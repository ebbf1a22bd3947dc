"""`make check-etsy-contract` names what a document refuses, and says what is only a gap of the document."""

import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from etsy import contract
from stickertrendz.adapters import http

ALL = len(contract.calls(contract.Ids()))
Refusals = dict[tuple[str, str], list[str]]
ENUM = "Request body property when_made must be equal to one of the allowed values: made_to_order, 2020_2027"
COMMAS = "Request body property tags must be array,null"


class Mock(BaseHTTPRequestHandler):
    """Answers as Prism does: 200 with an example, or 400 with the reasons in a header."""

    refusals: Refusals = {}

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        reasons = self.refusals.get((self.command, self.path.partition("?")[0].rpartition("/")[2]), [])
        told = [{"location": ["request", "body"], "code": "x", "message": reason} for reason in reasons]
        status = 404 if reasons == ["404"] else 400 if reasons else 200
        body = b'{"results":[],"count":0}'
        self.send_response(status)
        if status == 400:
            self.send_header("sl-violations", json.dumps(told))
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def mock(settings: Any, virtual_time: Any, db: None) -> Iterator[type[Mock]]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Mock)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    settings.ETSY_API_URL = f"http://127.0.0.1:{server.server_address[1]}/v3"
    Mock.refusals = {}
    yield Mock
    server.shutdown()
    thread.join()
    server.server_close()


def check() -> str:
    out = io.StringIO()
    call_command("check_etsy_contract", stdout=out)
    return out.getvalue()


def test_all_operations_are_called_and_a_document_that_refuses_none_is_praised(mock: type[Mock]) -> None:
    told = check()
    assert "32 of 32 operations are accepted" in told
    assert told.count("\nok ") == 31
    assert http.client().event_hooks == {"request": [], "response": []}


def test_a_refused_request_fails_the_check_with_its_reason(mock: type[Mock]) -> None:
    mock.refusals = {("POST", "listings"): [ENUM, COMMAS], ("GET", "me"): ["404"]}
    out = io.StringIO()
    with pytest.raises(CommandError, match="2 of 32 operations are refused by the document: getMe, createDraftListing"):
        call_command("check_etsy_contract", stdout=out)
    told = out.getvalue()
    assert f"{ENUM}; {COMMAS}" in told
    assert "refused  getMe" in told


def test_arrays_by_commas_and_a_missing_token_endpoint_are_gaps_of_the_document(mock: type[Mock]) -> None:
    mock.refusals = {("POST", "listings"): [COMMAS], ("POST", "token"): ["404"]}
    told = check()
    assert "gap      createDraftListing" in told
    assert "gap      refreshToken" in told
    assert "A gap is the document's, not the client's" in told
    assert f"{ALL - 3} of {ALL} operations are accepted by the document. 3 meet a gap" in told


def test_it_never_runs_at_anything_but_this_machine(settings: Any, db: None) -> None:
    settings.ETSY_API_URL = "https://openapi.etsy.com/v3"
    with pytest.raises(CommandError, match="at a mock only"):
        check()
