"""A canary: a newer policy decides a part of the accounts, by their key or by a fact of their company."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.outputs import LeadRouting, LeadScore, LeadStage
from schemas.vocabulary import Stage
from tests.hops.accounts.events.test_policy_change import HIGHER_THRESHOLD, policy_text
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY,
    Market,
    activity,
    assert_one_owner,
    facts,
    identified,
    papers,
    reach_bar,
    rep,
    steps,
    story,
)
from workers.accounts.routing.canary_accounts import bucket_of

LATER = MONDAY + HOUR_MS
NOT_OWN = ('not_people: [integration_user, "queue_*"]', 'not_people: [integration_user, "queue_*", own]')
TRIED = policy_text(2, HIGHER_THRESHOLD)
KEYS = [f"domain:bank{number}.example" for number in range(40)]
IN_TENTH = [key for key in KEYS if bucket_of(key) < 1_000]
IN_THIRD = [key for key in KEYS if bucket_of(key) < 3_333]


def lead_of(key: str) -> str:
    return key.removeprefix("domain:").removesuffix(".example")


def version_of(event: Any) -> int:
    found: int = event.explanation.policy.version
    return found


def versions(results: list[Any]) -> dict[str, set[int]]:
    """Return the versions that decided about each account."""
    found: dict[str, set[int]] = {}
    for one in results:
        if isinstance(one, LeadScore | LeadStage | LeadRouting) and one.explanation is not None:
            found.setdefault(one.account_key, set()).add(version_of(one))
    return found


def market_of(*keys: str) -> Market:
    """Return a market in which each account has a lead of the same name, who lacks points to be an MQL."""
    market = Market()
    market.finishes = True
    market.reps(rep("r1"), rep("r2"), rep("own", at_desk=False))
    for key in keys:
        domain = key.removeprefix("domain:")
        market.send(facts(key, domains=[domain], crm_account_id=key), identified(lead_of(key), key))
        market.send(*reach_bar(lead_of(key), account_key=key)[:-1])
    return market


def view_all(market: Market, at_ms: int) -> list[Any]:
    return market.send(*(activity("page_view", lead_of(key), at_ms, key) for key in KEYS), at_ms=at_ms)


def test_a_share_of_accounts_is_decided_by_the_tried_version_and_only_they_are_evaluated() -> None:
    market = market_of(*KEYS)
    begun = market.try_on(TRIED, "10%", 1, LATER)
    assert versions(begun) == {key: {2} for key in IN_TENTH}
    assert versions(view_all(market, LATER + 1)) == {key: {2 if key in IN_TENTH else 1} for key in KEYS}
    widened = market.try_on(TRIED, "33.33%", 2, LATER + 2)
    assert versions(widened) == {key: {2} for key in IN_THIRD if key not in IN_TENTH}
    narrowed = market.try_on(TRIED, "10%", 3, LATER + 3)
    assert versions(narrowed) == {key: {1} for key in IN_THIRD if key not in IN_TENTH}
    ended = market.try_on(TRIED, "", 4, LATER + 4)
    assert versions(ended) == {key: {1} for key in IN_TENTH}
    assert versions(view_all(market, LATER + 5)) == {key: {1} for key in KEYS}


def test_the_threshold_of_the_tried_version_decides_its_accounts_alone() -> None:
    market = market_of(*KEYS)
    market.try_on(TRIED, "10%", 1, LATER)
    day_2 = MONDAY + DAY_MS
    for key in KEYS:
        market.send(activity("webinar_attended", lead_of(key), day_2, key), at_ms=day_2)
    assert {key for key in KEYS if market.stage(lead_of(key), key) is not Stage.MQL} == set(IN_TENTH)
    assert_one_owner(market.outputs)


def test_another_tried_version_replaces_the_one_before_and_a_policy_for_all_ends_it() -> None:
    market = market_of(*KEYS)
    market.try_on(TRIED, "33.33%", 1, LATER)
    other = market.try_on(policy_text(3, HIGHER_THRESHOLD), "10%", 1, LATER + 1)
    assert versions(other) == {key: {3 if key in IN_TENTH else 1} for key in IN_THIRD}
    for_all = market.follow(policy_text(4), LATER + 2)
    assert versions(for_all) == {key: {4} for key in KEYS}
    assert versions(view_all(market, LATER + 3)) == {key: {4} for key in KEYS}


def test_a_tried_version_is_followed_by_all_accounts_with_the_same_text() -> None:
    market = market_of(*KEYS)
    market.try_on(TRIED, "33.33%", 1, LATER)
    assert versions(market.follow(TRIED, LATER + 1)) == {key: {2} for key in KEYS}


def test_a_larger_share_has_every_account_of_a_smaller_one() -> None:
    keys = [f"domain:company{number}.example" for number in range(2_000)]
    shares = [{key for key in keys if bucket_of(key) < limit} for limit in (100, 1_000, 5_000)]
    assert shares[0] < shares[1] < shares[2]
    assert [round(len(one) / len(keys), 1) for one in shares] == [0.0, 0.1, 0.5]


@pytest.fixture
def bank() -> Market:
    """Return a market in which own has the account of the MQL Ann, and a version that does not count own as an owner."""
    market = Market()
    market.finishes = True
    market.reps(rep("r1"), rep("own", at_desk=False))
    market.send(facts(owner_rep_id="own", country="CA"), identified(), *papers(1))
    market.try_on(policy_text(2, NOT_OWN), "country=US", 1, LATER)
    return market


def test_an_account_moves_with_the_fact_of_its_company_and_its_owner_at_once(bank: Market) -> None:
    assert versions(bank.outputs) == {BANK: {1}}
    moved = bank.send(facts(owner_rep_id="own", country="US"), *reach_bar(), at_ms=LATER + 1)
    assert versions(moved) == {BANK: {2}}
    assert story(moved)[0] == "assigned mql r1"
    back = bank.send(facts(owner_rep_id="own", country="CA"), at_ms=LATER + 2)
    assert versions(back) == {BANK: {1}}
    assert bank.account().holder.id == "own"  # type: ignore[union-attr]
    again = bank.send(facts(owner_rep_id="own", country="US"), at_ms=LATER + 3)
    assert versions(again) == {BANK: {2}}
    assert_one_owner(bank.outputs)


def test_an_account_whose_fact_is_unknown_stays_with_the_present_policy(bank: Market) -> None:
    unknown = bank.send(facts(owner_rep_id="own", country=None), *reach_bar(), at_ms=LATER + 1)
    assert versions(unknown) == {BANK: {1}}


def test_all_leads_of_an_account_that_moves_are_evaluated_in_chunks() -> None:
    market = Market(leads_at_once=2)
    market.finishes = True
    people = [f"p{number}" for number in range(5)]
    market.send(facts(country="CA"), *(identified(one) for one in people))
    market.send(*(activity("page_view", one) for one in people))
    market.try_on(TRIED, "country=US", 1, LATER)
    moved = market.send(facts(country="US"), at_ms=LATER + 1)
    assert {one.lead_id for one in moved if isinstance(one, LeadScore) and version_of(one) == 2} == set(
        people
    )


def test_an_account_of_a_condition_of_the_present_policy_is_tried_on_whatever_the_tried_one_calls_so() -> (
    None
):
    line = ("  - {otherwise:", "  - {if: large, to: desk west}\n  - {otherwise:")
    named, renamed = (
        ("owners:  ", f"conditions: {{large: {{revenue: {{from: {least}}}}}}}\n\nowners:  ")
        for least in ("900M", "5B")
    )
    market = Market(policy_text(1, named, line))
    market.send(facts(), identified(), *papers(1))
    assert versions(market.try_on(policy_text(2, renamed, line), "territory=large", 1, LATER)) == {BANK: {2}}


def test_desks_decide_by_the_present_policy_throughout(bank: Market) -> None:
    bank.send(facts(owner_rep_id="own", country="US"), *reach_bar(), at_ms=LATER + 1)
    ledger = [one for one in bank.outputs if hasattr(one, "entry")]
    assert {one.policy.version for one in ledger} == {POLICY.version}
    assert steps(bank.outputs)[-1] == "mql"


def test_changes_of_a_canary_at_the_same_time_are_different_triggers(bank: Market) -> None:
    triggers = []
    for step in range(2, 6):
        changed = bank.try_on(policy_text(2, NOT_OWN), "" if step % 2 else "99.99%", step, LATER)
        triggers += [one.explanation.triggering_event_id for one in changed]
    assert len(triggers) == len(set(triggers)) == 4


def test_a_policy_for_all_without_the_condition_of_a_canary_ends_its_unfinished_evaluation() -> None:
    line = ("  - {otherwise:", "  - {if: large, to: desk west}\n  - {otherwise:")
    named = ("owners:  ", "conditions: {large: {revenue: {from: 900M}}}\n\nowners:  ")
    market = Market(policy_text(1, named, line), leads_at_once=1)
    market.send(facts(), *(identified(f"p{number}") for number in range(5)))
    for step, share in enumerate(("territory=large", "10%", "99.99%"), 1):
        market.try_on(policy_text(2, named, line), share, step, LATER)
    market.finishes = True
    assert versions(market.follow(policy_text(3), LATER + 1)) == {BANK: {3}}
