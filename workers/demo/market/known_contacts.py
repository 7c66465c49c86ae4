"""The contacts of the demo's CRM: existing contacts, late enrichment, and a few with do_not_contact.

In: people, the start and a seeded random generator. Out: records of crm.contacts. The topic is compacted, so a person
rarely has more than one version.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from workers.demo.market.market_record import MarketRecord, record_at
from workers.demo.market.personas import Person
from workers.demo.market.seeded_random import SeededRandom

KNOWN_PERCENT: Final = 22
"""Share of the people with an account in the CRM who are contacts from the start. Percent."""
ENRICHED_LATE_PERCENT: Final = 35
"""Share of the people without a title in their form whose title arrives later. Percent."""
DO_NOT_CONTACT_PERCENT: Final = 6
"""Share of the existing contacts that must not be contacted. Percent."""
_LATE_TITLES: Final = (
    ("Chief Operating Officer", "operations"),
    ("IT Director", "it"),
    ("Branch Teller", "retail"),
)


def known_contacts(chance: SeededRandom, crowd: list[Person], start: datetime) -> Iterator[MarketRecord]:
    """Yield the contacts of the two weeks. Existing contacts arrive before the start."""
    for number, person in enumerate(crowd):
        company = (person.company.record if person.company else None) or {}
        if not company:
            continue
        ids = {"crm_contact_id": f"CON-{number:05d}", "crm_account_id": company["crm_account_id"]}
        if chance.happens(KNOWN_PERCENT):
            facts: dict[str, Any] = ids | {"first_name": person.first, "last_name": person.last}
            if person.title:
                facts["job_title"] = person.title
            if chance.happens(DO_NOT_CONTACT_PERCENT):
                facts["do_not_contact"] = True
            yield _contact(person, number, start - timedelta(minutes=30), facts)
        elif person.title is None and chance.happens(ENRICHED_LATE_PERCENT):
            title, function = chance.choice(_LATE_TITLES)
            at = start + timedelta(days=chance.randint(6, 12), hours=chance.randint(14, 21))
            yield _contact(person, number, at, ids | {"job_title": title, "job_function": function})


def _contact(person: Person, number: int, at: datetime, facts: dict[str, Any]) -> MarketRecord:
    value = {
        "event_id": f"crm-contact-{number}-{int(at.timestamp())}",
        "occurred_at": at.isoformat(),
        "email": person.email,
        **facts,
    }
    return record_at("crm.contacts", person.email, at, value)
