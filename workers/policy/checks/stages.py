"""What the stages say of other parts of the policy: rules that contradict them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.problem import quote

if TYPE_CHECKING:
    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_stages(policy: Policy, document: Document) -> list[Problem]:
    """Return every activity that is called no touch of the lead and earns points, or answers a campaign, all the same."""
    ours = policy.stages.no_touch
    where = "stages.expired.no_touch calls our own doing" if policy.stages.expired else "is our own doing"
    named = policy.stages.mql.or_responds_to
    answers = [
        document.make_problem(
            ("stages", "mql", "or_responds_to", "by", at),
            f"{quote(activity)}, which {where}",
            "what the lead does: nobody answers a campaign by a mail that we send",
        )
        for at, activity in enumerate(named.by if named is not None else ())
        if activity in ours
    ]
    return answers + [
        document.make_problem(
            ("behaviour", "rules", name, "when", "activity"),
            f"{quote(activity)}, which {where}",
            "what the lead does: nobody earns points by a mail that we send",
        )
        for name, rule in policy.behaviour.rules.items()
        for activity in rule.when.activity
        if activity in ours
    ]
