"""Etsy's door: consent, tokens, API key, scopes and quotas."""

import httpx
import pytest

from stickertrendz.sandbox.tests.seller import KEY, SHOP, Seller, consent, exchange, refresh, told


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"state": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "listings_r,listings_w"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_wrong_consent_request_is_told_on_the_redirect(
    client: httpx.Client, wrong: dict[str, str | None], error: str
) -> None:
    answer = consent(client, **wrong)
    assert answer.status_code == 302
    assert told(answer)["error"] == error


@pytest.mark.parametrize("wrong", [{"client_id": "other"}, {"redirect_uri": "http://shop.example/back"}])
def test_an_unknown_app_or_address_gets_no_redirect(client: httpx.Client, wrong: dict[str, str | None]) -> None:
    answer = consent(client, **wrong)
    assert (answer.status_code, answer.headers.get("location")) == (400, None)


def test_a_code_is_good_for_one_exchange_with_its_verifier_and_address(client: httpx.Client) -> None:
    for wrong in ({"code_verifier": "w" * 64}, {"redirect_uri": "http://localhost:3003/other"}, {"client_id": "x"}):
        answer = exchange(client, told(consent(client))["code"], **wrong)
        assert answer.json()["error"] in ("invalid_grant", "invalid_client"), wrong
    code = told(consent(client))["code"]
    tokens = exchange(client, code).json()
    assert tokens["access_token"].startswith("77700001.")
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert exchange(client, code).status_code == 400


def test_the_token_endpoint_takes_no_secret_and_no_json(client: httpx.Client) -> None:
    code = told(consent(client))["code"]
    assert exchange(client, code, client_secret="s").json()["error"] == "invalid_request"
    assert client.post("/v3/public/oauth/token", json={"grant_type": "refresh_token"}).status_code == 400


def test_the_old_refresh_token_works_until_the_new_access_token_was_used(seller: Seller) -> None:
    first = seller.tokens["refresh_token"]
    second = refresh(seller.http, first).json()
    assert second["refresh_token"] != first
    third = refresh(seller.http, first).json()  # the answer of the first refresh might have been lost
    seller.http.headers["authorization"] = f"Bearer {third['access_token']}"
    assert seller.get("/users/me").json() == {"user_id": 77700001, "shop_id": 55500001}
    assert refresh(seller.http, first).json() == {
        "error": "invalid_grant",
        "error_description": "refresh_token is revoked",
    }
    assert refresh(seller.http, third["refresh_token"]).status_code == 200


def test_an_access_token_expires_after_an_hour(seller: Seller) -> None:
    seller.http.post("/_sandbox/clock", json={"advance": 3601})
    answer = seller.get("/users/me")
    assert answer.status_code == 401
    assert answer.json() == {"error": "invalid_token", "error_description": "access token is expired"}


def test_a_refresh_token_dies_after_90_days(seller: Seller) -> None:
    seller.http.post("/_sandbox/clock", json={"advance": 90 * 86400 + 1})
    assert refresh(seller.http, seller.tokens["refresh_token"]).status_code == 400


@pytest.mark.parametrize(
    ("key", "message"),
    [
        (KEY, "Shared secret is required in x-api-key header."),
        ("", "Invalid API key: should be in the format 'keystring:shared_secret'."),
        (f"{KEY}:wrong", "Invalid API key."),
    ],
)
def test_the_api_key_carries_the_shared_secret(seller: Seller, key: str, message: str) -> None:
    answer = seller.http.get("/v3/application/openapi-ping", headers={"x-api-key": key})
    assert (answer.status_code, answer.json()) == (403, {"error": message})


def test_each_operation_asks_for_its_scope(client: httpx.Client) -> None:
    seller = Seller(client)
    tokens = exchange(client, told(consent(client, scope="listings_r"))["code"]).json()
    client.headers["authorization"] = f"Bearer {tokens['access_token']}"
    assert client.get(f"{SHOP}/listings").status_code == 200
    refused = seller.post("/listings", seller.form())
    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")


def test_reading_in_public_needs_no_token_and_the_shop_must_be_ones_own(seller: Seller) -> None:
    listing = seller.draft()
    del seller.http.headers["authorization"]
    assert seller.get(f"/listings/{listing}").status_code == 200
    assert seller.get("/shops/55500001/listings").status_code == 401
    seller.http.headers["authorization"] = f"Bearer {seller.tokens['access_token']}"
    other = seller.get("/shops/1/listings")
    assert (other.status_code, other.json()) == (403, {"error": "User does not own Shop"})


def test_more_calls_a_second_than_allowed_are_429(seller: Seller) -> None:
    seller.http.post("/_sandbox/etsy", json={"per_second": 5})
    answers = [seller.get("/openapi-ping") for _ in range(20)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert len(refused) >= 10
    assert refused[0].json() == {"error": "Exceeded per second rate limit"}
    assert refused[0].headers["retry-after"] == "1"
    assert "x-limit-per-second" not in refused[0].headers
    assert answers[0].headers["x-limit-per-second"] == "5"
    seller.http.post("/_sandbox/clock", json={"advance": 1})
    assert seller.get("/openapi-ping").status_code == 200


def test_the_daily_quota_slides_over_24_hours(seller: Seller) -> None:
    seller.http.post("/_sandbox/etsy", json={"per_day": 10})
    left = [seller.get("/openapi-ping").headers.get("x-remaining-today") for _ in range(10)]
    assert left[-1] is None
    assert "0" in left
    refused = seller.get("/openapi-ping")
    assert refused.json() == {"error": "Exceeded daily rate limit"}
    seller.http.post("/_sandbox/clock", json={"advance": float(refused.headers["retry-after"])})
    assert seller.get("/openapi-ping").status_code == 200


def test_every_answer_carries_a_request_id(seller: Seller) -> None:
    ids = {
        seller.get("/openapi-ping").headers["x-etsy-request-uuid"],
        seller.get("/listings/1").headers["x-etsy-request-uuid"],
    }
    assert len(ids) == 2
