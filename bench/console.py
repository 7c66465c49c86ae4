"""Measures the console with a million leads in its store: `python -m bench.console [LEADS]` (ten minutes, 10 GB of disk).

The store is made of copies of the results of the demo's two weeks, each copy with ids of its own. The console runs as a process
of its own on a real broker. Measured are the time until a page and its style sheet have arrived, the process's memory, and the time
from the commit of a hand-off until the news of it has arrived and until the page that shows it has.
"""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx2
from aiokafka import AIOKafkaProducer
from rich.console import Console
from rich.table import Table

from workers.agents import make_specs
from workers.broker.topic_plan import create_topics
from workers.commands.demo import history_line
from workers.config import load_config
from workers.console.page_list import PAGES
from workers.deadletters import dead_letter
from workers.demo.market.fortnight import market_records
from workers.engine.api import Record
from workers.local_kafka.server import LocalKafka
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_files import History
from workers.replay.topic_roles import INPUT_RANKS, RESULTS, directory_ready
from workers.result_store.console_tables import console_tables
from workers.result_store.store_file import ResultStore
from workers.settings import Settings

LEADS = 1_000_000
KEY = "bench-key-not-a-secret"
GOAL_PAINT_MS = 300.0
GOAL_LIVE_S = 2.0
GOAL_MEMORY_MB = 500.0
REPEATS = 20
HANDOFFS = 20
_BATCH = 2_000
_IDS = frozenset(
    {
        *("lead_id", "account_key", "handoff_id", "event_id", "alert_id"),
        *("request_id", "event_key", "browser", "visitor"),
    }
)
"""The columns that get another value in each copy of a row."""
_WITHOUT_COPIES = frozenset(
    {"positions", "made", "erased", "reps", "letters", "letter_actions", "tasks", "web_swept"}
)
_READY_S = 120.0
_CHANGED = b"event: changed"


def main() -> None:
    leads = int(sys.argv[1]) if len(sys.argv) > 1 else LEADS
    console = Console()
    with tempfile.TemporaryDirectory(prefix="bench-console-") as name:
        folder = Path(name)
        began = time.monotonic()
        sample = fill(folder / "results.sqlite", leads)
        size_gb = (folder / "results.sqlite").stat().st_size / 1e9
        console.print(f"{leads:,} leads, {size_gb:.1f} GB, filled in {time.monotonic() - began:.0f} s")
        with LocalKafka(folder / "kafka") as kafka:
            asyncio.run(measure(kafka.bootstrap, folder, sample, console))


def fill(path: Path, leads: int) -> bytes:
    """Write a store with this many leads. Return the value of a hand-off record to make others from."""
    records = list(demo_results())
    store = ResultStore(path, console_tables("lead-router", KEY.encode()), KEY.encode())
    store.begin({}, {(topic, 0): (0, len(records)) for topic in store.topics})
    for batch in _batched(records):
        store.apply(batch)
    store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -1000000")
        (first,) = connection.execute("SELECT count(*) FROM leads").fetchone()
        connection.execute("CREATE TEMP TABLE copies (n INTEGER PRIMARY KEY)")
        connection.executemany("INSERT INTO copies VALUES (?)", [(n,) for n in range(1, -(-leads // first))])
        tables = [
            name for (name,) in connection.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'")
        ]
        for table in sorted(set(tables) - _WITHOUT_COPIES):
            copy_rows(connection, table)
        connection.execute("DELETE FROM positions")
        (found,) = connection.execute("SELECT count(*) FROM leads").fetchone()
        assert found >= leads
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return (
        next(
            one.value
            for one in records
            if one.topic == "lead.routing" and b'"action":"assigned"' in (one.value or b"")
        )
        or b""
    )


def copy_rows(connection: sqlite3.Connection, table: str) -> None:
    """Insert all rows of a table once for each copy, with other ids. Ids of one copy are near each other."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    if not _IDS & set(columns):
        return
    shown = ", ".join(_copied(name) if name in _IDS else f"b.{name}" for name in columns)
    connection.execute(f"CREATE TEMP TABLE base AS SELECT * FROM main.{table}")  # noqa: S608 - names of the schema
    connection.execute("BEGIN")
    connection.execute(f"INSERT INTO main.{table} SELECT {shown} FROM copies CROSS JOIN base b")  # noqa: S608 - the same
    connection.execute("COMMIT")
    connection.execute("DROP TABLE base")


def _copied(name: str) -> str:
    if name in {"account_key", "handoff_id"}:
        return f"substr(b.{name}, 1, instr(b.{name}, ':')) || 'b' || n || '-' || substr(b.{name}, instr(b.{name}, ':') + 1)"
    text = f"printf('%08x', n) || substr(b.{name}, 9)"
    blob = f"CAST(CAST(printf('%08x', n) AS BLOB) || substr(b.{name}, 9) AS BLOB)"
    return f"CASE typeof(b.{name}) WHEN 'null' THEN NULL WHEN 'blob' THEN {blob} ELSE {text} END"


def demo_results() -> list[Record]:
    """Return the inputs and the results of the demo's two weeks, each with its offset."""
    with tempfile.TemporaryDirectory(prefix="bench-console-") as name:
        file = Path(name) / "march.jsonl"
        with file.open("wb") as lines:
            lines.writelines(map(history_line, market_records(1)))
        history = History([file], INPUT_RANKS)
        found: list[tuple[str, int, bytes | None, bytes | None]] = []
        _, config = load_config(Path("policy"))
        run = EdgeReplay(
            make_specs(KEY.encode(), 1),
            config,
            dead_letter,
            lambda emit: found.append((emit.topic, emit.timestamp_ms or 0, emit.key, emit.value)),
            results=RESULTS,
        )
        assert history.first_ms is not None
        run.open_with(directory_ready(history.first_ms))
        for record in history.in_order():
            found.append((record.topic, record.timestamp_ms, record.key, record.value))
            run.feed(record)
        run.run_timers(history.last_ms or 0)
    offsets: Counter[str] = Counter()
    records = []
    for topic, at_ms, key, value in found:
        records.append(Record(topic, 0, offsets[topic], at_ms, key, value))
        offsets[topic] += 1
    return records


def _batched(records: list[Record]) -> list[list[Record]]:
    return [records[first : first + _BATCH] for first in range(0, len(records), _BATCH)]


async def measure(bootstrap: str, folder: Path, sample: bytes, console: Console) -> None:
    await create_topics(Settings(bootstrap=bootstrap, partitions=1), keep_forever=True)
    environment = os.environ | {
        "KAFKA_BOOTSTRAP": bootstrap,
        "LEAD_ROUTER_PARTITIONS": "1",
        "LEAD_ROUTER_CONSOLE_DIR": str(folder),
        "LEAD_ROUTER_LEAD_ID_KEY": KEY,
        "LEAD_ROUTER_CLOCK": "stamps",
    }
    began = time.monotonic()
    server = subprocess.Popen(  # noqa: ASYNC220 - nothing else runs yet
        [sys.executable, "-m", "workers.cli", "console", "--port", "8485"],
        env=environment,
        stdout=subprocess.DEVNULL,
    )
    try:
        async with httpx2.AsyncClient(base_url="http://127.0.0.1:8485", timeout=60.0) as client:
            while not await _answers(client):
                assert time.monotonic() - began < _READY_S, "the console does not answer"
                await asyncio.sleep(0.05)
            console.print(
                f"the first page after {time.monotonic() - began:.1f} s from the start of the process"
            )
            await paint(client, console, folder / "results.sqlite")
            await live(client, console, bootstrap, sample)
        memory_mb = _peak_mb(server.pid)
        console.print(f"peak memory {memory_mb:.0f} MB, goal {GOAL_MEMORY_MB:.0f}")
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()  # a page is still being read


async def _answers(client: httpx2.AsyncClient) -> bool:
    try:
        return (await client.get("/")).status_code == httpx2.codes.OK
    except httpx2.HTTPError:
        return False


async def paint(client: httpx2.AsyncClient, console: Console, path: Path) -> None:
    """Print the time of each page, with its style sheet."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        lead_id, account_key = connection.execute(
            "SELECT lead_id, account_key FROM handoffs WHERE holder_id IS NOT NULL LIMIT 1 OFFSET 5000"
        ).fetchone()
    asked: list[tuple[str, str, dict[str, str] | None]] = [
        (page.path, page.path, None) for page in PAGES if page.in_menu and not page.is_posted
    ]
    asked += [
        ("a lead", f"/leads/{lead_id}", None),
        ("an account", f"/accounts/{account_key.replace(':', '%3A')}", None),
        ("search: a word", "/search", {"q": "bank"}),
        ("search: two words", "/search", {"q": "national bank"}),
        ("search: a domain", "/search", {"q": account_key.partition(":")[2]}),
        ("search: a lead", "/search", {"q": lead_id[:10]}),
        ("search: an address", "/search", {"q": "not.there@bank.example"}),
    ]
    table = Table(title=f"page and style sheet, milliseconds of {REPEATS}; goal {GOAL_PAINT_MS:.0f}")
    for column in ("page", "first", "median", "largest", "KB"):
        table.add_column(column, justify="left" if column == "page" else "right")
    for name, page_path, form in asked:
        times, size = [], 0
        for _ in range(REPEATS):
            began = time.perf_counter()
            answer = await (client.get(page_path) if form is None else client.post(page_path, data=form))
            await client.get("/static/console.css")
            times.append((time.perf_counter() - began) * 1_000)
            assert answer.status_code < 400, (name, answer.status_code)
            size = len(answer.content)
        shown = [times[0], statistics.median(times), max(times)]
        table.add_row(name, *(f"{one:.0f}" for one in shown), f"{size / 1_000:.0f}")
    console.print(table)


async def live(client: httpx2.AsyncClient, console: Console, bootstrap: str, sample: bytes) -> None:
    """Print the time from the commit of a hand-off to its news, and to the page that shows it."""
    news_s, shown_s = [], []
    async with (
        AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id="bench-console") as producer,
        client.stream("GET", "/news/live", timeout=None) as stream,
    ):
        events = stream.aiter_bytes()
        await anext(events)
        for number in range(HANDOFFS):
            lead_id, value = _handoff(sample, number)
            await producer.begin_transaction()
            await producer.send_and_wait("lead.routing", value, lead_id.encode(), partition=0)
            await producer.commit_transaction()
            began = time.perf_counter()
            while _CHANGED not in await anext(events):
                pass
            news_s.append(time.perf_counter() - began)
            page = (await client.get("/live")).text
            shown_s.append(time.perf_counter() - began)
            assert f"/leads/{lead_id}" in page
            await asyncio.sleep(0.7)
    for what, times in (("its news", news_s), ("the page that shows it", shown_s)):
        console.print(
            f"from the commit of a hand-off to {what}: median {statistics.median(times):.2f} s, largest {max(times):.2f} s,"
            f" of {len(times)}; goal {GOAL_LIVE_S:.0f} s"
        )


def _handoff(sample: bytes, number: int) -> tuple[str, bytes]:
    made: dict[str, Any] = json.loads(sample)
    lead_id = str(uuid.uuid4())
    made |= {
        "event_id": str(uuid.uuid4()),
        "lead_id": lead_id,
        "handoff_id": f"domain:live{number}.example#1.1",
        "account_key": f"domain:live{number}.example",
        "occurred_at": f"2026-03-20T10:00:{number:02}Z",
    }
    return lead_id, json.dumps(made).encode()


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1_024


if __name__ == "__main__":
    main()
