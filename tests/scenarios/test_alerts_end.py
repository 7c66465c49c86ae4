"""What is reported is taken back when its cause is over, in whatever way it ended: nobody is told of what is no more."""

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
    """Mia and Tom at inside sales, Dana who manages them, Olga and Pavel who own accounts."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.rep("olga", at_desk=False)
    story.rep("pavel", at_desk=False)
    return story


def up(results: Results) -> list[str]:
    """Alerts that are up at the end, each said once before it is cleared."""
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


def erased(story: Story) -> None:
    story.erasure(ANN, "tue 11:00")


def answered_in_chat(story: Story) -> None:
    story.chat("started", "tue 10:50", email=ANN)
    story.chat("agent_message", "tue 11:00", rep_id="mia")


@pytest.mark.parametrize(
    "ends",
    [
        pytest.param(sales("touched"), id="she calls"),
        pytest.param(sales("accepted"), id="she accepts it"),
        pytest.param(sales("claimed"), id="she says that she has it"),
        pytest.param(sales("rejected", reason="wrong_person"), id="she says no"),
        pytest.param(sales("returned"), id="she gives it back"),
        pytest.param(sales("reassigned", to_rep_id="tom"), id="it is given to Tom by hand"),
        pytest.param(sales("opportunity_opened"), id="it is an opportunity"),
        pytest.param(sales("won"), id="it is won"),
        pytest.param(sales("lost"), id="it is lost"),
        pytest.param(answered_in_chat, id="she answers in a chat"),
        pytest.param(bank(owner_rep_id="olga"), id="the account gains an owner"),
        pytest.param(bank(relationship="competitor"), id="it is a competitor"),
        pytest.param(bank(domains=["other.example", "harbor.example"]), id="the account lives elsewhere"),
        pytest.param(lambda story: story.rep("mia", "tue 11:00", active=False), id="she leaves us"),
        pytest.param(erased, id="the person is forgotten"),
    ],
)
def test_an_overdue_answer_is_taken_back_in_whatever_way_it_ends(team: Story, ends: Then) -> None:
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")
    ends(team)

    results = team.replay(until="tue 11:01")

    assert ("response_overdue", False) in results.alerts
    assert up(results) == []


def test_a_lead_that_expires_is_overdue_no_more(team: Story) -> None:
    team.bank("harbor")
    team.form(ANN, "tue 10:00", "demo")

    assert up(team.replay(until="mon20 12:00")) == []


@pytest.mark.parametrize(
    ("given", "ends", "after"),
    [
        pytest.param({"owner_rep_id": "kim"}, bank(owner_rep_id="olga"), [], id="a successor is named"),
        pytest.param({"owner_rep_id": "kim"}, bank(owner_rep_id=None), [], id="nobody is named any more"),
        pytest.param(
            {"owner_rep_id": "kim"},
            lambda story: story.rep("kim", "tue 11:00"),
            [],
            id="the owner is with us",
        ),
        pytest.param({"owner_rep_id": "kim"}, bank(relationship="competitor"), [], id="a competitor"),
        pytest.param({"relationship": "customer"}, bank(owner_rep_id="olga"), [], id="an owner is named"),
        pytest.param({"relationship": "customer"}, bank(relationship="prospect"), [], id="no customer"),
        pytest.param({"relationship": "customer"}, bank(relationship="competitor"), [], id="a rival now"),
        pytest.param({"relationship": "customer"}, erased, [], id="no lead any more"),
        pytest.param(
            {"owner_rep_id": "kim"},
            bank(domains=["other.example", "harbor.example"]),
            ["account_without_owner"],
            id="it lives elsewhere, and lacks an owner there",
        ),
    ],
)
def test_an_account_lacks_an_owner_only_as_long_as_it_should_have_one(
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
        pytest.param(bank(revenue={"amount": 800_000_000, "currency": "USD"}), id="the fact is there"),
        pytest.param(bank(country="DE"), id="another fact speaks against them"),
        pytest.param(sales("rejected", reason="wrong_person"), id="sales says no to the only one who waits"),
        pytest.param(erased, id="the only one who waits is forgotten"),
    ],
)
def test_a_fact_of_the_company_is_wanted_as_long_as_somebody_waits_for_it(team: Story, ends: Then) -> None:
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
    erased(team)

    assert up(team.replay(until="tue 12:00")) == ["fact_wanted"]


@pytest.mark.parametrize(
    ("ends", "after"),
    [
        pytest.param(sales("touched"), [], id="sales does something"),
        pytest.param(answered_in_chat, [], id="sales answers in a chat"),
        pytest.param(bank(owner_rep_id="pavel"), [], id="another owner"),
        pytest.param(bank(owner_rep_id=None), [], id="no owner"),
        pytest.param(bank(relationship="competitor"), [], id="a competitor"),
        pytest.param(bank(domains=["other.example", "harbor.example"]), [], id="it lives elsewhere"),
        pytest.param(
            lambda story: story.rep("olga", "tue 11:00", active=False),
            ["account_without_owner"],
            id="the owner leaves us, and that is said",
        ),
        pytest.param(erased, [], id="the person is forgotten"),
    ],
)
def test_signals_are_for_the_owner_as_long_as_there_is_one(team: Story, ends: Then, after: list[str]) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.form(ANN, "mon 09:00")
    team.activity("page_view", "mon 10:00", email=ANN, url=PRICES)
    ends(team)

    results = team.replay(until="tue 12:00")

    signals = [event for event in results.of("lead.alerts") if event["alert"] == "buying_signals"]
    assert [(event["rep_id"], event["told"]) for event in signals] == [("olga", ["olga"])] * 2
    assert up(results) == after


def test_nobody_is_told_of_what_a_competitor_looks_at(team: Story) -> None:
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
        pytest.param(sales("claimed"), id="a rep takes it all the same"),
        pytest.param(sales("reassigned", rep_id="dana", to_rep_id="tom"), id="the manager gives it to Tom"),
        pytest.param(lambda story: story.rep("tom", "tue 11:00", desks=SEAT), id="Tom has room"),
        pytest.param(erased, id="the person is forgotten"),
    ],
)
@pytest.mark.parametrize("why", ["desk_full", "everyone_away"])
def test_a_lead_that_waits_is_reported_until_it_waits_no_more(story: Story, why: str, ends: Then) -> None:
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
