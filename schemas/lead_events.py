"""lead.events (internal): the one ordered log of each account. Key: account_key."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.account_links import (
    AccountApart,
    AccountJoins,
    AccountLeaves,
    AccountLeft,
    LeadRecalled,
    NameAnswered,
    NameAsked,
    NameDropped,
    ParentFacts,
    Plain,
    SubsidiaryNamed,
)
from schemas.base import (
    RECORD_TYPE,
    AccountKey,
    Campaign,
    Consent,
    FactId,
    LeadId,
    Milliseconds,
    Model,
    UnreadField,
)
from schemas.crm_accounts import CrmAccount
from schemas.crm_contacts import ContactRecord
from schemas.desk_answers import Clock, DeskAnswer, PassedOverRep, RepChanged, WaitAges
from schemas.erasure import PersonErased
from schemas.sales_activities import SalesActivity
from schemas.vocabulary import DomainUse, Purpose, Request, Turn

__all__ = [
    "LEAD_EVENT",
    "AccountFacts",
    "AccountReleased",
    "ChatOfNobody",
    "Clock",
    "ConsentWord",
    "DeskAnswer",
    "LeadActivity",
    "LeadAdopted",
    "LeadChat",
    "LeadConsent",
    "LeadContact",
    "LeadEvent",
    "LeadFact",
    "LeadForm",
    "LeadIdentified",
    "PassedOverRep",
    "RepChanged",
    "SalesAnswered",
    "WaitAges",
]


_UNREAD = "Fields of the input record that could not be read. Absent if all could be read."


class LeadFact(Model):
    """The fields that every fact about a lead carries."""

    event_id: FactId
    account_key: AccountKey
    lead_id: LeadId
    occurred_at_ms: Milliseconds = Field(
        description="When it happened. At most the arrival of the event plus 5 minutes."
    )
    clamped: bool = Field(
        default=False, description="Whether the event was dated more than 5 minutes after its arrival."
    )
    origin_account_key: str | None = Field(
        default=None, description="The alias that forwarded the fact first. Absent if none did."
    )
    forwards: int = Field(default=0, ge=0, description="How often the fact was forwarded.")
    imported: bool = Field(
        default=False,
        description="Whether it is imported history: it counts by its date and causes no request to sales.",
    )
    unread: list[UnreadField] | None = Field(default=None, description=_UNREAD)


class ConsentWord(Model):
    """A person's consent or refusal for one purpose, and its time."""

    purpose: Purpose = Field(description="The purpose of the consent.")
    given: bool = Field(description="True for consent, false for a refusal.")
    at_ms: Milliseconds = Field(description="When the person gave or refused consent.")


class LeadActivity(LeadFact):
    """One activity of an identified visitor."""

    type: Literal["lead_activity"] = Field(default="lead_activity", description=RECORD_TYPE)
    activity: str = Field(description="The kind of activity.")
    conversation_id: str | None = Field(
        default=None,
        description="The chat conversation of the activity. Absent: it did not happen in a chat.",
    )
    url: str | None = Field(default=None, description="The address of the page.")
    asset: str | None = Field(
        default=None, description="The paper, webinar, video or message that the activity is about."
    )
    campaign: Campaign | None = Field(default=None, description="The campaign that brought the visitor.")
    duration_seconds: float | None = Field(default=None, description="How long it lasted, in seconds.")
    message_id: str | None = Field(
        default=None, description="The mail that it is about, as sent to this person."
    )
    links_in_message: int | None = Field(default=None, description="The number of links in the mail.")
    consent: Consent | None = Field(
        default=None, description="The consent that the person gave or refused with this activity."
    )
    counted_at_ms: Milliseconds | None = Field(
        default=None,
        description="The later date under which the event has counted so far. Only in the fact of a repeat with an "
        "earlier date.",
    )


class LeadForm(LeadFact):
    """One form of an identified visitor."""

    type: Literal["lead_form"] = Field(default="lead_form", description=RECORD_TYPE)
    form_id: str = Field(description="The form, as the policy's rules name it.")
    request: Request = Field(description="The request that the form makes.")
    first_name: str | None = Field(default=None, description="The person's first name.")
    last_name: str | None = Field(default=None, description="The person's last name.")
    company: str | None = Field(default=None, description="The company name that the person gave.")
    job_title: str | None = Field(default=None, description="The person's job title.")
    job_function: str | None = Field(default=None, description="The person's function.")
    country: str | None = Field(
        default=None, description="The person's country, ISO 3166-1 alpha-2, in capital letters."
    )
    postal_code: str | None = Field(default=None, description="The person's postal code.")
    region: str | None = Field(default=None, description="The person's region, as the form has it.")
    phone: str | None = Field(default=None, description="The person's phone number.")
    language: str | None = Field(
        default=None, description="The person's language, ISO 639, in lower case, without a region."
    )
    product_interest: str | None = Field(
        default=None, description="The product that the person is interested in."
    )
    fields: dict[str, str] | None = Field(
        default=None,
        max_length=20,
        description="Custom fields of the form, by name in lower case. Absent if it has none.",
    )
    url: str | None = Field(default=None, description="The address of the form's page.")
    campaign: Campaign | None = Field(default=None, description="The campaign that brought the visitor.")
    consent: Consent | None = Field(
        default=None, description="The consent that the person gave or refused in the form."
    )
    counted_at_ms: Milliseconds | None = Field(
        default=None,
        description="The later date under which the event has counted so far. Only in the fact of a repeat with an "
        "earlier date.",
    )


class LeadIdentified(LeadFact):
    """An e-mail address became known to one partition of `visitors`."""

    type: Literal["lead_identified"] = Field(default="lead_identified", description=RECORD_TYPE)
    email: str = Field(description="The normalised e-mail address.")
    role_address: bool = Field(
        default=False, description="Whether the address is a shared mailbox, such as info@."
    )
    consents: list[ConsentWord] = Field(
        default_factory=list,
        max_length=2,
        description="The latest consents of the browser from the time before the person was known.",
    )
    forms: list[LeadForm] = Field(
        default_factory=list,
        max_length=10,
        description="The latest forms among the events that follow. What they state is known before the first event.",
    )


class LeadChat(LeadFact):
    """A turn of an identified visitor's chat: a question for sales or support, or a message of a rep."""

    type: Literal["lead_chat"] = Field(default="lead_chat", description=RECORD_TYPE)
    conversation_id: str = Field(description="The conversation, as the chat identified it.")
    turn: Turn = Field(description="The event in the chat.")
    rep_id: str | None = Field(default=None, description="The rep who wrote an `agent_message`.")
    consent: Consent | None = Field(
        default=None, description="The consent that the person gave or refused in the chat."
    )


class ChatOfNobody(Model):
    """An unknown visitor asks for sales in a chat. The desk answers who is present; no lead is created."""

    type: Literal["chat_of_nobody"] = Field(default="chat_of_nobody", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(
        description="`chat:<conversation_id>`: a key that only routes the record. No rows are kept under it."
    )
    conversation_id: str = Field(description="The conversation, as the chat identified it.")


class LeadConsent(LeadFact):
    """A person gave or refused consent. Of an activity that came with a refusal only this record is kept."""

    type: Literal["lead_consent"] = Field(default="lead_consent", description=RECORD_TYPE)
    consents: list[ConsentWord] = Field(max_length=2, description="One entry for each purpose that is named.")
    is_activity: bool = Field(
        default=False, description="Whether the record replaces an activity that came with a refusal."
    )


class LeadContact(LeadFact):
    """The CRM's record of a person, whether the person ever visited or not."""

    type: Literal["lead_contact"] = Field(default="lead_contact", description=RECORD_TYPE)
    record: ContactRecord | None = Field(
        default=None, description="The whole record. Absent: the CRM deleted it."
    )


class LeadAdopted(LeadFact):
    """A person who moves from one account key to another, with all rows. Sent once."""

    type: Literal["lead_adopted"] = Field(default="lead_adopted", description=RECORD_TYPE)
    home_account_key: str = Field(description="The account key to which the person's own records are sent.")
    consents: list[ConsentWord] = Field(
        default_factory=list,
        max_length=1000,
        description="All consents and refusals of the person that are kept.",
    )
    is_lead: bool = Field(
        default=True,
        description="Whether the person is a lead. False: a contact of the CRM who never visited.",
    )
    earned: bool = Field(
        default=False, description="Whether the person has just done something that earns points."
    )
    lead: Plain = Field(description="The lead's row, as plain values without defaults.")
    score: Plain = Field(description="The score's row, as plain values without defaults.")
    touches: Plain | None = Field(default=None, description="The row of sales' touches of this person.")
    deal: Plain | None = Field(
        default=None, description="Sales' latest report about a deal with this person."
    )
    active_at_ms: Milliseconds | None = Field(
        default=None,
        description="When the person was last active. Only for one of the account's recently active people.",
    )
    kept: Plain | None = Field(
        default=None,
        description="The rep who worked with the person last, where one account's people are separated.",
    )


class DroppedDomain(Model):
    """A domain of a CRM account that identifies no company."""

    domain: str | None = Field(
        default=None, description="The host name. Absent for a text that is not a domain."
    )
    use: DomainUse = Field(description="The reason.")


class AccountFacts(Model):
    """The CRM's record of a company, sent to each of its domains, its own key, its names and its id."""

    type: Literal["account_facts"] = Field(default="account_facts", description=RECORD_TYPE)
    account_key: str = Field(
        description="The key that learns the record: `domain:`, `crm:`, `name:` or `id:` with its value."
    )
    account: CrmAccount = Field(description="The whole record.")
    primary_key: str = Field(
        description="The account key of the first domain, else of the record itself. Other keys become aliases of it."
    )
    dropped: list[DroppedDomain] = Field(
        default_factory=list,
        max_length=50,
        description="Domains of the record that identify no company. Only the record's own key gets them, and reports them.",
    )
    unread: list[UnreadField] | None = Field(default=None, description=_UNREAD)


class AccountReleased(Model):
    """A CRM record no longer claims this key: the domain or name was removed, or the record was deleted."""

    type: Literal["account_released"] = Field(default="account_released", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(description="The key that the record no longer claims.")
    crm_account_id: str = Field(description="The record's id in the CRM.")


class SalesAnswered(Model):
    """A sales activity in transit to the account's log."""

    type: Literal["sales_answered"] = Field(default="sales_answered", description=RECORD_TYPE)
    account_key: AccountKey
    lead_id: str | None = Field(
        default=None,
        description="The person. Absent until the hand-off that the activity names is looked up.",
    )
    occurred_at_ms: Milliseconds = Field(
        description="When sales acted. At most the arrival of the event plus 5 minutes."
    )
    clamped: bool = Field(
        default=False, description="Whether the activity was dated more than 5 minutes after its arrival."
    )
    activity: SalesActivity = Field(description="The activity as it was sent.")
    is_over: bool = Field(
        default=False,
        description="Whether the named hand-off was closed before the lead moved to another key.",
    )
    forwards: int = Field(
        default=0, ge=0, description="How often the activity was forwarded to the lead's current account key."
    )
    unread: list[UnreadField] | None = Field(default=None, description=_UNREAD)


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
    | AccountApart
    | LeadRecalled
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
