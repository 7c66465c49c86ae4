"""Records that cannot be unpacked: every codec is read, and no record ends a worker or blocks a partition for good."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.produce import ProduceRequest
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c
from aiokafka.structs import TopicPartition
from cluster import NewToys, Toys, Worker, some_events
from confluent_kafka import Producer
from toy import DEADLY_EXIT
from waiting import eventually

from workers.engine.partitioner import partition_of
from workers.engine.skips import Skip
from workers.local_kafka.server import LocalKafka

pytestmark = pytest.mark.kafka

PARTITION = 2
MOST_MB = 300
KEPT = {"in": {"retention.ms": "-1"}}
"""For records whose timestamps only give their order."""


def key_of(toys: Toys, partition: int) -> str:
    """Return a key that belongs to this partition."""
    return next(f"k{n}" for n in range(1000) if partition_of(f"k{n}".encode(), toys.partitions) == partition)


def produce_packed(toys: Toys, codec: str, values: list[bytes], keys: list[str]) -> None:
    """Write values with another library's compression."""
    producer = Producer(
        {
            "bootstrap.servers": toys.bootstrap,
            "compression.type": codec,
            "linger.ms": 50,
            "partitioner": "murmur2_random",
        }
    )
    for key, value in zip(keys, values, strict=True):
        producer.produce(toys.topic("in"), value, key.encode())
    assert producer.flush(60) == 0


async def skip(toys: Toys, offset: int) -> None:
    """Order to skip a record as `lead-router dlq skip` does."""
    order = Skip(toys.topic("in"), PARTITION, offset, "mia", "it cannot be read")
    place = partition_of(str(PARTITION).encode(), toys.partitions)
    async with AIOKafkaProducer(bootstrap_servers=toys.bootstrap) as producer:
        await producer.send_and_wait(toys.topic("skips"), msgspec.json.encode(order), partition=place)


async def place_in_order(toys: Toys, events: list[dict[str, Any]]) -> list[int]:
    """Write events into the partition, each in a batch of its own. Return their offsets."""
    async with AIOKafkaProducer(bootstrap_servers=toys.bootstrap) as producer:
        sent = [
            await producer.send_and_wait(
                toys.topic("in"), json.dumps(event).encode(), partition=PARTITION, timestamp_ms=number
            )
            for number, event in enumerate(events, start=1)
        ]
    return [one.offset for one in sent]


def of_partition(toys: Toys, *names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"id": name, "key": key_of(toys, PARTITION)} | more for name in names]


def peak_mb(worker: Worker) -> int:
    status = Path(f"/proc/{worker._child.pid}/status").read_text("utf-8")
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_records_of_every_codec_are_decided(toys: Toys, codec: str) -> None:
    """Records packed with snappy, lz4 or zstd once ended every worker at every start."""
    await toys.create()
    toys.start()
    events = some_events(500)
    produce_packed(
        toys, codec, [json.dumps(event).encode() for event in events], [one["key"] for one in events]
    )
    await toys.until_done(events, within_s=30)
    await toys.check_exact(events)


@pytest.mark.parametrize("codec", ["gzip", "zstd"])
async def test_a_record_that_grows_when_unpacked_does_not_take_all_memory(toys: Toys, codec: str) -> None:
    """One record of 300 MB, 0.3 MB packed, once took the worker from about 65 to about 650 MB."""
    await toys.create()
    worker = toys.start()
    await worker.until("partition_opened", times=toys.partitions)
    (behind,) = of_partition(toys, "behind")
    async with AIOKafkaProducer(
        bootstrap_servers=toys.bootstrap, compression_type=codec, max_request_size=400_000_000
    ) as producer:
        await producer.send_and_wait(toys.topic("in"), b"0" * 300_000_000, partition=PARTITION)
    await toys.produce([behind])
    await toys.until_done([behind], within_s=60)
    (letter,) = await toys.outputs("dead")
    assert (letter["topic"], letter["partition"], letter["offset"]) == (toys.topic("in"), PARTITION, 0)
    assert letter["reason"] == "too_large"
    assert "may unpack to more than" in letter["detail"]
    assert peak_mb(worker) <= MOST_MB, f"peak memory {peak_mb(worker)} MB"


async def test_a_header_whose_name_is_not_text_is_a_dead_letter(toys: Toys) -> None:
    """It once ended every worker at every start: the client raises UnicodeDecodeError."""
    await toys.create()
    worker = toys.start()
    await worker.until("partition_opened", times=toys.partitions)
    before, bad, after = of_partition(toys, "before", "bad", "after")
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=0,
        producer_id=-1,
        producer_epoch=-1,
        base_sequence=-1,
        batch_size=9_999,
    )
    for number, event in enumerate((before, bad, after)):
        headers = [("zzzz", b"1")] if event is bad else []
        builder.append(number, timestamp=1, key=b"k", value=json.dumps(event).encode(), headers=headers)
    batch = bytearray(builder.build()).replace(b"zzzz", b"\xff\xfe\xff\xff")
    batch[17:21] = struct.pack(">I", calc_crc32c(bytes(batch[21:])))
    await produce_batch(toys, bytes(batch))
    await toys.until_done([before, after], within_s=20)
    letters = [(one["offset"], one["reason"], one["detail"]) for one in await toys.outputs("dead")]
    assert letters == [(1, "breaks_contract", "the name of a header is not UTF-8")]


async def produce_batch(toys: Toys, batch: bytes) -> None:
    client = AIOKafkaClient(bootstrap_servers=toys.bootstrap)
    await client.bootstrap()
    try:
        await client.add_topic(toys.topic("in"))
        leader = client.cluster.leader_for_partition(TopicPartition(toys.topic("in"), PARTITION))
        request = ProduceRequest(
            transactional_id=None,
            required_acks=-1,
            timeout=5_000,
            topics=[(toys.topic("in"), [(PARTITION, batch)])],
        )
        answer = await client.send(leader, request)
        assert answer.topics[0][1][0][1] == 0, answer
    finally:
        await client.close()


async def test_a_record_that_ends_the_process_is_passed_when_an_operator_skips_it(toys: Toys) -> None:
    await toys.create(KEPT)
    events = of_partition(toys, "before", "deadly", "after")
    events[1]["is_deadly"] = True
    offsets = await place_in_order(toys, events)
    assert toys.start().wait(30) == DEADLY_EXIT
    await skip(toys, offsets[1])
    worker = toys.start()
    await toys.until_done([events[0], events[2]], within_s=30)
    assert worker.is_alive
    letters = [(one["offset"], one["reason"], one["detail"]) for one in await toys.outputs("dead")]
    assert letters == [(offsets[1], "skipped", "skipped by mia: it cannot be read")]


def damage(folder: Path, partition: str, text: bytes) -> None:
    """Change a byte of a record in the broker's files."""
    segment = next(folder.rglob(partition)) / "00000000000000000000.log"
    with segment.open("r+b") as file:
        file.seek(segment.read_bytes().index(text))
        file.write(b"D")


async def test_a_record_that_is_damaged_in_its_topic_stops_the_partition_until_it_is_skipped(
    own_kafka: LocalKafka, new_toys: NewToys, tmp_path: Path
) -> None:
    """It once ended every worker at every start. The records before it are decided, and those of other partitions."""
    toys = new_toys(own_kafka.bootstrap)
    await toys.create(KEPT)
    events = of_partition(toys, "before", "damaged-by-the-disk", "after")
    offsets = await place_in_order(toys, events)
    damage(tmp_path, f"{toys.topic('in')}-{PARTITION}", b"damaged-by-the-disk")
    worker = toys.start(bounds={"restart_backoff_max_s": 2.0})
    others = [{"id": f"other{n}", "key": key_of(toys, n)} for n in range(toys.partitions) if n != PARTITION]
    await toys.produce(others)
    await worker.until("partition_stopped", partition=PARTITION)
    await toys.until_done([events[0], *others], within_s=30)
    why = worker.events("partition_stopped")[0]["why"]
    place = f"{toys.topic('in')}/{PARTITION}/{offsets[1]}"
    assert f"the record at offset {offsets[1]} cannot be read: records 1 to 1 are damaged in the topic" in why
    assert f"`lead-router dlq skip {place}`" in why

    await skip(toys, offsets[1])
    await toys.until_done([events[2]], within_s=30)
    letters = [(one["offset"], one["reason"]) for one in await toys.outputs("dead")]
    assert letters == [(offsets[1], "skipped")]
    await eventually(
        lambda: (
            worker.events("partition_stopped")[-1]["timestamp"]
            < worker.events("partition_opened")[-1]["timestamp"]
        ),
        10,
        "the partition is open again",
    )
