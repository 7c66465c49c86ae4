"""Checks of nurture paths: lines that no lead can reach, and signals that do not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.unknown_names import report_unknown_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.paths import NurturePath
    from workers.policy.problem import Problem


def check_paths(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield the problems of the paths, and every unknown signal in paths and routes."""
    most = policy.highest_fit + policy.behaviour.attainable
    for at, line in enumerate(policy.paths):
        place: KeyPath = ("paths", at)
        before = policy.paths[:at]
        if line.name in {one.name for one in before}:
            yield document.make_problem(place, f"{line.name} a second time", "each path once")
        if any(one.otherwise is not None for one in before):
            expected = "otherwise as the last line: no line after it is ever reached"
            yield document.make_problem(place, f"{line.name} after otherwise", expected)
        elif (earlier := _find_covering_line(line, before)) is not None:
            expected = f"a path that a lead can reach: paths[{earlier + 1}] takes all its leads"
            yield document.make_problem(place, f"{line.name}, which no lead reaches", expected)
        total = line.condition.total
        if total is not None and (total.from_ or 0) > most:
            expected = f"at most {most}, the most that fit and behaviour can give"
            yield document.make_problem((*place, "if", "total", "from"), str(total.from_), expected)
        yield from _check_signals(policy, document, (*place, "if", "signals"), line.condition.signals)
    for at, route in enumerate(policy.routes):
        if route.territory is not None:
            yield from _check_signals(
                policy, document, ("routes", at, "if", "signals"), route.territory.signals
            )
        yield from _check_signals(policy, document, ("routes", at, "signals"), route.signals)
        if route.points is not None and route.points > policy.behaviour.attainable:
            expected = f"at most {policy.behaviour.attainable}, the most that behaviour can give"
            yield document.make_problem(("routes", at, "points"), str(route.points), expected)


def _find_covering_line(line: NurturePath, before: tuple[NurturePath, ...]) -> int | None:
    earlier = (at for at, one in enumerate(before) if one.condition.covers(line.condition))
    return next(earlier, None)


def _check_signals(
    policy: Policy, document: Document, place: KeyPath, names: tuple[str, ...]
) -> Iterator[Problem]:
    signals = policy.behaviour.signals
    known = () if signals is None else signals.rules
    for number, name in enumerate(names):
        if name not in known:
            yield report_unknown_name(
                document, (*place, number), name, known, "a rule that behaviour.signals lists"
            )
