"""The records by which account keys link to each other in lead.events: aliases, name look-ups, parents.

Internal: only `directory` and the accounts hop write and read them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from schemas.base import RECORD_TYPE, FactId, LeadId, Model

Plain = dict[str, JsonValue]
"""A row of the accounts hop as plain values. Only that hop writes and reads it."""


class AccountJoins(Model):
    """Another key becomes an alias of this one and forwards its records from now on."""

    type: Literal["account_joins"] = Field(default="account_joins", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(description="The key that the alias forwards to.")
    origin_account_key: str = Field(description="The account key that is an alias.")
    is_unproven: bool = Field(default=False, description="Whether only a company name links the two.")
    is_by_contact: bool = Field(
        default=False, description="Whether a contact of the CRM, which names the account, links the two."
    )
    crm_account_id: str = Field(
        default="", description="The CRM's account to which the alias belongs. Empty: none is known."
    )
    via_account_key: str = Field(
        default="",
        description="The alias of this key that forwards the other alias's records. Empty: it forwards them itself.",
    )
    kept: Plain = Field(
        default_factory=dict, description="The alias's facts about the account itself, as plain values."
    )


class AccountLeaves(Model):
    """An alias of this key moves to another key. Its people are to be sent there."""

    type: Literal["account_leaves"] = Field(default="account_leaves", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(description="The key that the alias forwarded to.")
    origin_account_key: str = Field(description="The account key that is an alias.")
    to_account_key: str = Field(
        description="The key that the alias forwards to from now on: its own key if it forwards no more."
    )
    asked_account_key: str = Field(
        default="",
        description="The key that the alias asked. Its answer is in that key's name. Empty: it asked this key.",
    )


class AccountLeft(Model):
    """All people of an alias that moves have been sent to its new key."""

    type: Literal["account_left"] = Field(default="account_left", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(description="The account key that is an alias.")
    from_account_key: str = Field(description="The key that has sent its people.")
    kept: Plain = Field(
        default_factory=dict, description="The rep who last worked with these people, as plain values."
    )


class AccountApart(Model):
    """Several CRM accounts claim a domain. The domain's key reports whether this account is stored at its own key."""

    type: Literal["account_apart"] = Field(default="account_apart", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(description="The record's own key, `crm:<crm_account_id>`.")
    from_account_key: str = Field(description="The key of the domain.")
    is_apart: bool = Field(
        description="True: another account has the domain. False: the account's people are stored at the domain."
    )


class LeadRecalled(Model):
    """A person of a shared domain belongs to another account now. The lead is to be sent back to the domain's key."""

    type: Literal["lead_recalled"] = Field(default="lead_recalled", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(description="The key under which the lead is stored.")
    lead_id: LeadId
    to_account_key: str = Field(description="The key of the domain.")


class NameAsked(Model):
    """An account that the CRM does not know asks which account of the CRM a name or an id means."""

    type: Literal["name_asked"] = Field(default="name_asked", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(
        description="The key of the look-up: `name:<normalised company name>` or `id:<crm_account_id>`."
    )
    asker_key: str = Field(description="The account key that asks.")
    country: str | None = Field(
        default=None, description="The country of the person who named the company, ISO 3166-1 alpha-2."
    )
    postal_code: str | None = Field(default=None, description="The postal code that the person gave.")
    phone: str | None = Field(default=None, description="The phone number that the person gave.")
    domain: str | None = Field(
        default=None, description="The domain of the account that asks. Absent for free mail."
    )


class NameDropped(Model):
    """The account no longer asks about this name or id."""

    type: Literal["name_dropped"] = Field(default="name_dropped", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(
        description="The key of the look-up: `name:<normalised company name>` or `id:<crm_account_id>`."
    )
    asker_key: str = Field(description="The account key that had asked.")


class NameAnswered(Model):
    """The answer to a look-up: which account of the CRM is meant. Sent at once, and again whenever it changes."""

    type: Literal["name_answered"] = Field(default="name_answered", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(description="The account key that asked.")
    name: str = Field(
        default="", description="The normalised company name that was asked about. Empty if an id was."
    )
    asked_crm_account_id: str | None = Field(
        default=None, description="The CRM id that was asked about. Absent if a name was."
    )
    crm_account_id: str | None = Field(
        default=None, description="The account that is meant. Absent: none, or several."
    )
    primary_key: str | None = Field(
        default=None, description="The account key of the account that is meant. Absent: none, or several."
    )
    is_unproven: bool = Field(default=False, description="Whether only the name proves the match.")
    candidates: list[str] = Field(
        default_factory=list,
        max_length=10,
        description="crm_account_ids of several accounts that could be meant, if no test decides between them.",
    )


class SubsidiaryNamed(Model):
    """A CRM record names a company as its parent, or no longer does. Sent to the parent's own key."""

    type: Literal["subsidiary_named"] = Field(default="subsidiary_named", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(description="The parent's own key: `crm:<crm_account_id>`.")
    crm_account_id: str = Field(description="The subsidiary's id in the CRM.")
    primary_key: str | None = Field(
        default=None,
        description="The subsidiary's account key. Absent: this company is no longer its parent.",
    )


class ParentFacts(Model):
    """The facts of a parent company that its subsidiary needs. Sent to the subsidiary's account key."""

    type: Literal["parent_facts"] = Field(default="parent_facts", description=RECORD_TYPE)
    event_id: FactId
    account_key: str = Field(description="The subsidiary's account key.")
    crm_account_id: str = Field(description="The subsidiary's id in the CRM.")
    parent_crm_account_id: str = Field(description="The parent's id in the CRM.")
    owner_rep_id: str | None = Field(
        default=None, description="The rep who owns the parent. Absent: the parent has no owner."
    )
