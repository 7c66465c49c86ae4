"""The sentence that names who can never be an MQL, from the gates that must pass and the gates that may replace each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.fit_range import needed_gates
from workers.policy.pages.plain_words import plain_name
from workers.policy.pages.value_formats import format_list

if TYPE_CHECKING:
    from workers.policy.model import Policy


def describe_outsiders(policy: Policy) -> str:
    """Return the sentence that names who can never be an MQL."""
    failures = describe_failures(policy)
    if not failures:
        return "Any lead may be an MQL, except those whom the policy excludes."
    return f"A lead is never an MQL, whatever it does, if it {failures}."


def describe_failures(policy: Policy) -> str:
    """Return the failures of which each alone keeps a lead from becoming an MQL: "fails country or title".

    Empty: no gate keeps a lead out.
    """
    open_gates = {"function"} if policy.buyers.functions.is_open else set()
    if policy.buyers.open_title is not None and not policy.buyers.never:
        open_gates.add("title")
    needed = [name for name in policy.gate_points if name in needed_gates(policy) - open_gates]
    clauses = [f"fails {format_list(list(map(plain_name, needed)), 'or')}"] if needed else []
    clauses += [
        f"passes fewer than {one.at_least} of {format_list(list(map(plain_name, one.of)), 'and')}"
        for one in policy.gates.values()
    ]
    return ", or if it ".join(clauses)
