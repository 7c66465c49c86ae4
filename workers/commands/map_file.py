"""`lead-router map`: what a mapping makes of a file of a source, and which facts the leads will miss."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Final

import typer
from rich.console import Console

from workers.commands.errors import FAILED, CommandError
from workers.commands.replay import read_time
from workers.replay.history_lines import Input, input_line
from workers.sources.mapping_files import load_mapping_file, ready_made
from workers.sources.mapping_report import MappingReport
from workers.sources.source_files import read_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from workers.sources.mapping_model import Mapping
    from workers.sources.mapping_report import LineResult

_FEW_LINES: Final = 40
"""A file with at most this many lines is shown line by line."""
_KINDS: Final = {
    "dropped": "Dropped by the mapping",
    "refused": "Refused",
    "unread": "Values that could not be read, and count as unknown",
}

SourceFile = Annotated[Path, typer.Argument(metavar="FILE", help="A file of the source.", show_default=False)]
Source = Annotated[
    str,
    typer.Option(
        "--source", "-s", help="A mapping: the name of a ready-made one, or a YAML file.", show_default=False
    ),
]


def map_file(
    file: SourceFile,
    source: Source,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", help="Write the events into this file, for `replay`.", show_default="none"
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(help="The arrival of records that have no time of their own.", show_default="now"),
    ] = None,
    each: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--each", help="Show every line, also of a long file.")
    ] = False,
    strict: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--strict", help="Exit with 1 also if a value could not be read.")
    ] = False,
) -> None:
    r"""Map a file of a source to events of the contract, without Kafka, and report what becomes of each line.

    The report names lines and fields, never a value. The exit code is 1 if a line is refused: it is not a record of the source,
    or its time cannot be read.

    [bold]Examples[/]

      lead-router map calls.jsonl --source segment
      lead-router map calls.jsonl --source our-segment.yaml --out events.jsonl
      lead-router replay accounts.jsonl events.jsonl --out results.jsonl
    """
    mapping = find_mapping(source)
    if out is not None and out.resolve() == file.resolve():
        raise CommandError(f"--out {out} is also the input file; choose another file")
    arrival_ms = int(datetime.now(UTC).timestamp() * 1_000) if at is None else read_time(at, "--at")
    mapping, lines = read_file(file, mapping)
    report = MappingReport()
    console = Console(highlight=False, soft_wrap=True)
    kept: list[LineResult] = []
    with ExitStack() as stack:
        sink = stack.enter_context(out.open("wb")) if out else None
        for result in report.map_lines(mapping, lines, arrival_ms):
            if sink is not None:
                _write_events(sink, result, arrival_ms)
            if each:
                _print_line(console, result)
            elif len(kept) <= _FEW_LINES:
                kept.append(result)
    if not each and len(kept) <= _FEW_LINES:
        for result in kept:
            _print_line(console, result)
    if not report.lines:
        raise CommandError(f"{file} has no records")
    _print_report(console, mapping, report)
    if report.count_of("refused") or (strict and report.count_of("unread")):
        raise typer.Exit(FAILED)


def find_mapping(source: str) -> Mapping:
    """Return a ready-made mapping by its name, or the one of a file. Raises CommandError or MappingError."""
    ready = ready_made()
    if source in ready:
        return load_mapping_file(ready[source])
    if not Path(source).exists():
        raise CommandError(f"{source} is not a file, and no ready-made mapping; those are {', '.join(ready)}")
    return load_mapping_file(Path(source))


def _write_events(sink: BinaryIO, result: LineResult, arrival_ms: int) -> None:
    for event in result.events:
        time = None if event.value is None else event.value["occurred_at"]
        at_ms = arrival_ms if time is None else int(datetime.fromisoformat(time).timestamp() * 1_000)
        key = None if event.key is None else event.key.encode()
        sink.write(input_line(Input(event.topic, at_ms, key, event.encode())))


def _print_line(console: Console, result: LineResult) -> None:
    parts = [
        f"{event.topic} deleted"
        if event.value is None
        else f"{event.topic} ({', '.join(name for name in event.value if name not in _ALWAYS)})"
        for event in result.events
    ]
    for (kind, text), count in Counter(result.notes).items():
        parts.append(f"{kind}: {text}" + (f" ({count} times)" if count > 1 else ""))
    console.print(f"{result.number:>6}  {'; '.join(parts)}", markup=False)


_ALWAYS: Final = frozenset({"event_id", "occurred_at"})


def _print_report(console: Console, mapping: Mapping, report: MappingReport) -> None:
    def show(text: str = "") -> None:
        console.print(text, markup=False)

    events = sum(report.events.values())
    show(f"\n{report.lines:,} lines of {mapping.source} become {events:,} events")
    for name, count in sorted(report.events.items()):
        show(f"{count:>8,}  {name}")
    for kind, title in _KINDS.items():
        groups = [(text, group) for (one, text), group in report.notes.items() if one == kind]
        if groups:
            show(f"\n{title}")
        for text, group in sorted(groups, key=lambda item: (-item[1].count, item[0])):
            places = ", ".join(map(str, group.lines)) + (", ..." if group.count > len(group.lines) else "")
            show(f"{group.count:>8,}  {text} (line {places})")
    _print_missing(show, "people are known by an address", len(report.people), report.missing_of_leads())
    _print_missing(show, "accounts", len(report.accounts), report.missing_of_accounts())
    if report.without_visitor:
        show(
            f"\n{report.without_visitor:,} events name neither a browser nor a person: counted, but not scored"
        )
    if report.forms_without_browser:
        show(
            f"\n{report.forms_without_browser:,} of {report.forms:,} forms name no browser: "
            "earlier visits of these people do not count for them"
        )


def _print_missing(
    show: Callable[[str], None], title: str, total: int, missing: list[tuple[str, int]]
) -> None:
    if not total:
        return
    show(f"\n{total:,} {title}. Of them will miss")
    for fact, count in missing:
        show(f"{count / total:>8.0%}  {fact}")
