"""Other numbers in a policy's text."""

from __future__ import annotations

import pytest

from workers.policy.changed_text import NoNumberError, with_next_version, with_numbers

GRADE = "version: 9  # the ninth\ngrade: {fit: {A: 110, B: 99, C: 5}, behaviour: {1: 30}}\nrules:\n  - {points: -10}\n"


def test_several_numbers_of_one_line_change_though_their_lengths_differ() -> None:
    changed = with_numbers(
        GRADE, {("grade", "fit", "A"): 9, ("grade", "fit", "B"): 1_000, ("grade", "fit", "C"): 7}
    )
    assert "{fit: {A: 9, B: 1000, C: 7}, behaviour: {1: 30}}" in changed


def test_negative_numbers_are_read_and_written() -> None:
    place = ("rules", 0, "points")
    assert with_numbers(GRADE, {place: -7}).endswith("  - {points: -7}\n")
    assert with_numbers(GRADE, {place: 7}).endswith("  - {points: 7}\n")


def test_the_version_rises_by_one() -> None:
    assert with_next_version(GRADE, {}).startswith("version: 10  # the ninth\n")


def test_a_place_without_a_number_is_named() -> None:
    with pytest.raises(NoNumberError, match=r"grade\.fit\.D"):
        with_numbers(GRADE, {("grade", "fit", "D"): 1})
    with pytest.raises(NoNumberError, match=r"rules\[1\]"):
        with_numbers(GRADE, {("rules", 0): 1})
