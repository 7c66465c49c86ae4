"""Account keys that come from CRM records instead of a domain or a person.

``crm:<crm_account_id>`` is the key of a CRM record itself. An account without a domain is stored there, and so is the
list of a parent account's subsidiaries.
``name:<normalised name>`` is the key where an account is looked up by a company name.
``id:<crm_account_id>`` is the key where an account is looked up by the id that a CRM contact names.
No lead and no account is stored under a ``name:`` or ``id:`` key.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, unquote

CRM: Final = "crm:"
NAME: Final = "name:"
ID: Final = "id:"


def crm_key(crm_account_id: str) -> str:
    """Return the key of a CRM record. Reserved characters of its id are percent-encoded (RFC 3986)."""
    return f"{CRM}{quote(crm_account_id, safe='')}"


def crm_account_id_of(account_key: str) -> str | None:
    """Return the id of the CRM record whose own key this is, or None."""
    return unquote(account_key.removeprefix(CRM)) if account_key.startswith(CRM) else None


def name_key(name: str) -> str:
    """Return the key of a normalised company name."""
    return f"{NAME}{name}"


def id_key(crm_account_id: str) -> str:
    """Return the key where the CRM account with this id is looked up."""
    return f"{ID}{quote(crm_account_id, safe='')}"


def lookup_id_of(account_key: str) -> str | None:
    """Return the crm_account_id that is looked up at this ``id:`` key. None for any other key."""
    return unquote(account_key.removeprefix(ID)) if account_key.startswith(ID) else None


def is_lookup_key(account_key: str) -> bool:
    """Whether accounts are looked up at this key, by a company name or by a CRM id."""
    return account_key.startswith((NAME, ID))
