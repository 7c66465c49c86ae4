"""Compares the engine with stock Faust, Quix Streams and Flechtwerk on the one-counter job, in one run on one broker.

    make rivals                         installs the rivals into an environment of their own, .rivals
    python -m bench.rivals              rates, with one worker and with two (about five minutes)
    python -m bench.rivals kill         what is in the outputs after kill -9 of one of two workers (about five minutes)

Rates: all workers of a case start on a topic that is full. SETTLE_S after the first committed output, committed outputs are
counted for WINDOW_S from outside: the ends of the output's partitions, ``read_committed``. So commits that wait count as not
done, for every case alike. A transaction's marker counts as a record, at most two in
a hundred. The processor time of the workers is that of the same window. Cases take turns, so other load on the machine affects all.

Kill: one of two workers is killed (kill -9) when a third of the outputs is committed, and started again at once. When no
output has come for IDLE_S, or all have, the outputs are read, ``read_committed``. Each input must have one output, and the
last count of each lead must be the number of its inputs.
"""

from __future__ import annotations

import asyncio
import json
import signal
import statistics
import sys
import tempfile
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import Consumer, TopicPartition
from rich.console import Console
from rich.table import Table

from bench.engine_vs_faust import PARTITIONS, create_topics, produce
from bench.rival_crews import CASES, RIVALS, Case, Crew, Ends
from workers.local_kafka.server import LocalKafka

ROUNDS = 2
RECORDS = 1_500_000
"""Enough for the fastest case in a run."""
START_S = 90.0
SETTLE_S = 3.0
WINDOW_S = 8.0
SAMPLE_S = 0.1
IDLE_S = 90.0
"""Longer than the longest time-out of a transaction: 60 s."""


@dataclass(frozen=True, slots=True)
class Rate:
    """The figures of one case in one window."""

    per_s: float
    cpu_us: float
    """Processor time of all workers per record. Microseconds."""
    shares: tuple[int, ...]
    """The processor time of each worker in percent of the window."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outputs after a kill."""

    missing: int
    doubled: int
    wrong: int
    """Leads whose last count is not the number of their inputs."""
    pause_s: float
    """The longest time without a committed output."""
    note: str


def rate(crew: Crew) -> Rate:
    """Return the rate between two commits that are some WINDOW_S apart. Raises RuntimeError if there are no outputs."""
    ends = Ends(crew.bootstrap, crew.app)
    give_up_at = time.monotonic() + START_S
    while not ends.now():
        if time.monotonic() > give_up_at or crew.ended():
            raise RuntimeError(f"{crew.case.name}: no outputs. {crew.ended()}")
        time.sleep(SAMPLE_S)
    opened_at = time.monotonic() + SETTLE_S
    points: list[tuple[float, int, list[float]]] = []
    last = ends.now()
    while (now := time.monotonic()) < opened_at + WINDOW_S:
        found = ends.now()
        if found != last and now >= opened_at:
            points.append((now, found, crew.cpu_s()))
        last = found
        time.sleep(max(0.0, SAMPLE_S - (time.monotonic() - now)))
    if len(points) < 2 or crew.ended():
        raise RuntimeError(f"{crew.case.name}: {len(points)} commits in {WINDOW_S:.0f} s. {crew.ended()}")
    (began, first, cpu_began), (ended, final, cpu_ended) = points[0], points[-1]
    used = [end - begin for begin, end in zip(cpu_began, cpu_ended, strict=True)]
    return Rate(
        (final - first) / (ended - began),
        sum(used) / (final - first) * 1e6,
        tuple(round(100 * one / (ended - began)) for one in used),
    )


def kill(crew: Crew) -> Outcome:
    """Kill the first worker after a third of the outputs, start it again, and look at all outputs."""
    total, ends = crew.case.kill_records, Ends(crew.bootstrap, crew.app)
    began = changed_at = time.monotonic()
    last, pause_s, killed = 0, 0.0, False
    note = ""
    while (now := time.monotonic()) < changed_at + IDLE_S:
        found = ends.now()
        if found != last:
            pause_s = max(pause_s, now - changed_at) if last else 0.0
            last, changed_at = found, now
        if not killed and found > total / 3:
            crew.processes[0].send_signal(signal.SIGKILL)
            crew.processes[0].wait()
            crew.processes[0] = crew.start(0)
            killed = True
        if killed and crew.ended() and not note:
            note = "a worker ended by itself"
        if found >= total and now > changed_at + 2 * SETTLE_S and not _outputs(crew).missing:
            break
        if not found and now > began + START_S:
            raise RuntimeError(f"{crew.case.name}: no outputs. {crew.ended()}")
        time.sleep(SAMPLE_S)
    outputs = _outputs(crew)
    return Outcome(outputs.missing, outputs.doubled, outputs.wrong, pause_s, note)


@dataclass(frozen=True, slots=True)
class _Outputs:
    missing: int
    doubled: int
    wrong: int


def _outputs(crew: Crew) -> _Outputs:
    consumer = Consumer(
        {
            "bootstrap.servers": crew.bootstrap,
            "group.id": "bench-check",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
        }
    )
    consumer.assign([TopicPartition(f"{crew.app}.out", number, 0) for number in range(PARTITIONS)])
    seen: Counter[str] = Counter()
    inputs: defaultdict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = {}
    at_end = 0
    while at_end < PARTITIONS:
        for message in consumer.consume(10_000, 1.0):
            value = message.value()
            if message.error() is not None:
                at_end += 1
            elif value is not None:
                output = json.loads(value)
                seen[output["event_id"]] += 1
                inputs[output["lead_id"]].add(output["event_id"])
                counts[output["lead_id"]] = output["count"]
    consumer.close()
    wrong = sum(counts[lead] != len(found) for lead, found in inputs.items())
    return _Outputs(crew.case.kill_records - len(seen), seen.total() - len(seen), wrong)


def rates(console: Console, cases: tuple[Case, ...], rounds: int) -> int:
    """Measure and print the rates of all cases. Return 1 if a case gave no figure."""
    found: defaultdict[tuple[str, int], list[Rate]] = defaultdict(list)
    errors: list[str] = []
    broker = {
        "group.initial.rebalance.delay.ms": "3000"
    }  # Kafka's default: both workers are in the first assignment
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalKafka(Path(folder) / "kafka", properties=broker) as kafka,
    ):
        runs = [
            (case, size, f"bench-{number}-{index}-{size}")
            for number in range(rounds)
            for index, case in enumerate(cases)
            for size in (1, 2)
        ]
        ours = [app for case, _, app in runs if case.arguments[1] == "engine"]
        asyncio.run(create_topics(kafka.bootstrap, ours, [app for _, _, app in runs if app not in ours]))
        produce(kafka.bootstrap, RECORDS)
        for case, size, app in runs:
            with Crew(case, app, kafka.bootstrap, Path(folder), size) as crew:
                try:
                    found[case.name, size].append(one := rate(crew))
                except RuntimeError as error:
                    errors.append(str(error))
                    continue
            console.print(
                f"{case.name}, {size}: {one.per_s:,.0f}/s, {one.cpu_us:.0f} us, {one.shares} % of a core"
            )
    table = Table("framework", "one worker, records/s", "us of CPU", "two workers, records/s", "us of CPU")
    for case in cases:
        cells = []
        for size in (1, 2):
            measured = found[case.name, size]
            cells += (
                [
                    f"{statistics.median(one.per_s for one in measured):,.0f}",
                    f"{statistics.median(one.cpu_us for one in measured):.0f}",
                ]
                if measured
                else ["none", ""]
            )
        table.add_row(case.name, *cells)
    console.print(table)
    for error in errors:
        console.print(error, markup=False)
    return 1 if errors else 0


def kills(console: Console, cases: tuple[Case, ...]) -> int:
    """Kill a worker of each case and print what is in the outputs. Return 1 if the engine's are not exact."""
    table = Table("framework", "inputs", "missing", "doubled", "leads with wrong counts", "longest pause")
    exact = True
    for case in cases:
        with tempfile.TemporaryDirectory() as folder, LocalKafka(Path(folder) / "kafka") as kafka:
            is_ours = case.arguments[1] == "engine"
            app = "bench-kill"
            asyncio.run(create_topics(kafka.bootstrap, [app] if is_ours else [], [] if is_ours else [app]))
            produce(kafka.bootstrap, case.kill_records)
            with Crew(case, app, kafka.bootstrap, Path(folder), 2) as crew:
                try:
                    outcome = kill(crew)
                except RuntimeError as error:
                    console.print(str(error), markup=False)
                    exact = exact and not is_ours
                    continue
            print(case.name, outcome, flush=True)
        if is_ours:
            exact = not (outcome.missing or outcome.doubled or outcome.wrong)
        figures = (case.kill_records, outcome.missing, outcome.doubled, outcome.wrong)
        table.add_row(
            case.name, *(f"{one:,}" for one in figures), f"{outcome.pause_s:.1f} s {outcome.note}".rstrip()
        )
    console.print(table)
    return 0 if exact else 1


def main() -> int:
    """Measure what the command line asks for."""
    console = Console(width=110)
    if not RIVALS.exists():
        console.print(f"the rivals are not installed in {RIVALS.parent.parent}: run `make rivals` first")
        return 2
    words = sys.argv[1:]
    only = [word for word in words if word != "kill" and not word.isdigit()]
    cases = tuple(case for case in CASES if not only or any(word in case.name for word in only))
    if "kill" in words:
        return kills(console, cases)
    return rates(console, cases, next((int(word) for word in words if word.isdigit()), ROUNDS))


if __name__ == "__main__":
    sys.exit(main())
