"""The server itself: routes, faults, holds, clock, saved state."""

import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from stickertrendz.sandbox import server
from stickertrendz.sandbox.routing import Reply, Request, Route, Service
from stickertrendz.sandbox.server import Sandbox


class Counter:
    """A world that counts."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.total = 0

    def dump(self) -> dict[str, Any]:
        return {"total": self.total}

    def load(self, state: dict[str, Any]) -> None:
        self.total = state["total"]

    def add(self, request: Request) -> Reply:
        before = self.total
        time.sleep(0.001)  # lost updates would show without the service's lock
        self.total = before + 1
        return Reply.of_json({"total": self.total, "refused": request.refused})

    def read(self, request: Request) -> Reply:
        return Reply.of_json({"which": request.args.get("which", "fixed"), "now": self.clock()})

    def upload(self, request: Request) -> Reply:
        files = {name: [filename, len(content)] for name, (filename, content) in request.files().items()}
        return Reply.of_json({"form": request.form(), "files": files})

    def fail(self, request: Request) -> Reply:
        raise ZeroDivisionError("a defect")


def counting(seed: int, clock: Callable[[], float], base_url: Callable[[], str]) -> Service:
    world = Counter(clock)
    return Service("counter", world, [
        Route("POST", "/count", "add", world.add),
        Route("GET", "/count/{which}", "read", world.read),
        Route("GET", "/count/latest", "latest", world.read),
        Route("POST", "/upload", "upload", world.upload),
        Route("GET", "/defect", "fail", world.fail),
    ])  # fmt: skip


@pytest.fixture(autouse=True)
def only_the_counter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "FACTORIES", (counting,))


def calls(client: httpx.Client) -> list[tuple[str, int, str | None]]:
    return [(call["operation"], call["status"], call["fault"]) for call in client.get("/_sandbox/calls").json()]


def until(what: Callable[[], object]) -> None:
    """Waits for it; a machine that is busy gets a minute."""
    for _ in range(6_000):
        if what():
            return
        time.sleep(0.01)
    pytest.fail("it did not come to pass")


def test_fixed_segments_win_over_captured_ones(client: httpx.Client) -> None:
    assert client.get("/count/latest").json()["which"] == "fixed"
    assert client.get("/count/a%20b").json()["which"] == "a b"


def test_unknown_routes_and_methods_are_refused_and_noted(client: httpx.Client) -> None:
    assert client.get("/nowhere").status_code == 404
    wrong = client.delete("/count")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert calls(client) == [("GET /nowhere", 404, None), ("DELETE /count", 405, None)]


def test_a_multipart_body_gives_fields_and_files(client: httpx.Client) -> None:
    body = b"\x00\r\n--not the boundary\r\n"
    answer = client.post("/upload", data={"rank": "2"}, files={"image": ("a.png", body, "image/png")}).json()
    assert answer == {"form": {"rank": ["2"]}, "files": {"image": ["a.png", len(body)]}}


def test_parallel_calls_of_one_service_lose_nothing(sandbox: Sandbox) -> None:
    def add_ten() -> None:
        with httpx.Client(base_url=sandbox.url) as http:
            for _ in range(10):
                http.post("/count")

    threads = [threading.Thread(target=add_ten) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sandbox.worlds["counter"].dump() == {"total": 80}


def test_a_defect_of_the_sandbox_answers_500_and_says_so(client: httpx.Client) -> None:
    answer = client.get("/defect")
    assert answer.status_code == 500
    assert "a defect" in answer.json()["error"]


@pytest.mark.parametrize(
    ("fault", "status", "done"),
    [("429", 429, 0), ("500", 500, 0), ("401", 401, 0), ("500_after", 500, 1), ("html", 502, 0), ("malformed", 200, 0)],
)
def test_a_fault_strikes_once_and_does_the_work_or_not(
    sandbox: Sandbox, client: httpx.Client, fault: str, status: int, done: int
) -> None:
    client.post("/_sandbox/faults", json={"service": "counter", "operation": "add", "fault": fault, "retry_after": 7})
    assert client.post("/count").status_code == status
    assert sandbox.worlds["counter"].dump() == {"total": done}
    assert client.post("/count").status_code == 200
    assert calls(client) == [("add", status, fault), ("add", 200, None)]


def test_a_429_carries_retry_after(client: httpx.Client) -> None:
    client.post(
        "/_sandbox/faults",
        json=[{"service": "counter", "operation": "*", "fault": "429", "times": None, "retry_after": 1.5}],
    )
    assert [client.post("/count").headers["retry-after"] for _ in range(3)] == ["1.5"] * 3
    client.delete("/_sandbox/faults")
    assert client.post("/count").status_code == 200


def test_a_truncated_answer_is_half_the_body(client: httpx.Client) -> None:
    client.post("/_sandbox/faults", json={"service": "counter", "operation": "add", "fault": "truncated"})
    cut = client.post("/count").content
    assert len(client.post("/count").content) // 2 == len(cut)


def test_a_refusal_reaches_the_service(client: httpx.Client) -> None:
    client.post("/_sandbox/faults", json={"service": "counter", "operation": "add", "fault": "refuse"})
    assert [client.post("/count").json()["refused"] for _ in range(2)] == [True, False]


@pytest.mark.parametrize(("fault", "done"), [("timeout", 0), ("timeout_after", 1)])
def test_a_timeout_holds_the_connection_then_closes_it(
    sandbox: Sandbox, client: httpx.Client, fault: str, done: int
) -> None:
    for seconds, patience, error in ((0.05, 60, httpx.RemoteProtocolError), (60, 0.2, httpx.ReadTimeout)):
        client.post(
            "/_sandbox/faults", json={"service": "counter", "operation": "add", "fault": fault, "seconds": seconds}
        )
        with pytest.raises(error):
            client.post("/count", timeout=patience)
    until(lambda: len(calls(client)) == 2)
    assert sandbox.worlds["counter"].dump() == {"total": 2 * done}


def test_a_late_request_is_worked_on_after_its_client_gave_up(sandbox: Sandbox, client: httpx.Client) -> None:
    late = {"service": "counter", "operation": "add", "fault": "late", "seconds": 0.01, "late": 300}
    client.post("/_sandbox/faults", json=late)
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/count")
    for seconds, total in ((299, 0), (2, 1), (300, 1)):
        client.post("/_sandbox/clock", json={"advance": seconds})
        client.get("/_sandbox/state")
        assert sandbox.worlds["counter"].dump() == {"total": total}
    assert calls(client) == [("add", 0, "late"), ("add", 200, "late")]


def test_a_request_that_a_proxy_repeats_is_worked_on_twice(sandbox: Sandbox, client: httpx.Client) -> None:
    client.post("/_sandbox/faults", json={"service": "counter", "operation": "add", "fault": "twice"})
    assert client.post("/count").json()["total"] == 2
    assert calls(client) == [("add", 200, "twice")]


@pytest.mark.parametrize(
    "fault",
    [
        {"service": "counter", "operation": "add", "fault": "earthquake"},
        {"service": "counter", "operation": "subtract", "fault": "500"},
        {"service": "nobody", "operation": "add", "fault": "500"},
        {"operation": "add"},
    ],
)
def test_an_unknown_fault_is_refused(client: httpx.Client, fault: dict[str, str]) -> None:
    assert client.post("/_sandbox/faults", json=fault).status_code == 400


def wait_until_held(client: httpx.Client) -> None:
    until(lambda: client.get("/_sandbox/hold").json()["waiting"])


@pytest.mark.parametrize(("when", "done"), [("before", 1), ("after", 2)])
def test_a_hold_blocks_the_nth_request_until_released(
    sandbox: Sandbox, client: httpx.Client, when: str, done: int
) -> None:
    client.post("/_sandbox/hold", json={"service": "counter", "operation": "add", "when": when, "nth": 2})
    client.post("/count")
    answers: list[int] = []
    held = threading.Thread(target=lambda: answers.append(httpx.post(f"{sandbox.url}/count").status_code))
    held.start()
    wait_until_held(client)
    assert sandbox.worlds["counter"].dump() == {"total": done}
    client.delete("/_sandbox/hold")
    held.join()
    assert answers == [200]
    assert sandbox.worlds["counter"].dump() == {"total": 2}


@pytest.mark.parametrize(("when", "done"), [("before", 0), ("after", 1)])
def test_a_held_request_whose_client_died_is_dropped_undone(
    sandbox: Sandbox, client: httpx.Client, when: str, done: int
) -> None:
    client.post("/_sandbox/hold", json={"service": "counter", "operation": "add", "when": when})
    with socket.create_connection(("127.0.0.1", httpx.URL(sandbox.url).port or 0)) as dying:
        dying.sendall(b"POST /count HTTP/1.1\r\ncontent-length: 0\r\n\r\n")
        wait_until_held(client)
    client.delete("/_sandbox/hold")
    assert client.get("/_sandbox/hold").json() == {"waiting": []}
    time.sleep(0.05)
    assert sandbox.worlds["counter"].dump() == {"total": done}


def test_the_clock_can_be_set_ahead(client: httpx.Client) -> None:
    before = client.get("/count/x").json()["now"]
    client.post("/_sandbox/clock", json={"advance": 3600})
    assert client.get("/count/x").json()["now"] - before == pytest.approx(3600, abs=5)


def test_reset_makes_everything_new(sandbox: Sandbox, client: httpx.Client) -> None:
    client.post("/count")
    client.post("/_sandbox/clock", json={"offset": 50})
    client.post("/_sandbox/reset")
    assert client.get("/_sandbox/state").json() == {"counter": {"total": 0}}
    assert client.get("/_sandbox/clock").json()["offset"] == 0
    assert calls(client) == []


def test_the_state_file_outlives_the_server(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    first = Sandbox(state_file=file).start()
    httpx.post(f"{first.url}/count")
    first.stop()
    second = Sandbox(state_file=file)
    assert second.worlds["counter"].dump() == {"total": 1}
    second.stop()


def test_the_state_is_saved_while_it_runs(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    running = Sandbox(state_file=file).start()
    httpx.post(f"{running.url}/count")
    until(file.exists)
    assert '"total": 1' in file.read_text()
    running.stop()


def test_no_part_of_an_answer_waits_for_the_acknowledgement_of_another(sandbox: Sandbox, client: httpx.Client) -> None:
    """Nagle's algorithm would hold back answers for 40 ms."""
    client.get("/count/x")
    (connection,) = sandbox._listener.open
    assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
