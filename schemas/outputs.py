"""The result topics: lead.scores, lead.stages, lead.routing, lead.alerts, desk.ledger, dead.letters."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal

from pydantic import Field

from schemas.base import Campaign, Instant, Model, PolicyRef
from schemas.explanation import Explanation
from schemas.lead_events import PassedOverRep, WaitAges
from schemas.vocabulary import (
    Action,
    Alert,
    AssigneeType,
    ChatReply,
    DeadLetterReason,
    HowChosen,
    Kind,
    PassedOver,
    Qualification,
    Reason,
    Route,
    RouteMiss,
    Stage,
)


class Output(Model):
    """What every result carries; event_id is the CloudEvents id."""

    type_name: ClassVar[str]
    event_id: str = Field(description="uuid5 of the facts that made it: the same on every replay.")
    occurred_at: Instant = Field(description="Stream time of the decision.")


class LeadScore(Output):
    """The score of a lead as of a record that changed it. Key: lead_id."""

    type_name: ClassVar[str] = "lead.scored"
    account_key: str
    lead_id: str
    stage: Stage
    explanation: Explanation
    active_people: list[str] = Field(
        max_length=10, description="lead_ids of the account, the 10 latest active."
    )
    path: str | None = Field(
        default=None, max_length=64, description="The path of nurture, by the policy; left out: none."
    )
    moves: int | None = Field(
        default=None,
        ge=1,
        description="How often the lead has gone to another account_key: of its last scores under several keys the "
        "one with the most counts.",
    )


class StageWords(Model):
    """A stage in the words of the policy."""

    name: str | None = Field(default=None, description="As people call it.")
    crm_name: str | None = Field(default=None, description="As the CRM calls it.")
    definition: str | None = Field(default=None, description="What was agreed that it means.")


class LeadStage(Output):
    """A lead went from one stage to another. Key: lead_id."""

    type_name: ClassVar[str] = "lead.stage_changed"
    account_key: str
    lead_id: str
    from_stage: Stage | None = None
    to_stage: Stage
    stage_words: StageWords | None = Field(default=None, description="The new stage in the policy's words.")
    cycle: int
    bounces: int | None = Field(default=None, description="How often sales has sent the lead back.")
    forecast_probability_percent: int | None = Field(default=None, description="For an opportunity.")
    amount: Decimal | None = Field(default=None, description="Of the deal, as sales named it.")
    currency: str | None = Field(default=None, description="ISO 4217, of the amount.")
    explanation: Explanation


class Assignee(Model):
    """Who has the hand-off."""

    type: AssigneeType
    id: str
    name: str | None = None
    deputy_for: str | None = None


class Person(Model):
    """The lead as sales needs it. Absent from a withdrawal."""

    email: str | None = None
    role_address: bool = Field(default=False, description="A mailbox of a function, as info@: no contact.")
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    job_title: str | None = None
    country: str | None = None
    phone: str | None = None


class EarlierRoute(Model):
    """A line of the policy's routes before the one taken, and why it did not hold."""

    route: Route
    why: RouteMiss
    to: str | None = Field(default=None, description="Where the line leads, as desk:west.")
    fact: str | None = Field(default=None, description="The fact that decided, for a territory.")
    needed: str | None = Field(default=None, description="What the fact would have had to be.")
    rep_id: str | None = Field(default=None, description="The owner or rep who was passed over.")


class Touch(Model):
    """What the buyer did, or sales did with the buyer: one kind on one day."""

    number: int = Field(ge=1, description="Place of the first of them among all touches that are remembered.")
    day: date = Field(description="In the policy's zone.")
    side: Literal["buyer", "sales"]
    what: str = Field(description="A rule of the policy, or the channel of sales.")
    count: int = Field(default=1, ge=1)
    rep_id: str | None = None
    clamped: bool | None = Field(
        default=None, description="One of them was dated ahead of its arrival, and counts as of then."
    )


class Colleague(Model):
    """Another person of the account who was active."""

    lead_id: str
    function: str | None = Field(default=None, description="The function of the policy that fits.")
    title_level: str | None = Field(default=None, description="The level of the policy's titles that fits.")
    stage: Stage | None = None
    last_active_at: Instant


class BuyingGroup(Model):
    """So many people of the account were active in so many days, the lead among them."""

    people: int
    within_days: int


class LeadRouting(Output):
    """The hand-off. Key: handoff_id; event_id = uuid5(handoff_id, revision)."""

    type_name: ClassVar[str] = "lead.routed"
    handoff_id: str
    revision: int = Field(ge=1)
    account_key: str
    crm_account_id: str | None = None
    crm_lead_id: str | None = None
    crm_contact_id: str | None = None
    lead_id: str
    action: Action
    kind: Kind
    qualification: Qualification | None = Field(default=None, description="For a raised hand.")
    assignee: Assignee | None = Field(default=None, description="None after a withdrawal.")
    route: Route
    how_chosen: HowChosen | None = None
    earlier_routes: list[EarlierRoute] = Field(
        default_factory=list, max_length=50, description="The lines before this route, in the policy's order."
    )
    passed_over: list[PassedOverRep] = Field(default_factory=list, max_length=20)
    stage: Stage | None = Field(default=None, description="Where the lead stands as this is said.")
    stage_words: StageWords | None = Field(default=None, description="The stage in the policy's words.")
    touches: list[Touch] | None = Field(
        default=None, max_length=20, description="Marketing's and sales', the latest 20 lines."
    )
    bounces: int | None = Field(default=None, description="How often sales has sent the lead back.")
    forecast_probability_percent: int | None = Field(
        default=None, description="Of the account's open opportunity."
    )
    ages: WaitAges | None = Field(default=None, description="Of a lead that waited at a desk.")
    first_response_due_at: Instant | None = None
    colleagues: list[str] = Field(
        default_factory=list, max_length=10, description="lead_ids, latest active first."
    )
    colleague_roles: list[Colleague] | None = Field(
        default=None, max_length=10, description="The same people, with their roles."
    )
    buying_group: BuyingGroup | None = None
    campaign: Campaign | None = None
    person: Person | None = None
    request: str | None = Field(
        default=None, description="What the person asked for last: demo, pricing, ..."
    )
    answer_only: bool = Field(
        default=False, description="Answer what they asked; offer nothing else, and not again."
    )
    explanation: Explanation


class ChatAnswer(Output):
    """Who takes a chat, or from when. Key: conversation_id; of several for one conversation the latest holds."""

    type_name: ClassVar[str] = "chat.answered"
    conversation_id: str
    account_key: str = Field(description="chat:<conversation_id> while nobody knows who is asking.")
    lead_id: str | None = None
    handoff_id: str | None = Field(default=None, description="The hand-off that follows from it.")
    reply: ChatReply
    assignee: Assignee | None = Field(default=None, description="A rep, or the desk as a whole.")
    available_from: Instant | None = Field(default=None, description="When they are at work; now for `now`.")
    policy: PolicyRef


class Signal(Model):
    """What one person of the account did by one rule that the policy calls a buying signal."""

    lead_id: str
    rule: str = Field(description="The rule of the policy, or raised_hand_again.")
    count: int
    last_at: Instant


class LeadAlert(Output):
    """Something that somebody has to look at; `cleared` takes it back. Key: alert_id."""

    type_name: ClassVar[str] = "lead.alert"
    alert_id: str = Field(description="The same for an alert and its clearing.")
    alert: Alert
    cleared: bool = False
    account_key: str
    lead_id: str | None = None
    handoff_id: str | None = None
    rep_id: str | None = None
    desk: str | None = None
    due_at: Instant | None = None
    fact: str | None = Field(default=None, description="The fact that is wanted.")
    why: Reason | None = Field(default=None, description="Why a claim cannot be had.")
    told: list[str] = Field(
        default_factory=list, max_length=5, description="rep_ids of those who have to know: rep, manager."
    )
    candidates: list[str] = Field(
        default_factory=list, max_length=10, description="crm_account_ids between whom nothing decides."
    )
    signals: list[Signal] | None = Field(
        default=None, max_length=20, description="What was done, where it is about buying signals."
    )
    policy: PolicyRef


class LedgerCandidate(Model):
    """One rep in a turn of the rotation."""

    rep_id: str
    weight: int
    current_before: int = Field(
        description="Smooth weighted round robin's current weight, in millionths of a turn."
    )
    current_after: int
    gained: int = Field(
        default=0,
        description="The rep's share of the turn, in millionths; who took the turn paid all the gains together.",
    )
    since_turn: int = Field(
        default=0, description="The turn after which the rep joined the desk, with nothing."
    )
    taken_in_period: int = Field(description="Leads in the desk's period, before a turn and after a return.")
    capacity: int | None = None
    passed_over: PassedOver | None = None


LedgerEntryType = Literal["turn", "follow", "owner", "return", "waiting", "released", "sent_on"]
"""A turn of the rotation, a lead for who has the account, one for who owns it, what came back, began to wait, left the
waiting leads with a turn, or went on to whoever stands in."""


class LedgerEntry(Output):
    """One turn of a desk, or one turn given back. Key: desk."""

    type_name: ClassVar[str] = "desk.turn"
    desk: str
    turn: int
    entry: LedgerEntryType
    request_id: str
    account_key: str
    lead_id: str
    rep_id: str | None = None
    candidates: list[LedgerCandidate] = Field(default_factory=list, max_length=500)
    waiting: int = Field(default=0, description="Leads that wait for room at this desk.")
    ages: WaitAges | None = Field(default=None, description="Of a lead that waits, or has waited.")
    policy: PolicyRef


class DeadLetter(Output):
    """A record that could not be handled. Key: topic-partition-offset."""

    type_name: ClassVar[str] = "dead.letter"
    agent: str
    topic: str
    partition: int
    offset: int
    reason: DeadLetterReason
    detail: str = Field(max_length=2000, description="What was found and expected; never an address.")
    key_base64: str | None = None
    payload_base64: str | None = Field(default=None, description="Cut to 64 KiB.")
    payload_bytes: int = 0
