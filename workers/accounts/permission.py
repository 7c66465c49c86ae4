"""May we offer this person anything? The CRM's do-not-contact says no: then only what they ask for is answered.

In: a lead. Out: why not, or None. Scores and stages go on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Reason

if TYPE_CHECKING:
    from workers.accounts.rows import LeadRow


def restriction(lead: LeadRow) -> Reason | None:
    """Return why nothing is handed over of this person but a raised hand; None where all is."""
    return Reason.DO_NOT_CONTACT if lead.contact is not None and lead.contact.do_not_contact else None
