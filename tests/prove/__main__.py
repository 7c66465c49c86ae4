"""`python -m tests.prove`: run the parts of the proof. The seed is printed first; the same seed plans the same run."""

from __future__ import annotations

import asyncio
import logging
import secrets
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from tests.prove import chaos, fuzz, reliability_page, source_proof
from tests.prove.outcome import Outcome
from tests.prove.simulation import simulation

Part = Callable[[int, float, Callable[[str], None], Path], Outcome]
SHORT_PERCENT = 1.0


def run_chaos(seed: int, percent: float, say: Callable[[str], None], folder: Path) -> Outcome:
    """Run the chaos on a real Kafka."""
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)  # a broker that is gone is expected here
    plan = chaos.FULL.scaled(percent)
    return asyncio.run(chaos.Chaos(seed, plan, folder, say).run())


def run_fuzz(seed: int, percent: float, say: Callable[[str], None], folder: Path) -> Outcome:
    """Run the fuzz of every input topic."""
    del folder
    return fuzz.run(seed, percent, say)


def run_simulation(seed: int, percent: float, say: Callable[[str], None], folder: Path) -> Outcome:
    """Run the deterministic simulation of the engine."""
    del folder
    return simulation.run(seed, percent, say)


def run_sources(seed: int, percent: float, say: Callable[[str], None], folder: Path) -> Outcome:
    """Run the monitor of silent sources over generated markets."""
    del folder
    return source_proof.run(seed, percent, say)


PARTS: dict[str, Part] = {
    "simulation": run_simulation,
    "fuzz": run_fuzz,
    "chaos": run_chaos,
    "sources": run_sources,
}


def main(
    parts: Annotated[list[str] | None, typer.Argument(help=f"{', '.join(PARTS)}. Default: all.")] = None,
    seed: Annotated[int | None, typer.Option(help="The seed. Default: a random one.")] = None,
    percent: Annotated[float, typer.Option(min=0.1, help="The share of the full run.")] = 100.0,
    short: Annotated[bool, typer.Option("--short", help="A run of a minute or two.")] = False,
    keep: Annotated[Path | None, typer.Option(help="A folder in which the files of the run stay.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write docs/reliability.md.")] = False,
) -> None:
    """Run the proof and exit with 1 if a problem was found."""
    chosen = secrets.randbelow(1_000_000) if seed is None else seed
    typer.echo(f"seed {chosen}")
    share = SHORT_PERCENT if short else percent
    began = time.monotonic()

    def say(text: str) -> None:
        typer.echo(f"{time.monotonic() - began:7.1f} s  {text}")

    problems = []
    for name in parts or PARTS:
        with tempfile.TemporaryDirectory(prefix="proof-") as temporary:
            folder = keep or Path(temporary)
            folder.mkdir(exist_ok=True)
            part_began = time.monotonic()
            outcome = PARTS[name](chosen, share, say, folder)
        say(f"{name} has ended")
        for what, count in outcome.counts.items():
            typer.echo(f"{count:>12,}  {what}")
        problems += [f"{name}: {problem}" for problem in outcome.problems]
        if write and not outcome.problems:
            command = f"python -m tests.prove {name} --seed {chosen}" + (
                "" if share == 100 else f" --percent {share:g}"
            )
            reliability_page.write_section(name, command, time.monotonic() - part_began, outcome.counts)
    for problem in problems:
        typer.echo(f"PROBLEM: {problem}")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    typer.run(main)
