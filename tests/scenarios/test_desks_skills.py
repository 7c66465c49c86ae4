"""Who can speak with them: leads that need a language or somebody who knows large banks."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story


@pytest.fixture
def team(story: Story) -> Story:
    """Mia, Rosa, who speaks Spanish, and Tom, who knows large banks; Dana manages."""
    story.rep("dana", at_desk=False)
    story.rep("mia", weight=5)
    story.rep("rosa", languages=["es"])
    story.rep("tom", segments=["large"])
    return story


def who_passed(results: object, number: int = 0) -> dict[str, str]:
    event = results.of("lead.routing")[number]  # type: ignore[attr-defined]
    return {one["rep_id"]: one["why"] for one in event.get("passed_over", [])}


def test_somebody_from_mexico_gets_a_rep_who_speaks_spanish_whoever_is_next(team: Story) -> None:
    team.bank("harbor")
    team.form("ana@harbor.example", "tue 10:00", "demo", country="MX")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "rosa")]
    assert who_passed(results) == {"mia": "lacks_skill", "tom": "lacks_skill"}


def test_a_lead_that_needs_nothing_special_goes_to_the_next_in_turn(team: Story) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    assert team.replay().handoffs == [("assigned", "raised_hand", "mia")]


def test_a_large_bank_goes_to_who_knows_large_banks_and_to_the_others_while_he_is_away(team: Story) -> None:
    large = {"amount": 4_000_000_000, "currency": "USD"}
    team.bank("harbor", revenue=large)
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.sales("rejected", "ann@harbor.example", "tue 15:00", "tom", reason="not_now")
    team.rep("tom", "wed 08:00", away=("wed 00:00", "fri 00:00"))
    team.bank("lakeside", revenue=large)
    team.form("lou@lakeside.example", "wed 10:00", "demo")

    results = team.replay("wed 12:00")

    assigned = [one for one in results.handoffs if one[0] == "assigned"]
    assert assigned == [("assigned", "raised_hand", "tom"), ("assigned", "raised_hand", "mia")]
    assert who_passed(results) == {"mia": "not_preferred", "rosa": "not_preferred"}
    assert who_passed(results, 2) == {"tom": "absent"}
    assert "skill_missing" not in [alert for alert, _ in results.alerts]


def test_where_nobody_speaks_it_somebody_else_takes_it_and_that_is_reported_until_they_answer(
    team: Story,
) -> None:
    team.rep("rosa", "tue 08:00", active=False)
    team.bank("harbor")
    team.form("ana@harbor.example", "tue 10:00", "demo", country="MX")
    team.sales("touched", "ana@harbor.example", "tue 10:20", channel="call")

    results = team.replay("tue 11:00")

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert "skill_missing" in results.of("lead.routing")[0]["explanation"]["reasons"]
    assert [one for one in results.alerts if one[0] == "skill_missing"] == [
        ("skill_missing", False),
        ("skill_missing", True),
    ]


def test_an_mql_waits_for_the_one_who_speaks_its_language_and_holds_up_nobody_else(team: Story) -> None:
    team.rep("rosa", "mon 08:00", away=("mon 00:00", "thu 08:30"))
    team.bank("harbor")
    team.form("ana@harbor.example", "tue 10:00", country="MX")
    team.much_interest("ana@harbor.example", "tue 10:05")
    team.bank("lakeside")
    team.form("lou@lakeside.example", "tue 11:00")
    team.much_interest("lou@lakeside.example", "tue 11:05")

    results = team.replay("thu 09:00")

    assert results.handoffs == [("assigned", "mql", "mia"), ("assigned", "mql", "rosa")]
    assert [line["entry"] for line in results.of("desk.ledger")] == ["waiting", "turn", "released"]
    said = [one for one in results.alerts if one[0] == "everyone_away"]
    assert said == [("everyone_away", False), ("everyone_away", True)]
