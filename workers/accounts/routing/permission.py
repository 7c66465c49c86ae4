"""Permission to contact a lead that has not asked for sales.

In: a lead. Out: the reason that forbids it (do-not-contact in the CRM, no consent to marketing), or None. A lead that
raises its hand is answered all the same. Scores and stages do not depend on it. It writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Reason

if TYPE_CHECKING:
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow


def restriction(terms: Terms, lead: LeadRow) -> Reason | None:
    """Return why only a raised hand of this lead is handed off. None: every hand-off is allowed."""
    if lead.contact is not None and lead.contact.do_not_contact:
        return Reason.DO_NOT_CONTACT
    may = terms.may_market_unasked if lead.marketing is None else lead.marketing
    return None if may else Reason.NO_MARKETING_CONSENT
