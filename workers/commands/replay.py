"""`lead-router replay`: run the hops over files, without Kafka."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Annotated, BinaryIO, Final

import typer
from rich.console import Console

from schemas.topics import DEAD_LETTERS, TOPICS
from workers.commands.errors import FAILED, CommandError
from workers.commands.progress import SHOWN, progress_bar, show_bad_lines
from workers.config import load_config
from workers.deadletters import dead_letter
from workers.engine.api import AgentSpec, Config, Emit
from workers.replay.edge_replay import EdgeReplay, EndlessEffectsError
from workers.replay.history_files import History
from workers.replay.history_lines import result_line
from workers.replay.recorded_logs import differences, read_recording, replay_logs
from workers.replay.topic_roles import COMPACTED, RESULTS, directory_ready, ranks_of
from workers.sources.mapping_files import load_folder

DEMO_KEY: Final = "demo-key-not-a-secret"
_STEP: Final = 500

Specs = Mapping[str, AgentSpec]

Files = Annotated[
    list[Path], typer.Argument(help="Files with one record a line, sorted or not.", show_default=False)
]
PolicyPath = Annotated[
    Path, typer.Option("--policy", "-p", help="The policy: a file, or a folder with default.yaml.")
]
Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="The file for the results.", show_default="standard output")
]
Until = Annotated[
    str | None,
    typer.Option(
        help="Stop at this time: RFC 3339 with an offset, or milliseconds since the epoch.",
        show_default="the last record",
    ),
]
Key = Annotated[
    str, typer.Option(envvar="LEAD_ROUTER_LEAD_ID_KEY", help="The secret from which lead ids are made.")
]
Recorded = Annotated[bool, typer.Option("--recorded", help="The files are recordings of the internal logs.")]
SourcesPath = Annotated[
    Path | None,
    typer.Option(
        envvar="LEAD_ROUTER_SOURCES",
        help="A folder of mappings. The files may then hold records of their topics.",
        show_default="none",
    ),
]
Partitions = Annotated[
    int, typer.Option(min=1, help="With --recorded: the number of partitions of the recorded topics.")
]


def replay(
    files: Files,
    policy: PolicyPath = Path("policy"),
    out: Out = None,
    until: Until = None,
    lead_id_key: Key = DEMO_KEY,
    recorded: Recorded = False,  # noqa: FBT002 - an option
    partitions: Partitions = 8,
    sources: SourcesPath = None,
) -> None:
    r"""Decide the records of files by a policy, as the workers would, without Kafka.

    Equal input gives equal bytes.

    A line is [cyan]{"topic", "key", "timestamp", "value"}[/] with any input topic and the timestamp in milliseconds. It
    also has [cyan]"headers"[/] if the record has headers, for example in imported history. Results have the same form, all
    output topics in the order of the decisions. Files that are sorted by timestamp are streamed; others need about 60 bytes of
    memory a record. Lines that cannot be read are reported and left out, and the exit code is 1.

    With [cyan]--recorded[/] the files are recordings of lead.events and desk.requests, as
    [cyan]lead-router watch --json[/] writes them. If they also hold output topics, each difference to the replay is
    printed.

    [bold]Examples[/]

      lead-router demo --write march.jsonl
      lead-router replay march.jsonl --out results.jsonl
      lead-router replay march.jsonl --policy stricter.yaml | grep '"topic":"lead.routing"' | wc -l
      lead-router replay march.jsonl --until 2026-03-05T12:00:00-05:00
    """
    if out is not None and any(out.resolve() == file.resolve() for file in files):
        raise CommandError(f"--out {out} is also an input file; choose another file")
    console = Console(stderr=True, highlight=False)
    _, config = load_config(policy)
    if lead_id_key == DEMO_KEY:
        console.print(
            "using the demo's key for lead ids; set LEAD_ROUTER_LEAD_ID_KEY to get the ids of your workers",
            style="dim",
        )
    from workers.agents import make_specs  # noqa: PLC0415 - imports Faust, which takes a second that --help does not need

    mappings = () if sources is None or recorded else load_folder(sources)
    specs = make_specs(lead_id_key.encode(), partitions if recorded else 1, mappings)
    with ExitStack() as stack:
        sink: BinaryIO = stack.enter_context(out.open("wb")) if out else sys.stdout.buffer
        if recorded:
            is_clean = _replay_recordings(files, partitions, specs, config, sink, console)
        else:
            is_clean = _replay_history(files, until, specs, config, sink, console)
        sink.flush()
    if not is_clean:
        raise typer.Exit(FAILED)


def _replay_history(
    files: list[Path], until: str | None, specs: Specs, config: Config, sink: BinaryIO, console: Console
) -> bool:
    """Replay records of the input topics. Return whether every line could be read."""
    history = History(files, ranks_of(specs))
    show_bad_lines(history.bad, console)
    if history.first_ms is None or history.last_ms is None:
        raise CommandError(
            f"no record could be read from {', '.join(map(str, files))}; expected one JSON object a line"
        )
    until_ms = history.last_ms if until is None else read_time(until)
    counts: Counter[str] = Counter()

    def write_result(emit: Emit) -> None:
        if emit.topic in RESULTS:
            counts[emit.topic] += 1
            sink.write(result_line(emit))

    run = EdgeReplay(specs, config, dead_letter, write_result, results=RESULTS)
    run.open_with(directory_ready(history.first_ms))
    read = 0
    try:
        with progress_bar(console) as progress:
            task = progress.add_task("replaying", total=history.records)
            for record in history.in_order():
                if record.timestamp_ms > until_ms:
                    break
                run.feed(record)
                read += 1
                if read % _STEP == 0:
                    progress.update(task, completed=read)
            progress.update(task, completed=read)
            run.run_timers(until_ms)
    except EndlessEffectsError as error:
        raise CommandError(str(error)) from None
    left = history.records - read
    later = f", {left:,} are later than --until" if left else ""
    console.print(f"{read:,} records read{later}; {_describe(counts)}; {len(history.bad)} invalid lines")
    return not history.bad


def _replay_recordings(
    files: list[Path], partitions: int, specs: Specs, config: Config, sink: BinaryIO, console: Console
) -> bool:
    """Replay recorded logs. Return whether every line could be read and no recorded result differs."""
    records, bad = [], []
    for file in files:
        read, not_read = read_recording(file)
        records += read
        bad += not_read
    show_bad_lines(bad, console)
    outputs = replay_logs(specs, records, partitions, config, dead_letter)
    counts: Counter[str] = Counter()
    for task in outputs:
        for emit in task.emits:
            if emit.topic in RESULTS:
                counts[emit.topic] += 1
                sink.write(result_line(emit))
    compared = (RESULTS - {DEAD_LETTERS.name}) & {record.topic for record in records}
    found = differences(outputs, records, compared, COMPACTED)
    for difference in found[:SHOWN]:
        console.print(str(difference), markup=False, style="red", soft_wrap=True)
    against = (
        f"{len(found)} differences in {', '.join(sorted(compared))}"
        if compared
        else "no recorded results to compare"
    )
    console.print(f"{len(records):,} records read; {_describe(counts)}; {against}; {len(bad)} invalid lines")
    return not bad and not found


def _describe(counts: Counter[str]) -> str:
    return ", ".join(f"{counts[topic]:,} {topic}" for topic in TOPICS if counts[topic]) or "no results"


def read_time(until: str, option: str = "--until") -> int:
    """Return milliseconds from a time of the command line. Raises typer.BadParameter."""
    if until.isdigit():
        return int(until)
    try:
        at = datetime.fromisoformat(until)
    except ValueError:
        at = datetime.min  # noqa: DTZ901 - it has no offset, so it is refused below
    if at.tzinfo is None:
        raise typer.BadParameter(
            f"{until!r} is not a time with an offset, such as 2026-03-05T12:00:00Z, or milliseconds since the epoch",
            param_hint=option,
        )
    return int(at.timestamp() * 1_000)
