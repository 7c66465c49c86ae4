"""The work of `lead-router dlq`: read the letters, print them, and retry or drop them one by one.

Each action is a transaction of its own, so an error or an interruption leaves every letter either open or done.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

import typer
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError, ProducerFenced
from rich.console import Console

from schemas.topics import DEAD_LETTERS, DEAD_LETTERS_ACTIONS, shadow_of
from workers.broker.clients import client_arguments
from workers.commands.errors import FAILED, CommandError
from workers.commands.topic_records import read_topics
from workers.letters.letter_actions import Order, action_producer, drop, send_again
from workers.letters.letter_list import LetterFilter, LetterList, ListedLetter
from workers.letters.original_records import (
    CannotSendError,
    OriginalRecord,
    read_original,
    refuse_input_of_shadow,
    with_fixes,
)
from workers.views.letter_lines import letter_json, letter_line, letter_page
from workers.views.record_line import letter_action_sentence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aiokafka import AIOKafkaProducer

    from schemas.outputs import LetterAction
    from workers.settings import Settings


async def read_letters(settings: Settings, *, with_payload: bool = False) -> LetterList:
    """Return all letters and actions that are committed now. Raises CommandError if a topic does not exist."""
    names = (DEAD_LETTERS.name, DEAD_LETTERS_ACTIONS.name)
    if settings.shadow:
        names = (shadow_of(names[0]), shadow_of(names[1]))
    letters = LetterList()
    await letters.read(read_topics(settings, names, from_start=True, to_end=True), with_payload=with_payload)
    return letters


def print_letters(letters: list[ListedLetter], limit: int, *, as_json: bool, with_state: bool) -> None:
    """Print the first letters, a line each, and how many there are."""
    for one in letters[:limit]:
        typer.echo(letter_json(one) if as_json else letter_line(one, with_state=with_state))
    kind = "" if with_state else "open "
    _note(f"{len(letters):,} {kind}letters, {min(limit, len(letters)):,} shown")


def show_letters(read: LetterList, wanted: LetterFilter, *, as_json: bool) -> None:
    """Print everything that is known about the letters. Raises CommandError if one does not exist."""
    found = read.matching(wanted)
    _refuse_unknown(wanted, found)
    for one in found:
        if as_json:
            typer.echo(letter_json(one))
            continue
        sent = one.action
        later = None if sent is None else read.at(sent.sent_topic, sent.sent_partition, sent.sent_offset)
        for line in letter_page(one, later):
            typer.echo(line)


async def retry_letters(
    settings: Settings, wanted: LetterFilter, limit: int, order: Order, *, dry_run: bool, as_json: bool
) -> None:
    """Send the records of open letters again. Exits with 1 if one could not be sent."""
    _refuse_every_letter(wanted)
    async with AsyncExitStack() as open_clients:
        producer = None if dry_run else await open_clients.enter_async_context(action_producer(settings))
        consumer = await open_clients.enter_async_context(_reader(settings))

        async def act(listed: ListedLetter) -> LetterAction | None:
            record = await _prepare(settings, consumer, listed, order)
            return producer and await send_again(producer, settings, listed, record, order)

        await _for_each(settings, wanted, limit, act, "sent again", as_json=as_json)


async def _prepare(
    settings: Settings, consumer: AIOKafkaConsumer, listed: ListedLetter, order: Order
) -> OriginalRecord:
    record = with_fixes(await read_original(consumer, listed), order.fixes, settings.partitions)
    if settings.shadow:
        refuse_input_of_shadow(record)
    return record


async def drop_letters(
    settings: Settings, wanted: LetterFilter, limit: int, order: Order, *, dry_run: bool, as_json: bool
) -> None:
    """Close open letters."""
    _refuse_every_letter(wanted)
    async with AsyncExitStack() as open_clients:
        producer: AIOKafkaProducer | None = (
            None if dry_run else await open_clients.enter_async_context(action_producer(settings))
        )

        async def act(listed: ListedLetter) -> LetterAction | None:
            return producer and await drop(producer, settings, listed, order)

        await _for_each(settings, wanted, limit, act, "dropped", as_json=as_json)


def _reader(settings: Settings) -> AIOKafkaConsumer:
    return AIOKafkaConsumer(
        **client_arguments(settings),
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
    )


async def _for_each(
    settings: Settings, wanted: LetterFilter, limit: int, act: Any, done: str, *, as_json: bool
) -> None:
    """Act on each open letter that is meant. Letters that are named are reported even if they are closed."""
    found = (await read_letters(settings)).matching(wanted)
    _refuse_unknown(wanted, found)
    chosen = [one for one in found if one.action is None][:limit]
    failed = 0
    for one in found if wanted.letters else ():
        if one.action is not None:
            _note(f"{one.place}: nothing done, it is closed: {letter_action_sentence(one.action)}")
    for one in chosen:
        try:
            action = await act(one)
        except CannotSendError as error:
            failed += 1
            _note(f"{one.place}: {error}")
        except ProducerFenced:
            raise CommandError(
                "another `lead-router dlq` has started; the letters that are not printed above are still open"
            ) from None
        except KafkaError as error:
            failed += 1
            _note(f"{one.place}: {type(error).__name__}: {error}")
        else:
            _report(one, action, done, as_json=as_json)
    open_count = sum(one.action is None for one in found)
    _note(f"{len(chosen) - failed:,} of {open_count:,} open letters {done}, {failed:,} failed")
    if failed:
        raise typer.Exit(FAILED)


def _report(listed: ListedLetter, action: LetterAction | None, done: str, *, as_json: bool) -> None:
    if action is None:
        typer.echo(f"would be {done}: {letter_line(listed, with_state=False)}")
    elif as_json:
        typer.echo(action.model_dump_json(exclude_none=True))
    else:
        typer.echo(letter_action_sentence(action))


def _refuse_every_letter(wanted: LetterFilter) -> None:
    if wanted.is_empty:
        raise CommandError(
            "name letters or use a filter, as --reason; `lead-router dlq list` shows the open ones"
        )


def _refuse_unknown(wanted: LetterFilter, found: Iterable[ListedLetter]) -> None:
    known = {name for one in found for name in (one.place, one.letter.event_id)}
    unknown = sorted(wanted.letters - known)
    if unknown:
        raise CommandError(
            f"no dead letter {', '.join(unknown)}; expected TOPIC/PARTITION/OFFSET or an event_id, as"
            " `lead-router dlq list` shows it"
        )


def _note(text: str) -> None:
    Console(stderr=True, soft_wrap=True, highlight=False).print(text, markup=False)
