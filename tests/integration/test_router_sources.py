"""A mapped source in front of the router, under kill -9: each event once, and the CRM of the source is known first."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.structs import TopicPartition
from moments import Orders
from router import Router, Sent
from waiting import eventually

from workers.broker.topic_plan import create_topics
from workers.sources.mapping_files import load_folder
from workers.sources.record_mapping import map_value

pytestmark = pytest.mark.kafka

FOLDER = Path(__file__).parents[1] / "unit" / "sources" / "mappings"
START_MS = 1_772_618_400_000
PEOPLE = 24
HELD_OPEN = Orders(linger_ms=30)
NAMES = ["web.activity", "form.fills", "crm.accounts", "crm.reps", "lead.routing"]


def records() -> list[Sent]:
    account = {
        "id": "1",
        "name": "Alder Bank",
        "domain": "alder.example",
        "sic": ["6021"],
        "revenue": "$900M",
    }
    rep = {"id": "ben", "name": "Ben Ruiz", "desk": "inside_sales"}
    values: list[dict[str, Any]] = [
        {"id": "a", "kind": "account", "account": account},
        {"id": "r", "kind": "rep", "rep": rep},
    ]
    for number in range(PEOPLE):
        browser, email = f"b-{number}", f"p{number}@alder.example"
        values += [{"id": f"v{number}-{one}", "kind": "visit", "browser": browser} for one in range(4)]
        values.append(
            {"id": f"f{number}", "kind": "form", "browser": browser, "email": email, "title": "CIO"}
        )
    return [
        Sent("shop.events", str(value["id"]).encode(), json.dumps(value | {"time": at_ms}).encode(), at_ms)
        for number, value in enumerate(values)
        if (at_ms := START_MS + number * 1_000)
    ]


async def test_each_record_of_a_source_counts_once_under_kills(router: Router) -> None:
    settings = router.settings.model_copy(update={"sources": FOLDER})
    await create_topics(settings, keep_forever=True)
    sent = records()
    given = {"sources": FOLDER, "max_batch_records": 8}
    for number in range(2):
        await router.produce(sent[len(sent) * number // 2 : len(sent) * (number + 1) // 2])
        worker = router.start("a", orders=HELD_OPEN, **given)
        wanted = worker.moments.commits + 6
        await eventually(lambda: worker.moments.commits >= wanted, 120.0, "commits")  # noqa: B023
        await eventually(lambda: worker.moments.open_transactions > 0, 30.0, "an open transaction")  # noqa: B023
        worker.kill()
    router.start("a", **given)
    expected = {
        event.value["event_id"]: event.topic
        for one in sent
        for outcome in map_value(load_folder(FOLDER)[0], one.value or b"", one.timestamp_ms)
        for event in outcome.events
        if event.value is not None
    }
    found = await results(router, lambda events: len(hand_offs(events)) == PEOPLE)
    assert router.stop() == [0]
    written = [(one["event_id"], topic) for topic in NAMES[:4] for one in found[topic]]
    assert sorted(written) == sorted(expected.items())
    # The rep and the account come from the source too, and were known before its events were decided.
    assert {one["assignee"]["id"] for one in hand_offs(found)} == {"ben"}
    assert {one["crm_account_id"] for one in hand_offs(found)} == {"1"}


def hand_offs(events: dict[str, list[Any]]) -> list[Any]:
    return [one for one in events["lead.routing"] if one["action"] == "assigned"]


async def results(router: Router, is_done: Any) -> dict[str, list[Any]]:
    """Return the committed events of the topics, once they are complete."""
    found: dict[str, list[Any]] = {name: [] for name in NAMES}
    consumer = AIOKafkaConsumer(
        bootstrap_servers=router.bootstrap,
        enable_auto_commit=False,
        isolation_level="read_committed",
        auto_offset_reset="earliest",
    )
    async with consumer:
        consumer.assign([TopicPartition(name, one) for name in NAMES for one in range(router.partitions)])
        for _ in range(600):
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                for record in batch:
                    found[record.topic].append(json.loads(record.value or b"{}"))
            if is_done(found):
                return found
    raise AssertionError({name: len(events) for name, events in found.items()})
