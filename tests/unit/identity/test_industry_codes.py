"""Industry codes, ranges of codes and words."""

from __future__ import annotations

import pytest

from workers.identity.industry_codes import codes_of, expand_code, industry_word, is_covered, read_codes


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        ("6021", ("6021",)),
        (" 0111 ", ("0111",)),
        ("31-33", ("31-33",)),
        ("31\u201333", ("31-33",)),
        ("31 - 33", ("31-33",)),
        ("44-45 Retail Trade", ("44-45",)),
        ("6021 - National Commercial Banks", ("6021",)),
        ("NAICS 522110", ("522110",)),
        ("SIC: 6021, 6022", ("6021", "6022")),
        ("522110: Commercial Banking", ("522110",)),
        ("33-31", ("33", "31")),
        ("Banking", ()),
        ("N/A", ()),
        ("1", ()),
        ("64.19", ()),
    ],
)
def test_codes_are_read_as_people_write_them(item: str, codes: tuple[str, ...]) -> None:
    assert read_codes(item) == codes


def test_the_codes_of_a_list_are_sorted_and_each_counts_once() -> None:
    assert codes_of(["6022", "6021 - Banks", "6021", "Banking"]) == ("6021", "6022")


@pytest.mark.parametrize(
    ("industry", "items", "word"),
    [
        ("Banking", (), "Banking"),
        (None, ("Banking",), "Banking"),
        (None, ("6021",), None),
        ("N/A", ("6021", "Credit union"), "Credit union"),
        (None, (), None),
    ],
)
def test_the_word_of_an_industry_is_the_stated_one(
    industry: str | None, items: tuple[str, ...], word: str | None
) -> None:
    assert industry_word(industry, items) == word


def test_a_range_is_all_its_codes() -> None:
    assert expand_code("31-33") == ("31", "32", "33")
    assert expand_code("6021") == ("6021",)
    assert expand_code("33-31") == ("33",)


@pytest.mark.parametrize(
    ("code", "listed", "covered"),
    [
        ("6021", ("60",), True),
        ("6021", ("6022",), False),
        ("6021", (), False),
        ("31-33", ("31", "32", "33"), True),
        ("31-33", ("3",), True),
        ("31-33", ("31",), None),
        ("31-33", ("52",), False),
    ],
)
def test_a_range_across_the_listed_codes_is_neither_in_nor_out(
    code: str, listed: tuple[str, ...], covered: bool | None
) -> None:
    assert is_covered(code, listed) is covered


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        ("6021.0", ("6021",)),
        ("522110.00", ("522110",)),
        ('="6021"', ("6021",)),
        ("'0111", ("0111",)),
        ("SIC6021", ("6021",)),
        ("NAICS 2022: 522110", ("522110",)),
        ("522110 (2022)", ("522110",)),
        ("6021-01", ("6021",)),
        ("6021 to 6029", ("6021-6029",)),
        ("6021/6022", ("6021", "6022")),
        ("6021 National Commercial Banks; 6022 State Commercial Banks", ("6021", "6022")),
        ("National Commercial Banks (6021)", ("6021",)),
        ("National Commercial Banks - 6021", ("6021",)),
        ("5221xx", ("5221",)),
        ("US SIC 6021", ("6021",)),
        ("SIC-Code 6021", ("6021",)),
        ("US SIC 1987: 6021", ("6021",)),
        ("NAICS-2022 522110", ("522110",)),
        ("31 through 33", ("31-33",)),
        ("100 % banking", ()),
        ("0000", ()),
        ("Manufacturing (31-33)", ("31-33",)),
        ("Top 100 Banks", ()),
        ("24/7 services", ()),
        ("Industry 4.0", ()),
        ("Fortune 500 retail", ()),
    ],
)
def test_codes_of_exports_are_read_and_numbers_of_things_are_not(item: str, codes: tuple[str, ...]) -> None:
    assert read_codes(item) == codes
