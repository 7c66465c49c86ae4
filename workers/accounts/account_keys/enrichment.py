"""Facts of a company from enrichment. They fill the blanks of the CRM record.

In: the enriched company of a contact record, and the CRM record. Out: the company that the gates check. A fact of the
CRM takes precedence. Of two enrichments the one with the later date holds, whichever contact carried it. It writes
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.state.facts import Company, Fact
from workers.accounts.worth.facts import value_of
from workers.identity.company_size import employees_range, revenue_range
from workers.identity.country_names import read_country
from workers.identity.founded_years import read_founded
from workers.identity.industry_codes import codes_of, industry_word
from workers.identity.placeholders import is_placeholder

if TYPE_CHECKING:
    from schemas.crm_contacts import EnrichedCompany
    from workers.identity.amount_ranges import AmountRange


def company_facts(company: EnrichedCompany, at_ms: int) -> tuple[Fact, ...]:
    """Return the enriched company's facts with their date. A blank makes no fact. At most 8."""
    revenue, employees = revenue_range(company.revenue), employees_range(company.employees)
    texts = {
        "country": read_country(company.country) or "",
        "employees": "" if employees is None else _bounds(employees),
        "founded": str(read_founded(company.founded) or ""),
        "industry": industry_word(company.industry, (*company.sic, *company.naics)) or "",
        "naics": " ".join(codes_of(company.naics)),
        "region": "" if is_placeholder(company.region or "") else (company.region or "").upper(),
        "revenue": "" if revenue is None else f"{_bounds(revenue)} {revenue.currency}",
        "sic": " ".join(codes_of(company.sic)),
    }
    return tuple(Fact(name, text, at_ms) for name, text in texts.items() if text)


def complete_company(company: Company | None, enriched: tuple[Fact, ...]) -> Company | None:
    """Return the company with its blanks filled. Without a CRM record, return one that only enrichment knows."""
    if not enriched:
        return company
    made = company or Company(crm_account_id="")
    if not made.sic and not made.naics:
        made = replace(made, sic=_codes_of(enriched, "sic"), naics=_codes_of(enriched, "naics"))
    revenue = value_of(enriched, "revenue")
    if made.revenue is None and revenue is not None:
        amounts, currency = revenue.split(" ")
        low, _, high = amounts.partition("-")
        made = replace(made, revenue=low, revenue_to=high or None, currency=currency)
    employees = value_of(enriched, "employees")
    if made.employees is None and employees is not None:
        low, _, high = employees.partition("-")
        made = replace(made, employees=int(low), employees_to=int(high) if high else None)
    founded = value_of(enriched, "founded")
    if made.founded is None and founded is not None:
        made = replace(made, founded=int(founded))
    return replace(
        made,
        country=made.country or value_of(enriched, "country"),
        region=made.region or value_of(enriched, "region"),
        industry=made.industry or value_of(enriched, "industry"),
    )


def _bounds(found: AmountRange) -> str:
    """Return an exact amount, or the bounds of a range with a hyphen between them."""
    return f"{found.low:f}" if found.low == found.high else f"{found.low:f}-{found.high:f}"


def _codes_of(enriched: tuple[Fact, ...], name: str) -> tuple[str, ...]:
    """Return the industry codes of a fact. They are stored as one text, separated by spaces."""
    return tuple((value_of(enriched, name) or "").split())
