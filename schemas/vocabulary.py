"""The closed vocabularies of the contract, each code with its sentence. A reason is always a code, never free text.

The sentence under a code is its meaning in docs/reference/events.md (schemas/codes.py reads it).
"""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """The stage of a lead. Only the steps of a closed transition table occur."""

    KNOWN = "known"
    """An e-mail address is known, and nothing more."""
    WAITING_FOR_FACTS = "waiting_for_facts"
    """No gate fails, but a fact that a gate needs is missing."""
    OUTSIDE = "outside"
    """A gate fails: the wrong market, function or title."""
    NURTURE = "nurture"
    """All gates pass. The total is below the threshold for an MQL."""
    MQL = "mql"
    """Marketing-qualified: all gates pass, and the lead reached the threshold, asked for sales, or answered a campaign
    that needs no threshold."""
    SAL = "sal"
    """Sales has accepted the lead."""
    SQL = "sql"
    """Sales has spoken with the lead. Need and timing are confirmed."""
    OPPORTUNITY = "opportunity"
    """The account has an open opportunity."""
    CUSTOMER = "customer"
    """The account is a customer: a deal was won."""
    RECYCLED = "recycled"
    """Sales rejected the lead for now, or lost the deal. Points or a raised hand dated later bring it back, at once if
    the rejection arrives late."""
    EXPIRED = "expired"
    """Neither the lead nor sales did anything for the policy's time. Newer points or a raised hand bring it back."""
    DISQUALIFIED = "disqualified"
    """A written exclusion applies, or sales rejected the lead for good."""
    WITH_PARTNER = "with_partner"
    """A partner holds the lead. What the lead does is recorded, but does not make it an MQL for us."""


class Kind(StrEnum):
    """The kind of a hand-off: why it was made. The kind of a hand-off never changes."""

    MQL = "mql"
    """The lead became an MQL: all gates passed, and it reached the threshold or answered a named campaign."""
    RAISED_HAND = "raised_hand"
    """The lead asked for a demo, a price or a salesperson."""
    EXPANSION = "expansion"
    """A person of a customer account was active."""
    IN_CYCLE = "in_cycle"
    """A person of an account with an open opportunity was active."""
    INQUIRY = "inquiry"
    """A lead that fails a gate asked for sales. The account's holder answers it, else the desk as a whole. It takes no
    turn."""
    SERVICE = "service"
    """A support question. The service desk answers customers, the default desk (inside sales) all others. It takes no
    turn, earns no points and does not change the account's owner."""
    CLAIMED = "claimed"
    """A rep took the lead before it was due."""
    PARTNER = "partner"
    """The lead goes to a partner or distributor by agreement."""


class MqlKind(StrEnum):
    """The kind of an MQL: what made the lead one, beside all gates."""

    POINTS = "points"
    """The total reached the policy's threshold."""
    CAMPAIGN_RESPONSE = "campaign_response"
    """The person answered a campaign whose response is an MQL at once."""
    PRODUCT_QUALIFIED = "product_qualified"
    """A rule of the policy that makes an MQL at once is complete, such as use of the product."""


class Action(StrEnum):
    """The change that a revision of a hand-off reports."""

    ASSIGNED = "assigned"
    """The named assignee has the hand-off from now on."""
    REASSIGNED = "reassigned"
    """The named assignee has the hand-off from now on: another one than before, or the same one with new deadlines."""
    WITHDRAWN = "withdrawn"
    """No assignee has the hand-off any more."""
    RELABELLED = "relabelled"
    """The assignee stays. The qualification, the forecast or the route changed."""


class Qualification(StrEnum):
    """Whether a raised hand is also an MQL."""

    MQL = "mql"
    """All gates pass."""
    PENDING = "pending"
    """A fact is unknown. Later facts change this label, never the assignee."""
    INQUIRY = "inquiry"
    """A gate fails."""


class GateState(StrEnum):
    """The result of a gate. A missing fact is unknown; a known fact that is not listed fails; fail beats unknown."""

    PASS = "pass"
    """The fact is within the policy."""
    FAIL = "fail"
    """The fact is known and is not within the policy."""
    UNKNOWN = "unknown"
    """The fact is not known."""


class Route(StrEnum):
    """The condition of a route line, in the order of the policy. The first line that applies decides who gets the lead."""

    NEVER = "never"
    """A written exclusion applies. The lead is not handed over."""
    SUPPORT_QUESTION = "support_question"
    """A customer asks a support question. It goes to the service desk."""
    CUSTOMER = "customer"
    """The account is a customer. The lead goes to the account's owner."""
    OPEN_OPPORTUNITY = "open_opportunity"
    """The account has an open opportunity. The lead goes to its owner; of several, to the owner of the latest opened."""
    ACCOUNT_HAS_OWNER = "account_has_owner"
    """The CRM names an active owner of the account."""
    PARTNER_COVERS = "partner_covers"
    """A partner covers the account and gets the lead at the agreed stage."""
    ACCOUNT_HAS_REP = "account_has_rep"
    """A rep works the account, or worked it before."""
    FORMER_CUSTOMER = "former_customer"
    """The account was a customer. The lead goes to the owner that the CRM still names."""
    CONTACT_HAS_OWNER = "contact_has_owner"
    """The CRM names an active owner of the person's own record, and no rep has the account."""
    TERRITORY = "territory"
    """Country, region, postal code, size, language, grade or points lead to this desk."""
    OTHERWISE = "otherwise"
    """No earlier line applies. The lead goes to the default desk, inside sales."""
    BY_HAND = "by_hand"
    """Sales reassigned the account manually, and that decision stays."""
    CLAIMED = "claimed"
    """A rep took the lead, and the account was free."""


class RouteMiss(StrEnum):
    """Why an earlier line of the policy's routes did not apply."""

    NOT_EXCLUDED = "not_excluded"
    """No written exclusion applies."""
    NO_SUPPORT_QUESTION = "no_support_question"
    """The lead is not a support question."""
    NOT_A_CUSTOMER = "not_a_customer"
    """The account is not a customer. A support question then goes to the default desk."""
    NO_OPEN_OPPORTUNITY = "no_open_opportunity"
    """The account has no open opportunity."""
    NO_OWNER = "no_owner"
    """The CRM names no owner."""
    OWNER_IS_NO_PERSON = "owner_is_no_person"
    """The CRM names a robot or a queue as the owner."""
    OWNER_NOT_ACTIVE = "owner_not_active"
    """The owner that the CRM names is inactive, has left or is unknown. If the line names a desk for this case, that
    desk gets the lead."""
    OWNER_OF_FORMER_CUSTOMER = "owner_of_former_customer"
    """The owner is the former rep of a former customer. A later line covers that case."""
    NOT_COVERED = "not_covered"
    """No partner covers the account."""
    NOT_YET_QUALIFIED = "not_yet_qualified"
    """A partner covers the account, but gets the lead at a later stage."""
    RETURNED_BY_PARTNER = "returned_by_partner"
    """The partner that covers the account has given it back."""
    PARTNER_DID_NOT_ANSWER = "partner_did_not_answer"
    """The partner that covers the account did not answer in the agreed time, so the account came back."""
    PARTNERS_FULL = "partners_full"
    """The partners that cover the account have the most open leads that the policy gives them."""
    NOBODY_WORKED_IT = "nobody_worked_it"
    """No rep of ours works the account or worked it before."""
    WORKED_TOO_LONG_AGO = "worked_too_long_ago"
    """The last rep worked the account longer ago than the policy allows."""
    REP_NOT_ACTIVE = "rep_not_active"
    """The rep who works or worked the account is inactive or has left."""
    INQUIRY = "inquiry"
    """An inquiry stays with the desk and takes no rep's turn."""
    NOT_A_FORMER_CUSTOMER = "not_a_former_customer"
    """The account was never a customer."""
    ELSEWHERE = "elsewhere"
    """A fact is known and is outside the territory."""
    FACT_UNKNOWN = "fact_unknown"
    """A fact that the territory needs is not known."""
    ACCOUNT_IS_HELD = "account_is_held"
    """The account's open leads have an assignee, and all others follow: one owner per account."""


class HowChosen(StrEnum):
    """How the assignee was found on the route."""

    ACCOUNT_OWNER = "account_owner"
    """The owner of the account in the CRM."""
    PARENT_OWNER = "parent_owner"
    """The owner of the parent company in the CRM."""
    OWNERS_SDR = "owners_sdr"
    """The SDR who works for the owner of the account, as the policy names them."""
    OPPORTUNITY_OWNER = "opportunity_owner"
    """The owner of the open opportunity."""
    ACCOUNT_REP = "account_rep"
    """The rep who has the account's other leads, or had them last."""
    FORMER_REP = "former_rep"
    """The rep who looked after a former customer."""
    TERRITORY_REP = "territory_rep"
    """The rep whom the policy's table of territories names."""
    CONTACT_OWNER = "contact_owner"
    """The owner of the person's record in the CRM."""
    ROTATION = "rotation"
    """The next rep in the desk's smooth weighted round robin."""
    DEPUTY = "deputy"
    """The deputy of an owner who is away or has not answered."""
    FALLBACK = "fallback"
    """The person whom the policy names as the fallback."""
    BY_HAND = "by_hand"
    """The rep whom sales named manually."""
    CLAIMED = "claimed"
    """The rep who took the lead. The desk charges the rep's turn, unless the lead was in its pool."""
    MANAGER = "manager"
    """The manager: no rep answered, or the owner and the deputies are away."""
    ANSWERED_CHAT = "answered_chat"
    """The rep who answered the visitor in the chat. The desk charges the rep's turn."""


class AssigneeType(StrEnum):
    """The type of an assignee."""

    REP = "rep"
    """One person."""
    DESK = "desk"
    """The desk as a whole. Any of its members may take the hand-off."""
    PARTNER = "partner"
    """A partner or distributor. The partner decides who works on the hand-off."""


class Reason(StrEnum):
    """Why something was decided. A closed list: a reason is always one of these codes, never free text."""

    BAR_REACHED = "bar_reached"
    """The total reached the policy's threshold for an MQL."""
    BAR_REACHED_EARLIER = "bar_reached_earlier"
    """On the day of an earlier event the total reached the threshold, but a fact was missing that is known now."""
    RAISED_HAND = "raised_hand"
    """The person asked for a demo, a price or a salesperson."""
    CAMPAIGN_RESPONSE = "campaign_response"
    """The person answered a campaign whose response is an MQL at once, whatever the points."""
    PRODUCT_QUALIFIED = "product_qualified"
    """A rule of the policy that makes an MQL at once is complete, such as use of the product, whatever the points."""
    ALL_GATES_PASSED = "all_gates_passed"
    """Market, function and title are all within the policy."""
    GATE_FAILED = "gate_failed"
    """A fact is known and is not within the policy. The lead cannot become an MQL."""
    GATE_UNKNOWN = "gate_unknown"
    """A fact that a gate needs is not known yet. No gate fails."""
    BELOW_BAR = "below_bar"
    """The total is below the threshold for an MQL."""
    NOT_QUALIFIED_YET = "not_qualified_yet"
    """The policy has no threshold for an MQL, and the lead has done nothing yet that makes one at once."""
    FACTS_CHANGED = "facts_changed"
    """A fact about the person or the account changed."""
    FIRST_SEEN = "first_seen"
    """The lead is new."""
    CUSTOMER_ACCOUNT = "customer_account"
    """The account is a customer, so its owner gets the lead whatever the score."""
    OPEN_OPPORTUNITY = "open_opportunity"
    """The account has an open opportunity, so its owner gets the lead whatever the score."""
    OWNER_IN_CRM = "owner_in_crm"
    """The CRM names an active rep as the owner of the account."""
    ACCOUNT_ALREADY_HAS_REP = "account_already_has_rep"
    """A rep already has another lead of this account, and this one follows."""
    NEXT_IN_ROTATION = "next_in_rotation"
    """The rep is the next in the desk's rotation."""
    OWNER_AWAY = "owner_away"
    """The owner is away, so the deputy or the next in line does the work. The account stays with its owner."""
    OWNER_NOT_ACTIVE = "owner_not_active"
    """The owner that the CRM names is inactive, has left or is unknown."""
    EVERYONE_AWAY = "everyone_away"
    """No member of the desk is present, so the policy's fallback applies."""
    ACCOUNT_GAINED_OWNER = "account_gained_owner"
    """The CRM named an owner for an account that had none."""
    OWNER_CHANGED = "owner_changed"
    """The CRM names another owner than before."""
    EXCLUDED = "excluded"
    """A written exclusion of the policy applies, so the lead is not handed over."""
    COMPETITOR = "competitor"
    """The account is a competitor."""
    OWN_DOMAIN = "own_domain"
    """The address belongs to our own company."""
    SALES_TOUCHED = "sales_touched"
    """Sales contacted the lead in time, and the report arrived late."""
    SALES_ACCEPTED = "sales_accepted"
    """Sales accepted the lead."""
    SALES_REJECTED = "sales_rejected"
    """Sales rejected the lead."""
    SALES_REASSIGNED = "sales_reassigned"
    """Sales reassigned the lead to another rep manually."""
    SALES_QUALIFIED = "sales_qualified"
    """Sales has spoken with the lead. Need and timing are confirmed."""
    SALES_CLAIMED = "sales_claimed"
    """A rep took the lead before it was due."""
    SALES_RETURNED = "sales_returned"
    """The holder gave the lead back without a rejection."""
    OPPORTUNITY_OPENED = "opportunity_opened"
    """Sales opened an opportunity."""
    OPPORTUNITY_WON = "opportunity_won"
    """Sales won the deal."""
    OPPORTUNITY_LOST = "opportunity_lost"
    """Sales lost the deal."""
    CUSTOMER_NO_MORE = "customer_no_more"
    """The CRM no longer lists the account as a customer, so its people begin a new cycle. An unanswered request stays."""
    NO_TOUCH_IN_TIME = "no_touch_in_time"
    """Neither the lead nor sales did anything for the policy's time."""
    EXPIRY_TAKEN_BACK = "expiry_taken_back"
    """A touch dated before the expiry arrived late, so the lead had not expired. What was withdrawn is handed over again."""
    NEW_POINTS_SINCE = "new_points_since"
    """After a rejection or an expiry, events dated later earned enough points."""
    ACCOUNT_MOVED = "account_moved"
    """The account now has another key, usually its primary domain, and is handled there."""
    MATCHED_BY_NAME = "matched_by_name"
    """The account was found by the company name that the person gave. No other fact proves the match yet."""
    OWNER_OF_CONTACT = "owner_of_contact"
    """The CRM names an active rep as the owner of the person's record."""
    DISPOSABLE_ADDRESS = "disposable_address"
    """The person gave a throw-away address, which may be gone by the time of an answer."""
    MATCHED_BY_CONTACT = "matched_by_contact"
    """The person writes from free mail, and the CRM's contact names the account."""
    FORMER_REP = "former_rep"
    """The rep who had the account before gets it again."""
    OPPORTUNITY_CLOSED = "opportunity_closed"
    """The account's opportunity is no longer open. An unanswered request stays."""
    ACCOUNT_IN_QUESTION = "account_in_question"
    """Sales reported that the account is not in our market. None of its people becomes an MQL until a fact changes or is
    confirmed."""
    DO_NOT_CONTACT = "do_not_contact"
    """The CRM marks this person as not to be contacted. Only what they ask for is answered."""
    SKILL_MISSING = "skill_missing"
    """No rep with the skill that the lead needs could take it, so the policy's fallback applies."""
    SUPPORT_QUESTION = "support_question"
    """The person asked for support."""
    FORMER_CUSTOMER = "former_customer"
    """The account was a customer, so the rep who looked after it gets it again."""
    IN_TERRITORY = "in_territory"
    """The facts of the company or the person lead to the desk of a territory."""
    OWNER_OF_PARENT = "owner_of_parent"
    """The account has no active owner of its own, so the owner of its parent company gets the lead."""
    PARTNER_COVERS = "partner_covers"
    """The account belongs to a partner by agreement."""
    PARTNER_RETURNED = "partner_returned"
    """The partner has given the account back, and it is evaluated again."""
    PARTNER_DID_NOT_ANSWER = "partner_did_not_answer"
    """The partner has not answered in the agreed time, so the account comes back and is evaluated again."""
    NO_MARKETING_CONSENT = "no_marketing_consent"
    """The person has not agreed to be addressed. Only what they ask for is answered."""
    NOT_ANSWERED = "not_answered"
    """The holder did not answer, even long after the deadline, so the account was reassigned."""
    REP_AWAY = "rep_away"
    """The holder is away, so another rep does the work."""
    REP_BACK = "rep_back"
    """The rep is back. The rep gets the account again, or keeps it and the deadlines resume with the time left."""
    ANSWERED_BEFORE_MOVE = "answered_before_move"
    """The earlier holder had answered before the account was reassigned. The report arrived late, so the account goes
    back."""
    ERASED = "erased"
    """The person asked to be forgotten. Delete what you keep of this hand-off and of its lead, ids included."""
    ANSWERED_CHAT = "answered_chat"
    """The rep answered the visitor in the chat, and the account was free."""
    HISTORY_IMPORTED = "history_imported"
    """The person's past activity was imported and earned points that still count. While the import runs, the lead is not
    evaluated yet."""
    NO_LEAD_YET = "no_lead_yet"
    """The person has not visited yet, so there is no lead to claim."""


class PassedOver(StrEnum):
    """Why a candidate of a rotation did not get the turn."""

    NOT_ITS_TURN = "not_its_turn"
    """Present and with capacity, but another rep was next."""
    ABSENT = "absent"
    """Away by the rep's record."""
    INACTIVE = "inactive"
    """Not active, left, or unknown."""
    FULL = "full"
    """No capacity left in the desk's period."""
    LACKS_SKILL = "lacks_skill"
    """The lead needs a language or a segment that this rep does not have."""
    NOT_PREFERRED = "not_preferred"
    """Could have taken the lead, but another rep fits it better."""
    HAD_IT = "had_it"
    """Had the account before and did not answer."""
    NOT_AT_WORK = "not_at_work"
    """Outside the rep's hours, while a visitor waits in a chat and other reps are at work."""
    MORE_OPEN = "more_open"
    """Has more open hand-offs of the desk, relative to its weight, than another rep who can take the lead."""
    MOST_OPEN = "most_open"
    """Has as many open hand-offs of the desk as the policy permits."""
    OFF_TURN = "off_turn"
    """Has missed as many responses as the policy permits. The manager puts the rep back on the turn."""


class Alert(StrEnum):
    """The matter that lead.alerts reports. A record with `cleared` true ends an alert, unless its sentence excludes that."""

    RESPONSE_DUE_SOON = "response_due_soon"
    """Most of the time for the first response has passed."""
    RESPONSE_OVERDUE = "response_overdue"
    """The deadline for the first response has passed, and no touch is known."""
    STILL_UNANSWERED = "still_unanswered"
    """The response is long overdue and the account is not reassigned any further. The manager has it, or the rep works
    other leads of the account."""
    ACCOUNT_WITHOUT_OWNER = "account_without_owner"
    """The account should have an owner, but the CRM or sales names none, or one who is not active. Cleared when another
    owner is named, the rep is back, or the account needs no owner any more."""
    EVERYONE_AWAY = "everyone_away"
    """No member of the desk who could take the lead is present."""
    DESK_FULL = "desk_full"
    """No member of the desk has capacity, and leads wait."""
    DESK_SILENT = "desk_silent"
    """A desk has not answered a request, although the request was repeated."""
    SKILL_MISSING = "skill_missing"
    """No rep with the skill that the lead needs could take it, and it went to the policy's fallback."""
    FACT_WANTED = "fact_wanted"
    """A lead waits for a fact that decides whether it is an MQL. A fact of a company is wanted as long as any of its leads
    waits for it."""
    COMPANY_AMBIGUOUS = "company_ambiguous"
    """A person names a company, or writes from a domain, and several accounts of the CRM could be meant. `candidates` lists
    them."""
    DOMAIN_DROPPED = "domain_dropped"
    """A domain of a CRM account identifies no company, so it finds no lead of this account. `crm_account_id` names the
    account, `domain` the domain, `domain_use` the reason. Correct the CRM's record, or the list in the policy (`matching`).
    Cleared when the record has the domain no longer, or the domain is used."""
    REJECTED_TOO_EARLY = "rejected_too_early"
    """Sales rejected the lead before the agreed number of attempts."""
    BUYING_SIGNALS = "buying_signals"
    """People of an owned account did what the policy calls buying signals. `rep_id` works the account and should look;
    there is no new hand-off. `told` names the absent owner too. Raised again for another rep who works the account.
    Cleared by an action of sales, a change of owner, or the next bundle."""
    PERSON_UNKNOWN = "person_unknown"
    """The policy names a manager or a fallback who is not an active rep of `crm.reps`: a wrong id, or a person who has
    left. `policy_key` is the key, `rep_id` the id and `desk` the desk. `account_key` is the desk too, because no account
    is concerned. Cleared when the person is there, or when the policy names another."""
    REP_OFF_TURN = "rep_off_turn"
    """A rep has missed as many responses as the policy permits, and gets no turn. `told` names the manager, who puts the
    rep back with `on_turn_since` in `crm.reps`. `account_key` and `desk` are the desk. Cleared when the rep is back."""
    CLAIM_REFUSED = "claim_refused"
    """A rep claimed a lead that the rep cannot have. `why` gives the obstacle, `rep_id` or `desk` the holder, `told` the
    claimant. Cleared when the obstacle is gone (then claim again) or the lead moved to another account. Raised again for
    another obstacle."""
    FIELD_UNREADABLE = "field_unreadable"
    """A record was read without one of its fields, because the field's value cannot be read. `topic` and `field` name it.
    Cleared when a later record of that person, account or rep has a readable value there."""
    REQUEST_REFUSED = "request_refused"
    """A person asked for sales or support, and the e-mail address of the request cannot be read. No lead was made. Of a form,
    `dead_letter` names the record. Never cleared."""
    NAME_UNKNOWN = "name_unknown"
    """A rep's record names a desk, calendar, time zone, segment, language, deputy, manager or hours that do not exist.
    `field` and `found` name it, `available` lists what exists. Cleared when the rep's record is right."""


class DomainUse(StrEnum):
    """Why a domain of a CRM account identifies no company."""

    FREE_MAIL = "free_mail"
    """A provider of mail, where strangers have addresses."""
    DISPOSABLE = "disposable"
    """A provider of throw-away addresses."""
    SHARED_SITE = "shared_site"
    """Unrelated companies have pages there: a social network, a marketplace, a site builder, a link shortener."""
    PUBLIC_SUFFIX = "public_suffix"
    """Domains are registered below it, such as co.uk or github.io."""
    NOT_A_DOMAIN = "not_a_domain"
    """The text is not a domain."""
    OTHER_ACCOUNT = "other_account"
    """Another account claims the domain too. Only people whose CRM contact, company name or country names this account
    belong to it. If `company_ambiguous` is raised as well, no account has the domain."""


class Relationship(StrEnum):
    """The CRM's relationship to an account."""

    PROSPECT = "prospect"
    """Not a customer so far. The default."""
    CUSTOMER = "customer"
    """A customer. Its leads go to the account's owner whatever the score."""
    FORMER_CUSTOMER = "former_customer"
    """A customer of the past. Its leads may go to the former rep, if the policy has that route."""
    PARTNER = "partner"
    """A partner. The policy may exclude it or name it in a partner's coverage."""
    DISTRIBUTOR = "distributor"
    """A distributor. The policy may exclude it or name it in a partner's coverage."""
    COMPETITOR = "competitor"
    """A competitor. The policy may exclude it: then its leads are not handed over."""


class Request(StrEnum):
    """The request that a form makes."""

    CONTENT = "content"
    """Content, such as a paper. The default. It raises no hand."""
    NEWSLETTER = "newsletter"
    """A newsletter. It raises no hand."""
    DEMO = "demo"
    """A demo: the lead raises a hand."""
    PRICING = "pricing"
    """A price: the lead raises a hand."""
    CONTACT_SALES = "contact_sales"
    """A salesperson: the lead raises a hand."""
    SUPPORT = "support"
    """Support. If the policy has a service desk, a desk gets the question and it earns no points."""


class Turn(StrEnum):
    """The event in a chat."""

    STARTED = "started"
    """The conversation began. The policy's rules see the activity `chat_started`."""
    VISITOR_MESSAGE = "visitor_message"
    """The visitor wrote. The policy's rules see the activity `chat_message`."""
    ASKED_FOR_SALES = "asked_for_sales"
    """The visitor asks for sales. A known visitor raises a hand; the answer comes on chat.answers."""
    ASKED_FOR_SUPPORT = "asked_for_support"
    """The visitor asks for support. A known visitor's question goes to a desk, if the policy has a service desk."""
    AGENT_MESSAGE = "agent_message"
    """A rep of ours wrote: a touch by `rep_id`. If the account is free, the turn goes to this rep."""
    ENDED = "ended"
    """The conversation ended. The policy's rules see the activity `chat_ended`."""


class ChatReply(StrEnum):
    """The reply to show to the visitor of a chat."""

    NOW = "now"
    """A rep is at work and answers now."""
    LATER = "later"
    """No rep is at work. The answer comes from the time in `available_from`."""
    NOBODY = "nobody"
    """A written exclusion applies, so no rep answers."""


class Purpose(StrEnum):
    """The purpose of a consent."""

    TRACKING = "tracking"
    """The person's activity may count for the score."""
    MARKETING = "marketing"
    """The person may be offered more than what they ask for."""


class SalesAction(StrEnum):
    """The action that sales reports about a lead or a hand-off."""

    TOUCHED = "touched"
    """The rep contacted the person, or tried to. It answers the person's open hand-offs and counts as an attempt."""
    CLAIMED = "claimed"
    """The rep takes the lead before it is due. Works only while the account is free; otherwise the alert `claim_refused`
    reports the obstacle."""
    ACCEPTED = "accepted"
    """The holder accepts the lead: stage `sal`."""
    REJECTED = "rejected"
    """The holder rejects the lead, with a `reason`. Its hand-offs are withdrawn."""
    REASSIGNED = "reassigned"
    """Sales gives the whole account to the rep in `to_rep_id`, manually. Of two reassignments the later dated counts."""
    SALES_QUALIFIED = "sales_qualified"
    """Sales has spoken with the lead, need and timing are confirmed: stage `sql`. A partner who gets SQLs gets the lead
    then."""
    OPPORTUNITY_OPENED = "opportunity_opened"
    """Sales opened an opportunity: stage `opportunity`. It counts until the CRM's own record shows it."""
    WON = "won"
    """Sales won the deal: stage `customer`. It counts until the CRM's own record shows it."""
    LOST = "lost"
    """Sales lost the deal: the lead is recycled."""
    RETURNED = "returned"
    """The holder gives the lead back without a rejection. If it still qualifies, it is handed over again at once. A partner
    returns the whole account."""
    TURN_CREDITED = "turn_credited"
    """A manager, named by `rep_id`, gives the turn of an open hand-off back to the rep who has it, with a `credit_reason`.
    The rep keeps the hand-off and is earlier in turn. The ledger shows it."""
    UNKNOWN = "unknown"
    """Any other word is read as this. It changes nothing, and the alert `field_unreadable` names the word."""


class RejectReason(StrEnum):
    """The reason of a rejection by sales. The policy's `sales_says_no` decides the effect."""

    NOT_NOW = "not_now"
    """No interest at the moment: the lead is recycled. Fewer attempts than agreed raise the alert `rejected_too_early`."""
    UNREACHABLE = "unreachable"
    """The person could not be reached: the lead is recycled. Fewer attempts than agreed raise the alert
    `rejected_too_early`."""
    WRONG_PERSON = "wrong_person"
    """The person does not buy: the lead is recycled or disqualified, as the policy has it."""
    NOT_OUR_MARKET = "not_our_market"
    """The company is not in our market. None of its people becomes an MQL until a fact of the company changes or
    `facts_confirmed_at` moves past the rejection."""
    BAD_DATA = "bad_data"
    """The data of the lead is wrong: the lead is recycled or disqualified, as the policy has it."""
    DUPLICATE = "duplicate"
    """The person is already known under another address: the lead is recycled or disqualified, as the policy has it."""


class PrivacyRequestKind(StrEnum):
    """The kind of a privacy request."""

    ERASURE = "erasure"
    """Forget the person, up to `occurred_at`. Later events start afresh."""
    CONSENT = "consent"
    """Change the consent for the purposes in `consent`."""


class DeadLetterReason(StrEnum):
    """Why a record could not be handled."""

    TOO_LARGE = "too_large"
    """The value is larger than its topic allows. It was not parsed."""
    TOO_DEEP = "too_deep"
    """The value is nested deeper than 50 levels. It was not parsed."""
    NOT_JSON = "not_json"
    """The value is not JSON."""
    BREAKS_CONTRACT = "breaks_contract"
    """The value is JSON but does not match the topic's schema, or the key or a header is not as the contract requires."""
    BAD_ADDRESS = "bad_address"
    """The e-mail address is not valid."""
    TOO_OLD = "too_old"
    """At its arrival the event is older than the window in which repeats are known. Past events have their own import."""
    EMPTY = "empty"
    """The record has no value, but its topic needs one."""
    UNKNOWN_HANDOFF = "unknown_handoff"
    """A sales activity names a hand-off that does not exist, or was closed more than 90 days ago."""
    HANDOFF_OVER = "handoff_over"
    """A sales activity accepts, rejects or returns a hand-off that the router had already withdrawn. The holder's rejection
    still counts if silence closed the hand-off, and `not_our_market` always."""
    HANDLER_FAILED = "handler_failed"
    """The router failed at this record. Please report it, with the detail."""
    OUTPUT_TOO_LARGE = "output_too_large"
    """An output or a state row of this record would be too large to write."""
    CRASHED_WORKER = "crashed_worker"
    """The worker crashed twice on this record, so the record was set aside."""
    SKIPPED = "skipped"
    """An operator ordered the router to pass the record without deciding it."""


class LetterActionType(StrEnum):
    """The action of an operator on a record that could not be handled."""

    RETRIED = "retried"
    """The record was sent again to its topic, with the same key, headers and timestamp."""
    DROPPED = "dropped"
    """The letter was closed. The record stays undecided."""
    SKIP_ORDERED = "skip_ordered"
    """The router passes the record undecided. It becomes a dead letter when the router reaches it."""


MAY_GROW: frozenset[type[StrEnum]] = frozenset(
    {
        *(Reason, Route, RouteMiss, HowChosen, PassedOver, Alert, DeadLetterReason, DomainUse),
        *(LetterActionType, MqlKind),
    }
)
"""Vocabularies of the results that a minor release may extend. A subscriber shows an unknown code as it is.

Subscribers branch on the other vocabularies (stage, kind, action, qualification, assignee type, gate state), so a new
code there is a breaking change.
"""
