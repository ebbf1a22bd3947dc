"""Replicate of the sandbox, driven by the official client and by plain HTTP."""

from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx
import pytest
from PIL import Image
from replicate.client import Client
from replicate.exceptions import ReplicateError

from stickertrendz.sandbox import oddities
from stickertrendz.sandbox.replicate import CRASH_ERROR, NSFW_ERROR, ReplicateWorld
from stickertrendz.sandbox.sdxl import VERSIONS
from stickertrendz.sandbox.server import Sandbox

VERSION = sorted(VERSIONS)[0]
AUTH = {"authorization": "Bearer sandbox-replicate-token"}
INPUT = {"prompt": "A die-cut vinyl sticker design of a happy otter. Bold.", "width": 1024, "height": 1024, "seed": 7}


@pytest.fixture
def replicate_client(sandbox: Sandbox) -> Iterator[Client]:
    client = Client(api_token="sandbox-replicate-token", base_url=sandbox.url, timeout=httpx.Timeout(60))
    yield client
    client._client.close()


def create(client: httpx.Client, **changes: Any) -> httpx.Response:
    return client.post("/v1/predictions", headers=AUTH, json={"version": VERSION, "input": {**INPUT, **changes}})


def finish(client: httpx.Client, prediction_id: str) -> dict[str, Any]:
    for _ in range(6):
        shown: dict[str, Any] = client.get(f"/v1/predictions/{prediction_id}", headers=AUTH).json()
        if shown["status"] in ("succeeded", "failed", "canceled"):
            return shown
    raise AssertionError(shown["status"])


def test_the_official_client_gets_a_picture_after_several_polls(replicate_client: Client) -> None:
    prediction = replicate_client.predictions.create(version=VERSION, input=dict(INPUT))
    states = [prediction.status]
    while prediction.status not in ("succeeded", "failed"):
        prediction.reload()
        states.append(prediction.status)
    assert states[0] == "starting"
    assert "succeeded" in states
    assert 3 <= len(states) <= 5
    assert prediction.metrics
    assert prediction.output
    assert 4 <= prediction.metrics["predict_time"] <= 6
    with httpx.Client() as anonymous:
        picture = Image.open(BytesIO(anonymous.get(prediction.output[0]).content))
    assert picture.size == (1024, 1024)


def test_states_go_from_starting_through_processing(client: httpx.Client) -> None:
    seen = set()
    for seed in range(12):
        made = create(client, seed=seed).json()
        states = [made["status"]]
        states += [client.get(f"/v1/predictions/{made['id']}", headers=AUTH).json()["status"] for _ in range(4)]
        seen.update(states)
        order = ["starting", "processing", "succeeded", "failed"]
        assert [order.index(s) for s in states] == sorted(order.index(s) for s in states)
    assert {"starting", "processing", "succeeded"} <= seen


def test_a_prediction_finishes_by_time_alone(sandbox: Sandbox, client: httpx.Client) -> None:
    made = create(client).json()
    sandbox.offset += 30
    assert client.get(f"/v1/predictions/{made['id']}", headers=AUTH).json()["status"] == "succeeded"


def test_outputs_are_removed_after_an_hour(sandbox: Sandbox, client: httpx.Client) -> None:
    done = finish(client, create(client).json()["id"])
    assert client.get(done["output"][0]).status_code == 200
    sandbox.offset += 3700
    later = client.get(f"/v1/predictions/{done['id']}", headers=AUTH).json()
    assert (later["output"], later["data_removed"], later["input"]) == (None, True, {})
    assert client.get(done["output"][0]).status_code == 404


def test_the_list_is_newest_first_and_can_be_cut(sandbox: Sandbox, client: httpx.Client) -> None:
    first = create(client, seed=1).json()
    sandbox.offset += 100
    second = create(client, seed=2).json()
    listed = client.get("/v1/predictions", headers=AUTH).json()
    assert [p["id"] for p in listed["results"]] == [second["id"], first["id"]]
    cut = client.get("/v1/predictions", headers=AUTH, params={"created_after": first["created_at"]}).json()
    assert second["id"] in {p["id"] for p in cut["results"]}
    late = client.get("/v1/predictions", headers=AUTH, params={"created_after": "2999-01-01T00:00:00Z"}).json()
    assert late["results"] == []
    assert client.get("/v1/predictions", headers=AUTH, params={"created_after": "soon"}).status_code == 400


def test_the_list_is_paged_by_a_hundred(sandbox: Sandbox, client: httpx.Client) -> None:
    world = sandbox.worlds["replicate"]
    assert isinstance(world, ReplicateWorld)
    for seed in range(130):
        world.create({"version": VERSION, "input": {**INPUT, "seed": seed}}, refused=False)
    page = client.get("/v1/predictions", headers=AUTH).json()
    rest = client.get(page["next"], headers=AUTH).json()
    assert (len(page["results"]), len(rest["results"]), rest["next"]) == (100, 30, None)
    assert not {p["id"] for p in page["results"]} & {p["id"] for p in rest["results"]}


def test_a_running_prediction_can_be_cancelled(client: httpx.Client) -> None:
    made = create(client).json()
    assert client.post(f"/v1/predictions/{made['id']}/cancel", headers=AUTH).json()["status"] == "canceled"
    assert finish(client, made["id"])["output"] is None


def test_a_missing_or_wrong_token_is_refused(client: httpx.Client, sandbox: Sandbox) -> None:
    assert client.get("/v1/predictions").status_code == 401
    stranger = Client(api_token="wrong", base_url=sandbox.url)
    with pytest.raises(ReplicateError, match="authentication"):
        stranger.predictions.create(version=VERSION, input=dict(INPUT))
    stranger._client.close()


@pytest.mark.parametrize(
    "changes",
    [
        {"width": "1024"},
        {"num_outputs": 9},
        {"guidance_scale": 99},
        {"scheduler": "FAST"},
        {"colour": "red"},
        {"apply_watermark": "no"},
        {"seed": True},
    ],
)
def test_invalid_inputs_are_refused(client: httpx.Client, changes: dict[str, Any]) -> None:
    answer = create(client, **changes)
    assert answer.status_code == 422
    assert next(iter(changes)) in answer.json()["detail"]


def test_unknown_versions_and_fields_are_refused(client: httpx.Client) -> None:
    for body in (
        {"version": "0" * 64, "input": INPUT},
        {"version": "stability-ai/sdxl", "input": INPUT},
        {"input": INPUT},
        {"version": VERSION, "input": INPUT, "priority": 1},
    ):
        assert client.post("/v1/predictions", headers=AUTH, json=body).status_code == 422


def test_unsuitable_prompts_and_the_fault_fail_the_safety_check(client: httpx.Client) -> None:
    made = create(client, prompt="a nude otter").json()
    assert finish(client, made["id"])["error"] == NSFW_ERROR
    client.post("/_sandbox/faults", json={"service": "replicate", "operation": "predictions.create", "fault": "refuse"})
    failed = finish(client, create(client).json()["id"])
    assert (failed["status"], failed["error"], failed["output"]) == ("failed", NSFW_ERROR, None)


def test_about_three_in_a_hundred_crash_and_a_second_try_of_the_same_can_work() -> None:
    world = ReplicateWorld(1, lambda: 1_800_000_000.0)
    world.credit = 1e9
    seeds = range(500)
    made = [world.create({"version": VERSION, "input": {**INPUT, "seed": seed}}, refused=False) for seed in seeds]
    crashed = [p for p in made if p["error"] == CRASH_ERROR]
    assert 5 <= len(crashed) <= 30
    again = ReplicateWorld(1, lambda: 1_800_000_000.0)
    for prediction in crashed:
        again.create({"version": VERSION, "input": prediction["input"]}, refused=False)
    second = [again.create({"version": VERSION, "input": p["input"]}, refused=False) for p in crashed]
    assert Counter(bool(p["error"]) for p in second)[False] > 0


def test_credit_runs_low_and_out(sandbox: Sandbox, client: httpx.Client) -> None:
    world = sandbox.worlds["replicate"]
    assert isinstance(world, ReplicateWorld)
    world.credit = 3.0
    assert create(client, seed=1).status_code == 201
    slowed = create(client, seed=2)
    assert (slowed.status_code, slowed.headers["retry-after"], slowed.json()["retry_after"]) == (429, "10", 10)
    world.credit = 0
    empty = create(client, seed=3)
    assert (empty.status_code, empty.json()["title"]) == (402, "Insufficient credit")


def test_a_finished_prediction_is_paid_for_once(sandbox: Sandbox, client: httpx.Client) -> None:
    world = sandbox.worlds["replicate"]
    assert isinstance(world, ReplicateWorld)
    before = world.credit
    done = finish(client, create(client).json()["id"])
    finish(client, done["id"])
    assert before - world.credit == pytest.approx(done["metrics"]["predict_time"] * 0.000975)


def test_predictions_survive_a_saved_state(sandbox: Sandbox, client: httpx.Client) -> None:
    done = finish(client, create(client).json()["id"])
    world = sandbox.worlds["replicate"]
    other = ReplicateWorld(1, sandbox.now)
    other.load(world.dump())
    assert other.status(other.get(done["id"])) == done["status"]


def expect(client: httpx.Client, oddity: str) -> httpx.Response:
    return client.post("/_sandbox/replicate", json={"oddity": oddity})


@pytest.mark.parametrize(("oddity", "status"), [
    ("nsfw", "failed"), ("crash", "failed"), ("canceled", "canceled"), ("aborted", "aborted"), ("empty", "succeeded"),
])  # fmt: skip
def test_a_prediction_ends_as_the_control_room_says(client: httpx.Client, oddity: str, status: str) -> None:
    assert expect(client, oddity).status_code == 204
    made = create(client).json()
    for _ in range(6):
        shown = client.get(f"/v1/predictions/{made['id']}", headers=AUTH).json()
    assert (shown["status"], shown["output"] or None) == (status, None)
    assert finish(client, create(client, seed=8).json()["id"])["status"] == "succeeded"


@pytest.mark.parametrize(("oddity", "status", "kind"), [
    ("gone", 404, "text/plain"), ("gone_410", 410, "text/plain"), ("forbidden", 403, "text/plain"),
    ("redirect", 302, ""), ("html", 200, "text/html"), ("jpeg", 200, "image/jpeg"), ("small", 200, "image/png"),
    ("oblong", 200, "image/png"), ("huge", 200, "image/png"), ("cut", 200, "image/png"),
])  # fmt: skip
def test_the_file_is_as_odd_as_the_control_room_says(client: httpx.Client, oddity: str, status: int, kind: str) -> None:
    usual = client.get(finish(client, create(client).json()["id"])["output"][0]).content
    expect(client, oddity)
    answer = client.get(finish(client, create(client).json()["id"])["output"][0])
    assert (answer.status_code, answer.headers.get("content-type", "").partition(";")[0]) == (status, kind)
    assert answer.content != usual
    if oddity in ("small", "oblong"):
        assert Image.open(BytesIO(answer.content)).size == oddities.SIZES[oddity]


@pytest.mark.parametrize(("oddity", "start"), [
    ("elsewhere", "https://files.example.org/"), ("plain_http", "http://replicate.delivery/"), ("data_url", "data:"),
])  # fmt: skip
def test_the_file_lies_where_the_control_room_says(client: httpx.Client, oddity: str, start: str) -> None:
    expect(client, oddity)
    assert finish(client, create(client).json()["id"])["output"][0].startswith(start)


def test_an_unknown_oddity_is_refused(client: httpx.Client) -> None:
    assert "There is no oddity 'late'" in expect(client, "late").json()["error"]


def test_a_cold_start_takes_its_time_however_often_one_asks(sandbox: Sandbox, client: httpx.Client) -> None:
    expect(client, "cold")
    made = create(client).json()
    asked = [client.get(f"/v1/predictions/{made['id']}", headers=AUTH).json()["status"] for _ in range(9)]
    assert set(asked) == {"starting"}
    sandbox.offset += oddities.COLD_SECONDS
    assert client.get(f"/v1/predictions/{made['id']}", headers=AUTH).json()["status"] == "succeeded"


def test_what_has_not_begun_by_its_deadline_is_aborted_and_what_runs_is_cancelled(
    sandbox: Sandbox, client: httpx.Client
) -> None:
    expect(client, "stuck")
    body = {"version": VERSION, "input": INPUT}
    made = [client.post("/v1/predictions", headers={**AUTH, "cancel-after": "10s"}, json=body).json() for _ in "ab"]
    address = [f"/v1/predictions/{each['id']}" for each in made]
    world = sandbox.worlds["replicate"]
    assert isinstance(world, ReplicateWorld)
    world.get(made[1]["id"]).update(polls=2, polls_needed=9)
    sandbox.offset += 10
    assert [client.get(each, headers=AUTH).json()["status"] for each in address] == ["aborted", "canceled"]
