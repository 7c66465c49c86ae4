"""Lead ids: an e-mail address becomes a lead_id, and the key of the account to which the lead belongs.

The lead_id is a keyed hash under a secret. With a plain hash, a list of addresses would be enough to find out whose
lead_id it is.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from workers.identity.company_domains import SHIPPED

if TYPE_CHECKING:
    from workers.identity.addresses import Address
    from workers.identity.company_domains import CompanyDomains

LEADS: Final = UUID("5b1f0f3e-7c39-5c0e-9e59-2f6f1d1c8a42")
"""The uuid5 namespace of lead ids. Neither it nor the secret key may ever change: all ids would change with them."""

_CACHED_RESULTS: Final = 50_000


@dataclass(frozen=True, slots=True)
class Person:
    """A person who gave an e-mail address."""

    lead_id: str
    account_key: str
    email: str
    is_role: bool


@lru_cache(maxsize=_CACHED_RESULTS)
def lead_id_of(email: str, key: bytes) -> str:
    """Return the lead_id of a normalised address.

    It is the uuid5 of the address's HMAC-SHA256 (RFC 2104) under ``key``, written in lower-case hex digits.
    """
    return str(uuid5(LEADS, hmac.new(key, email.encode(), sha256).hexdigest()))


def account_key_for(address: Address, lead_id: str, domains: CompanyDomains = SHIPPED) -> str:
    """Return ``domain:<registrable domain>`` for a business address, else ``lead:<lead_id>``."""
    domain = domains.of_address(address.domain)
    return f"lead:{lead_id}" if domain is None else f"domain:{domain}"


@lru_cache(maxsize=_CACHED_RESULTS)
def person_of(address: Address, key: bytes, domains: CompanyDomains = SHIPPED) -> Person:
    """Return the person of an address. The lead_id is made under the secret ``key``.

    ``domains`` are the lists of free mail by the policy in force.
    """
    lead_id = lead_id_of(address.email, key)
    return Person(lead_id, account_key_for(address, lead_id, domains), address.email, address.is_role)
