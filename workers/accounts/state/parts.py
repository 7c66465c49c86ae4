"""What stands inside the account's row of its one request, of the wish to move, and of who had its hand-offs before."""

from __future__ import annotations

import msgspec

from schemas.desk_requests import MoveWhy, RequestMode
from schemas.vocabulary import HowChosen, Kind, Reason, Relationship, Route, RouteMiss


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """Inside a row; new fields need defaults."""


class Asker(Part, frozen=True):
    """What is known of who names a company, to tell companies of one name apart."""

    country: str | None = None
    postal_code: str | None = None
    phone: str | None = None
    domain: str | None = None
    """None: free mail."""


class NamedAccount(Part, frozen=True):
    """An account of the CRM, as far as it is compared with who names it."""

    crm_account_id: str
    primary_key: str
    country: str | None = None
    postal_code: str | None = None
    phone: str | None = None
    domains: tuple[str, ...] = ()
    """At most 50."""
    relationship: Relationship = Relationship.PROSPECT
    has_open_opportunity: bool = False


class Told(Part, frozen=True):
    """What was answered to who asked for a name; without a ``crm_account_id`` nothing certain is known."""

    crm_account_id: str = ""
    primary_key: str = ""
    is_unproven: bool = False
    candidates: tuple[str, ...] = ()
    """Ids of accounts between whom nothing decides. At most 10, lowest first."""


class Move(Part, frozen=True):
    """The open hand-offs are to go to somebody else, though nobody else owns the account by right."""

    why: MoveWhy
    from_id: str
    """Who has them; the move is void once somebody else has."""
    to_rep_id: str | None = None
    """Who is to have them, where that is known."""
    is_held: bool = False
    """A desk was asked, and nobody can take them yet: leads that are due come first."""


class Passed(Part, frozen=True):
    """A rep who had the account and did not answer, until it went on."""

    rep_id: str
    until_ms: int


class MovedOn(Part, frozen=True):
    """An account that nobody answers: who had it since the last answer. At most 12."""

    had: tuple[Passed, ...] = ()
    turns: int = 0
    """How often the next in turn got it."""
    is_at_end: bool = False
    """The manager has it, or nobody else is left: it goes on no more."""


class Earlier(Part, frozen=True):
    """A line of the routes before the one taken: why it did not hold, and what would have made it."""

    route: Route
    why: RouteMiss
    to: str | None = None
    fact: str | None = None
    needed: str | None = None
    rep_id: str | None = None


class Obstacle(Part, frozen=True):
    """Why a rep may not take a lead now, and who has it."""

    why: Reason
    rep_id: str | None = None
    desk: str | None = None
    """Of a lead that a desk has as a whole."""


class RefusedClaim(Part, frozen=True):
    """A claim that could not be had, while that is so."""

    lead_id: str
    rep_id: str
    """Who took it."""
    at_ms: int
    obstacle: Obstacle


class Chat(Part, frozen=True):
    """A lead's latest conversation."""

    conversation_id: str
    is_waiting: bool = False
    """The visitor has asked for sales and was not told yet who takes it."""
    rep_id: str | None = None
    """Who of us answered last."""
    answered_ms: int = 0


class OpenRequest(Part, frozen=True):
    """The account's one open request to a desk."""

    request_id: str
    desk: str
    mode: RequestMode
    kind: Kind
    route: Route
    how: HowChosen | None
    rep_id: str | None
    lead_id: str
    handoff_id: str
    pending: str = ""
    """The key of the lead that waits for the answer; empty where only open hand-offs move."""
    total: int = 0
    since_ms: int = 0
    raised: bool = False
    earlier: tuple[Earlier, ...] = ()
    terms: str | None = None
    """The desk whose deadlines hold for an owner by right, where the route names one."""
    attempt: int = 1
    is_waiting: bool = False
    """The desk has answered: held until there is room, or somebody is there."""
    is_refused: bool = False
    """It could neither give nor keep it: asked anew when the timer is due."""
    move: MoveWhy | None = None
    """Why open hand-offs move; None: a lead is handed off, or the account belongs to somebody else by right."""
    excluded: tuple[str, ...] = ()
    """Who had the account and did not answer. At most 20."""
    is_chat: bool = False
    """The lead waits in a chat."""
    answerer: str | None = None
    """Who has answered it there."""
