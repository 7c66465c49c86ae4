"""Numbers of employees and amounts of money as people write them: 51-200, 1,000+, $10M-$50M, about 5 Mio. EUR.

In: a text of the CRM or of an enrichment. Out: the lowest and the highest value that it can mean, and the currency if it
names one. A text that needs a guess, or has a word that is not known, cannot be read. It raises ValueError.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from typing import Final, NamedTuple

import pycountry

from workers.identity.amount_words import (
    AT_LEAST,
    AT_MOST,
    CURRENCIES,
    LEFT_OUT,
    OPEN,
    SEPARATORS,
    STRICT,
    UNITS,
)
from workers.identity.text_folding import fold

UNBOUNDED: Final = 10**18
"""The upper bound of a range without one, as 1,000+. No amount of the contract is greater."""
MOST_EMPLOYEES: Final = 10**9
_MOST_CHARS: Final = 100
_MOST_PHRASE_WORDS: Final = 3
_TOKEN: Final = re.compile(
    r"(?P<number>\d{1,3}(?:[ '_]\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*)|百万|人民币|社員|以[上下]|未満|[\u3040-\u9fff\uac00-\ud7a3]"
    r"|[^\W\d_]+|\.\.+|[<>]=|\S"
)
_INDIAN: Final = re.compile(r"\d{1,3}(?:,\d\d)*,\d{3}")
_LETTER_WITHIN: Final = re.compile(r"\d[aey]\d")
"""A letter within a number, as in 1e9. It is not a word between two numbers."""
_DOLLARS: Final = frozenset({"USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD"})
"""Currencies that may be written with a plain $."""
_CODES: Final = {currency.alpha_3.casefold(): currency.alpha_3 for currency in pycountry.currencies}


class AmountRange(NamedTuple):
    """The values that a text can mean, bounds included. An exact value has equal bounds."""

    low: Decimal
    high: Decimal
    currency: str | None = None
    """ISO 4217 code that the text names. None: it names none."""


class _Number(NamedTuple):
    """A number of the text, as it is written."""

    digits: str


_Token = _Number | str


@lru_cache(maxsize=10_000)
def read_range(text: str) -> AmountRange:
    """Return the range of values that a text means. Raises ValueError if it cannot be read.

    ``read_range("$10M-$50M") == AmountRange(Decimal(10_000_000), Decimal(50_000_000), "USD")``
    """
    tokens = _tokens(text) if len(text) <= _MOST_CHARS else []
    places = [at for at, token in enumerate(tokens) if isinstance(token, _Number)]
    if len(places) not in {1, 2}:
        raise _unreadable()
    currency = _currency_of(tokens)
    if len(places) == 1:
        low, high = _read_one(tokens, places[0])
    else:
        low, high = _read_two(tokens, *places)
    if low > high or high > UNBOUNDED:
        raise _unreadable()
    return AmountRange(low, high, currency)


def read_employees(value: str | int) -> AmountRange:
    """Return the range of a number of employees. Raises ValueError for amounts of money and fractions."""
    found = AmountRange(Decimal(value), Decimal(value)) if isinstance(value, int) else read_range(value)
    bounds = (found.low, found.high)
    is_count = found.low <= MOST_EMPLOYEES and (found.high <= MOST_EMPLOYEES or found.high == UNBOUNDED)
    if found.currency is not None or not is_count or any(one != one.to_integral_value() for one in bounds):
        raise _unreadable()
    return found


def read_currency(text: str | None) -> str | None:
    """Return the ISO 4217 code of a currency: a code in any case, a sign or a name. None if it is not known."""
    try:
        tokens = _tokens(text) if text is not None and len(text) <= _MOST_CHARS else []
    except ValueError:
        return None
    is_one = len(tokens) == 1 and isinstance(tokens[0], str)
    return _CURRENCY.get(str(tokens[0])) if is_one else None


def agreed_currency(stated: str | None, written: str | None) -> str | None:
    """Return the currency of an amount, of which a field and the amount may name one. None if they do not agree."""
    if stated is None or written is None or stated == written:
        return stated or written
    return stated if written == "USD" and stated in _DOLLARS else None


def _read_one(tokens: list[_Token], place: int) -> tuple[Decimal, Decimal]:
    before, behind = tokens[:place], tokens[place + 1 :]
    value = _value(tokens[place], behind)
    step = 1 if _STRICT & {*before, *behind} else 0
    if _AT_MOST & {*before}:
        return Decimal(0), max(value - step, Decimal(0))
    if (_AT_LEAST & {*before}) or (_OPEN & {*behind}):
        return value + step, Decimal(UNBOUNDED)
    _refuse_others(before, behind)
    return value, value


def _read_two(tokens: list[_Token], first: int, second: int) -> tuple[Decimal, Decimal]:
    between, behind = tokens[first + 1 : second], tokens[second + 1 :]
    at = next((at for at, token in enumerate(between) if token in _SEPARATORS), None)
    if at is None:
        raise _unreadable()
    _refuse_others(tokens[:first], between[:at], between[at + 1 :], behind, allowed=_AT_LEAST)
    of_first = (
        between[:at] if any(token in _UNIT for token in between[:at]) else behind
    )  # 10-50M is 10M to 50M
    return _value(tokens[first], of_first), _value(tokens[second], behind)


def _refuse_others(*parts: list[_Token], allowed: frozenset[str] = frozenset()) -> None:
    """Raise ValueError if the words around a number give it a bound, except those that are allowed."""
    bounds = (_AT_MOST | _AT_LEAST | _OPEN | _STRICT | _SEPARATORS) - allowed - _ALSO_LEFT_OUT
    if bounds & set(chain(*parts)):
        raise _unreadable()


def _value(number: _Token, behind: list[_Token]) -> Decimal:
    """Return the value of a number with the unit behind it. Raises ValueError if its separator is ambiguous."""
    assert isinstance(number, _Number)  # noqa: S101 - the caller found it
    units = [_UNIT[token] for token in behind if token in _UNIT]
    if len(units) > 1:
        raise _unreadable()
    unit = units[0] if units else 1
    return (
        _decimal(number.digits.replace(" ", "").replace("'", "").replace("_", ""), has_unit=unit > 1) * unit
    )


def _decimal(digits: str, *, has_unit: bool) -> Decimal:
    marks = re.findall(r"[.,]", digits)
    if not marks:
        return Decimal(digits)
    groups = re.split(r"[.,]", digits)
    is_grouped = len(set(marks)) == 1 and len(groups[0]) <= 3 and all(len(one) == 3 for one in groups[1:])  # noqa: PLR2004
    if is_grouped and len(marks) == 1 and has_unit and groups[0] != "0":
        raise _unreadable()  # 1.250 million is either of two amounts
    if (is_grouped and groups[0] != "0") or _INDIAN.fullmatch(digits):
        return Decimal("".join(groups))
    if marks.count(marks[-1]) > 1 or (len(marks) > 1 and any(len(one) != 3 for one in groups[1:-1])):  # noqa: PLR2004
        raise _unreadable()
    return Decimal(f"{''.join(groups[:-1])}.{groups[-1]}")


def _currency_of(tokens: list[_Token]) -> str | None:
    """Return the currency that a text names. Raises ValueError if it names two."""
    found = {_CURRENCY[token] for token in tokens if isinstance(token, str) and token in _CURRENCY}
    if len(found) > 1:
        raise _unreadable()
    return next(iter(found), None)


def _tokens(text: str) -> list[_Token]:
    """Return the numbers and known phrases of a text, without words that carry no meaning. Raises ValueError."""
    plain = _plain(text)
    if _LETTER_WITHIN.search(plain):
        raise _unreadable()
    words: list[_Token] = [
        _Number(found[0]) if found["number"] else found[0] for found in _TOKEN.finditer(plain)
    ]
    tokens: list[_Token] = []
    at = 0
    while at < len(words):
        count = next((size for size in range(_MOST_PHRASE_WORDS, 0, -1) if _phrase(words[at : at + size])), 0)
        if not count:
            raise _unreadable()
        tokens.append(_phrase(words[at : at + count]) or "")
        at += count
    return [token for token in tokens if token not in _NO_MEANING]


def _phrase(words: list[_Token]) -> _Token | None:
    """Return a number or the known phrase that the words make. None if they make none."""
    if len(words) == 1 and isinstance(words[0], _Number):
        return words[0]
    joined = " ".join(word for word in words if isinstance(word, str))
    return joined if len(joined.split()) == len(words) and joined in _KNOWN else None


def _plain(text: str) -> str:
    return re.sub(r"[\u2010-\u2015\u2212]", "-", fold(text)).replace("\u2019", "'")


def _split(phrase: str) -> str:
    """Return a phrase with blanks between its tokens, as texts are split."""
    return " ".join(found[0] for found in _TOKEN.finditer(_plain(phrase)))


def _all(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_split, phrases))


_UNIT: Final = {_split(phrase): unit for unit, phrases in UNITS.items() for phrase in phrases}
_CURRENCY: Final = _CODES | {
    _split(phrase): code for code, phrases in CURRENCIES.items() for phrase in phrases
}
_AT_MOST, _AT_LEAST, _OPEN, _STRICT = map(_all, (AT_MOST, AT_LEAST, OPEN, STRICT))
_SEPARATORS: Final = _all(SEPARATORS)
_ALSO_LEFT_OUT: Final = _all(LEFT_OUT)
_NO_MEANING: Final = _ALSO_LEFT_OUT - _SEPARATORS - _AT_MOST - _AT_LEAST - _UNIT.keys()
_KNOWN: Final = frozenset(
    chain(_UNIT, _CURRENCY, _AT_MOST, _AT_LEAST, _OPEN, _STRICT, _SEPARATORS, _ALSO_LEFT_OUT)
)


def _unreadable() -> ValueError:
    return ValueError("expected a number, a range as 51-200, or an amount as 10M EUR")
