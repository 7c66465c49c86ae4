"""The board of one worker: the watermarks of all tasks of the app, as far as it knows them, and the report of its own.

In: the watermarks of this worker's tasks, and the reports of all workers. Out: how far the inputs of a partition have
surely been decided. A watermark is a fact about committed records, so it stays true whichever worker reports it, and however late:
the largest one counts. A release is not a fact. It counts only if no later generation of the group has reported the task.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from workers.engine.watermarks import Slowest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from workers.engine.watermarks import WatermarkRow

_COVERED_S = 30.0
"""How long a report proves that a worker of this release serves a partition. Longer than a rebalance. Seconds."""


class AgentReport(msgspec.Struct, frozen=True):
    """The tasks of one agent in one worker. The lists ``partitions`` and ``reached_ms`` belong together."""

    agent: str
    log: str
    """The own log of the agent."""
    partitions: list[int]
    reached_ms: list[int]
    """The largest known watermark of each task. 0: none is known. Milliseconds UTC."""
    released: list[int] = []
    """Partitions that are stopped for so long that no other partition waits for them."""
    followed: dict[str, list[int]] | None = None
    """The partitions of open tasks by the config that they follow (``report_key``). None in a report of an earlier release."""
    stopped: dict[int, str] = {}
    """Why a stopped partition has stopped, by partition."""


class WorkerReport(msgspec.Struct, frozen=True):
    """The watermarks of a worker's tasks. It publishes them every few seconds."""

    generation: int
    """The generation of the consumer group in which the worker was assigned these partitions."""
    agents: list[AgentReport]
    follows_canaries: bool = False
    """Whether the worker follows canary records. False in a report of an earlier release, which writes them to dead letters."""


@dataclass(slots=True)
class _Known:
    at_ms: int = 0
    generation: int = -1
    is_released: bool = False


class WatermarkBoard:
    """The watermarks of all tasks of the app, as far as this worker knows them."""

    def __init__(self, partitions: int) -> None:
        self._partitions = partitions
        self._known: dict[tuple[str, int], _Known] = {}
        self._reported_s: dict[tuple[str, int], float] = {}

    def reach(self, agent: str, partition: int, at_ms: int) -> None:
        """Note a watermark. A smaller one than the known one changes nothing. Milliseconds UTC."""
        known = self._known.setdefault((agent, partition), _Known())
        known.at_ms = max(known.at_ms, at_ms)

    def reached_ms(self, agent: str, partition: int) -> int:
        """Return the largest known watermark of a task, or 0. Milliseconds UTC."""
        known = self._known.get((agent, partition))
        return known.at_ms if known is not None else 0

    def apply(self, report: WorkerReport) -> None:
        """Note what a worker has reported."""
        now_s = time.monotonic()
        for of in report.agents:
            for partition, at_ms in zip(of.partitions, of.reached_ms, strict=False):
                self.reach(of.agent, partition, at_ms)
                self._reported_s[of.log, partition] = now_s
                known = self._known[of.agent, partition]
                if report.generation >= known.generation:
                    known.generation = report.generation
                    known.is_released = partition in of.released

    def slowest(
        self, upstream: Iterable[str], in_log: Mapping[tuple[str, int], WatermarkRow]
    ) -> Slowest | None:
        """Return the upstream task with the smallest watermark, or None if there is none to wait for.

        ``in_log``: the watermarks that the partition has read in its own log. Released tasks do not count.
        """
        slowest: Slowest | None = None
        for agent in upstream:
            for partition in range(self._partitions):
                known = self._known.get((agent, partition))
                if known is not None and known.is_released:
                    continue
                at_ms = known.at_ms if known is not None else 0
                row = in_log.get((agent, partition))
                if row is not None and row.at_ms > at_ms:
                    at_ms = row.at_ms
                if slowest is None or at_ms < slowest.at_ms:
                    slowest = Slowest(at_ms, agent, partition)
        return slowest

    def uncovered(self, log: str) -> list[int]:
        """Return the partitions of a log that no worker of this release has reported lately. Old workers may serve them."""
        since_s = time.monotonic() - _COVERED_S
        return [
            partition
            for partition in range(self._partitions)
            if self._reported_s.get((log, partition), 0.0) < since_s
        ]


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(WorkerReport)


def encode_report(report: WorkerReport) -> bytes:
    """Return the report as it is published."""
    return _encoder.encode(report)


def decode_report(raw: bytes) -> WorkerReport | None:
    """Decode a published report. Return None if it cannot be decoded, as one of a later release."""
    try:
        return _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
