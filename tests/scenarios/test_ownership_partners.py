"""Partners and distributors: the leads they get, the fields they see, and how an account comes back."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.routes import CUSTOMER, NEVER, OPEN, OWNER, PARTNER, REP, REST, with_routes
from tests.scenarios.story import POLICY, Story

ROUTES = (NEVER, CUSTOMER, OPEN, OWNER, PARTNER, REP, REST)
ANN, BOB = "ann@harbor.example", "bob@harbor.example"
ISLAND = "partner:island_dealers"


def agreement(gets: str = "sql", then: str = "return") -> str:
    words = "" if gets == "mql" else '  sql: "Sales has spoken with them: need and timing confirmed."\n'
    text = POLICY.read_text("utf-8")
    if "\n  sql: " not in text:
        text = text.replace("definitions:\n", f"definitions:\n{words}")
    partners = (
        f"partners:\n  island_dealers: {{regions: [HI], gets: {gets}, answer_within: 16h, then: {then}, "
        "sees: [name, company, job_title, request]}\n"
    )
    return with_routes(text, ROUTES, before=partners)


@pytest.fixture
def team(story: Story) -> Story:
    """Mia is at inside sales, Olga owns accounts, and the island dealers cover a bank in Hawaii."""
    story.policy(agreement())
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("harbor", region="HI")
    return story


def raise_hand(team: Story, email: str = ANN, when: str = "tue 10:00", request: str = "demo") -> None:
    team.form(
        email, when, request, first_name="Ann", last_name="Ahlberg", company="Harbor", phone="+1 555 0100"
    )


def routing(team: Story, until: str = "tue 17:00") -> list[dict[str, Any]]:
    return team.replay(until=until).of("lead.routing")


def test_an_sql_partner_gets_the_lead_after_inside_sales_has_qualified_it(team: Story) -> None:
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00")

    results = team.replay(until="tue 17:00")

    assert results.handoffs == [
        ("assigned", "raised_hand", "mia"),
        ("withdrawn", "raised_hand", None),
        ("assigned", "partner", ISLAND),
    ]
    assert results.of("lead.routing")[-1]["assignee"]["type"] == "partner"
    assert results.stages[-2:] == ["sql", "with_partner"]


def test_the_message_states_stage_definition_and_policy_version_and_only_what_the_partner_may_see(
    team: Story,
) -> None:
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00")

    event = routing(team)[-1]

    assert event["stage"] == "sql"
    assert event["stage_words"]["definition"].startswith("Sales has spoken with them")
    assert event["explanation"]["policy"]["version"] == 1
    assert event["person"] == {
        "role_address": False,
        "first_name": "Ann",
        "last_name": "Ahlberg",
        "company": "Harbor",
        "job_title": "CIO",
    }
    assert event["request"] == "demo"
    assert [line["rule"] for line in event["explanation"]["points"]] == ["fit", "behaviour"]
    assert sum(line["points"] for line in event["explanation"]["points"]) == event["explanation"]["total"]
    assert "ann@" not in json.dumps(event)
    assert "0100" not in json.dumps(event)


def test_before_qualification_inside_sales_has_the_lead_and_the_message_names_the_partner_as_next(
    team: Story,
) -> None:
    raise_hand(team)

    (event,) = routing(team)

    why = {one["route"]: one["why"] for one in event["earlier_routes"]}
    assert (event["assignee"]["id"], why["partner_covers"]) == ("mia", "not_yet_qualified")


def test_an_mql_partner_gets_the_lead_at_once(team: Story) -> None:
    team.policy(agreement("mql"))
    team.form(ANN, "tue 10:00")
    team.much_interest(ANN, "tue 10:05")

    results = team.replay(until="tue 17:00")

    assert results.handoffs == [("assigned", "partner", ISLAND)]
    assert results.of("lead.routing")[0]["stage"] == "mql"
    assert results.stages[-2:] == ["mql", "with_partner"]


def test_a_lead_that_is_not_qualified_stays_with_inside_sales_whatever_it_asks_for(team: Story) -> None:
    team.policy(agreement("mql"))
    team.form(ANN, "tue 10:00", "demo", title=None)

    assert team.replay(until="tue 17:00").handoffs == [("assigned", "raised_hand", "mia")]


def test_the_whole_account_is_forwarded_to_the_partner_so_that_it_has_one_owner(team: Story) -> None:
    raise_hand(team)
    raise_hand(team, BOB, "tue 10:30", "pricing")
    team.sales("sales_qualified", ANN, "tue 11:00")

    results = team.replay(until="tue 17:00")

    assert results.holders["domain:harbor.example"][-1] == {ISLAND}
    assert all(len(held) <= 1 for held in results.holders["domain:harbor.example"])
    assert results.handoffs[-2:] == [("reassigned", "raised_hand", ISLAND), ("assigned", "partner", ISLAND)]


def test_while_the_partner_has_the_account_activity_is_recorded_and_makes_no_mql(team: Story) -> None:
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    team.form(BOB, "tue 12:00")
    team.much_interest(BOB, "tue 12:05")

    results = team.replay(until="tue 17:00")

    assert results.handoffs[-1] == ("assigned", "partner", ISLAND)
    assert results.stages[-1] == "nurture"
    score = results.of("lead.scores")[-1]["explanation"]
    assert score["points_missing"] == 0
    assert "partner_covers" in score["reasons"]


def test_a_hand_raised_while_the_partner_has_the_account_goes_to_the_partner(team: Story) -> None:
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    raise_hand(team, BOB, "tue 12:00")

    assert team.replay(until="tue 17:00").handoffs[-1] == ("assigned", "partner", ISLAND)


def test_leads_that_the_partner_returns_are_evaluated_again_and_go_to_the_last_rep(team: Story) -> None:
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    team.form(BOB, "tue 12:00")
    team.much_interest(BOB, "tue 12:05")
    team.sales("returned", ANN, "tue 15:00", rep_id="island_dealers")

    results = team.replay(until="tue 17:00")

    assert results.handoffs[3:] == [
        ("withdrawn", "partner", None),
        ("assigned", "raised_hand", "mia"),
        ("assigned", "mql", "mia"),
    ]
    assert results.of("lead.routing")[3]["explanation"]["reasons"] == ["partner_returned"]
    why = {one["route"]: one["why"] for one in results.of("lead.routing")[4]["earlier_routes"]}
    assert why["partner_covers"] == "returned_by_partner"


def test_an_account_that_the_partner_does_not_answer_in_time_comes_back(team: Story) -> None:
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00")

    results = team.replay(until="thu 10:00")

    assert results.handoffs[2:] == [
        ("assigned", "partner", ISLAND),
        ("withdrawn", "partner", None),
        ("assigned", "raised_hand", "mia"),
    ]
    returned = results.of("lead.routing")[3]
    assert returned["explanation"]["reasons"] == ["partner_did_not_answer"]
    assert returned["occurred_at"] == results.of("lead.routing")[2]["first_response_due_at"]


def test_a_partner_who_has_answered_keeps_the_account(team: Story) -> None:
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    team.sales("touched", ANN, "tue 15:00", rep_id="island_dealers")

    assert team.replay(until="fri 10:00").handoffs[-1] == ("assigned", "partner", ISLAND)


def test_under_an_agreement_that_only_reports_a_late_partner_is_reported_and_keeps_the_account(
    team: Story,
) -> None:
    team.policy(agreement(then="report"))
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00")

    results = team.replay(until="thu 10:00")

    assert results.handoffs[-1] == ("assigned", "partner", ISLAND)
    overdue = [one for one in results.of("lead.alerts") if one["alert"] == "response_overdue"]
    assert overdue[-1]["desk"] == ISLAND


def test_an_account_that_gains_an_owner_leaves_the_partner_as_a_whole(team: Story) -> None:
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    team.bank("harbor", "tue 13:00", owner_rep_id="olga")

    results = team.replay(until="tue 17:00")

    assert results.handoffs[-1] == ("reassigned", "partner", "olga")
    assert results.of("lead.routing")[-1]["person"]["email"] == ANN
    assert results.stages[-1] == "sql"


def test_a_customers_lead_goes_to_the_owner_and_not_to_the_partner_of_the_region(team: Story) -> None:
    team.bank("harbor", relationship="customer", owner_rep_id="olga")
    raise_hand(team)

    assert team.replay(until="tue 17:00").handoffs == [("assigned", "expansion", "olga")]


def test_an_account_with_an_owner_stays_with_the_owner_after_it_is_qualified(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00", rep_id="olga")

    assert team.replay(until="tue 17:00").handoffs == [("assigned", "raised_hand", "olga")]


def test_a_partner_may_reassign_within_its_own_team_and_sales_may_take_the_account_back_manually(
    team: Story,
) -> None:
    raise_hand(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    team.sales("reassigned", ANN, "tue 12:00", rep_id="kai", to_rep_id="leilani")

    results = team.replay(until="tue 13:00")
    assert results.handoffs[-1] == ("assigned", "partner", ISLAND)
    assert "account_without_owner" not in [alert for alert, _ in results.alerts]

    team.sales("reassigned", ANN, "tue 14:00", rep_id="dana", to_rep_id="olga")
    assert team.replay(until="tue 15:00").handoffs[-1] == ("reassigned", "partner", "olga")
