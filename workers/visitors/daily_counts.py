"""Counts per day of input events from which no lead event was made, by cause, and of invalid e-mail addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from workers.identity.daily_sweep import ensure_sweep
from workers.identity.repeats import day_key
from workers.visitors.rows import CountRow

if TYPE_CHECKING:
    from workers.engine.rows import Rows

_NO_COUNTS: Final = CountRow()


def count(
    rows: Rows,
    at_ms: int,
    now_ms: int,
    *,
    nobody: int = 0,
    bad_addresses: int = 0,
    repeated: int = 0,
    no_visits: int = 0,
    erased: int = 0,
    of_no_use: int = 0,
    day_forgotten: int = 0,
) -> None:
    """Add to the counts of the day (UTC) of ``at_ms``. The fields of CountRow describe each count."""
    ensure_sweep(rows, now_ms)
    day = day_key(at_ms)
    now = rows.get(CountRow, day) or _NO_COUNTS
    rows.put(
        replace(
            now,
            nobody=now.nobody + nobody,
            bad_addresses=now.bad_addresses + bad_addresses,
            repeated=now.repeated + repeated,
            no_visits=now.no_visits + no_visits,
            erased=now.erased + erased,
            of_no_use=now.of_no_use + of_no_use,
            day_forgotten=now.day_forgotten + day_forgotten,
        ),
        day,
    )
