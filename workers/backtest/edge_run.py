"""The edge hops (visitors, directory) over a history, once for all policies that agree on what these hops read.

In: a history and a policy. Out: the records that the edge hops hand on to the inner hops (accounts, desks), in the files of the
run's folder. The inner hops write nothing that an edge hop reads, except dead letters. The directory indexes those for
erasures, and a backtest needs no such index. So the edge hops may run first, and alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from filelock import FileLock

from schemas.topics import CRM_REPS, DEAD_LETTERS, DESK_REQUESTS, LEAD_EVENTS, SALES_ACTIVITIES
from workers.backtest.edge_log import RECORDS_PER_STEP, EdgeLog, EdgeRecord
from workers.backtest.run_rows import open_rows, save_rows
from workers.backtest.work_folder import Marker, RunFolder
from workers.deadletters import dead_letter
from workers.policy.load import load_held_policy
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_files import History, Scan
from workers.replay.history_lines import Input
from workers.replay.topic_roles import INPUT_RANKS, directory_ready

if TYPE_CHECKING:
    from workers.engine.api import Config, Emit

RECORDS_PER_PART: Final = 200_000
"""Records between two points from which an interrupted run can continue: about a minute of work."""
HANDED_ON: Final = frozenset({LEAD_EVENTS.name, DESK_REQUESTS.name, DEAD_LETTERS.name})
"""The topics of the emits that the inner hops read, or the report."""
_REPORTED: Final = frozenset({SALES_ACTIVITIES.name, CRM_REPS.name})
"""The input topics that the report reads."""
TERMS: Final = ("privacy", "no_visits", "matching", "words", "points_last_ms")
"""The attributes of a policy that the edge hops read, besides its name and version, which only their alerts state."""


def edge_terms(config: Config) -> str:
    """Return the digest of what the edge hops read of a policy. With equal digests, they hand on the same records."""
    policy = load_held_policy(config.text, config.name)
    values = [getattr(policy, name) for name in TERMS]
    texts = [one.model_dump_json() if hasattr(one, "model_dump_json") else repr(one) for one in values]
    return hashlib.sha256(msgspec.json.encode(texts)).hexdigest()


def run_edge(
    folder: Path,
    scans: Sequence[Scan],
    config: Config,
    lead_id_key: bytes,
    report: Callable[[int], None],
    records_per_part: int = RECORDS_PER_PART,
) -> None:
    """Run the edge hops over the history, or what is left of it. Waits for another process that does the same.

    Args:
        folder: the folder of the run.
        scans: the results of the first reading of the history.
        config: one of the policies that agree on what these hops read.
        lead_id_key: the secret from which lead ids are made.
        report: called with the number of records that were read.
        records_per_part: the records of a part. It changes no result.

    Raises:
        EndlessEffectsError: two hops answer each other endlessly.
    """
    files = RunFolder(folder)
    with FileLock(folder / "lock"):
        if files.is_done:
            return
        with open_rows(files, lead_id_key, is_edge=True) as (specs, stores):
            begun = files.marker
            handed: list[Emit] = []
            replay = EdgeReplay(
                specs,
                config,
                dead_letter,
                handed.append,
                results=HANDED_ON,
                stores=stores,
                offsets=None if begun is None else begun.offsets,
            )
            if begun is not None:
                replay.outputs.update(begun.outputs)
            history = History((), INPUT_RANKS, scans=scans)
            read = 0 if begun is None else begun.records
            if not read:
                replay.open_with(directory_ready(history.first_ms or 0))
            records = islice(history.in_order(), read, None)
            while read < history.records:
                part_end = min(read + records_per_part, history.records)
                with EdgeLog(files.edge_path(files.parts)) as log:
                    for record in islice(records, part_end - read):
                        read += 1
                        replay.feed(record)
                        if read == history.records:
                            replay.run_timers(history.last_ms or 0)
                        _hand_on(handed, log)
                        if record.topic in _REPORTED:
                            log.add(_for_report(record, read))
                        if read % RECORDS_PER_STEP == 0 or read == part_end:
                            log.end_step(read)
                            report(read)
                is_last = read == history.records
                if not is_last:
                    replay.commit()
                    save_rows(files, files.parts, stores)
                marker = Marker(read, 0, dict(replay.offsets), dict(replay.outputs), {}, {}, is_last)
                files.finish_part(files.parts, marker)


def _for_report(record: Input, number: int) -> EdgeRecord:
    return EdgeRecord(record.topic, record.timestamp_ms, record.key, record.value, record.headers, number)


def _hand_on(handed: list[Emit], log: EdgeLog) -> None:
    for emit in handed:
        if emit.topic in HANDED_ON:
            log.add(EdgeRecord(emit.topic, emit.timestamp_ms or 0, emit.key, emit.value, emit.headers))
    handed.clear()
