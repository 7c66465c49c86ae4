"""The kinds of an MQL, and the reason that states each of them.

In: a reason for which a lead is an MQL, or the lead. Out: the kind, or the reason. It decides nothing.
"""

from __future__ import annotations

from schemas.vocabulary import MqlKind, Reason

REASONS = {
    MqlKind.POINTS: Reason.BAR_REACHED,
    MqlKind.CAMPAIGN_RESPONSE: Reason.CAMPAIGN_RESPONSE,
    MqlKind.PRODUCT_QUALIFIED: Reason.PRODUCT_QUALIFIED,
}
"""The reason of each kind of MQL."""
MQL_KINDS = {reason: kind for kind, reason in REASONS.items()} | {Reason.BAR_REACHED_EARLIER: MqlKind.POINTS}
"""The kind of MQL that each reason states."""
