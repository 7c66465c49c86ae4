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
from workers.identity.country_names import read_country

if TYPE_CHECKING:
    from schemas.crm_contacts import EnrichedCompany


def company_facts(company: EnrichedCompany, at_ms: int) -> tuple[Fact, ...]:
    """Return the enriched company's facts with their date. A blank makes no fact. At most 5."""
    revenue = company.revenue
    texts = {
        "country": read_country(company.country) or "",
        "employees": "" if company.employees is None else str(company.employees),
        "naics": " ".join(sorted(company.naics)),
        "revenue": f"{revenue.amount:f} {revenue.currency}" if revenue else "",
        "sic": " ".join(sorted(company.sic)),
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
        amount, currency = revenue.split(" ")
        made = replace(made, revenue=amount, currency=currency)
    employees = value_of(enriched, "employees")
    if made.employees is None and employees is not None:
        made = replace(made, employees=int(employees))
    return replace(made, country=made.country or value_of(enriched, "country"))


def _codes_of(enriched: tuple[Fact, ...], name: str) -> tuple[str, ...]:
    """Return the industry codes of a fact. They are stored as one text, separated by spaces."""
    return tuple((value_of(enriched, name) or "").split())
