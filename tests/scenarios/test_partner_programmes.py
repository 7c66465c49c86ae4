"""Programmes with several partners of a region: turns, limits, the next partner, and what each of them sees."""

from __future__ import annotations

import pytest

from tests.scenarios.dealers import GOLD, NORTH, PUBLISHED, SILVER, SOUTH, ask, holders, use, with_dealers
from tests.scenarios.story import Story


@pytest.fixture
def team(story: Story) -> Story:
    return with_dealers(story)


# The next partner.


def test_a_dealer_who_is_silent_for_two_working_days_loses_the_account_to_the_next_and_then_to_inside_sales(
    team: Story,
) -> None:
    ask(team, "acme")
    results = team.replay(until="tue2 12:00")
    assert results.handoffs[:5] == [
        ("assigned", "partner", GOLD),
        ("withdrawn", "partner", None),
        ("assigned", "partner", SILVER),
        ("withdrawn", "partner", None),
        ("assigned", "raised_hand", "ida"),
    ]
    routing = results.of("lead.routing")
    assert [one["first_response_due_at"] for one in routing[:3:2]] == [
        routing[1]["occurred_at"],
        routing[3]["occurred_at"],
    ]
    assert routing[2]["explanation"]["reasons"][:2] == ["partner_did_not_answer", "partner_covers"]
    assert [one["handoff_id"].rpartition("#")[2] for one in routing[:5]] == [
        "1.1",
        "1.1",
        "1.2",
        "1.2",
        "2.3",
    ]
    assert [one["why"] for one in routing[4]["earlier_routes"] if one["route"] == "partner_covers"] == [
        "partner_did_not_answer"
    ]


def test_the_next_dealer_sees_its_own_fields_and_the_former_one_gets_a_withdrawal_without_facts(
    team: Story,
) -> None:
    sees = "sees: [name, email, phone, company, job_title, request]"
    text = PUBLISHED.read_text("utf-8")
    assert text.count(sees) == 2
    head, _, tail = text.rpartition(sees)
    team.policy(f"{head}sees: [company]{tail}")
    email = ask(team, "acme")

    assigned, withdrawn, passed_on = team.replay(until="fri 09:00").of("lead.routing")[:3]

    assert (assigned["person"]["email"], assigned["request"]) == (email, "pricing")
    assert withdrawn.keys().isdisjoint({"person", "request", "touches", "assignee", "first_response_due_at"})
    assert email not in str(withdrawn)
    assert passed_on["person"] == {"role_address": False, "company": "Acme"}
    assert "request" not in passed_on
    assert "north_gold" not in str(passed_on)


def test_a_lead_never_goes_back_to_a_dealer_who_let_it_lapse(team: Story) -> None:
    ask(team, "acme")
    team.sales("rejected", "ann@acme.example", "tue2 09:00", rep_id="ida", reason="not_now")
    ask(team, "acme", "wed2 10:00", "bob")
    assert holders(team, "wed2 11:00")["acme"] in {"ida", "jon"}


def test_the_whole_account_moves_to_the_next_dealer(team: Story) -> None:
    ask(team, "acme")
    ask(team, "acme", "tue 11:00", "bob")
    results = team.replay(until="thu 12:00")
    assert results.holders["domain:acme.example"][-1] == {SILVER}
    assert results.handoffs[2:] == [
        ("withdrawn", "partner", None),
        ("withdrawn", "partner", None),
        ("assigned", "partner", SILVER),
        ("assigned", "partner", SILVER),
    ]


def test_a_dealer_who_has_answered_a_lead_of_the_account_keeps_it_and_is_reported_for_the_other(
    team: Story,
) -> None:
    ask(team, "acme")
    ask(team, "acme", "tue 11:00", "bob")
    team.sales("touched", "ann@acme.example", "tue 15:00", rep_id="dealer_north_gold")
    results = team.replay(until="fri 12:00")
    assert results.holders["domain:acme.example"][-1] == {GOLD}
    assert ("response_overdue", False) in results.alerts


def test_a_touch_of_inside_sales_before_the_dealer_had_the_account_is_not_the_dealers_answer(
    team: Story,
) -> None:
    use(team, ("answer_within: 2d\n    then: return", "answer_within: 2d\n    then: next_partner"))
    email = ask(team, "east")
    other = ask(team, "east", "tue 10:10", "bob")
    team.sales("touched", other, "tue 10:20", rep_id="ida")
    team.sales("sales_qualified", email, "tue 10:30", rep_id="ida")
    assert holders(team, "thu 10:00") == {"east": SOUTH}
    assert holders(team, "thu 11:00") == {"east": "jon"}


def test_a_dealer_who_gives_the_account_back_loses_it_to_the_next(team: Story) -> None:
    email = ask(team, "acme")
    team.sales("returned", email, "tue 15:00", rep_id="dealer_north_gold")
    assert holders(team, "tue 16:00") == {"acme": SILVER}


def test_points_that_decayed_meanwhile_do_not_keep_an_mql_from_the_next_dealer(team: Story) -> None:
    team.form("ann@acme.example", "tue 10:00", title="Plant Manager", job_function=None)
    team.activity("configurator_used", "tue 10:05", email="ann@acme.example")
    results = team.replay(until="wed2 12:00")
    assert results.handoffs == [
        ("assigned", "partner", GOLD),
        ("withdrawn", "partner", None),
        ("assigned", "partner", SILVER),
    ]
    assert results.of("lead.routing")[0]["first_response_due_at"].startswith("2026-03-10")


def test_a_late_answer_of_the_former_dealer_changes_nothing_for_the_next(team: Story) -> None:
    ask(team, "acme")
    (first,) = team.replay(until="tue 11:00").of("lead.routing")
    late = {"rep_id": "dealer_north_gold", "handoff_id": first["handoff_id"]}
    team.sales("rejected", "ann@acme.example", "fri 09:00", reason="not_now", **late)
    team.late(
        "sales.activities",
        "ann@acme.example",
        "wed 09:00",
        "fri 09:10",
        action="accepted",
        email="ann@acme.example",
        **late,
    )
    results = team.replay(until="mon2 12:00")
    assert results.handoffs[2:] == [
        ("assigned", "partner", SILVER),
        ("withdrawn", "partner", None),
        ("assigned", "raised_hand", "ida"),
    ]
    assert results.dead_letter_reasons == ["handoff_over"]


def test_an_mql_whose_points_decayed_goes_to_inside_sales_when_no_other_dealer_is_left(team: Story) -> None:
    use(team, ("then: return\n    sees: [name, email", "then: next_partner\n    sees: [name, email"))
    team.form("ann@acme.example", "tue 10:00", title="Plant Manager", job_function=None)
    team.activity("configurator_used", "tue 10:05", email="ann@acme.example")
    results = team.replay(until="wed3 12:00")
    assert results.handoffs[3:5] == [("withdrawn", "partner", None), ("assigned", "mql", "ida")]


# Levels, weights and limits.


def test_dealers_of_one_level_take_turns_by_weight(team: Story) -> None:
    use(team, ("level: silver", "level: gold\n    weight: 2"))
    for account, when in zip(NORTH, ("tue 09:00", "tue 10:00", "tue 11:00"), strict=False):
        ask(team, account, when)
    results = team.replay(until="tue 12:00")
    assert [assignee for _, _, assignee in results.handoffs] == [SILVER, GOLD, SILVER]
    assert {one["how_chosen"] for one in results.of("lead.routing")} == {"rotation"}
    assert {one["desk"] for one in results.of("desk.ledger")} == {"partners:all"}


def test_a_full_dealer_is_passed_over_and_inside_sales_gets_what_no_dealer_can_take(team: Story) -> None:
    use(team, ("most_open: 10", "most_open: 1"))
    for number, account in enumerate(NORTH):
        ask(team, account, f"tue 1{number}:00")
    team.sales("rejected", "ann@acme.example", "tue 12:30", rep_id="dealer_north_gold", reason="not_now")
    assert holders(team, "tue 14:00") == {"bolt": SILVER, "cast": "ida", "dyes": GOLD}
    routing = team.replay(until="tue 14:00").of("lead.routing")
    (why,) = [one["why"] for one in routing[2]["earlier_routes"] if one["route"] == "partner_covers"]
    assert why == "partners_full"


def test_a_further_lead_of_its_account_goes_to_a_full_dealer_and_counts(team: Story) -> None:
    use(team, ("most_open: 10", "most_open: 2"))
    ask(team, "acme")
    ask(team, "acme", "tue 11:00", "bob")
    ask(team, "acme", "tue 12:00", "cid")
    ask(team, "bolt", "tue 13:00")
    team.sales("rejected", "ann@acme.example", "tue 13:30", rep_id="dealer_north_gold", reason="not_now")
    ask(team, "cast", "tue 14:00")
    team.sales("rejected", "bob@acme.example", "tue 14:30", rep_id="dealer_north_gold", reason="not_now")
    ask(team, "dyes", "tue 15:00")
    assert holders(team, "tue 16:00") == {"acme": GOLD, "bolt": SILVER, "cast": SILVER, "dyes": GOLD}


def test_an_account_that_was_passed_on_frees_the_dealer_who_let_it_lapse(team: Story) -> None:
    use(team, ("most_open: 10", "most_open: 1"))
    ask(team, "acme")
    assert holders(team, "fri 09:00") == {"acme": SILVER}
    ask(team, "bolt", "fri 10:00")
    assert holders(team, "fri 11:00") == {"acme": SILVER, "bolt": GOLD}


def test_without_a_next_dealer_with_capacity_the_account_comes_back_at_once(team: Story) -> None:
    use(team, ("most_open: 10", "most_open: 1"))
    ask(team, "acme")
    email = ask(team, "bolt", "tue 11:00")
    team.sales("touched", email, "tue 12:00", rep_id="dealer_north_silver")
    results = team.replay(until="thu 12:00")
    assert results.handoffs[2:] == [("withdrawn", "partner", None), ("assigned", "raised_hand", "ida")]
    assert results.of("lead.routing")[2]["explanation"]["reasons"] == ["partner_did_not_answer"]


def test_a_qualified_lead_stays_with_its_rep_until_a_dealer_has_capacity(team: Story) -> None:
    use(team, ("answer_within: 2d", "most_open: 1\n    answer_within: 5d"))
    for number, account in enumerate(("east", "fuse")):
        email = ask(team, account, f"tue 1{number}:00")
        team.sales("touched", email, f"tue 1{number}:30", rep_id=["ida", "jon"][number])
        team.sales("sales_qualified", email, f"tue 1{number}:40", rep_id=["ida", "jon"][number])
    assert holders(team, "tue 13:00") == {"east": SOUTH, "fuse": "jon"}
    assert ("desk_full", False) in team.replay(until="tue 13:00").alerts
    team.sales("rejected", "ann@east.example", "tue 14:00", rep_id="dealer_south", reason="not_now")
    results = team.replay(until="tue 15:00")
    assert results.handoffs[-1] == ("assigned", "partner", SOUTH)
    assert results.of("lead.routing")[-1]["stage"] == "sql"


def test_a_full_dealer_of_a_table_is_not_asked_again_when_those_who_cover_the_account_are_full_too(
    team: Story,
) -> None:
    use(
        team,
        ("most_open: 10", "most_open: 1"),
        (
            "  - {if: partner_covers, to: partner}\n",
            "  - {table: d.csv}\n  - {if: partner_covers, to: partner}\n",
        ),
        ("desks:\n", 'tables: {d.csv: "region,to\\nNY,partner dealer_north_gold\\n"}\ndesks:\n'),
    )
    ask(team, "acme")
    ask(team, "bolt", "tue 11:00")
    ask(team, "dyes", "tue 12:00")
    assert holders(team, "tue 13:00") == {"acme": GOLD, "bolt": SILVER, "dyes": "ida"}


def test_a_table_of_territories_that_names_a_dealer_keeps_to_its_limit(team: Story) -> None:
    use(
        team,
        ("most_open: 10", "most_open: 1"),
        ("  - {if: partner_covers, to: partner}\n", "  - {table: dealers.csv}\n"),
        (
            "desks:\n",
            'tables: {dealers.csv: "region,to\\nNY,partner dealer_north_gold\\nMA,partner dealer_north_gold\\n"}\ndesks:\n',
        ),
    )
    ask(team, "acme")
    ask(team, "bolt", "tue 11:00")
    assert holders(team, "tue 12:00") == {"acme": GOLD, "bolt": "ida"}
