"""Checks of tables of territories: their lines, their overlaps, and the desks and partners to which they lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.problem import Problem, quote
from workers.policy.tables import find_gaps, read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from workers.policy.document import Document
    from workers.policy.model import Policy


def check_tables(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield the problems of the tables, by the line of their file, and tables that are missing or not used."""
    used = {route.table for route in policy.routes if route.table is not None}
    for at, route in enumerate(policy.routes):
        if route.table is not None and route.table not in policy.tables:
            expected = "a table of tables, or a policy file with this file beside it"
            yield document.make_problem(("routes", at, "table"), quote(route.table), expected)
    for name, text in policy.tables.items():
        if name not in used:
            expected = f"a route {{table: {name}}}, or no such table"
            yield document.make_problem(
                ("tables", name), "a table that no route names", expected, at_key=True
            )
        named: dict[str, Collection[str]] = {"desk": policy.desks, "partner": policy.partners}
        table = read_table(text)
        for slip in table.slips:
            yield Problem(name, slip.line, 1, "table", slip.found, slip.expected)
        for line in table.lines:
            known = named.get(line.target)
            if known is not None and line.name not in known:
                what = f"a {line.target} of {line.target}s: {', '.join(known) or 'none is defined'}"
                yield Problem(name, line.number, 1, "to", quote(f"{line.target} {line.name}"), what)


def has_refused_table(policy: Policy) -> bool:
    """Whether a table is missing or has a slip. Its lines may lead to any desk or partner."""
    return any(
        route.table is not None
        and (route.table not in policy.tables or bool(read_table(policy.tables[route.table]).slips))
        for route in policy.routes
    )


def note_gaps(policy: Policy) -> Iterator[Problem]:
    """Yield the sizes and regions that no line of a table has."""
    for name, text in policy.tables.items():
        for gap in find_gaps(read_table(text)):
            yield Problem(name, gap.line, 1, "gap", gap.found, gap.expected)
