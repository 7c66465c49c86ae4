"""The closed vocabularies of the contract: stages, kinds, routes, reasons, alerts. No free text stands for a reason."""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """Where a lead stands; the transition table of the code is closed."""

    KNOWN = "known"
    WAITING_FOR_FACTS = "waiting_for_facts"
    OUTSIDE = "outside"
    NURTURE = "nurture"
    MQL = "mql"
    SAL = "sal"
    SQL = "sql"
    OPPORTUNITY = "opportunity"
    CUSTOMER = "customer"
    RECYCLED = "recycled"
    EXPIRED = "expired"
    DISQUALIFIED = "disqualified"
    WITH_PARTNER = "with_partner"


class Kind(StrEnum):
    """Why a hand-off was made. The kind of a hand-off never changes."""

    MQL = "mql"
    RAISED_HAND = "raised_hand"
    EXPANSION = "expansion"
    IN_CYCLE = "in_cycle"
    INQUIRY = "inquiry"
    SERVICE = "service"
    CLAIMED = "claimed"
    PARTNER = "partner"


class Action(StrEnum):
    """What a revision of a hand-off says."""

    ASSIGNED = "assigned"
    REASSIGNED = "reassigned"
    WITHDRAWN = "withdrawn"
    RELABELLED = "relabelled"


class Qualification(StrEnum):
    """The MQL question of a raised hand."""

    MQL = "mql"
    PENDING = "pending"
    INQUIRY = "inquiry"


class GateState(StrEnum):
    """Absent is unknown; given but not listed is fail; fail beats unknown."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"


class Route(StrEnum):
    """The routes in the order of the policy; the first that is true owns the lead."""

    NEVER = "never"
    SUPPORT_QUESTION = "support_question"
    CUSTOMER = "customer"
    OPEN_OPPORTUNITY = "open_opportunity"
    ACCOUNT_HAS_OWNER = "account_has_owner"
    PARTNER_COVERS = "partner_covers"
    ACCOUNT_HAS_REP = "account_has_rep"
    FORMER_CUSTOMER = "former_customer"
    TERRITORY = "territory"
    OTHERWISE = "otherwise"
    BY_HAND = "by_hand"
    CLAIMED = "claimed"


class RouteMiss(StrEnum):
    """Why a line of the routes that stands before the one taken did not hold."""

    NOT_EXCLUDED = "not_excluded"
    NO_SUPPORT_QUESTION = "no_support_question"
    NOT_A_CUSTOMER = "not_a_customer"
    NO_OPEN_OPPORTUNITY = "no_open_opportunity"
    NO_OWNER = "no_owner"
    OWNER_IS_NO_PERSON = "owner_is_no_person"
    OWNER_NOT_ACTIVE = "owner_not_active"
    OWNER_OF_FORMER_CUSTOMER = "owner_of_former_customer"
    NOT_COVERED = "not_covered"
    NOT_YET_QUALIFIED = "not_yet_qualified"
    RETURNED_BY_PARTNER = "returned_by_partner"
    NOBODY_WORKED_IT = "nobody_worked_it"
    WORKED_TOO_LONG_AGO = "worked_too_long_ago"
    REP_NOT_ACTIVE = "rep_not_active"
    INQUIRY = "inquiry"
    NOT_A_FORMER_CUSTOMER = "not_a_former_customer"
    ELSEWHERE = "elsewhere"
    FACT_UNKNOWN = "fact_unknown"
    ACCOUNT_IS_HELD = "account_is_held"


class HowChosen(StrEnum):
    """How the assignee was found on the route."""

    ACCOUNT_OWNER = "account_owner"
    PARENT_OWNER = "parent_owner"
    OPPORTUNITY_OWNER = "opportunity_owner"
    ACCOUNT_REP = "account_rep"
    FORMER_REP = "former_rep"
    ROTATION = "rotation"
    DEPUTY = "deputy"
    FALLBACK = "fallback"
    BY_HAND = "by_hand"
    CLAIMED = "claimed"
    MANAGER = "manager"
    ANSWERED_CHAT = "answered_chat"


class AssigneeType(StrEnum):
    """Who can hold a hand-off."""

    REP = "rep"
    DESK = "desk"
    PARTNER = "partner"


class Reason(StrEnum):
    """Why something was decided. A closed list: each code has a sentence in docs/subscribers.md."""

    BAR_REACHED = "bar_reached"
    RAISED_HAND = "raised_hand"
    CAMPAIGN_RESPONSE = "campaign_response"
    ALL_GATES_PASSED = "all_gates_passed"
    GATE_FAILED = "gate_failed"
    GATE_UNKNOWN = "gate_unknown"
    BELOW_BAR = "below_bar"
    FACTS_CHANGED = "facts_changed"
    FIRST_SEEN = "first_seen"
    CUSTOMER_ACCOUNT = "customer_account"
    OPEN_OPPORTUNITY = "open_opportunity"
    OWNER_IN_CRM = "owner_in_crm"
    ACCOUNT_ALREADY_HAS_REP = "account_already_has_rep"
    NEXT_IN_ROTATION = "next_in_rotation"
    OWNER_AWAY = "owner_away"
    OWNER_NOT_ACTIVE = "owner_not_active"
    EVERYONE_AWAY = "everyone_away"
    ACCOUNT_GAINED_OWNER = "account_gained_owner"
    OWNER_CHANGED = "owner_changed"
    EXCLUDED = "excluded"
    COMPETITOR = "competitor"
    OWN_DOMAIN = "own_domain"
    SALES_TOUCHED = "sales_touched"
    SALES_ACCEPTED = "sales_accepted"
    SALES_REJECTED = "sales_rejected"
    SALES_REASSIGNED = "sales_reassigned"
    SALES_QUALIFIED = "sales_qualified"
    SALES_CLAIMED = "sales_claimed"
    SALES_RETURNED = "sales_returned"
    OPPORTUNITY_OPENED = "opportunity_opened"
    OPPORTUNITY_WON = "opportunity_won"
    OPPORTUNITY_LOST = "opportunity_lost"
    CUSTOMER_NO_MORE = "customer_no_more"
    NO_TOUCH_IN_TIME = "no_touch_in_time"
    EXPIRY_TAKEN_BACK = "expiry_taken_back"
    NEW_POINTS_SINCE = "new_points_since"
    ACCOUNT_MOVED = "account_moved"
    MATCHED_BY_NAME = "matched_by_name"
    MATCHED_BY_CONTACT = "matched_by_contact"
    FORMER_REP = "former_rep"
    OPPORTUNITY_CLOSED = "opportunity_closed"
    ACCOUNT_IN_QUESTION = "account_in_question"
    DO_NOT_CONTACT = "do_not_contact"
    SKILL_MISSING = "skill_missing"
    SUPPORT_QUESTION = "support_question"
    FORMER_CUSTOMER = "former_customer"
    IN_TERRITORY = "in_territory"
    OWNER_OF_PARENT = "owner_of_parent"
    PARTNER_COVERS = "partner_covers"
    PARTNER_RETURNED = "partner_returned"
    PARTNER_DID_NOT_ANSWER = "partner_did_not_answer"
    NO_MARKETING_CONSENT = "no_marketing_consent"
    NOT_ANSWERED = "not_answered"
    REP_AWAY = "rep_away"
    REP_BACK = "rep_back"
    ANSWERED_BEFORE_MOVE = "answered_before_move"
    ERASED = "erased"
    ANSWERED_CHAT = "answered_chat"
    HISTORY_IMPORTED = "history_imported"
    NO_LEAD_YET = "no_lead_yet"


class PassedOver(StrEnum):
    """Why a candidate of a rotation did not get the turn."""

    NOT_ITS_TURN = "not_its_turn"
    ABSENT = "absent"
    INACTIVE = "inactive"
    FULL = "full"
    LACKS_SKILL = "lacks_skill"
    NOT_PREFERRED = "not_preferred"
    HAD_IT = "had_it"
    NOT_AT_WORK = "not_at_work"


class Alert(StrEnum):
    """What lead.alerts reports; each has a clearing counterpart (cleared = true)."""

    RESPONSE_DUE_SOON = "response_due_soon"
    RESPONSE_OVERDUE = "response_overdue"
    STILL_UNANSWERED = "still_unanswered"
    ACCOUNT_WITHOUT_OWNER = "account_without_owner"
    EVERYONE_AWAY = "everyone_away"
    DESK_FULL = "desk_full"
    DESK_SILENT = "desk_silent"
    SKILL_MISSING = "skill_missing"
    FACT_WANTED = "fact_wanted"
    COMPANY_AMBIGUOUS = "company_ambiguous"
    REJECTED_TOO_EARLY = "rejected_too_early"
    BUYING_SIGNALS = "buying_signals"
    CLAIM_REFUSED = "claim_refused"


class Relationship(StrEnum):
    """What the CRM says an account is to us."""

    PROSPECT = "prospect"
    CUSTOMER = "customer"
    FORMER_CUSTOMER = "former_customer"
    PARTNER = "partner"
    DISTRIBUTOR = "distributor"
    COMPETITOR = "competitor"


class Request(StrEnum):
    """What a form asks for."""

    CONTENT = "content"
    NEWSLETTER = "newsletter"
    DEMO = "demo"
    PRICING = "pricing"
    CONTACT_SALES = "contact_sales"
    SUPPORT = "support"


class Turn(StrEnum):
    """What happens in a chat."""

    STARTED = "started"
    VISITOR_MESSAGE = "visitor_message"
    ASKED_FOR_SALES = "asked_for_sales"
    ASKED_FOR_SUPPORT = "asked_for_support"
    AGENT_MESSAGE = "agent_message"
    ENDED = "ended"


class ChatReply(StrEnum):
    """What the visitor of a chat is told."""

    NOW = "now"
    LATER = "later"
    NOBODY = "nobody"


class Purpose(StrEnum):
    """What a person may agree to."""

    TRACKING = "tracking"
    MARKETING = "marketing"


class SalesAction(StrEnum):
    """What sales says of a lead."""

    TOUCHED = "touched"
    CLAIMED = "claimed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    REASSIGNED = "reassigned"
    SALES_QUALIFIED = "sales_qualified"
    OPPORTUNITY_OPENED = "opportunity_opened"
    WON = "won"
    LOST = "lost"
    RETURNED = "returned"


class RejectReason(StrEnum):
    """Why sales says no."""

    NOT_NOW = "not_now"
    UNREACHABLE = "unreachable"
    WRONG_PERSON = "wrong_person"
    NOT_OUR_MARKET = "not_our_market"
    BAD_DATA = "bad_data"
    DUPLICATE = "duplicate"


class PrivacyRequestKind(StrEnum):
    """What a person asks of us."""

    ERASURE = "erasure"
    CONSENT = "consent"


class DeadLetterReason(StrEnum):
    """Why a record could not be handled."""

    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    NOT_JSON = "not_json"
    BREAKS_CONTRACT = "breaks_contract"
    BAD_ADDRESS = "bad_address"
    TOO_OLD = "too_old"
    EMPTY = "empty"
    UNKNOWN_HANDOFF = "unknown_handoff"
    HANDOFF_OVER = "handoff_over"
    HANDLER_FAILED = "handler_failed"
    OUTPUT_TOO_LARGE = "output_too_large"
    CRASHED_WORKER = "crashed_worker"


MAY_GROW: frozenset[type[StrEnum]] = frozenset(
    {Reason, Route, RouteMiss, HowChosen, PassedOver, Alert, DeadLetterReason}
)
"""Vocabularies of the results that a minor release may add a code to: a subscriber shows a code that it does not know.

The others (stage, kind, action, qualification, assignee type, gate state) are branched on; a new one breaks.
"""
