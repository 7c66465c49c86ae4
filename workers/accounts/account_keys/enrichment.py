"""What enrichment says of a company, where the CRM's account says nothing.

In: what came with contacts, and the CRM's record. Out: the company that the gates see. The CRM goes first, fact by fact;
of two enrichments the later by its own date holds, whoever of the account it came with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from workers.accounts.state.facts import Company, Fact
from workers.accounts.worth.facts import value_of

if TYPE_CHECKING:
    from schemas.crm_contacts import EnrichedCompany


def company_facts(said: EnrichedCompany, at_ms: int) -> tuple[Fact, ...]:
    """Return what is said of the company as facts; at most five, a blank is none."""
    revenue = said.revenue
    texts = {
        "country": (said.country or "").upper(),
        "employees": "" if said.employees is None else str(said.employees),
        "naics": " ".join(sorted(said.naics)),
        "revenue": f"{revenue.amount:f} {revenue.currency}" if revenue else "",
        "sic": " ".join(sorted(said.sic)),
    }
    return tuple(Fact(name, text, at_ms) for name, text in texts.items() if text)


def completed(company: Company | None, enriched: tuple[Fact, ...]) -> Company | None:
    """Return the company with its blanks filled; without a record in the CRM, one that enrichment alone knows."""
    if not enriched:
        return company
    made = company or Company(crm_account_id="")
    if not made.sic and not made.naics:
        made = replace(made, sic=_codes(enriched, "sic"), naics=_codes(enriched, "naics"))
    revenue = value_of(enriched, "revenue")
    if made.revenue is None and revenue is not None:
        amount, currency = revenue.split(" ")
        made = replace(made, revenue=amount, currency=currency)
    employees = value_of(enriched, "employees")
    if made.employees is None and employees is not None:
        made = replace(made, employees=int(employees))
    return replace(made, country=made.country or value_of(enriched, "country"))


def _codes(enriched: tuple[Fact, ...], name: str) -> tuple[str, ...]:
    return tuple((value_of(enriched, name) or "").split())
