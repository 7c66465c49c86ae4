"""Phone numbers in any notation: whether two texts are one number.

In: two texts with the country of each, where it is known. Out: whether both are the same number. Extensions lead to a
person within the company and do not count. A filler such as 1234567890 equals nothing. The notations are those of
phonenumbers.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import product
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat

from workers.identity.placeholders import is_filler, is_placeholder

_FEWEST_DIGITS: Final = 7
"""Fewest digits of a number that is compared."""
_MOST_CODE_DIGITS: Final = 3
"""Most digits of a country's code (ITU-T E.164)."""
_MOST_CHARS: Final = 200
_NON_DIGITS: Final = re.compile(r"\D+")
_INTERNATIONAL: Final = re.compile(r"^\D*?(?:\+|00(?=[1-9])|011(?=\D*[1-9](?:\D*\d){9}))\s*")
"""The plus sign, the two zeros, or the 011 of North America before the code of a country."""
_TRUNK_ZERO: Final = re.compile(r"\(\s*0\s*\)")
"""A zero that is dialled within the country only."""
_EXTENSION: Final = re.compile(
    r"(?<=\d)[\s,;./-]*"
    r"(?:extension|extn|ext|x|#|durchwahl|dw|poste|anexo|interno|int|ramal|toestel|доб|内線)[\s.:=]*\d{1,7}[\s)]*$",
    re.IGNORECASE,
)
_WORDS_BEHIND: Final = re.compile(
    r"(?<=\d)[\s,;./(\[-]*(?:[^\W\d_]+[\s.:=]*\d{1,5}[\s)]*|[^\W\d_][^\d+]*)$",
)
"""Words behind a number, perhaps with an extension: "(office)", "App. 3", ", press 4"."""
_FRACTION: Final = re.compile(r"(?<=\d{7})\.0$")
"""The fraction that a table program adds to a number."""
_VANITY: Final = re.compile(r"(?:\+?1[\s.-]*)?\(?8\d\d\)?[\s.-]*(?:[a-z\d][\s-]?){7,}", re.IGNORECASE)
"""A free number of North America, of which letters are a part, as 1-800-FLOWERS."""
_NEXT_NUMBER: Final = re.compile(
    r"\s*(?:[,;|\n]|\bor\b|\band\b)\s*(?=[+(\d])|(?<=\d{3})\D*?(?=\s\+\d)|(?<=\d{3})\D*?[/|]\s*(?=00|\(?\+)"
)
"""Separates two numbers in one field."""


def is_same_phone(
    one: str | None, other: str | None, one_country: str | None = None, other_country: str | None = None
) -> bool:
    """Whether two phone numbers are the same in any notation, with or without the country's code.

    A number without a code is read in its own country, in that of the other number, or in the other's country. The
    countries are ISO 3166-1 alpha-2 codes.
    """
    pairs = product(_numbers_in(one), _numbers_in(other))
    return any(_is_same(mine, theirs, one_country, other_country) for mine, theirs in pairs)


def _is_same(one: str, other: str, one_country: str | None, other_country: str | None) -> bool:
    mine, theirs = _parse(one, None), _parse(other, None)
    if mine is not None and theirs is not None:
        return _written(mine) == _written(theirs)
    regions = {one_country, other_country, _region_of(mine), _region_of(theirs)} - {None}
    if regions:
        readings = [
            {_written(found) for region in regions if (found := _parse(text, region)) is not None}
            for text in (one, other)
        ]
        return not readings[0].isdisjoint(readings[1])
    short, long = sorted((_digits(one), _digits(other)), key=len)
    return long.endswith(short) and len(long) - len(short) <= _MOST_CODE_DIGITS


@lru_cache(maxsize=20_000)
def _numbers_in(text: str | None) -> tuple[str, ...]:
    """Return the numbers of a field without extensions. Placeholders, fillers and texts with few digits are left out."""
    if text is None or len(text) > _MOST_CHARS or is_placeholder(text):
        return ()
    plain = "".join(
        char for char in unicodedata.normalize("NFKC", text) if unicodedata.category(char) != "Cf"
    ).replace("_", " ")
    if _VANITY.fullmatch(plain.strip()):
        plain = phonenumbers.convert_alpha_characters_in_number(plain)
    parts = (one.strip() for one in _NEXT_NUMBER.split(plain))
    numbers = (_WORDS_BEHIND.sub("", _EXTENSION.sub("", _FRACTION.sub("", one))) for one in parts)
    return tuple(one for one in numbers if not _proves_nothing(one))


def _proves_nothing(number: str) -> bool:
    written = [_NON_DIGITS.sub("", number), _digits(number)]
    parsed = _parse(number, None)
    if parsed is not None:
        written.append(str(parsed.national_number))
        if not parsed.national_number:
            return True
    return len(written[0]) < _FEWEST_DIGITS or any(map(is_filler, written))


@lru_cache(maxsize=20_000)
def _parse(number: str, region: str | None) -> PhoneNumber | None:
    """Return a number as phonenumbers reads it. Without a region only a number with its country's code can be read."""
    try:
        return phonenumbers.parse(_INTERNATIONAL.sub("+", number), region)
    except phonenumbers.NumberParseException:
        return None


def _written(number: PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _region_of(number: PhoneNumber | None) -> str | None:
    """Return a country that uses the number's code. Countries of one code write their numbers alike."""
    if number is None or number.country_code is None:
        return None
    region = phonenumbers.region_code_for_country_code(number.country_code)
    return None if region in {"ZZ", "001"} else region


def _digits(number: str) -> str:
    """Return the digits of a number without a trunk zero and without zeros at its beginning."""
    return _NON_DIGITS.sub("", _TRUNK_ZERO.sub("", number)).lstrip("0")
