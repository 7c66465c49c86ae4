"""Check of behaviour rules against ``no_visits``: a rule for a dropped activity would never count."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_no_visits(policy: Policy, document: Document) -> list[Problem]:
    """Return each rule for an activity that ``no_visits`` drops."""
    dropped = frozenset(policy.no_visits.activities)
    return [
        document.make_problem(
            ("behaviour", "rules", name, "when", "activity"),
            f"{activity}, which no_visits.activities drops",
            "an activity that is not dropped",
        )
        for name, rule in policy.behaviour.rules.items()
        for activity in (rule.when.activity if rule.when else ())
        if activity in dropped
    ]
