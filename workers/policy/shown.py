"""How a value of the policy reads in a sentence: amounts, times, lists, as people write them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from workers.policy.scalars import DAY_MS, HOUR_MS, MINUTE_MS

_WORDS: Final[Mapping[str, str]] = {
    "skip": "it is lost",
    "hold": "it is held",
    "give_back": "turn and room go back",
    "keep": "turn and room stay used",
    "wait": "wait",
    "question_account": "no lead of it counts",
    "next": "the next in turn",
    "count_nothing": "nothing counts but what they ask for",
    "count_everything": "everything counts",
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


class Shown:
    """A value that is formatted as the sentence asks: money, time, points, route, multiple, any (of a list), all."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def __format__(self, how: str) -> str:
        """Return the text. Raises ValueError for a way that there is not."""
        value = self._value
        if how == "money":
            return money(value)
        if how == "time":
            return time(value)
        if how == "points":
            return f"{value} point{'' if value in {1, -1} else 's'}"
        if how == "route":
            return _CONDITIONS.get(str(value), str(value))
        if how == "multiple":
            return f"{value / 100:g} times"
        if how in {"", "any", "all"}:
            return listed(value, "and" if how == "all" else "or")
        raise ValueError(how)


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
    text = value.value if isinstance(value, StrEnum) else str(value)
    return _WORDS.get(text, text)
