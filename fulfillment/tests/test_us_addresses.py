"""A block of lines as Etsy shows it becomes the fields of an address, or a refusal that repeats nothing of it."""

import pytest

from fulfillment import us_addresses
from fulfillment.privacy import Address

HOME = Address("Quillon Marsh", "12 Teapot Lane", "", "Dryville", "NM", "87001-4242", "US")


@pytest.mark.parametrize(
    ("block", "place"),
    [
        ("Quillon Marsh\n12 Teapot Lane\nDryville, NM 87001-4242\nUnited States", ("", "Dryville", "NM", "87001-4242")),
        ("  quillon\r\n\r\n12 Teapot   Lane\r\nDRYVILLE NM 87001\r\n", ("", "DRYVILLE", "NM", "87001")),
        ("Q\nCare of M\n12 Teapot Lane\nUnit 4\nDryville, New Mexico, 87001\nUSA",
         ("12 Teapot Lane, Unit 4", "Dryville", "NM", "87001")),
        ("Q\n12 T\nKansas City, Kansas 66101", ("", "Kansas City", "KS", "66101")),
        ("Q\n12 T\nWest, West Virginia 25001", ("", "West", "WV", "25001")),
        ("Q\n12 T\nWashington, District of Columbia 20001", ("", "Washington", "DC", "20001")),
        ("Q\nUnit 100, Box 4120\nAPO, AP 96201-1234\nUnited States", ("", "APO", "AP", "96201-1234")),
    ],
)  # fmt: skip
def test_a_block_is_read_into_fields(block: str, place: tuple[str, ...]) -> None:
    read = us_addresses.read(block)
    assert (read.second_line, read.city, read.state, read.zip) == place
    assert us_addresses.wrong(read) == {}


@pytest.mark.parametrize(
    ("block", "why"),
    [
        ("", "No line ends"), ("Quillon Marsh\n12 Teapot Lane\nToronto ON M5V 2T6\nCanada", "No line ends"),
        ("Quillon Marsh\n12 Teapot Lane\nDryville, NM 87001\nCanada", "not the United States"),
        ("12 Teapot Lane\nDryville, NM 87001", "Name or street"),
        ("Quillon\n12 Teapot Lane\nDryville, ZZ 87001", "No line"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_apart_is_refused_without_repeating_it(block: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refusal:
        us_addresses.read(block)
    assert not any(word in str(refusal.value) for word in ("Quillon", "Teapot", "Dryville", "Toronto", "Canada"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("first_line", ""), ("city", ""), ("state", "ZZ"), ("zip", "8700"), ("zip", "87001-42"),
     ("zip", "٨٧٠٠١x"), ("country", "CA")],
)  # fmt: skip
def test_each_wrong_field_is_named(field: str, value: str) -> None:
    assert us_addresses.wrong(HOME) == {}
    assert list(us_addresses.wrong(Address(**{**vars(HOME), field: value}))) == [field]
