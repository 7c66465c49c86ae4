"""Check of domain rule 1, fit outweighs behaviour. A policy that could break it is refused with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_fit_outweighs_behaviour(policy: Policy, document: Document) -> list[Problem]:
    """Return the problems that let behaviour outweigh fit, or that make the MQL threshold unreachable.

    Gates are absolute: no number of points makes an MQL of a lead that fails one. The check ensures that gates exist, and
    that three inequalities hold. ``cap`` is the most that behaviour may give, ``bar`` the MQL threshold.

    1. cap < lowest fit that passes every gate
    2. cap < bar
    3. bar <= lowest fit that passes every gate + the most that behaviour can give
    """
    problems: list[Problem] = []
    cap, bar, fit = policy.behaviour.cap, policy.stages.mql.bar, policy.lowest_fit
    sum_of = " + ".join(f"{name} {points}" for name, points in policy.gate_points.items())
    if not policy.served_market.gate_points:
        problems.append(
            document.make_problem(
                ("served_market",), "no company gate", "at least one of industry, revenue, employees, country"
            )
        )
    if fit <= cap:
        problems.append(
            document.make_problem(
                ("behaviour", "cap"),
                f"{cap}, while the lowest fit that passes every gate is {fit} ({sum_of})",
                f"a cap below {fit}, so that fit outweighs behaviour",
            )
        )
    if bar <= cap:
        problems.append(
            document.make_problem(
                ("stages", "mql", "bar"),
                f"{bar}, while behaviour alone can give {cap} (behaviour.cap)",
                f"a threshold above {cap}, so that behaviour alone never reaches it",
            )
        )
    most = policy.behaviour.attainable
    if fit + most < bar:
        problems.append(
            document.make_problem(
                ("stages", "mql", "bar"),
                f"{bar}, while the lowest fit that passes every gate is {fit} ({sum_of}) and behaviour gives at most {most}",
                f"a threshold of at most {fit + most}, so that a lead with the lowest fit can reach it",
            )
        )
    return problems
