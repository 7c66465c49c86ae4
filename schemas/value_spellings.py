"""Times, answers of yes or no, and numbers as other systems write them, although the contract has them otherwise.

In: a value of a record that does not fit its field. Out: the value as the contract has it, or None if it needs a guess.
Salesforce writes offsets without a colon, HubSpot times as milliseconds, JavaScript and Dynamics in forms of their own.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from math import isfinite
from typing import Any, Final

# fmt: off
_YES: Final = frozenset((
    *("true", "t", "yes", "y", "on", "1", "checked", "granted", "opt in", "opted in", "subscribed"),
    *("ja", "oui", "si", "sí", "sì", "sim", "tak", "да", "はい", "是"),
))
_NO: Final = frozenset((
    *("false", "f", "no", "n", "off", "0", "unchecked", "denied", "opt out", "opted out", "unsubscribed"),
    *("nein", "non", "não", "nao", "nie", "nej", "nee", "нет", "いいえ", "否"),
))
_CONSENT: Final = frozenset((
    "granted", "opt in", "opted in", "subscribed", "denied", "opt out", "opted out", "unsubscribed",
))
# fmt: on
_MOST_CHARS: Final = 100
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBER: Final = re.compile(r"[+-]?\d{1,30}(?:\.\d{1,20})?", re.ASCII)
_UNITS: Final = ((1e8, 1e11, 1), (1e11, 1e14, 1_000), (1e14, 1e17, 1_000_000))
"""Bounds of seconds, milliseconds and microseconds since 1970, which overlap only before 1973, with the parts of a second."""
_MOMENT: Final = re.compile(r"/Date\((\d{9,14})(?:[+-]\d{4})?\)/", re.ASCII)
"""Milliseconds as Dynamics and .NET write them. The offset behind them only concerns how they are shown."""
_SCRIPT: Final = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d\d \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})(?: \(.*\))?"
)
"""A time as JavaScript shows it: Wed Mar 04 2026 10:00:00 GMT+0100 (CET)."""
_ZONE_BEHIND: Final = re.compile(r"\[[\w/+-]+\]$")
"""The name of a zone behind the offset (RFC 9557)."""
_NAMED_UTC: Final = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_BEFORE_OFFSET: Final = re.compile(r"\s+(?=[+-]\d\d(?::?\d\d)?$)", re.ASCII)
_LEAP_SECOND: Final = re.compile(r"(?<=:\d\d):60(?!\d)", re.ASCII)
_ISO: Final = re.compile(
    r"\d{4}-?\d\d-?\d\d(?:[T ]\d\d:?\d\d(?::?\d\d(?:\.\d+)?)?(?:[+-]\d\d(?::?\d\d)?)?)?", re.ASCII
)


def read_answer(value: Any) -> bool | None:
    """Return an answer of yes or no, or None if the value is neither."""
    if isinstance(value, int | float):
        return bool(value) if value in (0, 1) else None
    if not isinstance(value, str) or len(value) > _MOST_CHARS:
        return None
    word = _fold(value)
    return True if word in _YES else False if word in _NO else None


def _fold(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.strip().casefold())


def read_refusal(value: Any) -> bool | None:
    """Return an answer to whether a person refuses, as in do_not_contact. A word of consent is the opposite answer there."""
    answer = read_answer(value)
    is_consent = isinstance(value, str) and answer is not None and _fold(value) in _CONSENT
    return not answer if is_consent else answer


def read_number(value: Any) -> int | float | None:
    """Return the number that a text or a fraction without a remainder means. None if it means none."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        number = float(value)
        return int(number) if number.is_integer() else number
    is_whole = isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else None


def read_time(value: Any, *, dates_event: bool) -> str | None:
    """Return a time in RFC 3339, or None if the value needs a guess.

    A time without an offset is read as UTC, unless it ``dates_event``: a guess may not date an event.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(value)
    if not isinstance(value, str) or len(value) > _MOST_CHARS:
        return None
    text = value.strip().replace("\u2212", "-")
    if _NUMBER.fullmatch(text):
        return (
            _from_epoch(float(text))
            if len(text) > len("20260304")
            else _from_text(text, dates_event=dates_event)
        )
    moment = _MOMENT.fullmatch(text)
    return _from_epoch(int(moment[1])) if moment is not None else _from_text(text, dates_event=dates_event)


def _from_epoch(value: float) -> str | None:
    parts = next((parts for low, high, parts in _UNITS if low <= value < high), None)
    if parts is None or not isfinite(value):
        return None
    return (_EPOCH + timedelta(microseconds=int(value * (1_000_000 // parts)))).isoformat()


def _from_text(text: str, *, dates_event: bool) -> str | None:
    try:
        found = _from_iso(text) or _from_words(text)
    except (ValueError, OverflowError):
        return None
    if found is None or (found.tzinfo is None and dates_event):
        return None
    return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).isoformat()


def _from_iso(text: str) -> datetime | None:
    plain = _ZONE_BEHIND.sub("", text).upper().replace(",", ".")
    plain = _BEFORE_OFFSET.sub("", _NAMED_UTC.sub("+00:00", plain))
    plain = _LEAP_SECOND.sub(":59", plain)
    return datetime.fromisoformat(plain) if _ISO.fullmatch(plain) else None


def _from_words(text: str) -> datetime | None:
    shown = _SCRIPT.fullmatch(text)
    if shown is not None:
        return datetime.strptime(f"{shown[1]} {shown[2]}", "%b %d %Y %H:%M:%S %z")
    return parsedate_to_datetime(text) if text[:1].isalpha() and "," in text else None
