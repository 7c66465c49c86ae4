"""Tables of territories: lines of a CSV file beside the policy, each with conditions and a target.

In: the text of a table. Out: its lines, the narrowest first, and what is wrong with them by line. Of the lines that fit a
lead the narrowest decides, so the order of the file does not matter. Two lines that one company can fit, neither of which
is narrower, are refused.
"""

from __future__ import annotations

import csv
import io
import re
from functools import lru_cache
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from pydantic import ValidationError

from workers.policy.conditions import GLOB_KEYS, IndustryCodes, LeadConditions, Span
from workers.policy.problem import quote
from workers.policy.table_columns import (
    FIELD,
    LISTS,
    SIZES,
    TO,
    Slip,
    check_columns,
    column_of,
    delimiter_of,
    expand_postal_range,
    has_postal_ranges,
)
from workers.policy.text_patterns import may_match_one_text

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}\.csv", re.ASCII)
"""The form of the name of a table's file. It has no folder: the file is beside the policy."""
TARGETS: Final = re.compile(r"(desk|rep|partner) ([A-Za-z0-9][A-Za-z0-9_.@-]{0,127})", re.ASCII)
MOST_LINES: Final = 2_000
MOST_OVERLAPS: Final = 20
"""The most overlaps that one check of a table lists."""
_RANGE: Final = re.compile(r"\s*([0-9][0-9.]*[KMB]?)?\s*-\s*([0-9][0-9.]*[KMB]?)?\s*", re.ASCII)


class TableLine(NamedTuple):
    """One line of a table."""

    number: int
    """The line of the file, from 1."""
    conditions: LeadConditions
    """The conditions that must all hold."""
    target: str
    """``desk``, ``rep`` or ``partner``."""
    name: str
    """The name of the desk or partner, or the rep_id."""


class Table(NamedTuple):
    """A table that was read."""

    lines: tuple[TableLine, ...]
    """The lines, each before those that cover it. Of equals the first of the file."""
    slips: tuple[Slip, ...]


@lru_cache(maxsize=32)
def read_table(text: str) -> Table:
    """Return the lines of a table and its slips. The same text returns the same object."""
    rows = [
        (number, [cell.strip() for cell in row])
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter_of(text)), start=1)
        if any(cell.strip() for cell in row) and not row[0].lstrip().startswith("#")
    ]
    if not rows:
        return Table((), (Slip(1, "an empty table", f"a first line with names of columns, as country,{TO}"),))
    (first, names), *others = rows
    columns = [column_of(name) for name in names]
    slips = list(check_columns(first, columns))
    if slips:
        return Table((), tuple(slips))
    if len(others) > MOST_LINES:
        return Table((), (Slip(first, f"{len(others)} lines", f"at most {MOST_LINES}"),))
    lines: list[TableLine] = []
    for number, cells in others:
        made = _read_line(number, dict(zip(columns, cells, strict=False)), len(cells) - len(columns))
        if isinstance(made, Slip):
            slips.append(made)
        else:
            lines.append(made)
    neighbours = _find_neighbours(lines)
    slips += islice(_find_overlaps(lines, neighbours), MOST_OVERLAPS)
    return Table(tuple(_narrowest_first(lines, neighbours)), tuple(slips))


def _read_line(number: int, cells: dict[str, str], surplus: int) -> TableLine | Slip:
    """Return a line of the table, or the first slip in it. ``surplus``: cells without a column."""
    if surplus:
        return Slip(
            number, f"{abs(surplus)} cells too {'many' if surplus > 0 else 'few'}", "one for each column"
        )
    target = TARGETS.fullmatch(cells[TO])
    if target is None:
        return Slip(number, quote(cells[TO]), "desk NAME, rep REP_ID or partner NAME, as desk west")
    given: dict[str, Any] = {}
    for column, cell in cells.items():
        if cell and column != TO and not _add_cell(given, column, cell, cells.get("country", "")):
            return Slip(number, f"{column} {quote(cell)}", "a range, as 1-999, 1000- or -999")
    try:
        conditions = LeadConditions.model_validate(given)
    except ValidationError as error:
        detail = error.errors(include_url=False)[0]
        key, *below = detail["loc"]
        column = next((one for one, condition in LISTS.items() if condition == key), str(key))
        if key == "fields":
            column = f"{FIELD}{below[0]}"
        found = detail["input"] if isinstance(detail["input"], str) else cells[column]
        expected = detail.get("ctx", {}).get("expected") or "sic or naics with a code, as sic 60"
        return Slip(number, f"{column} {quote(found)}", str(expected))
    return TableLine(number, conditions, target[1], target[2])


def _add_cell(given: dict[str, Any], column: str, cell: str, countries: str) -> bool:
    """Add the condition of a cell to those of its line. Return False for a size that is not a range."""
    values = [one.strip() for one in cell.split(";") if one.strip()]
    if column.startswith(FIELD):
        given.setdefault("fields", {})[column.removeprefix(FIELD)] = values
    elif column in LISTS:
        is_range = column == "postal_code" and has_postal_ranges(countries)
        given[LISTS[column]] = [
            code for one in values for code in (expand_postal_range(one) if is_range else (one,))
        ]
    elif column in SIZES:
        span = _RANGE.fullmatch(cell)
        if span is None or span[1] is span[2] is None:
            return False
        given[column] = {key: one for key, one in (("from", span[1]), ("to", span[2])) if one is not None}
    else:
        codes: dict[str, list[str]] = {}
        for one in values:
            system, _, code = one.lower().partition(" ")
            codes.setdefault(system, []).append(code.strip())
        given[column] = codes
    return True


def _find_neighbours(lines: list[TableLine]) -> list[list[int]]:
    """Return for each line the positions of the others that share a country and the beginning of a postal code with it.

    Only those can fit the same lead. Without this choice a table of 2,000 lines has two million pairs to compare.
    """
    everyone = set(range(len(lines)))
    shared = [everyone.copy() for _ in lines]
    for keys in (
        [line.conditions.countries for line in lines],
        [tuple({code[0] for code in line.conditions.postal_codes}) for line in lines],
    ):
        found: dict[str, set[int]] = {}
        for at, values in enumerate(keys):
            for value in values:
                found.setdefault(value, set()).add(at)
        of_any = {at for at, values in enumerate(keys) if not values}
        for at, values in enumerate(keys):
            if values:
                shared[at] &= of_any.union(*(found[value] for value in values))
    return [sorted(others - {at}) for at, others in enumerate(shared)]


def _find_overlaps(lines: list[TableLine], neighbours: list[list[int]]) -> Iterator[Slip]:
    """Yield each line that a company can fit together with an earlier one, where neither is narrower."""
    for at, line in enumerate(lines):
        near = [lines[one] for one in neighbours[at]]
        for other in near:
            mine, theirs = line.conditions, other.conditions
            if other.number > line.number or not _can_both_hold(mine, theirs):
                continue
            narrower, wider = theirs.covers(mine), mine.covers(theirs)
            if narrower and wider:
                yield Slip(line.number, f"the conditions of line {other.number}", "each territory once")
                break
            if not (narrower or wider) and not any(_is_both(one.conditions, mine, theirs) for one in near):
                expected = "lines that no company can both fit, or a further line for those that fit both"
                yield Slip(line.number, f"an overlap with line {other.number}", expected)
                break


def _can_both_hold(one: LeadConditions, other: LeadConditions) -> bool:
    """Whether a lead can fit both. Two lists of industry codes count as apart if no code begins with another."""
    theirs = _tested(other)
    return all(_can_both_fit(value, theirs[key], key) for key, value in _tested(one).items() if key in theirs)


def _tested(conditions: LeadConditions) -> dict[str, Any]:
    """Return the conditions that are given, each custom field on its own."""
    if not conditions.fields:
        return conditions.given
    own = {f"{FIELD}{name}": patterns for name, patterns in conditions.fields.items()}
    return {key: value for key, value in conditions.given.items() if key != "fields"} | own


def _can_both_fit(one: Any, other: Any, key: str) -> bool:
    if isinstance(one, Span):
        low = max(one.from_ or 0, other.from_ or 0)
        highs = [span.to for span in (one, other) if span.to is not None]
        return all(low <= high for high in highs)
    if isinstance(one, IndustryCodes):
        return any(
            mine.startswith(theirs) or theirs.startswith(mine)
            for system, codes in one.prefixes.items()
            for mine in codes
            for theirs in other.prefixes[system]
        )
    if key == "postal_codes":
        return any(mine.startswith(theirs) or theirs.startswith(mine) for mine in one for theirs in other)
    if key in GLOB_KEYS or key.startswith(FIELD):
        return any(may_match_one_text(mine, theirs) for mine in one for theirs in other)
    return not set(one).isdisjoint(other)


def _is_both(line: LeadConditions, one: LeadConditions, other: LeadConditions) -> bool:
    """Whether a line has the conditions of two others together, and so decides for those that fit both."""
    return (
        line is not one
        and line is not other
        and one.covers(line)
        and other.covers(line)
        and all(
            value in (_tested(one).get(key), _tested(other).get(key)) for key, value in _tested(line).items()
        )
    )


def _narrowest_first(lines: list[TableLine], neighbours: list[list[int]]) -> list[TableLine]:
    """Return the lines, each before those that cover it."""
    depth = {
        line.number: sum(lines[one].conditions.covers(line.conditions) for one in near)
        for line, near in zip(lines, neighbours, strict=True)
    }
    return sorted(lines, key=lambda line: (-depth[line.number], line.number))


def find_gaps(table: Table) -> list[Slip]:
    """Return which sizes and regions no line of the table has. ``expected`` is what becomes of such a lead."""
    return [*_find_size_gaps(table), *_find_region_gaps(table)]


def _find_size_gaps(table: Table) -> list[Slip]:
    """Return the sizes between the ranges of lines that are equal otherwise."""
    found = []
    for key in SIZES:
        groups: dict[str, list[TableLine]] = {}
        for line in table.lines:
            if key in line.conditions.given:
                others = {name: str(value) for name, value in line.conditions.given.items() if name != key}
                groups.setdefault(repr(sorted(others.items())), []).append(line)
        for lines in groups.values():
            ordered = sorted(lines, key=lambda line: getattr(line.conditions, key).from_ or 0)
            for line, after in pairwise(ordered):
                end, begin = getattr(line.conditions, key).to, getattr(after.conditions, key).from_
                if end is not None and begin is not None and begin > end + 1:
                    gap = f"{key} from {end + 1} to {begin - 1} in no line"
                    found.append(Slip(after.number, gap, "such a lead falls to the next route line"))
    return found


def _find_region_gaps(table: Table) -> list[Slip]:
    """Return the first line of each country that has lines for regions, and none for the rest of the country."""
    whole = {
        country
        for line in table.lines
        for country in line.conditions.countries
        if set(line.conditions.given) == {"countries"}
    }
    seen: dict[str, int] = {}
    for line in sorted(table.lines):
        if line.conditions.regions:
            for country in line.conditions.countries:
                seen.setdefault(country, line.number)
    return [
        Slip(
            number,
            f"no line for {country} without a region",
            "a lead of another or an unknown region falls to the next route line",
        )
        for country, number in seen.items()
        if country not in whole
    ]
