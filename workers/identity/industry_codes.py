"""Industry codes as people write them: 6021, NAICS 522110, 31-33, "6021 - National banks".

In: the items of a list of codes, which may be words, and the word of an industry. Out: codes and ranges of codes, or the
word. Which codes a word means is a table of the policy.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from workers.identity.placeholders import is_placeholder
from workers.identity.text_folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

_CODE: Final = re.compile(r"(?<![\w.])(\d{2,8})(?:\s?-\s?(\d{2,8})(?![\w.]))?(?![\w./]*\d|\s*%)")
_SYSTEM: Final = re.compile(
    r"\b(?:us[\s-]+)?(?:sic|naics|nace|isic)(?:[\s-]*(?:codes?|(?:19|20)\d\d(?=\W+\d))){0,2}[\s:#.-]*(?=\d)"
)
"""The name of a system of codes, perhaps with its year, before a code."""
_FRACTION: Final = re.compile(r"(?<![\w.])(\d{2,8})\.0+(?![\w.])")
"""A code that a table program has made a number, as 6021.0."""
_TO: Final = re.compile(r"(?<=\d)\s+(?:to|through|thru|bis)\s+(?=\d)")
_YEAR: Final = re.compile(r"\(\s*(?:19|20)\d\d\s*\)")
_LIST: Final = re.compile(r"[,;/|]\s*(?=\d{2,8}\b)|\n")
_WITHIN_WORDS: Final = re.compile(r"[^\d(]*[^\W\d][^\d(]*(?<![-:|,]\s)\d")
"""A text in which a word is before the first number. The number counts things, as in "Top 100 Banks". A dash may part the two."""
_MOST_OF_RANGE: Final = 100
"""Most codes of a range. A wider one is not a range of codes."""
_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212]")


@lru_cache(maxsize=5_000)
def read_codes(item: str) -> tuple[str, ...]:
    """Return the codes of an item, and ranges such as 31-33, in the order of the text. Empty if it has none."""
    plain = _YEAR.sub(" ", _FRACTION.sub(r"\1", _DASHES.sub("-", fold(item)).strip(" ='\"")))
    found = [code for part in _LIST.split(_TO.sub("-", plain)) for code in _codes_in(part)]
    codes: list[str] = []
    for first, last in found:
        if last and len(codes_between(first, last)) > 1:
            codes.append(f"{first}-{last}")
        elif 0 < len(last) < len(first):  # a code with a part of its own, as 6021-01
            codes.append(first)
        else:
            codes += [code for code in (first, last) if code]
    return tuple(code for code in codes if code.strip("0-"))


def _codes_in(part: str) -> list[tuple[str, str]]:
    """Return the codes and ranges of one item of a list. A number behind other words is not one."""
    plain = _SYSTEM.sub("", part)
    return [] if _WITHIN_WORDS.match(plain) else _CODE.findall(plain)


def codes_of(items: Iterable[str]) -> tuple[str, ...]:
    """Return the codes of all items, each once, sorted."""
    return tuple(sorted({code for item in items for code in read_codes(item)}))


def industry_word(industry: str | None, items: Iterable[str]) -> str | None:
    """Return the word of an industry: the stated one, else the first item that has no code. None if there is none."""
    given = (text.strip() for text in (industry or "", *items))
    return next((text for text in given if text and not is_placeholder(text) and not read_codes(text)), None)


@lru_cache(maxsize=5_000)
def codes_between(first: str, last: str) -> tuple[str, ...]:
    """Return all codes from one to another of the same number of digits. Only the first if they make no range."""
    low, high = int(first), int(last)
    if len(first) != len(last) or not 0 < high - low < _MOST_OF_RANGE:
        return (first,)
    return tuple(str(code).zfill(len(first)) for code in range(low, high + 1))


def expand_code(code: str) -> tuple[str, ...]:
    """Return the codes of a range such as 31-33, or the code alone."""
    first, _, last = code.partition("-")
    return codes_between(first, last) if last else (code,)


def expand_listed(sic: tuple[str, ...], naics: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return listed codes by their system, with the codes of each range."""
    listed = {"sic": sic, "naics": naics}
    return {
        system: tuple(one for code in codes for one in expand_code(code)) for system, codes in listed.items()
    }


def is_covered(code: str, listed: tuple[str, ...]) -> bool | None:
    """Whether a code, or every code of a range, begins with a listed code. None: only some codes of the range do."""
    covered = {one.startswith(listed) for one in expand_code(code)} if listed else {False}
    return covered.pop() if len(covered) == 1 else None
