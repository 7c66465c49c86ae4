"""Compares a worker's state of 1,000,000 leads with one of 10,000, in memory and in CPU per event.

The rows of all leads (lead_rows.py) are written into local copies of eight partitions. A new process then opens all copies,
as a worker that owns every partition, and decides page views of random leads in the hops visitors and accounts, without
Kafka. Rounds of the two states alternate, so that other load on the machine affects both, and the median counts:
`python -m bench.million_leads [LEADS]`, some five minutes and 3 GB of disk.
"""

from __future__ import annotations

import gc
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.lead_rows import KEY, ROOT, LeadRows, browser, policy_row
from workers.agents import make_specs
from workers.app import configure_copies
from workers.config import load_config
from workers.deadletters import dead_letter
from workers.engine.api import Record
from workers.engine.control import is_control
from workers.engine.decide import Decider
from workers.engine.partitioner import partition_of
from workers.engine.store import RocksStore
from workers.settings import Settings

SMALL, LARGE = 10_000, 1_000_000
PARTITIONS = 8
AGENTS = ("visitors", "accounts")
ROUNDS = 9
EVENTS = 2_000
"""Events in one round."""
BATCH = 100
LEADS_PER_LOAD = 200
_MERGING = ("compaction-pending", "num-running-compactions", "num-running-flushes")
GOAL_RATIO = 1.3
GOAL_MIB = 1_024


def fill(folder: Path, leads: int) -> int:
    """Write the rows of all leads into copies below ``folder``. Return the number of rows."""
    rows = LeadRows()
    stores = {
        (agent, partition): RocksStore(folder / f"{agent}-{partition}", "bench")
        for agent in AGENTS
        for partition in range(PARTITIONS)
    }
    for (agent, _), store in stores.items():
        store.write({policy_row(): rows.policy[agent]}, 1, 1)
    count = 0
    for first in range(0, leads, LEADS_PER_LOAD):
        waiting: dict[tuple[str, int], dict[bytes, bytes | None]] = {key: {} for key in stores}
        for number in range(first, min(first + LEADS_PER_LOAD, leads)):
            for agent, found in rows.of(number).items():
                waiting[agent, rows.partition(agent, number, PARTITIONS)].update(found)
                count += len(found)
        for key, changes in waiting.items():
            while not stores[key].load(changes, count, 1):
                time.sleep(0.005)
    for store in stores.values():
        store.settle()
    while any(map(_is_merging, stores.values())):
        time.sleep(0.1)
    for store in stores.values():
        store.close()
    return count


def _is_merging(store: RocksStore) -> bool:
    """Whether RocksDB merges the files of a copy in the background, which would count as cost of the events."""
    found = [store._db.property_int_value(f"rocksdb.{name}") for name in _MERGING]  # noqa: SLF001 - for this bench only
    return any(found)


class _Hops:
    """The two hops over the copies of one folder."""

    def __init__(self, folder: Path) -> None:
        _, config = load_config(ROOT / "policy")
        specs = make_specs(KEY.encode(), PARTITIONS)
        self.stores: dict[tuple[str, int], RocksStore] = {}
        self.deciders: dict[tuple[str, int], Decider] = {}
        self._offsets: dict[tuple[str, int], int] = {}
        for agent in AGENTS:
            for partition in range(PARTITIONS):
                store = self.stores[agent, partition] = RocksStore(folder / f"{agent}-{partition}", "bench")
                self.deciders[agent, partition] = Decider(
                    specs[agent], partition, PARTITIONS, store, config, dead_letter
                )
        self.own_log = specs["accounts"].own_log
        self.decided = 0

    def take(self, agent: str, partition: int, topic: str, key: bytes, value: bytes, at_ms: int) -> None:
        place = (topic, partition)
        offset = self._offsets[place] = self._offsets.get(place, -1) + 1
        decider = self.deciders[agent, partition]
        record = Record(topic, partition, offset, at_ms, key, value)
        before = decider.output_count
        decider.advance(record)
        decider.decide(record)
        self.decided += 1
        for emit in decider.outputs_since(before):
            assert emit.topic != "dead.letters", emit.value
            if emit.topic == self.own_log:
                assert not is_control(Record(emit.topic, 0, 0, at_ms, emit.key, emit.value, emit.headers))
                other = partition_of(emit.partition_key or emit.key or b"", PARTITIONS)
                self.take("accounts", other, emit.topic, emit.key or b"", emit.value or b"", at_ms)

    def commit(self, at_ms: int) -> None:
        for key, decider in self.deciders.items():
            changes = decider.take().changes
            if changes:
                self.stores[key].write(changes, at_ms=at_ms)
            decider.committed()


def run(folder: Path, leads: int) -> None:
    """Decide one round of events for each line of standard input. Print the CPU per event and the peak memory."""
    configure_copies(Settings(), len(AGENTS) * PARTITIONS)
    hops = _Hops(folder)
    gc.freeze()  # as a worker does at its start
    chance = random.Random(7)
    number = 0
    for _ in sys.stdin:
        began = time.process_time()
        for _ in range(EVENTS):
            number += 1
            at_ms = time.time_ns() // 1_000_000
            visit = {
                "event_id": f"visit{number}",
                "occurred_at": datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat(),
                "activity": "page_view",
                "anonymous_id": browser(chance.randrange(leads)),
                "url": "https://bank.example/pricing",
            }
            key = visit["anonymous_id"].encode()
            hops.take(
                "visitors",
                partition_of(key, PARTITIONS),
                "web.activity",
                key,
                json.dumps(visit).encode(),
                at_ms,
            )
            if number % BATCH == 0:
                hops.commit(at_ms)
        us = (time.process_time() - began) / EVENTS * 1e6
        status = Path("/proc/self/status").read_text()
        peak_mib = int(status.partition("VmHWM:")[2].split()[0]) // 1_024
        print(json.dumps({"us": us, "mib": peak_mib, "decided": hops.decided}), flush=True)


def measure(leads: int) -> tuple[dict[int, list[float]], dict[int, int]]:
    """Return the CPU per event of each round, and the peak memory, by number of leads."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = (SMALL, leads)
        for size in sizes:
            began = time.monotonic()
            rows = fill(Path(folder) / str(size), size)
            print(f"{size:,} leads: {rows:,} rows written in {time.monotonic() - began:.0f} s", flush=True)
        runs = {
            size: subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "bench.million_leads",
                    "run",
                    str(Path(folder) / str(size)),
                    str(size),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for size in sizes
        }
        costs: dict[int, list[float]] = {size: [] for size in sizes}
        peaks: dict[int, int] = {}
        for number in range(ROUNDS):
            for size in sizes[:: 1 if number % 2 else -1]:
                asked, answers = runs[size].stdin, runs[size].stdout
                assert asked is not None
                assert answers is not None
                asked.write("go\n")
                asked.flush()
                found = json.loads(answers.readline())
                costs[size].append(found["us"])
                peaks[size] = found["mib"]
        for process in runs.values():
            process.communicate()
    return costs, peaks


def main(leads: int) -> int:
    """Print the figures. Return 1 if a goal is missed."""
    costs, peaks = measure(leads)
    small, large = (statistics.median(costs[size]) for size in (SMALL, leads))
    print(f"CPU per event with {SMALL:,} leads: {small:.0f} us, {peaks[SMALL]} MiB at most")
    print(
        f"CPU per event with {leads:,} leads: {large:.0f} us, {peaks[leads]} MiB at most (goal < {GOAL_MIB})"
    )
    print(f"ratio {large / small:.2f} (goal <= {GOAL_RATIO})")
    return 0 if large <= GOAL_RATIO * small and peaks[leads] < GOAL_MIB else 1


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        run(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else LARGE))
