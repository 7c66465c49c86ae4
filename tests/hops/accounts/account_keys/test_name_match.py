"""The CRM account that a company name means: conflicts, ties, demanded evidence and proof."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.vocabulary import Relationship
from workers.accounts.account_keys.name_match import is_same_postal_code, match_company
from workers.accounts.state.parts import NamedAccount, NameMatch, NameQuery
from workers.policy.matching import ByName

NAME = "harbor national bank"
NO_DEMANDS = ByName()
CUSTOMER = Relationship.CUSTOMER


def account(number: int, **facts: Any) -> NamedAccount:
    return NamedAccount(f"acc-{number}", f"domain:d{number}.example", **facts)


@pytest.mark.parametrize(
    ("asker", "named", "meant"),
    [
        pytest.param(NameQuery(), [account(1)], "acc-1", id="the only one of that name"),
        pytest.param(NameQuery(), [], "", id="no account of that name"),
        pytest.param(NameQuery(country="DE"), [account(1, country="US")], "", id="another country"),
        pytest.param(NameQuery(country="us"), [account(1, country="US")], "acc-1", id="the same country"),
        pytest.param(
            NameQuery(country="DE"), [account(1)], "acc-1", id="a country that the CRM does not know"
        ),
        pytest.param(
            NameQuery(country="US"),
            [account(1, country="DE"), account(2, country="US")],
            "acc-2",
            id="only one in the same country",
        ),
        pytest.param(NameQuery(), [account(1), account(2)], "", id="a tie"),
        pytest.param(NameQuery(), [account(1), account(2, relationship=CUSTOMER)], "acc-2", id="a customer"),
        pytest.param(
            NameQuery(), [account(1), account(2, has_open_opportunity=True)], "acc-2", id="an opportunity"
        ),
        pytest.param(
            NameQuery(),
            [account(1, has_open_opportunity=True), account(2, relationship=CUSTOMER)],
            "acc-2",
            id="a customer takes precedence over an opportunity",
        ),
        pytest.param(
            NameQuery(),
            [account(1, relationship=CUSTOMER), account(2, relationship=CUSTOMER, has_open_opportunity=True)],
            "acc-2",
            id="the one of two customers with an opportunity",
        ),
        pytest.param(
            NameQuery(domain="other.example"),
            [account(1, relationship=CUSTOMER), account(2, domains=("other.example",))],
            "acc-2",
            id="the domain takes precedence over a customer",
        ),
    ],
)
def test_a_name_means_the_one_account_that_is_left_after_conflicts_and_ties(
    asker: NameQuery, named: list[NamedAccount], meant: str
) -> None:
    assert match_company(NO_DEMANDS, NAME, asker, named).crm_account_id == meant
    assert match_company(NO_DEMANDS, NAME, asker, named[::-1]).crm_account_id == meant


def test_a_tie_lists_its_candidates_and_a_policy_without_names_matches_no_account() -> None:
    named = [account(2), account(1), account(3, relationship=CUSTOMER), account(4, relationship=CUSTOMER)]
    assert match_company(NO_DEMANDS, NAME, NameQuery(), named) == NameMatch(candidates=("acc-3", "acc-4"))
    assert match_company(None, NAME, NameQuery(), [account(1)]) == NameMatch()


AMERICAN = account(1, phone="+1 (503) 555-0100", postal_code="97201-1234")


@pytest.mark.parametrize(
    ("demands", "asker", "is_met"),
    [
        (("phone",), NameQuery(), False),
        (("phone",), NameQuery(phone="503 555 0100"), True),
        (("phone",), NameQuery(phone="503 555 0101"), False),
        (("postal_code",), NameQuery(postal_code="97201"), True),
        (("phone", "postal_code"), NameQuery(postal_code="97201"), True),
        (("domain",), NameQuery(), False),
        (("domain",), NameQuery(domain="harbor-national.example"), True),
        (("domain",), NameQuery(domain="harbor.example"), False),
    ],
)
def test_the_policy_may_demand_evidence_beside_a_name(demands: Any, asker: NameQuery, is_met: bool) -> None:
    assert bool(match_company(ByName(demands=demands), NAME, asker, [AMERICAN]).crm_account_id) is is_met


def test_a_match_is_proven_by_the_evidence_that_the_policy_names() -> None:
    policy = ByName(proven_by=("phone",))
    assert match_company(policy, NAME, NameQuery(), [AMERICAN]).is_unproven
    assert not match_company(policy, NAME, NameQuery(phone="(503) 5550100"), [AMERICAN]).is_unproven
    assert match_company(NO_DEMANDS, NAME, NameQuery(phone="(503) 5550100"), [AMERICAN]).is_unproven


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("97201", "97201-1234", True),
        ("SW1A 1AA", "sw1a1aa", True),
        ("SW1A", "SW1A 1AA", False),
        ("97201", "97202", False),
        ("D-10115", "10115", True),
        ("\uff11\uff10\uff11\uff11\uff15", "10115", True),
        *(
            (filler, filler, False)
            for filler in ("0", "00000", "99999", "12345", "N/A", "none", "-", "xxx", "k.A.")
        ),
        (None, None, False),
    ],
)
def test_a_postal_code_is_the_same_in_any_spelling(one: str | None, other: str | None, is_same: bool) -> None:
    assert is_same_postal_code(one, other) is is_same
