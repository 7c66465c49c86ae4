"""What the demo's visitors say to the banner: most say nothing that is sent on, some agree, a few refuse.

In: records of visits and a seeded source of chance. Out: the same records, with the consent of their browser or person:
whoever refuses to be tracked does so with every record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from workers.demo.market.market_record import MarketRecord
from workers.demo.market.seeded_random import SeededRandom

_TRACKING: Final = {"refuses": 5, "agrees": 25}
_MARKETING: Final = {"refuses": 4, "agrees": 30}


def with_consent(chance: SeededRandom, visits: Iterable[MarketRecord]) -> Iterator[MarketRecord]:
    """Return the records, each with what its visitor agrees to; forms say so of both purposes."""
    tracking: dict[str, str] = {}
    for record in visits:
        if not isinstance(record.value, dict) or record.key is None:
            yield record
            continue
        said = tracking.get(record.key)
        if said is None:
            said = tracking[record.key] = chance.pick(_TRACKING, "silent")
        consent = {} if said == "silent" else {"tracking": said == "agrees"}
        if record.topic == "form.fills":
            answer = chance.pick(_MARKETING, "silent")
            consent |= {} if answer == "silent" else {"marketing": answer == "agrees"}
        yield record._replace(value=record.value | {"consent": consent}) if consent else record
