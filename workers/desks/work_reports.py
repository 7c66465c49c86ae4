"""Reports of accounts at a desk whose policy counts them: open hand-offs, and responses that were missed.

Input: a report. Output: changed counts, and answers to leads that waited because reps had too many open hand-offs.
"""

from __future__ import annotations

from schemas.desk_work import AccountWork, ResponseMissed
from workers.desks.desk_terms import Terms
from workers.desks.missed_responses import apply_miss
from workers.desks.open_work import store_open
from workers.desks.rows import RotationRow
from workers.desks.waiting_release import release_waiting
from workers.engine.api import Emit
from workers.engine.rows import Rows


def apply_report(terms: Terms, rows: Rows, event: AccountWork | ResponseMissed, now_ms: int) -> list[Emit]:
    """Store what an account reports. Release leads that wait because reps had too many open hand-offs."""
    if isinstance(event, ResponseMissed):
        emits = apply_miss(terms, rows, event, now_ms)
        return emits if event.is_missed else [*emits, *release_waiting(terms, rows, event.desk, now_ms)]
    before = rows.get(RotationRow, event.desk) or RotationRow()
    after = store_open(rows, before, event.desk, event.account_key, event.rep_id or "", event.open)
    if after == before:
        return []
    rows.put(after, event.desk)
    has_less = any(after.open.get(rep_id, 0) < number for rep_id, number in before.open.items())
    return release_waiting(terms, rows, event.desk, now_ms) if has_less and after.waiting else []
