"""Which accounts a canary decides: a share by a hash of the account key, or those whose company meets a condition.

In: the words of the canary, an account key, the company. Out: whether the account belongs to it. The share depends on the key
alone: it is the same for any number of partitions, and a larger share has all accounts of a smaller one. A condition depends on
the company as it is known now. If it is unknown, the account stays with the present policy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from workers.accounts.routing.territories import LeadProfile, find_unmet
from workers.outbox import fact_id
from workers.policy.canary import BUCKETS, read_share

if TYPE_CHECKING:
    from workers.accounts.rulebook.terms import Accounts
    from workers.policy.model import Policy

_NO_PERSON = LeadProfile()
"""The facts of no person: two leads of one account must not differ."""


class Trial(NamedTuple):
    """A canary, as far as it decides which policy an account has."""

    hash: str = ""
    """The hash of the newer policy. Empty: there is none."""
    share: str = ""
    """The words that name its accounts. Empty: none."""


def members_of(share: str, present: Policy) -> Accounts:
    """Return whether an account belongs to a canary, as a function of its key and company. Raises ShareError."""
    if not share:
        return lambda _key, _company: False
    accounts = read_share(share, present)
    conditions = accounts.conditions
    if conditions is None:
        return lambda key, _: bucket_of(key) < accounts.buckets
    return lambda _, company: find_unmet(conditions, company, _NO_PERSON, present.currency) is None


def with_other_policy(before: Trial, now: Trial, present: Policy) -> Accounts:
    """Return whether an account gets another policy with the step from one canary to the next one. Raises ShareError."""
    had, has = members_of(before.share, present), members_of(now.share, present)
    if before.hash == now.hash:
        return lambda key, company: had(key, company) is not has(key, company)
    return lambda key, company: had(key, company) or has(key, company)


def bucket_of(key: str) -> int:
    """Return the bucket of an account key, from 0 to 9,999. It never changes."""
    return int(fact_id("canary", key)[:8], 16) % BUCKETS
