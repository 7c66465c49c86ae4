"""What a company name is worth, as the policy says it, and what is no policy."""

from __future__ import annotations

import pytest

from tests.edge import policy_with
from workers.policy.load import load_policy
from workers.policy.problem import PolicyError

LINE = "company_name: {proven_by: [phone, postal_code]}   # without them, each hand-off states that only the name matched"
SECTION = f"matching:\n  {LINE}\n"


def test_the_default_policy_matches_by_names_and_says_what_proves_one() -> None:
    matching = load_policy(policy_with()).matching
    assert matching is not None
    assert (matching.company_name.demands, matching.company_name.proven_by) == ((), ("phone", "postal_code"))


def test_a_policy_that_says_nothing_of_it_matches_nobody_by_name() -> None:
    assert load_policy(policy_with((SECTION, ""))).matching is None


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("company_name: {demands: [fax]}", "fax"),
        ("company_name: {demands: [phone, phone]}", "each kind of evidence at most once in demands"),
        ("company_name: {asks: [phone]}", "asks"),
    ],
)
def test_what_is_no_evidence_is_refused_with_its_place(line: str, wrong: str) -> None:
    with pytest.raises(PolicyError) as refused:
        load_policy(policy_with((LINE, line)))
    assert wrong in str(refused.value)
    assert "matching.company_name" in str(refused.value)


def test_a_section_that_says_nothing_is_refused() -> None:
    with pytest.raises(PolicyError, match=r"matching"):
        load_policy(policy_with((SECTION, "matching: {}\n")))
