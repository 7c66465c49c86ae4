"""`lead-router demo`: two weeks of a company's leads, routed on a real Kafka on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from msgspec import json

from workers.commands.errors import CommandError
from workers.config import policy_file
from workers.demo.market.fortnight import market_records
from workers.demo.market.market_record import MarketRecord

Seed = Annotated[int, typer.Option(help="Another seed, another fortnight.")]
Seconds = Annotated[float, typer.Option(min=1, max=3_600, help="In so many seconds the fortnight passes.")]
Keep = Annotated[bool, typer.Option("--keep", help="Leave everything running, and say what to try.")]
Write = Annotated[
    Path | None, typer.Option(help="Only write the fortnight's events to this file, for replay.")
]


def demo(
    seed: Seed = 1,
    seconds: Seconds = 60,
    keep: Keep = False,  # noqa: FBT002 - an option
    write: Write = None,
) -> None:
    r"""Start a real Kafka and real workers here, route a fortnight of a market, and print who got what and why.

    Takes about two minutes and needs neither Docker nor Java. Everything is removed at the end.

    [bold]Examples[/]

      lead-router demo
      lead-router demo --seed 7 --keep
      lead-router demo --write march.jsonl
    """
    if write is not None:
        with write.open("wb") as file:
            file.writelines(map(history_line, market_records(seed)))
        return
    from workers.demo.run import DemoError, run_demo  # noqa: PLC0415 - with it comes the embedded Kafka

    try:
        run_demo(seed, seconds=seconds, keep=keep, policy=policy_file(Path("policy")))
    except DemoError as error:
        raise CommandError(str(error)) from None


def history_line(record: MarketRecord) -> bytes:
    """Return a record as a line that `replay` reads; what is no text is written as far as it is one."""
    value = record.value.decode("utf-8", "replace") if isinstance(record.value, bytes) else record.value
    line = {"topic": record.topic, "key": record.key, "timestamp": record.timestamp_ms, "value": value}
    return json.encode(line) + b"\n"
