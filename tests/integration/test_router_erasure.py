"""A person is erased from a live router: neither the broker's state nor the workers' files contain the address."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.structs import TopicPartition
from router import KEY, Router, Sent, of_line
from tape import Tape
from waiting import eventually

from schemas.topics import DEAD_LETTERS, LEAD_SCORES
from tests.scenarios.story import Story
from workers.engine.context import changelog_topic
from workers.identity.addresses import normalise
from workers.identity.lead_ids import lead_id_of

pytestmark = pytest.mark.kafka

ADDRESS_TEXT = "zyxwvut-erased"
"""The text that is searched for. Compression keeps the first occurrence of a text in a block as plain bytes."""
FREE, BUSINESS = f"{ADDRESS_TEXT}@gmail.com", f"{ADDRESS_TEXT}@harbor.example"
AT_ONCE = {
    "max.compaction.lag.ms": "200",
    "min.cleanable.dirty.ratio": "0.01",
    "segment.ms": "100",
    "segment.bytes": "52428800",  # as planned: a worker refuses longer segments of a changelog
}
SETTLE_S = 120.0
FILLS = 300
"""Most records that are written to trigger the log cleaner."""


async def compact_at_once(router: Router, topics: list[str]) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=router.bootstrap)
    await admin.start()
    try:
        for topic in topics:
            kept = {"delete.retention.ms": str(86_400_000), "retention.ms": "-1"}
            policy = "compact,delete" if topic == DEAD_LETTERS.name else "compact"
            config = AT_ONCE | kept | {"cleanup.policy": policy}
            await admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, config)])
    finally:
        await admin.close()


async def raw(router: Router, topics: list[str]) -> list[tuple[str, bytes]]:
    """Return (topic, key and value) of every record that the broker still has, including aborted ones."""
    partitions = [TopicPartition(topic, one) for topic in topics for one in range(router.partitions)]
    consumer = AIOKafkaConsumer(
        bootstrap_servers=router.bootstrap, enable_auto_commit=False, isolation_level="read_uncommitted"
    )
    await consumer.start()
    try:
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[tuple[str, bytes]] = []
        while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [(one.topic, (one.key or b"") + b" " + (one.value or b"")) for one in records]
        return found
    finally:
        await consumer.stop()


def has_address(content: bytes) -> bool:
    encoded = [b64encode((pad + ADDRESS_TEXT).encode())[4:-4] for pad in ("", "a", "aa")]
    return any(one in content for one in (ADDRESS_TEXT.encode(), *encoded))


def files_with_a_trace(folder: Path) -> list[str]:
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and ADDRESS_TEXT.encode() in path.read_bytes()
    ]


def split_story(story: Story) -> tuple[list[Sent], list[Sent], list[Sent]]:
    """Return the records before the erasures, the erasures, and the records after them."""
    story.rep("mia")
    story.bank("harbor")
    for number in range(6):  # browsers of every partition
        story.activity("page_view", "tue 09:00", anonymous_id=f"b{number}", email=BUSINESS)
    story.form(BUSINESS, "tue 10:00", "demo", last_name="Erased")
    story.form(FREE, "tue 10:01", "demo")
    story.form("bob@harbor.example", "tue 10:02", "demo")
    stamp = of_line(story._lines[-1]).timestamp_ms
    for email in (FREE, BUSINESS):
        line = {"topic": "form.fills", "key": email, "timestamp": stamp, "value": f'{{"email": "{email}" cut'}
        story.line(json.dumps(line))
    before = len(story._lines)
    story.erasure(BUSINESS, "tue 11:00")
    story.erasure(FREE, "tue 11:01")
    erasures = len(story._lines)
    for number in range(6):
        story.activity("download", "tue 12:00", anonymous_id=f"b{number}")
    for at in (6, 7, 8, 9):  # page views and forms, sent a second time with other ids
        again = json.loads(story._lines[at])
        again["value"]["event_id"] += "-second"
        again["timestamp"] = of_line(story._lines[-1]).timestamp_ms
        story.line(json.dumps(again))
    records = [of_line(line) for line in story._lines]
    return records[:before], records[before:erasures], records[erasures:]


async def swept(router: Router) -> None:
    """Set the files' times back by more than a day, and wait until the worker has compacted them all."""

    def compacted() -> list[Path]:
        return [stamp for stamp in router.data_dir().rglob("compacted") if stamp.stat().st_mtime > 0]

    copies = len(router.specs) * router.partitions
    await eventually(lambda: len(compacted()) == copies, SETTLE_S, "a first compaction of every copy")
    for stamp in compacted():
        os.utime(stamp, (0, 0))
    await eventually(lambda: len(compacted()) == copies, SETTLE_S, "a compaction a day later")


async def test_an_erased_address_is_in_no_state_of_broker_and_workers(router: Router, tmp_path: Path) -> None:
    story = Story(tmp_path)
    before, erasures, again = split_story(story)
    kept = [changelog_topic(router.app_id, agent) for agent in router.specs]
    kept += [LEAD_SCORES.name, DEAD_LETTERS.name]
    await compact_at_once(router, kept)
    router.start("a")

    async with router.tape() as tape:
        await router.produce(before)
        await tape.until_settled(SETTLE_S)
        assert {topic for topic, content in await raw(router, kept) if has_address(content)} >= {
            kept[2],
            kept[-1],
        }
        await swept(router)
        assert files_with_a_trace(router.data_dir())

        await router.produce(erasures)
        await tape.until_settled(SETTLE_S)
        await router.produce(again)
        await tape.until_settled(SETTLE_S)
        withdrawn = [event for event in tape.of("lead.routing") if event["action"] == "withdrawn"]
        assert {event["lead_id"] for event in withdrawn} == {lead_of(FREE), lead_of(BUSINESS)}
        assert not any(word in json.dumps(withdrawn) for word in (ADDRESS_TEXT, "Erased"))

        assert await compacted(router, tape, story, kept) == []
        await swept(router)
        assert files_with_a_trace(router.data_dir()) == []

        story.form(FREE, "thu 10:00", "demo")
        await router.produce([of_line(story._lines[-1])])
        await tape.until_settled(SETTLE_S)
        assert tape.of("lead.routing")[-1]["lead_id"] == lead_of(FREE)
        assert router.stop() == [0]


async def compacted(router: Router, tape: Tape, story: Story, kept: list[str]) -> list[str]:
    """Write records that trigger the log cleaner. Return the topics that still contain the address."""
    left = kept
    for number in range(FILLS):
        story.form(f"bob{number}@harbor.example", "wed 10:00")
        stamp = of_line(story._lines[-1]).timestamp_ms
        invalid = {"topic": "form.fills", "key": f"{number}", "timestamp": stamp, "value": "["}
        story.line(json.dumps(invalid))
        await router.produce(of_line(line) for line in story._lines[-2:])
        await tape.until_settled(SETTLE_S)
        left = sorted({topic for topic, content in await raw(router, kept) if has_address(content)})
        if not left:
            break
    return left


def lead_of(email: str) -> str:
    return lead_id_of(normalise(email).email, KEY)
