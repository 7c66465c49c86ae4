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
    AT_MOST_BEHIND,
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
_MOST_THOUSANDS: Final = 20_000
"""Most that is a number of thousands, as 500-1K, in which only the second number has the unit."""
_MOST_PHRASE_WORDS: Final = 3
_TOKEN: Final = re.compile(
    r"(?P<number>\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)*)|百万|人民币|社員|以[上下]|未満|[\u3040-\u9fff\uac00-\ud7a3]"
    r"|[^\W\d_]+|\.\.+|[<>]=|\S"
)
_INDIAN: Final = re.compile(r"\d{1,3}(?:,\d\d)*,\d{3}")
_LETTER_WITHIN: Final = re.compile(r"\d[aey_]\d")
"""A letter within a number, as in 1e9, or the sign of an identifier, as in 51_200. A word is not between the numbers."""
_SHORT_UNIT: Final = re.compile(r"(?<![a-z])(?:(m|k|t)(eur|usd|chf|gbp|sek|nok|dkk|pln|€)|t€)(?![a-z])")
"""A unit and a currency as one word, as MEUR or T€. In German a T is a thousand."""
_UNIT_LETTERS: Final = {"m": "million", "k": "thousand", "t": "thousand"}
_LABELLED: Final = re.compile(r"(?P<outside>[^()\[\]]*)[(\[](?P<inside>[^()\[\]]*)[)\]]\W*")
"""A range with a label, one of them in brackets, as in "Small (1-50)" or "$25M (2025)"."""
_EAST_ASIAN: Final = frozenset((10**4, 10**8))
"""Units of languages in which a comma never begins a fraction."""
_YEAR: Final = re.compile(r"(?:19|20)\d\d")
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
    try:
        return _read(text)
    except ValueError:
        return _read(_without_label(text))


def _without_label(text: str) -> str:
    """Return the part of a text that is a range, where a label or the field's name is beside it. Raises ValueError if there is none."""
    name, colon, rest = text.partition(":")
    if colon and not re.search(r"\d", name) and not _BOUNDS & set(_plain(name).split()):
        return rest
    found = _LABELLED.fullmatch(text.strip())
    if found is None:
        raise _unreadable()
    inside, outside = found["inside"], found["outside"]
    if not re.search(r"\d", outside) and not _BOUNDS & set(_plain(outside).split()):
        return inside
    if not re.search(r"\d", _YEAR.sub("", inside)):
        return outside
    raise _unreadable()


def _read(text: str) -> AmountRange:
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
    value = _value(tokens[place], behind if _has_unit(behind) else _long_words(before))
    step = 1 if _STRICT & {*before, *behind} else 0
    if _AT_MOST & {*before} or _AT_MOST_BEHIND & {*behind}:
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
    before_second = between[at + 1 :]  # may limit it, as in "$100 million to less than $500 million"
    limits = _AT_MOST & {*before_second}
    _refuse_others(tokens[:first], between[:at], behind, allowed=_AT_LEAST - _OPEN)
    _refuse_others(before_second, allowed=limits)
    step = 1 if _STRICT & limits else 0
    of_second = behind if _has_unit(behind) else _long_words(tokens[:first])  # Mio. 10-50 is 10 to 50 million
    high = _value(tokens[second], of_second) - step
    low = _value(
        tokens[first], between[:at] if _has_unit(between[:at]) else of_second
    )  # 10-50M is 10M to 50M
    if low > high and high <= _MOST_THOUSANDS:
        low = _value(tokens[first], between[:at])  # 500-1K is 500 to 1,000
    return low, high


def _long_words(tokens: list[_Token]) -> list[_Token]:
    """Return the tokens of more than one letter. A single letter before a number may be a label, as in "B: 2-10"."""
    return [token for token in tokens if isinstance(token, str) and len(token) > 1]


def _has_unit(tokens: list[_Token]) -> bool:
    return any(token in _UNIT for token in tokens)


def _refuse_others(*parts: list[_Token], allowed: frozenset[str] = frozenset()) -> None:
    """Raise ValueError if the words around a number give it a bound, except those that are allowed."""
    bounds = (
        (_AT_MOST | _AT_MOST_BEHIND | _AT_LEAST | _OPEN | _STRICT | _SEPARATORS) - allowed - _ALSO_LEFT_OUT
    )
    if bounds & set(chain(*parts)):
        raise _unreadable()


def _value(number: _Token, beside: list[_Token]) -> Decimal:
    """Return the value of a number with the unit beside it. Raises ValueError if its separator is ambiguous."""
    assert isinstance(number, _Number)  # noqa: S101 - the caller found it
    units = [_UNIT[token] for token in beside if token in _UNIT]
    if len(units) > 1:
        raise _unreadable()
    unit = units[0] if units else 1
    is_ambiguous = unit > 1 and not (unit in _EAST_ASIAN and "." not in number.digits)
    return _decimal(number.digits.replace(" ", "").replace("'", ""), is_ambiguous=is_ambiguous) * unit


def _decimal(digits: str, *, is_ambiguous: bool) -> Decimal:
    marks = re.findall(r"[.,]", digits)
    if not marks:
        return Decimal(digits)
    groups = re.split(r"[.,]", digits)
    is_grouped = len(set(marks)) == 1 and len(groups[0]) <= 3 and all(len(one) == 3 for one in groups[1:])  # noqa: PLR2004
    if is_grouped and len(marks) == 1 and is_ambiguous and groups[0] != "0":
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
    plain = re.sub(r"\.-\s*$", "", _plain(text))  # as in 1'200.-
    plain = re.sub(r"(?<![\d.])\.(?=\d)", "0.", plain)  # as in $.5B
    plain = _SHORT_UNIT.sub(_spell_unit, plain)
    if _LETTER_WITHIN.search(plain):
        raise _unreadable()
    plain = plain.replace("_", " ")
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


def _spell_unit(found: re.Match[str]) -> str:
    return f" {_UNIT_LETTERS[found[1] or 't']} {found[2] or '€'} "


def _split(phrase: str) -> str:
    """Return a phrase with blanks between its tokens, as texts are split."""
    return " ".join(found[0] for found in _TOKEN.finditer(_plain(phrase)))


def _all(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(_split, phrases))


_UNIT: Final = {_split(phrase): unit for unit, phrases in UNITS.items() for phrase in phrases}
_CURRENCY: Final = _CODES | {
    _split(phrase): code for code, phrases in CURRENCIES.items() for phrase in phrases
}
_AT_MOST, _AT_MOST_BEHIND, _AT_LEAST = map(_all, (AT_MOST, AT_MOST_BEHIND, AT_LEAST))
_OPEN, _STRICT = map(_all, (OPEN, STRICT))
_BOUNDS: Final = frozenset(word for phrase in (*AT_MOST, *AT_LEAST) for word in fold(phrase).split())
"""Words that give a number a bound. A label with one of them is not only a label."""
_SEPARATORS: Final = _all(SEPARATORS)
_ALSO_LEFT_OUT: Final = _all(LEFT_OUT)
_NO_MEANING: Final = _ALSO_LEFT_OUT - _SEPARATORS - _AT_MOST - _AT_MOST_BEHIND - _AT_LEAST - _UNIT.keys()
_KNOWN: Final = frozenset(
    chain(_UNIT, _CURRENCY, _AT_MOST, _AT_MOST_BEHIND, _AT_LEAST, _OPEN, _STRICT, _SEPARATORS, _ALSO_LEFT_OUT)
)


def _unreadable() -> ValueError:
    return ValueError("expected a number, a range as 51-200, or an amount as 10M EUR")
