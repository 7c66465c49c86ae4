"""Checks of ``fit``, of ``gates``, and of the lines ``"*"`` of titles and functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.checks.unknown_names import report_unknown_name
from workers.policy.problem import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document, KeyPath
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_fit(policy: Policy, document: Document) -> list[Problem]:
    """Return every unknown name, every fact with two gates, and every line without effect."""
    return [
        *_check_facts(policy, document),
        *_check_joined_gates(policy, document),
        *_check_open_lines(policy, document),
    ]


def _check_facts(policy: Policy, document: Document) -> Iterator[Problem]:
    fit = policy.fit
    if fit is None:
        return
    for name in fit.gates:
        if name in policy.served_market.gate_points:
            yield document.make_problem(
                ("fit", name),
                f"a line outside, while served_market.{name} is a gate",
                f"one gate for each fact: points instead of outside, or no served_market.{name}",
            )
    names = policy.buyers.functions.names
    for at, line in enumerate(fit.functions or ()):
        for number, one in enumerate(line.in_):
            if one not in names:
                yield report_unknown_name(
                    document,
                    ("fit", "functions", at, "in", number),
                    one,
                    names,
                    "a function of buyers.functions",
                )


def _check_joined_gates(policy: Policy, document: Document) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    buyers = policy.buyers
    is_open = {"function": buyers.functions.is_open, "title": buyers.open_title is not None}
    for name, joined in policy.gates.items():
        for number, gate in enumerate(joined.of):
            place: KeyPath = ("gates", name, "of", number)
            if gate not in policy.gate_points:
                yield report_unknown_name(document, place, gate, policy.gate_points, "a gate of this policy")
            elif is_open.get(gate):
                yield document.make_problem(
                    place, f'{quote(gate)}, which has "*" and passes every person', "gates that may fail"
                )
            elif gate in seen:
                yield document.make_problem(
                    place, f"{quote(gate)}, which {seen[gate]} has already", "each gate in one entry only"
                )
            seen.setdefault(gate, name)


def _check_open_lines(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each line ``"*"`` that is not the last, for the lines behind it never count."""
    functions = policy.buyers.functions
    if functions.is_open and next(reversed(functions.names)) != functions.open_name:
        yield document.make_problem(
            ("buyers", "functions", "names", str(functions.open_name)),
            '"*" before other functions',
            '"*" in the last one, because the first that matches decides',
            at_key=True,
        )
    for at, title in enumerate(policy.buyers.titles[:-1]):
        if title.is_open:
            yield document.make_problem(
                ("buyers", "titles", at, "words"),
                '"*" before other lines',
                '"*" in the last line, because the first that matches decides',
            )
