"""An alert is cleared when its cause ends, in whatever way it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scenarios.story import Results, Story

ANN, BOB = "ann@harbor.example", "bob@harbor.example"
PRICES = "https://x.example/pricing"
SEAT = [{"desk": "inside_sales", "weight": 1}]
Then = Callable[[Story], None]


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at inside sales, Dana their manager, Olga and Pavel who own accounts."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.rep("olga", at_desk=False)
    story.rep("pavel", at_desk=False)
    return story


def up(results: Results) -> list[str]:
    """Return the alerts that are raised at the end. Each must be raised once before it is cleared."""
    open_now: dict[str, dict[str, Any]] = {}
    for event in results.of("lead.alerts"):
        if event.get("cleared"):
            raised = open_now.pop(event["alert_id"])
            same = ("alert", "account_key", "lead_id", "handoff_id", "rep_id", "desk", "fact", "told")
            assert [raised.get(name) for name in same] == [event.get(name) for name in same]
        else:
            assert event["alert_id"] not in open_now
            open_now[event["alert_id"]] = event
    return sorted(event["alert"] for event in open_now.values())


def sales(action: str, **more: Any) -> Then:
    return lambda story: story.sales(action, ANN, "tue 11:00", **more)


def bank(**facts: Any) -> Then:
    return lambda story: story.bank("harbor", "tue 11:00", **facts)


def erase(story: Story) -> None:
    story.erasure(ANN, "tue 11:00")


def answered_in_chat(story: Story) -> None:
    story.chat("started", "tue 10:50", email=ANN)
    story.chat("agent_message", "tue 11:00", rep_id="mia")


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(sales("touched"), id="she calls"),
        pytest.param(sales("accepted"), id="she accepts it"),
        pytest.param(sales("claimed"), id="she claims it"),
        pytest.param(sales("rejected", reason="wrong_person"), id="she rejects it"),
        pytest.param(sales("returned"), id="she returns it"),
        pytest.param(sales("reassigned", to_rep_id="tom"), id="it is reassigned to Tom manually"),
        pytest.param(sales("opportunity_opened"), id="it is an opportunity"),
        pytest.param(sales("won"), id="it is won"),
        pytest.param(sales("lost"), id="it is lost"),
        pytest.param(answered_in_chat, id="she answers in a chat"),
        pytest.param(bank(owner_rep_id="olga"), id="the account gains an owner"),
        pytest.param(bank(relationship="competitor"), id="it is a competitor"),
        pytest.param(
            bank(domains=["other.example", "harbor.example"]), id="the account has another primary domain"
        ),
        pytest.param(lambda story: story.rep("mia", "tue 11:00", active=False), id="she leaves the company"),
        pytest.param(erase, id="the person is erased"),
    ],
)
def test_an_overdue_alert_is_cleared_in_whatever_way_the_hand_off_ends(team: Story, ends: Then) -> None:
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    ends(team)

    results = team.replay(until="tue 11:01")

    assert ("response_overdue", False) in results.alerts
    assert up(results) == []


def test_the_overdue_alert_of_an_expired_lead_is_cleared(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")

    assert up(team.replay(until="mon20 12:00")) == []


@pytest.mark.parametrize(
    ("given", "ends", "after"),
    [
        pytest.param({"owner_rep_id": "kim"}, bank(owner_rep_id="olga"), [], id="a successor is named"),
        pytest.param({"owner_rep_id": "kim"}, bank(owner_rep_id=None), [], id="no owner is named any more"),
        pytest.param(
            {"owner_rep_id": "kim"},
            lambda story: story.rep("kim", "tue 11:00"),
            [],
            id="the owner gets a record",
        ),
        pytest.param({"owner_rep_id": "kim"}, bank(relationship="competitor"), [], id="a competitor"),
        pytest.param({"relationship": "customer"}, bank(owner_rep_id="olga"), [], id="an owner is named"),
        pytest.param({"relationship": "customer"}, bank(relationship="prospect"), [], id="a prospect"),
        pytest.param(
            {"relationship": "customer"}, bank(relationship="competitor"), [], id="a competitor now"
        ),
        pytest.param({"relationship": "customer"}, erase, [], id="no lead any more"),
        pytest.param(
            {"owner_rep_id": "kim"},
            bank(domains=["other.example", "harbor.example"]),
            ["account_without_owner"],
            id="another primary domain, without an owner there",
        ),
    ],
)
def test_an_account_is_reported_without_owner_only_while_it_should_have_one(
    team: Story, given: dict[str, Any], ends: Then, after: list[str]
) -> None:
    team.bank("harbor", **given)
    team.form(ANN, "tue 10:00", "demo")
    team.sales("touched", ANN, "tue 10:10")
    ends(team)

    results = team.replay(until="tue 11:05")

    assert ("account_without_owner", False) in results.alerts
    assert ("account_without_owner", True) in results.alerts
    assert up(results) == after


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(bank(revenue={"amount": 800_000_000, "currency": "USD"}), id="the fact is known"),
        pytest.param(bank(country="DE"), id="another fact excludes the company"),
        pytest.param(sales("rejected", reason="wrong_person"), id="sales rejects the only lead that waits"),
        pytest.param(erase, id="the only lead that waits is erased"),
    ],
)
def test_a_company_fact_is_wanted_only_while_a_lead_waits_for_it(team: Story, ends: Then) -> None:
    team.bank("harbor", revenue=None)
    team.form(ANN, "tue 10:00", "demo")
    team.sales("touched", ANN, "tue 10:10")
    ends(team)

    results = team.replay(until="tue 12:00")

    assert ("fact_wanted", False) in results.alerts
    assert "fact_wanted" not in up(results)


def test_a_fact_stays_wanted_while_a_colleague_still_waits_for_it(team: Story) -> None:
    team.bank("harbor", revenue=None)
    team.form(ANN, "tue 10:00")
    team.form(BOB, "tue 10:05")
    erase(team)

    assert up(team.replay(until="tue 12:00")) == ["fact_wanted"]


@pytest.mark.parametrize(
    ("ends", "after"),
    [
        pytest.param(sales("touched"), [], id="sales touches it"),
        pytest.param(answered_in_chat, [], id="sales answers in a chat"),
        pytest.param(bank(owner_rep_id="pavel"), [], id="another owner"),
        pytest.param(bank(owner_rep_id=None), [], id="no owner"),
        pytest.param(bank(relationship="competitor"), [], id="a competitor"),
        pytest.param(bank(domains=["other.example", "harbor.example"]), [], id="another primary domain"),
        pytest.param(
            lambda story: story.rep("olga", "tue 11:00", active=False),
            ["account_without_owner"],
            id="the owner leaves the company, which is reported",
        ),
        pytest.param(erase, [], id="the person is erased"),
    ],
)
def test_buying_signals_are_for_the_owner_only_while_there_is_one(
    team: Story, ends: Then, after: list[str]
) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.form(ANN, "mon 09:00")
    team.activity("page_view", "mon 10:00", email=ANN, url=PRICES)
    ends(team)

    results = team.replay(until="tue 12:00")

    signals = [event for event in results.of("lead.alerts") if event["alert"] == "buying_signals"]
    assert [(event["rep_id"], event["told"]) for event in signals] == [("olga", ["olga"])] * 2
    assert up(results) == after


def test_a_competitors_visits_raise_no_alert(team: Story) -> None:
    team.bank("rival", owner_rep_id="olga", relationship="competitor")
    team.form("spy@rival.example", "mon 09:00")
    team.activity("page_view", "mon 10:00", email="spy@rival.example", url=PRICES)

    assert team.replay(until="tue 12:00").alerts == []


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(bank(owner_rep_id="olga"), id="the account gains an owner"),
        pytest.param(bank(relationship="competitor"), id="it is a competitor"),
        pytest.param(lambda story: story.form(ANN, "tue 11:00", "demo"), id="they raise their hand"),
        pytest.param(sales("claimed"), id="a rep claims it"),
        pytest.param(
            sales("reassigned", rep_id="dana", to_rep_id="tom"), id="the manager reassigns it to Tom"
        ),
        pytest.param(lambda story: story.rep("tom", "tue 11:00", desks=SEAT), id="Tom has capacity"),
        pytest.param(erase, id="the person is erased"),
    ],
)
@pytest.mark.parametrize("why", ["desk_full", "everyone_away"])
def test_a_waiting_lead_is_reported_only_while_it_waits(story: Story, why: str, ends: Then) -> None:
    seat = [{"desk": "inside_sales", "weight": 1, "capacity": 0}] if why == "desk_full" else SEAT
    away = {} if why == "desk_full" else {"away": ("mon 00:00", "fri 00:00")}
    story.rep("dana", at_desk=False)
    story.rep("mia", desks=seat, **away)
    story.rep("tom", desks=[])
    story.rep("olga", at_desk=False)
    story.bank("harbor")
    story.form(ANN, "tue 10:00")
    story.much_interest(ANN, "tue 10:01")
    ends(story)
    story.sales("touched", ANN, "tue 11:30", rep_id="dana")

    results = story.replay(until="tue 12:00")

    assert (why, False) in results.alerts
    assert up(results) == []
