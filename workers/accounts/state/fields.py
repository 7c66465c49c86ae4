"""The fields of rows as keyword arguments: mypy refuses a misspelt field. A test holds them equal to the rows."""

from __future__ import annotations

from typing import TypedDict

from schemas.vocabulary import DomainUse, MqlKind, Reason, Stage
from workers.accounts.state.account import (
    ContactAccount,
    Holder,
    LastRep,
    ManualAssignment,
    MarketObjection,
    Naming,
    PartnerCount,
)
from workers.accounts.state.alert import SignalLine
from workers.accounts.state.facts import CampaignMark, Company, Contact, Fact
from workers.accounts.state.parts import (
    Chat,
    Escalation,
    Move,
    MovedClock,
    OpenRequest,
    RefusedClaim,
    UnreadNote,
)
from workers.accounts.state.sales import Deal


class AccountFields(TypedDict, total=False):
    """Fields of AccountRow, for ``Case.change``."""

    company: Company | None
    facts_day: int
    forwards_to: str
    moving_to: str | None
    is_unproven: bool
    is_by_contact: bool
    naming: Naming | None
    contact_of: ContactAccount | None
    holder: Holder | None
    open_handoffs: int
    waiting: int
    untouched: int
    frozen: int
    leaving: int
    on_way: int
    last_rep: LastRep | None
    by_hand: ManualAssignment | None
    by_hand_ms: int
    questioned: MarketObjection | None
    deals: tuple[Deal, ...]
    request: OpenRequest | None
    move: Move | None
    moved_on: Escalation | None
    returned_by: str
    gone: tuple[str, ...]
    missing: tuple[str, ...]
    depends: tuple[str, ...]
    work: tuple[tuple[str, str, int], ...]
    wanted: tuple[str, ...]
    enriched: tuple[Fact, ...]
    refused: tuple[RefusedClaim, ...]
    handoff_n: int
    request_n: int
    alert_n: int
    is_partner_silent: bool
    alias_of: str
    is_shared: bool
    placements: int
    apart_from: str
    returned_before: tuple[str, ...]
    full_partners: tuple[str, ...]
    partner_load: PartnerCount | None


class LeadFields(TypedDict, total=False):
    """Fields of LeadRow, for ``LeadInHand.change``."""

    email: str | None
    role_address: bool
    facts: tuple[Fact, ...]
    campaign: CampaignMark | None
    stage: Stage | None
    stage_n: int
    fit_mark: str
    cycle: int
    reached_mql: bool
    raised_hand: bool
    handed: bool
    responded_day: int
    accepted: bool
    qualified: bool
    claimed: bool
    verdict: Stage | None
    verdict_why: Reason | None
    said_no_ms: int
    expired_with_handoff: bool
    ended_before_ms: int
    bounces: int
    pending: str
    handoffs: tuple[str, ...]
    contact: Contact | None
    marketing: bool | None
    service: tuple[str, ...]
    chat: Chat | None
    wanted: tuple[str, ...]
    wants_of_company: bool
    moves: int
    home: str
    erased_ms: int
    request_answered: bool
    accepted_by_partner: bool
    qualified_by_partner: bool
    clock: MovedClock | None
    unread: tuple[UnreadNote, ...]
    asked_ms: int
    mql_kind: MqlKind | None


class AlertFields(TypedDict, total=False):
    """Fields of AlertRow, for ``Case.raise_alert``."""

    lead_id: str | None
    handoff_id: str | None
    rep_id: str | None
    desk: str | None
    due_ms: int | None
    fact: str | None
    why: Reason | None
    told: tuple[str, ...]
    candidates: tuple[str, ...]
    signals: tuple[SignalLine, ...]
    crm_account_id: str | None
    domain: str | None
    domain_use: DomainUse | None
    topic: str | None
    field: str | None
    found: str | None
