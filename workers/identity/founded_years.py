"""The year in which a company was founded, from a year or a date as other systems write it.

In: the value of a record. Out: a year, or None if the value names none, or several. The day within the year does not count.
"""

from __future__ import annotations

import re
from typing import Final

from schemas.value_spellings import read_time

_YEAR: Final = re.compile(r"(?<![0-9])(1[0-9]{3}|2[01][0-9]{2})(?![0-9])", re.ASCII)
_COMPACT: Final = re.compile(
    r"(1[0-9]{3}|2[01][0-9]{2})(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])", re.ASCII
)
"""A date without separators, as 19980501."""
_FIRST, _LAST = 1000, 2199
"""The earliest and the latest year that are read."""
_MOST_CHARS: Final = 100


def read_founded(value: str | int | None) -> int | None:
    """Return the year of a year or a date, as 1998, "1998-05-01", "May 1998" or milliseconds since 1970."""
    if isinstance(value, int):
        if _FIRST <= value <= _LAST:
            return value
        text = read_time(value, dates_event=False) or ""
    else:
        text = (value or "").strip()
    if len(text) > _MOST_CHARS:
        return None
    compact = _COMPACT.fullmatch(text)
    years = {compact[1]} if compact is not None else set(_YEAR.findall(text))
    return int(years.pop()) if len(years) == 1 else None
