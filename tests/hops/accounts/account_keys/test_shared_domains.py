"""The account of a person whose domain several CRM accounts claim."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from schemas.vocabulary import Relationship
from workers.accounts.account_keys.shared_domains import Evidence, choose_claim, home_of
from workers.accounts.state.facts import ClaimRow, Company, Fact, Opportunity

KEY = "domain:alder.example"
OPEN = (Opportunity("o1", "r1", 1),)
CUSTOMER = Relationship.CUSTOMER


def claim(crm_account_id: str, name: str = "", primary: str = KEY, **company: Any) -> ClaimRow:
    return ClaimRow(company=Company(crm_account_id, name or crm_account_id, **company), primary_key=primary)


def stated(**facts: str) -> Evidence:
    return Evidence(facts=tuple(Fact(name, value, 1) for name, value in facts.items()))


US = claim("A-1", "Alder Bank", country="US")
UK = claim("A-2", "Alder Bank UK", country="GB", relationship=CUSTOMER)
ASIA = claim("A-3", "Alder Bank Asia", country="SG", relationship=CUSTOMER)
CLINIC = claim("A-4", "Alder Clinic", country="US", other_names=("Alder Health",))
DEAL = claim("A-5", "Alder Fund", country="US", opportunities=OPEN)
CUSTOMER_WITH_DEAL = claim("A-6", "Alder Trust", country="US", relationship=CUSTOMER, opportunities=OPEN)
SECOND = claim("A-7", "Beta", "domain:beta.example", country="US")
SECOND_CUSTOMER = claim("A-8", "Gamma", "domain:gamma.example", relationship=CUSTOMER)


@pytest.mark.parametrize(
    ("claims", "evidence", "expected"),
    [
        ([US, UK, ASIA], Evidence("A-3"), "A-3"),
        ([US, UK, ASIA], Evidence("A-1"), "A-1"),
        ([US, UK, ASIA], Evidence("A-1", alias_id="A-2"), "A-1"),
        ([US, UK, ASIA], Evidence(alias_id="A-1"), "A-1"),
        ([US, UK, ASIA], Evidence("B-9"), None),
        ([US, UK], Evidence(), "A-2"),
        ([US, DEAL], Evidence(), "A-5"),
        ([UK, DEAL], Evidence(), "A-2"),
        ([UK, ASIA, CUSTOMER_WITH_DEAL], Evidence(), "A-6"),
        ([US, UK, ASIA], Evidence(), None),
        ([US, UK, ASIA], stated(country="SG"), "A-3"),
        ([US, UK, ASIA], stated(company="Alder Bank UK"), "A-2"),
        ([US, UK, ASIA], stated(company="ALDER BANK ASIA"), "A-3"),
        ([US, UK, ASIA], stated(company="Birch", country="US"), None),
        ([US, CLINIC], stated(company="Alder Health Inc."), "A-4"),
        ([US, CLINIC], stated(company="Alder Clinic", country="GB"), "A-4"),
        ([US, CLINIC], stated(country="US"), None),
        ([US, SECOND], Evidence(), "A-1"),
        ([US, SECOND], stated(company="Beta"), "A-7"),
        ([US, SECOND_CUSTOMER], Evidence(), "A-8"),
        ([US], Evidence("B-9"), "A-1"),
        ([], Evidence("A-1"), None),
    ],
)
def test_contact_customer_opportunity_name_and_country_decide_in_this_order(
    claims: list[ClaimRow], evidence: Evidence, expected: str | None
) -> None:
    for order in permutations(claims):
        found = choose_claim(order, KEY, evidence)
        assert (found.company.crm_account_id if found is not None else None) == expected


def test_the_ids_of_the_crm_decide_nothing() -> None:
    for one, other in (("A-1", "A-9"), ("A-9", "A-1")):
        claims = [claim(one, "Alder"), claim(other, "Birch", relationship=CUSTOMER)]
        found = choose_claim(claims, KEY)
        assert found is not None
        assert found.company.name == "Birch"


@pytest.mark.parametrize(
    ("one", "holds", "key"),
    [(US, US, KEY), (US, UK, "crm:A-1"), (US, None, "crm:A-1"), (SECOND, None, "domain:beta.example")],
)
def test_an_account_has_its_people_at_the_domain_only_if_its_claim_holds(
    one: ClaimRow, holds: ClaimRow | None, key: str
) -> None:
    assert home_of(one, KEY, holds) == key
