"""How a value of the policy reads in a sentence: amounts, times, lists, as people write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from workers.policy.scalars import DAY_MS, HOUR_MS, MINUTE_MS

_WORDS: Final[Mapping[str, str]] = {
    "skip": "lost",
    "hold": "kept for them",
    "give_back": "turn and room go back",
    "keep": "turn and room stay used",
    "recycled": "the lead is recycled, and may come back",
    "disqualified": "the lead is disqualified",
    "question_account": "the account is in question, and nobody of it is an MQL until a fact changes",
    "next": "the next in turn",
    "manager": "the manager",
    "count_nothing": "nothing counts but what they ask for",
    "count_everything": "everything counts",
    "parents_owner": "the parent's owner",
    "own_owner_only": "nobody",
    "return": "the account comes back, and is judged anew",
    "report": "it is reported, and stays theirs",
    "mql": "once it is an MQL",
    "sql": "once inside sales has qualified it",
}
"""Words of the file that are no words of a sentence."""
_CONDITIONS: Final[Mapping[str, str]] = {
    "never": "it is excluded in writing",
    "support_question": "a customer asks for support",
    "customer": "the account is a customer",
    "open_opportunity": "the account has an open opportunity",
    "account_has_owner": "an active rep owns the account in the CRM",
    "account_has_rep": "a rep works this account, or did last",
    "former_customer": "the account was a customer",
    "partner_covers": "a partner covers it",
}
_UNITS: Final = ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "K"))
_SPANS: Final = ((DAY_MS, "day"), (HOUR_MS, "hour"), (MINUTE_MS, "minute"), (1_000, "second"))


class FormattedValue:
    """A value that is formatted as the sentence asks: money, time, any (of a list) ..."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __format__(self, how: str) -> str:
        """Return the text. Raises ValueError for a way that there is not."""
        if how not in _WAYS:
            raise ValueError(how)
        return _WAYS[how](self._value)


def money(value: int) -> str:
    """Return an amount as the file may write it: 500M."""
    return next(
        (f"{value // unit}{sign}" for unit, sign in _UNITS if value and value % unit == 0), f"{value:,}"
    )


def time(value_ms: int) -> str:
    """Return a span: 1 day 2 hours."""
    said: list[str] = []
    for unit, name in _SPANS:
        count, value_ms = divmod(value_ms, unit)
        if count:
            said.append(f"{count} {name}{'s' if count > 1 else ''}")
    return " ".join(said)


def listed(value: Any, last: str) -> str:
    """Return one or several values: a, b or c; of names with values: a (b), c (d)."""
    if isinstance(value, Mapping):
        return listed([f"{key} ({listed(one, 'or')})" for key, one in value.items()], last)
    if isinstance(value, tuple | list | frozenset):
        texts = [_word(one) for one in value]
        return f"{', '.join(texts[:-1])} {last} {texts[-1]}" if len(texts) > 1 else texts[0]
    return _word(value)


def _word(value: Any) -> str:
    return value.value if isinstance(value, StrEnum) else str(value)


_WAYS: Final[Mapping[str, Callable[[Any], str]]] = {
    "": lambda value: listed(value, "or"),
    "any": lambda value: listed(value, "or"),
    "all": lambda value: listed(value, "and"),
    "money": money,
    "time": time,
    "points": lambda value: f"{value} point{'' if value in {1, -1} else 's'}",
    "multiple": lambda value: f"{value / 100:g} times",
    "times": lambda value: {1: "once", 2: "twice"}.get(value, f"{value} times"),
    "route": lambda value: _CONDITIONS.get(str(value), str(value)),
    "word": lambda value: _WORDS.get(str(value), str(value)),
    "held": lambda value: "waits until somebody is back" if value == "hold" else f"goes to {value}",
}
"""How a sentence may ask for a value."""
