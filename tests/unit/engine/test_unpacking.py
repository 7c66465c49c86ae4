"""Batches are unpacked within bounds. What cannot be unpacked is one unread record, and the records around it are read."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest
from aiokafka.consumer.fetcher import READ_COMMITTED, PartitionRecords
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import calc_crc32c
from aiokafka.structs import TopicPartition

from workers.engine import unpacking
from workers.engine.api import Record
from workers.engine.packed_sizes import GZIP, LZ4, SNAPPY, ZSTD
from workers.engine.unpacking import MOST_UNPACKED_BYTES, BoundedBatches, BoundedRecords

CODECS = [0, GZIP, SNAPPY, LZ4, ZSTD]
WHERE = TopicPartition("in", 3)
_CRC_AT, _CRC_FROM = 17, 21


def batch(
    values: list[bytes],
    codec: int = 0,
    first_offset: int = 0,
    header: bytes = b"name",
    producer: int = -1,
    first_stamp_ms: int = 1_000,
) -> bytearray:
    """Return a batch. The second record has a header of that name."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=codec,
        is_transactional=int(producer >= 0),
        producer_id=producer,
        producer_epoch=0,
        base_sequence=0,
        batch_size=1 << 30,
    )
    for number, value in enumerate(values):
        headers = [("x" * len(header), b"1")] if number == 1 else []
        builder.append(
            number, timestamp=first_stamp_ms + number, key=b"k%d" % number, value=value, headers=headers
        )
    made = bytearray(builder.build())
    made[:8] = struct.pack(">q", first_offset)
    if not codec:
        made = made.replace(b"x" * len(header), header)
    return with_crc(made)


def with_crc(made: bytearray) -> bytearray:
    made[_CRC_AT:_CRC_FROM] = struct.pack(">I", calc_crc32c(bytes(made[_CRC_FROM:])))
    return made


def read(data: bytes | bytearray, start: int = 0, aborted: Any = None) -> BoundedRecords:
    return BoundedRecords(
        WHERE, BoundedBatches(bytes(data)), aborted, start, None, None, True, READ_COMMITTED
    )


def some_values() -> list[bytes]:
    chance = random.Random(5)
    return [chance.randbytes(chance.randint(0, 900)) for _ in range(40)]


@pytest.mark.parametrize("codec", CODECS)
def test_records_are_those_that_aiokafka_reads(codec: int) -> None:
    values = some_values()
    data = bytes(batch(values[:20], codec) + batch(values[20:], codec, 20))
    ours = read(data, 7)
    theirs = PartitionRecords(WHERE, MemoryRecords(data), None, 7, None, None, True, READ_COMMITTED)
    expected = [
        Record(one.topic, one.partition, one.offset, one.timestamp, one.key, one.value, one.headers)
        for one in theirs
    ]
    assert list(ours) == expected
    assert ours.next_fetch_offset == theirs.next_fetch_offset == 40


@pytest.mark.parametrize(("stamp_ms", "read_ms"), [(-1, 0), (0, 0), (5, 5)])
def test_a_stamp_that_is_missing_reads_as_zero(stamp_ms: int, read_ms: int) -> None:
    (record,) = read(batch([b"a"], first_stamp_ms=stamp_ms))
    assert record.timestamp_ms == read_ms


@pytest.mark.parametrize("codec", CODECS[1:])
def test_a_batch_that_would_grow_too_large_is_unread_and_its_neighbours_are_read(codec: int) -> None:
    large = [b"0" * (MOST_UNPACKED_BYTES // 2)] * 3
    records = read(batch([b"a"], codec) + batch(large, codec, 1) + batch([b"b"], codec, 4))
    found = list(records)
    while records.next_fetch_offset < 5:  # the next fetch
        records = read(batch([b"b"], codec, 4), records.next_fetch_offset)
        found += records
    assert [(one.offset, one.value) for one in found] == [
        (0, b"a"),
        (1, None),
        (2, None),
        (3, None),
        (4, b"b"),
    ]
    unread = [one for one in found if one.unread is not None]
    assert {(one.topic, one.partition, one.unread.reason) for one in unread} == {("in", 3, "too_large")}
    assert "may unpack to more than 33554432 bytes" in unread[0].unread.detail


def test_a_fetch_ends_when_its_batches_together_have_grown_too_large() -> None:
    size = MOST_UNPACKED_BYTES // 4
    batches = [batch([b"0" * size], ZSTD, offset) for offset in range(8)]
    records = read(b"".join(batches))
    assert [one.offset for one in records] == [0, 1, 2, 3]
    assert records.next_fetch_offset == 4


def test_a_header_whose_name_is_not_text_makes_only_its_record_unread() -> None:
    records = read(batch([b"a", b"b", b"c"], header=b"\xff\xfename") + batch([b"d"], 0, 3))
    found = list(records)
    assert [(one.offset, one.timestamp_ms, one.value) for one in found] == [
        (0, 1_000, b"a"),
        (1, 1_001, None),
        (2, 1_002, b"c"),
        (3, 1_000, b"d"),
    ]
    assert found[1].unread == unpacking.Unread("breaks_contract", "the name of a header is not UTF-8")
    assert records.next_fetch_offset == 4


@pytest.mark.parametrize("start", [0, 1, 2])
def test_records_that_were_read_before_are_not_read_again_behind_a_broken_header(start: int) -> None:
    records = read(batch([b"a", b"b", b"c"], header=b"\xff"), start)
    assert [one.offset for one in records] == list(range(start, 3))


def test_a_damaged_batch_is_one_unread_record_and_nothing_behind_it_is_read() -> None:
    broken = batch([b"a", b"b"], GZIP, 1)
    broken[-3] ^= 0xFF
    records = read(batch([b"z"]) + broken + batch([b"c"], GZIP, 3))
    found = list(records)
    assert [(one.offset, one.value) for one in found] == [(0, b"z"), (1, None)]
    assert found[1].unread.reason == ""
    assert "records 1 to 2 are damaged in the topic" in found[1].unread.detail
    assert records.next_fetch_offset == 2


def test_a_batch_of_an_unknown_codec_is_unread() -> None:
    strange = batch([b"a"])
    strange[22] |= 6
    (found,) = read(with_crc(strange))
    assert found.unread.reason == "too_large"
    assert "codec 6 is not known" in found.unread.detail


@pytest.mark.parametrize("codec", CODECS)
def test_an_aborted_batch_is_left_out_whatever_it_holds(codec: int) -> None:
    aborted = batch([b"0" * MOST_UNPACKED_BYTES * 2], codec, 0, producer=9)
    records = read(aborted + batch([b"a"], codec, 1), aborted=[(9, 0)])
    found = list(records)
    if records.next_fetch_offset < 2:
        found += read(batch([b"a"], codec, 1), records.next_fetch_offset)
    assert [(one.offset, one.value) for one in found] == [(1, b"a")]
