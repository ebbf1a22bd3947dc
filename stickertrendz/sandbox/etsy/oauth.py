"""Etsy's OAuth 2 with PKCE: the consent page that approves at once, and the token endpoint that rotates."""

import base64
import hashlib
import re
from urllib.parse import urlencode, urlsplit

from stickertrendz.sandbox.etsy.errors import oauth_refusal
from stickertrendz.sandbox.etsy.world import KEYSTRING, USER_ID, EtsyWorld
from stickertrendz.sandbox.routing import Reply, Request, Route

SCOPES = frozenset(
    [
        "address_r",
        "address_w",
        "billing_r",
        "cart_r",
        "cart_w",
        "email_r",
        "favorites_r",
        "favorites_w",
        "feedback_r",
        "listings_d",
        "listings_r",
        "listings_w",
        "profile_r",
        "profile_w",
        "recommend_r",
        "recommend_w",
        "shops_r",
        "shops_w",
        "transactions_r",
        "transactions_w",
    ]
)
ACCESS_SECONDS = 3600
REFRESH_SECONDS = 90 * 86400
CODE_SECONDS = 300
CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
FIELDS = {
    "authorization_code": {"grant_type", "client_id", "redirect_uri", "code", "code_verifier"},
    "refresh_token": {"grant_type", "client_id", "refresh_token"},
}


def routes(world: EtsyWorld) -> list[Route]:
    return [
        Route("GET", "/oauth/connect", "oauth.connect", lambda request: connect(world, request)),
        Route("POST", "/v3/public/oauth/token", "oauth.token", lambda request: token(world, request)),
    ]


def connect(world: EtsyWorld, request: Request) -> Reply:
    """Approves as the owner would; a wrong request is told on the redirect, a wrong app or address without one."""
    asked = {name: values[0] for name, values in request.query.items()}
    redirect = asked.get("redirect_uri", "")
    if asked.get("client_id") != KEYSTRING or not _registered(redirect):
        return Reply.text(
            "<html><body>An error occurred: unknown application or redirect_uri.</body></html>", 400, "text/html"
        )
    wrong = _wrong_in(asked)
    if wrong:
        back = {"error": wrong[0], "error_description": wrong[1], "state": asked.get("state", "")}
    else:
        code = _secret(world, "code")
        world.table("codes")[code] = {
            "code": code, "challenge": asked["code_challenge"], "redirect_uri": redirect,
            "scopes": asked["scope"].split(" "), "expires": world.clock() + CODE_SECONDS,
        }  # fmt: skip
        back = {"code": code, "state": asked["state"]}
    joint = "&" if urlsplit(redirect).query else "?"
    return Reply(302, headers={"location": f"{redirect}{joint}{urlencode(back)}"})


def _registered(redirect: str) -> bool:
    """Any https address, and plain http on this machine, counts as registered with the app."""
    parts = urlsplit(redirect)
    here = parts.hostname in ("localhost", "127.0.0.1")
    return (
        bool(parts.hostname) and not parts.fragment and (parts.scheme == "https" or (parts.scheme == "http" and here))
    )


def _wrong_in(asked: dict[str, str]) -> tuple[str, str] | None:
    scopes = asked.get("scope", "").split(" ")
    if asked.get("response_type") != "code":
        return "unsupported_response_type", "response_type must be code"
    if not asked.get("state"):
        return "invalid_request", "state is required"
    if asked.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(asked.get("code_challenge", "")):
        return "invalid_request", "code_challenge with code_challenge_method=S256 is required"
    if not set(scopes) <= SCOPES:
        return "invalid_scope", f"unknown scope: {' '.join(sorted(set(scopes) - SCOPES))}"
    return None


def token(world: EtsyWorld, request: Request) -> Reply:
    if request.content_type != "application/x-www-form-urlencoded":
        raise oauth_refusal(400, "invalid_request", "the body must be application/x-www-form-urlencoded")
    given = {name: values[0] for name, values in request.form().items()}
    grant = given.get("grant_type", "")
    if grant not in FIELDS:
        raise oauth_refusal(400, "unsupported_grant_type", "grant_type must be authorization_code or refresh_token")
    if set(given) != FIELDS[grant]:
        raise oauth_refusal(400, "invalid_request", f"expected exactly {', '.join(sorted(FIELDS[grant]))}")
    if given["client_id"] != KEYSTRING:
        raise oauth_refusal(401, "invalid_client", "client_id is unknown")
    return _exchange(world, given) if grant == "authorization_code" else _refresh(world, given["refresh_token"])


def _exchange(world: EtsyWorld, given: dict[str, str]) -> Reply:
    code = world.table("codes").pop(given["code"], None)
    if code is None or code["expires"] <= world.clock():
        raise oauth_refusal(400, "invalid_grant", "code is unknown, used or expired")
    if code["redirect_uri"] != given["redirect_uri"]:
        raise oauth_refusal(400, "invalid_grant", "redirect_uri differs from the one the code was given to")
    verifier = given["code_verifier"]
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    if not VERIFIER.fullmatch(verifier) or digest != code["challenge"]:
        raise oauth_refusal(400, "invalid_grant", "code_verifier does not match code_challenge")
    return _issue(world, code["scopes"], retires="")


def _refresh(world: EtsyWorld, refresh: str) -> Reply:
    known = world.table("refresh_tokens").get(refresh)
    if known is None or known["expires"] <= world.clock():
        raise oauth_refusal(400, "invalid_grant", "refresh_token is revoked")
    return _issue(world, known["scopes"], retires=refresh)


def _issue(world: EtsyWorld, scopes: list[str], retires: str) -> Reply:
    """A new pair; the refresh token named by `retires` dies when the new access token is first used."""
    access, refresh = (f"{USER_ID}.{_secret(world, kind)}" for kind in ("access", "refresh"))
    now = world.clock()
    tokens = world.table("access_tokens")
    for old in [each for each, record in tokens.items() if record["expires"] <= now - ACCESS_SECONDS]:
        del tokens[old]
    tokens[access] = {"token": access, "scopes": scopes, "expires": now + ACCESS_SECONDS, "retires": retires}
    world.table("refresh_tokens")[refresh] = {"token": refresh, "scopes": scopes, "expires": now + REFRESH_SECONDS}
    answer = {"access_token": access, "token_type": "Bearer", "expires_in": ACCESS_SECONDS, "refresh_token": refresh}
    return Reply.of_json(answer)


def _secret(world: EtsyWorld, kind: str) -> str:
    return hashlib.sha256(f"{world.seed}:etsy:{kind}:{world.number('token')}".encode()).hexdigest()[:48]
