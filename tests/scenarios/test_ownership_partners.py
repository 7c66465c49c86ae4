"""Partners and distributors: what they get, what they see, and how it comes back."""

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
    """Mia at inside sales, Olga who owns accounts, and a bank on Hawaii, which belongs to the island dealers."""
    story.policy(agreement())
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False)
    story.bank("harbor", region="HI")
    return story


def asks(team: Story, email: str = ANN, when: str = "tue 10:00", request: str = "demo") -> None:
    team.form(
        email, when, request, first_name="Ann", last_name="Ahlberg", company="Harbor", phone="+1 555 0100"
    )


def routing(team: Story, until: str = "tue 17:00") -> list[dict[str, Any]]:
    return team.replay(until=until).of("lead.routing")


def test_an_sql_partner_gets_the_lead_after_inside_sales_has_qualified_it(team: Story) -> None:
    asks(team)
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
    asks(team)
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


def test_until_then_inside_sales_has_it_and_the_message_says_that_the_partner_is_next(team: Story) -> None:
    asks(team)

    (event,) = routing(team)

    why = {one["route"]: one["why"] for one in event["earlier_routes"]}
    assert (event["assignee"]["id"], why["partner_covers"]) == ("mia", "not_yet_qualified")


def test_an_mql_partner_gets_it_at_once(team: Story) -> None:
    team.policy(agreement("mql"))
    team.form(ANN, "tue 10:00")
    team.much_interest(ANN, "tue 10:05")

    results = team.replay(until="tue 17:00")

    assert results.handoffs == [("assigned", "partner", ISLAND)]
    assert results.of("lead.routing")[0]["stage"] == "mql"
    assert results.stages[-2:] == ["mql", "with_partner"]


def test_who_is_not_qualified_stays_with_inside_sales_whatever_they_ask_for(team: Story) -> None:
    team.policy(agreement("mql"))
    team.form(ANN, "tue 10:00", "demo", title=None)

    assert team.replay(until="tue 17:00").handoffs == [("assigned", "raised_hand", "mia")]


def test_the_whole_account_goes_on_to_the_partner_so_that_it_has_one_owner(team: Story) -> None:
    asks(team)
    asks(team, BOB, "tue 10:30", "pricing")
    team.sales("sales_qualified", ANN, "tue 11:00")

    results = team.replay(until="tue 17:00")

    assert results.holders["domain:harbor.example"][-1] == {ISLAND}
    assert all(len(held) <= 1 for held in results.holders["domain:harbor.example"])
    assert results.handoffs[-2:] == [("reassigned", "raised_hand", ISLAND), ("assigned", "partner", ISLAND)]


def test_while_the_partner_has_it_behaviour_is_recorded_and_makes_no_mql_for_us(team: Story) -> None:
    asks(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    team.form(BOB, "tue 12:00")
    team.much_interest(BOB, "tue 12:05")

    results = team.replay(until="tue 17:00")

    assert results.handoffs[-1] == ("assigned", "partner", ISLAND)
    assert results.stages[-1] == "nurture"
    score = results.of("lead.scores")[-1]["explanation"]
    assert score["points_missing"] == 0
    assert "partner_covers" in score["reasons"]


def test_a_hand_raised_meanwhile_goes_to_the_partner_at_once(team: Story) -> None:
    asks(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    asks(team, BOB, "tue 12:00")

    assert team.replay(until="tue 17:00").handoffs[-1] == ("assigned", "partner", ISLAND)


def test_what_the_partner_returns_is_judged_again_and_goes_to_the_rep_who_had_it(team: Story) -> None:
    asks(team)
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


def test_a_partner_who_does_not_answer_in_time_gives_it_back(team: Story) -> None:
    asks(team)
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


def test_a_partner_who_has_answered_keeps_it(team: Story) -> None:
    asks(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    team.sales("touched", ANN, "tue 15:00", rep_id="island_dealers")

    assert team.replay(until="fri 10:00").handoffs[-1] == ("assigned", "partner", ISLAND)


def test_where_the_agreement_only_reports_the_time_is_reported_and_nothing_comes_back(team: Story) -> None:
    team.policy(agreement(then="report"))
    asks(team)
    team.sales("sales_qualified", ANN, "tue 11:00")

    results = team.replay(until="thu 10:00")

    assert results.handoffs[-1] == ("assigned", "partner", ISLAND)
    overdue = [one for one in results.of("lead.alerts") if one["alert"] == "response_overdue"]
    assert overdue[-1]["desk"] == ISLAND


def test_an_account_that_gains_an_owner_leaves_the_partner_as_a_whole(team: Story) -> None:
    asks(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    team.bank("harbor", "tue 13:00", owner_rep_id="olga")

    results = team.replay(until="tue 17:00")

    assert results.handoffs[-1] == ("reassigned", "partner", "olga")
    assert results.of("lead.routing")[-1]["person"]["email"] == ANN
    assert results.stages[-1] == "sql"


def test_a_customers_lead_goes_to_the_owner_and_not_to_the_partner_of_the_region(team: Story) -> None:
    team.bank("harbor", relationship="customer", owner_rep_id="olga")
    asks(team)

    assert team.replay(until="tue 17:00").handoffs == [("assigned", "expansion", "olga")]


def test_an_account_with_an_owner_stays_with_the_owner_after_it_is_qualified(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    asks(team)
    team.sales("sales_qualified", ANN, "tue 11:00", rep_id="olga")

    assert team.replay(until="tue 17:00").handoffs == [("assigned", "raised_hand", "olga")]


def test_whom_a_partner_gives_it_to_is_the_partners_business_and_ours_may_take_it_by_hand(
    team: Story,
) -> None:
    asks(team)
    team.sales("sales_qualified", ANN, "tue 11:00")
    team.sales("reassigned", ANN, "tue 12:00", rep_id="kai", to_rep_id="leilani")

    results = team.replay(until="tue 13:00")
    assert results.handoffs[-1] == ("assigned", "partner", ISLAND)
    assert "account_without_owner" not in [alert for alert, _ in results.alerts]

    team.sales("reassigned", ANN, "tue 14:00", rep_id="dana", to_rep_id="olga")
    assert team.replay(until="tue 15:00").handoffs[-1] == ("reassigned", "partner", "olga")
