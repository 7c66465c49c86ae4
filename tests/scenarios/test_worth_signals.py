"""Buying signals and buying groups, from the view of a sales manager: who gets an alert, and who is in a group."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.story import Results, Story

PRICES = "https://x.example/pricing"


@pytest.fixture
def team(story: Story) -> Story:
    """Olga owns accounts; Mia is a member of the desk."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("olga", at_desk=False)
    return story


def bundles(results: Results) -> list[dict[str, Any]]:
    return [one for one in results.of("lead.alerts") if one["alert"] == "buying_signals"]


def test_the_owner_of_a_customer_gets_one_alert_for_four_hours_of_signals(team: Story) -> None:
    team.bank("harbor", relationship="customer", owner_rep_id="olga")
    team.form("ann@harbor.example", "mon 09:00")
    team.form("bob@harbor.example", "mon 09:00")
    team.activity("page_view", "tue 10:00", times=3, email="ann@harbor.example", url=PRICES)
    team.activity("calculator_used", "tue 11:00", email="bob@harbor.example")

    results = team.replay(until="tue 18:00")

    (alert,) = bundles(results)
    assert alert["rep_id"] == "olga"
    assert alert["occurred_at"] == "2026-03-03T19:00:00Z"
    assert sorted((one["rule"], one["count"]) for one in alert["signals"]) == [("pricing", 3), ("rates", 1)]
    assert len(results.handoffs) == 2  # of the forms on Monday: a signal makes no hand-off


def test_the_owner_in_the_crm_gets_an_alert_below_the_mql_threshold(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.form("ann@harbor.example", "mon 09:00")
    team.activity("page_view", "tue 10:00", email="ann@harbor.example", url=PRICES)

    results = team.replay(until="tue 18:00")

    assert results.handoffs == []
    assert [one["rep_id"] for one in bundles(results)] == ["olga"]


def test_an_account_without_an_owner_sends_no_signals(team: Story) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "mon 09:00")
    team.activity("page_view", "tue 10:00", email="ann@harbor.example", url=PRICES)

    assert bundles(team.replay(until="tue 18:00")) == []


def test_a_touch_by_sales_clears_the_bundle(team: Story) -> None:
    team.bank("harbor", relationship="customer", owner_rep_id="olga")
    team.form("ann@harbor.example", "mon 09:00")
    team.activity("page_view", "tue 10:00", email="ann@harbor.example", url=PRICES)
    team.sales("touched", "ann@harbor.example", "tue 15:00", rep_id="olga")

    assert [one["cleared"] for one in bundles(team.replay(until="tue 18:00"))] == [False, True]


def test_the_next_bundle_takes_the_place_of_the_one_before(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.form("ann@harbor.example", "mon 09:00")
    for day in ("tue", "wed"):
        team.activity("page_view", f"{day} 10:00", email="ann@harbor.example", url=PRICES)

    found = bundles(team.replay(until="wed 18:00"))
    assert [one["cleared"] for one in found] == [False, True, False]


def test_a_change_of_owner_clears_the_alert_of_the_previous_owner(team: Story) -> None:
    team.rep("otto", at_desk=False)
    team.bank("harbor", owner_rep_id="olga")
    team.form("ann@harbor.example", "mon 09:00")
    team.activity("page_view", "tue 10:00", email="ann@harbor.example", url=PRICES)
    team.bank("harbor", "wed 10:00", owner_rep_id="otto")

    assert [one["cleared"] for one in bundles(team.replay(until="wed 18:00"))] == [False, True]


def test_a_repeated_raised_hand_is_only_a_signal_for_the_holder(team: Story) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.form("ann@harbor.example", "tue 11:00", "demo")

    results = team.replay(until="tue 18:00")

    assert [one for one in results.handoffs if one[0] == "assigned"] == [("assigned", "raised_hand", "mia")]
    (alert,) = [one for one in bundles(results) if not one["cleared"]]
    assert (alert["rep_id"], [one["rule"] for one in alert["signals"]]) == ("mia", ["raised_hand_again"])


def test_three_of_one_bank_are_a_buying_group_and_the_hand_off_names_their_roles(team: Story) -> None:
    team.bank("harbor")
    team.form("cfo@harbor.example", "mon 09:00", title="CFO", job_function="finance")
    team.form("sam@harbor.example", "mon 10:00", title="Data Architect")
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")

    handoff = team.replay().of("lead.routing")[0]

    assert handoff["buying_group"] == {"people": 3, "within_days": 28}
    roles = [(one["function"], one["title_level"], one["stage"]) for one in handoff["colleague_roles"]]
    assert roles == [("it", "individual", "nurture"), ("finance", "executive", "nurture")]
    assert [one["lead_id"] for one in handoff["colleague_roles"]] == handoff["colleagues"]


@pytest.mark.parametrize("title", ["Student", None])
def test_two_people_and_a_student_are_not_a_buying_group(team: Story, title: str | None) -> None:
    team.bank("harbor")
    team.form("cfo@harbor.example", "mon 09:00", title="CFO", job_function="finance")
    if title is not None:
        team.form("sam@harbor.example", "mon 10:00", title=title)
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")

    assert "buying_group" not in team.replay().of("lead.routing")[0]


@pytest.mark.parametrize(("when", "is_group"), [("sun4 23:59", True), ("mon5 00:01", False)])
def test_a_person_inactive_for_more_than_four_weeks_is_not_in_the_group(
    team: Story, when: str, *, is_group: bool
) -> None:
    team.bank("harbor")
    team.form("cfo@harbor.example", "mon 10:00", title="CFO", job_function="finance")
    team.form("sam@harbor.example", "mon 10:30", title="Data Architect")
    team.form("ann@harbor.example", when, "demo")

    assert ("buying_group" in team.replay().of("lead.routing")[0]) is is_group


def test_the_others_of_the_group_follow_the_owner(team: Story) -> None:
    team.rep("tom")
    team.bank("harbor")
    team.form("cfo@harbor.example", "mon 09:00", title="CFO", job_function="finance")
    team.form("ann@harbor.example", "tue 10:00")
    team.much_interest("ann@harbor.example", "tue 10:05")
    team.much_interest("cfo@harbor.example", "wed 10:00")

    assigned = [who for action, _, who in team.replay(until="wed 12:00").handoffs if action == "assigned"]
    assert len(assigned) == 2
    assert len(set(assigned)) == 1


@pytest.mark.parametrize("refusal", [{"marketing": False}, {"tracking": False}, "do_not_contact"])
@pytest.mark.parametrize("when", ["mon 10:00", "tue 11:00"])
def test_the_owner_gets_no_signals_of_a_person_without_consent(
    team: Story, refusal: dict[str, bool] | str, when: str
) -> None:
    """The refusal comes before the lead looks at prices, or while the bundle is open."""
    team.bank("harbor", relationship="customer", owner_rep_id="olga")
    team.form("ann@harbor.example", "mon 09:00")
    team.form("bob@harbor.example", "mon 09:00")
    if isinstance(refusal, str):
        team.contact("ann@harbor.example", when, do_not_contact=True)
    else:
        team.consent("ann@harbor.example", when, **refusal)
    team.activity("page_view", "tue 10:00", times=3, email="ann@harbor.example", url=PRICES)
    team.activity("calculator_used", "tue 10:30", email="bob@harbor.example")

    (alert,) = bundles(team.replay(until="tue 18:00"))

    assert [one["rule"] for one in alert["signals"]] == ["rates"]
