"""Which lead an address is, and under which account it lives.

The lead_id is made with a secret key: a plain hash of an address could be guessed from a list of addresses.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final
from uuid import UUID, uuid5

from workers.identity.addresses import Address, company_domain

LEADS: Final = UUID("5b1f0f3e-7c39-5c0e-9e59-2f6f1d1c8a42")
"""The uuid5 namespace of lead ids; together with the key it is for life."""

_KEPT_ANSWERS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who gave an address."""

    lead_id: str
    account_key: str
    email: str
    is_role: bool


@lru_cache(maxsize=_KEPT_ANSWERS)
def lead_id_of(email: str, key: bytes) -> str:
    """Return uuid5 of the HMAC-SHA256 (RFC 2104) of a normalised address, in lower-case hex digits, under ``key``."""
    return str(uuid5(LEADS, hmac.new(key, email.encode(), sha256).hexdigest()))


def account_key_for(address: Address, lead_id: str) -> str:
    """Return ``domain:<registrable domain>`` for a business address, else ``lead:<lead_id>``."""
    domain = company_domain(address.domain)
    return f"lead:{lead_id}" if domain is None else f"domain:{domain}"


@lru_cache(maxsize=_KEPT_ANSWERS)
def person_of(address: Address, key: bytes) -> Person:
    """Return who the owner of ``address`` is under the secret ``key``."""
    lead_id = lead_id_of(address.email, key)
    return Person(lead_id, account_key_for(address, lead_id), address.email, address.is_role)
