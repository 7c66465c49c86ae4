"""What account keys say to each other in lead.events: aliases that move, names that are looked up, parents.

Internal: only the accounts hop and `directory` write and read it.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, JsonValue

from schemas.base import Model

Plain = dict[str, JsonValue]
"""A row of the accounts hop as plain values; only that hop writes and reads it."""


class AccountJoins(Model):
    """A key forwards to this one from now on: an alias by its domain, or by a company name."""

    type: Literal["account_joins"] = "account_joins"
    event_id: str
    account_key: str
    origin_account_key: str
    is_unproven: bool = Field(default=False, description="By a company name alone.")
    is_by_contact: bool = Field(default=False, description="By the account that the CRM's contact names.")
    kept: Plain = Field(default_factory=dict, description="What is known of the account as such.")


class AccountLeaves(Model):
    """A key that forwarded to this one lives elsewhere now: its people are to be sent there."""

    type: Literal["account_leaves"] = "account_leaves"
    event_id: str
    account_key: str
    origin_account_key: str
    to_account_key: str


class AccountLeft(Model):
    """The people of a key that moves on have all been sent."""

    type: Literal["account_left"] = "account_left"
    event_id: str
    account_key: str
    from_account_key: str
    kept: Plain = Field(default_factory=dict)


class NameAsked(Model):
    """An account that the CRM does not know is said to be a company of this name, or of this id: which one is it?"""

    type: Literal["name_asked"] = "name_asked"
    event_id: str
    account_key: str = Field(description="name:<normalised company name>, or id:<crm_account_id>.")
    asker_key: str
    country: str | None = None
    postal_code: str | None = None
    phone: str | None = None
    domain: str | None = Field(default=None, description="Of the asker; absent for free mail.")


class NameDropped(Model):
    """The account asks for this name, or this id, no more."""

    type: Literal["name_dropped"] = "name_dropped"
    event_id: str
    account_key: str
    asker_key: str


class NameAnswered(Model):
    """Which account of the CRM is meant by a name or an id: said at once, and again whenever it is another one."""

    type: Literal["name_answered"] = "name_answered"
    event_id: str
    account_key: str
    name: str = Field(default="", description="Normalised; empty where it was asked by an id.")
    asked_crm_account_id: str | None = Field(
        default=None, description="The id that the CRM's contact names; absent where it was asked by a name."
    )
    crm_account_id: str | None = None
    primary_key: str | None = Field(
        default=None, description="Where that account lives; absent: none is meant."
    )
    is_unproven: bool = Field(default=False, description="Nothing but the name says so.")
    candidates: list[str] = Field(
        default_factory=list, max_length=10, description="crm_account_ids between whom nothing decides."
    )


class SubsidiaryNamed(Model):
    """A CRM record names its parent, or no longer does: told to the parent's own key."""

    type: Literal["subsidiary_named"] = "subsidiary_named"
    event_id: str
    account_key: str = Field(description="crm:<crm_account_id> of the parent.")
    crm_account_id: str = Field(description="Of the subsidiary.")
    primary_key: str | None = Field(
        default=None, description="Where the subsidiary lives; absent: it has this parent no more."
    )


class ParentFacts(Model):
    """What a subsidiary has to know of its parent, told to the key where the subsidiary lives."""

    type: Literal["parent_facts"] = "parent_facts"
    event_id: str
    account_key: str
    crm_account_id: str = Field(description="Of the subsidiary.")
    parent_crm_account_id: str
    owner_rep_id: str | None = None
