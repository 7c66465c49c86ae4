"""Unpacks the record batches of a fetch within a bound, and sets aside what cannot be unpacked.

In: the bytes of a fetch. Out: a :class:`workers.engine.api.Record` for each record, with the field ``unread`` if it was not
unpacked. Otherwise a few kilobytes of one producer would take all memory, or its error would end the worker at every start.

- A compressed batch that may grow above ``MOST_UNPACKED_BYTES`` is not unpacked. Each of its records is unread.
- A fetch ends early when its batches together may have grown that much. The next fetch continues there.
- A header whose name is not UTF-8 makes its record unread. The records behind it are read.
- A damaged batch makes its first record unread, and nothing behind it is read.
"""

from __future__ import annotations

import struct
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aiokafka.consumer import fetcher as driver
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.record.util import decode_varint

from workers.engine.api import Record, Unread
from workers.engine.packed_sizes import SizeUnknownError, most_unpacked_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiokafka.structs import TopicPartition

MOST_UNPACKED_BYTES: Final = 32 << 20
"""The most bytes that one batch may have when it is unpacked. A producer's batch is usually below 1 MiB."""
_LENGTH: Final = struct.Struct(">i")
_LENGTH_AT: Final = 8
_BEHIND_LENGTH: Final = 12
_CODEC_AT: Final = 22
_CODEC_MASK: Final = 7
_TIME_AT: Final = 27
_TIME: Final = struct.Struct(">q")
_RECORDS_AT: Final = 61
_MOST_SHOWN: Final = 1_000_000
"""A damaged batch with more offsets than this is not described by them: the damage may be there."""


class _UnreadRecord(NamedTuple):
    """A record that was not unpacked."""

    offset: int
    timestamp: int
    unread: Unread


class _OversizedBatch:
    """A batch that is not unpacked. It yields a record without content for each offset."""

    def __init__(self, batch: Any, timestamp: int, unread: Unread) -> None:
        self.base_offset = batch.base_offset
        self.next_offset = batch.next_offset
        self.producer_id = batch.producer_id
        self.is_transactional = batch.is_transactional
        self.is_control_batch = False
        self.validate_crc = batch.validate_crc
        self._timestamp = timestamp
        self._unread = unread

    def __iter__(self) -> Iterator[_UnreadRecord]:
        for offset in range(self.base_offset, self.next_offset):
            yield _UnreadRecord(offset, self._timestamp, self._unread)


class BoundedBatches:
    """The batches of one fetch, in the place of aiokafka's ``MemoryRecords``."""

    def __init__(self, data: bytes) -> None:
        self._batches = MemoryRecords(data)
        self._data = memoryview(data)
        self._next = 0
        self._start = 0
        self._left = MOST_UNPACKED_BYTES

    @property
    def current(self) -> memoryview:
        """The bytes of the batch that ``next_batch`` has returned last."""
        return self._data[self._start : self._next]

    def size_in_bytes(self) -> int:
        """Return the size of the fetch."""
        return len(self._data)

    def has_next(self) -> bool:
        """Whether there is a batch left that this fetch may still unpack."""
        return self._left > 0 and bool(self._batches.has_next())

    def next_batch(self) -> Any:
        """Return the next batch."""
        batch = self._batches.next_batch()
        start = self._start = self._next
        (length,) = _LENGTH.unpack_from(self._data, start + _LENGTH_AT)
        end = self._next = start + _BEHIND_LENGTH + length
        codec = self._data[start + _CODEC_AT] & _CODEC_MASK
        if not codec:
            return batch
        packed = self._data[start + _RECORDS_AT : end]
        try:
            size = most_unpacked_bytes(codec, packed, MOST_UNPACKED_BYTES)
        except SizeUnknownError as error:
            detail = f"the size of {len(packed)} packed bytes cannot be found: {error}"
        else:
            self._left -= size
            if size <= MOST_UNPACKED_BYTES:
                return batch
            detail = f"{len(packed)} packed bytes may unpack to more than {MOST_UNPACKED_BYTES} bytes, so they were not unpacked"
        (timestamp,) = _TIME.unpack_from(self._data, start + _TIME_AT)
        return _OversizedBatch(batch, timestamp, Unread("too_large", detail))


class BoundedRecords(driver.PartitionRecords):
    """The records of one partition in one fetch, in the place of aiokafka's ``PartitionRecords``."""

    next_fetch_offset: int

    def _unpack_records(self) -> Iterator[Any]:
        while True:
            try:
                yield from super()._unpack_records()
            except (CorruptRecordException, UnicodeDecodeError) as error:
                yield from self._records_of_broken_batch(error)
                if isinstance(error, CorruptRecordException):
                    return
            else:
                return

    def _records_of_broken_batch(self, error: Exception) -> Iterator[Any]:
        """Yield the rest of the current batch record by record. A damaged batch yields its first record only."""
        batch = _DefaultRecordBatchPy(self._records.current)
        if isinstance(error, CorruptRecordException):
            where = f"records {batch.base_offset} to {batch.next_offset - 1}" if _is_plausible(batch) else ""
            unread = Unread("", f"{where or 'the next records'} are damaged in the topic: {error}")
            offset, self.next_fetch_offset = self.next_fetch_offset, self.next_fetch_offset + 1
            yield self._consumer_record(self._tp, _UnreadRecord(offset, 0, unread))
            return
        for record in _one_by_one(batch):
            if record.offset >= self.next_fetch_offset:
                self.next_fetch_offset = record.offset + 1
                yield self._consumer_record(self._tp, record)
        self.next_fetch_offset = batch.next_offset

    def _consumer_record(self, tp: TopicPartition, record: Any) -> Record:
        if isinstance(record, _UnreadRecord):
            return Record(
                tp.topic, tp.partition, record.offset, record.timestamp, None, None, (), record.unread
            )
        stamp = record.timestamp or 0  # None: a batch in the format of Kafka 0.9
        headers = tuple(record.headers)
        return Record(tp.topic, tp.partition, record.offset, max(stamp, 0), record.key, record.value, headers)


def _is_plausible(batch: Any) -> bool:
    return bool(0 < batch.next_offset - batch.base_offset < _MOST_SHOWN)


def _one_by_one(batch: Any) -> Iterator[Any]:
    """Yield the records of a batch. One with a header whose name is not text becomes unread."""
    iter(batch)  # unpacks it
    while True:
        at = batch._pos  # noqa: SLF001 - the library has no lenient reader
        try:
            yield next(batch)
        except StopIteration:
            return
        except CorruptRecordException as error:
            if not isinstance(error.__cause__, UnicodeDecodeError):
                raise
            buffer = batch._buffer  # noqa: SLF001 - as above
            length, start = decode_varint(buffer, at)
            time, at = decode_varint(buffer, start + 1)
            offset, _ = decode_varint(buffer, at)
            batch._pos = start + length  # noqa: SLF001 - as above
            batch._next_record_index += 1  # noqa: SLF001 - as above
            unread = Unread("breaks_contract", "the name of a header is not UTF-8")
            yield _UnreadRecord(batch.base_offset + offset, batch.first_timestamp + time, unread)


class UnpackedRows(driver.PartitionRecords):
    """The records of a changelog as the library unpacks them: a row needs their key, value and offset only.

    An object of aiokafka's own for each record would take as long as the rest of a restore's reading.
    """

    def __iter__(self) -> Iterator[Any]:
        return self._records_iterator  # type: ignore[no-any-return]

    def _consumer_record(self, tp: TopicPartition, record: Any) -> Any:
        del tp
        return record


def bound_unpacking(consumer: Any) -> None:
    """Let a started consumer unpack within bounds. Other consumers of the process stay as they are."""
    _unpack_as(consumer, MemoryRecords=BoundedBatches, PartitionRecords=BoundedRecords)


def unpack_rows(consumer: Any) -> None:
    """Let a started consumer of changelogs return records with no more than a key, a value and an offset."""
    _unpack_as(consumer, PartitionRecords=UnpackedRows)


def _unpack_as(consumer: Any, **classes: type) -> None:
    fetcher = consumer._fetcher  # noqa: SLF001 - aiokafka has no setting for it
    handle = type(fetcher)._proc_fetch_request  # noqa: SLF001 - as above
    names = vars(driver) | classes
    changed = FunctionType(handle.__code__, names, handle.__name__, handle.__defaults__, handle.__closure__)
    fetcher._proc_fetch_request = MethodType(changed, fetcher)  # noqa: SLF001 - as above
