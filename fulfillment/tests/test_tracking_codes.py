"""Tracking codes: pasted with blanks, told apart by carrier, doubted when a figure is wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fulfillment import tracking_codes

GOOD = {
    "9400111202555842332669": "usps",
    "RB123456785US": "usps",
    "1Z5R89390357567127": "ups",
    "1Z999AA10123456784": "ups",
    "986578788855": "fedex",
    "568283610012000": "fedex",
}


@pytest.mark.parametrize("code", GOOD)
def test_codes_of_each_carrier_are_known(code: str) -> None:
    assert (tracking_codes.carrier_of(code), tracking_codes.doubt(code)) == (GOOD[code], "")


@pytest.mark.parametrize("code", GOOD)
def test_a_wrong_last_figure_is_told(code: str) -> None:
    place = next(place for place in range(len(code) - 1, 0, -1) if code[place].isdigit())
    wrong = f"{code[:place]}{(int(code[place]) + 1) % 10}{code[place + 1 :]}"
    assert "check digit" in tracking_codes.doubt(wrong)
    assert tracking_codes.carrier_of(wrong) == ""


@pytest.mark.parametrize(
    "pasted",
    ["9400 1112 0255 5842 3326 69", " 9400-1112-0255-5842-3326-69\n", "9400\u00a01112\u00a00255584233\u200b2669",
     "420870019400111202555842332669", "4208700142429400111202555842332669"],
)  # fmt: skip
def test_what_is_pasted_loses_blanks_dashes_and_the_zip_code_of_scanners(pasted: str) -> None:
    assert tracking_codes.clean(pasted) == "9400111202555842332669"


def test_no_code_is_a_letter_and_nothing_to_doubt() -> None:
    assert (tracking_codes.clean(" \n"), tracking_codes.doubt("")) == ("", "")


def test_words_are_no_code() -> None:
    assert "looks like no code" in tracking_codes.doubt(tracking_codes.clean("sent it"))


@given(st.text())
def test_cleaning_twice_is_cleaning_once(pasted: str) -> None:
    once = tracking_codes.clean(pasted)
    assert tracking_codes.clean(once) == once
    tracking_codes.doubt(once)
