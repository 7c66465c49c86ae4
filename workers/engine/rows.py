"""Typed rows over an ordered store. Reads see the uncommitted writes of the same batch.

In: gets, puts, deletes and range scans of msgspec Structs. Out: the changed rows, encoded, when a batch commits.
Two layers of changes cover the store. The ``record`` layer holds the changes of the record being decided and is dropped
if it fails. The ``batch`` layer holds the changes of the records decided before it.

Rows are frozen: a handler puts a new row instead of changing one. A row is encoded when it is put. So a row that cannot
be stored fails the record that wrote it, and a read gives the same before a commit as after it.
"""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

import msgspec
from msgspec import inspect
from sortedcontainers import SortedList

from workers.engine.state_errors import RowUnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_CACHED = 2_000
"""Rows in one generation of the cache. There are two generations, so a partition's cache takes some megabytes."""
SEP = b"\x00"
_END = b"\x01"


class Row(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=False):
    """A row type. ``prefix`` must be unique within its agent. A new field needs a default."""

    prefix: ClassVar[str] = ""
    is_cached: ClassVar[bool] = True
    """Whether committed rows are cached. False for rows that are rarely read twice: they would push out busy rows."""


R = TypeVar("R", bound=Row)
_encode = msgspec.msgpack.Encoder(order="deterministic").encode
_decoders: dict[type[Row], Any] = {}
_MISSING: Any = object()
_Written = tuple[Row | None, bytes | None]
"""A changed row as a read returns it, with its encoded form."""
_DELETED: _Written = (None, None)


class Store(Protocol):
    """The committed rows of one partition, ordered by key."""

    def get(self, key: bytes) -> bytes | None:
        """Return the value, or None."""
        ...

    def scan(self, start: bytes, end: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Iterate (key, value) with start <= key < end, ascending."""
        ...

    def write(self, changes: dict[bytes, bytes | None]) -> None:
        """Apply all changes at once. A value of None deletes the row."""
        ...


def row_key(type_: type[Row], parts: tuple[str, ...]) -> bytes:
    """Return the key of a row: the prefix and the parts, joined by U+0000.

    Raises ValueError if a part holds U+0000, because two keys could become equal.
    """
    key = "\x00".join((type_.prefix, *parts)).encode() if parts else f"{type_.prefix}\x00".encode()
    if key.count(SEP) > (len(parts) or 1):
        msg = "a key part must not hold the character U+0000"
        raise ValueError(msg)
    return key


def decode(type_: type[R], raw: bytes) -> R:
    """Decode a stored row. Raises RowUnreadableError, which names the type and the place but no stored value."""
    decoder = _decoders.get(type_)
    try:
        row: R = decoder.decode(raw) if decoder is not None else _read(type_, raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RowUnreadableError(type_.prefix, type_.__name__, _place(error)) from None
    return row


def _read(type_: type[R], raw: bytes) -> R:
    decoder = _decoders.get(type_)
    if decoder is None:
        decoder = _decoders[type_] = msgspec.msgpack.Decoder(type_)
    row: R = decoder.decode(raw)
    return row


def _place(error: Exception) -> str:
    """Return where in the row decoding failed. The rest of the text may hold a stored value, so it is left out."""
    _, found, path = str(error).partition(" - at `")
    return f"{type(error).__name__} at {path.rstrip('`')}" if found else type(error).__name__


_ROUND_TRIP_TYPES = (
    inspect.IntType,
    inspect.StrType,
    inspect.BoolType,
    inspect.NoneType,
    inspect.BytesType,
    inspect.EnumType,
    inspect.LiteralType,
)


@cache
def _round_trips(type_: type[Row]) -> bool:
    """Whether a row of this type always equals its decoded encoding, the order of iteration included.

    It is False for a dict, which is stored in the order of its keys, and for a float, which may have been put as an int.
    An output made from such a row would differ depending on a commit between the write and the read.
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
    return isinstance(kind, _ROUND_TRIP_TYPES)


class Rows:
    """The rows of one partition as a decision sees them."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._batch: dict[bytes, _Written] = {}
        self._record: dict[bytes, _Written] = {}
        self._cached: dict[bytes, Row | None] = {}
        """Committed rows that were read or written recently, so that busy rows are not read from disk in every batch."""
        self._cached_before: dict[bytes, Row | None] = {}
        """The previous generation of the cache. A row that is not read in time leaves the cache with it."""
        self._sorted: dict[bytes, SortedList[bytes]] = {}
        self.timer_hint_ms = 0
        """No timer is due before this time. It saves a scan per record over cancelled timers. Milliseconds UTC; 0: unknown."""
        self.cursor_hint = True
        """Whether a cursor may have work left. False is certain."""
        self.largest_pending = 0
        """Size of the largest row put for the record being decided, its key included. Bytes."""

    def get(self, type_: type[R], *parts: str) -> R | None:
        """Return the row, or None. Writes of this batch are visible."""
        key = row_key(type_, parts)
        written = self._record.get(key) or self._batch.get(key)
        if written is not None:
            return written[0]  # type: ignore[return-value]
        found = self._cached.get(key, _MISSING)
        if found is not _MISSING:
            return found  # type: ignore[no-any-return]
        found = self._cached_before.get(key, _MISSING)
        if found is _MISSING:
            raw = self._store.get(key)
            found = None if raw is None else decode(type_, raw)
            if not type_.is_cached:
                return found
        self._cached[key] = found
        return found  # type: ignore[no-any-return]

    def put(self, row: Row, *parts: str) -> None:
        """Write a row. Raises an error of msgspec if it cannot be stored, such as OverflowError or UnicodeEncodeError."""
        type_ = type(row)
        raw = _encode(row)
        key = row_key(type_, parts)
        self._record[key] = (row if _round_trips(type_) else _read(type_, raw), raw)
        self.largest_pending = max(self.largest_pending, len(key) + len(raw))

    def delete(self, type_: type[Row], *parts: str) -> None:
        """Delete a row. If there is none, nothing changes."""
        self._record[row_key(type_, parts)] = _DELETED

    def scan(
        self,
        type_: type[R],
        *prefix: str,
        start: tuple[str, ...] = (),
        after: tuple[str, ...] = (),
        limit: int,
    ) -> list[tuple[tuple[str, ...], R]]:
        """Return rows in key order, as (key parts, row). At most ``limit``.

        ``prefix``: the first key parts, each of them whole. The key must have at least one more part. ``start``: an
        inclusive lower bound. ``after``: an exclusive lower bound, a whole key.
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
                row = self._changed(mine[at])
                at += 1
                if row is not None:
                    yield mine[at - 1], row
            if at < len(mine) and mine[at] == key:
                continue
            yield key, decode(type_, raw)
        for own in mine[at:]:
            row = self._changed(own)
            if row is not None:
                yield own, row

    def _changed(self, key: bytes) -> Any:
        """Return a changed row, or None if it is deleted."""
        return (self._record.get(key) or self._batch[key])[0]

    # For the engine only: the layers.

    def keep(self) -> None:
        """Move the changes of the record into the batch: the record is decided."""
        if self._sorted:
            for key in self._record:
                index = self._sorted.get(key[: key.index(SEP) + 1])
                if index is not None and key not in self._batch:
                    index.add(key)
        self._batch.update(self._record)
        self.discard()

    def discard(self) -> None:
        """Drop the changes of the record: it failed."""
        self._record.clear()
        self.largest_pending = 0

    def changes(self) -> dict[bytes, bytes | None]:
        """Return the encoded changes of the batch, in the order of the keys. None: deleted."""
        return {key: written[1] for key, written in sorted(self._batch.items(), key=itemgetter(0))}

    def committed(self) -> None:
        """Begin a new batch. The store must hold the changes of this one."""
        for key, (row, _) in self._batch.items():
            if row is None:
                self._cached.pop(key, None)
                self._cached_before.pop(key, None)
            elif row.is_cached:
                self._cached[key] = row
        if len(self._cached) > MOST_CACHED:
            self._cached, self._cached_before = {}, self._cached
        self._batch.clear()
        self.discard()
        self._sorted.clear()
        self.cursor_hint = True

    @property
    def changed_count(self) -> int:
        """The number of rows changed in this batch so far."""
        return len(self._batch)


def put_if_changed(rows: Rows, row: Row, unset: Row | None, *key: str) -> None:
    """Put a row if it differs from the stored one. ``unset``: the row that holds while none is stored."""
    if (rows.get(type(row), *key) or unset) != row:
        rows.put(row, *key)
