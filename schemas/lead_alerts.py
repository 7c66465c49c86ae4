"""lead.alerts: matters that need a person's attention. Key: alert_id."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from schemas.base import Instant, LeadId, Model, Output, PolicyRef
from schemas.vocabulary import Alert, DomainUse, Reason


class Signal(Model):
    """The buying signals of one person by one rule."""

    lead_id: LeadId
    rule: str = Field(
        description="The rule of the policy, or `raised_hand_again` for a hand that was raised once more."
    )
    count: int = Field(description="How often the signal occurred in this bundle.")
    last_at: Instant = Field(description="When the signal last occurred.")


class LeadAlert(Output):
    """A matter that needs attention. A later record with the same `alert_id` and `cleared` true ends it."""

    type_name: ClassVar[str] = "lead.alert"
    alert_id: str = Field(
        description="The id of the alert: the same when it is raised and when it is cleared."
    )
    alert: Alert = Field(description="The matter.")
    cleared: bool = Field(
        default=False,
        description="False: the matter needs attention. True: it has ended. `answered_at` distinguishes an answer from a "
        "withdrawal.",
    )
    account_key: str = Field(
        description="The account. For an alert about a rep's record `rep:<rep_id>`, about a desk `desk:<name>`, about a refused "
        "request `input:<topic>`."
    )
    lead_id: str | None = Field(default=None, description="The person, if the alert is about one.")
    handoff_id: str | None = Field(default=None, description="The hand-off, if the alert is about one.")
    rep_id: str | None = Field(
        default=None,
        description="The rep, if the alert is about one. For `claim_refused`: the holder of the lead, while `told` names the "
        "claimant.",
    )
    desk: str | None = Field(default=None, description="The desk or partner, if the alert is about one.")
    due_at: Instant | None = Field(default=None, description="The deadline that is near or has passed.")
    fact: str | None = Field(default=None, description="For `fact_wanted`: the fact that is missing.")
    why: Reason | None = Field(default=None, description="For `claim_refused`: the obstacle.")
    told: list[str] = Field(
        default_factory=list,
        max_length=5,
        description="rep_ids of the people to notify: the rep, and the manager once the deadline has passed.",
    )
    candidates: list[str] = Field(
        default_factory=list,
        max_length=10,
        description="For `company_ambiguous`: crm_account_ids of the accounts that could be meant.",
    )
    crm_account_id: str | None = Field(
        default=None,
        description="For `domain_dropped`, and for `field_unreadable` of crm.accounts: the CRM's account.",
    )
    domain: str | None = Field(
        default=None, description="For `domain_dropped`: the domain. Absent for a text that is not a domain."
    )
    domain_use: DomainUse | None = Field(
        default=None, description="For `domain_dropped`: why the domain identifies no company."
    )
    answered_at: Instant | None = Field(
        default=None,
        description="For a cleared alert about a response: when the first response was made, by its own date. Later than "
        "`due_at`: the deadline was broken. Otherwise it was kept, and the report arrived late. Absent: no answer ended the "
        "alert, because the hand-off was withdrawn or reassigned. A record with an earlier answer replaces the one before.",
    )
    policy_key: str | None = Field(
        default=None, description="For `person_unknown`: the key of the policy that names the person."
    )
    signals: list[Signal] | None = Field(
        default=None, max_length=20, description="For `buying_signals`: who did what, and how often."
    )
    topic: str | None = Field(
        default=None, description="For `field_unreadable` and `request_refused`: the topic of the record."
    )
    field: str | None = Field(
        default=None,
        description="For `field_unreadable` and `name_unknown`: the field, as the contract names it. A field of a field has "
        "a dot.",
    )
    found: str | None = Field(
        default=None,
        description="For `field_unreadable`: the unknown word of a closed list, if it is a plain word. For `name_unknown`: the "
        "name that does not exist.",
    )
    available: list[str] | None = Field(
        default=None,
        max_length=20,
        description="For `name_unknown`: the names that exist, or examples of them.",
    )
    dead_letter: str | None = Field(
        default=None, description="For `request_refused` of a form: the key of its record on dead.letters."
    )
    policy: PolicyRef = Field(description="The policy in force.")
