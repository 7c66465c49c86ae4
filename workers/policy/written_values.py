"""Values of the policy in the form of the file, and the form that a text in another notation probably means.

In: numbers, milliseconds, and texts as people write them, such as "500,000,000", "$1.5 bn" or "3 hours". Out: "500M",
"1.5B", "3h". The readers in scalars.py refuse such texts; these functions only name what may be meant.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

_SCALES: Final = {
    "": 1,
    **dict.fromkeys(("k", "thousand", "tsd"), 1_000),
    **dict.fromkeys(("m", "mn", "mio", "million", "millions"), 1_000_000),
    **dict.fromkeys(("b", "bn", "mrd", "billion", "billions"), 1_000_000_000),
}
_LETTERS: Final = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K"))
_NUMBER: Final = re.compile(r"([0-9][0-9.,'_\s\u2019\u00a0\u202f]*)([a-z]*)")
_CURRENCY: Final = re.compile(r"[$€£¥]|\b(?:usd|eur|gbp|chf|jpy|cad|aud)\b|%|percent\b")
_SPAN: Final = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s*([a-z]+)")
_UNITS_MS: Final = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1_000),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60_000),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600_000),
    **dict.fromkeys(("d", "day", "days"), 86_400_000),
    **dict.fromkeys(("w", "week", "weeks"), 604_800_000),
}
_SPANS: Final = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"))
_GROUP: Final = 3
"""Digits between two separators of thousands."""


def write_amount(value: int) -> str:
    """Return an amount as the file writes it: 500M, 1.5B or 750000."""
    for unit, letter in _LETTERS:
        if value and value % (unit // 100) == 0 and value >= unit:
            return (
                f"{Decimal(value) / unit:f}".rstrip("0").rstrip(".") + letter
                if value % unit
                else f"{value // unit}{letter}"
            )
    return str(value)


def write_span(value_ms: int, *, has_days: bool = True) -> str:
    """Return a duration as the file writes it: 30m, 4h, 7d or 1h30m. Without days, 24h is the longest unit."""
    text = ""
    for unit, letter in _SPANS:
        if letter == "d" and (not has_days or value_ms % unit or value_ms < 2 * unit):
            continue
        count, value_ms = divmod(value_ms, unit)
        text += f"{count}{letter}" if count else ""
    return text or "0m"


def amount_meant(text: str) -> str | None:
    """Return the amount that a text in another notation means, as the file writes it. None: it is not clear."""
    value = _read_number(text)
    return None if value is None or value != value.to_integral_value() else write_amount(int(value))


def number_meant(text: str) -> str | None:
    """Return the whole number that a text in another notation means. None: it is not clear."""
    value = None if text.strip().isdigit() else _read_number(text)
    return None if value is None or value != value.to_integral_value() else str(int(value))


def is_part_of_number(before: str, key: str) -> bool:
    """Whether ``key`` continues the number ``before``, which braces have split at a comma: {from: 500,000}."""
    return bool(
        re.fullmatch(r"[$€£]?\s*[0-9][0-9,]*", before) and re.fullmatch(r"[0-9]{1,3}\s*[A-Za-z%]*", key)
    )


def span_meant(text: str, *, has_days: bool = True, has_seconds: bool = False) -> str | None:
    """Return the duration that a text in words means, as the file writes it. None: it is not clear."""
    plain = text.strip().lower().replace("and", " ")
    found = _SPAN.findall(plain)
    if not found or _SPAN.sub("", plain).strip(" ,"):
        return None
    total = Decimal(0)
    for count, unit in found:
        if unit not in _UNITS_MS or (_UNITS_MS[unit] >= _UNITS_MS["d"] and not has_days):
            return None
        total += Decimal(count.replace(",", ".")) * _UNITS_MS[unit]
    least = 1_000 if has_seconds else 60_000
    return (
        write_span(int(total), has_days=has_days and not has_seconds)
        if total and total % least == 0
        else None
    )


def _read_number(text: str) -> Decimal | None:
    plain = " ".join(_CURRENCY.sub(" ", text.strip().lower()).split())
    found = _NUMBER.fullmatch(plain)
    if found is None or found[2] not in _SCALES:
        return None
    digits = re.sub(r"['_\s\u2019\u00a0\u202f]", "", found[1])
    exact = _with_decimal_point(digits, is_short=bool(found[2]))
    return None if exact is None else Decimal(exact) * _SCALES[found[2]]


def _with_decimal_point(digits: str, *, is_short: bool) -> str | None:
    """Return digits with a point as their only separator. One separator before three digits separates thousands."""
    marks = [char for char in digits if char in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    head, _, tail = digits.rpartition(last)
    is_decimal = len(marks) > 1 and marks.count(last) == 1 and marks[0] != last
    if len(marks) == 1:
        is_decimal = len(tail) != _GROUP or (is_short and last == ".")
    head = re.sub(r"[.,]", "", head)
    if not tail or not head:
        return None
    return f"{head}.{tail}" if is_decimal else head + tail
