"""The history of a maker with dealers comes out as the maker publishes it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.story import Results, Story

PUBLISHED = Path(__file__).parents[1] / "fixtures" / "published"
TEXT = (PUBLISHED / "channel.as_published.yaml").read_text("utf-8")
GOLD, SILVER, SOUTH = (f"partner:dealer_{name}" for name in ("north_gold", "north_silver", "south"))


@pytest.fixture
def results(story: Story) -> Results:
    story.escalates = True
    story.policy(TEXT)
    for line in (PUBLISHED / "channel.history.jsonl").read_text("utf-8").splitlines():
        story.line(line)
    return story.replay()


def way_of(results: Results, account: str, count: int) -> list[tuple[str, str, str | None, str | None]]:
    """Return (time, action, assignee, due) of the first hand-offs of an account, in UTC."""
    return [
        (
            one["occurred_at"][:16],
            one["action"],
            (one.get("assignee") or {}).get("id"),
            one.get("first_response_due_at", "")[:16] or None,
        )
        for one in results.of("lead.routing")
        if one["account_key"] == f"domain:{account}.example"
    ][:count]


def test_the_history_comes_out_as_published(results: Results) -> None:
    assert results.dead_letter_reasons == []
    # New York asks for a price on Monday at 10:00. Each dealer is silent for two working days.
    assert way_of(results, "nyfab", 5) == [
        ("2026-03-02T15:00", "assigned", GOLD, "2026-03-04T15:00"),
        ("2026-03-04T15:00", "withdrawn", None, None),
        ("2026-03-04T15:00", "assigned", SILVER, "2026-03-06T15:00"),
        ("2026-03-06T15:00", "withdrawn", None, None),
        ("2026-03-06T15:00", "assigned", "is2", "2026-03-06T19:00"),
    ]
    # Florida goes to inside sales, and to the dealer once it is qualified.
    assert way_of(results, "flmill", 3) == [
        ("2026-03-02T17:00", "assigned", "is1", "2026-03-02T21:00"),
        ("2026-03-03T18:00", "withdrawn", None, None),
        ("2026-03-03T18:00", "assigned", SOUTH, "2026-03-05T18:00"),
    ]
    sql = [one for one in results.of("lead.routing") if (one.get("assignee") or {}).get("id") == SOUTH]
    assert [(one["kind"], one["stage"]) for one in sql] == [("partner", "sql")]
    # Massachusetts reaches 120 points by the configurator: five working days, and the dealer accepts the next day.
    assert way_of(results, "mashop", 9) == [("2026-03-02T16:00", "assigned", GOLD, "2026-03-09T15:00")]
    # No dealer covers Texas. An engineer of New York with 100 points is not an MQL.
    assert way_of(results, "txworks", 1) == [("2026-03-02T17:30", "assigned", "is2", "2026-03-03T13:30")]
    assert way_of(results, "nypress", 1) == []


def test_the_ledger_of_the_dealers_has_a_turn_for_each_account(results: Results) -> None:
    turns = [
        (one["rep_id"], one["entry"]) for one in results.of("desk.ledger") if one["desk"] == "partners:all"
    ]
    assert turns == [(GOLD, "turn"), (GOLD, "turn"), (SOUTH, "turn"), (SILVER, "turn")]
