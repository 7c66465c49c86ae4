"""Routes by what a lead asks for, from the view of a sales manager: which rep gets the demo, and how it is explained."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.routes import OWNED, REP, REST, desk, with_routes
from tests.scenarios.story import EAST, POLICY, Results, Story

ANN, BOB = "ann@harbor.example", "bob@harbor.example"
DEMOS = "{if: {asks_for: [demo]}, to: desk demos}"


@pytest.fixture
def team(story: Story) -> Story:
    """Demi is at the desk of demos, Mia at inside sales; the harbor bank is in the served market."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("demi", desks=[{"desk": "demos"}])
    story.bank("harbor")
    return story


def use_routes(team: Story, *lines: str, before: str = "") -> None:
    """Use these route lines between the owners' and the last."""
    text = POLICY.read_text("utf-8")
    team.policy(with_routes(text, (*OWNED, REP, *lines, REST), desk("demos"), before))


def holders(results: Results) -> dict[str, str]:
    """Return who has each open hand-off, by the lead's address."""
    return {
        one["person"]["email"]: one["assignee"]["id"]
        for one in results.of("lead.routing")
        if one["action"] != "withdrawn"
    }


def test_the_first_request_of_an_account_decides_for_all_its_people(team: Story) -> None:
    use_routes(team, DEMOS)
    team.form(ANN, "mon 10:00", "pricing")
    team.form(BOB, "mon 10:05", "demo")

    results = team.replay(until="mon 12:00")

    assert holders(results) == {ANN: "mia", BOB: "mia"}
    first, second = results.of("lead.routing")
    assert first["earlier_routes"][-1] == {
        "route": "territory",
        "why": "elsewhere",
        "to": "desk:demos",
        "fact": "request",
        "needed": "demo",
    }
    assert {"what": "fact", "name": "request", "needed": "demo for desk:demos"} in first["explanation"][
        "would_change"
    ]
    assert second["how_chosen"] == "account_rep"


def test_a_request_of_an_ended_cycle_counts_no_more(team: Story) -> None:
    """Ann asked for a demo, and sales rejected her. She comes back through a chat, which asks for a salesperson."""
    use_routes(team, DEMOS, "{if: {asks_for: [contact_sales]}, to: desk inside_sales}")
    team.form(ANN, "mon 10:00", "demo")
    team.sales("rejected", ANN, "mon 11:00", rep_id="demi", reason="not_now")
    team.rep("demi", "mon 12:00", active=False)
    team.chat("asked_for_sales", "tue 10:00", email=ANN)

    routed = team.replay(until="tue 12:00").of("lead.routing")

    assert [one["assignee"]["id"] for one in routed if one["action"] == "assigned"] == ["demi", "mia"]
    assert [one["why"] for one in routed[-1]["earlier_routes"] if one["route"] == "territory"] == [
        "elsewhere"
    ]


def test_a_form_decides_in_any_order_of_arrival(team: Story) -> None:
    """The trial of Monday arrives after the request of Tuesday, which was sent with another form."""
    use_routes(team, "{if: {forms: [contact]}, to: desk demos}")
    team.late("form.fills", ANN, "mon 10:00", "tue 09:00", form_id="trial", email=ANN, request="content")
    team.form(ANN, "tue 10:00", "pricing")

    assert holders(team.replay(until="tue 12:00")) == {ANN: "demi"}


@pytest.mark.parametrize(
    ("employees", "expected"), [(None, "demi"), (40, "mia")], ids=["of unknown size", "of a known size"]
)
def test_a_lead_of_unknown_size_goes_to_a_queue_of_its_own(
    team: Story, employees: int | None, expected: str
) -> None:
    use_routes(
        team, "{if: no_size, to: desk demos}", before="conditions: {no_size: {unknown: [employees]}}\n"
    )
    team.bank("harbor", "sun0 09:00", employees=employees)
    team.form(ANN, "mon 10:00", "demo")

    assert holders(team.replay(until="mon 12:00")) == {ANN: expected}


BIG = "conditions: {big: {employees: {from: 1000}}, demo: {asks_for: [demo]}}\n"


def use_times(team: Story, times: str) -> None:
    """Use these times to answer by condition at inside sales, whose reps have 30 minutes for a request for sales."""
    text = with_routes(POLICY.read_text("utf-8"), (*OWNED, REP, REST), before=BIG)
    kinds = "{mql: 3h, raised_hand: 30m,"
    assert text.count(kinds) == 1
    team.policy(text.replace(kinds, f"{{when: {times}, {kinds[1:]}"))


def due(results: Results) -> dict[str, tuple[str, str]]:
    """Return the assignee and the deadline of each open hand-off, in New York time, by the lead's address."""
    return {
        one["person"]["email"]: (
            one["assignee"]["id"],
            datetime.fromisoformat(one["first_response_due_at"]).astimezone(EAST).strftime("%H:%M"),
        )
        for one in results.of("lead.routing")
        if one["action"] != "withdrawn"
    }


@pytest.mark.parametrize(
    ("times", "employees", "expected"),
    [
        ("{big: 10m, demo: 20m}", 5000, "10:10"),
        ("{big: 10m, demo: 20m}", 40, "10:20"),
        ("{big: 10m, demo: 20m}", None, "10:20"),
        ("{big: 10m, demo: 2h}", 40, "10:30"),
    ],
    ids=[
        "the first that holds",
        "the second",
        "an unknown fact holds nowhere",
        "never later than a raised hand",
    ],
)
def test_the_first_condition_that_holds_decides_the_time_to_answer(
    team: Story, times: str, employees: int | None, expected: str
) -> None:
    use_times(team, times)
    team.bank("harbor", "sun0 09:00", employees=employees)
    team.form(ANN, "mon 10:00", "demo")

    assert due(team.replay(until="mon 10:01")) == {ANN: ("mia", expected)}


def test_a_hand_off_keeps_the_time_of_its_condition_when_the_account_moves(team: Story) -> None:
    """Bob asks for a price, which has the time of its kind. The CRM names an owner at 10:05."""
    use_times(team, "{big: 10m, demo: 20m}")
    team.rep("olga", at_desk=False)
    team.form(ANN, "mon 10:00", "demo")
    team.form(BOB, "mon 10:00", "pricing")
    team.bank("harbor", "mon 10:05", owner_rep_id="olga")

    assert due(team.replay(until="mon 10:06")) == {ANN: ("olga", "10:25"), BOB: ("olga", "10:35")}
