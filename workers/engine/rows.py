"""Typed rows over an ordered store, with an overlay that reads its own writes.

In: gets, puts, deletes and range scans of msgspec Structs. Out: the changed rows, encoded, when a batch commits.
Two layers lie over the store: ``batch`` (records already decided) and ``record`` (the one being decided, thrown away
when it fails). Rows are frozen: a handler never changes what it was given, it puts a new one. A row is encoded when it
is put, so that what cannot be stored fails the record that made it, and what is read is the same before a commit as
after it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

import msgspec
from msgspec import inspect
from sortedcontainers import SortedList

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_KEPT = 2_000
"""Rows of one generation, of which there are two: bounds the memory of a partition to some megabytes."""
SEP = b"\x00"
_END = b"\x01"


class Row(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=False):
    """A row type. ``prefix`` is unique in its agent; new fields need defaults."""

    prefix: ClassVar[str] = ""


R = TypeVar("R", bound=Row)
_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decoders: dict[type[Row], Any] = {}
_MISSING: Any = object()
_Written = tuple[Row, bytes] | None
"""A changed row as it is read again, and encoded; None: deleted."""


class Store(Protocol):
    """Committed rows of one partition, ordered by key."""

    def get(self, key: bytes) -> bytes | None:
        """Return the value, or None."""
        ...

    def scan(self, start: bytes, end: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Iterate (key, value) with start <= key < end, ascending."""
        ...

    def write(self, changes: dict[bytes, bytes | None]) -> None:
        """Apply all changes at once; None deletes."""
        ...


def row_key(type_: type[Row], parts: tuple[str, ...]) -> bytes:
    """Return the key: the prefix and the parts, joined by U+0000.

    Raises ValueError when a part holds the separator: two keys could become one.
    """
    if not parts:
        return f"{type_.prefix}\x00".encode()
    joined = "\x00".join((type_.prefix, *parts))
    if joined.count("\x00") != len(parts):
        msg = "a key part must not hold the character U+0000"
        raise ValueError(msg)
    return joined.encode()


def decode(type_: type[R], raw: bytes) -> R:
    """Decode a stored row."""
    decoder = _decoders.get(type_)
    if decoder is None:
        decoder = _decoders[type_] = msgspec.msgpack.Decoder(type_)
    row: R = decoder.decode(raw)
    return row


_SAME_WHEN_READ_AGAIN = (
    inspect.IntType,
    inspect.StrType,
    inspect.BoolType,
    inspect.NoneType,
    inspect.BytesType,
    inspect.EnumType,
    inspect.LiteralType,
)


@cache
def _reads_back_the_same(type_: type[Row]) -> bool:
    """Whether a row of this type is certainly equal, in every order of iteration, to what its encoding decodes to.

    A dict is stored in the order of its keys, a float may have been put as an int: an output made of such a row would
    tell whether a commit lay between the writing and the reading.
    """
    return _is_plain(inspect.type_info(type_))


def _is_plain(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.StructType):
        return all(_is_plain(field.type) for field in kind.fields)
    if isinstance(kind, inspect.UnionType):
        return all(map(_is_plain, kind.types))
    if isinstance(kind, inspect.VarTupleType):
        return _is_plain(kind.item_type)
    if isinstance(kind, inspect.TupleType):
        return all(map(_is_plain, kind.item_types))
    return isinstance(kind, _SAME_WHEN_READ_AGAIN)


class Rows:
    """The rows of one partition as a decision sees them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._batch: dict[bytes, _Written] = {}
        self._record: dict[bytes, _Written] = {}
        self._kept: dict[bytes, Row | None] = {}
        """Committed rows as they were last read or written: what is busy is not read from disk for every batch."""
        self._aging: dict[bytes, Row | None] = {}
        """Those of the generation before; who is not asked for again is forgotten with it."""
        self._sorted: dict[bytes, SortedList[bytes]] = {}
        self.timer_hint_ms = 0
        """No timer is due before this: spares a scan per record, over all that were cancelled. 0 means unknown."""
        self.cursor_hint = True
        """Whether a cursor may be under way."""
        self.largest_pending = 0
        """The size of the largest row put for the record being decided, in bytes."""

    def get(self, type_: type[R], *parts: str) -> R | None:
        """Return the row, this batch's own writes included, or None."""
        key = row_key(type_, parts)
        for layer in (self._record, self._batch):
            found = layer.get(key, _MISSING)
            if found is not _MISSING:
                return None if found is None else found[0]
        found = self._kept.get(key, _MISSING)
        if found is not _MISSING:
            return found  # type: ignore[no-any-return]
        found = self._aging.get(key, _MISSING)
        if found is _MISSING:
            raw = self._store.get(key)
            found = None if raw is None else decode(type_, raw)
        self._kept[key] = found
        return found  # type: ignore[no-any-return]

    def put(self, row: Row, *parts: str) -> None:
        """Write a row. Raises what msgspec does where it cannot be stored (OverflowError, UnicodeEncodeError ...)."""
        type_ = type(row)
        raw = _encode(row)
        key = row_key(type_, parts)
        self._record[key] = (row if _reads_back_the_same(type_) else decode(type_, raw), raw)
        self.largest_pending = max(self.largest_pending, len(key) + len(raw))

    def delete(self, type_: type[Row], *parts: str) -> None:
        """Delete a row; deleting none changes nothing."""
        self._record[row_key(type_, parts)] = None

    def scan(
        self,
        type_: type[R],
        *prefix: str,
        start: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        limit: int,
    ) -> list[tuple[tuple[str, ...], R]]:
        """Return at most ``limit`` rows whose first key parts are ``prefix``, more of them following, in key order.

        ``prefix`` are whole parts; ``start`` is an inclusive lower bound, ``after`` an exclusive one (a whole key).
        """
        if limit <= 0:
            return []
        base = f"{type_.prefix}\x00".encode()
        lead = base + "".join(f"{part}\x00" for part in prefix).encode()
        low = row_key(type_, after) + SEP if after else row_key(type_, start) if start else lead
        low = max(low, lead)
        high = lead[:-1] + _END
        found: list[tuple[tuple[str, ...], R]] = []
        skip = len(base)
        for key, row in self._merged(type_, base, low, high):
            found.append((tuple(key[skip:].decode().split("\x00")), row))
            if len(found) >= limit:
                break
        return found

    def _merged(self, type_: type[R], base: bytes, low: bytes, high: bytes) -> Iterator[tuple[bytes, R]]:
        changed = self._sorted.get(base)
        if changed is None:
            changed = self._sorted[base] = SortedList(key for key in self._batch if key.startswith(base))
        mine = list(changed.irange(low, high, inclusive=(True, False)))
        fresh = [key for key in self._record if low <= key < high and key not in self._batch]
        if fresh:
            mine = sorted(mine + fresh)
        at = 0
        for key, raw in self._store.scan(low, high):
            while at < len(mine) and mine[at] < key:
                written = self._changed(mine[at])
                at += 1
                if written is not None:
                    yield mine[at - 1], written[0]
            if at < len(mine) and mine[at] == key:
                continue
            yield key, decode(type_, raw)
        for own in mine[at:]:
            written = self._changed(own)
            if written is not None:
                yield own, written[0]

    def _changed(self, key: bytes) -> Any:
        found = self._record.get(key, _MISSING)
        return self._batch[key] if found is _MISSING else found

    # What the engine does with the layers.

    def keep(self) -> None:
        """The record is decided: its changes become the batch's."""
        if self._sorted:
            for key in self._record:
                index = self._sorted.get(key[: key.index(SEP) + 1])
                if index is not None and key not in self._batch:
                    index.add(key)
        self._batch.update(self._record)
        self.discard()

    def discard(self) -> None:
        """The record failed: its changes never were."""
        self._record.clear()
        self.largest_pending = 0

    def changes(self) -> dict[bytes, bytes | None]:
        """Return the batch's changes, encoded, in the order of the keys."""
        return {
            key: None if written is None else written[1]
            for key, written in sorted(self._batch.items(), key=_first)
        }

    def committed(self) -> None:
        """Begin a new batch: the store has what was changed."""
        for key, written in self._batch.items():
            self._kept[key] = None if written is None else written[0]
        if len(self._kept) > MOST_KEPT:
            self._kept, self._aging = {}, self._kept
        self._batch.clear()
        self.discard()
        self._sorted.clear()
        self.cursor_hint = True

    @property
    def changed_count(self) -> int:
        """Rows changed in this batch so far."""
        return len(self._batch)


def _first(item: tuple[bytes, _Written]) -> bytes:
    return item[0]
