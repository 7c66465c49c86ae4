"""A substitute who only held an account gives it back. One who touched it keeps what is open."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.lead_events import SalesAnswered
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    assert_one_owner,
    demo,
    facts,
    instant,
    rep,
    routings,
    sales,
)

FIRST = f"{BANK}#1.1"
TUESDAY, WEDNESDAY, FRIDAY = MONDAY + DAY_MS, MONDAY + 2 * DAY_MS, MONDAY + 4 * DAY_MS
AWAY = ((TUESDAY, WEDNESDAY),)
SUBSTITUTES = [
    pytest.param("lou", {"deputy_rep_id": "lou", "manager_rep_id": "dana"}, id="deputy"),
    pytest.param("dana", {"manager_rep_id": "dana"}, id="manager"),
]
ACCOUNTS = [
    pytest.param("r1", {}, id="a desk's account"),
    pytest.param("own", {"owner_rep_id": "own"}, id="an owned prospect"),
    pytest.param("own", {"owner_rep_id": "own", "relationship": CUSTOMER}, id="a customer"),
]


def a_market(away: tuple[tuple[int, int], ...], changes: dict[str, Any], account: dict[str, Any]) -> Market:
    market = Market()
    market.reps(rep("lou", at_desk=False), rep("dana", at_desk=False))
    market.reps(rep("r1", away=away, **changes), rep("own", at_desk=False, away=away, **changes))
    market.send(facts(**account))
    return market


def say(market: Market, action: str, rep_id: str, at_ms: int, **changes: Any) -> None:
    event = sales(action, None if action == "lost" else FIRST, at_ms=at_ms, lead_id="ann", **changes)
    activity = event.activity.model_copy(update={"rep_id": rep_id, "event_id": f"{action}-{rep_id}-{at_ms}"})
    market.send(SalesAnswered(**(event.__dict__ | {"activity": activity})), at_ms=at_ms)


def holders(market: Market) -> dict[str, str]:
    """Return who has the open hand-offs, by lead."""
    found: dict[str, str] = {}
    for one in routings(market.outputs):
        found.pop(one.lead_id, None)
        if one.assignee is not None:
            found[one.lead_id] = one.assignee.id
    assert_one_owner(market.outputs)
    return found


@pytest.mark.parametrize(("owner", "account"), ACCOUNTS)
@pytest.mark.parametrize(("stand_in", "changes"), SUBSTITUTES)
def test_the_account_goes_back_at_the_reps_return(
    owner: str, account: dict[str, Any], stand_in: str, changes: dict[str, Any]
) -> None:
    market = a_market(AWAY, changes, account)
    market.send(demo())
    say(market, "touched", owner, MONDAY + 1)
    market.tick(TUESDAY)
    assert holders(market) == {"ann": stand_in}
    market.tick(WEDNESDAY)
    assert holders(market) == {"ann": owner}
    assert routings(market.outputs)[-1].explanation.reasons[0] == "rep_back"
    market.send(demo("bob", at_ms=FRIDAY), at_ms=FRIDAY)
    assert holders(market) == {"ann": owner, "bob": owner}


@pytest.mark.parametrize(("stand_in", "changes"), SUBSTITUTES)
def test_a_lead_that_came_during_the_absence_goes_to_the_rep_with_the_whole_time(
    stand_in: str, changes: dict[str, Any]
) -> None:
    away = ((MONDAY, MONDAY + HOUR_MS // 4),)
    market = a_market(away, changes, {"owner_rep_id": "own"})
    market.send(demo())
    assert holders(market) == {"ann": stand_in}
    market.tick(away[0][1])
    assert holders(market) == {"ann": "own"}
    assert routings(market.outputs)[-1].first_response_due_at == instant(away[0][1] + HOUR_MS // 2)


@pytest.mark.parametrize(("owner", "account"), ACCOUNTS)
@pytest.mark.parametrize(("stand_in", "changes"), SUBSTITUTES)
def test_a_substitute_who_touched_the_account_keeps_what_is_open_at_the_return(
    owner: str, account: dict[str, Any], stand_in: str, changes: dict[str, Any]
) -> None:
    market = a_market(AWAY, changes, account)
    market.send(demo())
    say(market, "touched", owner, MONDAY + 1)
    market.tick(TUESDAY)
    say(market, "touched", stand_in, TUESDAY + 1)
    market.tick(WEDNESDAY)
    assert holders(market) == {"ann": stand_in}


@pytest.mark.parametrize("after", ["rejected", "lost"])
@pytest.mark.parametrize(("stand_in", "changes"), SUBSTITUTES)
def test_who_only_held_the_account_is_not_who_worked_it_last(
    after: str, stand_in: str, changes: dict[str, Any]
) -> None:
    market = a_market(AWAY, changes, {})
    market.send(demo())
    say(market, "touched", "r1", MONDAY + 1)
    market.tick(TUESDAY)
    say(market, after, "r1", TUESDAY + 1)
    assert holders(market) == {}
    market.tick(WEDNESDAY)
    market.send(demo("bob", at_ms=FRIDAY), at_ms=FRIDAY)
    assert holders(market) == {"bob": "r1"}


@pytest.mark.parametrize(("stand_in", "changes"), SUBSTITUTES)
def test_after_a_customer_has_left_the_rep_has_the_account_and_not_the_substitute(
    stand_in: str, changes: dict[str, Any]
) -> None:
    market = a_market(AWAY, changes, {"owner_rep_id": "own", "relationship": CUSTOMER})
    market.send(demo())
    say(market, "touched", "own", MONDAY + 1)
    market.tick(TUESDAY)
    market.send(facts(event_id="crm-2", relationship="prospect"), at_ms=TUESDAY + 1)
    market.tick(WEDNESDAY)
    market.send(demo("bob", at_ms=FRIDAY), at_ms=FRIDAY)
    assert holders(market)["bob"] == "own"


@pytest.mark.parametrize(
    "account", [{}, {"owner_rep_id": "own"}], ids=["a desk's account", "an owned prospect"]
)
def test_a_manager_who_got_an_unanswered_account_and_was_silent_too_loses_it_with_the_next_lead(
    account: dict[str, Any],
) -> None:
    owner = account.get("owner_rep_id", "r1")
    market = a_market((), {"manager_rep_id": "dana"}, account)
    market.send(demo())
    market.tick(MONDAY + HOUR_MS)
    assert holders(market) == {"ann": "dana"}
    market.send(demo("bob", at_ms=TUESDAY), at_ms=TUESDAY)
    assert holders(market) == {"ann": owner, "bob": owner}
    market.tick(TUESDAY + HOUR_MS)
    assert holders(market) == {"ann": "dana", "bob": "dana"}


def test_a_manager_who_got_an_unanswered_account_has_the_whole_time_first() -> None:
    market = a_market((), {"manager_rep_id": "dana"}, {})
    market.send(demo())
    market.tick(MONDAY + HOUR_MS)
    at_ms = MONDAY + HOUR_MS + HOUR_MS // 4
    market.send(demo("bob", at_ms=at_ms), at_ms=at_ms)
    assert holders(market) == {"ann": "dana", "bob": "dana"}


def test_the_rep_who_worked_the_account_before_gets_it_back_from_a_silent_manager() -> None:
    market = a_market((), {}, {})
    market.send(demo())
    say(market, "rejected", "r1", MONDAY + 1, reason="not_now")
    market.send(demo("bob", at_ms=MONDAY + 2), at_ms=MONDAY + 2)
    market.tick(MONDAY + 2 * HOUR_MS)
    assert holders(market) == {"bob": "dana"}
    market.send(demo("cy", at_ms=FRIDAY), at_ms=FRIDAY)
    assert holders(market) == {"bob": "r1", "cy": "r1"}


def test_a_fallback_who_held_a_lead_without_a_touch_is_not_asked_for_the_next_one() -> None:
    market = a_market(AWAY, {}, {})
    market.send(demo(at_ms=TUESDAY), at_ms=TUESDAY)
    assert holders(market) == {"ann": "dana"}
    say(market, "lost", "r1", TUESDAY + 1)
    market.send(demo("bob", at_ms=FRIDAY), at_ms=FRIDAY)
    assert holders(market) == {"bob": "r1"}
