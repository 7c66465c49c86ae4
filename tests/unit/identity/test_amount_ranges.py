"""Ranges and words of employees and revenues, and what cannot be read."""

# ruff: noqa: RUF001 - letters of other scripts are meant

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.identity.amount_ranges import (
    UNBOUNDED,
    agreed_currency,
    read_currency,
    read_employees,
    read_range,
)

K, M, B = 1_000, 1_000_000, 1_000_000_000


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("1200", 1200, 1200),
        ("1,200", 1200, 1200),
        ("1.200", 1200, 1200),
        ("1 200", 1200, 1200),
        ("1'200", 1200, 1200),
        ("51-200", 51, 200),
        ("51 - 200", 51, 200),
        ("51\u2013200 employees", 51, 200),
        ("51 to 200", 51, 200),
        ("51 bis 200 Mitarbeiter", 51, 200),
        ("de 51 à 200", 51, 200),
        ("from 51 to 200", 51, 200),
        ("between 51 and 200", 51, 200),
        ("1,001-5,000", 1001, 5000),
        ("10.001 - 50.000", 10001, 50000),
        ("1,000+", 1000, UNBOUNDED),
        ("10,000+ employees", 10000, UNBOUNDED),
        ("1000 or more", 1000, UNBOUNDED),
        ("> 500", 501, UNBOUNDED),
        (">=500", 500, UNBOUNDED),
        ("more than 500", 501, UNBOUNDED),
        ("über 500", 501, UNBOUNDED),
        ("plus de 500", 501, UNBOUNDED),
        ("ab 500", 500, UNBOUNDED),
        ("<50", 0, 49),
        ("less than 50", 0, 49),
        ("up to 50", 0, 50),
        ("bis 50", 0, 50),
        ("max. 50", 0, 50),
        ("10k", 10 * K, 10 * K),
        ("10K+", 10 * K, UNBOUNDED),
        ("1-5k", 1 * K, 5 * K),
        ("about 500", 500, 500),
        ("ca. 500", 500, 500),
        ("~500", 500, 500),
        ("approx. 1,500 people", 1500, 1500),
        ("500 FTE", 500, 500),
        ("\uff15\uff10\uff10人", 500, 500),
        ("約500名", 500, 500),
        ("1.5k", 1500, 1500),
        ("0", 0, 0),
    ],
)
def test_employees_are_read_as_people_write_them(text: str, low: int, high: int) -> None:
    found = read_employees(text)
    assert (found.low, found.high) == (low, high)


@pytest.mark.parametrize(
    ("text", "low", "high", "currency"),
    [
        ("$10M-$50M", 10 * M, 50 * M, "USD"),
        ("$10M - $50M", 10 * M, 50 * M, "USD"),
        ("$10-50M", 10 * M, 50 * M, "USD"),
        ("10-50 million USD", 10 * M, 50 * M, "USD"),
        ("USD 10m to 50m", 10 * M, 50 * M, "USD"),
        ("$500K-$1M", 500 * K, 1 * M, "USD"),
        ("$1B+", B, UNBOUNDED, "USD"),
        ("over $1 billion", B + 1, UNBOUNDED, "USD"),
        ("under €5M", 0, 5 * M - 1, "EUR"),
        ("5 Mio. EUR", 5 * M, 5 * M, "EUR"),
        ("ca. 5 Mio. €", 5 * M, 5 * M, "EUR"),
        ("1,2 Mrd. Euro", 1_200 * M, 1_200 * M, "EUR"),
        ("€1.2bn", 1_200 * M, 1_200 * M, "EUR"),
        ("£2.5m p.a.", 2_500 * K, 2_500 * K, "GBP"),
        ("10 millions d'euros", 10 * M, 10 * M, "EUR"),
        ("US$ 1,000,000", M, M, "USD"),
        ("1.000.000,50 EUR", Decimal("1000000.50"), Decimal("1000000.50"), "EUR"),
        ("1,000,000.50 USD", Decimal("1000000.50"), Decimal("1000000.50"), "USD"),
        ("C$10M", 10 * M, 10 * M, "CAD"),
        ("R$ 5 milhões", 5 * M, 5 * M, "BRL"),
        ("₹ 5,00,000", 500 * K, 500 * K, "INR"),
        ("₹50 crore", 500 * M, 500 * M, "INR"),
        ("3億円", 300 * M, 300 * M, "JPY"),
        ("100万元", M, M, "CNY"),
        ("5 млн руб", 5 * M, 5 * M, "RUB"),
        ("750000000", 750 * M, 750 * M, None),
        ("10M-50M", 10 * M, 50 * M, None),
        ("annual revenue: $10M", 10 * M, 10 * M, "USD"),
        ("2 mil millones de dollars", 2 * B, 2 * B, "USD"),
        ("2 Billionen EUR", 2_000 * B, 2_000 * B, "EUR"),
    ],
)
def test_revenues_are_read_as_people_write_them(
    text: str, low: Decimal, high: Decimal, currency: str | None
) -> None:
    assert read_range(text) == (low, high, currency)


@pytest.mark.parametrize(
    "text",
    [
        "", "lots", "small", "N/A", "-", "$", "10M USD - 50M EUR", "50-10", "1-2-3", "-5", "5%", "12 locations",
        "1.250 million", "500-1B", "1.2.3", "1,23,4", "10 20", "5 mil", "<10-50", "ten", "9" * 101, "1e9", "10M k",
        "€ 5 $",
    ],
)  # fmt: skip
def test_a_text_that_needs_a_guess_cannot_be_read(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_range(text)


@pytest.mark.parametrize("text", ["$500", "1.5", "2B", "500 EUR"])
def test_an_amount_of_money_or_a_fraction_is_not_a_number_of_employees(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        read_employees(text)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_every_pair_of_numbers_is_a_range(one: int, other: int) -> None:
    low, high = sorted((one, other))
    for written in (f"{low}-{high}", f"{low:,} - {high:,}", f"{low} to {high} employees"):
        assert read_employees(written)[:2] == (low, high)
    assert read_employees(low)[:2] == (low, low)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read_range(text)
    except ValueError:
        return
    assert 0 <= found.low <= found.high <= UNBOUNDED


@pytest.mark.parametrize(
    ("text", "code"),
    [("USD", "USD"), ("usd", "USD"), (" eur ", "EUR"), ("€", "EUR"), ("US Dollars", "USD"), ("XYZ", None), ("", None), (None, None), ("EUR USD", None)],
)  # fmt: skip
def test_a_currency_is_read_by_code_sign_or_name(text: str | None, code: str | None) -> None:
    assert read_currency(text) == code


@pytest.mark.parametrize(
    ("stated", "written", "agreed"),
    [("USD", None, "USD"), (None, "EUR", "EUR"), ("EUR", "EUR", "EUR"), ("CAD", "USD", "CAD"), ("EUR", "USD", None), (None, None, None)],
)  # fmt: skip
def test_a_field_and_an_amount_must_agree_on_the_currency(
    stated: str | None, written: str | None, agreed: str | None
) -> None:
    assert agreed_currency(stated, written) == agreed
