"""The turns of a desk as a sales manager sees them: by weight, in order, per desk, and checked from the ledger."""

from __future__ import annotations

import pytest

from schemas.outputs import LedgerEntry
from tests.scenarios.policy_changes import StoryWith, story_with
from tests.scenarios.story import Results, Story
from workers.desks.ledger_audit import audit

__all__ = ["story_with"]


def hand(story: Story, bank: str, when: str, **facts: object) -> None:
    story.bank(bank, **facts)
    story.form(f"ann@{bank}.example", when, "demo")


def who(results: Results) -> str:
    return " ".join(
        one["assignee"]["id"] for one in results.of("lead.routing") if one["action"] == "assigned"
    )


def shares(results: Results) -> dict[str, tuple[int, float]]:
    """Return (turns, exact share) of each rep, added up from the ledger alone. The ledger must have no problems."""
    desks = audit(LedgerEntry.model_validate(line) for line in results.of("desk.ledger"))
    assert [problem for desk in desks.values() for problem in desk.problems] == []
    return {
        rep_id: (share.turns, round(float(share.exact), 2))
        for desk in desks.values()
        for rep_id, share in desk.reps.items()
    }


@pytest.fixture
def team(story: Story) -> Story:
    story.rep("dana", at_desk=False)
    story.rep("mia", weight=5)
    story.rep("tom")
    story.rep("zoe")
    return story


def test_weights_five_one_one_take_turns_smoothly_and_the_ledger_adds_up(team: Story) -> None:
    for number in range(7):
        hand(team, f"bank{number}", f"tue 1{number}:00")

    results = team.replay("tue 17:00")

    assert who(results) == "mia mia tom mia zoe mia mia"
    assert shares(results) == {"mia": (5, 5.0), "tom": (1, 1.0), "zoe": (1, 1.0)}


def test_the_second_lead_of_an_account_goes_to_the_same_rep_and_takes_no_turn(team: Story) -> None:
    hand(team, "harbor", "tue 10:00")
    team.form("lou@harbor.example", "tue 10:05", "demo")
    hand(team, "lakeside", "tue 11:00")

    results = team.replay("tue 12:00")

    assert who(results) == "mia mia mia"
    assert shares(results)["mia"][0] == 2


def test_with_absences_and_skills_no_candidate_is_a_whole_turn_off(team: Story) -> None:
    team.rep("zoe", "tue 09:00", languages=["es"])
    team.rep("tom", "tue 09:00", away=("wed 00:00", "thu 00:00"))
    for day in ("tue", "wed", "thu"):
        for number in range(8):
            team.bank(f"{day}{number}")
            asked = {"language": "es"} if number % 3 == 0 else {}
            team.form(f"ann@{day}{number}.example", f"{day} 1{number}:00", "demo", **asked)

    results = team.replay("fri 09:00")

    lines = [line for line in results.of("desk.ledger") if line["entry"] == "turn"]
    assert sum(turns for turns, _ in shares(results).values()) == len(lines) >= 24
    assert all(abs(turns - exact) < 1 for turns, exact in shares(results).values())
    assert shares(results)["zoe"][0] >= 9


def test_each_desk_has_its_own_members_calendar_and_turns(story_with: StoryWith) -> None:
    story = story_with()
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("wes", desks=[{"desk": "west"}])
    hand(story, "harbor", "tue 08:45")
    hand(story, "pacific", "tue 08:45", region="CA")

    results = story.replay("tue 09:00")

    assert who(results) == "mia wes"
    due = [one["first_response_due_at"][11:16] for one in results.of("lead.routing")]
    assert due == ["14:15", "17:00"]  # half an hour from now in New York; from 8:30 on in Los Angeles
    assert {line["desk"] for line in results.of("desk.ledger")} == {"desk:inside_sales", "desk:west"}


def test_a_half_day_and_a_holiday_count_as_the_policy_has_them(story_with: StoryWith) -> None:
    story = story_with(
        ('days: {"2026-12-24": "08:30-12:00"}', 'days: {"2026-03-03": "08:30-12:00", "2026-03-04": closed}'),
    )
    story.rep("dana", at_desk=False)
    story.rep("wes", desks=[{"desk": "west"}])
    hand(story, "pacific", "tue 14:45", region="CA")  # 11:45 there: 15 minutes are left of the half day

    event = story.replay("tue 15:00").of("lead.routing")[0]

    assert event["first_response_due_at"].startswith(
        "2026-03-05T16:45"
    )  # Thursday 8:45 there: Wednesday is closed


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        pytest.param("tue 11:50", "2026-03-03T18:20", id="lunch does not count"),
        pytest.param("sat 23:50", "2026-03-08T05:20", id="over midnight"),
        pytest.param(
            "sat 05:50", "2026-03-08T03:20", id="the night ends, and the next begins on Saturday at ten"
        ),
        pytest.param("sun 01:45", "2026-03-08T07:15", id="the hour that the clocks skip does not count"),
    ],
)
def test_several_windows_a_day_and_nights_count_as_the_policy_has_them(
    story_with: StoryWith, asked: str, due: str
) -> None:
    story = story_with(
        (
            'east: {timezone: America/New_York,    hours: {mon-fri: "08:30-17:30"}, holidays: US}',
            'east: {timezone: America/New_York, hours: {mon-thu: "08:30-12:00, 13:00-17:30", fri-sat: "22:00-06:00"}}',
        )
    )
    story.rep("dana", at_desk=False)
    story.rep("mia")
    hand(story, "harbor", asked)

    event = story.replay("sun 12:00").of("lead.routing")[0]

    assert event["first_response_due_at"].startswith(due)
