"""Makes the generated markets for the silent sources: which streams they have, and their campaigns, imports and days off."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from math import exp
from zoneinfo import ZoneInfo

from tests.prove.source_market import WARM_WEEKS, WEEK, Market, Stream
from workers.demo.market.seeded_random import SeededRandom
from workers.silent_sources.hour_plan import HOUR_MS, HourPlan

ZONE = ZoneInfo("America/New_York")
_OFFICE_HOURS = [0.1] * 7 + [0.5, 2, 4, 5, 5, 4, 4.5, 5, 4.5, 3.5, 2, 1, 0.7, 0.6, 0.5, 0.3, 0.2]
_WORLDWIDE = [1.5] * 6 + [2, 2.5, 3, 4, 4, 4, 4, 4, 4, 4, 3.5, 3, 2.5, 2.5, 2, 2, 2, 1.5]
_DESKS = [0.0] * 8 + [2, 4, 5, 5, 3, 4, 5, 5, 4, 1, 0.2] + [0.0] * 5
_WEEK_DAYS = {"web": (1, 1.1, 1.1, 1.05, 0.85, 0.25, 0.3), "desk": (1, 1, 1, 1, 0.8, 0, 0)}


def make_market(seed: str, weeks: int, *, warm_weeks: int = WARM_WEEKS, pages: int = 16) -> Market:
    """Return a market without faults. ``weeks`` follow those in which its sources are learned. Each of the two sites has ``pages``."""
    chance = SeededRandom(seed)
    start = date(2024, 1, 1) + timedelta(days=chance.randrange(700))
    first_hour = int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp()) * 1000 // HOUR_MS
    market = Market(chance, first_hour, (warm_weeks + weeks) * WEEK, HourPlan(ZONE, ("US",)), warm_weeks)
    volume = exp(chance.gauss(0, 0.3))
    _add_pages(market, volume, pages)
    _add_forms(market, volume)
    _add_other_producers(market, volume)
    _add_campaigns(market, volume)
    day = market.plan.day_of(first_hour) + warm_weeks * 7 + chance.randrange(max(weeks * 7 - 5, 1))
    market.shutdown = range(day, day + 4)
    return market


def _profile(hours: list[float], days: tuple[float, ...]) -> tuple[float, ...]:
    weights = [day * hour for day in days for hour in hours]
    return tuple(weight / sum(weights) for weight in weights)


def _add_pages(market: Market, volume: float, pages: int) -> None:
    chance = market.chance
    for host, share in (("www.north.example", 0.65), ("www.south.example", 0.35)):
        profile = _profile(_OFFICE_HOURS if host == "www.north.example" else _WORLDWIDE, _WEEK_DAYS["web"])
        for rank in range(1, pages + 1):
            begins = market.first_hour
            if rank in (6, 11):  # a new page
                begins += chance.randrange(market.hours)
            fades, half_life = 1 << 40, 100.0
            if rank == 8:  # its traffic moves away for good, within some days
                fades, half_life = begins + chance.randrange(market.hours), 24.0 * chance.uniform(4, 20)
            market.streams.append(
                Stream(
                    "web.activity",
                    "site-tracker",
                    volume * share * 9_000 / rank / 3.4,
                    profile,
                    host,
                    f"/page-{rank}",
                    weekly_growth=chance.uniform(-0.015, 0.03),
                    day_variation=chance.uniform(0.05, 0.25),
                    clusters=chance.uniform(1.5, 4),
                    begins=begins,
                    fades_from=fades,
                    half_life_hours=half_life,
                )
            )


def _add_forms(market: Market, volume: float) -> None:
    chance = market.chance
    profile = _profile(_OFFICE_HOURS, _WEEK_DAYS["web"])
    names = (
        "newsletter",
        "demo",
        "trial",
        "contact",
        "pricing",
        "paper-a",
        "paper-b",
        "webinar",
        "partner",
        "careers",
    )
    for place, name in enumerate(names):
        for host, share in (("www.north.example", 0.6), ("www.south.example", 0.4)):
            if place % 3 == 2 and host == "www.south.example":
                continue
            market.streams.append(
                Stream(
                    "form.fills",
                    "form-server",
                    volume * share * 420 / (1 + place) ** 1.2,
                    profile,
                    host,
                    f"/{name}",
                    name,
                    weekly_growth=chance.uniform(-0.015, 0.03),
                    day_variation=chance.uniform(0.05, 0.25),
                )
            )


def _add_other_producers(market: Market, volume: float) -> None:
    chance = market.chance
    web = _profile(_OFFICE_HOURS, _WEEK_DAYS["web"])
    desk = _profile(_DESKS, _WEEK_DAYS["desk"])
    night = [0.0] * 24
    night[2] = 1.0
    nightly = _profile(night, (1, 1, 1, 1, 1, 1, 1))
    send_hour = [0.02] * 24
    send_hour[10:14] = [1.0, 0.5, 0.2, 0.1]
    mails = _profile(send_hour, (0.03, 1, 0.1, 1, 0.05, 0.02, 0.02))
    market.streams += [
        Stream("web.activity", "mail-tool", volume * 1_500, mails, day_variation=0.5, clusters=3),
        Stream("chat.conversations", "chat-box", volume * 60, web),
        Stream("sales.activities", "crm-plugin", volume * 600, desk, clusters=2, on_holidays=0.0),
        Stream(
            "crm.contacts",
            "crm-sync",
            volume * 2_500,
            nightly,
            day_variation=0.6,
            clusters=5,
            on_holidays=0.6,
        ),
        Stream(
            "crm.accounts", "crm-sync", volume * 300, nightly, day_variation=0.6, clusters=3, on_holidays=0.6
        ),
        Stream("crm.reps", "crm-sync", 2.0, nightly),
    ]
    for topic, events in (
        ("crm.contacts", 20_000),
        ("form.fills", 400),
    ):  # an import, and a robot that fills forms
        hour = market.first_hour + chance.randrange(market.hours - 1)
        once = (1 / WEEK,) * WEEK
        host, path, form = ("www.north.example", "/demo", "demo") if topic == "form.fills" else ("", "", "")
        market.streams.append(
            Stream(
                topic,
                "form-server" if form else "crm-sync",
                float(events * WEEK),
                once,
                host,
                path,
                form,
                begins=hour,
                ends=hour + 1,
            )
        )


def _add_campaigns(market: Market, volume: float) -> None:
    chance = market.chance
    profile = _profile(_OFFICE_HOURS, _WEEK_DAYS["web"])
    for number in range(max(2, market.hours // WEEK // 3)):
        begins = market.first_hour + chance.randrange(max(market.hours - 2 * WEEK, 1))
        ends = begins + chance.randrange(2 * WEEK, 7 * WEEK)
        page = Stream(
            "web.activity",
            "site-tracker",
            volume * chance.uniform(60, 900),
            profile,
            "www.north.example",
            f"/campaign-{chr(97 + number)}",
            clusters=2,
            begins=begins,
        )
        form = replace(
            page,
            topic="form.fills",
            producer="form-server",
            per_week=page.per_week * chance.uniform(0.05, 0.2),
            form=f"campaign-{chr(97 + number)}",
            clusters=1,
        )
        drawn = chance.random()
        both = [page, form]
        if drawn < 0.65:
            half_life = 24 * chance.uniform(2.5, 7)
            both = [replace(one, fades_from=ends, half_life_hours=half_life) for one in both]
        else:
            both = [replace(one, ends=ends) for one in both]
            for one in both:
                if drawn < 0.9:
                    market.announced[one.sources[-1]] = ends
                else:
                    market.unannounced.add(one.sources[-1])
        market.streams += both
