"""The store of results: what a kill, a repetition, a topic that was made again and an erasure leave in it."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.scenarios.story import Story, moment
from tests.stored import KEY, batches, begin, deliver, filled, open_store, records_of
from workers.engine.api import Record
from workers.identity.lead_ids import lead_id_of
from workers.result_store.projection import unpack
from workers.result_store.store_file import ResultStore, StoreError, reading

ANN = lead_id_of("ann@harbor.example", KEY)
TABLES = {
    **dict.fromkeys(("leads", "points", "stages", "handoffs", "revisions", "alerts", "ledger"), 1),
    **dict.fromkeys(("letters", "reps", "companies", "company_words", "touches", "web_days", "browsers"), 1),
}


class Seen:
    """A projection that counts records, and calls a function at one of them."""

    name = "seen"
    topics = frozenset({"lead.routing", "form.fills"})
    statements = ("CREATE TABLE seen (topic TEXT, offset INTEGER, PRIMARY KEY (topic, offset))",)

    def __init__(self) -> None:
        self.records: list[tuple[str, int]] = []

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        self.records.append((record.topic, record.offset))
        connection.execute("INSERT INTO seen VALUES (?, ?)", self.records[-1])

    def forget(self, connection: sqlite3.Connection, lead_id: str) -> None:
        pass

    def prune(self, connection: sqlite3.Connection, before_ms: int) -> None:
        pass


class Copier(Seen):
    """A projection that copies the files of the store at each record: what a SIGKILL at that moment leaves."""

    name = "copier"
    topics = Seen.topics | {"lead.scores", "lead.stages", "lead.alerts", "desk.ledger"}

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.copies: list[Path] = []

    def apply(self, connection: sqlite3.Connection, record: Record) -> None:
        super().apply(connection, record)
        copy = self.path.parent / f"killed{len(self.copies)}" / "results.sqlite"
        copy.parent.mkdir()
        for end in ("", "-wal"):
            shutil.copy(f"{self.path}{end}", f"{copy}{end}")
        self.copies.append(copy)


def story_of(folder: Path) -> Story:
    story = Story(folder)
    story.rep("mia")
    story.rep("tom", away=("mon 00:00", "fri 00:00"))
    story.bank("harbor")
    story.activity(
        "page_view", "tue 09:00", anonymous_id="b-1", url="https://x.example/pricing?mail=ann@harbor.example"
    )
    story.form(
        "ann@harbor.example",
        "tue 10:00",
        "demo",
        anonymous_id="b-1",
        company="Harbor Seaways",
        phone="+1 202 555 0188",
    )
    story.form("bob@harbor.example", "tue 11:00", "demo", company="Harbour Côte")
    story.chat("started", "tue 11:30", anonymous_id="b-1")
    story.sales("touched", "bob@harbor.example", "tue 12:00", "mia", channel="call")
    story.late("form.fills", "x", "mon-20 10:00", "tue 13:00", form_id="old", email="old@harbor.example")
    return story


@pytest.fixture
def records(tmp_path: Path) -> list[Record]:
    return records_of(story_of(tmp_path), "wed 12:00")


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with reading(path) as connection:
        return sorted(connection.execute(f"SELECT * FROM {table}"), key=repr)  # noqa: S608 - a name of this file


def content(path: Path) -> dict[str, list[tuple[object, ...]]]:
    kept = {table: rows(path, table) for table in TABLES}
    return kept | {"positions": [one for one in rows(path, "positions") if one[0] != Copier.name]}


def test_every_table_is_filled(tmp_path: Path) -> None:
    path = filled(tmp_path / "results.sqlite", story_of(tmp_path), "wed 12:00")
    assert {table: 1 for table in TABLES if rows(path, table)} == TABLES


def test_a_kill_at_any_record_loses_nothing_and_repeats_nothing(
    tmp_path: Path, records: list[Record]
) -> None:
    path = tmp_path / "whole" / "results.sqlite"
    copier = Copier(path)
    store = open_store(path, copier)
    deliver(store, records, size=5)
    store.close()
    whole = content(path)

    assert len(copier.copies) > 20
    for number, copy in enumerate(copier.copies):
        again = open_store(copy)
        deliver(again, records, size=5)
        again.close()
        assert content(copy) == whole, f"killed at record {number}"


def test_a_batch_that_fails_stores_neither_rows_nor_offsets(tmp_path: Path, records: list[Record]) -> None:
    class Failing(Seen):
        def apply(self, connection: sqlite3.Connection, record: Record) -> None:
            super().apply(connection, record)
            raise RuntimeError("the disk is full")

    path = tmp_path / "results.sqlite"
    store = open_store(path, Failing())
    before = begin(store)
    with pytest.raises(RuntimeError, match="disk"):
        store.apply(records)
    assert begin(store) == before
    store.close()
    assert rows(path, "handoffs") == []


def test_a_topic_that_was_made_again_is_read_from_its_beginning(
    tmp_path: Path, records: list[Record]
) -> None:
    path = tmp_path / "results.sqlite"
    store = open_store(path)
    deliver(store, records)
    assert max(begin(store).values()) > 1
    assert set(begin(store, topic_id="second").values()) == {0}
    store.close()
    before = {table: rows(path, table) for table in TABLES if table != "web_days"}
    store = open_store(path)
    deliver(store, records, topic_id="second")
    store.close()
    assert {table: rows(path, table) for table in TABLES if table != "web_days"} == before


def test_a_partition_that_ends_before_the_stored_offset_is_read_again(
    tmp_path: Path, records: list[Record]
) -> None:
    store = open_store(tmp_path / "results.sqlite")
    deliver(store, records)
    assert begin(store, end=1)["lead.routing", 0] == 0
    store.close()


def test_a_new_projection_reads_from_the_beginning_and_the_others_do_not(
    tmp_path: Path, records: list[Record]
) -> None:
    path = tmp_path / "results.sqlite"
    store = open_store(path)
    deliver(store, records)
    store.close()
    before = content(path)

    seen = Seen()
    store = open_store(path, seen)
    deliver(store, records)
    store.close()
    assert seen.records == [(one.topic, one.offset) for one in records if one.topic in Seen.topics]
    assert {table: rows(path, table) for table in TABLES} == {table: before[table] for table in TABLES}


def test_a_new_statement_of_a_projection_keeps_its_rows(tmp_path: Path, records: list[Record]) -> None:
    class Later(Seen):
        statements = (*Seen.statements, "ALTER TABLE seen ADD COLUMN note TEXT")

    path = tmp_path / "results.sqlite"
    store = open_store(path, Seen())
    deliver(store, records)
    store.close()
    later = Later()
    store = open_store(path, later)
    deliver(store, records)
    store.close()
    assert later.records == []
    assert len(rows(path, "seen")) == 5

    with pytest.raises(StoreError, match="later release"):
        open_store(path, Seen())


def test_a_second_writer_is_refused(tmp_path: Path) -> None:
    store = open_store(tmp_path / "results.sqlite")
    with pytest.raises(StoreError, match="in use by another process"):
        open_store(tmp_path / "results.sqlite")
    store.close()


def test_only_its_user_may_read_the_file(tmp_path: Path) -> None:
    open_store(tmp_path / "kept" / "results.sqlite").close()
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
    assert (tmp_path / "kept" / "results.sqlite").stat().st_mode & 0o077 == 0


def test_no_address_and_no_telephone_number_is_stored(tmp_path: Path) -> None:
    path = filled(tmp_path / "results.sqlite", story_of(tmp_path), "wed 12:00")
    texts = [
        str(unpack(value) if isinstance(value, bytes) else value)
        for table in TABLES
        for row in rows(path, table)
        for value in row
        if not isinstance(value, bytes) or value[:1] == b"\x78"  # other bytes are hashes
    ]
    assert [text for text in texts if "@" in text or "202 555" in text or "2025550188" in text] == []


def erase(at: str) -> Record:
    value = b'{"event_id":"x","occurred_at":"2026-03-01T10:00:00Z","email":"Ann@Harbor.example","request":"erasure"}'
    return Record("privacy.requests", 0, 0, int(moment(at).timestamp() * 1_000), b"k", value)


def about_ann(path: Path) -> list[str]:
    return [table for table in TABLES for row in rows(path, table) if ANN in row or ANN.encode() in row]


@pytest.mark.parametrize("requested", ["request first", "request last"])
def test_an_erased_person_is_deleted_whatever_is_read_first(
    tmp_path: Path, records: list[Record], requested: str
) -> None:
    path = tmp_path / "results.sqlite"
    store = open_store(path)
    request = erase("thu 12:00")
    deliver(store, [request, *records] if requested == "request first" else [*records, request])
    store.prune(0)
    assert about_ann(path) == []
    assert rows(path, "handoffs"), "Bob's hand-off stays"
    assert rows(path, "web_days") == [] or requested == "request first"
    assert b"seaways" not in path.read_bytes() + Path(f"{path}-wal").read_bytes()
    store.close()


def test_a_tombstone_of_a_score_erases_too(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "results.sqlite"
    store = open_store(path)
    last = max(one.offset for one in records if one.topic == "lead.scores")
    at_ms = int(moment("thu 12:00").timestamp() * 1_000)
    deliver(store, [*records, Record("lead.scores", 0, last + 1, at_ms, ANN.encode(), None)])
    store.close()
    assert about_ann(path) == []


def test_the_routers_own_erasure_reaches_the_store_and_a_later_visit_starts_afresh(tmp_path: Path) -> None:
    story = story_of(tmp_path)
    story.erasure("ann@harbor.example", "wed 09:00")
    path = filled(tmp_path / "results.sqlite", story, "wed 12:00")
    assert about_ann(path) == []
    story.form("ann@harbor.example", "thu 10:00", "demo")
    store = open_store(path)
    deliver(store, records_of(story, "fri 12:00"))
    store.close()
    assert {"handoffs", "leads"} <= set(about_ann(path))


def test_old_rows_are_pruned(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "results.sqlite"
    store = open_store(path)
    deliver(store, records)
    store.prune(int(moment("mon3 00:00").timestamp() * 1_000))
    store.close()
    left = {table for table in TABLES if rows(path, table)}
    assert left == {"reps", "companies", "company_words", "browsers"}, "the CRM's own records stay"


def test_a_score_of_a_former_account_does_not_replace_the_present_one(
    tmp_path: Path, records: list[Record]
) -> None:
    score = next(one for one in records if one.topic == "lead.scores" and one.value)
    assert score.value
    lead_id = (score.key or b"").decode()
    moved = score.value.replace(b'"moves":', b'"was":').replace(
        b'"account_key":"domain:harbor.example"', b'"moves":1,"account_key":"domain:quay.example"'
    )
    store = open_store(tmp_path / "results.sqlite")
    begin(store)
    for offset, value in enumerate((moved, score.value)):
        store.apply([Record("lead.scores", 0, offset, score.timestamp_ms, score.key, value)])
    store.close()
    with reading(tmp_path / "results.sqlite") as connection:
        found = connection.execute("SELECT account_key FROM leads WHERE lead_id = ?", (lead_id,)).fetchone()
    assert found == ("domain:quay.example",)


def test_records_that_cannot_be_read_are_passed(tmp_path: Path) -> None:
    store: ResultStore = open_store(tmp_path / "results.sqlite")
    begin(store)
    texts = (b"", b"{", b"[]", b'{"event_id":1}', b'{"occurred_at":"yesterday","event_id":"e"}', b"\xff")
    for topic in sorted(store.topics):
        records = [Record(topic, 0, number, 1, b"k", text) for number, text in enumerate(texts)]
        for batch in batches(records, 3):
            store.apply(batch)
    assert set(begin(store).values()) == {len(texts)}
    store.close()
