"""Which tale hears which word of the inputs, and would end otherwise if another were said in its place."""

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
from tests.scenarios.keys.desks import (
    five_kinds_of_lead,
)
from tests.scenarios.keys.people import she_refuses_to_be_tracked_and_reads
from tests.scenarios.keys.stages import (
    an_invitation_is_answered,
    sales_says_not_now_and_she_reads_on,
    sales_says_that_three_are_of_no_use,
)
from tests.scenarios.keys.tales import Tale
from tests.scenarios.words.of_chats import a_chat_of_an_evening, chats_by_day
from tests.scenarios.words.of_owners import (
    a_former_customer_asks,
    somebody_asks_to_be_forgotten,
    those_to_whom_we_do_not_sell_ask,
    who_wants_no_mails_is_no_mql,
)
from tests.scenarios.words.of_sales import (
    a_call_in_time_is_told_after_the_account_went_on,
    a_lead_becomes_a_customer_and_is_one_no_more,
    a_rep_gives_a_lead_back,
    a_rep_takes_a_lead_and_passes_it_on_by_hand,
    nobody_of_an_account_in_question_is_an_mql,
    sales_cannot_reach_her,
    two_deals_come_to_nothing,
)

PLACES: Final[dict[type[StrEnum], str]] = {
    Relationship: '"relationship": "{}"',
    Request: '"request": "{}"',
    Turn: '"turn": "{}"',
    SalesAction: '"action": "{}"',
    RejectReason: '"reason": "{}"',
    PrivacyRequestKind: '"request": "{}"',
    Purpose: '"{}": false',
}
"""Where the words of the inputs stand in a record."""

UNSAID: Final = None
"""In place of a word that the rest of its record goes with: the record itself is missing."""

HEARD: Final[dict[StrEnum, tuple[Tale, StrEnum | None]]] = {
    Relationship.PROSPECT: (those_to_whom_we_do_not_sell_ask, Relationship.CUSTOMER),
    Relationship.CUSTOMER: (five_kinds_of_lead, Relationship.PROSPECT),
    Relationship.FORMER_CUSTOMER: (a_former_customer_asks, Relationship.PROSPECT),
    Relationship.PARTNER: (those_to_whom_we_do_not_sell_ask, Relationship.COMPETITOR),
    Relationship.DISTRIBUTOR: (those_to_whom_we_do_not_sell_ask, Relationship.PROSPECT),
    Relationship.COMPETITOR: (chats_by_day, Relationship.PROSPECT),
    Request.CONTENT: (an_invitation_is_answered, Request.DEMO),
    Request.NEWSLETTER: (a_rep_takes_a_lead_and_passes_it_on_by_hand, Request.PRICING),
    Request.DEMO: (a_rep_gives_a_lead_back, Request.CONTENT),
    Request.PRICING: (two_deals_come_to_nothing, Request.CONTENT),
    Request.CONTACT_SALES: (a_lead_becomes_a_customer_and_is_one_no_more, Request.CONTENT),
    Request.SUPPORT: (five_kinds_of_lead, Request.CONTENT),
    Turn.STARTED: (chats_by_day, Turn.ENDED),
    Turn.VISITOR_MESSAGE: (a_chat_of_an_evening, Turn.ENDED),
    Turn.ASKED_FOR_SALES: (chats_by_day, Turn.VISITOR_MESSAGE),
    Turn.ASKED_FOR_SUPPORT: (chats_by_day, Turn.VISITOR_MESSAGE),
    Turn.AGENT_MESSAGE: (chats_by_day, Turn.ENDED),
    Turn.ENDED: (a_chat_of_an_evening, Turn.VISITOR_MESSAGE),
    Purpose.TRACKING: (she_refuses_to_be_tracked_and_reads, Purpose.MARKETING),
    Purpose.MARKETING: (who_wants_no_mails_is_no_mql, Purpose.TRACKING),
    SalesAction.TOUCHED: (a_call_in_time_is_told_after_the_account_went_on, SalesAction.ACCEPTED),
    SalesAction.CLAIMED: (a_rep_takes_a_lead_and_passes_it_on_by_hand, SalesAction.TOUCHED),
    SalesAction.ACCEPTED: (a_lead_becomes_a_customer_and_is_one_no_more, SalesAction.TOUCHED),
    SalesAction.REJECTED: (sales_cannot_reach_her, SalesAction.TOUCHED),
    SalesAction.REASSIGNED: (a_rep_takes_a_lead_and_passes_it_on_by_hand, SalesAction.TOUCHED),
    SalesAction.SALES_QUALIFIED: (a_lead_becomes_a_customer_and_is_one_no_more, SalesAction.ACCEPTED),
    SalesAction.OPPORTUNITY_OPENED: (two_deals_come_to_nothing, SalesAction.TOUCHED),
    SalesAction.WON: (a_lead_becomes_a_customer_and_is_one_no_more, SalesAction.TOUCHED),
    SalesAction.LOST: (two_deals_come_to_nothing, SalesAction.TOUCHED),
    SalesAction.RETURNED: (a_rep_gives_a_lead_back, SalesAction.TOUCHED),
    RejectReason.NOT_NOW: (sales_says_not_now_and_she_reads_on, RejectReason.WRONG_PERSON),
    RejectReason.UNREACHABLE: (sales_cannot_reach_her, RejectReason.WRONG_PERSON),
    RejectReason.WRONG_PERSON: (sales_says_that_three_are_of_no_use, RejectReason.UNREACHABLE),
    RejectReason.NOT_OUR_MARKET: (nobody_of_an_account_in_question_is_an_mql, RejectReason.NOT_NOW),
    RejectReason.BAD_DATA: (sales_says_that_three_are_of_no_use, RejectReason.UNREACHABLE),
    RejectReason.DUPLICATE: (sales_says_that_three_are_of_no_use, RejectReason.UNREACHABLE),
    PrivacyRequestKind.ERASURE: (somebody_asks_to_be_forgotten, UNSAID),
    PrivacyRequestKind.CONSENT: (who_wants_no_mails_is_no_mql, UNSAID),
}
"""By word of the inputs: a tale in which it is said, and another word in whose place the tale ends otherwise."""
