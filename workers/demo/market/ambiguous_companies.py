"""Whose company is it, in the demo: people with free mail who name one of the CRM, and a domain that changes hands.

In: people, companies, the start and a seeded source of chance. Out: the people with what they write as their company,
and later versions of two CRM records.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

from workers.demo.market.companies import Company, Segment
from workers.demo.market.market_record import MarketRecord, record_at
from workers.demo.market.personas import Person, Persona
from workers.demo.market.seeded_random import SeededRandom

NAMES_PERCENT: Final = 30
"""Of the people with free mail."""
NO_COMPANY_PERCENT: Final = 25
"""Of those who name something."""
_MOVES_ON_DAY: Final = 8
_SPELLINGS: Final = ("{}", "{}, N.A.", "{} Inc.", "The {}")


def with_written_companies(chance: SeededRandom, crowd: list[Person], market: list[Company]) -> list[Person]:
    """Return the people, some of those with free mail with the name of a company; some write that it is none."""
    known = [company.name for company in market if company.segment is Segment.SERVED]
    return [
        replace(person, written_company=_says(chance, known))
        if person.persona is Persona.FREE_MAIL and chance.happens(NAMES_PERCENT)
        else person
        for person in crowd
    ]


def domain_sale(market: list[Company], start: datetime) -> Iterator[MarketRecord]:
    """A bank sells its online business: its second domain belongs to another one from then on."""
    seller = next(company for company in market if "second_domain" in company.tags)
    buyer = [company for company in market if company.segment is Segment.SERVED and not company.tags][-1]
    sold = (seller.record or {})["domains"][-1]
    at = start + timedelta(days=_MOVES_ON_DAY, hours=15)
    yield _version(buyer, at, [buyer.domain, sold])
    yield _version(seller, at + timedelta(minutes=2), [seller.domain])


def _says(chance: SeededRandom, known: list[str]) -> str:
    if chance.happens(NO_COMPANY_PERCENT):
        return chance.choice(("n/a", "self", "-"))
    name = chance.choice(known)
    return chance.choice(_SPELLINGS).format(name.upper() if chance.happens(20) else name)


def _version(company: Company, at: datetime, domains: list[str]) -> MarketRecord:
    record: dict[str, Any] = (company.record or {}) | {"domains": domains}
    named = {"event_id": f"{record['event_id']}-domains", "occurred_at": at.isoformat()}
    return record_at("crm.accounts", record["crm_account_id"], at, record | named)
