"""The revenue and the number of employees of a company, as ranges.

In: values of the CRM or an enrichment: numbers, ranges and words. Out: a range, or None if the value cannot be read. A
revenue without a currency cannot be read.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from workers.identity.amount_ranges import (
    AmountRange,
    agreed_currency,
    read_currency,
    read_employees,
    read_range,
)

if TYPE_CHECKING:
    from schemas.crm_accounts import Revenue


def employees_range(value: str | int | None) -> AmountRange | None:
    """Return the numbers of employees that a value can mean. None if it is not given or cannot be read."""
    try:
        return None if value is None else read_employees(value)
    except ValueError:
        return None


def revenue_range(value: Revenue | str | None) -> AmountRange | None:
    """Return the amounts that a revenue can mean, with their currency. None if it is not given or cannot be read."""
    if value is None:
        return None
    amount, currency = (value, None) if isinstance(value, str) else (value.amount, value.currency)
    stated = read_currency(currency)
    if currency is not None and currency.strip() and stated is None:
        return None
    try:
        found = AmountRange(amount, amount) if isinstance(amount, Decimal) else read_range(amount)
    except ValueError:
        return None
    agreed = agreed_currency(stated, found.currency)
    return None if agreed is None else found._replace(currency=agreed)
