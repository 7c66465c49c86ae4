"""Which policy each partition follows, as the workers report it, and the texts of all policies that were ever followed.

In: the reports of the workers (watermark_board.py) and the records of the topic of policies. Out: the followed policy, the
one before it, and for each partition why it does not follow a policy.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from workers.broker.topic_plan import AGENTS
from workers.engine.control import (
    CanaryChange,
    ConfigChange,
    config_key,
    control_or_none,
    report_key,
    reported_versions,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from workers.engine.api import Config, Record
    from workers.engine.watermark_board import WorkerReport

STALE_MS: Final = 6_000
"""A worker that runs reports every 2 s. A report that is older than the newest one by more is of a worker that is gone."""
Task = tuple[str, int]


@dataclass(frozen=True, slots=True)
class _Reported:
    """The report of a worker on one task. ``followed``: the key of its config, or None if it is not open."""

    generation: int
    at_ms: int
    followed: str | None
    stopped: str
    is_of_earlier_release: bool
    follows_canaries: bool


def places(tasks: Iterable[Task]) -> str:
    """Return the names of tasks in their order, as ``accounts/0-2, desks/1``."""
    runs: list[tuple[str, int, int]] = []
    for agent, partition in tasks:
        if runs and runs[-1][0] == agent and runs[-1][2] == partition - 1:
            runs[-1] = (agent, runs[-1][1], partition)
        else:
            runs.append((agent, partition, partition))
    return ", ".join(f"{agent}/{a}" if a == b else f"{agent}/{a}-{b}" for agent, a, b in runs)


class TaskReports:
    """The latest report about each task of the app."""

    def __init__(self, partitions: int) -> None:
        self.tasks: list[Task] = [(agent, partition) for agent in AGENTS for partition in range(partitions)]
        self._latest: dict[Task, _Reported] = {}

    def apply(self, report: WorkerReport, at_ms: int) -> None:
        """Note a report of the time ``at_ms``. Of a partition that has moved, the later generation of the group counts."""
        for of in report.agents:
            followed = {one: key for key, partitions in (of.followed or {}).items() for one in partitions}
            for partition in of.partitions:
                task = (of.agent, partition)
                known = self._latest.get(task)
                if known is not None and (known.generation, known.at_ms) > (report.generation, at_ms):
                    continue
                self._latest[task] = _Reported(
                    report.generation,
                    at_ms,
                    followed.get(partition),
                    of.stopped.get(partition, ""),
                    is_of_earlier_release=of.followed is None,
                    follows_canaries=report.follows_canaries,
                )

    def forget_before(self, at_ms: int) -> None:
        """Forget the reports that are older."""
        self._latest = {task: one for task, one in self._latest.items() if one.at_ms >= at_ms}

    @property
    def is_empty(self) -> bool:
        """Whether no worker has reported a task."""
        return not self._latest

    def followers(self, config: Config) -> list[Task]:
        """Return the tasks that follow a config."""
        key = report_key(config)
        return [task for task in self.tasks if (one := self._latest.get(task)) and one.followed == key]

    def stopped(self) -> list[Task]:
        """Return the tasks that are stopped."""
        return [task for task in self.tasks if (one := self._latest.get(task)) and one.stopped]

    def of_earlier_release(self) -> list[Task]:
        """Return the tasks of workers whose release does not report what it follows. It stops at a policy that it lacks."""
        return [task for task in self.tasks if (one := self._latest.get(task)) and one.is_of_earlier_release]

    def without_canaries(self) -> list[Task]:
        """Return the tasks of workers whose release cannot decide a part of the accounts by another policy."""
        return [task for task in self.tasks if (one := self._latest.get(task)) and not one.follows_canaries]

    def highest_version(self) -> int:
        """Return the highest version that a task follows, for all accounts or as a canary, or 0."""
        keys = [one.followed for one in self._latest.values() if one.followed]
        return max((version for key in keys for version in reported_versions(key)), default=0)

    def obstacles(self, config: Config) -> list[str]:
        """Return why tasks do not follow a config, one line for all tasks with the same reason."""
        by_reason: dict[str, list[Task]] = defaultdict(list)
        following = set(self.followers(config))
        for task in self.tasks:
            if task not in following:
                by_reason[self._reason(task, config)].append(task)
        return [f"{places(tasks)}: {reason}" for reason, tasks in by_reason.items()]

    def _reason(self, task: Task, config: Config) -> str:
        one = self._latest.get(task)
        if one is None:
            return "no worker reports it"
        if one.stopped:
            why = one.stopped.removeprefix(f"{task[0]}/{task[1]}")
            return f"stopped: {why if why == one.stopped else f'it{why}'}"
        if one.is_of_earlier_release:
            return "its worker has an earlier release of the program"
        return "its worker is opening it" if one.followed is None else _difference(one.followed, config)


def _difference(followed: str, config: Config) -> str:
    """Return what a task follows instead of a config. ``followed``: its key in the report (``report_key``)."""
    version, *tried = reported_versions(followed)
    if f"{followed} ".startswith(f"{config_key(config.version, config.hash)} "):
        canary = f"version {tried[0]} as its canary" if tried else "no canary"
        return f"it has {canary}, and has not read the last change of it"
    if version == config.version:
        return f"it follows another text of version {version} ({followed.split(' ')[1]})"
    return f"it follows version {version}"


class Archive:
    """The policies that were ever followed, by version, and those that were canaries."""

    def __init__(self, configs: Iterable[Config] = ()) -> None:
        self._configs = {config.version: config for config in configs}
        self._canaries: dict[int, CanaryChange] = {}

    def apply(self, record: Record) -> None:
        """Note a record of the topic of policies. One that cannot be read is ignored."""
        change = control_or_none(record)
        if isinstance(change, ConfigChange):
            self._configs[change.version] = change.config
        elif isinstance(change, CanaryChange):
            self._canaries[change.version] = change

    @property
    def followed(self) -> Config | None:
        """The policy with the highest version: it is in every log, or in those that its workers have taken.

        It has the canary that was begun since, also if that has ended.
        """
        if not self._configs:
            return None
        followed = self._configs[max(self._configs)]
        of_it = [version for version, one in self._canaries.items() if one.present == followed.version]
        later = max(of_it, default=0)
        return (
            replace(followed, canary=self._canaries[later].canary) if later > followed.version else followed
        )

    @property
    def before(self) -> Config | None:
        """The policy that all accounts had before, or None if there was none. No canary was one."""
        earlier = sorted(self._configs)[:-1]
        return self._configs[earlier[-1]] if earlier else None
