"""The demo: a real Kafka, two real workers, a fortnight of a market produced by an ordinary client, and a report.

In: a seed. Out: a print-out; nothing is left behind. It is the way of production: only the broker is started here, and
the clock follows the events' own stamps, because they lie in the past.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Final

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from msgspec import json
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from schemas.topics import (
    CHAT_CONVERSATIONS,
    CRM_ACCOUNTS,
    CRM_CONTACTS,
    CRM_REPS,
    FORM_FILLS,
    TOPICS,
    WEB_ACTIVITY,
)
from workers.broker.clients import client_arguments
from workers.broker.topic_plan import create_topics
from workers.demo.findings import Findings
from workers.demo.market import sales_team
from workers.demo.market.fortnight import START, market_records
from workers.demo.market.market_record import MarketRecord
from workers.demo.printed_report import explained, print_report
from workers.demo.result_reader import ResultReader
from workers.demo.worker_processes import WorkerDiedError, WorkerProcesses
from workers.engine.context import changelog_topic
from workers.local_kafka.server import LocalKafka
from workers.settings import Settings

DEMO_KEY: Final = "demo-key-not-a-secret"
PARTITIONS: Final = 4
WORKERS: Final = 2
QUIET_S: Final = 4.0
STUCK_S: Final = 30.0
"""Without anything new for so long, it is not going on."""
_EVENTS: Final = frozenset({WEB_ACTIVITY.name, FORM_FILLS.name, CHAT_CONVERSATIONS.name})
_CRM: Final = frozenset({CRM_ACCOUNTS.name, CRM_CONTACTS.name, CRM_REPS.name})
_STEP_S: Final = 0.05
PRINT_WIDTH: Final = 130
"""Columns where the output is no terminal."""
_TELL_EVERY_S: Final = 10.0


class DemoError(Exception):
    """The demo cannot go on; the text says why."""


def run_demo(seed: int, *, seconds: float, keep: bool, policy: Path) -> None:
    """Run it all; Ctrl-C and SIGTERM stop and remove everything.

    Args:
        seed: another seed, another fortnight.
        seconds: in which the fortnight passes.
        keep: leave everything running afterwards, until Ctrl-C.
        policy: the policy file that the workers follow.

    Raises:
        DemoError: the workers died, were not ready in time, or the events do not add up.
        LocalKafkaError: there is no Kafka.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PRINT_WIDTH)
    with ExitStack() as stack:
        stack.enter_context(_terminated_like_interrupted())
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="lead-router-demo-", ignore_cleanup_errors=True)
            )
        )
        bootstrap = _bootstrap(stack, folder, console)
        settings = Settings(
            bootstrap=bootstrap, partitions=PARTITIONS, app_id="lead-router-demo", replication_factor=1
        )
        crew = WorkerProcesses(folder, _worker_settings(settings, policy), bootstrap, WORKERS)
        stack.callback(crew.stop)
        console.print("making up a fortnight of a market")
        records = market_records(seed)
        try:
            asyncio.run(_run(settings, crew, records, console, seconds=seconds, keep=keep))
        except WorkerDiedError as error:
            raise DemoError(str(error)) from None
        console.print("stopping the workers and Kafka")


async def _run(
    settings: Settings,
    crew: WorkerProcesses,
    records: list[MarketRecord],
    console: Console,
    *,
    seconds: float,
    keep: bool,
) -> None:
    client = client_arguments(settings)
    await _refuse_used_topics(client)
    await create_topics(settings, keep_forever=True)  # the fortnight is as old as it is
    crm = [
        record
        for record in records
        if record.topic in _CRM and record.timestamp_ms < START.timestamp() * 1_000
    ]
    rest = records[len(crm) :]
    async with AIOKafkaProducer(**client, acks="all", linger_ms=10) as producer:
        await _send(producer, crm)
        console.print(f"{len(crm):,} records of the CRM are there; starting {WORKERS} workers")
        crew.start()
        reader = ResultReader(client, settings.partitions, changelog_topic(settings.app_id, "visitors"))
        async with _following(reader):
            began = time.monotonic()
            await _produce(producer, rest, reader, crew, console, seconds)
            produced = sum(record.topic in _EVENTS for record in rest)
            adds_up = await _until_handled(reader, crew, produced, console)
            took_s = time.monotonic() - began
            print_report(
                console, reader.findings, reader.findings.reconciled(produced), sales_team.weights(), took_s
            )
            if keep:
                await _kept(settings, crew, reader.findings, console)
            elif not adds_up:
                raise DemoError(
                    f"not every event was accounted for, and for {STUCK_S:.0f} s nothing new came; --keep leaves the logs"
                )


async def _produce(
    producer: AIOKafkaProducer,
    records: list[MarketRecord],
    reader: ResultReader,
    crew: WorkerProcesses,
    console: Console,
    seconds: float,
) -> None:
    """Produce in time order, a fortnight in so many seconds."""
    first_ms, last_ms = records[0].timestamp_ms, records[-1].timestamp_ms
    per_ms = seconds / (last_ms - first_ms)
    began = told = time.monotonic()
    at = 0
    with _progress(console) as progress:
        bar = progress.add_task("the fortnight", total=len(records), said="")
        while at < len(records):
            crew.check()
            now_ms = first_ms + (time.monotonic() - began) / per_ms
            upto = at
            while upto < len(records) and records[upto].timestamp_ms <= now_ms:
                upto += 1
            await _send(producer, records[at:upto])
            at = upto
            found = reader.findings
            said = f"{at:,} events, {found.scored:,} scores, {len(found.routings):,} routing records"
            progress.update(bar, completed=at, said=said)
            if not console.is_terminal and time.monotonic() - told > _TELL_EVERY_S:
                told = time.monotonic()
                console.print(f"  {said}")
            await asyncio.sleep(_STEP_S)


async def _send(producer: AIOKafkaProducer, records: list[MarketRecord]) -> None:
    """Send and wait until the broker has them all."""
    waiting = [
        await producer.send(
            record.topic,
            value=record.value
            if record.value is None or isinstance(record.value, bytes)
            else json.encode(record.value),
            key=None if record.key is None else record.key.encode(),
            timestamp_ms=record.timestamp_ms,
        )
        for record in records
    ]
    await asyncio.gather(*waiting)


async def _until_handled(
    reader: ResultReader, crew: WorkerProcesses, produced: int, console: Console
) -> bool:
    """Wait until every event is accounted for and nothing more is said; False when nothing comes any more."""
    with console.status("waiting until everything is handled"):
        while reader.quiet_s < STUCK_S:
            crew.check()
            if reader.quiet_s > QUIET_S and reader.findings.reconciled(produced).adds_up:
                return True
            await asyncio.sleep(_STEP_S)
    return False


async def _kept(settings: Settings, crew: WorkerProcesses, found: Findings, console: Console) -> None:
    """Say what to try, and wait for Ctrl-C."""
    kafka = f"KAFKA_BOOTSTRAP={settings.bootstrap}"
    story = explained(found)
    console.print("\n[bold]Everything is still running. To try, in another terminal:[/]")
    for line in (
        f"{kafka} lead-router watch --topic lead.routing --from-start",
        f"{kafka} lead-router why {story.subject.handoff_id if story else 'a-company.example'}",
        f"{kafka} lead-router watch",
        f"{kafka} lead-router watch --json --from-start --to-end -t lead.events | head -3",
        f"tail -f {crew.logs[0]}",
        f"kill {crew.pids[0]}   # a worker leaves; the other takes its partitions",
    ):
        console.print(f"  {line}", markup=False, soft_wrap=True)
    console.print("Ctrl-C ends it and removes everything.")
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()


async def _refuse_used_topics(client: dict[str, Any]) -> None:
    """Somebody's own topics must not be filled with made-up people."""
    admin = AIOKafkaAdminClient(**client)
    await admin.start()
    try:
        used = sorted(set(await admin.list_topics()) & TOPICS.keys())
    finally:
        await admin.close()
    if used:
        raise DemoError(
            f"this Kafka has {', '.join(used[:3])} ... already, and the demo would fill them with made-up people. "
            "Unset KAFKA_BOOTSTRAP, and a Kafka is started for the demo alone."
        )


@asynccontextmanager
async def _following(reader: ResultReader) -> AsyncIterator[None]:
    task = asyncio.create_task(reader.follow(), name="reader")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _bootstrap(stack: ExitStack, folder: Path, console: Console) -> str:
    if running := os.environ.get("KAFKA_BOOTSTRAP"):
        console.print(f"using the Kafka at {running}")
        return running
    return stack.enter_context(_kafka(Settings(), folder, console)).bootstrap


def _kafka(settings: Settings, folder: Path, console: Console) -> LocalKafka:
    return LocalKafka(
        folder / "kafka",
        cache_dir=settings.cache_dir,
        progress=lambda text: console.print(text, markup=False),
    )


def _worker_settings(settings: Settings, policy: Path) -> dict[str, str]:
    return {
        "app_id": settings.app_id,
        "partitions": str(settings.partitions),
        "replication_factor": str(settings.replication_factor),
        "lead_id_key": DEMO_KEY,
        "clock": "stamps",
        "policy": str(policy.resolve()),
        "log_format": "json",
    }


def _progress(console: Console) -> Progress:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[said]}"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)
