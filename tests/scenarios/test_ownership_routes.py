"""Routes: territories, former customers, robots as owners, and owners who left."""

from __future__ import annotations

from typing import Any

import pytest

from tests.routes import CUSTOMER, FORMER, NEVER, OPEN, OWNED, OWNER, REP, REST, WEST, desk, with_routes
from tests.scenarios.story import POLICY, Results, Story

SPANISH = "{if: {languages: [es]}, to: desk spanish}"
HAWAII = '{if: {postal_codes: ["967", "968"]}, to: desk west}'
ROUTES = (NEVER, CUSTOMER, OPEN, OWNER, REP, FORMER, SPANISH, WEST, HAWAII, REST)
DESKS = desk("west", calendar="west") + desk("spanish")
ROBOTS = 'owners: {not_people: [integration_user, "queue_*"]}\n'


@pytest.fixture
def team(story: Story) -> Story:
    """Mia is at inside sales, Wendy in the west, Sofia speaks Spanish, Olga owns accounts, Dana is the manager."""
    story.policy(with_routes(POLICY.read_text("utf-8"), ROUTES, DESKS, ROBOTS))
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("wendy", desks=[{"desk": "west"}])
    story.rep("sofia", desks=[{"desk": "spanish"}])
    story.rep("olga", at_desk=False)
    return story


def skipped_routes(event: dict[str, Any]) -> dict[str, str]:
    """Return the reason of each skipped route, by route."""
    return {one["route"]: one["why"] for one in event.get("earlier_routes", [])}


def owner_alerts(results: Results) -> list[bool]:
    """Return whether each alert of an account without owner was cleared."""
    return [cleared for alert, cleared in results.alerts if alert == "account_without_owner"]


def test_a_lead_of_california_goes_to_the_west_desk_and_its_deadline_starts_at_eight_thirty_there(
    team: Story,
) -> None:
    team.bank("harbor", region="ca")
    team.form("ann@harbor.example", "tue 09:00", "demo")

    results = team.replay()

    (event,) = results.of("lead.routing")
    assert (event["assignee"]["id"], event["route"]) == ("wendy", "territory")
    assert event["explanation"]["reasons"][-2:] == ["in_territory", "next_in_rotation"]
    assert event["first_response_due_at"] == "2026-03-03T17:00:00Z"


def test_a_lead_without_a_known_region_goes_to_inside_sales_and_the_message_names_the_missing_fact(
    team: Story,
) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    (event,) = team.replay().of("lead.routing")

    assert event["assignee"]["id"] == "mia"
    (west,) = (
        one for one in event["earlier_routes"] if one.get("to") == "desk:west" and one["fact"] == "region"
    )
    assert (west["why"], west["needed"]) == ("fact_unknown", "CA, OR, WA")
    assert {"what": "fact", "name": "region", "needed": "CA, OR, WA for desk:west"} in event["explanation"][
        "would_change"
    ]


def test_a_fact_that_arrives_while_the_lead_waits_sends_it_to_its_territory(team: Story) -> None:
    team.rep("mia", desks=[{"desk": "inside_sales", "capacity": 0}])
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.bank("harbor", "tue 15:00", region="OR")

    assert team.replay().handoffs == [("assigned", "mql", "wendy")]


def test_a_fact_that_arrives_after_the_hand_off_moves_no_lead(team: Story) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.bank("harbor", "tue 11:00", region="OR")
    team.form("bob@harbor.example", "tue 12:00", "demo")

    assert team.replay().holders == {"domain:harbor.example": [{"mia"}, {"mia"}]}


def test_the_language_and_the_postal_code_of_a_form_lead_to_their_desks(team: Story) -> None:
    team.form("ana.demo@gmail.com", "tue 10:00", "demo", language="es-MX")
    team.form("kai.demo@gmail.com", "tue 13:00", "demo", postal_code="96813")

    assert [who for _, _, who in team.replay().handoffs] == ["sofia", "wendy"]


def test_a_queue_owns_nothing_and_the_message_names_who_was_passed_over(team: Story) -> None:
    team.bank("harbor", owner_rep_id="queue_east")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    results = team.replay()

    (event,) = results.of("lead.routing")
    assert event["assignee"]["id"] == "mia"
    assert skipped_routes(event)["account_has_owner"] == "owner_is_no_person"
    assert {"what": "owner", "name": "owner", "needed": "a person named in the CRM"} in event["explanation"][
        "would_change"
    ]
    assert results.alerts == []


def test_a_rep_record_marked_as_a_robot_owns_nothing_and_is_reported(team: Story) -> None:
    team.rep("marketo", at_desk=False, person=False)
    team.bank("harbor", owner_rep_id="marketo")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert owner_alerts(results) == [False]


def test_an_owner_without_a_rep_record_is_passed_over_and_reported(team: Story) -> None:
    team.bank("harbor", owner_rep_id="ghost")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    results = team.replay()

    (event,) = results.of("lead.routing")
    assert event["assignee"]["id"] == "mia"
    passed = {one["route"]: one.get("rep_id") for one in event["earlier_routes"]}
    assert passed["account_has_owner"] == "ghost"
    assert owner_alerts(results) == [False]


def test_after_an_owner_left_the_alert_is_raised_the_fallback_gets_the_leads_and_then_the_successor_gets_all(
    team: Story,
) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.form("bob@harbor.example", "tue 11:00", "demo")
    team.rep("olga", "tue 12:00", active=False)
    team.rep("pavel", "tue 14:00", at_desk=False)
    team.bank("harbor", "tue 15:00", owner_rep_id="pavel")

    results = team.replay()

    assert results.holders["domain:harbor.example"][-1] == {"pavel"}
    assert all(len(held) <= 1 for held in results.holders["domain:harbor.example"])
    assert [who for action, _, who in results.handoffs if action == "reassigned"] == [
        "mia",
        "mia",
        "pavel",
        "pavel",
    ]
    assert owner_alerts(results) == [False, True]


def test_a_customer_without_an_owner_is_reported_until_one_is_named(team: Story) -> None:
    team.bank("harbor", relationship="customer")
    team.form("ann@harbor.example", "tue 10:00")
    team.bank("harbor", "tue 15:00", owner_rep_id="olga")

    results = team.replay()

    assert results.handoffs == [("assigned", "expansion", "mia"), ("reassigned", "expansion", "olga")]
    assert owner_alerts(results) == [False, True]


def test_a_customer_whose_owner_left_goes_to_the_desk_that_the_route_names(team: Story) -> None:
    routes = (NEVER, CUSTOMER.replace("}", ", without_owner: desk west}"), *ROUTES[2:])
    team.policy(with_routes(POLICY.read_text("utf-8"), routes, DESKS))
    team.bank("harbor", relationship="customer", owner_rep_id="ghost")
    team.form("ann@harbor.example", "tue 13:00")

    (event,) = team.replay().of("lead.routing")

    assert (event["assignee"]["id"], event["route"], event["how_chosen"]) == ("wendy", "customer", "rotation")
    assert "owner_not_active" in event["explanation"]["reasons"]


def test_a_former_customers_lead_goes_to_the_former_rep_without_a_turn(team: Story) -> None:
    team.bank("harbor", relationship="former_customer", owner_rep_id="olga")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    results = team.replay()

    (event,) = results.of("lead.routing")
    assert (event["assignee"]["id"], event["route"], event["how_chosen"]) == (
        "olga",
        "former_customer",
        "former_rep",
    )
    assert event["kind"] == "raised_hand"
    assert "former_customer" in event["explanation"]["reasons"]
    assert [entry["entry"] for entry in results.of("desk.ledger")] == ["owner"]


def test_the_present_rep_of_a_former_customer_comes_before_the_former_rep(team: Story) -> None:
    team.bank("harbor", relationship="former_customer")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.sales("rejected", "ann@harbor.example", "tue 11:00", reason="not_now")
    team.bank("harbor", "wed 10:00", owner_rep_id="olga")
    team.form("bob@harbor.example", "wed 11:00", "demo")

    assert team.replay().handoffs[-1] == ("assigned", "raised_hand", "mia")


def test_the_message_states_why_no_line_before_applied(team: Story) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    (event,) = team.replay().of("lead.routing")

    assert event["route"] == "otherwise"
    assert [(one["route"], one["why"]) for one in event["earlier_routes"]] == [
        ("never", "not_excluded"),
        ("customer", "not_a_customer"),
        ("open_opportunity", "no_open_opportunity"),
        ("account_has_owner", "no_owner"),
        ("account_has_rep", "nobody_worked_it"),
        ("former_customer", "not_a_former_customer"),
        ("territory", "fact_unknown"),
        ("territory", "fact_unknown"),
        ("territory", "fact_unknown"),
    ]


@pytest.mark.parametrize(
    ("rule", "who", "how"), [("parents_owner", "olga", "parent_owner"), ("own_owner_only", "mia", "rotation")]
)
def test_a_subsidiary_without_an_owner_of_its_own_goes_to_its_parents_owner_if_the_policy_demands_it(
    team: Story, rule: str, who: str, how: str
) -> None:
    owners = f"owners: {{subsidiaries: {rule}}}\n"
    team.policy(with_routes(POLICY.read_text("utf-8"), ROUTES, DESKS, owners))
    team.bank("group", owner_rep_id="olga")
    team.bank("harbor", parent_crm_account_id="ACC-group")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    (event,) = team.replay().of("lead.routing")

    assert (event["assignee"]["id"], event["how_chosen"]) == (who, how)


def test_a_subsidiarys_own_owner_comes_first_and_after_leaving_the_parents_owner(team: Story) -> None:
    text = with_routes(POLICY.read_text("utf-8"), ROUTES, DESKS, "owners: {subsidiaries: parents_owner}\n")
    team.policy(text)
    team.rep("pavel", at_desk=False)
    team.bank("group", owner_rep_id="olga")
    team.bank("harbor", parent_crm_account_id="ACC-group", owner_rep_id="pavel")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.rep("pavel", "tue 12:00", active=False)

    results = team.replay()

    assert results.handoffs[:2] == [
        ("assigned", "raised_hand", "pavel"),
        ("reassigned", "raised_hand", "olga"),
    ]
    assert "owner_of_parent" in results.of("lead.routing")[1]["explanation"]["reasons"]
    assert owner_alerts(results) == [False]


@pytest.mark.parametrize(
    ("territory", "company", "person"),
    [
        ("{regions: [ca]}", {"region": " Ca "}, {}),
        ("{countries: [MX]}", {"country": None}, {"country": "mx"}),
        ("{postal_codes: [K1A, 94 1]}", {}, {"postal_code": " k1a-0b1 "}),
        ("{postal_codes: [K1A, 94 1]}", {}, {"postal_code": "94103-2021"}),
        ("{languages: [fr, es]}", {}, {"language": "ES_mx"}),
        ("{revenue: {from: 4B}}", {"revenue": {"amount": 4_000_000_000, "currency": "USD"}}, {}),
        ("{employees: {to: 200}, regions: [NV]}", {"employees": 200, "region": "NV"}, {}),
    ],
)
def test_a_territory_matches_however_its_facts_are_written(
    team: Story, territory: str, company: dict[str, Any], person: dict[str, Any]
) -> None:
    routes = (*OWNED, f"{{if: {territory}, to: desk west}}", REST)
    team.policy(with_routes(POLICY.read_text("utf-8"), routes, desk("west", calendar="west")))
    team.bank("harbor", **company)
    team.form("ann@harbor.example", "tue 13:00", "demo", **person)
    team.bank("mesa")
    team.form("zoe@mesa.example", "tue 13:05", "demo")

    first, second = team.replay(until="tue 13:06").of("lead.routing")

    assert (first["route"], first["assignee"]["id"]) == ("territory", "wendy")
    assert (second["route"], second["assignee"]["id"]) == ("otherwise", "mia")


def test_a_rep_who_worked_the_account_longer_ago_than_agreed_does_not_get_it(team: Story) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.sales("rejected", "ann@harbor.example", "tue 11:00", reason="not_now")
    team.form("bob@harbor.example", "fri26 10:00", "demo")
    team.sales("rejected", "bob@harbor.example", "fri26 11:00", reason="not_now")
    team.form("cid@harbor.example", "mon53 10:00", "demo")

    results = team.replay(until="mon53 10:01")

    given = [
        (one["route"], one["explanation"]["reasons"][-1])
        for one in results.of("lead.routing")
        if one["action"] == "assigned"
    ]
    assert given == [
        ("otherwise", "next_in_rotation"),
        ("account_has_rep", "former_rep"),
        ("otherwise", "next_in_rotation"),
    ]
    assert skipped_routes(results.of("lead.routing")[-1])["account_has_rep"] == "worked_too_long_ago"


def test_an_account_that_gains_an_owner_takes_along_the_leads_that_wait_for_capacity(team: Story) -> None:
    team.rep("mia", "mon 08:00", desks=[{"desk": "inside_sales", "weight": 1, "capacity": 0}])
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:01")
    team.bank("harbor", "tue 11:00", owner_rep_id="olga")

    assert team.replay(until="tue 11:01").handoffs == [("assigned", "mql", "olga")]
