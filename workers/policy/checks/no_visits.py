"""A rule for an activity that is no visit would never count: it is refused, with both places."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_no_visits(policy: Policy, document: Document) -> list[Problem]:
    """Return each rule that waits for what ``no_visits`` drops."""
    dropped = frozenset(policy.no_visits.activities)
    return [
        document.make_problem(
            ("behaviour", "rules", name, "when", "activity"),
            f"{word}, which no_visits.activities drops",
            "an activity that arrives",
        )
        for name, rule in policy.behaviour.rules.items()
        for word in rule.when.activity
        if word in dropped
    ]
