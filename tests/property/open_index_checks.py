"""Check the index of an account's open hand-offs against the hand-offs themselves."""

from __future__ import annotations

from collections import Counter

from schemas.vocabulary import Kind
from workers.accounts.handoffs.open_index import PressingRow, QuestionRow, TouchedByRow
from workers.accounts.state.account import AccountRow
from workers.accounts.state.handoff import HandoffRow, PendingRow
from workers.engine.rows import Rows

MOST = 1_000
"""Most rows that are read of one type."""


def assert_open_index(rows: Rows) -> None:
    """Assert that every account's counts and order are those of its open hand-offs."""
    open_now: dict[str, dict[str, HandoffRow]] = {}
    questions: set[tuple[str, ...]] = set()
    for (key, handoff_id), row in rows.scan(HandoffRow, limit=MOST):
        if row.kind is Kind.SERVICE:
            questions.add((key, handoff_id))
        else:
            open_now.setdefault(key, {})[handoff_id] = row
    accounts = {key: row for (key,), row in rows.scan(AccountRow, limit=MOST)}
    assert open_now.keys() <= accounts.keys()
    for key, account in accounts.items():
        mine = open_now.get(key, {}).values()
        assert account.open_handoffs == len(mine)
        assert account.waiting == len(rows.scan(PendingRow, key, limit=MOST))
        assert account.untouched == sum(row.touched_ms is None for row in mine)
        assert account.frozen == sum(row.frozen_ms is not None for row in mine)
        assert account.on_way == sum(bool(row.withdrawn_for) for row in mine)
    pressing = {parts for parts, _ in rows.scan(PressingRow, limit=MOST)}
    assert pressing == {
        (key, f"{int(row.touched_ms is not None)}{int(row.qualification is None)}", handoff_id)
        for key, mine in open_now.items()
        for handoff_id, row in mine.items()
    }
    touched = Counter(
        (key, rep_id)
        for key, mine in open_now.items()
        for row in mine.values()
        for rep_id in row.reps_who_touched
    )
    assert {parts: row.count for parts, row in rows.scan(TouchedByRow, limit=MOST)} == touched
    assert {parts for parts, _ in rows.scan(QuestionRow, limit=MOST)} == questions
