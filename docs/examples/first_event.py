"""Write the records of a first hand-off to Kafka: a rep, a company, a page view, and a form that asks for a demo.

In: the environment variable KAFKA_BOOTSTRAP. Out: four records with JSON values. Any Kafka client in any language can
write them; no library of the lead router is needed. The people are invented: use a Kafka without production data.
"""

from __future__ import annotations

import asyncio
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

from aiokafka import AIOKafkaProducer

Event = tuple[str, str, dict[str, Any]]


def events(now: datetime) -> list[Event]:
    """Return topic, key and value of each record. ``now`` is a time with a time zone."""
    stamp = now.isoformat(timespec="milliseconds")
    run = f"{now:%Y%m%d%H%M%S}"
    earlier = (now - timedelta(minutes=2)).isoformat(timespec="milliseconds")
    ben = {"rep_id": "ben", "name": "Ben Ruiz", "desks": [{"desk": "inside_sales", "weight": 1}]}
    bank = {
        "crm_account_id": "001-harbor",
        "name": "Harbor National Bank",
        "domains": ["harbor-national.example"],
        "sic": ["6021"],
        "revenue": {"amount": "750000000", "currency": "USD"},
        "country": "US",
    }
    page = {
        "activity": "page_view",
        "anonymous_id": f"visitor-{run}",
        "url": "https://www.our-own.example/pricing",
    }
    form = {
        "form_id": "demo-request",
        "anonymous_id": f"visitor-{run}",
        "email": "ann.lee@harbor-national.example",
        "first_name": "Ann",
        "last_name": "Lee",
        "job_title": "Chief Information Officer",
        "job_function": "it",
        "request": "demo",
    }
    return [
        ("crm.reps", "ben", {"event_id": f"rep-{run}", "occurred_at": stamp, **ben}),
        ("crm.accounts", "001-harbor", {"event_id": f"account-{run}", "occurred_at": stamp, **bank}),
        ("web.activity", f"visitor-{run}", {"event_id": f"page-{run}", "occurred_at": earlier, **page}),
        ("form.fills", f"visitor-{run}", {"event_id": f"form-{run}", "occurred_at": stamp, **form}),
    ]


async def produce(bootstrap: str) -> None:
    """Write the records, those of the CRM first."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all") as producer:
        for topic, key, value in events(datetime.now(UTC)):
            await producer.send_and_wait(topic, json.dumps(value).encode(), key=key.encode())
            if topic == "crm.accounts":
                await asyncio.sleep(2)  # a form that is read before the CRM's records is routed without them


if __name__ == "__main__":
    asyncio.run(produce(os.environ.get("KAFKA_BOOTSTRAP", "127.0.0.1:9092")))
