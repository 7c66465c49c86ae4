"""`lead-router demo`: two weeks of generated events, routed on a real Kafka on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec import json

from workers.commands.errors import CommandError
from workers.config import policy_file
from workers.demo.market.fortnight import market_records
from workers.demo.market.market_record import MarketRecord

Seed = Annotated[int, typer.Option(help="Seed of the generated events. Another seed gives other events.")]
Seconds = Annotated[
    float, typer.Option(min=1, max=3_600, help="Seconds in which the two weeks of events are produced.")
]
Keep = Annotated[
    bool, typer.Option("--keep", help="Leave everything running after the report, and print commands to try.")
]
Write = Annotated[
    Path | None, typer.Option(help="Only write the events to this file, for `replay`. Nothing is started.")
]


def demo(
    seed: Seed = 1,
    seconds: Seconds = 60,
    keep: Keep = False,  # noqa: FBT002 - an option
    write: Write = None,
) -> None:
    r"""Start Kafka and two workers on this machine, route two weeks of generated events, and print the results.

    The report shows which rep got which lead and why. The demo takes about two minutes and needs neither Docker nor
    Java. Everything is removed at the end.

    [bold]Examples[/]

      lead-router demo
      lead-router demo --seed 7 --keep
      lead-router demo --write march.jsonl
    """
    if write is not None:
        with write.open("wb") as file:
            file.writelines(map(history_line, market_records(seed)))
        return
    from workers.demo.run import DemoError, run_demo  # noqa: PLC0415 - imports the local Kafka, which only the demo needs

    try:
        run_demo(seed, seconds=seconds, keep=keep, policy=policy_file(Path("policy")))
    except DemoError as error:
        raise CommandError(str(error)) from None


def history_line(record: MarketRecord) -> bytes:
    """Return a record as a line that `replay` reads. Bytes that are not UTF-8 are replaced."""
    value = record.value.decode("utf-8", "replace") if isinstance(record.value, bytes) else record.value
    line = {"topic": record.topic, "key": record.key, "timestamp": record.timestamp_ms, "value": value}
    return json.encode(line) + b"\n"
