"""The demo's sales team: its reps, the changes in the CRM during the two weeks, and the team's answers.

In: companies, people, the start and a seeded random generator. Out: events of crm.reps, crm.accounts and
sales.activities. A hand-off's id is not known in advance, so sales answers by the lead's address.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any, Final

from workers.demo.market.companies import Company, Segment
from workers.demo.market.market_record import MarketRecord, record_at
from workers.demo.market.personas import Person
from workers.demo.market.seeded_random import SeededRandom

DEPARTED: Final = "rick"
OWNERS: Final = ["olga", "pavel", "renée"]
DESK: Final = "inside_sales"
# rep_id, name, weight at the inside sales desk (0: not a member), capacity (None: unlimited), deputy
_TEAM: Final = (
    ("dana", "Dana Whitfield", 0, None, None),
    ("mia", "Mia Österberg", 3, None, None),
    ("tom", "Tom Nguyen", 2, None, None),
    ("aisha", "Aïsha Diallo", 2, 6, None),
    ("jonas", "Jonas Keller", 1, None, None),
    ("lena", "Lena Wójcik", 1, 2, None),
    ("victor", "Victor Peña", 1, None, None),
    ("olga", "Olga Petrova", 0, None, "pavel"),
    ("pavel", "Pavel Novák", 0, None, "olga"),
    ("renée", "Renée Dubois", 0, None, "pavel"),
)
_AWAY: Final = {"jonas": (1, 5), "olga": (3, 6)}  # days after the start, end excluded
_SPEAKS: Final = {"lena": ["es"], "mia": ["es"]}
_KNOWS: Final = {"mia": ["large"], "tom": ["large"]}
_INACTIVE: Final = "victor"
_LEAVES: Final = ("renée", 8)
_REASONS: Final = ("not_now", "not_now", "unreachable", "wrong_person", "not_our_market", "duplicate")


def weights() -> dict[str, int]:
    """Return each rep's weight at the inside sales desk, by rep_id."""
    return {rep_id: weight for rep_id, _, weight, *_ in _TEAM if weight}


def names() -> dict[str, str]:
    """Return each rep's name, by rep_id."""
    return {rep_id: name for rep_id, name, *_ in _TEAM}


def reps(start: datetime) -> Iterator[MarketRecord]:
    """Yield the reps as the CRM holds them at the start."""
    for rep_id, *_ in _TEAM:
        yield _rep(rep_id, start, start - timedelta(minutes=50), active=rep_id != _INACTIVE)


def accounts(market: list[Company], start: datetime) -> Iterator[MarketRecord]:
    """Yield the accounts as the CRM holds them at the start."""
    for company in market:
        if company.record is not None:
            yield record_at(
                "crm.accounts", company.record["crm_account_id"], start - timedelta(hours=1), company.record
            )


def changes(chance: SeededRandom, market: list[Company], start: datetime) -> Iterator[MarketRecord]:
    """Yield the changes of reps and accounts in the CRM during the two weeks."""
    rep_id, left_on = _LEAVES
    yield _rep(rep_id, start, start + timedelta(days=left_on, hours=14), active=False)
    tagged = {
        tag: [c for c in market if tag in c.tags] for tag in ("owned", "orphaned", "customer", "opportunity")
    }
    free = [c for c in market if c.segment is Segment.SERVED and not c.tags]
    for company in [c for c in market if (c.record or {}).get("owner_rep_id") == rep_id]:
        yield _account_version(company, start + timedelta(days=left_on + 1, hours=15), owner_rep_id="olga")
    for company in tagged["owned"][:2]:
        yield _account_version(company, start + timedelta(days=4, hours=16), owner_rep_id="pavel")
    for company in free[:4]:
        yield _account_version(
            company, _business_time(chance, start, 3, 9), owner_rep_id=chance.choice(OWNERS[:2])
        )
    for number, company in enumerate(free[4:8]):
        at = _business_time(chance, start, 2, 9)
        opened = {
            "opportunity_id": f"OPP-9{number:03d}",
            "owner_rep_id": chance.choice(OWNERS[:2]),
            "opened_at": at.isoformat(),
        }
        yield _account_version(company, at, open_opportunities=[opened])
    for company in tagged["opportunity"][:2]:
        at = _business_time(chance, start, 5, 10)
        yield _account_version(
            company, at, relationship="customer", owner_rep_id="pavel", open_opportunities=[]
        )
    for company in tagged["orphaned"][:1]:
        yield _account_version(company, start + timedelta(days=7, hours=15), owner_rep_id="olga")
    for company in [c for c in market if c.segment is Segment.FACT_MISSING][:5]:
        amount = chance.randrange(300, 3_000) * 1_000_000
        yield _account_version(
            company, _business_time(chance, start, 4, 10), revenue={"amount": amount, "currency": "USD"}
        )
    gone = [c for c in market if c.segment is Segment.OTHER_INDUSTRY][:2]
    for company in gone:
        key = (company.record or {})["crm_account_id"]
        yield record_at("crm.accounts", key, start + timedelta(days=6, hours=20), None)


def answers(chance: SeededRandom, asked: list[tuple[Person, datetime]]) -> Iterator[MarketRecord]:
    """Yield the answers of sales about people who asked for sales.

    Some people are claimed before they ask. Some get no answer. The others are called or mailed, and most of them are then
    accepted, rejected, reassigned or returned.
    """
    for number, (person, when) in enumerate(asked):
        owner = ((person.company.record or {}) if person.company else {}).get("owner_rep_id") or "mia"
        at = when + timedelta(minutes=chance.choice((9, 20, 50, 150, 400, 1_500)))
        if chance.happens(6):
            yield _answer(number, "claimed", person, owner, when - timedelta(hours=chance.randrange(1, 5)))
        if chance.happens(15):
            continue
        yield _answer(number, "touched", person, owner, at, channel=chance.choice(("call", "mail")))
        at += timedelta(hours=chance.randrange(1, 30))
        outcome = chance.pick({"accepted": 50, "rejected": 20, "reassigned": 4, "returned": 2}, "silent")
        if outcome == "accepted":
            yield _answer(number, "accepted", person, owner, at)
            yield from _deal_answers(chance, number, person, owner, at)
        elif outcome == "returned":
            yield _answer(number, "returned", person, owner, at)
        elif outcome == "rejected":
            yield _answer(number, "rejected", person, owner, at, reason=chance.choice(_REASONS))
        elif outcome == "reassigned":
            yield _answer(number, "reassigned", person, owner, at, to_rep_id="tom")


def _deal_answers(
    chance: SeededRandom, number: int, person: Person, owner: str, at: datetime
) -> Iterator[MarketRecord]:
    """Yield the later answers about an accepted lead: some become opportunities, of which few are won in time."""
    if not chance.happens(60):
        return
    at += timedelta(hours=chance.randrange(4, 40))
    yield _answer(number, "sales_qualified", person, owner, at)
    if not chance.happens(45):
        return
    at += timedelta(hours=chance.randrange(8, 60))
    amount = chance.randrange(40, 400) * 1_000
    yield _answer(number, "opportunity_opened", person, owner, at, amount=amount, currency="USD")
    at += timedelta(hours=chance.randrange(24, 120))
    ending = chance.pick({"won": 25, "lost": 30}, "open")
    if ending == "won":
        yield _answer(number, "won", person, owner, at, amount=amount, currency="USD")
    elif ending == "lost":
        yield _answer(number, "lost", person, owner, at)


def _rep(rep_id: str, start: datetime, at: datetime, *, active: bool) -> MarketRecord:
    _, name, weight, capacity, deputy = next(row for row in _TEAM if row[0] == rep_id)
    record: dict[str, Any] = {
        "event_id": f"crm-rep-{rep_id}-{int(at.timestamp())}",
        "occurred_at": at.isoformat(),
        "rep_id": rep_id,
        "name": name,
        "active": active,
        "desks": [],
    }
    if weight:
        record["desks"] = [{"desk": DESK, "weight": weight} | ({"capacity": capacity} if capacity else {})]
    if languages := _SPEAKS.get(rep_id):
        record["languages"] = languages
    if segments := _KNOWS.get(rep_id):
        record["segments"] = segments
    if deputy:
        record["deputy_rep_id"] = deputy
    if rep_id != "dana":
        record["manager_rep_id"] = "dana"
    if away := _AWAY.get(rep_id):
        begins, ends = (start + timedelta(days=day) for day in away)
        record["absences"] = [{"starts_at": begins.isoformat(), "ends_at": ends.isoformat()}]
    return record_at("crm.reps", rep_id, at, record)


def _account_version(company: Company, at: datetime, **facts: Any) -> MarketRecord:
    """Return a new version of an account's record."""
    record = deepcopy(company.record or {}) | facts
    record |= {"event_id": f"{record['event_id']}-{int(at.timestamp())}", "occurred_at": at.isoformat()}
    return record_at("crm.accounts", record["crm_account_id"], at, record)


def _business_time(chance: SeededRandom, start: datetime, first_day: int, last_day: int) -> datetime:
    """Return a random time in office hours: 14 to 21 hours after ``start``, plus ``first_day`` to ``last_day`` days."""
    return start + timedelta(days=chance.randint(first_day, last_day), hours=chance.randint(14, 21))


def _answer(number: int, action: str, person: Person, rep_id: str, at: datetime, **more: Any) -> MarketRecord:
    value = {
        "event_id": f"sales-{number}-{action}",
        "occurred_at": at.isoformat(),
        "action": action,
        "email": person.email,
        "rep_id": rep_id,
        **more,
    }
    return record_at("sales.activities", person.email, at + timedelta(seconds=2), value)
