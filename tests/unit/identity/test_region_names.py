"""Regions by code and name, in the country of the record."""

from __future__ import annotations

import pycountry
import pytest

from workers.identity.region_names import is_in_regions, region_key


@pytest.mark.parametrize("country", ["US", "CA", "DE", "FR", "AU", "BR", "IN", "MX", "JP", "CH"])
def test_every_region_is_read_by_code_and_name(country: str) -> None:
    regions = [one for one in pycountry.subdivisions.get(country_code=country) if one.parent_code is None]
    for region in regions:
        short = region.code.partition("-")[2]
        for written in (
            region.code,
            region.code.lower(),
            short,
            short.lower(),
            region.name,
            region.name.upper(),
        ):
            assert region_key(written, country) == region.code, written


@pytest.mark.parametrize(
    ("written", "country", "key"),
    [
        ("California", "US", "US-CA"),
        ("california", None, "US-CA"),
        ("State of California", "US", "US-CA"),
        ("New York State", "US", "US-NY"),
        ("California, USA", None, "US-CA"),
        ("CA, US", None, "US-CA"),
        ("US-CA", None, "US-CA"),
        ("us-ca", "US", "US-CA"),
        ("CA", "US", "US-CA"),
        ("CA", None, "ca"),
        ("Bayern", "DE", "DE-BY"),
        ("Bavaria", "DE", "DE-BY"),
        ("Nordrhein Westfalen", "DE", "DE-NW"),
        ("Quebec", "CA", "CA-QC"),
        ("Québec", "CA", "CA-QC"),
        ("Guizhou", "CN", "CN-GZ"),
        ("Comunidad de Madrid", "ES", "ES-MD"),
        ("Scotland", "GB", "GB-SCT"),
        ("West Coast", "US", "west coast"),
        *(
            (one, "US", "US-CA")
            for one in (
                "Calif.",
                "Cal",
                "ca.",
                "US/CA",
                "USA-CA",
                "US_CA",
                "CA - California",
                "California (CA)",
            )
        ),
        *(
            (one, "US", "US-CA")
            for one in ("CA California", "San Francisco, CA", "San Francisco, California", "Kalifornien")
        ),
        *((one, None, "US-CA") for one in ("US/CA", "USA-CA", "California (USA)", "CA, USA")),
        *((one, "US", "US-NY") for one in ("N.Y.", "New York, NY", "New York City, New York", "Nueva York")),
        ("Washington, DC", "US", "US-DC"),
        ("Commonwealth of Massachusetts", "US", "US-MA"),
        ("Mass.", "US", "US-MA"),
        ("B.C.", "CA", "CA-BC"),
        ("Colombie-Britannique", "CA", "CA-BC"),
        ("Ont.", "CA", "CA-ON"),
        ("Baden-Wuerttemberg", "DE", "DE-BW"),
        ("Freistaat Bayern", "DE", "DE-BY"),
        ("Bayern (Bavaria)", "DE", "DE-BY"),
        ("Kanton Zürich", "CH", "CH-ZH"),
        ("Canton de Vaud", "CH", "CH-VD"),
        ("N.S.W.", "AU", "AU-NSW"),
        ("Estado de São Paulo", "BR", "BR-SP"),
        ("東京都", "JP", "JP-13"),
        ("東京", "JP", "JP-13"),
        ("大阪府", "JP", "JP-27"),
        ("北海道", "JP", "JP-01"),
        ("广东省", "CN", "CN-GD"),
        ("北京", "CN", "CN-BJ"),
        ("서울특별시", "KR", "KR-11"),
        ("Bruxelles", "BE", "BE-BRU"),
        ("Москва", "RU", "RU-MOW"),
        ("Dubai", "AE", "AE-DU"),
        ("EMEA", None, "emea"),
    ],
)
def test_a_region_is_read_as_people_write_it(written: str, country: str | None, key: str) -> None:
    assert region_key(written, country) == key


@pytest.mark.parametrize(
    ("region", "country", "listed", "is_in"),
    [
        ("California", "US", ("CA", "OR"), True),
        ("CALIFORNIA", None, ("CA",), True),
        ("CA", "US", ("California",), True),
        ("CA", "US", ("US-CA",), True),
        ("CA", None, ("CA",), True),
        ("Oregon", "US", ("CA",), False),
        ("CA", "CH", ("California",), False),
        ("EMEA", "DE", ("emea",), True),
        ("Ile de France", "FR", ("Île-de-France",), True),
        (None, "US", ("CA",), False),
        ("", "US", ("CA",), False),
    ],
)
def test_a_policy_may_list_codes_or_names(
    region: str | None, country: str | None, listed: tuple[str, ...], is_in: bool
) -> None:
    assert is_in_regions(region, country, listed) is is_in
