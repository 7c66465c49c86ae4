"""Checks of ``stages``: our own outbound activities are not touches and earn no points; not every campaign makes an MQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.policy.problem import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from workers.policy.document import Document
    from workers.policy.model import Policy
    from workers.policy.problem import Problem


def check_stages(policy: Policy, document: Document) -> list[Problem]:
    """Return outbound activities in rules and campaign responses, a campaign of any name, and own stages out of reach."""
    outbound = policy.stages.no_touch
    where = (
        "stages.expired.no_touch lists as our own"
        if policy.stages.expired
        else "is our own outbound activity"
    )
    named = policy.stages.mql.or_responds_to
    answers = [
        document.make_problem(
            ("stages", "mql", "or_responds_to", "by", at),
            f"{quote(activity)}, which {where}",
            "an activity of the lead: an e-mail that we send is not a response",
        )
        for at, activity in enumerate(named.by if named is not None else ())
        if activity in outbound
    ]
    for pattern in named.campaigns if named is not None and policy.stages.mql.bar is not None else ():
        if not pattern.strip("* "):
            path = ("stages", "mql", "or_responds_to", "campaigns")
            expected = "campaigns by name, as cio-roundtable*: if every campaign counts, the MQL threshold has no effect"
            answers.append(document.make_problem(path, pattern, expected))
    answers += _check_own_stages(policy, document)
    return answers + [
        document.make_problem(
            ("behaviour", "rules", name, "when", "activity"),
            f"{quote(activity)}, which {where}",
            "an activity of the lead: an e-mail that we send earns no points",
        )
        for name, rule in policy.behaviour.rules.items()
        for activity in (rule.when.activity if rule.when else ())
        if activity in outbound
    ]


def _check_own_stages(policy: Policy, document: Document) -> Iterator[Problem]:
    """Yield each own stage that begins where a lead is an MQL, or above all points."""
    bar = policy.stages.mql.bar
    most = policy.highest_fit + policy.behaviour.attainable
    for at, own in enumerate(policy.stages.own):
        place = ("stages", "own", at, "from")
        if bar is not None and own.from_ >= bar:
            expected = f"a number below {bar}, the MQL threshold: own stages are between known and MQL"
            yield document.make_problem(place, str(own.from_), expected)
        elif own.from_ > most:
            expected = f"at most {most}, the most that fit and behaviour can give"
            yield document.make_problem(place, str(own.from_), expected)
