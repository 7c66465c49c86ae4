"""Traffic of the demo's site that is not a visit: page views of robots, and heartbeats of open tabs.

In: the start and a seeded random generator. Out: records of web.activity.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from workers.demo.market.journeys import SITE, some_time
from workers.demo.market.market_record import MarketRecord, record_at
from workers.demo.market.seeded_random import SeededRandom

_AGENTS: Final = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/144.0.0.0 Safari/537.36",
)


def bot_traffic(
    chance: SeededRandom, start: datetime, robots: int, heartbeats: int
) -> Iterator[MarketRecord]:
    """Yield the records of ``robots`` sessions of robots, and of ``heartbeats`` heartbeats."""
    for robot in range(robots):
        at = some_time(chance, start)
        mark = {"user_agent": chance.choice(_AGENTS)} if robot % 2 else {"is_bot": True}
        for page in range(chance.randint(3, 12)):
            yield _record(
                f"robot-{robot}-{page}", f"robot-{robot}", at + timedelta(seconds=page), "page_view", **mark
            )
    for number in range(heartbeats):
        yield _record(f"beat-{number}", f"tab-{number % 40}", some_time(chance, start), "heartbeat")


def _record(event_id: str, browser: str, at: datetime, kind: str, **more: Any) -> MarketRecord:
    value = {"event_id": event_id, "occurred_at": at.isoformat(), "activity": kind, "anonymous_id": browser}
    return record_at("web.activity", browser, at, value | {"url": SITE + "/"} | more)
