"""The obstacle that keeps a scored lead from a hand-off, in words for the demo's report.

In: the stage, the reasons, the gates and the listed changes of a score. Out: one short text without codes. Every stage
has a text, so a new reason code never appears as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from schemas.vocabulary import Reason, Stage

EXCLUSIONS: Final = {
    Reason.EXCLUDED: "excluded by the policy",
    Reason.COMPETITOR: "excluded by the policy: a competitor",
    Reason.OWN_DOMAIN: "excluded by the policy: our own company",
}
"""Text for each written exclusion. It goes before every other obstacle."""

OBSTACLES: Final = {
    "do_not_contact": "not to be contacted, as the CRM states",
    "marketing_consent": "no consent to marketing",
    "account": "sales reported that the company is not in our market",
    "partner": "a partner covers the company",
}
"""Text for each change that the score lists as needed, except facts, points and a next activity, which the stages show."""

STAGES: Final = {
    Stage.KNOWN: "new: the company is being looked up",
    Stage.WAITING_FOR_FACTS: "waiting for a fact",
    Stage.OUTSIDE: "gate failed",
    Stage.NURTURE: "at the threshold: waiting for the next activity",
    Stage.MQL: "an MQL that waits until its desk has a rep for it",
    Stage.SAL: "accepted by sales",
    Stage.SQL: "qualified by sales",
    Stage.OPPORTUNITY: "open opportunity: no activity with points so far",
    Stage.CUSTOMER: "customer: no activity with points so far",
    Stage.RECYCLED: "given back by sales: waiting for new points",
    Stage.EXPIRED: "expired: waiting for new points",
    Stage.DISQUALIFIED: "rejected by sales for good",
    Stage.WITH_PARTNER: "with a partner",
}
"""Text for each stage, used where nothing more exact is known."""

BELOW: Final = "below the threshold"


def reason_against(
    stage: Stage,
    reasons: Sequence[Reason],
    *,
    failed: Sequence[str],
    unknown: Sequence[str],
    needed: Collection[str],
    points_missing: int,
) -> str:
    """Return why a lead has no hand-off.

    Args:
        stage: the lead's stage.
        reasons: the reasons of its score, the most important first.
        failed: the names of the gates that fail.
        unknown: the names of the gates whose fact is unknown.
        needed: the names of the changes that the score lists.
        points_missing: points missing to the threshold. 0 if it is reached.
    """
    for reason in reasons:
        if reason in EXCLUSIONS:
            return EXCLUSIONS[reason]
    if stage is Stage.OUTSIDE and failed:
        return f"{STAGES[stage]}: {failed[0]}"
    if stage is Stage.WAITING_FOR_FACTS and unknown:
        return f"{STAGES[stage]}: {unknown[0]}"
    if stage is Stage.NURTURE and points_missing > 0:
        return BELOW
    return next((words for name, words in OBSTACLES.items() if name in needed), STAGES[stage])
