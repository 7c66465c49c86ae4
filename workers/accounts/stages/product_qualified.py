"""Product-qualified leads: rules of the policy that make an MQL at once (policy key ``stages.mql.or_does``).

In: the counts of a lead. Out: the first day of the cycle on which such a rule is complete. It bypasses no gate. It is worked
out from the counts, so the order in which events arrive does not matter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow
    from workers.accounts.state.score import ScoreRow


def find_product_day(terms: Terms, lead: LeadRow, score: ScoreRow) -> int | None:
    """Return the first day on which a rule of ``or_does`` is complete in the open cycle. None: there is none.

    After the cycle has ended such a rule gives only its points: new points or a raised hand bring the lead back. Imported
    history does not count before the day on which it is complete.
    """
    if not terms.product_rules or lead.verdict is not None:
        return None
    after_day = terms.day_of(lead.said_no_ms) if lead.said_no_ms else 0
    if score.imported_ms:
        after_day = max(after_day, terms.day_of(score.complete_ms) - 1)
    counts, completions = score.attributed, terms.rules.completions
    days = (day for name in terms.product_rules for day in completions.days_of(name, counts))
    return min((day for day in days if day > after_day), default=None)
