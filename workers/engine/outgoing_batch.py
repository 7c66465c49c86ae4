"""One record batch of a transaction, as it grows.

aiokafka's own ``BatchBuilder`` does the same with twice the time for each record. Its builder of the bytes is used here.
"""

from __future__ import annotations

from aiokafka.record.default_records import DefaultRecordBatchBuilder

_MAX_BYTES = 1 << 19
_FORMAT = 2
_NOT_SET = -1


class OutgoingBatch:
    """The records of one partition that are written together."""

    __slots__ = ("_builder", "_built", "count")

    def __init__(self) -> None:
        self._builder = DefaultRecordBatchBuilder(
            _FORMAT,
            compression_type=0,
            is_transactional=1,
            producer_id=_NOT_SET,
            producer_epoch=_NOT_SET,
            base_sequence=0,
            batch_size=_MAX_BYTES,
        )
        self._built: bytearray | None = None
        self.count = 0
        """The number of its records."""

    def append(
        self,
        timestamp_ms: int | None,
        key: bytes | None,
        value: bytes | None,
        headers: list[tuple[str, bytes]],
    ) -> bool:
        """Append a record. Return whether it was appended: a full batch refuses it, and a new one accepts a record of any size."""
        if self._builder.append(self.count, timestamp_ms, key, value, headers) is None:
            return False
        self.count += 1
        return True

    def number(self, producer_id: int, epoch: int, sequence: int) -> None:
        """Set the producer and the sequence number of the first record. It must be called before ``build``."""
        self._builder.set_producer_state(producer_id, epoch, sequence)

    def build(self) -> bytearray:
        """Return the bytes of the batch, the same at each call. No record can be appended from then on."""
        if self._built is None:
            self._built = self._builder.build()
        return self._built
