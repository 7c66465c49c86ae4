"""The lowest and the highest size that a company can have, by what the CRM or an enrichment wrote.

In: the company as a row keeps it. Out: bounds, equal for an exact value; None for an unknown one. Nothing is decided here.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from workers.identity.amount_ranges import UNBOUNDED

if TYPE_CHECKING:
    from workers.accounts.state.facts import Company

Bounds = tuple[Decimal, Decimal]
"""The lowest and the highest value, both included."""


def revenue_bounds(company: Company | None, currency: str | None) -> Bounds | None:
    """Return the bounds of the yearly revenue. None if it is unknown or in another currency."""
    if company is None or company.revenue is None or company.currency != currency:
        return None
    return Decimal(company.revenue), Decimal(company.revenue_to or company.revenue)


def employees_bounds(company: Company | None) -> Bounds | None:
    """Return the bounds of the number of employees. None if it is unknown."""
    if company is None or company.employees is None:
        return None
    high = company.employees if company.employees_to is None else company.employees_to
    return Decimal(company.employees), Decimal(high)


def range_text(low: Decimal | str, high: Decimal | str) -> str:
    """Return an exact value or a range as text, as 51-200 or 1000+."""
    if low == high:
        return str(low)
    return f"{low}+" if str(high) == str(UNBOUNDED) else f"{low}-{high}"
