"""lead.events (internal): the one ordered log per account. Key: account_key."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.account_links import (
    AccountJoins,
    AccountLeaves,
    AccountLeft,
    NameAnswered,
    NameAsked,
    NameDropped,
    ParentFacts,
    Plain,
    SubsidiaryNamed,
)
from schemas.base import Campaign, Consent, Milliseconds, Model
from schemas.crm_accounts import CrmAccount
from schemas.crm_contacts import ContactRecord
from schemas.desk_requests import RequestMode
from schemas.erasure import PersonErased
from schemas.sales_activities import SalesActivity
from schemas.vocabulary import HowChosen, PassedOver, Purpose, Request, Turn


class LeadFact(Model):
    """What every fact about a lead carries."""

    event_id: str
    account_key: str = Field(
        description="domain:<registrable domain>, crm:<crm_account_id> or lead:<lead_id>."
    )
    lead_id: str = Field(description="uuid5 of the keyed hash of the normalised address.")
    occurred_at_ms: Milliseconds = Field(description="Clamped to arrival + 5 min.")
    clamped: bool = False
    origin_account_key: str | None = Field(default=None, description="Set once, when an alias forwarded it.")
    forwards: int = Field(default=0, ge=0, description="How often it was forwarded.")
    imported: bool = Field(
        default=False, description="Imported history: it counts by its date, and asks nobody for anything."
    )


class ConsentWord(Model):
    """What a person said of one purpose, and when."""

    purpose: Purpose
    given: bool
    at_ms: Milliseconds


class LeadIdentified(LeadFact):
    """An address became known to one visitor partition."""

    type: Literal["lead_identified"] = "lead_identified"
    email: str
    role_address: bool = False
    consents: list[ConsentWord] = Field(
        default_factory=list, max_length=2, description="The latest of the browser while it was nobody's."
    )


class LeadActivity(LeadFact):
    """One activity of an identified visitor."""

    type: Literal["lead_activity"] = "lead_activity"
    activity: str
    url: str | None = None
    asset: str | None = None
    campaign: Campaign | None = None
    duration_seconds: float | None = None
    consent: Consent | None = None


class LeadForm(LeadFact):
    """One form of an identified visitor."""

    type: Literal["lead_form"] = "lead_form"
    form_id: str
    request: Request
    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    job_title: str | None = None
    job_function: str | None = None
    country: str | None = None
    postal_code: str | None = None
    phone: str | None = None
    language: str | None = Field(default=None, description="ISO 639, in small letters.")
    url: str | None = None
    campaign: Campaign | None = None
    consent: Consent | None = None


class LeadChat(LeadFact):
    """A turn of an identified visitor's chat that asks for somebody, or in which somebody of ours answers."""

    type: Literal["lead_chat"] = "lead_chat"
    conversation_id: str
    turn: Turn
    rep_id: str | None = None
    consent: Consent | None = None


class ChatOfNobody(Model):
    """A visitor whom nobody knows asks for sales in a chat: they are told who is there, and no lead is made."""

    type: Literal["chat_of_nobody"] = "chat_of_nobody"
    event_id: str
    account_key: str = Field(description="chat:<conversation_id>: an account of nobody, which has no rows.")
    conversation_id: str


class LeadConsent(LeadFact):
    """Consent was given or refused; of an activity that came with a refusal nothing else is kept."""

    type: Literal["lead_consent"] = "lead_consent"
    consents: list[ConsentWord] = Field(max_length=2)
    is_activity: bool = Field(default=False, description="All that is kept of an activity of web.activity.")


class LeadContact(LeadFact):
    """What the CRM says of a person, whether they ever came by or not; no record: it has deleted them."""

    type: Literal["lead_contact"] = "lead_contact"
    record: ContactRecord | None = None


class LeadAdopted(LeadFact):
    """What an account key knew of a lead that lives elsewhere from now on, sent there once."""

    type: Literal["lead_adopted"] = "lead_adopted"
    home_account_key: str = Field(description="Where the lead's own records come to.")
    consents: list[ConsentWord] = Field(default_factory=list, max_length=1000)
    is_lead: bool = Field(default=True, description="False: a contact of the CRM who never came by.")
    earned: bool = Field(default=False, description="It has just done something that earns points.")
    lead: Plain
    score: Plain
    touches: Plain | None = Field(default=None, description="Sales' touches of this person.")
    deal: Plain | None = Field(default=None, description="Sales' word of a deal with this person.")
    active_at_ms: Milliseconds | None = Field(
        default=None, description="Given where it is one of the account's people who were active last."
    )


class AccountFacts(Model):
    """The CRM's record, sent to every domain that it claims, and to its own key and those of its names."""

    type: Literal["account_facts"] = "account_facts"
    account_key: str
    account: CrmAccount
    primary_key: str = Field(
        description="account_key of the first domain, else of the record itself; another key is an alias of it."
    )


class AccountReleased(Model):
    """A CRM record no longer claims this key: domain removed, or record deleted."""

    type: Literal["account_released"] = "account_released"
    event_id: str
    account_key: str
    crm_account_id: str


class SalesAnswered(Model):
    """A sales activity on its way to the account's log."""

    type: Literal["sales_answered"] = "sales_answered"
    account_key: str
    lead_id: str | None = None
    occurred_at_ms: Milliseconds
    clamped: bool = False
    activity: SalesActivity
    is_over: bool = Field(
        default=False, description="The hand-off that it names was over before the lead moved."
    )
    forwards: int = Field(default=0, ge=0, description="How often it was sent on to where the lead lives.")


class PassedOverRep(Model):
    """A rep who was a candidate and did not get it."""

    rep_id: str
    why: PassedOver


class WaitAges(Model):
    """How old a lead is that waits, or waited, at a desk."""

    lead_seconds: int = Field(ge=0, description="Since the lead became due for a hand-off.")
    wait_seconds: int = Field(ge=0, description="Since it began to wait at this desk.")


class Clock(Model):
    """When the answer to one open hand-off is due, by the calendar of who has it from now on."""

    handoff_id: str
    due_soon_at_ms: Milliseconds
    due_at_ms: Milliseconds
    then_at_ms: Milliseconds | None = None


class DeskAnswer(Model):
    """A desk's answer to the account's one open request. A repeated request gets the identical answer."""

    type: Literal["desk_answer"] = "desk_answer"
    account_key: str
    request_id: str
    lead_id: str
    handoff_id: str
    desk: str
    mode: RequestMode
    outcome: Literal["assigned", "waiting", "unavailable"]
    rep_id: str | None = None
    rep_name: str | None = None
    deputy_for: str | None = None
    how_chosen: HowChosen | None = None
    why_unavailable: PassedOver | None = None
    everyone_away: bool = False
    desk_full: bool = False
    skill_missing: bool = Field(default=False, description="Nobody who has the skill could take it.")
    passed_over: list[PassedOverRep] = Field(default_factory=list, max_length=20)
    ages: WaitAges | None = Field(default=None, description="Of a lead that waits, or has waited.")
    due_soon_at_ms: Milliseconds | None = None
    due_at_ms: Milliseconds | None = None
    then_at_ms: Milliseconds | None = Field(
        default=None, description="When an account that nobody answered goes on."
    )
    clocks: list[Clock] = Field(default_factory=list, max_length=20)
    manager_id: str | None = Field(default=None, description="Who is told when the answer is overdue.")
    open_at_ms: Milliseconds | None = Field(
        default=None, description="When whoever has it is at work: now, or at the next opening."
    )


class RepChanged(Model):
    """How a rep stands on whom this account depends (the desk `rep:<id>` keeps the index).

    left: no longer active; away: active, and an absence has begun; returned: there.
    """

    type: Literal["rep_changed"] = "rep_changed"
    event_id: str
    account_key: str
    rep_id: str
    change: Literal["left", "away", "returned"]
    since_ms: Milliseconds | None = Field(default=None, description="away: when the absence began.")


LeadEvent = Annotated[
    LeadIdentified
    | LeadActivity
    | LeadForm
    | LeadChat
    | ChatOfNobody
    | LeadConsent
    | LeadContact
    | LeadAdopted
    | AccountJoins
    | AccountLeaves
    | AccountLeft
    | AccountFacts
    | AccountReleased
    | NameAsked
    | NameDropped
    | NameAnswered
    | SubsidiaryNamed
    | ParentFacts
    | SalesAnswered
    | DeskAnswer
    | RepChanged
    | PersonErased,
    Field(discriminator="type"),
]
LEAD_EVENT: TypeAdapter[LeadEvent] = TypeAdapter(LeadEvent)
