"""Words of closed lists as CRMs and sales tools write them: Customer - Direct, Closed Won, Called, No response.

In: a folded word and the list that it should be of. Out: the word of the list, or None if the word is not here. A word
that two of the list could mean is left out, as "Channel Partner / Reseller". Requests of forms are left out too: the
policy decides on them, and until then each is a raised hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.vocabulary import RejectReason, Relationship, SalesAction

if TYPE_CHECKING:
    from enum import Enum

# fmt: off
WRITTEN: Final[dict[Enum, tuple[str, ...]]] = {
    Relationship.PROSPECT: ("lead", "target", "suspect", "potential", "potential_customer", "opportunity", "subscriber",
                            "marketingqualifiedlead", "salesqualifiedlead", "interessent"),
    Relationship.CUSTOMER: ("client", "customer_direct", "customer_channel", "existing_customer", "active_customer",
                            "current_customer", "paying_customer", "kunde", "bestandskunde", "cliente"),
    Relationship.FORMER_CUSTOMER: ("ex_customer", "past_customer", "previous_customer", "lost_customer", "inactive_customer",
                                   "churned", "churned_customer", "former_client", "ehemaliger_kunde"),
    Relationship.PARTNER: ("channel_partner", "technology_partner", "business_partner", "implementation_partner",
                           "installation_partner"),
    Relationship.COMPETITOR: ("competition", "wettbewerber"),
    SalesAction.TOUCHED: ("touch", "call", "called", "phone_call", "email", "emailed", "email_sent", "meeting", "met", "sms",
                          "contacted", "voicemail", "voicemail_left"),
    SalesAction.CLAIMED: ("claim",),
    SalesAction.ACCEPTED: ("accept", "lead_accepted"),
    SalesAction.REJECTED: ("reject", "declined", "lead_rejected"),
    SalesAction.RETURNED: ("return",),
    SalesAction.REASSIGNED: ("reassign", "transferred"),
    SalesAction.SALES_QUALIFIED: ("qualified", "sql", "sales_qualified_lead"),
    SalesAction.OPPORTUNITY_OPENED: ("opportunity", "opportunity_created", "deal_created"),
    SalesAction.WON: ("closed_won", "closedwon", "deal_won"),
    SalesAction.LOST: ("closed_lost", "closedlost", "deal_lost"),
    RejectReason.UNREACHABLE: ("no_response", "no_answer", "not_reachable", "unresponsive"),
    RejectReason.WRONG_PERSON: ("wrong_contact", "not_decision_maker", "no_authority"),
    RejectReason.NOT_OUR_MARKET: ("out_of_market", "not_a_fit", "no_fit", "not_in_our_market"),
    RejectReason.BAD_DATA: ("invalid_data", "bad_contact_data", "invalid_email", "spam", "fake"),
    RejectReason.DUPLICATE: ("duplicate_lead", "already_exists"),
}
# fmt: on
_MEANT: Final[dict[tuple[type[Enum], str], str]] = {
    (type(word), written): str(word.value) for word, spellings in WRITTEN.items() for written in spellings
}


def word_meant_by(written: str, words: type[Enum]) -> str | None:
    """Return the word of a closed list that another system's word means. None: it is not known."""
    return _MEANT.get((words, written))
