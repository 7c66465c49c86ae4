"""A backtest of two policies over a long history: records per second, peak memory, and disk.

`python -m bench.backtest --records 1000000` makes fortnights of the demo's market, one after the other, and runs the default
policy and a stricter one over them, each in a process.
"""

from __future__ import annotations

import argparse
import heapq
import resource
import shutil
import time
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from tests.prove.generated_market import Produced, first_crm_records, later_records
from workers.backtest.edge_run import RECORDS_PER_PART, edge_terms
from workers.backtest.run_processes import PolicyRun, Work, run_all
from workers.backtest.work_folder import RunFolder
from workers.config import policy_file
from workers.policy.load import load_policy, to_config
from workers.replay.history_files import History
from workers.replay.topic_roles import INPUT_RANKS

HOUR_MS = 3_600_000
KEY = b"a key for the benchmark only"


def write_history(path: Path, records: int, seed: int) -> None:
    made = islice(chain(first_crm_records(seed), later_records(seed)), records)
    with path.open("wb") as file:
        file.writelines(map(line_of, in_order(made)))


def in_order(made: Iterable[Produced]) -> Iterator[Produced]:
    """Yield the records by timestamp. The CRM's records of a fortnight are dated up to two hours before it."""
    waiting: list[tuple[int, int, Produced]] = []
    for number, record in enumerate(made):
        heapq.heappush(waiting, (record.timestamp_ms, number, record))
        while waiting[0][0] < record.timestamp_ms - 2 * HOUR_MS:
            yield heapq.heappop(waiting)[2]
    yield from (row[2] for row in sorted(waiting))


def line_of(record: Produced) -> bytes:
    value = None if record.value is None else record.value.decode("utf-8", "replace")
    key = None if record.key is None else record.key.decode()
    try:
        raw = msgspec.Raw(b"null" if value is None else msgspec.json.encode(msgspec.json.decode(value)))
    except msgspec.DecodeError:
        raw = msgspec.Raw(msgspec.json.encode(value))
    line = {"topic": record.topic, "key": key, "timestamp": record.timestamp_ms, "value": raw}
    return msgspec.json.encode(line) + b"\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=3)
    parser.add_argument("--history", type=Path, help="keep the history in this file, or use it if it exists")
    given = parser.parse_args()
    text = policy_file(Path("policy")).read_text("utf-8")
    configs = [to_config(load_policy(one), one) for one in (text, text.replace("bar: 135", "bar: 140"))]
    with TemporaryDirectory() as folder:
        file = given.history or Path(folder) / "history.jsonl"
        if not file.exists():
            write_history(file, given.records, given.seed)
        begin = time.monotonic()
        history = History([file], INPUT_RANKS)
        print(f"{history.records:,} records, first reading {time.monotonic() - begin:.0f} s", flush=True)
        runs = [
            PolicyRun(Path(folder) / f"run{number}", Path(folder) / f"edge-{edge_terms(config)}", config)
            for number, config in enumerate(configs)
        ]
        begin = time.monotonic()
        shown = [0]
        work = Work(runs, history.scans, KEY)
        last = len(work.edges)  # the first policy

        def report(number: int, read: int) -> None:
            if number == last and read >= shown[0] + RECORDS_PER_PART:
                shown[0] = read
                size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
                print(
                    f"{read:>12,} {read / (time.monotonic() - begin):>8,.0f}/s {size / 1e6:>8,.0f} MB",
                    flush=True,
                )

        run_all(work, report, given.processes)
        seconds = time.monotonic() - begin
        marker = RunFolder(runs[0].folder).marker
        assert marker is not None
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = used.ru_utime + used.ru_stime
        print(
            f"{cpu:,.0f} s of a core for two policies: {history.records / cpu:,.0f} records per second of a core"
        )
        print(
            f"10,000,000 records take {10_000_000 / history.records * cpu / 120:,.0f} minutes of two free cores"
        )
        most = used.ru_maxrss / 1_024
        rate = history.records / seconds
        print(f"two policies in {seconds:,.0f} s: {rate:,.0f} records/s with {given.processes} processes")
        print(
            f"10,000,000 records would take {10_000_000 / rate / 60:,.0f} minutes at this rate, without the first reading"
        )
        print(
            f"most memory of a process: {most:,.0f} MB; free disk: {shutil.disk_usage(folder).free / 1e9:,.0f} GB"
        )


if __name__ == "__main__":
    main()
