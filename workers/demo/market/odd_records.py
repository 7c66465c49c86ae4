"""Odd records of the demo's market: countries written out, fillers, wrong types, old CRM versions, mail scanners.

In: visits, CRM records and people. Out: some of the visits with odd fields, and further records. A share of real input
looks like this. The event ids of all odd records begin with ODD, so that the report can count what became of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from workers.demo.market.journeys import SITE, some_time
from workers.demo.market.market_record import MarketRecord, record_at
from workers.demo.market.personas import Person
from workers.demo.market.seeded_random import SeededRandom

ODD: Final = "odd-"
"""Begin of the event_id of an odd record."""
FORMS_PERCENT: Final = 5
"""Share of the forms with odd fields. Percent."""
VISITS_PERCENT: Final = 1.5
"""Share of the other visits with odd fields. Percent."""
SCANNED_MAILS: Final = 40
"""Number of mails whose links a mail server follows."""
OLD_VERSIONS: Final = 15
"""Number of CRM accounts of which an older version arrives late."""

_COUNTRIES: Final = {
    "US": ("United States", "U.S.A.", "Vereinigte Staaten", "États-Unis", "アメリカ合衆国", "usa"),
    "DE": ("Germany", "Deutschland", "Allemagne"),
    "AT": ("Österreich", "Austria"),
    "BR": ("Brasil", "Brazil"),
    "FR": ("France", "Frankreich"),
}
"""Countries as people write them."""
_FILLERS: Final = ("n/a", "-", "", "undefined", None)
_REQUESTS: Final = {"demo": "book_a_demo", "pricing": "Pricing", "contact_sales": "talk-to-sales"}
_OF_FORMS: Final[tuple[dict[str, Any], ...]] = (
    {"anonymous_id": "undefined", "phone": "n/a"},
    {"phone": 2125550134, "language": "English"},
    {"campaign": "spring", "postal_code": "00000"},
    {"consent": {"tracking": "yes"}, "url": None},
    {"first_name": "", "last_name": " ", "company": "-"},
    {"job_function": ["it"], "phone": "+1 (212) 555-0134 ext. 7"},
)
_OF_VISITS: Final[tuple[dict[str, Any], ...]] = (
    {"duration_seconds": "12"},
    {"campaign": {"name": None, "source": ""}},
    {"url": "", "asset": None},
    {"session_id": 0, "is_bot": "no"},
)


def with_odd_fields(chance: SeededRandom, visits: list[MarketRecord]) -> Iterator[MarketRecord]:
    """Yield the visits, some of them with odd fields. Each still names its person or its browser."""
    for record in visits:
        value = record.value
        if not isinstance(value, dict):
            yield record
        elif record.topic == "form.fills" and chance.happens(FORMS_PERCENT):
            yield record._replace(value=_odd_form(chance, value))
        elif record.topic == "web.activity" and "campaign" not in value and chance.happens(VISITS_PERCENT):
            yield record._replace(value=_named_odd(value) | chance.choice(_OF_VISITS))
        else:
            yield record


def scanned_mails(chance: SeededRandom, crowd: list[Person], start: datetime) -> Iterator[MarketRecord]:
    """Yield mails, each delivered, followed by a scanner within seconds, and sometimes clicked by the person."""
    for number in range(SCANNED_MAILS):
        person, at = chance.choice(crowd), some_time(chance, start)
        mail = {"message_id": f"mail-{number}", "campaign": {"name": "cio-letter", "medium": "email"}}
        links = chance.randint(3, 6)
        yield _mail_record(f"{number}-sent", person, at, "email_delivered", mail)
        clicks = [(at + timedelta(seconds=1 + link / 2), link) for link in range(links)]
        if chance.happens(40):
            clicks.append((at + timedelta(minutes=chance.randint(5, 90)), 0))
        for click, (when, link) in enumerate(clicks):
            more = mail | {"url": f"{SITE}/letter/{link}", "links_in_message": links}
            yield _mail_record(f"{number}-{click}", person, when, "email_clicked", more)


def late_versions(chance: SeededRandom, known: list[MarketRecord], start: datetime) -> Iterator[MarketRecord]:
    """Yield older versions of CRM accounts that arrive during the two weeks, with odd facts. They change nothing."""
    accounts = [
        record for record in known if record.topic == "crm.accounts" and isinstance(record.value, dict)
    ]
    for number, record in enumerate(chance.sample(accounts, OLD_VERSIONS)):
        value = dict(record.value) if isinstance(record.value, dict) else {}
        dated = datetime.fromisoformat(value["occurred_at"]) - timedelta(days=200)
        odd = {"revenue": "n/a", "employees": "51-200", "country": "Unknown", "relationship": "Lead"}
        value |= odd | {"event_id": f"{ODD}crm-account-{number}", "occurred_at": dated.isoformat()}
        yield record_at("crm.accounts", record.key, some_time(chance, start), value)


def _odd_form(chance: SeededRandom, value: dict[str, Any]) -> dict[str, Any]:
    odd = _named_odd(value) | chance.choice(_OF_FORMS)
    country = value.get("country")
    if country in _COUNTRIES:
        odd["country"] = chance.choice(_COUNTRIES[country])
    if "job_title" not in value:
        odd["job_title"] = chance.choice(_FILLERS)
    odd["request"] = _REQUESTS.get(value["request"], value["request"])
    return odd


def _named_odd(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"event_id": f"{ODD}{value['event_id']}"}


def _mail_record(name: str, person: Person, at: datetime, kind: str, more: dict[str, Any]) -> MarketRecord:
    value = {"event_id": f"{ODD}mail-{name}", "occurred_at": at.isoformat(timespec="milliseconds")}
    value |= {"activity": kind, "email": person.email} | more
    return record_at("web.activity", person.email, at + timedelta(milliseconds=300), value)
