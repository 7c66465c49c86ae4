"""`lead-router watch`: the workers' outputs, shown as they are committed."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated, Any

import typer
from rich.console import Console

from schemas.topics import TOPICS, shadowed_by
from workers.commands.errors import CommandError
from workers.commands.kafka import Shadow
from workers.commands.topic_records import read_topics
from workers.config import load_settings
from workers.engine.api import Record
from workers.replay.recorded_logs import recorded_line
from workers.settings import Settings
from workers.shadow import topic_names
from workers.views.record_line import WATCHED, line_of

TopicNames = Annotated[
    list[str] | None,
    typer.Option("--topic", "-t", help="Show only this topic. May be repeated.", show_default="all results"),
]
FromStart = Annotated[
    bool, typer.Option("--from-start", help="Begin with the oldest record. Default: only new records.")
]
ToEnd = Annotated[
    bool,
    typer.Option("--to-end", help="Stop at the current end of the topics. Default: wait for new records."),
]
AsJson = Annotated[
    bool,
    typer.Option(
        "--json", help="Print whole records, one JSON object a line. Any topic of the contract is allowed."
    ),
]


def watch(
    topic: TopicNames = None,
    from_start: FromStart = False,  # noqa: FBT002 - an option
    to_end: ToEnd = False,  # noqa: FBT002 - an option
    as_json: AsJson = False,  # noqa: FBT002 - an option
    shadow: Shadow = None,
) -> None:
    r"""Show the outputs as readable lines until Ctrl-C: assignments with their reasons, scores, stages and alerts.

    The command reads with read_committed, as every subscriber must. People are shown by lead_id.

    [bold]Examples[/]

      lead-router watch
      lead-router watch --topic lead.routing --from-start | grep 'Mia'
      lead-router watch --json --from-start --to-end -t lead.events -t desk.requests > recorded.jsonl
    """
    names = tuple(topic or WATCHED)
    allowed = tuple(TOPICS) if as_json else WATCHED
    for name in names:
        if name not in allowed:
            raise CommandError(f"unknown topic {name!r}; expected one of {', '.join(allowed)}")
    settings = load_settings(shadow=shadow)
    if settings.shadow:
        names = tuple(topic_names()[name] for name in names)
    asyncio.run(_watch(settings, names, from_start=from_start, to_end=to_end, as_json=as_json))


async def _watch(
    settings: Settings, names: tuple[str, ...], *, from_start: bool, to_end: bool, as_json: bool
) -> None:
    console = Console(highlight=False, soft_wrap=True)
    async for record in read_topics(settings, names, from_start=from_start, to_end=to_end):
        _show(record, console, as_json=as_json)


def _show(record: Any, console: Console, *, as_json: bool) -> None:
    if as_json:
        whole = Record(
            record.topic,
            record.partition,
            record.offset,
            record.timestamp,
            record.key,
            record.value,
            tuple(record.headers),
        )
        sys.stdout.buffer.write(recorded_line(whole))
        sys.stdout.buffer.flush()
    else:
        console.print(line_of(shadowed_by(record.topic), record.key, record.value))
