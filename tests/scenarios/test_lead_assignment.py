"""Assignment of leads to reps and desks: qualification, routes, turns and absences."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import Story


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at the inside sales desk, Olga who owns accounts, and Dana the manager."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.rep("olga", at_desk=False)
    return story


def test_an_identified_visitor_with_enough_points_is_an_mql_for_inside_sales(
    team: Story,
) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")

    results = team.replay()

    assert results.handoffs == [("assigned", "mql", "mia")]
    assert results.stages[-1] == "mql"


def test_activities_before_the_identification_count(team: Story) -> None:
    team.bank("harbor")
    team.activity("page_view", "mon 09:00", times=3, anonymous_id="a1", url="https://x.example/pricing")
    team.activity("download", "mon 09:10", times=2, anonymous_id="a1")
    team.form("ann@harbor.example", "tue 10:00", anonymous_id="a1")

    assert team.replay().handoffs == [("assigned", "mql", "mia")]


def test_a_student_with_many_points_is_outside_and_not_handed_over(team: Story) -> None:
    team.bank("harbor")
    team.form("sue@harbor.example", "tue 10:00", title="Student")
    team.much_interest("sue@harbor.example", "tue 10:05")

    results = team.replay()

    assert results.handoffs == []
    assert results.stages[-1] == "outside"


@pytest.mark.parametrize(
    ("facts", "stage"),
    [
        pytest.param({"revenue": {"amount": 499_999_999, "currency": "USD"}}, "outside", id="just too small"),
        pytest.param({"revenue": {"amount": 500_000_000, "currency": "USD"}}, "mql", id="just large enough"),
        pytest.param(
            {"revenue": {"amount": 5_000_000_000, "currency": "USD"}}, "mql", id="just small enough"
        ),
        pytest.param(
            {"revenue": {"amount": 5_000_000_001, "currency": "USD"}}, "outside", id="just too large"
        ),
        pytest.param({"revenue": None}, "waiting_for_facts", id="unknown revenue"),
        pytest.param({"country": "DE"}, "outside", id="abroad"),
        pytest.param({"sic": ["7372"]}, "outside", id="not a bank"),
        pytest.param({"sic": ["7372", "6022"]}, "mql", id="also a bank: any listed code suffices"),
    ],
)
def test_the_served_market_decides_before_points(team: Story, facts: dict[str, Any], stage: str) -> None:
    team.bank("harbor", **facts)
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")

    assert team.replay().stages[-1] == stage


def test_a_missing_fact_that_arrives_reevaluates_the_lead(team: Story) -> None:
    team.bank("harbor", revenue=None)
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.bank("harbor", "wed 11:00", revenue={"amount": 800_000_000, "currency": "USD"})

    results = team.replay()

    assert results.stages[-2:] == ["waiting_for_facts", "mql"]
    assert results.handoffs == [("assigned", "mql", "mia")]


def test_a_raised_hand_below_the_threshold_is_routed_at_once(team: Story) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert results.of("lead.routing")[0]["qualification"] == "mql"


def test_a_raised_hand_outside_the_served_market_is_an_inquiry_for_the_desk(team: Story) -> None:
    team.bank("harbor", sic=["7372"])
    team.form("ann@harbor.example", "tue 10:00", "demo")

    results = team.replay()

    assert results.handoffs == [("assigned", "inquiry", "desk:inside_sales")]
    assert results.of("lead.routing")[0]["assignee"]["type"] == "desk"
    assert [entry["entry"] for entry in results.of("desk.ledger")].count("turn") == 0


def test_a_customers_lead_goes_to_the_accounts_owner_with_any_score(team: Story) -> None:
    team.bank("harbor", relationship="customer", owner_rep_id="olga")
    team.form("ann@harbor.example", "tue 10:00", title="Branch Teller")

    assert team.replay().handoffs == [("assigned", "expansion", "olga")]


def test_a_lead_of_an_open_opportunity_goes_to_its_owner(team: Story) -> None:
    opened = {"opportunity_id": "o1", "owner_rep_id": "olga", "opened_at": "2026-02-01T00:00:00Z"}
    team.bank("harbor", open_opportunities=[opened])
    team.form("ann@harbor.example", "tue 10:00")

    assert team.replay().handoffs == [("assigned", "in_cycle", "olga")]


def test_the_owner_in_the_crm_comes_before_inside_sales(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    assert team.replay().handoffs == [("assigned", "raised_hand", "olga")]


def test_the_second_lead_of_an_account_follows_the_first(team: Story) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.form("bob@harbor.example", "tue 11:00", "demo")

    assert team.replay().handoffs == [("assigned", "raised_hand", "mia"), ("assigned", "raised_hand", "mia")]


def test_two_accounts_take_turns(team: Story) -> None:
    for number, name in enumerate(("harbor", "mesa", "prairie", "granite")):
        team.bank(name)
        team.form(f"ann@{name}.example", f"tue 1{number}:00", "demo")

    assert [assignee for _, _, assignee in team.replay().handoffs] == ["mia", "tom", "mia", "tom"]


def test_two_people_with_free_mail_never_share_an_account(team: Story) -> None:
    team.form("ann.demo@gmail.com", "tue 10:00", "demo")
    team.form("bob.demo@gmail.com", "tue 11:00", "demo")

    keys = {event["account_key"] for event in team.replay().of("lead.routing")}
    assert len(keys) == 2
    assert all(key.startswith("lead:") for key in keys)


def test_a_competitors_lead_is_not_handed_over(team: Story) -> None:
    team.bank("rival", relationship="competitor")
    team.form("spy@rival.example", "tue 10:00", "demo")

    assert team.replay().handoffs == []


def test_an_absent_rep_gets_no_lead(story: Story) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia", away=("tue 00:00", "thu 00:00"))
    story.rep("tom")
    for number, name in enumerate(("harbor", "mesa")):
        story.bank(name)
        story.form(f"ann@{name}.example", f"tue 1{number}:00", "demo")

    assert [assignee for _, _, assignee in story.replay().handoffs] == ["tom", "tom"]


def test_a_raised_hand_goes_to_the_fallback_if_all_reps_are_away(story: Story) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia", away=("tue 00:00", "thu 00:00"))
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")

    results = story.replay()

    assert results.handoffs == [("assigned", "raised_hand", "dana")]
    assert ("everyone_away", False) in results.alerts


def test_an_absent_owner_keeps_the_account_and_the_deputy_gets_the_hand_off(story: Story) -> None:
    story.rep("olga", at_desk=False, away=("tue 00:00", "thu 00:00"), deputy_rep_id="pavel")
    story.rep("pavel", at_desk=False)
    story.bank("harbor", owner_rep_id="olga")
    story.form("ann@harbor.example", "tue 10:00", "demo")

    results = story.replay()

    assert results.handoffs == [("assigned", "raised_hand", "pavel")]
    assert results.of("lead.routing")[0]["assignee"]["deputy_for"] == "olga"


def test_an_account_that_gains_an_owner_reassigns_its_open_hand_offs(team: Story) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.form("bob@harbor.example", "tue 11:00", "demo")
    team.bank("harbor", "tue 15:00", owner_rep_id="olga")

    results = team.replay()

    assert results.holders == {"domain:harbor.example": [{"mia"}, {"mia"}, {"mia"}, {"olga"}, {"olga"}]}
    assert results.handoffs[-2:] == [("reassigned", "raised_hand", "olga")] * 2


def test_in_a_full_week_an_mql_waits_and_a_raised_hand_is_assigned(story: Story) -> None:
    story.rep("dana", at_desk=False)
    story.rep("mia", desks=[{"desk": "inside_sales", "weight": 1, "capacity": 1}])
    for name in ("harbor", "mesa", "prairie"):
        story.bank(name)
    for name, when in (("harbor", "tue 10:00"), ("mesa", "tue 11:00")):
        story.form(f"ann@{name}.example", when)
        story.much_interest(f"ann@{name}.example", when)
    story.form("ann@prairie.example", "tue 12:00", "demo")

    results = story.replay(until="mon2 12:00")

    assert [
        (kind, event["account_key"]) for event in results.of("lead.routing") for kind in [event["kind"]]
    ] == [
        ("mql", "domain:harbor.example"),
        ("raised_hand", "domain:prairie.example"),
        ("mql", "domain:mesa.example"),
    ]
    assert results.of("lead.routing")[2]["occurred_at"].startswith("2026-03-09T")
