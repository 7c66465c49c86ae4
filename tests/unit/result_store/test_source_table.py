"""Counts of events by source and hour, and the report over them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner

from tests.unit.house.pages import ROOT
from workers.cli import app
from workers.console.silence_check import find_silent
from workers.engine.api import Record
from workers.result_store.source_table import KEPT_HOURS, SourceTable
from workers.silent_sources.hour_plan import HOUR_MS, HourPlan
from workers.silent_sources.silence_monitor import ChangeKind
from workers.silent_sources.source_names import OTHERS, Source, SourceKind
from workers.silent_sources.source_report import changes_since, source_report

MONDAY_MS = int(datetime(2026, 3, 2, tzinfo=UTC).timestamp()) * 1000
DEMO = Source(SourceKind.FORM, "demo")
POLICY = ROOT / "policy" / "default.yaml"
PLAN = HourPlan(ZoneInfo("UTC"))


def made(file: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    for statement in SourceTable.statements:
        connection.execute(statement)
    return connection


@pytest.fixture
def store() -> Iterator[sqlite3.Connection]:
    with closing(made(":memory:")) as connection:
        yield connection


def event(topic: str, at_ms: int, **fields: object) -> Record:
    at = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()
    value = {"event_id": "e", "occurred_at": at, **fields}
    return Record(topic, 0, 0, at_ms, b"k", json.dumps(value).encode())


def counted(store: sqlite3.Connection) -> dict[str, int]:
    rows = store.execute(
        "SELECT kind || ' ' || name, sum(count) FROM sources JOIN source_hours USING (source_id) GROUP BY source_id"
    )
    return dict(rows.fetchall())


def test_an_event_counts_for_its_producer_site_and_form_or_page(store: sqlite3.Connection) -> None:
    table = SourceTable()
    url = "https://www.bank.example/demo?email=ann@bank.example"
    table.apply(store, event("form.fills", MONDAY_MS, form_id="demo", url=url, producer="site-a"))
    table.apply(store, event("web.activity", MONDAY_MS, url=url))
    table.apply(store, event("crm.accounts", MONDAY_MS, occurred_at=None))
    assert counted(store) == {
        "producer form.fills from site-a": 1,
        "site form.fills on www.bank.example": 1,
        "form demo": 1,
        "producer web.activity": 1,
        "site web.activity on www.bank.example": 1,
        "page www.bank.example/demo": 1,
        "producer crm.accounts": 1,
    }


@pytest.mark.parametrize(
    "fields",
    [{"is_bot": True}, {"occurred_at": "1970-01-01T00:00:00Z"}, {"occurred_at": "soon"}, {"occurred_at": 7}],
)
def test_robots_and_events_with_a_wrong_date_do_not_count(
    store: sqlite3.Connection, fields: dict[str, object]
) -> None:
    SourceTable().apply(store, event("form.fills", MONDAY_MS, form_id="demo", **fields))
    assert counted(store) == {}


def test_fields_of_any_type_are_read(store: sqlite3.Connection) -> None:
    SourceTable().apply(store, event("form.fills", MONDAY_MS, form_id=7, url=["x"], producer={}))
    assert counted(store) == {"producer form.fills": 1}


def test_sources_beyond_the_bound_are_counted_together(store: sqlite3.Connection) -> None:
    for form in ("a", "b", "c", "d", "a"):
        SourceTable(2).apply(store, event("form.fills", MONDAY_MS, form_id=form))
    assert counted(store) == {"producer form.fills": 5, "form a": 2, "form b": 1, f"form {OTHERS}": 2}


def test_a_form_of_two_sites_belongs_to_neither(store: sqlite3.Connection) -> None:
    for host in ("a.example", "b.example"):
        SourceTable().apply(store, event("form.fills", MONDAY_MS, form_id="demo", url=f"https://{host}/x"))
    row = store.execute("SELECT producer, site FROM sources WHERE name = 'demo'").fetchone()
    assert row == ("form.fills", None)


def test_old_hours_and_their_sources_are_deleted(store: sqlite3.Connection) -> None:
    table = SourceTable()
    table.apply(store, event("form.fills", MONDAY_MS, form_id="old"))
    table.apply(store, event("form.fills", MONDAY_MS + (KEPT_HOURS + 1) * HOUR_MS, form_id="new"))
    table.prune(store, 0)
    assert counted(store) == {"producer form.fills": 1, "form new": 1}


def fill(store: sqlite3.Connection, until_hour: int, dead_hour: int) -> None:
    """Two forms send four events an hour from 9 to 17. One stops."""
    for hour in range(until_hour):
        if 9 <= hour % 24 < 17:
            for form in ("demo", "news"):
                if form == "news" or hour < dead_hour:
                    for _ in range(4):
                        at_ms = MONDAY_MS + hour * HOUR_MS
                        SourceTable().apply(store, event("form.fills", at_ms, form_id=form))


def test_the_report_names_the_silent_form_first(store: sqlite3.Connection) -> None:
    dead = 3 * 7 * 24
    fill(store, dead + 24, dead)
    now_ms = MONDAY_MS + (dead + 20) * HOUR_MS
    report = source_report(store, now_ms, PLAN)
    first = report.states[0]
    assert first.source == DEMO
    assert first.silent_since_ms is not None
    assert first.counted == 0
    assert first.expected > 20
    assert [one.silent_since_ms for one in report.states[1:]] == [None, None]
    (change,) = report.changes
    assert (change.kind, change.source) == (ChangeKind.SILENT, DEMO)
    found_ms = (change.at_hour + 1) * HOUR_MS
    assert changes_since(report, found_ms - 1) == [change]
    assert changes_since(report, found_ms) == []
    assert source_report(store, now_ms, PLAN) == report


def test_an_empty_store_has_no_sources(store: sqlite3.Connection) -> None:
    report = source_report(store, MONDAY_MS, PLAN)
    assert (report.states, report.changes) == ((), ())


def test_the_command_lists_the_sources(tmp_path: Path) -> None:
    with closing(made(tmp_path / "results.sqlite")) as store:
        SourceTable().apply(store, event("form.fills", MONDAY_MS, form_id="demo"))
    done = CliRunner().invoke(app, ["sources", "--store", str(tmp_path / "results.sqlite")])
    assert done.exit_code == 0, done.output
    assert "form demo" in done.output
    assert "2 sources; 0 silent" in done.output


def test_the_command_without_a_store_names_what_to_start(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["sources", "--store", str(tmp_path / "none.sqlite")])
    assert done.exit_code != 0
    assert "lead-router console" in str(done.exception)


def test_the_check_of_the_console_finds_the_silent_form(tmp_path: Path) -> None:
    dead = 3 * 7 * 24
    with closing(made(tmp_path / "results.sqlite")) as own, own:
        own.execute("BEGIN")
        fill(own, dead + 24, dead)
    assert find_silent(tmp_path / "results.sqlite", POLICY, MONDAY_MS + (dead + 2) * HOUR_MS) == []
    (found,) = find_silent(tmp_path / "results.sqlite", POLICY, MONDAY_MS + (dead + 20) * HOUR_MS)
    assert found.source == DEMO
