"""Values that mean "not given"."""

from __future__ import annotations

import pytest

from workers.identity.placeholders import is_filler, is_placeholder


@pytest.mark.parametrize(
    "value",
    ["", " ", "-", "--", "...", "?", "N/A", "n.a.", "NA", "none", "NULL", "(null)", "[not set]", "undefined", "nil", "0",
     "00000", "xxx", "XXX", "x", "k.A.", "keine Angabe", "n.v.t.", "なし", "нет", "Please select", "[object Object]",
     "not provided", "Unknown", "\uff2e\uff0f\uff21", "\u200b"],
)  # fmt: skip
def test_a_value_that_was_not_given_is_a_placeholder(value: str) -> None:
    assert is_placeholder(value)


@pytest.mark.parametrize(
    "value", ["10115", "V0A 1K0", "visitor-7", "12", "+49 30 1234567", "Nordea", "no-17", "x1", "100"]
)
def test_a_value_that_was_given_is_not_a_placeholder(value: str) -> None:
    assert not is_placeholder(value)


@pytest.mark.parametrize(
    "value", ["99999", "11111", "aaaa", "12345", "1234567890", "0123456789", "987654", "00"]
)
def test_one_character_repeated_or_digits_in_order_are_a_filler(value: str) -> None:
    assert is_filler(value)


@pytest.mark.parametrize("value", ["10115", "123", "1", "2125550142", "1357", "abcd"])
def test_other_characters_are_not_a_filler(value: str) -> None:
    assert not is_filler(value)
