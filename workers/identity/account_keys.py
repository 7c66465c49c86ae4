"""The key of ``lead.events`` at which a CRM record is known by its own id.

An account without a domain lives there, and a parent tells its subsidiaries.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, unquote

CRM: Final = "crm:"


def crm_key(crm_account_id: str) -> str:
    """Return the key of a CRM record; what is no letter or digit of its id is percent-encoded (RFC 3986)."""
    return f"{CRM}{quote(crm_account_id, safe='')}"


def crm_account_id_of(account_key: str) -> str | None:
    """Return the id of the CRM record whose own key this is, or None."""
    return unquote(account_key.removeprefix(CRM)) if account_key.startswith(CRM) else None
