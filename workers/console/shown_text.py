"""Codes, ids and times as a page shows them: the filters of the templates.

Templates escape every value. A filter returns plain text, never markup.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS
_DAY_MS: Final = 24 * _HOUR_MS
_ENTITIES: Final = frozenset({"desk", "partner", "rep"})
_ID_WIDTH: Final = 8
_IN_WORDS: Final[Mapping[str, str]] = {
    "below_bar": "below the threshold",
    "bar_reached": "threshold reached",
    "bar_reached_earlier": "threshold reached earlier",
}
"""Codes of the contract whose words a reader would not know."""


def words(code: str | None) -> str:
    """Return a code in words: `next_in_rotation` as "next in rotation"."""
    return _IN_WORDS.get(code or "", (code or "").replace("_", " "))


def short(an_id: str | None) -> str:
    """Return the beginning of a lead_id."""
    return (an_id or "")[:_ID_WIDTH]


def entity(an_id: str | None) -> str:
    """Return the id of a desk or a partner in words: `desk:inside_sales` as "desk inside sales"."""
    kind, colon, name = (an_id or "").partition(":")
    return f"{kind} {words(name)}" if colon and kind in _ENTITIES else an_id or ""


def company_of(account_key: str) -> str:
    """Return an account key for people: the domain, the CRM's id, or "a person alone"."""
    kind, colon, name = account_key.partition(":")
    if not colon:
        return account_key
    return {"domain": name, "crm": f"CRM {name}", "lead": "a person alone"}.get(kind, account_key)


def moment(at_ms: int | None) -> str:
    """Return a time in UTC: "2 Mar 15:30". The year is in the machine-readable form."""
    if at_ms is None:
        return ""
    at = datetime.fromtimestamp(at_ms / 1_000, UTC)
    return f"{at.day} {at:%b %H:%M}"


def day(at_ms: int) -> str:
    """Return the day of a time in UTC: "2 Mar 2026"."""
    at = datetime.fromtimestamp(at_ms / 1_000, UTC)
    return f"{at.day} {at:%b %Y}"


def iso(at_ms: int | None) -> str:
    """Return a time in UTC as RFC 3339."""
    return "" if at_ms is None else f"{datetime.fromtimestamp(at_ms // 1_000, UTC):%Y-%m-%dT%H:%M:%SZ}"


def span(ms: int) -> str:
    """Return a length of time in its two largest units: "2 d 3 h"."""
    rest = abs(ms)
    days, rest = divmod(rest, _DAY_MS)
    hours, rest = divmod(rest, _HOUR_MS)
    minutes = rest // _MINUTE_MS
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def path_part(text: str) -> str:
    """Return a text as one part of a path. A hand-off id may hold any letter."""
    return quote(text, safe="")


def count(number: int) -> str:
    """Return a number with separators of thousands."""
    return f"{number:,}"


FILTERS: Final[Mapping[str, Callable[..., str]]] = {
    "words": words,
    "short": short,
    "entity": entity,
    "company_of": company_of,
    "moment": moment,
    "day": day,
    "iso": iso,
    "span": span,
    "path_part": path_part,
    "count": count,
}
"""The filters by the names that templates use."""
