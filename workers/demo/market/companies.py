"""The companies of the demo's market, as its CRM knows them.

In: a seeded random generator and the start. Out: companies with their records of `crm.accounts`. Some companies are not
in the CRM. The ratios are those of a real list: most companies do not belong to the seller's market.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import product
from typing import Any, Final

from workers.demo.market.person_names import ascii_word
from workers.demo.market.seeded_random import SeededRandom


class Segment(StrEnum):
    """The segment of a company, from the view of the seller's marketing."""

    SERVED = "served"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    ABROAD = "abroad"
    OTHER_INDUSTRY = "other_industry"
    COMPETITOR = "competitor"
    PARTNER = "partner"
    NOT_IN_CRM = "not_in_crm"
    FACT_MISSING = "fact_missing"


HOW_MANY: Final = {
    Segment.SERVED: 72,
    Segment.FACT_MISSING: 8,
    Segment.TOO_SMALL: 26,
    Segment.TOO_LARGE: 8,
    Segment.ABROAD: 20,
    Segment.OTHER_INDUSTRY: 120,
    Segment.COMPETITOR: 4,
    Segment.PARTNER: 3,
    Segment.NOT_IN_CRM: 40,
}
_PLACES: Final = (
    *(
        "Harbor",
        "Prairie",
        "Cumberland",
        "Blue Ridge",
        "Lakeshore",
        "Granite",
        "Mesa",
        "Piedmont",
        "Tidewater",
    ),
    *("Cedar Valley", "Ozark", "Bayou", "Keystone", "Palmetto", "Cascade", "Hudson", "Wabash", "Magnolia"),
)
_BANKS: Final = (
    "First {} Bank",
    "{} National Bank",
    "{} Savings Bank",
    "{} Trust",
    "Bank of {}",
    "{} Bancorp",
)
_FIRMS: Final = (
    "{} Foods",
    "{} Software",
    "{} Freight",
    "{} Clinics",
    "{} Retail",
    "{} Pharma",
    "{} Energy",
    "{} Insurance",
)
_ABROAD: Final = (
    ("Sparkasse Mühltal", "DE"),
    ("Volksbank Österreich-Süd", "AT"),
    ("Banco São Jorge", "BR"),
    ("Crédit Côte d'Opale", "FR"),
    ("Jyske Kystbank", "DK"),
    ("Bank Łódzki", "PL"),
    ("Banco Peñíscola", "ES"),
    ("Åland Sparbank", "FI"),
    ("Maple Leaf Trust", "CA"),
    ("株式会社みなと銀行", "JP"),
)
_BANK_SIC: Final = ("6021", "6022", "6029", "6081")
_FIRM_SIC: Final = ("2030", "7372", "4213", "8062", "5311", "2834", "4911", "6311")


@dataclass(slots=True)
class Company:
    """One company. ``record`` is its value in crm.accounts, or None if the CRM does not know the company."""

    name: str
    domain: str
    country: str
    segment: Segment
    record: dict[str, Any] | None = None
    tags: set[str] = field(default_factory=set)
    """Special properties of the company: customer, opportunity, owned, orphaned, second_domain."""


def companies(chance: SeededRandom, start: datetime, owners: list[str], departed: str) -> list[Company]:
    """Return the companies of the market.

    Args:
        chance: the random generator.
        start: the start of the two weeks.
        owners: rep_ids that own accounts in the CRM.
        departed: rep_id of an owner who left before the start.
    """
    banks = _names(chance, _BANKS)
    firms = _names(chance, _FIRMS)
    made = [
        _company(chance, segment, number, banks, firms)
        for segment, count in HOW_MANY.items()
        for number in range(count)
    ]
    _give_records(chance, made, start)
    served = [company for company in made if company.segment is Segment.SERVED]
    _give_relations(chance, served, start, owners, departed)
    return made


def _names(chance: SeededRandom, patterns: tuple[str, ...]) -> Iterator[str]:
    names = [pattern.format(place) for pattern, place in product(patterns, _PLACES)]
    chance.shuffle(names)
    yield from names
    yield from (f"{name} {number}" for number in range(2, 99) for name in names)


def _company(
    chance: SeededRandom, segment: Segment, number: int, banks: Iterator[str], firms: Iterator[str]
) -> Company:
    country = "US"
    if segment is Segment.ABROAD:
        name, country = _ABROAD[number % len(_ABROAD)]
        name = name if number < len(_ABROAD) else f"{name} {number // len(_ABROAD) + 1}"
    elif segment is Segment.OTHER_INDUSTRY or (segment is Segment.NOT_IN_CRM and chance.happens(50)):
        name = next(firms)
    elif segment is Segment.COMPETITOR:
        name = ("Leadwright", "RouteForce", "Pipeflow", "Scorely")[number]
    elif segment is Segment.PARTNER:
        name = ("Island Dealers", "Northgate Consulting", "Beacon Integrators")[number]
    else:
        name = next(banks)
    domain = f"{ascii_word(name) or f'minato-{number}'}.example"
    return Company(name, domain, country, segment)


def _give_records(chance: SeededRandom, made: list[Company], start: datetime) -> None:
    for number, company in enumerate(made, start=1):
        if company.segment is Segment.NOT_IN_CRM:
            continue
        sic = chance.choice(_FIRM_SIC if company.segment is Segment.OTHER_INDUSTRY else _BANK_SIC)
        if company.segment in {Segment.COMPETITOR, Segment.PARTNER}:
            sic = "7372"
        millions = {
            Segment.TOO_SMALL: chance.randrange(20, 480),
            Segment.TOO_LARGE: chance.randrange(5_200, 90_000),
        }.get(company.segment, chance.randrange(510, 4_900))
        record: dict[str, Any] = {
            "event_id": f"crm-account-{number}-1",
            "occurred_at": (start - timedelta(days=chance.randrange(3, 400))).isoformat(),
            "crm_account_id": f"ACC-{number:05d}",
            "name": company.name,
            "domains": [company.domain],
            "sic": [sic],
            "naics": ["522110"] if sic.startswith("60") else [],
            "revenue": {"amount": millions * 1_000_000, "currency": "USD"},
            "employees": max(12, millions // 2),
            "country": company.country,
            "relationship": "prospect",
        }
        if company.segment in {Segment.COMPETITOR, Segment.PARTNER}:
            record["relationship"] = company.segment.value
        if company.segment is Segment.FACT_MISSING:
            del record["revenue"]
        company.record = record


def _give_relations(
    chance: SeededRandom, served: list[Company], start: datetime, owners: list[str], departed: str
) -> None:
    """Make some of the served banks customers, owned, orphaned, or give them an opportunity or a second domain."""
    plan = [("customer", 12), ("opportunity", 8), ("owned", 12), ("orphaned", 3), ("second_domain", 3)]
    left = iter(served)
    for tag, count in plan:
        for number in range(count):
            company = next(left)
            company.tags.add(tag)
            record = company.record or {}
            owner = owners[number % len(owners)]
            if tag in {"customer", "owned"}:
                record["owner_rep_id"] = owner
            if tag == "customer":
                record["relationship"] = "customer"
            if tag == "orphaned":
                record["owner_rep_id"] = departed
            if tag == "second_domain":
                record["domains"].append(company.domain.replace(".example", "-online.example"))
            if tag == "opportunity":
                opened = start - timedelta(days=chance.randrange(5, 90))
                record["open_opportunities"] = [
                    {
                        "opportunity_id": f"OPP-{number + 1:04d}",
                        "owner_rep_id": owner,
                        "opened_at": opened.isoformat(),
                    }
                ]
