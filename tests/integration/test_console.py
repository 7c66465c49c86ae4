"""The console on a real broker: results are on its pages within moments, and it survives a topic that is made again."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest
from aiokafka import AIOKafkaProducer

from tests.scenarios.story import Story
from tests.stored import KEY, records_of
from workers.broker.topic_plan import create_topics
from workers.console.run_console import run_console
from workers.engine.api import Record
from workers.local_kafka.server import LocalKafka
from workers.settings import Clock, Settings

pytestmark = pytest.mark.kafka

WITHIN_S = 60.0


async def until(holds: Callable[[], Awaitable[bool]], what: str) -> None:
    """Wait until something holds."""
    give_up_at = time.monotonic() + WITHIN_S
    while not await holds():
        assert time.monotonic() < give_up_at, what
        await asyncio.sleep(0.05)


async def write(bootstrap: str, records: list[Record], *, commit: bool = True) -> None:
    """Write records in one transaction, which is committed or aborted."""
    async with AIOKafkaProducer(bootstrap_servers=bootstrap, transactional_id=uuid.uuid4().hex) as producer:
        await producer.begin_transaction()
        for one in records:
            await producer.send_and_wait(
                one.topic, one.value, one.key, partition=0, timestamp_ms=one.timestamp_ms
            )
        await (producer.commit_transaction() if commit else producer.abort_transaction())


async def test_a_committed_result_is_shown_and_an_aborted_one_never(
    own_kafka: LocalKafka, tmp_path: Path
) -> None:
    story = Story(tmp_path)
    story.rep("mia")
    for name in ("harbor", "quay"):
        story.bank(name)
        story.form(f"ann@{name}.example", "tue 10:00", "demo", company=f"{name.title()} Bank")
    records = records_of(story, "tue 12:00")
    quay = [one for one in records if b"quay" in (one.value or b"")]
    harbor = [one for one in records if one not in quay]
    settings = Settings(
        bootstrap=own_kafka.bootstrap, partitions=2, console_dir=tmp_path / "console", clock=Clock.STAMPS,
        lead_id_key=KEY.decode(),
    )  # fmt: skip
    address: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    async def shown() -> str:
        async with httpx2.AsyncClient() as client:
            return (await client.get(await address)).text

    async def shows(text: str) -> bool:
        return text in await shown()

    console = asyncio.create_task(run_console(settings, address.set_result, port=0))
    try:
        await asyncio.wait({console, address}, return_when=asyncio.FIRST_COMPLETED)
        assert "No response is overdue." in await shown(), "the console answers before the topics exist"
        await create_topics(settings, keep_forever=True)
        await write(own_kafka.bootstrap, quay, commit=False)
        await write(own_kafka.bootstrap, harbor)
        await until(lambda: shows("Harbor Bank"), "the overdue hand-off is on the page")
        assert "Quay Bank" not in await shown()

        console.cancel()
        with suppress(asyncio.CancelledError):
            await console
        address = asyncio.get_running_loop().create_future()
        console = asyncio.create_task(run_console(settings, address.set_result, port=0))
        await write(own_kafka.bootstrap, quay)
        await until(lambda: shows("Quay Bank"), "a restarted console continues")
        assert (await shown()).count(">Harbor Bank</a>") == 1
    finally:
        console.cancel()
        with suppress(asyncio.CancelledError):
            await console
