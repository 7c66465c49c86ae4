"""lead.routing: the hand-offs. Key: handoff_id."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from schemas.base import AccountKey, Campaign, Instant, LeadId, Model, Output
from schemas.desk_answers import PassedOverRep, WaitAges
from schemas.explanation import Explanation
from schemas.lead_stages import StageWords
from schemas.vocabulary import (
    Action,
    AssigneeType,
    HowChosen,
    Kind,
    MqlKind,
    Qualification,
    Route,
    RouteMiss,
    Stage,
)


class Assignee(Model):
    """The rep, desk or partner that has a hand-off."""

    type: AssigneeType = Field(description="The type of the assignee.")
    id: str = Field(description="A rep_id, `desk:<name>`, or `partner:<name>` with the policy's name.")
    name: str | None = Field(
        default=None, description="The rep's name in the CRM. Absent for a desk or a partner."
    )
    deputy_for: str | None = Field(
        default=None, description="The rep who owns the account and is away or has not answered."
    )


class Person(Model):
    """The person's data that sales needs. Absent after a withdrawal."""

    email: str | None = Field(default=None, description="The normalised e-mail address.")
    role_address: bool = Field(
        default=False,
        description="Whether the address is a shared mailbox, such as info@. Create no contact from it.",
    )
    first_name: str | None = Field(
        default=None, description="The first name in the CRM, else the one last given in a form."
    )
    last_name: str | None = Field(
        default=None, description="The last name in the CRM, else the one last given in a form."
    )
    company: str | None = Field(
        default=None, description="The company last given in a form. Not the CRM's name of the account."
    )
    job_title: str | None = Field(
        default=None, description="The job title in the CRM, else the one last given in a form."
    )
    country: str | None = Field(
        default=None, description="The country last given in a form, ISO 3166-1 alpha-2."
    )
    phone: str | None = Field(
        default=None, description="The phone number in the CRM, else the one last given in a form."
    )


class EarlierRoute(Model):
    """A route line of the policy before the one taken, and why it did not apply."""

    route: Route = Field(description="The condition of the line.")
    why: RouteMiss = Field(description="Why the line did not apply.")
    to: str | None = Field(
        default=None, description="The desk that the line leads to. Absent for lines that lead to a person."
    )
    fact: str | None = Field(default=None, description="For a territory: the fact that decided.")
    needed: str | None = Field(
        default=None, description="For a territory: the value that the fact would have needed."
    )
    rep_id: str | None = Field(default=None, description="The owner or rep who was passed over.")


class Touch(Model):
    """The touches of one kind on one day, by the buyer or by sales."""

    number: int = Field(
        ge=1, description="The place of the line's first touch among all touches that are kept, from 1."
    )
    day: date = Field(description="The day of the touches, in the policy's time zone.")
    side: Literal["buyer", "sales"] = Field(description="The side that acted.")
    what: str = Field(
        description="For the buyer: the rule of the policy that counted the touch. For sales: the channel."
    )
    count: int = Field(default=1, ge=1, description="The number of touches of this kind on this day.")
    rep_id: str | None = Field(default=None, description="The rep who acted. Absent for the buyer's touches.")
    clamped: bool | None = Field(
        default=None,
        description="True: one of the touches was dated more than 5 minutes after its arrival, and counts as of its arrival "
        "plus 5 minutes. Absent otherwise.",
    )


class Colleague(Model):
    """Another person of the account who was active."""

    lead_id: LeadId
    function: str | None = Field(
        default=None,
        description="The function of the policy that matches the person's title or stated function.",
    )
    title_level: str | None = Field(
        default=None, description="The title level of the policy that matches the person's title."
    )
    stage: Stage | None = Field(default=None, description="The person's stage.")
    last_active_at: Instant = Field(description="When the person was last active.")


class BuyingGroup(Model):
    """The size of a buying group: people of the account who were active together, this lead among them."""

    people: int = Field(description="The people of the account who were active. At most 10.")
    within_days: int = Field(description="The time span in which they were active, in days.")


class LeadRouting(Output):
    """One revision of a hand-off.

    Each revision repeats the whole hand-off. The highest `revision` of each `handoff_id` is its current state.
    """

    type_name: ClassVar[str] = "lead.routed"
    handoff_id: str = Field(
        description="The hand-off. Name it in sales.activities when you answer, exactly as it is; it may hold any letter."
    )
    revision: int = Field(ge=1, description="The number of the revision: 1, 2, 3 and so on.")
    account_key: AccountKey
    crm_account_id: str | None = Field(
        default=None, description="The account's id in the CRM. Absent if the CRM does not know the account."
    )
    crm_lead_id: str | None = Field(
        default=None, description="The person's id as a lead in the CRM, from crm.contacts."
    )
    crm_contact_id: str | None = Field(
        default=None, description="The person's id as a contact in the CRM, from crm.contacts."
    )
    lead_id: LeadId
    action: Action = Field(description="The change that this revision makes.")
    kind: Kind = Field(description="Why the hand-off was made. It never changes.")
    mql_kind: MqlKind | None = Field(
        default=None,
        description="For the kind `mql`: what made the lead an MQL, as `product_qualified`. It never changes. Absent for other "
        "kinds, and for hand-offs from before a release that knows it.",
    )
    qualification: Qualification | None = Field(
        default=None, description="For a raised hand: whether it is also an MQL. Absent for other kinds."
    )
    assignee: Assignee | None = Field(
        default=None, description="The assignee from now on. Absent after a withdrawal."
    )
    route: Route = Field(description="The first line of the policy's routes that applied.")
    how_chosen: HowChosen | None = Field(
        default=None,
        description="How the assignee was found. Absent if no person was chosen: after a withdrawal, or for a desk or a "
        "partner as a whole.",
    )
    earlier_routes: list[EarlierRoute] = Field(
        default_factory=list,
        max_length=50,
        description="The lines of the policy's routes before this one, in their order, each with the reason why it did not "
        "apply. Empty if sales decided manually.",
    )
    passed_over: list[PassedOverRep] = Field(
        default_factory=list,
        max_length=20,
        description="Reps who were considered before the assignee, with the reason.",
    )
    stage: Stage | None = Field(
        default=None,
        description="The lead's stage at this revision. A partner sees the lead's own stage, never `with_partner`.",
    )
    stage_words: StageWords | None = Field(
        default=None,
        description="That stage as the policy names and defines it. Absent if the policy has no words for it.",
    )
    touches: list[Touch] | None = Field(
        default=None,
        max_length=20,
        description="The buyer's and sales' touches in one numbered list, the latest 20 lines. Absent after a withdrawal.",
    )
    bounces: int | None = Field(
        default=None, description="How often sales has sent this lead back to marketing. Absent for never."
    )
    forecast_probability_percent: int | None = Field(
        default=None,
        description="The probability of the account's open opportunity in the forecast, in percent. Absent if none is open.",
    )
    ages: WaitAges | None = Field(
        default=None,
        description="The age and the waiting time of a lead that waited at a desk. Absent otherwise.",
    )
    first_response_due_at: Instant | None = Field(
        default=None, description="The deadline for the first response, by the assignee's calendar."
    )
    colleagues: list[str] = Field(
        default_factory=list,
        max_length=10,
        description="lead_ids of the account's other active people, the latest active first.",
    )
    colleague_roles: list[Colleague] | None = Field(
        default=None,
        max_length=10,
        description="The same people with their roles. Absent if there are none, and after a withdrawal.",
    )
    buying_group: BuyingGroup | None = Field(
        default=None,
        description="The buying group to which the lead belongs, by the policy's numbers. Absent if there is none.",
    )
    campaign: Campaign | None = Field(default=None, description="The campaign that brought the lead.")
    person: Person | None = Field(default=None, description="The person's data. Absent after a withdrawal.")
    request: str | None = Field(
        default=None,
        description="The person's last request that needs an answer: `demo`, `pricing`, `contact_sales` or `support`.",
    )
    answer_only: bool = Field(
        default=False,
        description="Whether to answer only what the person asked for. They must not be contacted otherwise.",
    )
    explanation: Explanation = Field(description="Points, gates and reasons of this revision.")
