"""The topics of the contract: name, model, key, partitioning, retention or compaction. No other place defines them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from schemas.chat_conversations import ChatTurn
from schemas.crm_accounts import CrmAccount
from schemas.crm_contacts import CrmContact
from schemas.crm_reps import CrmRep
from schemas.dead_letter_actions import LetterAction
from schemas.desk_requests import DeskEvent
from schemas.erasure import PersonErased
from schemas.form_fills import FormFill
from schemas.lead_events import LeadEvent
from schemas.outputs import ChatAnswer, DeadLetter, LeadAlert, LeadRouting, LeadScore, LeadStage, LedgerEntry
from schemas.privacy_requests import PrivacyRequest
from schemas.sales_activities import SalesActivity
from schemas.visitor_events import VisitorEvent
from schemas.web_activity import WebActivity

DAY_MS = 86_400_000
INTERNAL_MAX_BYTES = 1_000_000
"""The most bytes of an internal record. It wraps an input, so it may be larger; Kafka's own limit for a message is higher."""


class Direction(StrEnum):
    """The direction of a topic: written by other systems, by the hops for each other, or for subscribers."""

    IN = "in"
    INTERNAL = "internal"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic of the contract.

    ``key`` and ``partition_by`` take a value of the model and return the key and the partition key as text. A topic that
    another system writes has neither. Every topic has as many partitions as the setting ``partitions``, because the
    logs are co-partitioned.
    """

    name: str
    direction: Direction
    model: Any
    key_description: str
    """The key in words, as schemas/json has it in ``x-key``. A change breaks the contract."""
    partitioned_by: str = "the key"
    """The partition key in words."""
    retention_ms: int | None = 60 * DAY_MS
    outlives: int = 1
    """How many times ``retention_ms`` its records are kept. More than 1: they must outlive the records they are about."""
    compacted: bool = False
    expires: bool = False
    """Whether records of a compacted topic also expire by age. Otherwise the last record of each key stays."""
    key: Callable[[Any], str] | None = None
    partition_by: Callable[[Any], str] | None = None
    max_bytes: int = 262_144
    """The most bytes of a value. A larger one is refused before it is parsed."""

    @property
    def adapter(self) -> TypeAdapter[Any]:
        """The validator of the topic's values."""
        return _ADAPTERS[self.name]

    @property
    def kept_ms(self) -> int | None:
        """How long records are kept. Milliseconds. None: for ever."""
        return None if self.retention_ms is None else self.outlives * self.retention_ms

    def config(self) -> dict[str, str]:
        """Return the topic's settings at the broker. None of them limits how old a record's time stamp may be."""
        is_aged = self.expires or not self.compacted
        out = {"cleanup.policy": ",".join(["compact"] * self.compacted + ["delete"] * is_aged)}
        if self.compacted:
            out |= {
                "max.compaction.lag.ms": str(DAY_MS),
                "delete.retention.ms": str(DAY_MS),
                "min.cleanable.dirty.ratio": "0.2",
            }
        if is_aged:
            out["retention.ms"] = "-1" if self.kept_ms is None else str(self.kept_ms)
        return out


def dead_letter_key(letter: DeadLetter) -> str:
    """Return the place of the record. If no record was the cause (a timer, long work), the event_id is added."""
    where = f"{letter.topic}-{letter.partition}-{letter.offset}"
    return where if letter.offset >= 0 else f"{where} {letter.event_id}"


def letter_action_key(action: LetterAction) -> str:
    """Return the key of the dead letter, or the place of the record if there is no letter."""
    where = f"{action.topic}-{action.partition}-{action.offset}"
    return where if action.offset >= 0 else f"{where} {action.letter_id}"


_IN, _INTERNAL, _OUT = Direction.IN, Direction.INTERNAL, Direction.OUT

WEB_ACTIVITY = Topic("web.activity", _IN, WebActivity, "anonymous_id, else e-mail")
FORM_FILLS = Topic("form.fills", _IN, FormFill, "anonymous_id, else e-mail")
CHAT_CONVERSATIONS = Topic("chat.conversations", _IN, ChatTurn, "anonymous_id, else conversation_id")
CRM_ACCOUNTS = Topic("crm.accounts", _IN, CrmAccount, "crm_account_id", compacted=True)
CRM_CONTACTS = Topic("crm.contacts", _IN, CrmContact, "the normalised e-mail", compacted=True)
CRM_REPS = Topic("crm.reps", _IN, CrmRep, "rep_id", compacted=True)
SALES_ACTIVITIES = Topic("sales.activities", _IN, SalesActivity, "handoff_id, else e-mail")
PRIVACY_REQUESTS = Topic("privacy.requests", _IN, PrivacyRequest, "e-mail")

VISITOR_EVENTS = Topic("visitor.events", _INTERNAL, VisitorEvent, "visitor key", max_bytes=INTERNAL_MAX_BYTES)
DIRECTORY_EVENTS = Topic(
    "directory.events",
    _INTERNAL,
    PersonErased,
    "none: the directory's own log of ticks, controls and erasures",
    max_bytes=INTERNAL_MAX_BYTES,
)
LEAD_EVENTS = Topic(
    "lead.events",
    _INTERNAL,
    LeadEvent,
    "account_key",
    key=lambda e: e.account_key,
    partition_by=lambda e: e.account_key,
    max_bytes=INTERNAL_MAX_BYTES,
)
DESK_REQUESTS = Topic(
    "desk.requests",
    _INTERNAL,
    DeskEvent,
    "desk",
    key=lambda e: e.desk,
    partition_by=lambda e: e.desk,
    max_bytes=INTERNAL_MAX_BYTES,
)

LEAD_SCORES = Topic(
    "lead.scores",
    _OUT,
    LeadScore,
    "lead_id",
    partitioned_by="account_key",
    compacted=True,
    key=lambda e: e.lead_id,
    partition_by=lambda e: e.account_key,
)
LEAD_STAGES = Topic(
    "lead.stages",
    _OUT,
    LeadStage,
    "lead_id",
    partitioned_by="account_key",
    key=lambda e: e.lead_id,
    partition_by=lambda e: e.account_key,
)
LEAD_ROUTING = Topic(
    "lead.routing",
    _OUT,
    LeadRouting,
    "handoff_id",
    partitioned_by="account_key",
    key=lambda e: e.handoff_id,
    partition_by=lambda e: e.account_key,
)
LEAD_ALERTS = Topic(
    "lead.alerts",
    _OUT,
    LeadAlert,
    "alert_id",
    partitioned_by="account_key",
    key=lambda e: e.alert_id,
    partition_by=lambda e: e.account_key,
)
CHAT_ANSWERS = Topic(
    "chat.answers",
    _OUT,
    ChatAnswer,
    "conversation_id",
    partitioned_by="account_key",
    key=lambda e: e.conversation_id,
    partition_by=lambda e: e.account_key,
)
DESK_LEDGER = Topic(
    "desk.ledger", _OUT, LedgerEntry, "desk", key=lambda e: e.desk, partition_by=lambda e: e.desk
)
DEAD_LETTERS = Topic(
    "dead.letters",
    _OUT,
    DeadLetter,
    "topic-partition-offset",
    compacted=True,
    expires=True,  # each key is written once: only the tombstones of an erasure delete records
    key=dead_letter_key,
    partition_by=dead_letter_key,
)
DEAD_LETTERS_ACTIONS = Topic(
    "dead.letters.actions",
    _OUT,
    LetterAction,
    "topic-partition-offset",
    partitioned_by="partition",
    outlives=2,  # a letter stays open if its action expires first
    key=letter_action_key,
    partition_by=lambda e: str(e.partition),
)

TOPICS: dict[str, Topic] = {
    topic.name: topic
    for topic in (
        WEB_ACTIVITY,
        FORM_FILLS,
        CHAT_CONVERSATIONS,
        CRM_ACCOUNTS,
        CRM_CONTACTS,
        CRM_REPS,
        SALES_ACTIVITIES,
        PRIVACY_REQUESTS,
        VISITOR_EVENTS,
        DIRECTORY_EVENTS,
        LEAD_EVENTS,
        DESK_REQUESTS,
        LEAD_SCORES,
        LEAD_STAGES,
        LEAD_ROUTING,
        LEAD_ALERTS,
        CHAT_ANSWERS,
        DESK_LEDGER,
        DEAD_LETTERS,
        DEAD_LETTERS_ACTIONS,
    )
}
"""All topics by name, inputs first. A replay breaks ties of time in this order."""

_ADAPTERS: dict[str, TypeAdapter[Any]] = {
    name: TypeAdapter(topic.model) for name, topic in TOPICS.items() if topic.model is not None
}


SHADOW = ".shadow"
"""The suffix of the topics that a shadow router writes. They have the same models, keys and partitions."""


def shadow_of(name: str) -> str:
    """Return the name under which a shadow router writes a topic."""
    return name + SHADOW


def shadowed_by(name: str) -> str:
    """Return the contract's name of a topic that a shadow router may have written."""
    return name.removesuffix(SHADOW)
