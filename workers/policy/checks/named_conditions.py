"""Checks of conditions: names that exist nowhere, conditions that no line tests, and names that routes have already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.unknown_names import report_unknown_name
from workers.policy.routes import WORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from workers.policy.conditions import LeadConditions
    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_conditions(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield the problems of named conditions, of the lines that test them, and of functions and titles in routes."""
    tested: set[str] = set()
    for place, names in _list_uses(policy):
        tested |= set(names)
        for at, name in enumerate(names):
            if name not in policy.conditions:
                what = "a condition that conditions defines"
                where = (*place, name if place[-1] == "when" else at)
                yield report_unknown_name(document, where, name, policy.conditions, what)
    signals = policy.behaviour.signals
    for name, condition in policy.conditions.items():
        path: KeyPath = ("conditions", name)
        if name in WORDS:
            expected = "another name: routes have a condition of this name already"
            yield document.make_problem(path, f"the name {name}", expected, at_key=True)
        elif name not in tested:
            expected = f"a line that tests it, as {{if: {name}, to: desk ...}}, or no such condition"
            yield document.make_problem(path, "a condition that no line tests", expected, at_key=True)
        yield from _check_names(policy, document, path, condition)
        known = () if signals is None else signals.rules
        what = "a rule that behaviour.signals lists"
        yield from _check_known(document, (*path, "signals"), condition.signals, known, what)
    for at, line in enumerate(policy.routes):
        if line.territory is not None:
            yield from _check_names(policy, document, ("routes", at, "if"), line.territory)


def _list_uses(policy: Policy) -> Iterator[tuple[KeyPath, tuple[str, ...]]]:
    """Yield each place that lists named conditions, with the names."""
    for at, line in enumerate(policy.routes):
        if line.territory is not None:
            yield ("routes", at, "if", "is"), line.territory.is_
            yield ("routes", at, "if", "is_not"), line.territory.is_not
    for desk, terms in policy.desks.items():
        yield ("desks", desk, "answer_within", "when"), tuple(terms.answer_within.when)
    segments = {} if policy.skills is None else policy.skills.segment
    for name, segment in segments.items():
        yield ("skills", "segment", name, "is"), segment.is_
        yield ("skills", "segment", name, "is_not"), segment.is_not
    for at, path in enumerate(policy.paths):
        yield ("paths", at, "if", "is"), path.condition.is_
        yield ("paths", at, "if", "is_not"), path.condition.is_not


def _check_names(
    policy: Policy, document: Document, place: KeyPath, condition: LeadConditions
) -> Iterator[Problem]:
    """Yield each function and each level of titles that the policy does not have."""
    levels = [title.level for title in policy.buyers.titles]
    names = policy.buyers.functions.names
    what = "a function of buyers.functions.names"
    yield from _check_known(document, (*place, "functions"), condition.functions, names, what)
    yield from _check_known(
        document, (*place, "titles"), condition.titles, levels, "a level of buyers.titles"
    )


def _check_known(
    document: Document, place: KeyPath, names: Iterable[str], known: Collection[str], what: str
) -> Iterator[Problem]:
    """Yield each name that is not known. ``what`` describes the expected kind of name."""
    for at, name in enumerate(names):
        if name not in known:
            yield report_unknown_name(document, (*place, at), name, known, what)
