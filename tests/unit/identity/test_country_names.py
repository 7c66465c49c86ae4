"""Countries by code, alias and name in the languages of the world, and what stays unknown."""

from __future__ import annotations

import pycountry
import pytest
from babel import Locale

from workers.identity.country_aliases import ALIASES
from workers.identity.country_names import countries_of_language, read_country

LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "ru",
    "ar",
    "ja",
    "zh",
    "ko",
    "hi",
    "th",
    "tr",
    "sv",
    "he",
)
NAMED_TWICE = {"CG", "CD"}
"""Countries whose name in some languages is the same word."""


@pytest.mark.parametrize("country", list(pycountry.countries), ids=lambda one: one.alpha_2)
def test_every_iso_code_and_name_is_read_in_any_case(country: object) -> None:
    code = country.alpha_2  # type: ignore[attr-defined]
    for name in ("alpha_2", "alpha_3", "numeric", "name", "official_name", "common_name"):
        text = getattr(country, name, "")
        for written in {text, text.lower(), text.upper(), f" {text} "} if text else ():
            assert read_country(written) == code, written


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_read_in_many_languages(language: str) -> None:
    codes = {country.alpha_2 for country in pycountry.countries} - NAMED_TWICE
    names = {code: name for code, name in Locale(language).territories.items() if code in codes}
    assert {code: read_country(name) for code, name in names.items()} == {code: code for code in names}


@pytest.mark.parametrize(("code", "alias"), [(code, alias) for code in ALIASES for alias in ALIASES[code]])
def test_every_alias_is_read(code: str, alias: str) -> None:
    assert read_country(alias) == read_country(alias.upper()) == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("GB", "UK"),
        ("GB", "u.k."),
        ("GB", "England"),
        ("GB", "Grossbritannien"),
        ("GR", "el"),
        ("US", "U.S.A."),
        ("US", "U.S."),
        ("US", "ETATS-UNIS"),
        ("US", "EE. UU."),
        ("NL", "The Netherlands"),
        ("NL", "Netherlands, The"),
        ("NL", "Les Pays-Bas"),
        ("KR", "Korea, Republic of"),
        ("KR", "Korea (the Republic of)"),
        ("KP", "Korea (the Democratic People's Republic of)"),
        ("BO", "Bolivia (Plurinational State of)"),
        ("VN", "Viet Nam"),
        ("VN", "Vietnam"),
        ("DE", "DE - Germany"),
        ("DE", "Germany (Deutschland)"),
        ("DE", "Germany / Deutschland"),
        ("DE", "Germany (+49)"),
        ("DE", "\U0001f1e9\U0001f1ea Germany"),
        ("TT", "Trinidad and Tobago"),
        ("TT", "Trinidad & Tobago"),
        ("CI", "Cote d\u2019Ivoire"),
        ("GW", "guinea-bissau"),
        ("GB", "London, UK"),
        ("US", "Portland, United States"),
        ("GB", "Vereinigtes Koenigreich"),
        ("AT", "Oesterreich"),
        ("DO", "Dominican Rep."),
        ("KR", "Rep. of Korea"),
        ("NL", "NL-Netherlands"),
        ("BR", "\U0001f1e7\U0001f1f7"),
        ("GN", "Guinea"),
        ("NE", "Niger"),
        ("NG", "Nigeria"),
        ("NA", "NA"),
        ("ES", "Espan\u0303a"),
        ("JP", "\u65e5\u672c"),
        ("AE", "United Arab Emirates"),
        ("IR", "Iran, Islamic Republic of"),
    ],
)
def test_a_country_is_read_as_people_write_it(code: str, text: str) -> None:
    assert read_country(text) == code


@pytest.mark.parametrize(
    "text",
    ["XX", "EN", "JA", "XK", "EU", "AN", "999", "Korea", "Atlantis", "Europe", "California", "Portland (ME)", "Atlanta, Georgia", "Portland, ME",
     "Germany / France", "N/A", "none", "-", "", "  ", "Please select", "1", "GB1"],
)  # fmt: skip
def test_a_text_that_means_no_country_or_several_is_unknown(text: str) -> None:
    assert read_country(text) is None


def test_a_missing_text_is_unknown() -> None:
    assert read_country(None) is None


@pytest.mark.parametrize(
    ("language", "countries"), [("ja", ("JP",)), ("EN", ("GB", "US")), ("sv", ("SE",)), ("xx", ()), ("", ())]
)
def test_a_language_code_names_the_country_that_was_probably_meant(
    language: str, countries: tuple[str, ...]
) -> None:
    assert countries_of_language(language) == countries
