"""Keys of ``lead.events`` that are no domain and no person: a CRM record's own, and those where one is looked up.

``crm:<crm_account_id>`` is where a record is known by its id: an account without a domain lives there, and a parent
tells its subsidiaries. ``name:<normalised name>`` is where a name is looked up, ``id:<crm_account_id>`` where that is
which a contact of the CRM names; nobody lives at these two.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, unquote

CRM: Final = "crm:"
NAME: Final = "name:"
ID: Final = "id:"


def crm_key(crm_account_id: str) -> str:
    """Return the key of a CRM record; what is no letter or digit of its id is percent-encoded (RFC 3986)."""
    return f"{CRM}{quote(crm_account_id, safe='')}"


def crm_account_id_of(account_key: str) -> str | None:
    """Return the id of the CRM record whose own key this is, or None."""
    return unquote(account_key.removeprefix(CRM)) if account_key.startswith(CRM) else None


def name_key(name: str) -> str:
    """Return the key of a normalised company name."""
    return f"{NAME}{name}"


def id_key(crm_account_id: str) -> str:
    """Return the key where the account of the CRM with this id is looked up."""
    return f"{ID}{quote(crm_account_id, safe='')}"


def asked_id(account_key: str) -> str | None:
    """Return the id by which an account is looked up at this key, or None."""
    return unquote(account_key.removeprefix(ID)) if account_key.startswith(ID) else None


def is_lookup_key(account_key: str) -> bool:
    """Whether an account is looked up at this key, by a company name or by its id."""
    return account_key.startswith((NAME, ID))
