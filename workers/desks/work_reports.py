"""Reports of accounts about their open hand-offs, at a desk whose policy counts them.

Input: a report. Output: changed counts, and answers to leads that waited because reps had too many open hand-offs.
"""

from __future__ import annotations

from schemas.desk_requests import AccountWork
from workers.desks.desk_terms import Terms
from workers.desks.open_work import store_open
from workers.desks.rows import RotationRow
from workers.desks.waiting_release import release_waiting
from workers.engine.api import Emit
from workers.engine.rows import Rows


def apply_report(terms: Terms, rows: Rows, event: AccountWork, now_ms: int) -> list[Emit]:
    """Store what an account reports. Release leads that wait because reps had too many open hand-offs."""
    before = rows.get(RotationRow, event.desk) or RotationRow()
    after = store_open(rows, before, event.desk, event.account_key, event.rep_id or "", event.open)
    if after == before:
        return []
    rows.put(after, event.desk)
    has_less = any(after.open.get(rep_id, 0) < number for rep_id, number in before.open.items())
    return release_waiting(terms, rows, event.desk, now_ms) if has_less and after.waiting else []
