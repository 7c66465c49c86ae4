"""Regions of a country as people write them: ISO 3166-2 codes with or without the country, and names.

In: the region of a company and its country, and the regions that a policy lists. Out: whether the company is in one of
them. A region that is not known is compared by its text, in any case and without accents.
"""

from __future__ import annotations

import re
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import Any, Final

import pycountry

from workers.identity.country_names import UMLAUTS, read_country
from workers.identity.region_aliases import ALIASES, LANGUAGES
from workers.identity.text_folding import fold_words

# fmt: off
_KINDS: Final = frozenset((
    *("state", "province", "region", "county", "prefecture", "canton", "commonwealth", "territory", "of", "the"),
    *("sheng", "shi", "zizhiqu", "ken", "fu", "to", "do", "bundesland", "freistaat", "kanton", "land", "estado", "provincia"),
    *("departamento", "comunidad", "autonoma", "comunitat", "communaute", "departement", "regione", "provincie", "wojewodztwo"),
    *("kraj", "oblast", "kray", "respublika", "estat", "de", "del", "di", "da", "du", "des", "la", "d"),
))
# fmt: on
"""Words for the kind of a region, which its name may have or not."""
_SUBDIVISIONS: Final[Any] = pycountry.subdivisions
"""The regions of ISO 3166-2. The package has no types for them."""
_NATIVE_KIND: Final = re.compile(
    r"(?:特别行政区|(?:壮族|回族|维吾尔)?自治区|[都道府県省市縣县]|특별자치시|특별자치도|특별시|광역시|[도시])$"
)
"""The kind of a region behind its name, in scripts without spaces."""
_PARTS: Final = re.compile(r"[,;:()\[\]/|_]|\s[-\u2013\u2014]\s")
_AFTER_COUNTRY: Final = re.compile(r"(?<=^[A-Za-z]{2})-|(?<=^[A-Za-z]{3})-")
_DOTS: Final = re.compile(r"(?<=[a-z])\.\s?(?=[a-z]\b|$)", re.IGNORECASE)
"""The dots of an abbreviation, as in N.Y."""


def is_in_regions(region: str | None, country: str | None, listed: tuple[str, ...]) -> bool:
    """Whether a region is one of the listed regions. Codes without a country are read in the region's own country."""
    if not region:
        return False
    key = region_key(region, country)
    own = key.partition("-")[0] if _is_code(key) else country
    return any(region_key(one, own) == key for one in listed)


@lru_cache(maxsize=10_000)
def region_key(region: str, country: str | None) -> str:
    """Return the ISO 3166-2 code of a region of a country, as US-CA. If it is not known, return its folded words.

    A text that names its country, such as "California, USA", is read in that country. Of a text such as "San Francisco,
    CA" all parts that are regions must be the same one.
    """
    return _code_of(region, country) or _code_in_parts(region, country) or fold_words(region)


def _code_of(region: str, country: str | None) -> str | None:
    code = _DOTS.sub("", region.strip()).upper()
    if _is_code(code):
        return code
    if country is not None and _is_code(f"{country}-{code}"):
        return f"{country}-{code}"
    names = _names_everywhere() if country is None else _names_of(country)
    words = fold_words(region)
    native = _NATIVE_KIND.sub("", words)
    return names.get(words) or names.get(_without_kind(words)) or names.get(native) or None


def _code_in_parts(region: str, country: str | None) -> str | None:
    parts = [part.strip() for part in _PARTS.split(_AFTER_COUNTRY.sub(",", region)) if part.strip()]
    words = region.split()
    if len(parts) == 1 and len(words) > 1:  # as in "CA California"
        first, last = _code_of(words[0], country), _code_of(words[-1], country)
        pairs = ((first, " ".join(words[1:])), (last, " ".join(words[:-1])))
        return next(
            (code for code, name in pairs if code is not None and _code_of(name, country) == code), None
        )
    if len(parts) < 2:  # noqa: PLR2004 - one part has been read
        return None
    for place in (-1, 0):  # as in "California, USA" or "US/CA"
        named = read_country(parts[place])
        found = _read_parts(parts[:-1] if place else parts[1:], named) if named is not None else None
        if found is not None and (country is None or named == country):
            return found
    return _read_parts(parts, country)


def _read_parts(parts: list[str], country: str | None) -> str | None:
    """Return the region that all readable parts mean. A city may have the name of a region: then a code decides."""
    found = {part: code for part in parts if (code := _code_of(part, country)) is not None}
    if len(set(found.values())) > 1:
        found = {part: code for part, code in found.items() if code == f"{country}-{part.upper()}"}
    return next(iter(found.values())) if len(set(found.values())) == 1 else None


def _is_code(text: str) -> bool:
    return _SUBDIVISIONS.get(code=text) is not None


def _without_kind(words: str) -> str:
    return " ".join(word for word in words.split() if word not in _KINDS)


@lru_cache(maxsize=300)
def _names_of(country: str) -> dict[str, str]:
    """Return the code of each name of a region of a country, in all languages. Empty for a name of several regions."""
    return _translated(country) | _own_names_of(country)


def _own_names_of(country: str) -> dict[str, str]:
    """Return the code of each name in ISO 3166-2 and of each alias. Empty for a name of several regions of one level."""
    names: dict[str, str] = {}
    regions = sorted(_SUBDIVISIONS.get(country_code=country) or (), key=lambda one: one.code)
    for is_part in (True, False):  # of a city and a state of one name the state counts
        codes: dict[str, set[str]] = {}
        for region in regions:
            if (region.parent_code is not None) is is_part:
                for name in _spellings(region.name):
                    codes.setdefault(name, set()).add(region.code)
        names |= {name: next(iter(found)) if len(found) == 1 else "" for name, found in codes.items()}
    aliases = {fold_words(name): f"{country}-{code}" for name, code in ALIASES.get(country, {}).items()}
    return names | aliases


def _translated(country: str) -> dict[str, str]:
    """Return the code of each name of a region of a country in other languages. Empty for a name of several regions."""
    codes: dict[str, set[str]] = {}
    for names in _translations():
        for region in _SUBDIVISIONS.get(country_code=country) or ():
            name = names.gettext(region.name)
            for spelling in _spellings(name) if name != region.name else ():
                codes.setdefault(spelling, set()).add(region.code)
    return {name: next(iter(found)) if len(found) == 1 else "" for name, found in codes.items()}


@lru_cache(maxsize=1)
def _translations() -> tuple[GNUTranslations, ...]:
    """Return the translations of iso-codes that pycountry has."""
    found: list[GNUTranslations] = []
    for language in LANGUAGES:
        file = Path(pycountry.LOCALES_DIR) / language / "LC_MESSAGES" / "iso3166-2.mo"
        with file.open("rb") as opened:
            found.append(GNUTranslations(opened))
    return tuple(found)


def _spellings(name: str) -> set[str]:
    """Return the folded spellings of a name such as "Madrid, Comunidad de" or "Ourense [Orense]"."""
    parts = [fold_words(part) for part in re.split(r"[,\[\]/]", name)]
    umlauts = fold_words(name.translate(UMLAUTS))
    whole = {fold_words(name), umlauts, " ".join(part for part in reversed(parts) if part), *parts}
    return {
        spelling for one in whole for spelling in (one, _without_kind(one), _NATIVE_KIND.sub("", one))
    } - {""}


@lru_cache(maxsize=1)
def _names_everywhere() -> dict[str, str]:
    """Return the code of each name that only one country has a region of."""
    codes: dict[str, set[str]] = {}
    for country in pycountry.countries:
        for name, code in _own_names_of(country.alpha_2).items():
            codes.setdefault(name, set()).add(code)
    return {name: next(iter(found)) for name, found in codes.items() if len(found) == 1 and len(name) > 3}  # noqa: PLR2004
