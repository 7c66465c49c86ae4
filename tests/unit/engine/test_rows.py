"""Typed rows: a written row is read by its key and in its range, before a commit as after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import msgspec
import pytest

from workers.engine.memory import MemoryStore
from workers.engine.rows import MOST_CACHED, Row, Rows, row_key


class LeadRow(Row, frozen=True):
    prefix: ClassVar[str] = "lead"
    points: int = 0


class LeadNoteRow(Row, frozen=True):
    prefix: ClassVar[str] = "lead-note"
    text: str = ""


class EventRow(Row, frozen=True):
    prefix: ClassVar[str] = "event"
    is_cached: ClassVar[bool] = False
    points: int = 0


class TallyRow(Row, frozen=True):
    prefix: ClassVar[str] = "tally"
    by_rule: dict[str, int] = msgspec.field(default_factory=dict)
    share: float = 0


class OlderRow(Row, frozen=True):
    prefix: ClassVar[str] = "versioned"
    name: str


class NewerRow(Row, frozen=True):
    prefix: ClassVar[str] = "versioned"
    name: str
    points: int = 7


def commit(rows: Rows, store: MemoryStore) -> None:
    rows.keep()
    store.write(rows.changes())
    rows.committed()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def rows(store: MemoryStore) -> Rows:
    return Rows(store)


STEPS: dict[str, Callable[[Rows, MemoryStore], None]] = {
    "within its record": lambda _rows, _store: None,
    "within its batch": lambda rows, _store: rows.keep(),
    "after the commit": commit,
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_row_is_read_by_its_key_and_in_its_range(
    rows: Rows, store: MemoryStore, step: Callable[[Rows, MemoryStore], None]
) -> None:
    rows.put(LeadRow(points=5), "a", "x")
    step(rows, store)
    assert rows.get(LeadRow, "a", "x") == LeadRow(points=5)
    assert rows.scan(LeadRow, "a", limit=9) == [(("a", "x"), LeadRow(points=5))]


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_deleted_row_is_found_neither_by_its_key_nor_in_its_range(
    rows: Rows, store: MemoryStore, step: Callable[[Rows, MemoryStore], None]
) -> None:
    rows.put(LeadRow(points=5), "a", "x")
    commit(rows, store)
    rows.delete(LeadRow, "a", "x")
    step(rows, store)
    assert rows.get(LeadRow, "a", "x") is None
    assert rows.scan(LeadRow, limit=9) == []


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_a_row_reads_the_same_before_a_commit_as_after_it(
    rows: Rows, store: MemoryStore, step: Callable[[Rows, MemoryStore], None]
) -> None:
    rows.put(TallyRow(by_rule={"webinar": 2, "paper": 1}, share=3), "a")
    step(rows, store)
    row = rows.get(TallyRow, "a")
    assert row is not None
    assert list(row.by_rule) == ["paper", "webinar"]
    assert repr(row.share) == "3.0"
    assert repr(rows.scan(TallyRow, limit=1)[0][1]) == repr(row)


def test_rows_are_encoded_the_same_in_whatever_order_they_were_filled(rows: Rows) -> None:
    rows.put(TallyRow(by_rule={"webinar": 2, "paper": 1}), "a")
    rows.put(TallyRow(by_rule={"paper": 1, "webinar": 2}), "b")
    rows.keep()
    one, other = rows.changes().values()
    assert one == other


def test_changes_are_listed_in_the_order_of_their_keys(rows: Rows) -> None:
    for part in "cab":
        rows.put(LeadRow(), part)
        rows.keep()
    rows.delete(LeadRow, "aa")
    rows.keep()
    assert list(rows.changes()) == [b"lead\x00a", b"lead\x00aa", b"lead\x00b", b"lead\x00c"]


@pytest.mark.parametrize("row", [LeadRow(points=2**70), LeadNoteRow(text="\ud800")])
def test_a_row_that_cannot_be_stored_is_refused_where_it_is_put(rows: Rows, row: Row) -> None:
    rows.put(LeadRow(points=1), "kept")
    rows.keep()
    with pytest.raises((OverflowError, UnicodeEncodeError)):
        rows.put(row, "a")
    rows.discard()
    assert list(rows.changes()) == [b"lead\x00kept"]


def test_the_writes_of_a_failed_record_are_dropped(rows: Rows, store: MemoryStore) -> None:
    rows.put(LeadRow(points=1), "a")
    commit(rows, store)
    rows.put(LeadRow(points=2), "b")
    rows.keep()
    rows.put(LeadRow(points=9), "a")
    rows.put(LeadRow(points=9), "c")
    rows.delete(LeadRow, "b")
    rows.discard()
    assert rows.scan(LeadRow, limit=9) == [(("a",), LeadRow(points=1)), (("b",), LeadRow(points=2))]
    assert list(rows.changes()) == [b"lead\x00b"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["a/1", "a/2", "a/3", "ab/1", "b/1"]),
        ({"prefix": ("a",)}, ["a/1", "a/2", "a/3"]),
        ({"prefix": ("a", "2")}, []),
        ({"start": ("a", "2")}, ["a/2", "a/3", "ab/1", "b/1"]),
        ({"start": ("ab",)}, ["ab/1", "b/1"]),
        ({"after": ("a", "2")}, ["a/3", "ab/1", "b/1"]),
        ({"after": ("a", "3")}, ["ab/1", "b/1"]),
        ({"prefix": ("a",), "after": ("a", "1")}, ["a/2", "a/3"]),
        ({"prefix": ("b",), "start": ("a", "1")}, ["b/1"]),
        ({"prefix": ("a",), "start": ("b",)}, []),
        ({"limit": 2}, ["a/1", "a/2"]),
        ({"limit": 0}, []),
        ({"prefix": ("c",)}, []),
    ],
)
def test_a_scan_returns_the_rows_of_its_range(rows: Rows, asked: dict, expected: list[str]) -> None:
    for at in ("b/1", "a/2", "ab/1", "a/3", "a/1"):
        rows.put(LeadRow(), *at.split("/"))
    rows.put(LeadNoteRow(), "a", "2")
    rows.keep()
    asked = {"limit": 9} | asked
    found = rows.scan(LeadRow, *asked.pop("prefix", ()), **asked)
    assert ["/".join(parts) for parts, _ in found] == expected


def test_key_parts_that_could_make_two_keys_equal_are_refused() -> None:
    with pytest.raises(ValueError, match="must not hold"):
        row_key(LeadRow, ("a\x00b",))
    assert row_key(LeadRow, ("a", "b")) != row_key(LeadRow, ("ab",))


def test_a_row_written_again_in_the_same_batch_is_scanned_once_as_it_is_now(
    rows: Rows, store: MemoryStore
) -> None:
    for points in (1, 2, 3):
        rows.put(LeadRow(points=points), "a")
        if points == 1:
            commit(rows, store)
        elif points == 2:
            rows.keep()
    assert rows.scan(LeadRow, limit=9) == [(("a",), LeadRow(points=3))]


def test_a_row_written_before_a_field_was_added_reads_with_its_default(
    rows: Rows, store: MemoryStore
) -> None:
    rows.put(OlderRow(name="old"), "a")
    commit(rows, store)
    assert Rows(store).get(NewerRow, "a") == NewerRow(name="old", points=7)


def test_a_row_written_by_a_newer_worker_reads_without_the_field_it_does_not_know(
    rows: Rows, store: MemoryStore
) -> None:
    rows.put(NewerRow(name="new", points=9), "a")
    commit(rows, store)
    assert Rows(store).get(OlderRow, "a") == OlderRow(name="new")


def test_the_size_of_the_largest_row_counts_its_key(rows: Rows) -> None:
    rows.put(LeadNoteRow(text="x"), "small")
    rows.put(LeadNoteRow(text="x" * 1000), "k" * 50)
    rows.delete(LeadNoteRow, "k" * 5000)
    pending = rows.largest_pending
    rows.keep()
    sizes = [len(key) + len(value) for key, value in rows.changes().items() if value is not None]
    assert pending == max(sizes)
    assert pending > 1050


@pytest.mark.parametrize("change", [LeadRow(points=2), None], ids=["changed", "deleted"])
def test_a_row_that_was_read_before_it_changed_is_read_changed_after_the_commit(
    rows: Rows, store: MemoryStore, change: LeadRow | None
) -> None:
    rows.put(LeadRow(points=1), "a")
    commit(rows, store)
    assert rows.get(LeadRow, "a") == LeadRow(points=1)
    if change is None:
        rows.delete(LeadRow, "a")
    else:
        rows.put(change, "a")
    commit(rows, store)
    assert rows.get(LeadRow, "a") == change


def test_rows_of_a_type_that_is_not_cached_push_out_no_busy_row(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = Rows(store)
    rows.put(LeadRow(points=1), "busy")
    commit(rows, store)
    asked: list[bytes] = []
    read = store.get
    monkeypatch.setattr(store, "get", lambda key: asked.append(key) or read(key))
    for number in range(3 * MOST_CACHED):
        assert rows.get(EventRow, f"{number}") is None
        rows.put(EventRow(points=number), f"{number}")
        commit(rows, store)
    assert rows.get(LeadRow, "busy") == LeadRow(points=1)
    assert row_key(LeadRow, ("busy",)) not in asked
    rows.delete(EventRow, "7")
    commit(rows, store)
    assert rows.get(EventRow, "7") is None
    rows.put(EventRow(points=8), "7")
    commit(rows, store)
    assert rows.get(EventRow, "7") == EventRow(points=8)


def test_busy_rows_are_read_from_the_store_once_and_others_leave_the_cache(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = Rows(store)
    for number in range(3 * MOST_CACHED):
        writer.put(LeadRow(points=number), f"{number}")
    commit(writer, store)
    asked: list[bytes] = []
    read = store.get
    monkeypatch.setattr(store, "get", lambda key: asked.append(key) or read(key))
    rows = Rows(store)
    for number in range(3 * MOST_CACHED):
        assert rows.get(LeadRow, f"{number}") == LeadRow(points=number)
        assert rows.get(LeadRow, "0") == LeadRow(points=0)
        rows.committed()
    assert len(asked) == 3 * MOST_CACHED
    assert rows.get(LeadRow, "1") == LeadRow(points=1)
    assert len(asked) == 3 * MOST_CACHED + 1, "a row that was not read for long stays in the cache"
