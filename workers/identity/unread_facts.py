"""Facts of input records that the contract allows but whose text cannot be read, as a country, a revenue or a headcount.

In: a record as the topic's model types it. Out: the record without such facts, and their names among the fields that could
not be read. A text that means "not given", as N/A does, is left out without a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from schemas.base import UnreadField
from schemas.crm_accounts import CrmAccount
from schemas.crm_contacts import CrmContact, EnrichedCompany
from schemas.form_fills import FormFill
from workers.identity.company_size import employees_range, revenue_range
from workers.identity.country_names import read_country
from workers.identity.founded_years import read_founded
from workers.identity.placeholders import is_placeholder

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.tolerant_parsing import Reading

_READERS: dict[str, Callable[[Any], object]] = {
    "country": read_country,
    "revenue": revenue_range,
    "employees": employees_range,
    "founded": read_founded,
}
"""The reader of each fact, which returns None for a value that it cannot read."""


def without_unread_facts(topic: str, reading: Reading) -> Reading:
    """Return the reading without facts that cannot be read. The same object if all of them can."""
    body = reading.body
    if isinstance(body, CrmContact) and body.company is not None:
        company, unread = _readable(topic, body.company, "company.")
        body = body if company is body.company else body.model_copy(update={"company": company})
    elif isinstance(body, CrmAccount | FormFill):
        body, unread = _readable(topic, body, "")
    else:
        return reading
    if body is reading.body:
        return reading
    named = {one.field: one for one in (*unread, *reading.unread)}
    return type(reading)(body, tuple(named[name] for name in sorted(named)))


def _readable(
    topic: str, record: CrmAccount | FormFill | EnrichedCompany, before: str
) -> tuple[Any, list[UnreadField]]:
    """Return a record without facts that cannot be read, and the fields that are to be named."""
    given = {name: value for name in _READERS if (value := getattr(record, name, None)) not in {None, ""}}
    lost = [name for name, value in given.items() if _READERS[name](value) is None]
    if not lost:
        return record, []
    unread = [
        UnreadField(topic=topic, field=f"{before}{name}")
        for name in lost
        if not (isinstance(given[name], str) and is_placeholder(given[name]))
    ]
    return record.model_copy(update=dict.fromkeys(lost)), unread
