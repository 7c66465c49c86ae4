"""A new policy removes a desk: its accounts stay with their reps, and leads that waited there go elsewhere."""

from __future__ import annotations

from schemas.crm_reps import DeskMembership
from tests.hops.accounts.market import MONDAY, POLICY_TEXT, Market, alerts, demo, facts, reach_bar, rep, story


def without_west() -> str:
    text = POLICY_TEXT.replace("version: 1", "version: 2")
    lines = [
        one for one in text.splitlines() if not one.startswith("  west: {like") and "to: desk west" not in one
    ]
    return "\n".join(lines) + "\n"


def test_a_rep_keeps_an_account_that_a_removed_desk_assigned() -> None:
    market = Market()
    market.reps(rep("r1"), rep("wes", desks=[DeskMembership(desk="west")]))
    market.send(facts(region="CA"), demo())
    market.follow(without_west(), MONDAY + 60_000)
    market.send(demo("bob"), at_ms=MONDAY + 120_000)
    assert story(market.outputs) == ["assigned raised_hand wes"] * 2
    assert market.account().gone == ()


def test_a_lead_that_waits_at_a_removed_desk_goes_to_the_next_route() -> None:
    market = Market()
    market.reps(rep("r1"))
    market.send(facts(region="CA"), *reach_bar())
    assert (story(market.outputs), alerts(market.outputs)) == ([], ["everyone_away"])
    market.follow(without_west(), MONDAY + 60_000)
    assert story(market.outputs) == ["assigned mql r1"]
    assert alerts(market.outputs, cleared=True) == ["everyone_away"]
