"""Check of domain rule 1, fit outweighs behaviour. A policy that could break it is refused with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.fit_points import GATES_DECIDE, POINTS_DECIDE
from workers.policy.fit_range import fact_ranges, is_market_gated, is_person_gated

if TYPE_CHECKING:
    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_fit_outweighs_behaviour(policy: Policy, document: Document) -> list[Problem]:
    """Return the problems that let behaviour outweigh fit, or that make the MQL threshold unreachable.

    Gates are absolute: no number of points makes an MQL of a lead that fails one. The check ensures that the market and the
    person are gated, and that three inequalities hold. ``cap`` is the most that behaviour may give, ``bar`` the MQL
    threshold.

    1. cap < lowest fit that passes
    2. cap < bar
    3. bar <= lowest fit of the gates + the most of facts that are not gates + the most that behaviour can give

    With ``fit: gates_decide`` gates alone keep outsiders out, and only the third must hold. With ``fit: points_decide`` the
    policy has no outsiders, and the market or the person has no gate. Without a threshold, the second and the third do not apply.
    """
    proof = "" if policy.fit is None else policy.fit.proof
    problems = [
        *(_check_openness(policy, document) if proof == POINTS_DECIDE else _check_gates(policy, document))
    ]
    cap, bar, fit = policy.behaviour.cap, policy.stages.mql.bar, policy.lowest_fit
    sum_of = describe_lowest_fit(policy)
    must_outweigh = proof not in {GATES_DECIDE, POINTS_DECIDE}
    if fit <= cap and must_outweigh:
        found = (
            f"{cap}, while the lowest fit that passes {every_gate(policy)} is {fit} ({sum_of or 'no gate'})"
        )
        if fit > 0:
            expected = f"a cap below {fit}, so that fit outweighs behaviour"
            problems.append(document.make_problem(("behaviour", "cap"), found, expected))
        else:
            statement = _write_proof(policy, POINTS_DECIDE if problems else GATES_DECIDE)
            more = f"more points of fit than {cap}, or {statement}"
            problems.append(document.make_problem(("behaviour", "cap"), found, more))
    if bar is None:
        return problems
    if bar <= cap and must_outweigh:
        problems.append(
            document.make_problem(
                ("stages", "mql", "bar"),
                f"{bar}, while behaviour alone can give {cap} (behaviour.cap)",
                f"a threshold above {cap}, so that behaviour alone never reaches it",
            )
        )
    most = policy.behaviour.attainable
    reach = policy.attainable_fit
    if reach + most < bar:
        problems.append(
            document.make_problem(
                ("stages", "mql", "bar"),
                f"{bar}, while {_reach_of(policy, sum_of)} and behaviour gives at most {most}",
                f"a threshold of at most {reach + most}, so that {_reaching(policy)} can reach it",
            )
        )
    return problems


def _write_proof(policy: Policy, word: str) -> str:
    """Return how the file states a proof: as the value of ``fit``, or beside its other keys."""
    return f"fit: {word}" if policy.fit is None else f"proof: {word} in fit"


def every_gate(policy: Policy) -> str:
    """Return the gates that a lead passes, in words."""
    return "the gates" if policy.gates else "every gate"


def describe_lowest_fit(policy: Policy) -> str:
    """Return the sum that the lowest fit is made of, as "industry 30 + title 10"."""
    parts = [f"{name} {points}" for name, points in policy.gate_points.items()]
    if policy.gates:
        named = {name for one in policy.gates.values() for name in one.of}
        parts = [f"{name} {points}" for name, points in policy.gate_points.items() if name not in named]
        for one in policy.gates.values():
            points = " or ".join(
                f"{name} {policy.gate_points[name]}" for name in one.of if name in policy.gate_points
            )
            parts.append(f"{one.at_least} of {points}")
    parts += [f"{name} {one.lowest}" for name, one in fact_ranges(policy).items() if one.lowest]
    return " + ".join(parts)


def _reach_of(policy: Policy, sum_of: str) -> str:
    if policy.attainable_fit == policy.lowest_fit:
        return f"the lowest fit that passes {every_gate(policy)} is {policy.lowest_fit} ({sum_of})"
    return f"the lowest points of the gates and the most of the other facts are {policy.attainable_fit}"


def _reaching(policy: Policy) -> str:
    is_lowest = policy.attainable_fit == policy.lowest_fit
    return (
        "a lead with the lowest fit"
        if is_lowest
        else "a lead with the most points of facts that are not gates"
    )


def _check_openness(policy: Policy, document: Document) -> list[Problem]:
    """Return the problem of a policy that states that there are no outsiders, although its gates keep some out."""
    if not (is_market_gated(policy) and is_person_gated(policy)):
        return []
    found = f"{POINTS_DECIDE}, while gates keep companies and people out"
    return [
        document.make_problem(("fit",), found, f"{GATES_DECIDE}, or no gate on the company or the person")
    ]


def _check_gates(policy: Policy, document: Document) -> list[Problem]:
    """Return a problem for each of market and person that no gate keeps."""
    problems = []
    if not is_market_gated(policy):
        what = "no gate of the company that every MQL passes" if policy.gates else "no company gate"
        problems.append(
            document.make_problem(
                ("served_market",),
                what,
                f"at least one of industry, revenue, employees, country; or {_write_proof(policy, POINTS_DECIDE)}, if no company is outside",
            )
        )
    if not is_person_gated(policy):
        problems.append(
            document.make_problem(
                ("buyers",),
                "no gate of the person that every MQL passes",
                'words instead of "*" for functions or titles, and one of both that must pass;'
                f" or {_write_proof(policy, POINTS_DECIDE)}, if no person is outside",
            )
        )
    return problems
