"""A manager credits a turn: the rep keeps the lead, is next again, and the ledger shows who gave it back and why."""

from __future__ import annotations

from pathlib import Path

from schemas.outputs import LedgerEntry
from tests.scenarios.codes.sales_tales import a_manager_credits_a_turn
from tests.scenarios.story import Story
from workers.desks.ledger_audit import audit


def test_a_credited_turn_goes_to_the_same_rep_again_and_the_ledger_adds_up(tmp_path: Path) -> None:
    story = Story(tmp_path)
    a_manager_credits_a_turn.happens(story)
    results = story.replay("tue 12:00")
    assert results.handoffs == [("assigned", "raised_hand", "mia"), ("assigned", "raised_hand", "mia")]
    ledger = results.of("desk.ledger")
    assert [(one["entry"], one.get("credited_by"), one.get("credit_reason")) for one in ledger] == [
        ("turn", None, None),
        ("return", "dana", "bad_list"),
        ("turn", None, None),
    ]
    assert [one["turns"] for one in _shares(ledger)] == [1, 0]


def _shares(ledger: list[dict[str, object]]) -> list[dict[str, int]]:
    """Return the turns of Mia and of Tom by the audit, which must find no problem."""
    desk = audit(LedgerEntry.model_validate(one) for one in ledger)["desk:inside_sales"]
    assert desk.problems == []
    return [{"turns": desk.reps[name].turns} for name in ("mia", "tom")]


def test_a_turn_is_credited_once_and_a_later_rejection_gives_nothing_back_again(tmp_path: Path) -> None:
    story = Story(tmp_path)
    a_manager_credits_a_turn.happens(story)
    story.sales("turn_credited", "ann@harbor.example", "tue 10:20", "dana", credit_reason="twice")
    story.sales("rejected", "ann@harbor.example", "tue 10:30", reason="bad_data")
    results = story.replay("tue 12:00")
    assert [one["entry"] for one in results.of("desk.ledger")].count("return") == 1


def test_a_credit_answers_nothing(tmp_path: Path) -> None:
    story = Story(tmp_path)
    a_manager_credits_a_turn.happens(story)
    results = story.replay("tue 12:00")
    assert ("response_overdue", False) in results.alerts
    assert ("response_overdue", True) not in results.alerts
