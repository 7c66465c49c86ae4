"""Formats for values of the policy in a sentence: amounts, durations, lists and phrases."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from workers.policy.pages.plain_words import (
    plain_activity,
    plain_days,
    plain_kind,
    plain_name,
    plain_owner,
    plain_pattern,
    plain_patterns,
    plain_word,
)
from workers.policy.scalars import DAY_MS, HOUR_MS, MINUTE_MS, OpeningDays, OpeningTime

_PHRASES: Final[Mapping[str, str]] = {
    "share": "the one whose turn it is by weight",
    "fewest_open": "one of those with the fewest open hand-offs of the desk relative to their weights, and of these the one whose turn it is",
    "skip": "is lost",
    "drop": "are dropped too",
    "count": "count as visitors",
    "hold": "is kept until they return, at most one turn",
    "give_back": "are returned",
    "keep": "stay used",
    "recycled": "the lead is recycled and may come back",
    "disqualified": "the lead is disqualified",
    "question_account": "the account is in question, and no lead of it is an MQL until a fact changes",
    "next": "the next rep in turn",
    "pool": "the desk as a whole, and then to the first rep who claims, accepts or touches one of its leads",
    "manager": "the manager",
    "count_nothing": "nothing counts except their own requests",
    "count_everything": "everything counts",
    "parents_owner": "the owner of its parent",
    "own_owner_only": "no one",
    "return": "the account comes back and is routed again",
    "next_partner": "the account goes to the next partner who covers it and has not had it, else it is routed on",
    "report": "the partner keeps it, and this is reported",
    "mql": "as soon as it is an MQL",
    "sql": "after inside sales has qualified it",
    "anyone": "the others in turn",
    "asks_for_sales": "asks for sales",
    "owner's sdr": "the SDR of the account owner",
    "account owner": "the account owner",
    "opportunity owner": "the opportunity owner",
    "partner": "that partner",
    "former rep": "the former rep",
    "contact owner": "the owner of the person's record, unless a rep has open leads of the account",
}
"""Phrases for values that are not words of a sentence."""
_PROOFS: Final[Mapping[str, str]] = {
    "outweighs": "the lowest fit that passes is above all behaviour",
    "gates_decide": "gates alone keep outsiders out, and behaviour may give more points than fit",
    "points_decide": "there are no outsiders: every lead that is not excluded may be an MQL, and behaviour may give more points than fit",
}
"""Clauses for the ways in which a policy keeps outsiders out."""
_CONDITIONS: Final[Mapping[str, str]] = {
    "never": "the company is excluded",
    "support_question": "a customer asks for support",
    "customer": "the account is a customer",
    "open_opportunity": "the account has an open opportunity",
    "account_has_owner": "an active rep owns the account in the CRM",
    "account_has_rep": "a rep works the account, or was the last to do so",
    "former_customer": "the account was a customer",
    "contact_has_owner": "an active rep owns the person's record in the CRM",
    "partner_covers": "a partner covers the account",
}
"""Clauses for the named conditions of routes."""
_UNITS: Final = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K"))
_SPANS: Final = ((DAY_MS, "day"), (HOUR_MS, "hour"), (MINUTE_MS, "minute"), (1_000, "second"))


class FormattedValue:
    """A value that a sentence formats by name: money, time, any (of a list) ..."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __format__(self, format_name: str) -> str:
        """Return the text. Raises ValueError for an unknown format."""
        if format_name not in _FORMATS:
            raise ValueError(format_name)
        return _FORMATS[format_name](self._value)


def format_amount(value: int) -> str:
    """Return an amount in the form of the file: 500M."""
    return next(
        (f"{value // unit}{letter}" for unit, letter in _UNITS if value and value % unit == 0), f"{value:,}"
    )


def format_duration(value_ms: int) -> str:
    """Return a duration in words: 1 day 2 hours."""
    parts: list[str] = []
    for unit, name in _SPANS:
        count, value_ms = divmod(value_ms, unit)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    return " ".join(parts)


def format_hours(value_ms: OpeningTime) -> str:
    """Return a time that counts opening hours only: 40 hours, 1 hour 30 minutes, 1 business day."""
    if isinstance(value_ms, OpeningDays):
        return str(value_ms)
    hours, rest = divmod(value_ms, HOUR_MS)
    parts = [f"{hours} hour{'s' if hours != 1 else ''}"] if hours else []
    parts += [format_duration(rest)] if rest else []
    return " ".join(parts)


def _format_answer_time(value: Any) -> str:
    """Return a time to answer: 16 hours of opening time, 2 business days. A text is returned unchanged."""
    return f"{format_hours(value)} of opening time" if isinstance(value, int) else str(value)


def _join_words(value: Any, word: Callable[[str], str], last: str) -> str:
    values = [value] if isinstance(value, str) else value
    return format_list(tuple(word(_text_of(one)) for one in values), last)


def format_list(value: Any, last: str) -> str:
    """Return one or several values: a, b or c. Names with values: a (b), c (d)."""
    if isinstance(value, Mapping):
        return format_list([f"{key} ({format_list(one, 'or')})" for key, one in value.items()], last)
    if isinstance(value, tuple | list | frozenset):
        texts = [_text_of(one) for one in value]
        return f"{', '.join(texts[:-1])} {last} {texts[-1]}" if len(texts) > 1 else texts[0]
    return _text_of(value)


def _text_of(value: Any) -> str:
    return value.value if isinstance(value, StrEnum) else str(value)


_FORMATS: Final[Mapping[str, Callable[[Any], str]]] = {
    "": lambda value: format_list(value, "or"),
    "any": lambda value: format_list(value, "or"),
    "title_words": lambda value: "every other title" if value == ("*",) else format_list(value, "or"),
    "all": lambda value: format_list(value, "and"),
    "fields": lambda value: " and the field ".join(
        f"{name} is {_FORMATS['glob'](patterns)}" for name, patterns in value.items()
    ),
    "years": lambda value: f"{value} year{'' if value == 1 else 's'}",
    "money": format_amount,
    "time": format_duration,
    "points": lambda value: f"{value} point{'' if value in {1, -1} else 's'}",
    "left": lambda value: ", ".join(
        f"{left} percent are left from {day} days on" for day, left in sorted(value.items())
    ),
    "fit_points": lambda value: (
        "outside, never an MQL," if value == "outside" else f"{value} point{'' if value in {1, -1} else 's'}"
    ),
    "proof": lambda value: _PROOFS[str(value)],
    "multiple": lambda value: {100: "the", 200: "twice the"}.get(value, f"{value / 100:g} times the"),
    "hours": format_hours,
    "answer_time": _format_answer_time,
    "activity": lambda value: _join_words(value, plain_activity, "or"),
    "activities": lambda value: _join_words(value, plain_activity, "and"),
    "words": lambda value: _join_words(value, plain_word, "or"),
    "all_words": lambda value: _join_words(value, plain_name, "and"),
    "names": lambda value: ", ".join(
        f"{plain_word(str(key))} is called {name}" for key, name in value.items()
    ),
    "kind": plain_word,
    "kinds": lambda value: _join_words(value, plain_kind, "or"),
    "free_mail": lambda value: "writes" if value == "yes" else "does not write",
    "owner": lambda value: _join_words(value, plain_owner, "or"),
    "week": lambda value: ", ".join(f"{plain_days(days)} {hours}" for days, hours in value.items()),
    "pattern": lambda value: plain_patterns([value] if isinstance(value, str) else value),
    "glob": lambda value: " or ".join(f"one {plain_pattern(one)}" if "*" in one else one for one in value),
    "sdrs": lambda value: ", ".join(f"{sdr} for {owner}" for owner, sdr in value.items()),
    "times_to_answer": lambda value: ", ".join(
        f"{name} {format_hours(span)}" for name, span in value.items()
    ),
    "means": lambda value: ", ".join(
        f"{plain_name(own)} means {plain_word(str(word.value))}" for own, word in value.items()
    ),
    "times": lambda value: {1: "once", 2: "twice"}.get(value, f"{value} times"),
    "route": lambda value: _CONDITIONS.get(str(value), str(value)),
    "phrase": lambda value: _PHRASES.get(str(value), str(value)),
    "held": lambda value: "waits until a rep returns" if value == "hold" else f"goes to {value}",
}
"""The formats that a sentence may use, by name."""
