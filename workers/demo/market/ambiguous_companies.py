"""Cases in which a domain does not identify a lead's company: free-mail addresses, and a domain that is sold.

In: people, companies, the start and a seeded random generator. Out: the people with the company names that they write
into forms, and later versions of two CRM records.
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

WRITES_COMPANY_PERCENT: Final = 30
"""Share of the people with a free-mail address who write a company name. Percent."""
PLACEHOLDER_PERCENT: Final = 25
"""Share of those people who write a text that is not a company. Percent."""
_MOVES_ON_DAY: Final = 8
_SPELLINGS: Final = ("{}", "{}, N.A.", "{} Inc.", "The {}")


def with_written_companies(chance: SeededRandom, crowd: list[Person], market: list[Company]) -> list[Person]:
    """Return the people. Some with a free-mail address have a written company.

    The text is the name of a company in the CRM, or a placeholder such as "n/a".
    """
    known = [company.name for company in market if company.segment is Segment.SERVED]
    return [
        replace(person, written_company=_company_text(chance, known))
        if person.persona is Persona.FREE_MAIL and chance.happens(WRITES_COMPANY_PERCENT)
        else person
        for person in crowd
    ]


def domain_sale(market: list[Company], start: datetime) -> Iterator[MarketRecord]:
    """Yield the CRM records of a sale: the second domain of one bank moves to another bank."""
    seller = next(company for company in market if "second_domain" in company.tags)
    buyer = [company for company in market if company.segment is Segment.SERVED and not company.tags][-1]
    sold = (seller.record or {})["domains"][-1]
    at = start + timedelta(days=_MOVES_ON_DAY, hours=15)
    yield _account_version(buyer, at, [buyer.domain, sold])
    yield _account_version(seller, at + timedelta(minutes=2), [seller.domain])


def _company_text(chance: SeededRandom, known: list[str]) -> str:
    if chance.happens(PLACEHOLDER_PERCENT):
        return chance.choice(("n/a", "self", "-"))
    name = chance.choice(known)
    return chance.choice(_SPELLINGS).format(name.upper() if chance.happens(20) else name)


def _account_version(company: Company, at: datetime, domains: list[str]) -> MarketRecord:
    record: dict[str, Any] = (company.record or {}) | {"domains": domains}
    named = {"event_id": f"{record['event_id']}-domains", "occurred_at": at.isoformat()}
    return record_at("crm.accounts", record["crm_account_id"], at, record | named)
