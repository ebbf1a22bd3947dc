"""Replicate: predictions of the pinned SDXL model, drawn when their files are fetched."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from stickertrendz.sandbox import oddities
from stickertrendz.sandbox.art import draw_sticker
from stickertrendz.sandbox.routing import Reply, Request, Route, Service
from stickertrendz.sandbox.sdxl import VERSIONS, complaints

BEARER = "Bearer sandbox-replicate-token"
FAILED_SHARE = 0.03
# A prediction is done after so many seconds even when nobody polls it.
PATIENCE = 12.0
KEPT_SECONDS = 3600
DOLLARS_PER_SECOND = 0.000975
PER_MINUTE = 600
# Under this much credit the service allows six predictions a minute, one at a time.
LOW_CREDIT, LOW_CREDIT_PER_MINUTE = 5.0, 6
PAGE = 100
NSFW = re.compile(r"\b(nude|naked|nsfw|porn|gore|sexy|erotic|blood)\b", re.IGNORECASE)
NSFW_ERROR = "NSFW content detected. Try running it again, or try a different prompt."
CRASH_ERROR = "Prediction interrupted; please retry (code: PA)"
FIELDS = frozenset({"version", "input", "stream", "webhook", "webhook_events_filter"})


class Problem(Exception):
    def __init__(self, status: int, title: str, detail: str, retry_after: int | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.retry_after = status, title, detail, retry_after


class ReplicateWorld:
    """Predictions are kept as plain dicts, newest last."""

    def __init__(self, seed: int, clock: Callable[[], float]) -> None:
        self.seed = seed
        self.clock = clock
        self.credit = 250.0
        self.predictions: dict[str, dict[str, Any]] = {}
        self._odd: list[str] = []

    def expect(self, oddity: str, times: int = 1) -> None:
        """So many of the next predictions go wrong in that way."""
        self._odd += [oddity] * times

    def dump(self) -> dict[str, Any]:
        return {"credit": self.credit, "predictions": list(self.predictions.values())}

    def load(self, state: Mapping[str, Any]) -> None:
        self.credit = state["credit"]
        self.predictions = {p["id"]: {"oddity": "", "cancel_at": None, **p} for p in state["predictions"]}

    def create(self, body: dict[str, Any], refused: bool, cancel_after: float | None = None) -> dict[str, Any]:
        """`cancel_after` seconds: what has not ended by then is cancelled, or aborted if it had not begun."""
        _check(body)
        now = self.clock()
        self._throttle(now)
        given = {**body["input"]}
        given.setdefault(
            "seed", int(_digest(self.seed, "seed", given.get("prompt"), len(self.predictions)), 16) % 2**16
        )
        same = sum(1 for p in self.predictions.values() if p["input"] == given)
        key = _digest(self.seed, json.dumps(given, sort_keys=True), same)
        oddity = self._odd.pop(0) if self._odd else ""
        unfit = refused or oddity == "nsfw" or NSFW.search(given.get("prompt", ""))
        crashes = oddity == "crash" or (not oddity and int(key[:8], 16) / 2**32 < FAILED_SHARE)
        seconds = 4 + int(key[8:12], 16) / 2**16 * 2
        prediction = {
            "id": base64.b32encode(bytes.fromhex(key))[:26].decode().lower(), "version": body["version"],
            "input": given, "created": now,
            "error": NSFW_ERROR if unfit else CRASH_ERROR if crashes else "",
            "oddity": oddity, "cancel_at": None if cancel_after is None else now + cancel_after,
            "seconds": round(seconds, 6), "polls": 0, "polls_needed": 2 + int(key[12:14], 16) % 3, "ended": None,
            "canceled": False,
        }  # fmt: skip
        self.predictions[prediction["id"]] = prediction
        return prediction

    def get(self, prediction_id: str) -> dict[str, Any]:
        if prediction_id not in self.predictions:
            raise Problem(404, "Not found", "The requested resource could not be found.")
        return self.predictions[prediction_id]

    def poll(self, prediction_id: str) -> dict[str, Any]:
        prediction = self.get(prediction_id)
        prediction["polls"] += 1
        self.settle(prediction)
        return prediction

    def settle(self, prediction: dict[str, Any]) -> None:
        """Ends it once it was polled often enough or long enough ago, and takes the money."""
        if prediction["ended"] is not None:
            return
        age = self.clock() - prediction["created"]
        if _has_time_passed(prediction, age):
            prediction["ended"] = prediction["created"] + min(age, prediction["seconds"] + 2)
            self.credit -= prediction["seconds"] * DOLLARS_PER_SECOND
        elif prediction["cancel_at"] is not None and self.clock() >= prediction["cancel_at"]:
            begun = self.status(prediction) == "processing"
            prediction["oddity"] = "canceled" if begun else "aborted"
            prediction["ended"] = prediction["cancel_at"]

    def cancel(self, prediction_id: str) -> dict[str, Any]:
        prediction = self.get(prediction_id)
        self.settle(prediction)
        if prediction["ended"] is None:
            prediction["canceled"], prediction["ended"] = True, self.clock()
        return prediction

    def removed(self, prediction: dict[str, Any]) -> bool:
        return prediction["ended"] is not None and self.clock() - prediction["ended"] > KEPT_SECONDS

    def status(self, prediction: dict[str, Any]) -> str:
        odd = prediction["oddity"]
        if prediction["ended"] is None:
            begun = prediction["polls"] > 1 and odd not in ("cold", "stuck")
            return "processing" if begun else "starting"
        if prediction["canceled"] or odd in ("canceled", "aborted"):
            return "aborted" if odd == "aborted" else "canceled"
        return "failed" if prediction["error"] else "succeeded"

    def since(self, created_after: float) -> list[dict[str, Any]]:
        """Newest first."""
        found = [p for p in self.predictions.values() if p["created"] > created_after]
        for prediction in found:
            self.settle(prediction)
        return found[::-1]

    def picture(self, prediction_id: str, number: int) -> bytes:
        prediction = self.predictions.get(prediction_id)
        if (
            prediction is None
            or self.status(prediction) != "succeeded"
            or self.removed(prediction)
            or number >= _outputs(prediction)
        ):
            raise Problem(404, "Not found", "No such file.")
        return _drawn(
            prediction["input"].get("prompt", "An astronaut riding a rainbow unicorn"),
            prediction["input"]["seed"] + number,
        )

    def _throttle(self, now: float) -> None:
        if self.credit <= 0:
            raise Problem(402, "Insufficient credit", "You have insufficient credit to run this model.")
        recent = [p["created"] for p in self.predictions.values() if p["created"] > now - 60]
        low = self.credit < LOW_CREDIT
        if len(recent) >= (LOW_CREDIT_PER_MINUTE if low else PER_MINUTE) or (low and recent and now - recent[-1] < 10):
            detail = (
                "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute "
                "with a burst of 1 requests while you have less than $5.0 in credit."
            )
            raise Problem(
                429, "Too many requests", detail if low else "Request was throttled.", retry_after=10 if low else 1
            )


def _has_time_passed(prediction: dict[str, Any], age: float) -> bool:
    """A cold start takes its time however often one asks."""
    if prediction["oddity"] in ("cold", "stuck"):
        return prediction["oddity"] == "cold" and age >= oddities.COLD_SECONDS
    return bool(prediction["polls"] >= prediction["polls_needed"] or age >= PATIENCE)


@lru_cache(maxsize=12)
def _drawn(prompt: str, seed: int) -> bytes:
    return draw_sticker(prompt, seed)


def _check(body: dict[str, Any]) -> None:
    unknown = sorted(set(body) - FIELDS)
    if unknown or "version" not in body or "input" not in body:
        wrong = f"- {unknown[0]}: Additional property is not allowed" if unknown else "- version and input are required"
        raise Problem(422, "Input validation failed", wrong)
    if not re.fullmatch(r"[0-9a-f]{64}", str(body["version"])) or body["version"] not in VERSIONS:
        raise Problem(
            422,
            "Invalid version or not permitted",
            "The specified version does not exist (or perhaps you don't have permission to use it?)",
        )
    if wrong_fields := complaints(body["input"]):
        raise Problem(422, "Input validation failed", "\n".join(wrong_fields) + "\n")


def _outputs(prediction: dict[str, Any]) -> int:
    return int(prediction["input"].get("num_outputs", 1))


def _digest(*key: object) -> str:
    return hashlib.sha256("|".join(map(str, key)).encode()).hexdigest()


def _iso(at: float | None) -> str | None:
    return at if at is None else f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def _shown(world: ReplicateWorld, prediction: dict[str, Any], base: str) -> dict[str, Any]:
    status, removed = world.status(prediction), world.removed(prediction)
    usual = [f"{base}/delivery/{prediction['id']}/out-{n}.png" for n in range(_outputs(prediction))]
    files = [] if prediction["oddity"] == "empty" else [oddities.address(prediction["oddity"], one) for one in usual]
    done = status in ("succeeded", "failed")
    url = f"{base}/v1/predictions/{prediction['id']}"
    return {
        "id": prediction["id"], "model": "stability-ai/sdxl", "version": prediction["version"], "status": status,
        "source": "api",
        "input": {} if removed else prediction["input"],
        "output": files if status == "succeeded" and not removed else None,
        "logs": "" if removed or status == "starting" else f"Using seed: {prediction['input']['seed']}\n",
        "error": (prediction["error"] or None) if done else None, "data_removed": removed,
        "metrics": {"predict_time": prediction["seconds"], "total_time": prediction["seconds"] + 1.2} if done else {},
        "created_at": _iso(prediction["created"]),
        "started_at": None if status == "starting" else _iso(prediction["created"] + 0.6),
        "completed_at": _iso(prediction["ended"]), "urls": {"get": url, "cancel": f"{url}/cancel"},
    }  # fmt: skip


def _page(world: ReplicateWorld, request: Request, base: str) -> dict[str, Any]:
    after = request.query.get("created_after", ["1970-01-01T00:00:00Z"])[0]
    try:
        moment = datetime.fromisoformat(after.replace("Z", "+00:00"))
        start = int(request.query.get("cursor", ["0"])[0])
    except ValueError as error:
        raise Problem(400, "Bad request", "created_after must be an ISO 8601 date-time") from error
    if moment.tzinfo is None:
        raise Problem(400, "Bad request", "created_after must carry a time zone")
    found = world.since(moment.timestamp())
    more = (
        f"{base}/v1/predictions?cursor={start + PAGE}&created_after={after.replace('+', '%2B')}"
        if len(found) > start + PAGE
        else None
    )
    return {"previous": None, "next": more, "results": [_shown(world, p, base) for p in found[start : start + PAGE]]}


def _cancel_after(request: Request) -> float | None:
    """The header's seconds, minutes or hours, at least five seconds."""
    told = re.fullmatch(r"(\d+)([smh])", request.headers.get("cancel-after", ""))
    return max(5.0, int(told[1]) * {"s": 1, "m": 60, "h": 3600}[told[2]]) if told else None


def _json(request: Request) -> dict[str, Any]:
    body = request.json()
    if not isinstance(body, dict):
        raise Problem(422, "Input validation failed", "- body: Expected an object")
    return body


def _error(status: int, detail: str, title: str = "", retry_after: int | None = None) -> Reply:
    body: dict[str, Any] = {"title": title or detail, "detail": detail, "status": status}
    if retry_after is None:
        return Reply.of_json(body, status)
    return Reply.of_json({**body, "retry_after": retry_after}, status, retry_after=str(retry_after))


def service(sandbox_seed: int, clock: Callable[[], float], base_url: Callable[[], str]) -> Service:
    world = ReplicateWorld(sandbox_seed, clock)

    def answered(work: Callable[[Request], Reply], *, public: bool = False) -> Callable[[Request], Reply]:
        def handler(request: Request) -> Reply:
            try:
                if not public and request.headers.get("authorization") != BEARER:
                    raise Problem(401, "Unauthenticated", "You did not pass a valid authentication token")
                return work(request)
            except Problem as problem:
                return _error(problem.status, problem.detail, problem.title, problem.retry_after)

        return handler

    def shown(prediction: dict[str, Any], status: int = 200) -> Reply:
        return Reply.of_json(_shown(world, prediction, base_url()), status)

    def picture(request: Request) -> Reply:
        number = re.fullmatch(r"out-(\d)\.png", request.args["file"])
        data = world.picture(request.args["id"], int(number[1]) if number else PAGE)
        return oddities.delivered(world.get(request.args["id"])["oddity"], data)

    def expect(request: Request) -> Reply:
        world.expect(*oddities.wished(request))
        return Reply(204)

    return Service("replicate", world, [
        Route("POST", "/v1/predictions", "predictions.create", answered(lambda r: shown(world.create(_json(r),
            r.refused, _cancel_after(r)), 201))),
        Route("GET", "/v1/predictions", "predictions.list", answered(lambda r: Reply.of_json(_page(world, r,
            base_url())))),
        Route("GET", "/v1/predictions/{id}", "predictions.get", answered(lambda r: shown(world.poll(r.args["id"])))),
        Route("POST", "/v1/predictions/{id}/cancel", "predictions.cancel",
            answered(lambda r: shown(world.cancel(r.args["id"])))),
        Route("GET", "/delivery/{id}/{file}", "delivery", answered(picture, public=True)),
        Route("POST", "/_sandbox/replicate", "expect", expect),
    ], _error)  # fmt: skip
