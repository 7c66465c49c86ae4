"""`lead-router dlq`: list, show, retry and drop dead letters, with a record of who did what."""

from __future__ import annotations

import asyncio
import getpass
import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from schemas.parsing import redact_addresses
from schemas.vocabulary import DeadLetterReason
from workers.commands.errors import CommandError
from workers.commands.kafka import Agent, Shadow
from workers.commands.letter_work import (
    drop_letters,
    print_letters,
    read_letters,
    retry_letters,
    show_letters,
)
from workers.commands.record_skip import skip_record
from workers.config import load_settings
from workers.letters.letter_list import LetterFilter

if TYPE_CHECKING:
    from workers.letters.letter_actions import Order

dlq_app = typer.Typer(
    help="List, show, retry and drop dead letters, and skip records that stop a partition.",
    no_args_is_help=True,
)
_LISTED: Final = 100

Letters = Annotated[
    list[str] | None,
    typer.Argument(
        help="Letters: TOPIC/PARTITION/OFFSET of the record, or the letter's event_id.", show_default=False
    ),
]
Reasons = Annotated[
    list[DeadLetterReason] | None, typer.Option("--reason", help="Only this reason. May be repeated.")
]
Hops = Annotated[
    list[Agent] | None, typer.Option("--hop", help="Only letters of this stage. May be repeated.")
]
Topics = Annotated[
    list[str] | None, typer.Option("--topic", "-t", help="Only records of this topic. May be repeated.")
]
Partitions = Annotated[
    list[int] | None, typer.Option("--partition", help="Only records of this partition. May be repeated.")
]
Producers = Annotated[
    list[str] | None,
    typer.Option("--producer", help="Only records that state this producer. May be repeated."),
]
Fields = Annotated[
    list[str] | None,
    typer.Option("--field", help="Only letters whose detail names this field, as email. May be repeated."),
]
Since = Annotated[
    str | None, typer.Option("--since", help="Only letters from this time on, as 2026-03-04 or with T10:30Z.")
]
Until = Annotated[str | None, typer.Option("--until", help="Only letters before this time.")]
Limit = Annotated[int, typer.Option("--limit", min=1, help="At most this many letters, the oldest first.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check and print what would be done. Write nothing.")]
By = Annotated[
    str | None,
    typer.Option("--by", help="Who acts.", show_default="the user of the operating system"),
]
Why = Annotated[
    str | None,
    typer.Option("--why", help="The reason, for the record. Required unless --dry-run.", show_default=False),
]
Payload = Annotated[
    bool, typer.Option("--payload", help="Also show key and payload. They may hold personal data.")
]
Fixes = Annotated[
    list[str] | None,
    typer.Option(
        "--fix",
        metavar="FIELD=VALUE",
        help="Send the record with another value of a field. JSON, else text. May be repeated.",
        show_default=False,
    ),
]


@dlq_app.command("list")
def list_letters(
    *,
    reason: Reasons = None,
    hop: Hops = None,
    topic: Topics = None,
    partition: Partitions = None,
    producer: Producers = None,
    field: Fields = None,
    since: Since = None,
    until: Until = None,
    closed: Annotated[bool, typer.Option("--all", help="Also letters that were retried or dropped.")] = False,
    limit: Limit = _LISTED,
    as_json: AsJson = False,
    shadow: Shadow = None,
) -> None:
    r"""List the open dead letters. Addresses, keys and payloads are not shown.

    [bold]Examples[/]

      lead-router dlq list
      lead-router dlq list --reason bad_address --topic form.fills --since 2026-03-04
      lead-router dlq list --field email --json
    """
    settings = load_settings(shadow=shadow)
    wanted = _filter(
        None,
        reason=reason,
        hop=hop,
        topic=topic,
        partition=partition,
        producer=producer,
        field=field,
        since=since,
        until=until,
    )
    found = asyncio.run(read_letters(settings)).matching(wanted)
    chosen = [one for one in found if closed or one.action is None]
    print_letters(chosen, limit, as_json=as_json, with_state=closed)


@dlq_app.command()
def show(
    letters: Annotated[
        list[str],
        typer.Argument(help="Letters: TOPIC/PARTITION/OFFSET of the record, or the letter's event_id."),
    ],
    *,
    payload: Payload = False,
    as_json: AsJson = False,
    shadow: Shadow = None,
) -> None:
    r"""Show letters with everything that is known about them, and what became of them.

    [bold]Examples[/]

      lead-router dlq show form.fills/3/1041
      lead-router dlq show form.fills/3/1041 --payload
    """
    settings = load_settings(shadow=shadow)
    read = asyncio.run(read_letters(settings, with_payload=payload))
    show_letters(read, _filter(letters), as_json=as_json)


@dlq_app.command()
def retry(
    letters: Letters = None,
    *,
    reason: Reasons = None,
    hop: Hops = None,
    topic: Topics = None,
    partition: Partitions = None,
    producer: Producers = None,
    field: Fields = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = _LISTED,
    fix: Fixes = None,
    by: By = None,
    why: Why = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    shadow: Shadow = None,
) -> None:
    r"""Send the records of open letters to their topics again: same key, headers, timestamp and event_id.

    A record that now succeeds gives the result that it would have given at first. A letter is retried once; if the record
    fails again, it gets another letter. Exit code 1 if a record could not be sent.

    [bold]Examples[/]

      lead-router dlq retry --reason handler_failed --dry-run
      lead-router dlq retry --reason handler_failed --why "version 1.2 is deployed"
      lead-router dlq retry form.fills/3/1041 --fix country=SE --why "typo in the form"
    """
    settings = load_settings(shadow=shadow)
    wanted = _filter(
        letters,
        reason=reason,
        hop=hop,
        topic=topic,
        partition=partition,
        producer=producer,
        field=field,
        since=since,
        until=until,
    )
    order = _order(by, why, fix or [], dry_run=dry_run)
    asyncio.run(retry_letters(settings, wanted, limit, order, dry_run=dry_run, as_json=as_json))


@dlq_app.command()
def drop(
    letters: Letters = None,
    *,
    reason: Reasons = None,
    hop: Hops = None,
    topic: Topics = None,
    partition: Partitions = None,
    producer: Producers = None,
    field: Fields = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = _LISTED,
    by: By = None,
    why: Why = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    shadow: Shadow = None,
) -> None:
    r"""Close open letters without sending their records again. The letters stay in the topic until they expire.

    [bold]Examples[/]

      lead-router dlq drop --producer old-website --why "test data of the old site"
      lead-router dlq drop web.activity/0/7 --why "not ours" --by mia
    """
    settings = load_settings(shadow=shadow)
    wanted = _filter(
        letters,
        reason=reason,
        hop=hop,
        topic=topic,
        partition=partition,
        producer=producer,
        field=field,
        since=since,
        until=until,
    )
    order = _order(by, why, [], dry_run=dry_run)
    asyncio.run(drop_letters(settings, wanted, limit, order, dry_run=dry_run, as_json=as_json))


@dlq_app.command()
def skip(
    record: Annotated[str, typer.Argument(help="The record: TOPIC/PARTITION/OFFSET, as an error names it.")],
    *,
    by: By = None,
    why: Why = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    shadow: Shadow = None,
) -> None:
    r"""Pass one record without deciding it. It becomes a dead letter with the reason skipped.

    For a record that ends the worker at every start, or that is damaged in its topic. The worker reads the order when it
    opens the partition: at its start, or within 10 s if the partition has stopped at the record.

    [bold]Example[/]

      lead-router dlq skip web.activity/3/1041 --why "it ends the worker, see ticket 17"
    """
    settings = load_settings(shadow=shadow)
    order = _order(by, why, [], dry_run=dry_run)
    asyncio.run(skip_record(settings, record, order, dry_run=dry_run, as_json=as_json))


def _filter(
    letters: list[str] | None,
    *,
    reason: list[DeadLetterReason] | None = None,
    hop: list[Agent] | None = None,
    topic: list[str] | None = None,
    partition: list[int] | None = None,
    producer: list[str] | None = None,
    field: list[str] | None = None,
    since: str | None = None,
    until: str | None = None,
) -> LetterFilter:
    return LetterFilter(
        reasons=frozenset(one.value for one in reason or ()),
        agents=frozenset(one.value for one in hop or ()),
        topics=frozenset(topic or ()),
        partitions=frozenset(partition or ()),
        producers=frozenset(producer or ()),
        fields=frozenset(field or ()),
        since=_time("--since", since),
        until=_time("--until", until),
        letters=frozenset(one.strip() for one in letters or ()),
    )


def _time(option: str, text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(
            f"{option} {text!r} is not a time; expected 2026-03-04 or 2026-03-04T10:30:00Z"
        ) from None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _order(by: str | None, why: str | None, fixes: list[str], *, dry_run: bool) -> Order:
    from workers.letters.letter_actions import Order  # noqa: PLC0415 - the client takes long to import

    if not why and not dry_run:
        raise CommandError(
            '--why is required: the record of the action names it, as --why "fixed at the source"'
        )
    texts = {"--by": by or getpass.getuser(), "--why": why or ""}
    for option, text in texts.items():
        if redact_addresses(text) != text:
            raise CommandError(f"{option} must not contain an e-mail address; expected a name or a text")
    values: dict[str, Any] = {}
    for one in fixes:
        name, equals, text = one.partition("=")
        if not (name and equals):
            raise CommandError(f"--fix {name!r}: expected FIELD=VALUE, as country=SE")
        try:
            values[name] = json.loads(text)
        except ValueError:
            values[name] = text
    return Order(texts["--by"][:200], texts["--why"][:500], int(time.time() * 1_000), values)
