"""Countries as people write them: ISO 3166-1 codes, common aliases, and names in the languages of the world.

In: a text of a form, the CRM or the policy. Out: the ISO 3166-1 alpha-2 code in capitals, or None. A code that ISO does
not assign and a name of several countries are unknown. The names come from pycountry and CLDR (babel).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any, Final

import pycountry
from babel import localedata
from babel.core import get_global

from workers.identity.country_aliases import ALIASES, WITH_ACCENTS
from workers.identity.placeholders import is_placeholder
from workers.identity.text_folding import fold_words, undo_damage

_JOINED: Final = "="
"""Mark of a name without blanks. No folded name has it."""
_SUBDIVISIONS: Final[Any] = pycountry.subdivisions
"""The regions of ISO 3166-2. The package has no types for them."""
_CODES: Final = frozenset(country.alpha_2 for country in pycountry.countries)
_ARTICLES: Final = frozenset(
    {"le", "la", "les", "l", "die", "der", "das", "el", "los", "las", "il", "lo", "i", "gli", "o", "os", "as"}
)
"""Articles before the name of a country, in the languages that write one."""
_TURNED: Final = re.compile(r"[(]")
"""Begins the first part of a name that is written after the second, as in "Iran (Islamic Republic of)"."""
UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
"""Umlauts as keyboards without them write them."""
_MOST_CHARS: Final = 200
"""Most characters of a country's name. A longer text names no country."""
_FIRST_FLAG_LETTER: Final = 0x1F1E6
"""The letter A of flags."""
_BREAK: Final = re.compile(r"\s+[-–—]\s+|\s*[|:]\s*|(?<=^[A-Za-z]{2})[-_](?=\w{4})|[()\[\]/;、，\t]")  # noqa: RUF001 - a dash is meant
_EITHER: Final = re.compile(r"\s*[/|;]\s*")
"""Separates countries of which each may be meant, as in US/Canada."""
_CALLING_CODE: Final = re.compile(r"\s*\(?\+\d{1,4}\)?\s*")
_ARABIC: Final = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ى": "ي", "ё": "е"})  # noqa: RUF001
"""Letters that are often written without their mark: the alif of Arabic, the ё of Russian."""
_FEWEST_LETTERS: Final = 4
"""Fewest letters of a name within a longer text. A shorter one may mean something else, as in "Portland (ME)"."""
_FEWEST_JOINED: Final = 8
"""Fewest letters of a name that is found without its blanks, as UnitedStates."""
_MOST_CODE_LETTERS: Final = 3
_STATES: Final = "US"
"""The code that ends the places of one country, as in "CA, US". It is never a place of another country."""
_TERRITORIES: Final = frozenset({"AS", "GU", "MP", "PR", "UM", "VI"})
"""Territories of the United States, which are countries of ISO 3166-1 too, as in "Guam, US"."""


@lru_cache(maxsize=5_000)
def read_country(text: str | None) -> str | None:
    """Return the ISO 3166-1 alpha-2 code of a country, or None if the text names no country or several.

    ``read_country("uk") == read_country("Großbritannien") == read_country("826") == "GB"``
    """
    if text is None or not 0 < len(text.strip()) <= _MOST_CHARS:
        return None
    code = text.strip().upper()
    if code in _CODES:
        return code
    flag = _read_flag(text)
    if flag is not None or is_placeholder(text):
        return flag
    text = _CALLING_CODE.sub(" ", text)
    return _read_name(text) or _read_parts(text) or _read_region_code(text) or _read_with_code(text)


def _read_region_code(text: str) -> str | None:
    """Return the country of a code of ISO 3166-2, as GB-ENG."""
    region: Any = _SUBDIVISIONS.get(code=text.strip().upper())
    return None if region is None else str(region.country_code)


def _read_with_code(text: str) -> str | None:
    """Return the country of a name with its own code before or behind it, as in "Germany DE"."""
    words = fold_words(text).split()
    for code, name in ((words[0], words[1:]), (words[-1], words[:-1])) if len(words) > 1 else ():
        found = _read_name(" ".join(name))
        if found is not None and _names_in_english().get(code) == found:
            return found
    return None


def _read_flag(text: str) -> str | None:
    """Return the country of a flag, which is written as two letters of its own."""
    letters = "".join(char for char in text if not char.isspace())
    code = "".join(
        chr(ord(char) - _FIRST_FLAG_LETTER + ord("A")) for char in letters if ord(char) >= _FIRST_FLAG_LETTER
    )
    return code if len(code) == len(letters) and code in _CODES else None


def countries_of_language(code: str) -> tuple[str, ...]:
    """Return the countries that a language code most likely means, as JP for ``ja``. Empty if it is not one."""
    language = code.strip().lower()
    if language == "en":
        return ("GB", "US")
    likely = get_global("likely_subtags").get(language, "")
    country = str(likely).rpartition("_")[2]
    return (country,) if country in _CODES else ()


def _read_parts(text: str) -> str | None:
    """Return the country on which all readable parts agree, as in "Germany (Deutschland)" or "DE - Germany"."""
    parts = [part for part in _BREAK.split(_flagless(text)) if part and part.strip()]
    before, _, last = parts[-1].rpartition(",") if len(parts) == 1 else ("", "", "")
    if before and fold_words(last) not in _ALSO_STATES:  # as in "London, UK"
        parts = [before, last]
    read = {code for part in parts if (code := _read_part(part, of=len(parts))) is not None}
    if _EITHER.search(text):
        read |= {part.strip() for part in parts if part.strip() in _CODES}
    if read and not read <= _TERRITORIES and any(part.strip() == _STATES for part in parts):
        read.add(_STATES)  # as in "US, UK"
    return read.pop() if len(read) == 1 else None


def _read_part(part: str, of: int) -> str | None:
    words = fold_words(part)
    is_name = of == 1 or len(words) >= _FEWEST_LETTERS or not words.isascii() or words in _SAFE_SHORT
    return _read_name(part) if is_name else None


_ALSO_STATES: Final = frozenset({"georgia", "jersey"})
"""Countries whose name behind a comma may be a part of another country, as in "Atlanta, Georgia"."""
_SAFE_SHORT: Final = frozenset({"usa", "uk", "uae"})
"""Short names that mean a country within a longer text too."""


def _flagless(text: str) -> str:
    """Return ``text`` without pictures, such as a flag before the name."""
    return "".join(char for char in text if ord(char) < 0x1F000)  # noqa: PLR2004 - where the blocks of pictures begin


def _read_name(text: str) -> str | None:
    words = _words(text)
    before, _, behind = _TURNED.sub(",", text, count=1).partition(",")
    turned = _words(behind) + _words(before) if behind else []  # as in "Korea, Republic of"
    plain = words[1:] if words and words[0] in _ARTICLES else []
    joined = ["".join(words)] if all(len(word) == 1 for word in words) else []
    whole = "".join(words)
    joined += [f"{_JOINED}{whole}"] if len(whole) >= _FEWEST_JOINED else []
    spellings = [" ".join(words), *joined, " ".join(turned), " ".join(plain)]
    exact = unicodedata.normalize("NFKC", text).strip().casefold()
    if exact in WITH_ACCENTS:
        return WITH_ACCENTS[exact]
    is_code = exact.isascii() or not whole.isascii() or len(whole) > _MOST_CODE_LETTERS
    for index in (_names_in_english, _names_in_every_language)[not is_code :]:
        for spelling in spellings:
            found = index().get(spelling)
            if found is not None:
                return found or None
    return None


def _words(text: str) -> list[str]:
    """Return the folded words of a name, without "the" at any place."""
    words = (
        fold_words(undo_damage(text.replace("\u00b4", "'")).replace("&", " and ")).translate(_ARABIC).split()
    )
    return ["republic" if word == "rep" else word for word in words if word != "the"]


@lru_cache(maxsize=1)
def _names_in_english() -> dict[str, str]:
    """Return the country of each ISO code, alias and English name. Empty for a name of several countries.

    "Congo" is the name that ISO 3166-1 gives to CG. "Korea" alone may be either of two countries.
    """
    written: dict[str, set[str]] = {}
    for country in pycountry.countries:
        given = (country.alpha_2, country.alpha_3, country.numeric, country.name)
        official = (getattr(country, "official_name", ""), getattr(country, "common_name", ""))
        for name in (*given, *official):
            written.setdefault(name, set()).add(country.alpha_2)
    _add_language(written, "en")
    names = _fold_names(written)
    for code, aliases in ALIASES.items():
        names |= {" ".join(_words(alias)): code for alias in aliases}
    names.pop("", None)
    return _with_joined(names | {"korea": ""})


@lru_cache(maxsize=1)
def _names_in_every_language() -> dict[str, str]:
    """Return the country of each name in any language of CLDR. Empty for a name of several countries."""
    written: dict[str, set[str]] = {}
    for locale in sorted(localedata.locale_identifiers()):
        script = locale.partition("_")[2]
        if not script or (len(script) == 4 and script.isalpha()):  # noqa: PLR2004 - as in zh_Hant
            _add_language(written, locale)
            localedata.clear_caches()  # the names are a thousandth of each language's data
    return _with_joined(_fold_names(written))


def _with_joined(names: dict[str, str]) -> dict[str, str]:
    """Return ``names`` and those of several words without their blanks, behind a mark of their own."""
    joined: dict[str, set[str]] = {}
    for name, code in names.items():
        if " " in name:
            joined.setdefault(f"{_JOINED}{name.replace(' ', '')}", set()).add(code)
    return names | {name: next(iter(codes)) if len(codes) == 1 else "" for name, codes in joined.items()}


def _add_language(written: dict[str, set[str]], locale: str) -> None:
    """Add the countries of each name in one language, as CLDR writes the name."""
    territories = localedata.load(locale, merge_inherited=False).get("territories", {})
    for code, name in territories.items():
        if code in _CODES:
            written.setdefault(str(name), set()).add(code)


def _fold_names(written: dict[str, set[str]]) -> dict[str, str]:
    """Return the country of each folded name. Empty for a name of several countries."""
    names: dict[str, set[str]] = {}
    for name, codes in written.items():
        for spelling in {name, name.translate(UMLAUTS)}:
            names.setdefault(" ".join(_words(spelling)), set()).update(codes)
    names.pop("", None)
    return {name: next(iter(codes)) if len(codes) == 1 else "" for name, codes in names.items()}
