"""`lead-router source new`: propose a mapping from samples."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from workers.commands.errors import CommandError
from workers.commands.new_file import refuse_existing, write_new
from workers.sources.mapping_files import load_mapping
from workers.sources.mapping_proposal import propose
from workers.sources.record_shapes import NoRecordError, records_in
from workers.sources.source_files import read_file

_MOST_SAMPLES: Final = 2_000

source_app = typer.Typer(help="Mappings of other systems' records.", no_args_is_help=True)


@source_app.callback()
def sources() -> None:
    """Mappings of other systems' records."""


@source_app.command("new")
def new(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="Samples: JSON lines, a JSON list, or CSV.", show_default=False),
    ],
    name: Annotated[str, typer.Option(help="The name of the source, as shop.")] = "my_source",
    topic: Annotated[
        str | None, typer.Option(help="The Kafka topic of the source.", show_default="NAME.events")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Write the mapping into this new file.", show_default="standard output"
        ),
    ] = None,
) -> None:
    r"""Propose a mapping from a file of samples, for a person to correct.

    Fields are found by the names that people commonly give them. Each line states in how many samples its path has a value.
    Values are never shown. If ready-made mappings fit the samples, they are named.

    [bold]Examples[/]

      lead-router source new samples.jsonl --name shop --out shop.yaml
      lead-router map samples.jsonl --source shop.yaml
    """
    refuse_existing(out)
    is_csv = file.suffix.lower() == ".csv"
    start = f"source: {name}\ntopic: {topic or f'{name}.events'}\n" + ("format: csv\n" if is_csv else "")
    mapping, lines = read_file(file, load_mapping(start + "events: [{to: form.fills}]\n", f"--name {name}"))
    samples: list[dict[str, Any]] = []
    values: list[bytes] = []
    for line in islice(lines, _MOST_SAMPLES):
        try:
            samples += [one for one in records_in(mapping, line.value) if isinstance(one, dict)]
        except NoRecordError:
            continue
        values.append(line.value)
    if not samples:
        raise CommandError(
            f"{file} has no records; expected a JSON object a line, a JSON list, or CSV with a first line"
        )
    proposal = propose(name, mapping.topic, samples, values)
    text = proposal.text
    if is_csv:
        text = text.replace(f"topic: {mapping.topic}\n", f"topic: {mapping.topic}\nformat: csv\n")
    load_mapping(text)
    for ready, events in proposal.ready_made[:3]:
        typer.echo(
            f"the ready-made mapping {ready} reads these samples and makes {events} events; "
            f"try `lead-router map {file} --source {ready}`",
            err=True,
        )
    if out is None:
        typer.echo(text, nl=False)
    else:
        write_new(out, text)
        typer.echo(
            f"{out} written; read and correct each line, then `lead-router map {file} --source {out}`",
            err=True,
        )
