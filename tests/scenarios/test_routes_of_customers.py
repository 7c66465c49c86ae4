"""Activity that makes a customer a task, and desks for customers, from the view of a customer manager."""

from __future__ import annotations

from typing import Any

import pytest

from tests.routes import CUSTOMER, NEVER, OPEN, OWNER, REP, REST, desk, with_routes
from tests.scenarios.story import POLICY, Results, Story

ANN, BOB = "ann@harbor.example", "bob@harbor.example"
PRICES = "https://x.example/pricing"
AT_DESK = "{if: customer, to: desk customer_care, kind: expansion}"


@pytest.fixture
def team(story: Story) -> Story:
    """Olga owns the customer harbor, Mia is at inside sales, Cara and Carl are at the desk for customers."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False)
    for rep_id in ("cara", "carl"):
        story.rep(rep_id, desks=[{"desk": "customer_care"}])
    story.bank("harbor", relationship="customer", owner_rep_id="olga")
    return story


def use(team: Story, customer: str) -> None:
    """Use this line for customers."""
    desks = desk("customer_care") if "customer_care" in customer else ""
    text = POLICY.read_text("utf-8")
    team.policy(with_routes(text, (NEVER, customer, OPEN, OWNER, REP, REST), desks))


def asks(keys: str) -> str:
    """Return the line of customers with these keys."""
    return CUSTOMER.replace("}", f", {keys}}}")


def assigned(results: Results) -> list[tuple[str, str, str]]:
    """Return the time, kind and assignee of each hand-off that was opened."""
    return [
        (one["occurred_at"][5:16], one["kind"], one["assignee"]["id"])
        for one in results.of("lead.routing")
        if one["action"] == "assigned"
    ]


def changes(results: Results) -> list[dict[str, Any]]:
    """Return what would have changed the decision of the last score."""
    found: list[dict[str, Any]] = results.of("lead.scores")[-1]["explanation"]["would_change"]
    return found


def test_a_customer_below_the_points_of_the_route_is_not_handed_over_and_the_score_states_why(
    team: Story,
) -> None:
    use(team, asks("points: 12"))
    team.form(ANN, "mon 10:00")

    results = team.replay(until="mon 12:00")

    assert assigned(results) == []
    assert changes(results) == [
        {"what": "points", "name": "behaviour", "needed": "8 more"},
        {"what": "fact", "name": "request", "needed": "one of demo, pricing, contact_sales"},
    ]


def test_a_customer_is_handed_over_when_the_points_of_the_route_are_reached(team: Story) -> None:
    use(team, asks("points: 12"))
    team.form(ANN, "mon 10:00")
    team.activity("download", "tue 10:00", email=ANN)

    results = team.replay(until="tue 12:00")

    assert assigned(results) == [("03-03T15:00", "expansion", "olga")]
    (event,) = results.of("lead.routing")
    assert event["explanation"]["behaviour"] == 12


@pytest.mark.parametrize("arrives", ["mon 10:00", "wed 10:00"])
def test_the_points_of_a_customer_count_in_any_order_of_arrival(team: Story, arrives: str) -> None:
    use(team, asks("points: 12"))
    team.late("form.fills", ANN, "mon 10:00", arrives, form_id="f", email=ANN, request="content")
    team.activity("download", "tue 10:00", email=ANN)

    (event,) = team.replay(until="wed 12:00").of("lead.routing")

    assert (event["kind"], event["assignee"]["id"]) == ("expansion", "olga")


@pytest.mark.parametrize("keys", ["points: 40", "signals: [pricing]", "only: asks_for_sales"])
def test_a_customer_who_asks_for_sales_is_handed_over_at_once(team: Story, keys: str) -> None:
    use(team, asks(keys))
    team.form(ANN, "mon 10:00")
    team.form(BOB, "mon 11:00", "demo")

    assert assigned(team.replay(until="mon 12:00")) == [("03-02T16:00", "expansion", "olga")]


def test_a_signal_of_the_route_hands_a_customer_over(team: Story) -> None:
    use(team, asks("points: 40, signals: [pricing]"))
    team.activity("page_view", "mon 10:00", email=ANN, url="https://x.example/about")
    team.activity("page_view", "tue 10:00", email=ANN, url=PRICES)

    assert assigned(team.replay(until="tue 12:00")) == [("03-03T15:00", "expansion", "olga")]


def test_what_is_not_handed_over_still_notifies_the_owner_of_a_signal(team: Story) -> None:
    use(team, asks("only: asks_for_sales"))
    team.activity("page_view", "mon 10:00", email=ANN, url=PRICES)

    results = team.replay(until="mon 18:00")

    assert assigned(results) == []
    (alert,) = (one for one in results.of("lead.alerts") if one["alert"] == "buying_signals")
    assert alert["told"] == ["olga"]


def test_a_desk_has_the_customers_one_rep_for_each_account_instead_of_the_owner(team: Story) -> None:
    use(team, AT_DESK)
    team.form(ANN, "mon 10:00")
    team.form(BOB, "mon 11:00", "demo")
    team.bank("mesa", relationship="customer")
    team.form("eve@mesa.example", "mon 11:30")
    team.sales("rejected", BOB, "mon 12:00", rep_id="cara", reason="not_now")
    team.sales("rejected", ANN, "mon 12:00", rep_id="cara", reason="not_now")
    team.form(BOB, "tue 10:00", "demo")

    results = team.replay(until="tue 12:00")

    reps = [rep_id for _, _, rep_id in assigned(results)]
    assert reps == ["cara", "cara", "carl", "cara"]
    assert [alert for alert, _ in results.alerts if alert == "account_without_owner"] == []
    first = results.of("lead.routing")[0]
    assert (first["route"], first["how_chosen"]) == ("customer", "rotation")
    assert "customer_account" in first["explanation"]["reasons"]


@pytest.mark.parametrize(
    ("active", "expected"), [(True, ("sia", "owners_sdr")), (False, ("olga", "account_owner"))]
)
def test_the_sdr_of_the_owner_works_the_owners_accounts_and_the_owner_if_the_sdr_has_left(
    team: Story, active: bool, expected: tuple[str, str]
) -> None:
    text = with_routes(
        POLICY.read_text("utf-8"),
        (NEVER, CUSTOMER, OPEN, "{if: account_has_owner, to: owner's sdr}", REP, REST),
        before="owners: {sdrs: {olga: sia}}\n",
    )
    team.policy(text)
    team.rep("sia", at_desk=False)
    team.rep("sia", "mon 08:00", active=active)
    team.bank("mesa", owner_rep_id="olga")
    team.form("eve@mesa.example", "mon 10:00", "demo")

    (event,) = team.replay(until="mon 12:00").of("lead.routing")

    assert (event["assignee"]["id"], event["how_chosen"]) == expected
    assert event["route"] == "account_has_owner"
