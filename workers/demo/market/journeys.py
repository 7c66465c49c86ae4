"""The activities of visitors: page views, downloads, webinars, e-mail clicks and forms, at business hours.

In: a person (or none, for a visitor who stays anonymous), the start and a seeded random generator. Out: records of
web.activity and form.fills. Each arrives 0.15 to 3 seconds after its event.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from workers.demo.market.market_record import MarketRecord, record_at
from workers.demo.market.personas import Person, Persona
from workers.demo.market.seeded_random import SeededRandom

DAYS: Final = 14
SITE: Final = "https://www.our-own.example"
_PAGES: Final = (
    *("/", "/", "/product", "/product/routing", "/product/scoring", "/customers", "/blog/what-is-an-mql"),
    *("/blog/speed-to-lead", "/pricing", "/about", "/résumé-of-2025", "/docs/getting-started"),
)
_PAPERS: Final = ("core-banking-trends-2026", "lead-routing-guide", "roi-of-speed")
_CAMPAIGNS: Final = (
    {"name": "spring-banks", "source": "linkedin", "medium": "paid"},
    {"name": "cio-letter", "source": "newsletter", "medium": "email"},
    {"name": "brand-search", "source": "google", "medium": "cpc"},
    {"name": "Frühjahrsaktion", "source": "partner", "medium": "referral"},
)
_DAY_WEIGHTS: Final = (10, 11, 11, 10, 8, 2, 2)
_HOUR_WEIGHTS: Final = (1, 1, 1, 1, 1, 1, 1, 2, 4, 6, 8, 9, 9, 9, 9, 8, 7, 5, 4, 3, 3, 2, 2, 1)
_EST: Final = timedelta(hours=5)


def some_time(chance: SeededRandom, start: datetime, last_day: int = DAYS) -> datetime:
    """Return a random time of the two weeks, mostly at business hours. ``start`` is midnight UTC."""
    day = chance.choices(range(last_day), [_DAY_WEIGHTS[day % 7] for day in range(last_day)])[0]
    hour = chance.choices(range(24), _HOUR_WEIGHTS)[0]
    at = start + timedelta(days=day, hours=hour, seconds=chance.randrange(3_600)) + _EST
    return min(at, start + timedelta(days=last_day, hours=-1))


class Journeys:
    """A generator of visit records. Its ids count up."""

    def __init__(self, chance: SeededRandom, start: datetime) -> None:
        self._chance = chance
        self._start = start
        self._events = 0
        self._visitors = 0
        self.sales_requests: list[tuple[Person, datetime]] = []
        """People who asked for sales or attended a webinar, each with the time."""
        self.call_causes: list[tuple[Person, datetime]] = []
        """People who did something that may lead to a hand-off, each with the time."""

    def new_browser(self) -> str:
        """Return a fresh anonymous_id."""
        self._visitors += 1
        return f"anon-{self._visitors:05d}"

    def page_views(
        self, browser: str | None, at: datetime, pages: int, page: str | None = None
    ) -> Iterator[MarketRecord]:
        """Yield the page views of one session."""
        session = f"s-{self._events}"
        campaign = self._chance.choice(_CAMPAIGNS) if self._chance.happens(30) else None
        for _ in range(pages):
            url = SITE + (page or self._chance.choice(_PAGES))
            seconds = self._chance.randrange(4, 240)
            more: dict[str, Any] = {"url": url, "session_id": session, "duration_seconds": seconds}
            if campaign:
                more["campaign"] = campaign
            yield self.activity_record("page_view", at, browser, None, **more)
            at += timedelta(seconds=seconds)

    def anonymous_visits(self) -> Iterator[MarketRecord]:
        """Yield the visits of one visitor who stays anonymous."""
        browser = self.new_browser()
        for _ in range(self._chance.choices((1, 2, 3), (7, 2, 1))[0]):
            at = some_time(self._chance, self._start)
            yield from self.page_views(browser, at, self._chance.choices(range(1, 13), range(12, 0, -1))[0])

    def person_visits(self, person: Person, browser: str | None = None) -> Iterator[MarketRecord]:
        """Yield the visits of one person. ``browser`` is the anonymous_id if the person shares a browser."""
        chance = self._chance
        mine = browser or self.new_browser()
        first = some_time(chance, self._start, DAYS - 3)
        if person.persona is Persona.JOB_SEEKER:
            yield from self.page_views(mine, first, chance.randint(2, 6), "/careers/engineer")
        yield from self.page_views(mine, first, chance.randint(1, 6))
        at = first + timedelta(minutes=chance.randrange(2, 30))
        if chance.happens(75):
            yield self.form_record(person, mine, at, "content", "whitepaper")
            yield self.activity_record(
                "download", at + timedelta(seconds=20), mine, None, asset=chance.choice(_PAPERS)
            )
        else:
            yield self.activity_record(
                "email_clicked", at, mine, person.email, url=SITE + "/product", campaign=_CAMPAIGNS[1]
            )
            self.call_causes.append((person, at))
        yield from self._later_visits(person, mine, at)

    def _later_visits(self, person: Person, browser: str, at: datetime) -> Iterator[MarketRecord]:
        """Yield later visits: several for a few people, none for most."""
        chance = self._chance
        eager = {Persona.BUYER: 50, Persona.STUDENT: 80, Persona.SPY: 60}.get(person.persona, 25)
        end = self._start + timedelta(days=DAYS, hours=-1)
        if chance.happens(eager):
            for _ in range(chance.randint(1, 3)):
                at = min(at + timedelta(hours=chance.choice((3, 22, 25, 49, 70))), end)
                device = browser if chance.happens(80) else self.new_browser()
                # The router links a second device to the person when they click an e-mail on it.
                if device != browser:
                    yield self.activity_record(
                        "email_clicked", at, device, person.email, url=SITE + "/", campaign=_CAMPAIGNS[1]
                    )
                yield from self.page_views(device, at, chance.randint(3, 9))
                yield from self.page_views(
                    device, at + timedelta(minutes=40), chance.randint(1, 3), "/pricing"
                )
                paper = chance.choice(_PAPERS)
                yield self.activity_record(
                    "download", at + timedelta(minutes=50), device, None, asset=paper, duration_seconds=30
                )
                self.call_causes += [(person, at), (person, at + timedelta(minutes=50))]
            if chance.happens(60):
                when = min(at + timedelta(hours=6), end)
                yield self.form_record(person, None, when, "content", "webinar-signup")
                yield self.activity_record(
                    "webinar_registered", when, None, person.email, asset="webinar-march"
                )
                yield self.activity_record(
                    "webinar_attended",
                    min(when + timedelta(hours=20), end),
                    None,
                    person.email,
                    asset="webinar-march",
                )
                self.sales_requests.append((person, min(when + timedelta(hours=21), end)))
                self.call_causes.append((person, min(when + timedelta(hours=20), end)))
        if chance.happens(16 if person.persona is Persona.BUYER else 5):
            when = min(at + timedelta(hours=2), end)
            yield self.form_record(
                person, browser, when, chance.choice(("demo", "demo", "pricing", "contact_sales")), "contact"
            )
            self.sales_requests.append((person, when))
        elif person.company and "customer" in person.company.tags and chance.happens(30):
            yield self.form_record(person, browser, min(at + timedelta(hours=3), end), "support", "help")

    def activity_record(
        self, kind: str, at: datetime, browser: str | None, email: str | None, **more: Any
    ) -> MarketRecord:
        """Return one record of web.activity."""
        value = self._event("web", at) | {"activity": kind} | more
        if browser:
            value["anonymous_id"] = browser
        if email:
            value["email"] = email
        return record_at("web.activity", browser or email, self._arrival(at), value)

    def form_record(
        self, person: Person, browser: str | None, at: datetime, request: str, form_id: str
    ) -> MarketRecord:
        """Return one record of form.fills with this person's facts."""
        chance = self._chance
        self.call_causes.append((person, at))
        fields: dict[str, Any] = {
            "form_id": form_id,
            "anonymous_id": browser,
            "email": person.email.upper() if chance.happens(3) else person.email,
            "first_name": person.first,
            "last_name": person.last,
            "company": person.company.name if person.company else person.written_company,
            "job_title": person.title,
            "job_function": person.function,
            "country": person.country,
            "request": request,
            "campaign": chance.choice(_CAMPAIGNS) if chance.happens(40) else None,
        }
        value = self._event("form", at) | {name: fact for name, fact in fields.items() if fact is not None}
        return record_at("form.fills", browser or person.email, self._arrival(at), value)

    def _event(self, kind: str, at: datetime) -> dict[str, Any]:
        self._events += 1
        offset = timedelta(hours=-5) if self._events % 3 else timedelta()
        sign = "-05:00" if offset else "+00:00"
        stamp = (at + offset).replace(tzinfo=None).isoformat(timespec="milliseconds") + sign
        return {"event_id": f"{kind}-{self._events:06d}", "occurred_at": stamp}

    def _arrival(self, at: datetime) -> datetime:
        return at + timedelta(milliseconds=self._chance.randrange(150, 3_000))
