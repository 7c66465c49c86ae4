"""The work of `lead-router dlq skip`: check the place of a record, and order the router to pass it."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Final

import typer
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from aiokafka.structs import TopicPartition

from schemas.topics import shadowed_by
from workers.agents import make_specs
from workers.broker.clients import client_arguments
from workers.commands.errors import CommandError
from workers.commands.letter_work import read_letters
from workers.config import mapped_sources
from workers.letters.letter_actions import action_producer, skip
from workers.views.record_line import letter_action_sentence

if TYPE_CHECKING:
    from workers.letters.letter_actions import Order
    from workers.settings import Settings

_PLACE: Final = re.compile(r"(?P<topic>[^/\s]+)/(?P<partition>\d+)/(?P<offset>\d+)")


async def skip_record(settings: Settings, text: str, order: Order, *, dry_run: bool, as_json: bool) -> None:
    """Order the router to pass a record. A second order does nothing.

    Raises CommandError if there is no such record, or if the router has already decided it.
    """
    place = await _place(settings, text)
    async with AsyncExitStack() as open_clients:
        producer = None if dry_run else await open_clients.enter_async_context(action_producer(settings))
        earlier = (await read_letters(settings)).skip_of(place)
        if earlier is not None:
            typer.echo(f"nothing done: {letter_action_sentence(earlier)}")
        elif producer is None:
            typer.echo(f"would be skipped: {text}")
        else:
            action = await skip(producer, settings, place, order)
            typer.echo(
                action.model_dump_json(exclude_none=True) if as_json else letter_action_sentence(action)
            )


async def _place(settings: Settings, text: str) -> tuple[str, int, int]:
    found = _PLACE.fullmatch(text.strip())
    if found is None:
        raise CommandError(
            f"{text!r} is not a record; expected TOPIC/PARTITION/OFFSET, as web.activity/3/1041"
        )
    topic, partition, offset = found["topic"], int(found["partition"]), int(found["offset"])
    sources = {
        source
        for spec in make_specs(b"", settings.partitions, mapped_sources(settings)).values()
        for source in spec.sources
    }
    if shadowed_by(topic) not in sources:
        raise CommandError(
            f"{topic!r} is not a topic that the router reads; expected one of {', '.join(sorted(sources))}"
        )
    if partition >= settings.partitions:
        raise CommandError(f"there is no partition {partition}; expected 0 to {settings.partitions - 1}")
    where = TopicPartition(topic, partition)
    async with AIOKafkaConsumer(**client_arguments(settings), enable_auto_commit=False) as consumer:
        consumer.assign([where])
        first, end = (
            (await consumer.beginning_offsets([where]))[where],
            (await consumer.end_offsets([where]))[where],
        )
    if not first <= offset < end:
        has = f"has the offsets {first} to {end - 1}" if first < end else "is empty"
        raise CommandError(f"{topic}/{partition} {has}; expected the offset of a record, not {offset}")
    decided = await _decided(settings, where)
    if offset < decided:
        raise CommandError(
            f"{text} is already decided: the router continues at offset {decided} of {topic}/{partition}"
        )
    return topic, partition, offset


async def _decided(settings: Settings, where: TopicPartition) -> int:
    """Return the offset at which the router continues. Workers report it every few seconds, so it may be smaller."""
    admin = AIOKafkaAdminClient(**client_arguments(settings))
    await admin.start()
    try:
        committed = await admin.list_consumer_group_offsets(settings.app_id, partitions=[where])
    except GroupCoordinatorNotAvailableError:
        return 0  # this broker has served no group so far
    finally:
        await admin.close()
    return max((int(found.offset) for found in committed.values()), default=0)
