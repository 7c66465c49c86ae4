"""The state of the accounts hop: one row type per thing, so that an event costs no more in a large account.

Times are milliseconds UTC, days are counted from 1970-01-01 in the policy's zone; keys begin with the account_key.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.desk_requests import RequestMode
from schemas.vocabulary import (
    Alert,
    AssigneeType,
    HowChosen,
    Kind,
    PassedOver,
    Qualification,
    Reason,
    Relationship,
    Route,
    Stage,
)
from workers.accounts.parts import Chat, Earlier, Move, MovedOn, OpenRequest, Part, RefusedClaim
from workers.accounts.said import Deal
from workers.engine.rows import Row


class Fact(Part, frozen=True):
    """What was said, and when: the CRM's word goes before a form's, then the latest by ``at_ms`` holds."""

    name: str
    value: str
    at_ms: int
    is_crm: bool = False
    since_ms: int = 0
    """When the same was said first, and nothing else after it; 0: at ``at_ms``."""
    other_ms: int = 0
    """When something else was said last, before that; 0: never."""


class Contact(Part, frozen=True):
    """A person as the CRM knows them: the ids of its records, and whether they may be contacted."""

    lead_id: str | None = None
    contact_id: str | None = None
    account_id: str | None = None
    do_not_contact: bool = False


class CampaignMark(Part, frozen=True):
    """The latest campaign that brought a lead."""

    name: str
    source: str | None = None
    medium: str | None = None
    at_ms: int = 0


class Opportunity(Part, frozen=True):
    """An opportunity that is open now."""

    opportunity_id: str
    owner_rep_id: str
    opened_ms: int


class Company(Part, frozen=True):
    """What the CRM says of the company. Amounts as text, because they are decimal."""

    crm_account_id: str
    name: str = ""
    sic: tuple[str, ...] = ()
    naics: tuple[str, ...] = ()
    revenue: str | None = None
    currency: str | None = None
    employees: int | None = None
    country: str | None = None
    region: str | None = None
    """In capitals."""
    relationship: Relationship = Relationship.PROSPECT
    owner_rep_id: str | None = None
    opportunities: tuple[Opportunity, ...] = ()
    confirmed_ms: int | None = None
    parent_crm_account_id: str | None = None
    parent_owner_rep_id: str | None = None
    """Who owns the parent by the parent's own record: for routes of subsidiaries. None: no parent, or nobody."""


class Naming(Part, frozen=True):
    """The company that people of an account unknown to the CRM say it is, and what became of the question."""

    name: str
    """Normalised."""
    lead_id: str
    """Who named it last."""
    facts: tuple[Fact, ...] = ()
    """The name as it was given, and what tells companies of one name apart. At most 4."""
    is_open: bool = False
    """Asked, and not answered yet."""
    crm_account_id: str = ""
    primary_key: str = ""
    """The account that is meant; '' where none is, or several could be."""
    is_unproven: bool = False
    candidates: tuple[str, ...] = ()
    """Accounts between whom nothing decides. At most 10."""


class ContactOf(Part, frozen=True):
    """The account of which somebody with free mail is a contact, by the CRM, and where it lives."""

    named_id: str
    """The crm_account_id that the contact names."""
    is_open: bool = False
    """Asked, and not answered yet."""
    earned: bool = False
    """Meanwhile the person did what sends leads of customers to their rep."""
    primary_key: str = ""
    """'' where the CRM has no such account."""


class Holder(Part, frozen=True):
    """Who has the account's open hand-offs, all of them."""

    type: AssigneeType
    id: str
    name: str | None = None
    deputy_for: str | None = None
    stands_for: str | None = None
    """The rep who was meant: the owner for whom a deputy answers, else the holder."""
    desk: str = ""
    """The desk that gave the account to the holder; ``rep:<id>`` where it was given by right."""
    route: Route = Route.OTHERWISE
    how: HowChosen | None = None
    earlier: tuple[Earlier, ...] = ()
    """Why the routes before did not hold: at most as many as the policy has lines."""
    manager: str | None = None
    """Who is told when the holder does not answer."""


class LastRep(Part, frozen=True):
    """The rep who worked this account last."""

    rep_id: str
    desk: str
    at_ms: int


class ByHand(Part, frozen=True):
    """A reassignment by sales: it stays until the CRM names another owner than it named before."""

    rep_id: str
    at_ms: int
    owner_then: str | None = None


class Questioned(Part, frozen=True):
    """Sales said "not our market": nobody becomes an MQL until these facts change or are confirmed again."""

    facts: str
    confirmed_ms: int | None = None


class AccountRow(Row, frozen=True):
    """What must agree about an account. One row per account; its tuples are bounded by the CRM record."""

    prefix: ClassVar[str] = "account"
    company: Company | None = None
    facts_day: int = 0
    """When the company's facts last changed."""
    forwards_to: str = ""
    """The primary account_key where this is an alias."""
    moving_to: str | None = None
    """Where it will live when its present place has sent everybody; '' is this key. None: it moves nowhere."""
    is_unproven: bool = False
    """An alias by a company name alone."""
    is_by_contact: bool = False
    """An alias by the account that the CRM's contact names."""
    naming: Naming | None = None
    """None: nobody named a company, or the CRM knows the account."""
    contact_of: ContactOf | None = None
    """Of somebody with free mail. None: the CRM knows no account of theirs, or they never came by."""
    holder: Holder | None = None
    open_handoffs: int = 0
    """But for support questions."""
    waiting: int = 0
    """Leads that are due and wait for the account's request."""
    untouched: int = 0
    """Of the open hand-offs: nobody has answered."""
    frozen: int = 0
    """Of the open hand-offs: their deadlines stand still."""
    leaving: int = 0
    """Aliases that move on, while what is open of their people here is withdrawn."""
    on_way: int = 0
    """Of the open hand-offs: withdrawn, until they have reached whom they go to."""
    last_rep: LastRep | None = None
    by_hand: ByHand | None = None
    by_hand_ms: int = 0
    """The latest reassignment by its own date: an earlier one that comes late changes nothing."""
    questioned: Questioned | None = None
    deals: tuple[Deal, ...] = ()
    """What sales said of deals, the latest of each person. At most 10."""
    request: OpenRequest | None = None
    move: Move | None = None
    moved_on: MovedOn | None = None
    returned_by: str = ""
    """The partner who had this account and gave it back: that one gets it no more."""
    gone: tuple[str, ...] = ()
    """Reps who were named for this account and are not active. At most 8, the latest."""
    missing: tuple[str, ...] = ()
    """Of whom an alert is up that they should own it; '' where nobody is named. At most 9."""
    depends: tuple[str, ...] = ()
    """Reps who tell this account when they leave or return. At most 10."""
    wanted: tuple[str, ...] = ()
    """Facts of the company that an alert asks for. Bounded by the gates."""
    enriched: tuple[Fact, ...] = ()
    """What enrichment says of the company. At most 5."""
    refused: tuple[RefusedClaim, ...] = ()
    """Claims of its leads that could not be had. At most 10, the latest."""
    handoff_n: int = 0
    request_n: int = 0
    alert_n: int = 0

    @property
    def is_asking(self) -> bool:
        """Whether it is about to be known to which account the people here belong."""
        return any(asked is not None and asked.is_open for asked in (self.naming, self.contact_of))


class ActiveRow(Row, frozen=True):
    """The people of an account who were active last, latest first: (lead_id, at_ms). At most 10."""

    prefix: ClassVar[str] = "active"
    people: tuple[tuple[str, int], ...] = ()


class LeadRow(Row, frozen=True):
    """A person: what is known of them and where they stand. One row per lead; at most 10 facts of forms, 5 of the CRM.

    Without a stage it is a contact of the CRM who never came by: no lead yet.
    """

    prefix: ClassVar[str] = "lead"
    email: str | None = None
    role_address: bool = False
    facts: tuple[Fact, ...] = ()
    campaign: CampaignMark | None = None
    stage: Stage | None = None
    stage_n: int = 0
    fit_mark: str = ""
    """The gates' answers as last reported."""
    cycle: int = 1
    reached_mql: bool = False
    raised_hand: bool = False
    """A hand raised in this cycle is due or handed off."""
    handed: bool = False
    """A hand-off of this cycle is due or made."""
    responded_day: int = 0
    """When it first answered, in this cycle, a campaign whose response is an MQL at once; 0: it did not."""
    accepted: bool = False
    qualified: bool = False
    claimed: bool = False
    """A rep took it in this cycle."""
    verdict: Stage | None = None
    """How the cycle ended: recycled, expired or disqualified, until a new one."""
    verdict_why: Reason | None = None
    said_no_ms: int = 0
    """When the last cycle ended."""
    expired_with_handoff: bool = False
    """A hand-off was withdrawn when it expired: due again if the expiry is taken back."""
    ended_before_ms: int = 0
    """What ``said_no_ms`` was before it expired: it is so again if the expiry is taken back."""
    bounces: int = 0
    """How often sales has sent it back: a no that recycled it."""
    pending: str = ""
    """The order of the lead's PendingRow, empty where none waits."""
    handoffs: tuple[str, ...] = ()
    """Its open hand-offs: at most two of a kind in a cycle."""
    contact: Contact | None = None
    """The CRM's record of the person."""
    marketing: bool | None = None
    """The person's latest word on marketing; None: none is known."""
    service: tuple[str, ...] = ()
    """Its support question, on its way or open: at most one."""
    chat: Chat | None = None
    """Its latest conversation."""
    wanted: tuple[str, ...] = ()
    """Facts of the person that an alert asks for. Bounded by the gates."""
    wants_of_company: bool = False
    """It waits for facts of its company."""
    moves: int = 0
    """How often it has gone from one key to another: of its scores under several keys the latest counts."""
    home: str = ""
    """The account_key to which the person's own records come, where that is an alias of this one."""
    erased_ms: int = 0
    """What is dated up to here was erased, and does not count when it comes again."""


class RuleCount(Part, frozen=True, array_like=True):
    """How often a rule fitted, as (day, times), days ascending; and the latest event that did."""

    rule: str
    days: tuple[tuple[int, int], ...]
    at_ms: int
    event_id: str


class OnceCount(Part, frozen=True, array_like=True):
    """The buckets or messages of which a rule counted one event, with its date: the earliest. At most 500."""

    rule: str
    keys: tuple[tuple[str, int], ...]


class Dwell(Part, frozen=True, array_like=True):
    """An activity that states no duration, and of which a rule asks it."""

    at_ms: int
    event_id: str
    message: str
    """A mark that tells its message from others; '' where it is about none."""
    lasted_ms: int
    """Until the next activity within the session gap; 0: not known."""
    steps: tuple[tuple[int, tuple[str, ...]], ...]
    """(milliseconds, rules): what counts from this duration on."""


class Ahead(Part, frozen=True, array_like=True):
    """An event that was dated ahead of its arrival, by the day on which it counts, and the rules that fit it."""

    day: int
    event_id: str
    rules: tuple[str, ...]


class Settled(Part, frozen=True):
    """A score without the activities of unknown duration: the fields are ScoreRow's."""

    counts: tuple[RuleCount, ...] = ()
    since: tuple[RuleCount, ...] | None = None
    once: tuple[OnceCount, ...] = ()
    recent: tuple[tuple[int, str, str], ...] = ()


QUIET_MS = 3_600_000
"""Imported history of a lead is complete when so long no more of it has come."""


class ScoreRow(Row, frozen=True):
    """Counts per rule and day, no points: bounded by the policy's rules times its horizon in days. One per lead."""

    prefix: ClassVar[str] = "score"
    counts: tuple[RuleCount, ...] = ()
    """In the order of the rules' names."""
    latest_day: int = 0
    """Of what counted."""
    touched_day: int = 0
    """Of what was a touch and counted nothing: sales', or an activity without a rule."""
    since: tuple[RuleCount, ...] | None = None
    """Of events dated after the last no of sales; None where there was none."""
    recent: tuple[tuple[int, str, str], ...] = ()
    """(at_ms, rule, event_id) while a hand-off is open, for a no that comes late. The latest 50."""
    revision: int = 0
    untracked: tuple[tuple[int, int], ...] | None = None
    """Spans of days, first and last, whose activity counts nothing: at most one for each word of consent."""
    once: tuple[OnceCount, ...] = ()
    """In the order of the rules' names; one for each rule that counts once in a bucket or for a message."""
    moments: bytes = b""
    """When the lead was active, six bytes each, where the policy asks for durations. The latest 64."""
    dwells: tuple[Dwell, ...] = ()
    """The latest 24, by date: they lie over what is settled."""
    settled: Settled | None = None
    """None where there are no dwells: then the counts are settled."""
    imported_ms: int = 0
    """When imported history of the lead came last; 0: none ever did."""
    ahead: tuple[Ahead, ...] = ()
    """What was dated ahead of its arrival: the latest 20."""

    @property
    def complete_ms(self) -> int:
        """From when on imported history is judged: no earlier day is, because it was not known then."""
        return self.imported_ms + QUIET_MS if self.imported_ms else 0

    @property
    def attributed(self) -> tuple[RuleCount, ...]:
        """The counts that may count."""
        return self.counts if not self.untracked else tracked(self.counts, self.untracked)

    @property
    def attributed_since(self) -> tuple[RuleCount, ...]:
        """Those of ``since`` that may count."""
        since = self.since or ()
        return since if not self.untracked else tracked(since, self.untracked)

    def is_untracked_on(self, day: int) -> bool:
        """Whether what is done on this day counts nothing."""
        return any(first <= day <= last for first, last in self.untracked or ())


def tracked(counts: tuple[RuleCount, ...], untracked: tuple[tuple[int, int], ...]) -> tuple[RuleCount, ...]:
    """Return the counts without those of the days that count nothing."""
    made: list[RuleCount] = []
    for found in counts:
        days = tuple(
            one for one in found.days if not any(first <= one[0] <= last for first, last in untracked)
        )
        if days:
            made.append(RuleCount(found.rule, days, found.at_ms, found.event_id))
    return tuple(made)


class PlaceRow(Row, frozen=True):
    """A lead has rows under an account key: key (lead_id, account_key). Bounded by LeadRow and MovedRow; erased."""

    prefix: ClassVar[str] = "place"


class MovedRow(Row, frozen=True):
    """A lead that was sent to the primary key: if it comes back, its outputs are numbered on. At most one per lead."""

    prefix: ClassVar[str] = "moved"
    stage_n: int
    revision: int
    to: str = ""
    """Where the person went: late answers of sales follow."""
    service: tuple[str, ...] = ()
    """A support question that the service desk answers here."""


class PendingRow(Row, frozen=True):
    """A lead that is due and waits for its request: key (account, order, lead). One per lead at most."""

    prefix: ClassVar[str] = "pending"
    raised: bool
    since_ms: int
    day: int
    """The day as of which it became due."""
    total: int
    handoff_id: str
    event_id: str
    fit: int = 0
    """The points of fit in ``total``."""
    reasons: tuple[Reason, ...] = ()
    campaign: CampaignMark | None = None
    claimed_by: str = ""
    """The rep who took it."""
    is_early: bool = False
    """It was taken before it was due by itself."""


class HandoffRow(Row, frozen=True):
    """An open hand-off: key (account, handoff_id). Bounded by what sales has not said no to."""

    prefix: ClassVar[str] = "handoff"
    lead_id: str
    kind: Kind
    holder: Holder
    cycle: int
    request_id: str
    request_desk: str
    mode: RequestMode
    created_ms: int
    event_id: str
    day: int
    revision: int = 1
    qualification: Qualification | None = None
    reasons: tuple[Reason, ...] = ()
    campaign: CampaignMark | None = None
    passed_over: tuple[tuple[str, PassedOver], ...] = ()
    """At most 20."""
    due_ms: int | None = None
    due_soon_ms: int | None = None
    then_ms: int | None = None
    """When the account goes on to somebody else, if nobody answers."""
    frozen_ms: int | None = None
    """Since when the holder is away: the deadlines stand still."""
    touched_ms: int | None = None
    ages: tuple[int, int] | None = None
    """Of a lead that waited at a desk, in seconds: since it became due, since it began to wait."""
    touched_by: str | None = None
    """The rep of the earliest touch."""
    withdrawn_for: tuple[Reason, ...] = ()
    """Why it was withdrawn, while it is on its way to somebody else; empty: the holder has it."""


class ServiceRow(Row, frozen=True):
    """A support question on its way to a desk: key (account, handoff_id). At most one per lead."""

    prefix: ClassVar[str] = "service"
    lead_id: str
    request_id: str
    event_id: str
    day: int
    since_ms: int
    attempt: int = 1
    campaign: CampaignMark | None = None
    of_customer: bool = True
    """When it was asked: it goes to the service desk, anybody else's to everybody's."""


class ClosedHandoffRow(Row, frozen=True):
    """A hand-off that is over, remembered so that a late answer to it is known. Deleted after 90 days."""

    prefix: ClassVar[str] = "closed"
    lead_id: str
    closed_ms: int
    is_moved: bool = False
    """Withdrawn because the account moved: for sales it goes on where the person lives now."""
    expired_cycle: int = 0
    """The cycle that ended by silence and took it along: what sales said before is about that cycle still."""
    is_answered: bool = False
    """Sales ended it by a word of its own: another is the same once more, or comes too late to matter."""
    had: tuple[str, ...] = ()
    """The rep who had it, and for whom. Empty: a desk, a partner."""


class SignalLine(Part, frozen=True, array_like=True):
    """What one person of an account did by one rule that is a buying signal, how often and when last."""

    lead_id: str
    rule: str
    count: int
    at_ms: int


class AlertRow(Row, frozen=True):
    """An alert that is up: key (account, alert_id). Deleted when it is cleared."""

    prefix: ClassVar[str] = "alert"
    alert: Alert
    lead_id: str | None = None
    handoff_id: str | None = None
    rep_id: str | None = None
    desk: str | None = None
    due_ms: int | None = None
    fact: str | None = None
    why: Reason | None = None
    told: tuple[str, ...] = ()
    """At most 5."""
    candidates: tuple[str, ...] = ()
    """At most 10."""
    signals: tuple[SignalLine, ...] = ()
    """At most 20."""


class ClaimRow(Row, frozen=True):
    """A CRM record that claims this key: key (account, crm_account_id). Bounded by the records that name a domain."""

    prefix: ClassVar[str] = "claim"
    company: Company
    primary_key: str
