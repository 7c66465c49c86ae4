"""Which accounts a canary decides: a share by a hash of the account key, or those whose company meets a condition.

In: the words of the canary, an account key, the company. Out: whether the account belongs to it. The share depends on the key
alone: it is the same for any number of partitions, and a larger share has all accounts of a smaller one. A condition depends on
the company as it is known now. If it is unknown, the account stays with the present policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.routing.territories import LeadProfile, find_unmet
from workers.outbox import fact_id
from workers.policy.canary import BUCKETS, read_share

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.accounts.state.facts import Company
    from workers.policy.model import Policy

_NO_PERSON = LeadProfile()
"""The facts of no person: two leads of one account must not differ."""


def members_of(share: str, present: Policy) -> Callable[[str, Company | None], bool]:
    """Return whether an account belongs to a canary, as a function of its key and company. Raises ShareError."""
    accounts = read_share(share, present)
    conditions = accounts.conditions
    if conditions is None:
        return lambda key, _: bucket_of(key) < accounts.buckets
    return lambda _, company: find_unmet(conditions, company, _NO_PERSON, present.currency) is None


def bucket_of(key: str) -> int:
    """Return the bucket of an account key, from 0 to 9,999. It never changes."""
    return int(fact_id("canary", key)[:8], 16) % BUCKETS
