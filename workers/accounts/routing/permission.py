"""May we offer this person anything?

The CRM's do-not-contact says no, and so does no consent to marketing: then only what they ask for is answered. In: a lead. Out: why not, or None. Scores and stages go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Reason

if TYPE_CHECKING:
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow


def restriction(terms: Terms, lead: LeadRow) -> Reason | None:
    """Return why nothing is handed over of this person but a raised hand; None where all is."""
    if lead.contact is not None and lead.contact.do_not_contact:
        return Reason.DO_NOT_CONTACT
    may = terms.may_market_unasked if lead.marketing is None else lead.marketing
    return None if may else Reason.NO_MARKETING_CONSENT
