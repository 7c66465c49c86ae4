"""Matching by company name: the evidence that a policy may require, and values that are refused."""

from __future__ import annotations

import pytest

from tests.edge import policy_with
from workers.policy.load import load_policy
from workers.policy.problem import PolicyError

LINE = "company_name: {proven_by: [phone, postal_code]}   # without them, each hand-off states that only the name matched"
SECTION = f"matching:\n  {LINE}\n"


def test_the_default_policy_matches_by_name_and_lists_the_proof() -> None:
    matching = load_policy(policy_with()).matching
    assert matching is not None
    assert (matching.company_name.demands, matching.company_name.proven_by) == ((), ("phone", "postal_code"))


def test_a_policy_without_the_section_matches_no_person_by_name() -> None:
    assert load_policy(policy_with((SECTION, ""))).matching is None


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("company_name: {demands: [fax]}", "fax"),
        ("company_name: {demands: [phone, phone]}", "each kind of evidence at most once in demands"),
        ("company_name: {asks: [phone]}", "asks"),
    ],
)
def test_unknown_evidence_is_refused_with_its_key(line: str, wrong: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(policy_with((LINE, line)))
    assert wrong in str(refused.value)
    assert "matching.company_name" in str(refused.value)


def test_an_empty_section_is_refused() -> None:
    with pytest.raises(PolicyError, match=r"matching"):
        load_policy(policy_with((SECTION, "matching: {}\n")))
