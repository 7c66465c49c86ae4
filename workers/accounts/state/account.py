"""The account row, its parts, and the row of the leads that were active last.

In: values that the floors above decided. Out: rows, encoded by the engine. Nothing is decided or published here.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.vocabulary import AssigneeType, HowChosen, Route
from workers.accounts.state.facts import Company, Fact
from workers.accounts.state.parts import Escalation, Move, OpenRequest, Part, RefusedClaim, SkippedRoute
from workers.accounts.state.sales import Deal
from workers.engine.rows import Row


class Naming(Part, frozen=True):
    """The company name that leads of an account outside the CRM gave, and the lookup's result."""

    name: str
    """Company name, normalised for the lookup."""
    lead_id: str
    """Lead that gave the name last."""
    facts: tuple[Fact, ...] = ()
    """Name as it was given, and the facts that separate companies of one name. At most 4."""
    is_open: bool = False
    """Whether the lookup has been asked and has not answered yet."""
    crm_account_id: str = ""
    """CRM account that the name matches. Empty: none, or several could match."""
    primary_key: str = ""
    """Account key under which the matching CRM account is stored. Empty: none, or several could match."""
    is_unproven: bool = False
    """Whether only the name supports the match."""
    candidates: tuple[str, ...] = ()
    """CRM accounts that match equally well, by id. At most 10."""


class ContactAccount(Part, frozen=True):
    """The CRM account that the contact record of a lead with a free-mail address names, and the lookup's result."""

    named_id: str
    """The crm_account_id that the contact record names."""
    is_open: bool = False
    """Whether the lookup has been asked and has not answered yet."""
    earned: bool = False
    """Whether, while the lookup was open, the lead did something that hands a customer's lead to its rep."""
    primary_key: str = ""
    """Account key under which that CRM account is stored. Empty: the CRM has no such account."""


class Holder(Part, frozen=True):
    """The rep, desk or partner that has all of the account's open hand-offs."""

    type: AssigneeType
    id: str
    """A rep_id, ``desk:<name>`` or ``partner:<name>``."""
    name: str | None = None
    """Name of the rep. None for a desk or a partner."""
    deputy_for: str | None = None
    """Absent owner for whom the holder answers, by rep_id. None: the holder is not a deputy."""
    stands_for: str | None = None
    """Rep for whom the hand-offs were meant, by rep_id: the owner where a deputy answers, else the holder."""
    desk: str = ""
    """Desk that assigned the account. ``rep:<id>``: it was assigned to the account's own rep or owner."""
    route: Route = Route.OTHERWISE
    """Route that led to the holder."""
    how: HowChosen | None = None
    """How the desk chose the holder on that route. None: the desk did not choose."""
    earlier: tuple[SkippedRoute, ...] = ()
    """Routes evaluated before the one that applied. At most one per route line of the policy."""
    manager: str | None = None
    """Manager who is notified when the holder does not answer, by rep_id."""


class LastRep(Part, frozen=True):
    """The rep who worked this account last."""

    rep_id: str
    desk: str
    """Desk that had assigned the account to the rep."""
    at_ms: int
    """When the rep's last hand-off of the account was closed. Milliseconds UTC."""


class ManualAssignment(Part, frozen=True):
    """A reassignment by sales. It holds until the CRM names another owner than when it was made."""

    rep_id: str
    """Rep to whom sales assigned the account."""
    at_ms: int
    """When sales reassigned it, by the event's own date. Milliseconds UTC."""
    owner_then: str | None = None
    """Owner whom the CRM named at that time. None: it named no one."""


class MarketObjection(Part, frozen=True):
    """A rejection with ``not_our_market``. No lead becomes an MQL until the facts change or are confirmed again."""

    facts: str
    """Hash of the company's market facts at the time of the rejection."""
    confirmed_ms: int | None = None
    """When the CRM had confirmed those facts last. Milliseconds UTC. None: never."""


class PartnerCount(Part, frozen=True):
    """The number of the account's open hand-offs that a partner has."""

    partner: str
    """Name of the partner in the policy."""
    open: int
    """Number of open hand-offs. From 1."""


class AccountRow(Row, frozen=True):
    """The state that all leads of an account share: key (account). One row per account. The CRM record bounds it."""

    prefix: ClassVar[str] = "account"
    company: Company | None = None
    """CRM record, completed by enrichment and by sales' deals. None: no source knows the company."""
    facts_day: int = 0
    """Day from which the account's facts hold: its market facts changed last, or a partner returned it."""
    forwards_to: str = ""
    """Primary account key to which this alias forwards. Empty: this key is not an alias."""
    moving_to: str | None = None
    """Key to which this alias forwards once its present key has sent all leads. Empty: this key. None: no move."""
    is_unproven: bool = False
    """Whether only a company name supports the alias."""
    is_by_contact: bool = False
    """Whether the alias follows the account that a CRM contact record names."""
    naming: Naming | None = None
    """Company name that leads gave. None: none was given, or a CRM record claims the account."""
    contact_of: ContactAccount | None = None
    """CRM account that the contact record of a free-mail lead names. None: it names none, or there is no record."""
    holder: Holder | None = None
    """Holder of the open hand-offs. None: no hand-off is open."""
    open_handoffs: int = 0
    """Number of open hand-offs, support questions not included."""
    waiting: int = 0
    """Number of leads that are due and wait for the account's request."""
    untouched: int = 0
    """Number of open hand-offs without a first response."""
    frozen: int = 0
    """Number of open hand-offs whose deadlines are stopped because their holder is away."""
    leaving: int = 0
    """Number of aliases that are moving away while their leads' open hand-offs here are withdrawn."""
    on_way: int = 0
    """Number of open hand-offs in transit: withdrawn, and not with their next holder yet."""
    last_rep: LastRep | None = None
    """Rep who worked the account last. None: no rep has."""
    by_hand: ManualAssignment | None = None
    """Manual reassignment in force. None: the CRM's owner holds."""
    by_hand_ms: int = 0
    """Date of the latest manual reassignment. An earlier one that arrives late is ignored. Milliseconds UTC."""
    questioned: MarketObjection | None = None
    """Sales' objection that the account is outside the market. None: no objection is in force."""
    deals: tuple[Deal, ...] = ()
    """Latest deal that sales reported for each lead. At most 10, the latest."""
    request: OpenRequest | None = None
    """Open request to a desk. None: no request is open."""
    move: Move | None = None
    """Pending move of the open hand-offs to another holder. None: none is pending."""
    moved_on: Escalation | None = None
    """Escalation since the last answer. None: the account has not been escalated."""
    returned_by: str = ""
    """Partner who had this account and returned it. It is not offered to that partner again. Empty: none."""
    gone: tuple[str, ...] = ()
    """Reps who were named for this account and are not active, by rep_id. At most 8, the latest."""
    missing: tuple[str, ...] = ()
    """Inactive reps for whom an owner alert is up. Empty string: a customer without a named owner. At most 9."""
    depends: tuple[str, ...] = ()
    """Reps whose desks notify this account when they leave or return, by rep_id. At most 10."""
    wanted: tuple[str, ...] = ()
    """Facts of the company that open alerts ask for. At most one per company gate of the policy."""
    enriched: tuple[Fact, ...] = ()
    """Facts of the company from enrichment. At most 7."""
    refused: tuple[RefusedClaim, ...] = ()
    """Claims of the account's leads that were refused and are still reported. At most 10, the latest."""
    handoff_n: int = 0
    """Number of hand-offs opened so far, for their ids."""
    request_n: int = 0
    """Number of requests sent so far, for their ids."""
    alert_n: int = 0
    """Number of alert events emitted so far, for their ids."""
    is_partner_silent: bool = False
    """Whether the partner in ``returned_by`` did not answer in time. False: the partner gave the account back."""
    alias_of: str = ""
    """CRM account to which this alias belongs, by id. Empty: none is known."""
    is_shared: bool = False
    """Whether several CRM accounts claim this domain."""
    placements: int = 0
    """Number of leads of this domain that are stored under the key of their own account."""
    apart_from: str = ""
    """Key of the record's first domain, if another account has that domain. Empty: the people are stored there."""
    returned_before: tuple[str, ...] = ()
    """Partners who had this account before the one in ``returned_by``. It is not offered to them again. At most 100."""
    full_partners: tuple[str, ...] = ()
    """Partners who had no capacity for the account's lead that is due. Cleared when another desk has decided. At most 100."""
    partner_load: PartnerCount | None = None
    """Open hand-offs of a partner as they were reported last. None: a partner has none, or no partner has a limit."""
    work: tuple[tuple[str, str, int], ...] = ()
    """Open hand-offs as reported last: (desk, rep_id, number). Number -1: the desk may count another. At most 3."""

    @property
    def is_asking(self) -> bool:
        """Whether an open lookup will decide to which account the leads here belong."""
        return any(asked is not None and asked.is_open for asked in (self.naming, self.contact_of))


class ActiveRow(Row, frozen=True):
    """The leads of an account that were active last: key (account)."""

    prefix: ClassVar[str] = "active"
    people: tuple[tuple[str, int], ...] = ()
    """(lead_id, milliseconds UTC) of each, latest first. At most 10."""
