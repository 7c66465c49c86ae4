"""The account row, its parts, and the row of the people who were active last.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.vocabulary import AssigneeType, HowChosen, Route
from workers.accounts.state.facts import Company, Fact
from workers.accounts.state.parts import Earlier, Move, MovedOn, OpenRequest, Part, RefusedClaim
from workers.accounts.state.sales import Deal
from workers.engine.rows import Row


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
