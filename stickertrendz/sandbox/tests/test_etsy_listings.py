"""Listings and their images: the rules of texts and prices, the states, the fees."""

import httpx
import pytest

from stickertrendz.sandbox.tests.seller import SHOP, Seller, picture

MONTH = 31 * 86400


def refused(seller: Seller, **changes: str | None) -> str:
    answer = seller.post("/listings", seller.form(**changes))
    assert answer.status_code == 400, answer.text
    return answer.text


def test_a_draft_is_shown_as_it_was_given(seller: Seller) -> None:
    listing = seller.listing(seller.draft())
    assert (listing["state"], listing["quantity"], listing["tags"]) == ("draft", 50, ["frog", "vinyl sticker"])
    assert listing["price"] == {"amount": 449, "divisor": 100, "currency_code": "USD"}


@pytest.mark.parametrize(
    "title",
    [
        "x" * 141,
        "Frog 🐸",
        "50% off, 100%",
        "a & b & c",
        "1 + 1 + 1",
        "one: two: three",
        "$5 frog",
        "frog ^",
        "frog `",
        "a\nb",
        " ",
    ],
)
def test_a_title_etsy_would_refuse_is_refused(seller: Seller, title: str) -> None:
    refused(seller, title=title)


@pytest.mark.parametrize("title", ["x" * 140, "Frög™ sticker: 50% off & more + (new)", "Don't – panic!"])
def test_a_title_within_the_rules_is_taken(seller: Seller, title: str) -> None:
    assert seller.listing(seller.draft(title=title))["title"] == title


def test_a_bad_title_is_told_as_an_array(seller: Seller) -> None:
    answer = seller.post("/listings", seller.form(title="Frog 🐸")).json()
    assert (answer[0]["path"], answer[0]["type"]) == ("/title/1", "invalid_characters")


@pytest.mark.parametrize(
    "tags",
    [
        "x" * 21,
        ",".join(f"tag {n}" for n in range(14)),
        "frog,Frog",
        "-frog",
        "'frog",
        "frog!",
        "a & b",
        "frog,,toad",
        "",
    ],
)
def test_tags_etsy_would_refuse_are_refused(seller: Seller, tags: str) -> None:
    assert "/tags" in refused(seller, tags=tags)


def test_thirteen_tags_of_twenty_characters_are_taken(seller: Seller) -> None:
    tags = [f"tag number {n:02d} is o.k"[:20].replace(".", "-") for n in range(13)]
    assert seller.listing(seller.draft(tags=",".join(tags)))["tags"] == tags


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "0.19"),
        ("price", "50000.01"),
        ("price", "4.499"),
        ("price", "cheap"),
        ("quantity", "0"),
        ("quantity", "1000"),
        ("when_made", "2020_2025"),
        ("who_made", "me"),
        ("taxonomy_id", "1"),
        ("shipping_profile_id", "9"),
        ("shop_section_id", "9"),
        ("readiness_state_id", None),
        ("shipping_profile_id", None),
        ("is_supply", None),
        ("price", None),
        ("sku", "ST-1"),
        ("state", "active"),
        ("tags[]", "frog"),
        ("production_partner_ids", "5"),
        ("materials", "a+b"),
    ],
)
def test_other_wrong_fields_are_refused(seller: Seller, field: str, value: str | None) -> None:
    answer = seller.post("/listings", seller.form(**{field: value}))
    assert answer.status_code in (400, 404), answer.text


def test_what_somebody_else_made_needs_a_production_partner(seller: Seller) -> None:
    assert "Oh dear" in refused(seller, who_made="someone_else")
    partner = seller.get("/shops/55500001/production-partners").json()["results"][0]["production_partner_id"]
    seller.draft(who_made="someone_else", production_partner_ids=str(partner))


def test_a_form_must_be_urlencoded_and_name_each_field_once(seller: Seller) -> None:
    assert seller.http.post(f"{SHOP}/listings", json=seller.form()).status_code == 400
    twice = {**seller.form(tags=None), "tags": ["a", "b"]}
    assert seller.http.post(f"{SHOP}/listings", data=twice).status_code == 400


def test_publishing_needs_an_image_and_a_return_policy(seller: Seller) -> None:
    listing = seller.draft(return_policy_id=None)
    assert seller.patch(listing, state="active").json()[0]["type"] == "array_too_short"
    seller.upload(listing)
    assert "return_policy_id" in seller.patch(listing, state="active").text
    assert seller.listing(listing)["state"] == "draft"
    assert seller.patch(listing, state="active", return_policy_id=str(seller.returns)).json()["state"] == "active"


def test_the_listing_fee_is_charged_at_first_sale_and_not_on_return(seller: Seller) -> None:
    listing = seller.published()
    seller.patch(listing, state="inactive")
    seller.patch(listing, state="active")
    seller.patch(listing, state="active")
    assert seller.fees() == [("listing", -20)]


def test_a_listing_expires_after_four_months_and_renewing_costs(seller: Seller) -> None:
    listing = seller.published()
    renewing = seller.published(should_auto_renew="true")
    seller.later(4 * MONTH)
    assert seller.listing(listing)["state"] == "expired"
    assert seller.listing(renewing)["state"] == "active"
    assert seller.patch(listing, state="active").json()["state"] == "active"
    assert [kind for kind, _ in seller.fees()] == ["listing", "listing", "auto_renew_expired", "renew_expired"]


def test_a_sold_out_listing_comes_back_with_one_piece_for_a_fee(seller: Seller) -> None:
    listing = seller.published(quantity="2")
    seller.buy(listing_id=listing, quantity=2)
    assert seller.listing(listing)["state"] == "sold_out"
    seller.patch(listing, state="active")
    assert seller.listing(listing)["quantity"] == 1
    assert seller.fees()[-1] == ("renew_sold", -20)


def test_nothing_becomes_a_draft_again_and_drafts_do_not_become_inactive(seller: Seller) -> None:
    listing = seller.draft()
    assert seller.patch(listing, state="inactive").status_code == 409
    assert seller.patch(listing, state="draft").status_code == 400


def test_nothing_is_published_on_vacation(seller: Seller) -> None:
    listing = seller.draft()
    seller.upload(listing)
    seller.http.post("/_sandbox/etsy", json={"vacation": True})
    assert "vacation" in seller.patch(listing, state="active").text


def test_price_and_quantity_are_no_part_of_an_update_and_origin_fields_go_together(seller: Seller) -> None:
    listing = seller.draft()
    assert seller.patch(listing, price="3.99").status_code == 400
    assert "without 'who_made'" in seller.patch(listing, when_made="made_to_order").text
    assert seller.patch(listing, title="New title", tags="one,two").json()["tags"] == ["one", "two"]


def test_a_deleted_listing_is_gone(seller: Seller) -> None:
    listing = seller.published()
    assert seller.http.delete(f"/v3/application/listings/{listing}").status_code == 204
    assert seller.http.delete(f"/v3/application/listings/{listing}").status_code == 404
    assert seller.get(f"/listings/{listing}").status_code == 404


def test_listings_are_paged_by_state_newest_first(seller: Seller) -> None:
    made = [seller.draft() for _ in range(5)]
    page = seller.get("/shops/55500001/listings", state="draft", limit=2, offset=1).json()
    assert page["count"] == 5
    assert [each["listing_id"] for each in page["results"]] == [made[3], made[2]]
    for wrong in ({"limit": 101}, {"offset": 12001}, {"state": "draft,active"}, {"sate": "draft"}):
        assert seller.get("/shops/55500001/listings", **wrong).status_code == 400


def test_a_batch_leaves_out_unknown_ids_and_takes_a_hundred(seller: Seller) -> None:
    listing = seller.published()
    batch = seller.get("/listings/batch", listing_ids=f"{listing},5", includes="Images").json()
    assert [each["listing_id"] for each in batch["results"]] == [listing]
    assert len(batch["results"][0]["images"]) == 1
    assert seller.get("/listings/batch", listing_ids=",".join(map(str, range(1, 102)))).status_code == 400
    assert seller.get("/listings/batch", listing_ids="1", includes="Inventory").status_code == 400


def test_images_keep_their_ranks(seller: Seller) -> None:
    listing = seller.draft()
    ids = [seller.upload(listing, rank=str(rank)).json()["listing_image_id"] for rank in (1, 2, 3)]
    replaced = seller.upload(listing, rank="2", overwrite="true", alt_text="A frog").json()
    assert (replaced["rank"], replaced["alt_text"], replaced["full_width"]) == (2, "A frog", None)
    wanted = [ids[0], replaced["listing_image_id"], ids[2]]
    assert [each["listing_image_id"] for each in seller.get(f"/listings/{listing}/images").json()["results"]] == wanted
    assert seller.http.delete(f"{SHOP}/listings/{listing}/images/{ids[0]}").status_code == 204
    seller.patch(listing, image_ids=f"{wanted[2]},{wanted[1]}")
    seller.http.post("/_sandbox/clock", json={"advance": 3})
    images = seller.get(f"/listings/{listing}/images").json()["results"]
    assert [(each["rank"], each["listing_image_id"]) for each in images] == [(1, wanted[2]), (2, wanted[1])]
    assert images[0]["full_width"] == 700


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF"])
def test_real_pictures_are_taken_and_others_refused(seller: Seller, kind: str) -> None:
    listing = seller.draft()
    content = picture((800, 600), kind)
    assert seller.upload(listing, content).status_code == 201
    for broken in (content[: len(content) // 2], b"not a picture", b""):
        assert "valid image" in seller.upload(listing, broken).text


def test_the_image_part_must_be_named_image_and_carry_a_filename(seller: Seller) -> None:
    listing = seller.draft()
    address = f"{SHOP}/listings/{listing}/images"
    answers: list[httpx.Response] = [
        seller.http.post(address, files={"file": ("a.png", picture())}),
        seller.http.post(address, files={"image": (None, picture())}),
        seller.http.post(address, data={"rank": "1"}),
        seller.upload(listing, rank="21"),
        seller.upload(listing, alt_text="x" * 501),
    ]
    assert [answer.status_code for answer in answers] == [400] * 5


def test_a_listing_has_at_most_twenty_images(seller: Seller) -> None:
    listing = seller.draft()
    assert [seller.upload(listing, picture((10, 10)), rank="20").status_code for _ in range(21)] == [201] * 20 + [400]


def test_a_draft_whose_answer_was_lost_exists(seller: Seller) -> None:
    seller.http.post(
        "/_sandbox/faults", json={"service": "etsy", "operation": "createDraftListing", "fault": "500_after"}
    )
    assert seller.post("/listings", seller.form()).status_code == 500
    assert seller.get("/shops/55500001/listings", state="draft").json()["count"] == 1


def test_reading_may_lag_behind_writing(seller: Seller) -> None:
    seller.http.post("/_sandbox/etsy", json={"read_lag": 60})
    draft = seller.draft()
    answer = seller.upload(draft)
    assert answer.status_code == 201, "writing knows the listing at once"
    places = (f"/listings/{draft}", f"/listings/{draft}/inventory", f"/listings/{draft}/images")
    for place in places:
        assert seller.http.get(f"/v3/application{place}").status_code == 404
    drafts = f"{SHOP}/listings?state=draft"
    assert seller.http.get(drafts).json()["count"] == 0
    seller.http.post("/_sandbox/clock", json={"advance": 60})
    for place in places:
        assert seller.http.get(f"/v3/application{place}").status_code == 200
    assert seller.http.get(drafts).json()["count"] == 1
