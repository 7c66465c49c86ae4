"""The columns of tables of territories: their names, the character between them, and ranges of postal codes.

In: the first line of a CSV file as a spreadsheet writes it, and cells. Out: the columns of the policy, and slips in them.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from workers.identity.country_names import read_country
from workers.policy.problem import quote

TO: Final = "to"
LISTS: Final = {
    "country": "countries",
    "region": "regions",
    "postal_code": "postal_codes",
    "language": "languages",
    "product_interest": "product_interest",
}
"""Columns with several values, separated by semicolons, and the condition of each. Those of ``product_interest`` are patterns."""
SIZES: Final = ("employees", "revenue", "age")
"""Columns with a range: 1-999, 1000-, or -999. ``age`` is that of the company in calendar years."""
FIELD: Final = "fields."
"""Begin of the column of a custom field: ``fields.plan``. Its cells are patterns."""
_COLUMNS: Final = (*LISTS, *SIZES, "industry")
_FIELD_COLUMN: Final = re.compile(re.escape(FIELD) + r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_RANGE_OF_CODES: Final = re.compile(r"([0-9]{1,3})\s*-\s*([0-9]{1,3})", re.ASCII)
"""A range of beginnings of postal codes, as 80-81."""
_HYPHENATED: Final = frozenset({"BR", "CL", "JP", "KR", "NI", "PL", "PT", "TW", None})
"""Countries whose postal codes have a hyphen, and a country that cannot be read."""
_OTHER_DELIMITERS: Final = (";", "\t")
"""Characters between cells in countries where the comma is the decimal mark. Cells with semicolons are then in quotes."""
_MEANT: Final = {
    **dict.fromkeys(("zip", "zip_code", "zip_codes", "postcode", "postal", "plz"), "postal_code"),
    **dict.fromkeys(("state", "province", "state_province", "regions"), "region"),
    **dict.fromkeys(("countries", "country_code", "land"), "country"),
    **dict.fromkeys(("size", "headcount", "company_size", "employee_count"), "employees"),
    **dict.fromkeys(("turnover", "annual_revenue"), "revenue"),
    **dict.fromkeys(("founded", "year_founded", "company_age", "years"), "age"),
    **dict.fromkeys(("product", "products", "interest", "solution"), "product_interest"),
    **dict.fromkeys(("sic", "naics", "sector", "industries"), "industry"),
    **dict.fromkeys(("owner", "rep", "desk", "target", "assignee", "team", "partner", "queue"), TO),
}
"""The column that other names of spreadsheets mean."""


class Slip(NamedTuple):
    """The mistake in a line of a table."""

    line: int
    found: str
    expected: str


def delimiter_of(text: str) -> str:
    """Return the character between cells: a semicolon or a tab if the first line has it and no comma, else a comma."""
    first = next(
        (line for line in text.splitlines() if line.strip(" ,;\t") and not line.lstrip().startswith("#")), ""
    )
    return "," if "," in first else next((one for one in _OTHER_DELIMITERS if one in first), ",")


def column_of(name: str) -> str:
    """Return the name of a column as a spreadsheet may write it: "Postal code" is postal_code."""
    return re.sub(r"[\s_-]+", "_", name.strip().lower())


def check_columns(number: int, columns: list[str]) -> list[Slip]:
    """Return the slips in the names of the columns, which are in line ``number``."""
    known = f"columns of {', '.join(_COLUMNS)}, {FIELD}NAME for a custom field, and {TO}"
    slips = [
        Slip(
            number,
            f"the column {quote(one)}",
            known + (f" (did you mean {_MEANT[one]}?)" if one in _MEANT else ""),
        )
        for one in columns
        if one not in {*_COLUMNS, TO} and not _FIELD_COLUMN.fullmatch(one)
    ]
    slips += [
        Slip(number, f"the column {one} twice", "each column once")
        for one in dict.fromkeys(columns)
        if columns.count(one) > 1
    ]
    if not slips and (TO not in columns or len(columns) < 2):  # noqa: PLR2004 - a condition and the target
        slips.append(Slip(number, "a table without a condition or a target", known))
    return slips


def has_postal_ranges(countries: str) -> bool:
    """Whether a hyphen in a postal code of these countries can only be a range."""
    codes = {read_country(one.strip()) for one in countries.split(";") if one.strip()}
    return bool(codes) and codes.isdisjoint(_HYPHENATED)


def expand_postal_range(code: str) -> list[str]:
    """Return the beginnings of postal codes of a range, as 80 and 81 for 80-81. Of any other text, the text."""
    found = _RANGE_OF_CODES.fullmatch(code)
    if found is None or len(found[1]) != len(found[2]) or found[1] > found[2]:
        return [code]
    return [f"{one:0{len(found[1])}d}" for one in range(int(found[1]), int(found[2]) + 1)]
