"""Permission to contact a lead, and to hand it off at all.

In: a lead. Out: the reason that forbids to contact it unasked (do-not-contact in the CRM, no consent to marketing), or the
written exclusion under which it is never handed off. A lead that raises its hand is answered without permission, but
not if it is excluded. It writes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.vocabulary import Reason

if TYPE_CHECKING:
    from workers.accounts.case import Case
    from workers.accounts.rulebook.terms import Terms
    from workers.accounts.state.lead import LeadRow


def restriction(terms: Terms, lead: LeadRow) -> Reason | None:
    """Return why only a raised hand of this lead is handed off. None: every hand-off is allowed."""
    if lead.contact is not None and lead.contact.do_not_contact:
        return Reason.DO_NOT_CONTACT
    may = terms.may_market_unasked if lead.marketing is None else lead.marketing
    return None if may else Reason.NO_MARKETING_CONSENT


def exclusion_of(case: Case, lead: LeadRow) -> Reason | None:
    """Return the written exclusion of a lead: that of its account, or that of its address alone. None: there is none."""
    domain = (lead.email or "").partition("@")[2]
    return case.terms.gates.exclusion(case.key, case.account.company, domain)
