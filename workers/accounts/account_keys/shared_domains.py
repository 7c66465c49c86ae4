"""The CRM account of a person, where several accounts claim the person's domain.

In: the claims of a domain key, and what is known of a person. Out: the claim that holds for the person, or None, and the
account key where its people are stored. The order of records and the ids of the CRM decide nothing. Pure: it reads and
writes no rows.

The account that the CRM's contact record names comes first. Then the customer, then the account with an open
opportunity, then the one whose name or country the person gave. Last, the one whose first domain this is. If several
are left, the person has no account of the CRM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.routing.ownership import has_open_opportunity, is_customer
from workers.accounts.state.parts import Part
from workers.accounts.worth.facts import value_of
from workers.identity.company_names import normalise_company
from workers.identity.country_names import read_country
from workers.identity.crm_keys import crm_key

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from workers.accounts.state.facts import ClaimRow, Fact

FACTS = ("company", "country")
"""Facts of a person that separate the accounts of one domain."""


class Evidence(Part, frozen=True):
    """Facts of a person that name one of several accounts."""

    contact_id: str = ""
    """The crm_account_id that the CRM's contact record names. Empty: it names none."""
    alias_id: str = ""
    """The crm_account_id to which the person's own account key belongs. Empty: the person has the shared domain."""
    facts: tuple[Fact, ...] = ()
    """Company name and country that the person gave. At most 2."""


NO_EVIDENCE = Evidence()
"""The evidence of a person of whom only the domain is known."""


def choose_claim(claims: Sequence[ClaimRow], key: str, evidence: Evidence = NO_EVIDENCE) -> ClaimRow | None:
    """Return the claim of the domain key ``key`` that holds for a person, or None if several are left."""
    left = narrow_claims(claims, key, evidence)
    return left[0] if len(left) == 1 else None


def narrow_claims(claims: Sequence[ClaimRow], key: str, evidence: Evidence) -> list[ClaimRow]:
    """Return the claims that are left after each test in turn. A test that no claim passes changes nothing."""
    for named in (evidence.contact_id, evidence.alias_id):
        found = [one for one in claims if named and one.company.crm_account_id == named]
        if found:
            return found
    name = normalise_company(value_of(evidence.facts, "company") or "")
    country = read_country(value_of(evidence.facts, "country"))
    tests: tuple[Callable[[ClaimRow], bool], ...] = (
        lambda one: is_customer(one.company),
        lambda one: has_open_opportunity(one.company),
        lambda one: name is not None and name in _names_of(one),
        lambda one: country is not None and read_country(one.company.country) == country,
        lambda one: one.primary_key == key,
    )
    left = list(claims)
    for test in tests:
        if len(left) > 1:
            left = [one for one in left if test(one)] or left
    return left


def home_of(claim: ClaimRow, key: str, holds: ClaimRow | None) -> str:
    """Return the account key where the people of a claim are stored. ``holds``: the claim that holds at the key.

    An account whose first domain is shared has its people there only if its claim holds.
    """
    if claim.primary_key != key:
        return claim.primary_key
    return key if claim is holds else crm_key(claim.company.crm_account_id)


def _names_of(claim: ClaimRow) -> set[str | None]:
    return {normalise_company(name) for name in (claim.company.name, *claim.company.other_names)}
