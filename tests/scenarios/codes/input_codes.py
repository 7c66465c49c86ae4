"""The codes of inputs, each with a tale whose outputs change if another code replaces it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from schemas.vocabulary import (
    PrivacyRequestKind,
    Purpose,
    RejectReason,
    Relationship,
    Request,
    SalesAction,
    Turn,
)
from tests.scenarios.codes.chat_tales import a_chat_in_the_evening, chats_during_the_day
from tests.scenarios.codes.owner_tales import (
    a_former_customer_asks_for_a_demo,
    a_lead_requests_erasure,
    excluded_and_served_accounts_ask_for_a_demo,
    leads_without_marketing_consent,
)
from tests.scenarios.codes.sales_tales import (
    a_lead_becomes_a_customer_and_then_a_former_customer,
    a_manager_credits_a_turn,
    a_rep_claims_a_lead_and_reassigns_it,
    a_rep_reports_an_unknown_action,
    a_rep_returns_a_lead,
    a_timely_call_arrives_after_the_escalation,
    an_account_in_question_has_no_mql,
    one_opportunity_is_lost_and_one_is_closed,
    sales_rejects_a_lead_as_unreachable,
)
from tests.scenarios.keys.desks import five_kinds_of_lead
from tests.scenarios.keys.people import she_refuses_to_be_tracked_and_reads
from tests.scenarios.keys.stages import (
    an_invitation_is_answered,
    sales_says_not_now_and_she_reads_on,
    sales_says_that_three_are_of_no_use,
)
from tests.scenarios.keys.tales import Tale

JSON_FIELDS: Final[dict[type[StrEnum], str]] = {
    Relationship: '"relationship": "{}"',
    Request: '"request": "{}"',
    Turn: '"turn": "{}"',
    SalesAction: '"action": "{}"',
    RejectReason: '"reason": "{}"',
    PrivacyRequestKind: '"request": "{}"',
    Purpose: '"{}": false',
}
"""The JSON of a record in which a code of each vocabulary appears."""

REMOVED: Final = None
"""Marks that the whole record is removed, for a code that no other code can replace."""

INPUT_CODES: Final[dict[StrEnum, tuple[Tale, StrEnum | None]]] = {
    Relationship.PROSPECT: (excluded_and_served_accounts_ask_for_a_demo, Relationship.CUSTOMER),
    Relationship.CUSTOMER: (five_kinds_of_lead, Relationship.PROSPECT),
    Relationship.FORMER_CUSTOMER: (a_former_customer_asks_for_a_demo, Relationship.PROSPECT),
    Relationship.PARTNER: (excluded_and_served_accounts_ask_for_a_demo, Relationship.COMPETITOR),
    Relationship.DISTRIBUTOR: (excluded_and_served_accounts_ask_for_a_demo, Relationship.PROSPECT),
    Relationship.COMPETITOR: (chats_during_the_day, Relationship.PROSPECT),
    Request.CONTENT: (an_invitation_is_answered, Request.DEMO),
    Request.NEWSLETTER: (a_rep_claims_a_lead_and_reassigns_it, Request.PRICING),
    Request.DEMO: (a_rep_returns_a_lead, Request.CONTENT),
    Request.PRICING: (one_opportunity_is_lost_and_one_is_closed, Request.CONTENT),
    Request.CONTACT_SALES: (a_lead_becomes_a_customer_and_then_a_former_customer, Request.CONTENT),
    Request.SUPPORT: (five_kinds_of_lead, Request.CONTENT),
    Turn.STARTED: (chats_during_the_day, Turn.ENDED),
    Turn.VISITOR_MESSAGE: (a_chat_in_the_evening, Turn.ENDED),
    Turn.ASKED_FOR_SALES: (chats_during_the_day, Turn.VISITOR_MESSAGE),
    Turn.ASKED_FOR_SUPPORT: (chats_during_the_day, Turn.VISITOR_MESSAGE),
    Turn.AGENT_MESSAGE: (chats_during_the_day, Turn.ENDED),
    Turn.ENDED: (a_chat_in_the_evening, Turn.VISITOR_MESSAGE),
    Purpose.TRACKING: (she_refuses_to_be_tracked_and_reads, Purpose.MARKETING),
    Purpose.MARKETING: (leads_without_marketing_consent, Purpose.TRACKING),
    SalesAction.TOUCHED: (a_timely_call_arrives_after_the_escalation, SalesAction.ACCEPTED),
    SalesAction.CLAIMED: (a_rep_claims_a_lead_and_reassigns_it, SalesAction.TOUCHED),
    SalesAction.ACCEPTED: (a_lead_becomes_a_customer_and_then_a_former_customer, SalesAction.TOUCHED),
    SalesAction.REJECTED: (sales_rejects_a_lead_as_unreachable, SalesAction.TOUCHED),
    SalesAction.REASSIGNED: (a_rep_claims_a_lead_and_reassigns_it, SalesAction.TOUCHED),
    SalesAction.SALES_QUALIFIED: (a_lead_becomes_a_customer_and_then_a_former_customer, SalesAction.ACCEPTED),
    SalesAction.OPPORTUNITY_OPENED: (one_opportunity_is_lost_and_one_is_closed, SalesAction.TOUCHED),
    SalesAction.WON: (a_lead_becomes_a_customer_and_then_a_former_customer, SalesAction.TOUCHED),
    SalesAction.LOST: (one_opportunity_is_lost_and_one_is_closed, SalesAction.TOUCHED),
    SalesAction.RETURNED: (a_rep_returns_a_lead, SalesAction.TOUCHED),
    SalesAction.TURN_CREDITED: (a_manager_credits_a_turn, SalesAction.TOUCHED),
    SalesAction.UNKNOWN: (a_rep_reports_an_unknown_action, SalesAction.TOUCHED),
    RejectReason.NOT_NOW: (sales_says_not_now_and_she_reads_on, RejectReason.WRONG_PERSON),
    RejectReason.UNREACHABLE: (sales_rejects_a_lead_as_unreachable, RejectReason.WRONG_PERSON),
    RejectReason.WRONG_PERSON: (sales_says_that_three_are_of_no_use, RejectReason.UNREACHABLE),
    RejectReason.NOT_OUR_MARKET: (an_account_in_question_has_no_mql, RejectReason.NOT_NOW),
    RejectReason.BAD_DATA: (sales_says_that_three_are_of_no_use, RejectReason.UNREACHABLE),
    RejectReason.DUPLICATE: (sales_says_that_three_are_of_no_use, RejectReason.UNREACHABLE),
    PrivacyRequestKind.ERASURE: (a_lead_requests_erasure, REMOVED),
    PrivacyRequestKind.CONSENT: (leads_without_marketing_consent, REMOVED),
}
"""By code: a tale that contains it, and another code that changes the outputs of the tale."""
