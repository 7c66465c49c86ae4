"""Domain rule 1, fit outweighs behaviour: refuses every policy that could break it, with the numbers that clash."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_fit_outweighs_behaviour(policy: Policy, document: Document) -> list[Problem]:
    """Return what could let behaviour outweigh fit, or keep the lowest fit from the bar.

    Gates are absolute, so no arithmetic can make an MQL of somebody who fails one; what is checked is that the gates
    exist, and that the numbers keep their order: all behaviour < lowest fit that passes every gate, all behaviour <
    bar, and bar <= lowest fit + what behaviour can really give.
    """
    problems: list[Problem] = []
    cap, bar, fit = policy.behaviour.cap, policy.stages.mql.bar, policy.lowest_fit
    sum_of = " + ".join(f"{name} {points}" for name, points in policy.gate_points.items())
    if not policy.served_market.gate_points:
        problems.append(
            document.make_problem(
                ("served_market",), "no gate", "at least one of industry, revenue, employees, country"
            )
        )
    if fit <= cap:
        problems.append(
            document.make_problem(
                ("behaviour", "cap"),
                f"{cap}, while the lowest fit that passes every gate is {fit} ({sum_of})",
                f"a cap below {fit}: fit outweighs behaviour",
            )
        )
    if bar <= cap:
        problems.append(
            document.make_problem(
                ("stages", "mql", "bar"),
                f"{bar}, while behaviour alone can give {cap} (behaviour.cap)",
                f"a bar above {cap}: behaviour alone never reaches it",
            )
        )
    most = policy.behaviour.attainable
    if fit + most < bar:
        problems.append(
            document.make_problem(
                ("stages", "mql", "bar"),
                f"{bar}, while the lowest fit that passes every gate is {fit} ({sum_of}) and behaviour gives {most} at most",
                f"a bar of at most {fit + most}: else nobody with the lowest fit ever reaches it",
            )
        )
    return problems
