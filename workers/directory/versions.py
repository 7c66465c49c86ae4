"""Versions of a CRM record: which of two is newer, and what an older one that arrives late still adds.

In: the version that is stored, and one that arrives, each with its date. Out: what is known now. Of two versions with one
date the later in the log is newer. A fact that the newer version leaves blank is taken from the latest version that states
it, in any order of arrival. Pure; nothing is stored here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from workers.identity.event_time import to_ms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

_NEVER = -1


class Known(NamedTuple):
    """The facts that are known of a record."""

    facts: dict[str, Any]
    """Value of each fact. A fact that no version states is left out."""
    older: tuple[tuple[str, int], ...]
    """(fact, date of the version that states it) where that is not the newest version. Milliseconds UTC."""


def version_date(occurred_at: datetime, arrival_ms: int) -> int:
    """Return the date of a version, at most its arrival: a future date must not hide all later versions.

    Milliseconds UTC.
    """
    return min(to_ms(occurred_at), arrival_ms)


def merge_versions(
    held: Known, held_ms: int, sent: Mapping[str, Any], sent_ms: int, names: Iterable[str]
) -> Known:
    """Return what is known of the facts ``names``. ``held_ms`` and ``sent_ms`` are the dates of both versions."""
    older = dict(held.older)
    is_newer = sent_ms >= held_ms
    facts: dict[str, Any] = {}
    dates: dict[str, int] = {}
    for name in names:
        known, stated = held.facts.get(name), sent.get(name)
        known_ms = _NEVER if is_blank(known) else older.get(name, held_ms)
        if not is_blank(stated) and (is_newer or sent_ms >= known_ms):
            facts[name], at_ms = stated, sent_ms
        elif not is_blank(known):
            facts[name], at_ms = known, known_ms
        else:
            continue
        if at_ms < max(held_ms, sent_ms):
            dates[name] = at_ms
    return Known(facts, tuple(sorted(dates.items())))


def is_blank(value: object) -> bool:
    """Whether a version states nothing by this value."""
    return value is None or value in ("", [], {})
