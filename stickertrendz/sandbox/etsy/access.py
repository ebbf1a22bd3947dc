"""What every Etsy call passes first: API key, quota, token, scope, shop; and the headers it leaves with."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from stickertrendz.sandbox.etsy.errors import oauth_refusal, refusal
from stickertrendz.sandbox.etsy.lifecycle import let_time_pass
from stickertrendz.sandbox.etsy.limits import Limits
from stickertrendz.sandbox.etsy.world import KEYSTRING, SHARED, SHOP_ID, EtsyWorld
from stickertrendz.sandbox.routing import Abort, Reply, Request, Route

EtsyHandler = Callable[[EtsyWorld, Request], Reply]


@dataclass(frozen=True)
class Operation:
    """`path` follows /v3/application/; an empty scope needs the API key only."""

    method: str
    path: str
    name: str
    scope: str
    handler: EtsyHandler


class Gate:
    def __init__(self, world: EtsyWorld) -> None:
        self.world = world
        self.limits = Limits(world)
        self._answered = 0

    def route(self, operation: Operation) -> Route:
        def answer(request: Request) -> Reply:
            headers: dict[str, str] = {}
            try:
                _check_key(request.headers.get("x-api-key", ""))
                headers = self.limits.spend()
                reply = self._let_in(operation, request)
            except Abort as abort:
                reply = abort.reply
            reply.headers.update(headers)
            reply.headers["x-etsy-request-uuid"] = self._uuid(operation.name)
            return reply

        return Route(operation.method, f"/v3/application/{operation.path}", operation.name, answer)

    def _let_in(self, operation: Operation, request: Request) -> Reply:
        let_time_pass(self.world)
        if operation.scope:
            self._check_token(request.headers.get("authorization", ""), operation.scope)
        if request.args.get("shop_id", str(SHOP_ID)) != str(SHOP_ID):
            raise refusal(
                403 if operation.scope else 404, "User does not own Shop" if operation.scope else "Shop not found"
            )
        if any(not value.isdigit() for value in request.args.values()):
            raise refusal(400, "Expected an integer in the path.")
        return operation.handler(self.world, request)

    def _check_token(self, header: str, scope: str) -> None:
        token = self.world.table("access_tokens").get(header.removeprefix("Bearer "))
        if not header.startswith("Bearer ") or token is None:
            raise oauth_refusal(401, "invalid_token", "access token is invalid")
        if token["expires"] <= self.world.clock():
            raise oauth_refusal(401, "invalid_token", "access token is expired")
        if scope not in token["scopes"]:
            raise oauth_refusal(403, "insufficient_scope", f"token does not have the required scope: {scope}")
        # Once the new token has worked, the refresh token it replaced is worth nothing.
        self.world.table("refresh_tokens").pop(token["retires"], None)
        token["retires"] = ""

    def _uuid(self, operation: str) -> str:
        self._answered += 1
        return hashlib.md5(f"{self.world.seed}:{operation}:{self._answered}".encode()).hexdigest()


def _check_key(key: str) -> None:
    keystring, colon, shared = key.partition(":")
    if keystring and not colon:
        raise refusal(403, "Shared secret is required in x-api-key header.")
    if not keystring or not shared or ":" in shared:
        raise refusal(403, "Invalid API key: should be in the format 'keystring:shared_secret'.")
    if (keystring, shared) != (KEYSTRING, SHARED):
        raise refusal(403, "Invalid API key.")
