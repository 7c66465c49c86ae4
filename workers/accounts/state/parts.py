"""Parts of rows: a company-name lookup, the pending move, the escalation, skipped routes, a chat and the open request.

In: values that the floors above decided. Out: structs inside other rows. Nothing is decided here.

Times are milliseconds since the epoch, UTC.
"""

from __future__ import annotations

import msgspec

from schemas.desk_requests import MoveWhy, RequestMode
from schemas.vocabulary import HowChosen, Kind, Reason, Relationship, Route, RouteMiss, Stage


class Part(msgspec.Struct, frozen=True, omit_defaults=True):
    """A struct inside a row. New fields need defaults, so that stored rows can still be read."""


class NameQuery(Part, frozen=True):
    """The facts that an account sends with a company name, to separate companies of one name."""

    country: str | None = None
    """ISO 3166-1 alpha-2 code."""
    postal_code: str | None = None
    phone: str | None = None
    domain: str | None = None
    """Mail domain. None: the lead writes from a free-mail address."""


class NamedAccount(Part, frozen=True):
    """A CRM account of a certain name, with the facts that are compared with a NameQuery."""

    crm_account_id: str
    primary_key: str
    """Account key under which the CRM account is stored."""
    country: str | None = None
    """ISO 3166-1 alpha-2 code."""
    postal_code: str | None = None
    phone: str | None = None
    domains: tuple[str, ...] = ()
    """Mail domains of the account. At most 50."""
    relationship: Relationship = Relationship.PROSPECT
    has_open_opportunity: bool = False


class NameMatch(Part, frozen=True):
    """The answer to a NameQuery. Without a ``crm_account_id`` no account matches with certainty."""

    crm_account_id: str = ""
    """CRM account that matches. Empty: none, or several could match."""
    primary_key: str = ""
    """Account key under which it is stored. Empty: none, or several could match."""
    is_unproven: bool = False
    """Whether only the name supports the match."""
    candidates: tuple[str, ...] = ()
    """CRM accounts that match equally well, by id, lowest first. At most 10."""


class Move(Part, frozen=True):
    """A pending move of the open hand-offs to another holder, although no other rep owns the account."""

    why: MoveWhy
    from_id: str
    """Holder who has the hand-offs. The move is void once another holder has them."""
    to_rep_id: str | None = None
    """Rep who is to get them. None: the desk chooses."""
    is_held: bool = False
    """Whether a desk was asked and no one can take them yet. Leads that are due then come first."""


class MovedClock(Part, frozen=True):
    """The deadlines of an unanswered request whose hand-off was withdrawn because its account moved.

    Milliseconds UTC. None: no such deadline.
    """

    rep_id: str
    """Rep for whom that hand-off was meant."""
    due_ms: int
    soon_ms: int | None = None
    then_ms: int | None = None


class PassedRep(Part, frozen=True):
    """A rep who had the account and did not answer before it was escalated."""

    rep_id: str
    until_ms: int
    """When the account was escalated. Milliseconds UTC."""


class Escalation(Part, frozen=True):
    """The escalation of an unanswered account since the last answer."""

    had: tuple[PassedRep, ...] = ()
    """Reps who had the account and did not answer, in order. At most 12."""
    turns: int = 0
    """Number of times that the next rep in the rotation got the account."""
    is_at_end: bool = False
    """Whether the manager has it or no one else is left. It is escalated no further."""


class SkippedRoute(Part, frozen=True):
    """A route line evaluated before the one that applied: why it did not apply, and what was missing."""

    route: Route
    why: RouteMiss
    to: str | None = None
    """Desk to which the line leads. None: it does not lead to a desk."""
    fact: str | None = None
    """Fact that the line's condition tests."""
    needed: str | None = None
    """Value that the condition needs."""
    rep_id: str | None = None
    """Rep whom the line would have named."""


class Obstacle(Part, frozen=True):
    """The reason why a rep cannot claim a lead now, and who has it."""

    why: Reason
    rep_id: str | None = None
    """Rep who owns or has the account. None: no rep does."""
    desk: str | None = None
    """Desk that has the lead as a whole. None: no desk does."""


class RefusedClaim(Part, frozen=True):
    """A claim that was refused, kept while its obstacle lasts."""

    lead_id: str
    rep_id: str
    """Rep who claimed the lead."""
    at_ms: int
    """Date of the claim. Milliseconds UTC."""
    obstacle: Obstacle


class UnreadNote(Part, frozen=True, array_like=True):
    """A field of an input record that could not be read. It names the field, never its content."""

    topic: str
    field: str
    """Field as the contract names it."""
    word: str | None = None
    """Unknown word of a closed list. None if it is not a plain word."""
    at_ms: int = 0
    """Date of the record. Milliseconds UTC."""


class EndedCycle(Part, frozen=True):
    """The end of a lead's cycle, as it was before a chat brought the lead back. The fields are those of LeadRow."""

    cycle: int
    verdict: Stage
    verdict_why: Reason | None = None
    said_no_ms: int = 0
    expired_with_handoff: bool = False
    ended_before_ms: int = 0
    reached_mql: bool = False
    raised_hand: bool = False
    handed: bool = False
    accepted: bool = False
    qualified: bool = False
    claimed: bool = False


class Chat(Part, frozen=True):
    """The latest conversation of a lead."""

    conversation_id: str
    is_waiting: bool = False
    """Whether the visitor has asked for sales and has not been answered with a name yet."""
    rep_id: str | None = None
    """Rep who wrote last in the chat. None: no rep has."""
    answered_ms: int = 0
    """Date of that message. Milliseconds UTC. 0: no rep has written."""
    sales_ms: int = 0
    """When the visitor asked for sales first. Milliseconds UTC. 0: never."""
    support_ms: int = 0
    """When the visitor asked for support first. Milliseconds UTC. 0: never."""
    woke: EndedCycle | None = None
    """End of the cycle that this conversation undid. None: it undid none."""


class OpenRequest(Part, frozen=True):
    """The account's one open request to a desk."""

    request_id: str
    desk: str
    """Desk that is asked: ``desk:<name>``, ``rep:<rep_id>``, ``partner:<name>`` or the desk of all partners."""
    mode: RequestMode
    kind: Kind
    route: Route
    how: HowChosen | None
    rep_id: str | None
    """Rep for whom the desk is asked. None: the next in turn."""
    lead_id: str
    """Lead that is due; for a move, the lead of the most pressing open hand-off."""
    handoff_id: str
    pending: str = ""
    """Order part of the key of the waiting lead's PendingRow. Empty: only open hand-offs move."""
    total: int = 0
    """Points of the lead when it was asked for."""
    since_ms: int = 0
    """When the lead became due, or its hand-off was opened. Milliseconds UTC."""
    raised: bool = False
    """Whether the lead has raised its hand (asked for sales)."""
    earlier: tuple[SkippedRoute, ...] = ()
    """Routes evaluated before the one that applied. At most one per route line of the policy."""
    terms: str | None = None
    """Desk whose deadlines apply where the route names one for the account's owner. None: the rep's own desk."""
    attempt: int = 1
    """Number of times the request was sent."""
    is_waiting: bool = False
    """Whether the desk has answered that it holds the request until a rep is available."""
    is_refused: bool = False
    """Whether the desk could neither assign nor hold it. It is asked with a new id when the timer is due."""
    move: MoveWhy | None = None
    """Why open hand-offs move. None: a lead is handed off, or another rep owns the account now."""
    excluded: tuple[str, ...] = ()
    """Reps who had the account and did not answer, by rep_id. At most 20."""
    is_chat: bool = False
    """Whether the lead waits in a chat."""
    answerer: str | None = None
    """Rep who wrote in that chat, by rep_id. None: no rep has."""
    conditions: tuple[str, ...] = ()
    """Named conditions that hold for the lead and that a deadline of the policy tests. At most 50."""
    partners: tuple[str, ...] = ()
    """Partners of whom the desk of all partners chooses one, by name. At most 100. Empty: another desk is asked."""
