"""The lead row, and the rows that record under which account keys a lead is stored.

In: a lead as the floors above decided it. Out: rows, encoded by the engine. Nothing is decided or published here.

Times are milliseconds since the epoch, UTC. Days count from 1970-01-01 in the zone of the policy.
"""

from __future__ import annotations

from typing import ClassVar

from schemas.vocabulary import MqlKind, Reason, Stage
from workers.accounts.state.facts import CampaignMark, Contact, Fact
from workers.accounts.state.parts import Chat, MovedClock, UnreadNote
from workers.engine.rows import Row


class LeadRow(Row, frozen=True):
    """A person, what is known of them, and their progress: key (account, lead_id). One row per lead.

    Without a stage the person is a CRM contact who has not been active, and not a lead yet.
    """

    prefix: ClassVar[str] = "lead"
    email: str | None = None
    """Normalised e-mail address, from the first ``lead_identified``. None: no such event has come."""
    role_address: bool = False
    """Whether the address is a shared mailbox, such as info@."""
    facts: tuple[Fact, ...] = ()
    """Facts of the person. At most 13 from forms and 5 from the CRM, and one for each custom field that the policy tests."""
    campaign: CampaignMark | None = None
    """Latest campaign that brought the lead. None: none did."""
    stage: Stage | None = None
    """Present stage. None: a CRM contact who has not been active."""
    stage_n: int = 0
    """Number of stage events emitted so far, for their ids."""
    fit_mark: str = ""
    """Hash of the policy and the gates' answers that the last score carried. A score is published if it changes.

    If a path of the policy tests facts, the path of that score follows the hash.
    """
    cycle: int = 1
    """Number of the present cycle. From 1."""
    reached_mql: bool = False
    """Whether the lead became an MQL in this cycle."""
    raised_hand: bool = False
    """Whether a hand-off for a raised hand is due or was made in this cycle."""
    handed: bool = False
    """Whether a hand-off is due or was made in this cycle."""
    responded_day: int = 0
    """Day of the first response in this cycle to a campaign whose response makes an MQL. 0: none."""
    accepted: bool = False
    """Whether sales accepted the lead (SAL) in this cycle."""
    qualified: bool = False
    """Whether sales qualified the lead (SQL) in this cycle."""
    claimed: bool = False
    """Whether a rep claimed the lead in this cycle."""
    verdict: Stage | None = None
    """How the cycle ended: recycled, expired or disqualified. None: the cycle is open."""
    verdict_why: Reason | None = None
    """Why the cycle ended."""
    said_no_ms: int = 0
    """When the last cycle ended. Milliseconds UTC. 0: none has ended."""
    expired_with_handoff: bool = False
    """Whether the expiry withdrew a hand-off or removed a due one. It is due again if the expiry is undone."""
    ended_before_ms: int = 0
    """``said_no_ms`` before the expiry, restored if the expiry is undone. Milliseconds UTC."""
    bounces: int = 0
    """Number of rejections by sales that recycled the lead."""
    pending: str = ""
    """Order part of the key of the lead's PendingRow. Empty: the lead is not waiting."""
    handoffs: tuple[str, ...] = ()
    """Ids of its open hand-offs. At most two of a kind in a cycle."""
    contact: Contact | None = None
    """CRM record of the person. None: there is none."""
    marketing: bool | None = None
    """Latest consent to marketing that the person gave or refused. None: neither."""
    service: tuple[str, ...] = ()
    """Id of its support question, in transit or open. At most 1."""
    chat: Chat | None = None
    """Latest conversation of the lead. None: it has had none."""
    wanted: tuple[str, ...] = ()
    """Facts of the person that open alerts ask for. At most one per personal gate of the policy."""
    wants_of_company: bool = False
    """Whether the lead waits for facts of its company."""
    moves: int = 0
    """Number of moves between account keys. Of scores under several keys, the one with the most moves is current."""
    home: str = ""
    """Alias of this account from which the person's own records are forwarded. Empty: they come to this key."""
    erased_ms: int = 0
    """Date of the last erasure. Events dated up to it are ignored if they arrive again. Milliseconds UTC. 0: none."""
    request_answered: bool = False
    """Whether a rep has answered the raised hand of this cycle. Such a request does not survive a change of its account."""
    accepted_by_partner: bool = False
    """Whether a partner accepted the lead in this cycle, and sales itself had not."""
    qualified_by_partner: bool = False
    """Whether a partner qualified the lead in this cycle, and sales itself had not."""
    clock: MovedClock | None = None
    """Deadlines of its unanswered request before the account moved. None: it has not moved, or has a hand-off again."""
    unread: tuple[UnreadNote, ...] = ()
    """Fields of the lead's records that could not be read. At most 20."""
    asked_ms: int = 0
    """When the raised hand of this cycle arrived. Milliseconds UTC. 0: not known, or none was raised."""
    mql_kind: MqlKind | None = None
    """Kind of the MQL that the lead became in this cycle. None: it became none by points or activity, or it is not known."""


class PlaceRow(Row, frozen=True):
    """Marks that a lead has rows under an account key, so that an erasure finds them: key (lead_id, account_key).

    At most one per LeadRow or MovedRow. Deleted by the erasure.
    """

    prefix: ClassVar[str] = "place"


class MovedRow(Row, frozen=True):
    """A lead that was sent to another key: key (account, lead_id). At most one per lead and key.

    If the lead comes back, its outputs continue these numbers.
    """

    prefix: ClassVar[str] = "moved"
    stage_n: int
    """Number of stage events emitted under this key."""
    revision: int
    """Number of scores emitted under this key."""
    to: str = ""
    """Account key to which the lead was sent. Late answers of sales are forwarded there."""
    service: tuple[str, ...] = ()
    """Id of the support question that the service desk still answers here. At most 1."""
