"""The demo: a real Kafka, two real workers, two weeks of generated events, and a report.

In: a seed. Out: a printed report. All files and processes are removed at the end. The setup is that of production with
two differences: the broker is started here, and the clock follows the events' timestamps, which are in the past.
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
from workers.demo.demo_console import serving_console
from workers.demo.findings import Findings
from workers.demo.market import sales_team
from workers.demo.market.fortnight import START, market_records
from workers.demo.market.market_record import MarketRecord
from workers.demo.printed_report import print_report, sample_decisions
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
"""Time without a new result after which the demo gives up. Seconds."""
_EVENTS: Final = frozenset({WEB_ACTIVITY.name, FORM_FILLS.name, CHAT_CONVERSATIONS.name})
_CRM: Final = frozenset({CRM_ACCOUNTS.name, CRM_CONTACTS.name, CRM_REPS.name})
_STEP_S: Final = 0.05
PRINT_WIDTH: Final = 130
"""Columns of the output if it is not a terminal."""
_PRINT_EVERY_S: Final = 10.0


class DemoError(Exception):
    """The demo failed. The text names the cause."""


def run_demo(seed: int, *, seconds: float, keep: bool, policy: Path) -> None:
    """Run the demo. Ctrl-C and SIGTERM stop and remove everything.

    Args:
        seed: the seed of the generated events.
        seconds: the time in which the two weeks of events are produced.
        keep: whether to leave everything running after the report, until Ctrl-C.
        policy: the policy file of the workers.

    Raises:
        DemoError: a worker died, an event has no known outcome, or the Kafka already has the router's topics.
        LocalKafkaError: the local Kafka cannot be downloaded or started.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=PRINT_WIDTH)
    with ExitStack() as stack:
        stack.enter_context(_sigterm_as_interrupt())
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="lead-router-demo-", ignore_cleanup_errors=True)
            )
        )
        bootstrap = _bootstrap(stack, folder, console)
        settings = Settings(
            bootstrap=bootstrap, partitions=PARTITIONS, app_id="lead-router-demo", replication_factor=1
        )
        workers = WorkerProcesses(folder, _worker_settings(settings, policy), bootstrap, WORKERS)
        stack.callback(workers.stop)
        console.print("generating two weeks of events")
        records = market_records(seed)
        try:
            asyncio.run(_run(settings, folder, workers, records, console, seconds=seconds, keep=keep))
        except WorkerDiedError as error:
            raise DemoError(str(error)) from None
        console.print("stopping the workers and Kafka")


async def _run(
    settings: Settings,
    folder: Path,
    workers: WorkerProcesses,
    records: list[MarketRecord],
    console: Console,
    *,
    seconds: float,
    keep: bool,
) -> None:
    client = client_arguments(settings)
    await _refuse_existing_topics(client)
    await create_topics(settings, keep_forever=True)  # the events are older than a usual retention
    crm = [
        record
        for record in records
        if record.topic in _CRM and record.timestamp_ms < START.timestamp() * 1_000
    ]
    rest = records[len(crm) :]
    async with AIOKafkaProducer(**client, acks="all", linger_ms=10) as producer:
        await _send(producer, crm)
        console.print(f"{len(crm):,} CRM records are written; starting {WORKERS} workers")
        workers.start()
        reader = ResultReader(client, settings.partitions, changelog_topic(settings.app_id, "visitors"))
        async with _following(reader), serving_console(settings, folder / "console", DEMO_KEY) as address:
            console.print(f"watch them in a browser: {address}", soft_wrap=True)
            began = time.monotonic()
            await _produce(producer, rest, reader, workers, console, seconds)
            produced = sum(record.topic in _EVENTS for record in rest)
            adds_up = await _wait_until_processed(reader, workers, produced, console)
            took_s = time.monotonic() - began
            print_report(
                console, reader.findings, reader.findings.reconciled(produced), sales_team.weights(), took_s
            )
            if keep:
                await _keep_running(settings, workers, reader.findings, console, address)
            elif not adds_up:
                raise DemoError(
                    f"some events have no known outcome, and no new result came for {STUCK_S:.0f} s;"
                    " run the demo with --keep and read the workers' logs"
                )


async def _produce(
    producer: AIOKafkaProducer,
    records: list[MarketRecord],
    reader: ResultReader,
    workers: WorkerProcesses,
    console: Console,
    seconds: float,
) -> None:
    """Produce the records in the order of time, spread over ``seconds``."""
    first_ms, last_ms = records[0].timestamp_ms, records[-1].timestamp_ms
    per_ms = seconds / (last_ms - first_ms)
    began = last_print = time.monotonic()
    at = 0
    with _progress(console) as progress:
        task = progress.add_task("two weeks of events", total=len(records), counts="")
        while at < len(records):
            workers.check()
            now_ms = first_ms + (time.monotonic() - began) / per_ms
            upto = at
            while upto < len(records) and records[upto].timestamp_ms <= now_ms:
                upto += 1
            await _send(producer, records[at:upto])
            at = upto
            found = reader.findings
            counts = f"{at:,} events, {found.scored:,} scores, {len(found.routings):,} routing records"
            progress.update(task, completed=at, counts=counts)
            if not console.is_terminal and time.monotonic() - last_print > _PRINT_EVERY_S:
                last_print = time.monotonic()
                console.print(f"  {counts}")
            await asyncio.sleep(_STEP_S)


async def _send(producer: AIOKafkaProducer, records: list[MarketRecord]) -> None:
    """Send the records and wait until the broker has confirmed all of them."""
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


async def _wait_until_processed(
    reader: ResultReader, workers: WorkerProcesses, produced: int, console: Console
) -> bool:
    """Wait until every event has an outcome and no more results come. Return False if the results stop before."""
    with console.status("waiting until every event is processed"):
        while reader.quiet_s < STUCK_S:
            workers.check()
            if reader.quiet_s > QUIET_S and reader.findings.reconciled(produced).adds_up:
                return True
            await asyncio.sleep(_STEP_S)
    return False


async def _keep_running(
    settings: Settings, workers: WorkerProcesses, found: Findings, console: Console, address: str
) -> None:
    """Print the console's address and commands to try, and wait for Ctrl-C."""
    kafka = f"KAFKA_BOOTSTRAP={settings.bootstrap}"
    story = sample_decisions(found)
    console.print(f"\n[bold]Everything is still running. Open {address} in a browser.[/]", soft_wrap=True)
    console.print("Commands to try in another terminal:")
    for line in (
        f"{kafka} lead-router watch --topic lead.routing --from-start",
        f"{kafka} lead-router why {story.subject.handoff_id if story else 'a-company.example'}",
        f"{kafka} lead-router watch",
        f"{kafka} lead-router watch --json --from-start --to-end -t lead.events | head -3",
        f"tail -f {workers.logs[0]}",
        f"kill {workers.pids[0]}   # stops one worker; the other takes over its partitions",
    ):
        console.print(f"  {line}", markup=False, soft_wrap=True)
    console.print("Ctrl-C stops and removes everything.")
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()


async def _refuse_existing_topics(client: dict[str, Any]) -> None:
    """Raise DemoError if the router's topics exist: they must not be filled with generated people."""
    admin = AIOKafkaAdminClient(**client)
    await admin.start()
    try:
        used = sorted(set(await admin.list_topics()) & TOPICS.keys())
    finally:
        await admin.close()
    if used:
        raise DemoError(
            f"this Kafka already has {', '.join(used[:3])} ..., and the demo would fill these topics with generated people. "
            "Unset KAFKA_BOOTSTRAP to start a Kafka for the demo alone."
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
def _sigterm_as_interrupt() -> Iterator[None]:
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
        TextColumn("{task.fields[counts]}"),
        TimeElapsedColumn(),
    )
    return Progress(*columns, console=console, disable=not console.is_terminal)
