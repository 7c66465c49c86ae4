"""Regions of a country as people write them: ISO 3166-2 codes with or without the country, and names.

In: the region of a company and its country, and the regions that a policy lists. Out: whether the company is in one of
them. A region that is not known is compared by its text, in any case and without accents.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

import pycountry

from workers.identity.country_names import read_country
from workers.identity.text_folding import fold_words

# fmt: off
_ENGLISH: Final = {
    "AT": {"carinthia": "2", "lower austria": "3", "upper austria": "4", "styria": "6", "tyrol": "7", "vienna": "9"},
    "BE": {"flanders": "VLG", "wallonia": "WAL", "brussels": "BRU"},
    "CH": {"geneva": "GE", "zurich": "ZH", "bern": "BE", "lucerne": "LU", "grisons": "GR", "basel": "BS"},
    "DE": {"bavaria": "BY", "hesse": "HE", "lower saxony": "NI", "north rhine westphalia": "NW", "saxony": "SN", "nrw": "NW",
           "rhineland palatinate": "RP", "saxony anhalt": "ST", "thuringia": "TH", "mecklenburg western pomerania": "MV"},
    "ES": {"andalusia": "AN", "catalonia": "CT", "basque country": "PV", "navarre": "NC", "balearic islands": "IB",
           "canary islands": "CN", "castile and leon": "CL", "madrid": "MD", "murcia": "MC", "valencia": "VC"},
    "FR": {"brittany": "BRE", "normandy": "NOR", "corsica": "20R", "burgundy franche comte": "BFC"},
    "GB": {"england": "ENG", "scotland": "SCT", "wales": "WLS", "northern ireland": "NIR"},
    "IT": {"lombardy": "25", "piedmont": "21", "tuscany": "52", "sicily": "82", "sardinia": "88", "apulia": "75",
           "latium": "62", "aosta valley": "23"},
    "MX": {"mexico city": "CMX", "cdmx": "CMX", "michoacan": "MIC", "veracruz": "VER", "coahuila": "COA"},
    "NL": {"north holland": "NH", "south holland": "ZH", "north brabant": "NB", "friesland": "FR"},
    "US": {"washington dc": "DC", "washington d c": "DC", "d c": "DC"},
}
# fmt: on
"""English and common names that ISO 3166-2 does not have, by country, with the code."""
_KINDS: Final = frozenset(
    (
        "state",
        "province",
        "region",
        "county",
        "prefecture",
        "canton",
        "sheng",
        "shi",
        "zizhiqu",
        "ken",
        "fu",
        "to",
        "of",
        "the",
    )
)
"""Words for the kind of a region, which its name may have or not."""
_SUBDIVISIONS: Final[Any] = pycountry.subdivisions
"""The regions of ISO 3166-2. The package has no types for them."""
_PARTS: Final = re.compile(r"[,()\[\]/]|\s-\s")


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

    A text that names its country, such as "California, USA", is read in that country.
    """
    found = _code_of(region, country)
    if found is None:
        parts = [part for part in _PARTS.split(region) if part.strip()]
        named = read_country(parts[-1]) if len(parts) > 1 else None
        found = _code_of(parts[0], named) if named is not None else None
    return found or fold_words(region)


def _code_of(region: str, country: str | None) -> str | None:
    code = region.strip().upper()
    if _is_code(code):
        return code
    if country is not None and _is_code(f"{country}-{code}"):
        return f"{country}-{code}"
    names = _names_everywhere() if country is None else _names_of(country)
    words = fold_words(region)
    return names.get(words) or names.get(_without_kind(words)) or None


def _is_code(text: str) -> bool:
    return _SUBDIVISIONS.get(code=text) is not None


def _without_kind(words: str) -> str:
    return " ".join(word for word in words.split() if word not in _KINDS)


@lru_cache(maxsize=300)
def _names_of(country: str) -> dict[str, str]:
    """Return the code of each name of a region of a country. Empty for a name of several regions of one level."""
    names: dict[str, str] = {}
    regions = sorted(_SUBDIVISIONS.get(country_code=country) or (), key=lambda one: one.code)
    for is_part in (True, False):  # of a city and a state of one name the state counts
        codes: dict[str, set[str]] = {}
        for region in regions:
            if (region.parent_code is not None) is is_part:
                for name in _spellings(region.name):
                    codes.setdefault(name, set()).add(region.code)
        names |= {name: next(iter(found)) if len(found) == 1 else "" for name, found in codes.items()}
    return names | {name: f"{country}-{code}" for name, code in _ENGLISH.get(country, {}).items()}


def _spellings(name: str) -> set[str]:
    """Return the folded spellings of a name such as "Madrid, Comunidad de" or "Ourense [Orense]"."""
    parts = [fold_words(part) for part in re.split(r"[,\[\]/]", name)]
    whole = {fold_words(name), " ".join(part for part in reversed(parts) if part), *parts}
    return {spelling for one in whole for spelling in (one, _without_kind(one))} - {""}


@lru_cache(maxsize=1)
def _names_everywhere() -> dict[str, str]:
    """Return the code of each name that only one country has a region of."""
    codes: dict[str, set[str]] = {}
    for country in pycountry.countries:
        for name, code in _names_of(country.alpha_2).items():
            codes.setdefault(name, set()).add(code)
    return {name: next(iter(found)) for name, found in codes.items() if len(found) == 1}
