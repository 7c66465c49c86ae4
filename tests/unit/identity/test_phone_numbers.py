"""Notations of one phone number are one, numbers that differ in a digit are two, and fillers prove nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.identity.phone_numbers import is_same_phone

LONDON = (
    "+44 20 7946 0958",
    "+44 (0)20 7946 0958",
    "+44 (0) 20 7946 0958",
    "+44/020/79460958",
    "+44.20.7946.0958",
    "+44-20-7946-0958",
    "0044 20 7946 0958",
    "00 44 (0)20 79460958",
    "(020) 7946 0958",
    "020 7946 0958",
    "+442079460958",
    "+44 20 7946 0958 x12",
    "+44 20 7946 0958 ext. 12",
    "+44 20 7946 0958 ext 12",
    "+44 20 7946 0958;ext=12",
    "+44 20 7946 0958 #12",
    "+44 20 7946 0958, ext. 12",
    "tel:+44-20-7946-0958",
    "Tel. +44 20 7946 0958",
    "\uff0b\uff14\uff14 \uff12\uff10 \uff17\uff19\uff14\uff16 \uff10\uff19\uff15\uff18",
    "\u202a+44 20 7946 0958\u202c",
    "+44 20 7946 0958, +44 20 7946 0001",
)
BOSTON = (
    "+1 617 555 0142",
    "(617) 555-0142",
    "617.555.0142 x123",
    "1-617-555-0142",
    "001 617 555 0142",
    "6175550142",
)


@pytest.mark.parametrize("one", LONDON)
@pytest.mark.parametrize("other", LONDON[:1] + LONDON[8:10])
def test_every_notation_is_one_number(one: str, other: str) -> None:
    assert is_same_phone(one, other, "GB", "GB")
    assert is_same_phone(other, one, None, "GB")


@pytest.mark.parametrize("one", BOSTON)
@pytest.mark.parametrize("other", BOSTON)
@pytest.mark.parametrize("countries", [("US", "US"), ("US", None), (None, None)])
def test_a_national_number_is_read_in_its_country(
    one: str, other: str, countries: tuple[str | None, str | None]
) -> None:
    assert is_same_phone(one, other, *countries)


@pytest.mark.parametrize(
    ("one", "other", "countries"),
    [
        ("+49 30 901820", "030/901820", (None, None)),
        ("+49 30 901820", "030/901820", ("US", None)),
        ("+1 503-555-0100", "5035550100", (None, None)),
        ("+39 06 1234576", "06 1234576", ("IT", None)),
        ("011 44 20 7946 0958", "+44 20 7946 0958", ("US", "US")),
        ("+44 20 7946 0958", "442079460958", (None, None)),
    ],
)
def test_a_number_without_a_code_is_read_in_the_country_of_the_other(
    one: str, other: str, countries: tuple[str | None, str | None]
) -> None:
    assert is_same_phone(one, other, *countries)
    assert is_same_phone(other, one, *reversed(countries))


@given(st.integers(0, 9), st.integers(0, 9))
def test_numbers_that_differ_in_a_digit_are_two(place: int, digit: int) -> None:
    digits = "2079460958"
    other = digits[:place] + str(digit) + digits[place + 1 :]
    for written in (f"+44 {other}", f"+44 (0){other}", f"0{other}", f"+44 {other} x12"):
        assert is_same_phone("+44 20 7946 0958", written, "GB", "GB") is (other == digits)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+44 20 7946 0958", "+1 20 7946 0958"),
        ("+49 30 901820", "+43 30 901820"),
        ("030 901820", "040 901820"),
        ("+44 20 7946 0958 x12", "+44 20 7946 0959 x12"),
    ],
)
def test_numbers_of_two_places_are_two(one: str, other: str) -> None:
    assert not is_same_phone(one, other, "DE", "DE")


@pytest.mark.parametrize(
    "filler",
    [
        "1234567890", "123-456-7890", "(123) 456-7890", "+1 123 456 7890", "0123456789", "0000000000", "1111111111",
        "+49 111 1111111", "555-555-5555", "9876543210", "12345", "123", "0", "", "-", "N/A", "none", "xxx", "x",
        "unknown", "k.A.", "+", "call me", "987654321",
    ],
)  # fmt: skip
def test_a_filler_proves_nothing(filler: str) -> None:
    for country in ("US", None):
        assert not is_same_phone(filler, filler, country, country)


def test_a_missing_number_proves_nothing() -> None:
    assert not is_same_phone(None, None)
    assert not is_same_phone("+44 20 7946 0958", None)


@pytest.mark.parametrize(
    "written",
    [
        "+44 20 7946 0958 (ext 12)",
        "+44 20 7946 0958 poste 12",
        "+44 20 7946 0958 доб. 12",
        "+44 20 7946 0958 内線12",
        "+44 20 7946 0000 / +44 20 7946 0958",
        "+44 20 7946 0958 (office), +44 7700 900123 (mobile)",
        "phone +44 20 7946 0958 mob +44 7700 900123",
        "+44 7700 900123\n+44 20 7946 0958",
        "+44 7700 900123 +44 20 7946 0958",
        "011 44 20 7946 0958",
        *(
            "+44 20 7946 0958 (office)",
            "+44 20 7946 0958 (Zentrale)",
            "+44 20 7946 0958, Ann Lee",
            "+44_20_7946_0958",
        ),
        *("+44 20 7946 0958 App. 3", "+44 20 7946 0958, press 4", "+44 20 7946 0958 opt 2"),
        "442079460958.0",
        "+44 2079460958.0",
        "\u202a+44 20 7946 0958\u202c",
        "+\u0664\u0664 \u0662\u0660 \u0667\u0669\u0664\u0666 \u0660\u0669\u0665\u0668",
    ],
)
def test_fields_of_exports_hold_the_number(written: str) -> None:
    assert is_same_phone(written, "+44 20 7946 0958")
    assert not is_same_phone(written, "+44 20 7946 0959")


def test_a_number_with_letters_is_dialled_by_its_keys() -> None:
    assert is_same_phone("1-800-FLOWERS", "+1 800 356 9377")
    assert is_same_phone("800 FLOWERS", "(800) 356-9377", "US", "US")


@pytest.mark.parametrize(
    "filler", ["1212121212", "123123123", "+10000000000", "+44 0000 000000", "call me please"]
)
def test_a_pattern_and_zeros_behind_a_code_prove_nothing(filler: str) -> None:
    assert not is_same_phone(filler, filler)
