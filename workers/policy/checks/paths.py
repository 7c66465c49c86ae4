"""Paths that nobody could be on: behind a line that takes everybody, above all points, by a signal that there is not."""

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
    """Yield what is wrong with the paths, and every signal that they or the routes name in vain."""
    most = policy.highest_fit + policy.behaviour.attainable
    for at, line in enumerate(policy.paths):
        place: KeyPath = ("paths", at)
        before = policy.paths[:at]
        if line.name in {one.name for one in before}:
            yield document.make_problem(place, f"{line.name} again", "each path once")
        if any(one.otherwise is not None for one in before):
            expected = "otherwise as the last line: nothing after it is ever reached"
            yield document.make_problem(place, f"{line.name} after otherwise", expected)
        elif (earlier := _taken_by(line, before)) is not None:
            expected = f"a path that can be reached: paths[{earlier + 1}] takes everybody of it"
            yield document.make_problem(place, f"{line.name}, which nobody reaches", expected)
        total = line.condition.total
        if total is not None and (total.from_ or 0) > most:
            expected = f"at most {most}, the most that fit and behaviour give"
            yield document.make_problem((*place, "if", "total", "from"), str(total.from_), expected)
        yield from _signals(policy, document, (*place, "if", "signals"), line.condition.signals)
    for at, route in enumerate(policy.routes):
        if route.territory is not None:
            yield from _signals(policy, document, ("routes", at, "if", "signals"), route.territory.signals)


def _taken_by(line: NurturePath, before: tuple[NurturePath, ...]) -> int | None:
    earlier = (at for at, one in enumerate(before) if one.condition.covers(line.condition))
    return next(earlier, None)


def _signals(policy: Policy, document: Document, place: KeyPath, names: tuple[str, ...]) -> Iterator[Problem]:
    signals = policy.behaviour.signals
    known = () if signals is None else signals.rules
    for number, name in enumerate(names):
        if name not in known:
            yield report_unknown_name(
                document, (*place, number), name, known, "a signal of behaviour.signals"
            )
