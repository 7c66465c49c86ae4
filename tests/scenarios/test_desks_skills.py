"""Leads that need a language, or a rep who knows large banks."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Story


@pytest.fixture
def team(story: Story) -> Story:
    """Mia; Rosa, who speaks Spanish; Tom, who knows large banks; Dana, their manager."""
    story.rep("dana", at_desk=False)
    story.rep("mia", weight=5)
    story.rep("rosa", languages=["es"])
    story.rep("tom", segments=["large"])
    return story


def passed_over(results: object, number: int = 0) -> dict[str, str]:
    """Return the reps passed over in one routing event, with the reason."""
    event = results.of("lead.routing")[number]  # type: ignore[attr-defined]
    return {one["rep_id"]: one["why"] for one in event.get("passed_over", [])}


def test_a_lead_from_mexico_goes_to_a_rep_who_speaks_spanish_and_not_to_the_next_in_turn(team: Story) -> None:
    team.bank("harbor", country=None)
    team.form("ana@harbor.example", "tue 10:00", "demo", country="MX")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "rosa")]
    assert passed_over(results) == {"mia": "lacks_skill", "tom": "lacks_skill"}


def test_the_known_country_of_the_company_goes_before_that_of_the_person(team: Story) -> None:
    team.bank("harbor")
    team.form("ana@harbor.example", "tue 10:00", "demo", country="MX")

    assert team.replay().handoffs == [("assigned", "raised_hand", "mia")]


def test_a_lead_without_special_needs_goes_to_the_next_in_turn(team: Story) -> None:
    team.bank("harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")

    assert team.replay().handoffs == [("assigned", "raised_hand", "mia")]


def test_a_large_bank_goes_to_the_rep_for_large_banks_and_to_others_while_that_rep_is_away(
    team: Story,
) -> None:
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
    assert passed_over(results) == {"mia": "not_preferred", "rosa": "not_preferred"}
    assert passed_over(results, 2) == {"tom": "absent"}
    assert "skill_missing" not in [alert for alert, _ in results.alerts]


def test_if_no_rep_speaks_the_language_another_gets_the_lead_and_an_alert_is_up_until_the_response(
    team: Story,
) -> None:
    team.rep("rosa", "tue 08:00", active=False)
    team.bank("harbor", country=None)
    team.form("ana@harbor.example", "tue 10:00", "demo", country="MX")
    team.sales("touched", "ana@harbor.example", "tue 10:20", channel="call")

    results = team.replay("tue 11:00")

    assert results.handoffs == [("assigned", "raised_hand", "mia")]
    assert "skill_missing" in results.of("lead.routing")[0]["explanation"]["reasons"]
    assert [one for one in results.alerts if one[0] == "skill_missing"] == [
        ("skill_missing", False),
        ("skill_missing", True),
    ]


def test_an_mql_waits_for_the_rep_who_speaks_its_language_and_delays_no_other_lead(team: Story) -> None:
    team.rep("rosa", "mon 08:00", away=("mon 00:00", "thu 08:30"))
    team.bank("harbor")
    team.form("ana@harbor.example", "tue 10:00", language="es")
    team.much_interest("ana@harbor.example", "tue 10:05")
    team.bank("lakeside")
    team.form("lou@lakeside.example", "tue 11:00")
    team.much_interest("lou@lakeside.example", "tue 11:05")

    results = team.replay("thu 09:00")

    assert results.handoffs == [("assigned", "mql", "mia"), ("assigned", "mql", "rosa")]
    assert [line["entry"] for line in results.of("desk.ledger")] == ["waiting", "turn", "released"]
    away_alerts = [one for one in results.alerts if one[0] == "everyone_away"]
    assert away_alerts == [("everyone_away", False), ("everyone_away", True)]
