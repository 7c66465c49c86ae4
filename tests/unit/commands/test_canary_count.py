"""How many accounts get another version: counted from rows as the accounts hop writes them."""

from __future__ import annotations

import pytest

from tests.hops.accounts.market import BANK, Market, activity, facts, identified, reach_bar, rep
from tests.unit.commands.test_publish_canary import STRICTER, TEXT, THIRD, Publisher
from workers.accounts.routing.canary_accounts import bucket_of
from workers.commands.canary_count import AccountCount, find_concerned

KEYS = [f"domain:bank{number}.example" for number in range(20)]
FIRST = [key for key in KEYS if bucket_of(key) < 2_000]
SECOND = [key for key in KEYS if bucket_of(key) < 6_000]


def test_accounts_are_counted_with_their_open_hand_offs_and_aliases_are_not() -> None:
    market = Market(TEXT)
    market.reps(rep("r1"))
    market.send(facts(country="US"), identified(), *reach_bar())
    market.send(activity("page_view", "bob", account_key="domain:other.example"))
    market.send(facts("domain:alias.example", country="US", primary_key=BANK))
    count = AccountCount(lambda _, company: company is not None and company.country == "US")
    rows = market.accounts.dump()
    for key, value in rows.items():
        count.apply(key, value)
    assert count.sentence == (
        "Another version decides 1 of 2 accounts from then on, 1 of them with an open hand-off."
    )
    for key in rows:
        count.apply(key, None)
    assert count.sentence.startswith("Another version decides 0 of 0 accounts")


def concerned(publisher: Publisher, text: str | None, canary: str | None = None) -> list[str] | None:
    """Return the accounts that get another version, or None for all."""
    is_concerned = find_concerned(publisher.plan(text, canary)[0])
    return None if is_concerned is None else [key for key in KEYS if is_concerned(key, None)]


@pytest.fixture
def publisher() -> Publisher:
    return Publisher()


def test_the_accounts_that_get_another_version_follow_from_both_canaries(publisher: Publisher) -> None:
    assert FIRST
    assert len(FIRST) < len(SECOND) < len(KEYS)
    assert concerned(publisher, STRICTER) is None, "all accounts"
    assert concerned(publisher, STRICTER, "20%") == FIRST
    publisher.publish(STRICTER, "20%")
    assert concerned(publisher, STRICTER, "60%") == [key for key in SECOND if key not in FIRST]
    assert concerned(publisher, STRICTER) == [key for key in KEYS if key not in FIRST]
    assert concerned(publisher, None) == FIRST
    assert concerned(publisher, THIRD, "60%") == SECOND, "those of the canary before too"
    assert concerned(publisher, THIRD) is None
