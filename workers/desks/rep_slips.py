"""Slips in a rep's record: names that must exist in the policy and do not, and hours that cannot be read.

Input: the rep's row, the policy. Output: the slips, each with what exists. Whatever else the record holds is used. The
desk's calendar replaces a calendar, a time zone or hours that cannot be used.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

import pycountry

from schemas.parsing import redact_addresses
from workers.desks.rows import RepRow
from workers.policy.hours import parse_days, parse_week, parse_windows, zone
from workers.policy.model import Policy

_MOST_LISTED: Final = 20
_MOST_FOUND_CHARS: Final = 64
_ODD: Final = re.compile(r"[^\w:;,./+<> -]")
_HOURS: Final = ('mon: "09:00-17:00"', 'mon-fri: "08:30-12:00, 13:00-17:30"')
_NEVER_OPENS: Final = "never open"
_ZONES: Final = ("America/New_York", "Europe/Berlin", "UTC")


class Slip(NamedTuple):
    """A name in a rep's record that does not exist."""

    field: str
    """The field of crm.reps."""
    found: str
    """The name, bounded and without addresses."""
    available: tuple[str, ...]
    """The names that exist, or examples of them. At most 20."""


def find_slips(policy: Policy, rep: RepRow) -> list[Slip]:
    """Return the slips of an active rep's record, each once. A rep who gets no leads has none."""
    if not rep.active:
        return []
    skills = policy.skills
    segments = sorted(skills.segment) if skills else []
    found = [
        *_unknown("desks.desk", rep.desks, sorted(policy.desks)),
        *_unknown("calendar", filter(None, (rep.calendar,)), sorted(policy.calendars)),
        *_unknown("segments", rep.segments, segments),
        *_language_slips(policy, rep),
        *_zone_slips(rep),
        *_hours_slips(rep),
    ]
    return list(dict.fromkeys(found))


def _unknown(field: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Slip]:
    listed = tuple(known)
    for name in names:
        if name not in listed:
            yield Slip(field, _shown(name), listed[:_MOST_LISTED])


def _language_slips(policy: Policy, rep: RepRow) -> Iterator[Slip]:
    """Yield the languages that no lead can need: not in the policy's list, or without a list, not in ISO 639-1."""
    listed = sorted(policy.skills.language) if policy.skills else []
    return _unknown("languages", rep.languages, listed or _language_codes())


def _zone_slips(rep: RepRow) -> Iterator[Slip]:
    if not rep.time_zone:
        return
    try:
        zone(rep.time_zone)
    except ValueError:
        yield Slip("time_zone", _shown(rep.time_zone), _ZONES)


def _hours_slips(rep: RepRow) -> Iterator[Slip]:
    """Yield the entries of the hours that cannot be read, else the fault of the whole week."""
    if not rep.hours:
        return
    odd = [f"{days}: {windows}" for days, windows in rep.hours if not _is_readable(days, windows)]
    if odd:
        yield from (Slip("hours", _shown(one), _HOURS) for one in odd)
        return
    try:
        never_opens = not any(parse_week(dict(rep.hours)))
    except ValueError:
        yield Slip("hours", _shown("; ".join(f"{days}: {windows}" for days, windows in rep.hours)), _HOURS)
        return
    if never_opens:
        yield Slip("hours", _NEVER_OPENS, _HOURS)


def _is_readable(days: str, windows: str) -> bool:
    try:
        parse_days(days)
        parse_windows(windows)
    except ValueError:
        return False
    return True


@cache
def _language_codes() -> tuple[str, ...]:
    codes = (getattr(one, "alpha_2", None) for one in pycountry.languages)
    return tuple(sorted(filter(None, codes)))


def _shown(name: str) -> str:
    """Return a name to show: bounded, in plain characters, without addresses."""
    return _ODD.sub("?", redact_addresses(name))[:_MOST_FOUND_CHARS]
