"""The order in which test files are given to the processes of `pytest -n`, so that the run ends soon.

In: the test files. Out: the same files, long ones first. Files that mostly wait (for a broker, a session, a rebalance)
alternate with files that mostly compute, because several of one kind at a time would leave the cores idle or overload them.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest

WAITING = "tests/integration/"
"""The folder of the files that mostly wait."""

SECONDS = {
    "tests/contract/test_json_schema.py": 24,
    "tests/integration/test_connection_causes.py": 22,
    "tests/integration/test_demo.py": 65,
    "tests/integration/test_engine_broker.py": 103,
    "tests/integration/test_engine_edges.py": 85,
    "tests/integration/test_engine_failover.py": 29,
    "tests/integration/test_engine_input.py": 37,
    "tests/integration/test_engine_kills.py": 67,
    "tests/integration/test_engine_partitions.py": 17,
    "tests/integration/test_engine_state.py": 22,
    "tests/integration/test_engine_time.py": 26,
    "tests/integration/test_engine_transactions.py": 20,
    "tests/integration/test_engine_unpacking.py": 40,
    "tests/integration/test_engine_watermarks.py": 98,
    "tests/integration/test_local_kafka.py": 55,
    "tests/integration/test_router_commands.py": 45,
    "tests/integration/test_router_dead_letters.py": 72,
    "tests/integration/test_router_erasure.py": 21,
    "tests/integration/test_router_kills.py": 63,
    "tests/integration/test_router_logins.py": 100,
    "tests/integration/test_router_one_owner.py": 22,
    "tests/integration/test_router_policy.py": 100,
    "tests/integration/test_router_restarts.py": 88,
    "tests/integration/test_router_rights.py": 68,
    "tests/integration/test_router_scenarios.py": 57,
    "tests/integration/test_router_shadow.py": 18,
    "tests/integration/test_router_way.py": 59,
    "tests/integration/test_topics.py": 31,
    "tests/property/test_one_owner.py": 14,
    "tests/property/test_one_owner_every_order.py": 22,
    "tests/property/test_one_owner_in_chunks.py": 12,
    "tests/property/test_ownership.py": 13,
    "tests/property/test_policy_checks.py": 27,
    "tests/property/test_policy_end_to_end.py": 21,
    "tests/property/test_real_life_forms.py": 42,
    "tests/property/test_rotation.py": 13,
    "tests/property/test_would_change.py": 34,
    "tests/scenarios/test_every_key.py": 44,
    "tests/unit/house/test_language.py": 15,
    "tests/unit/identity/test_lookup_tables.py": 12,
    "tests/unit/policy/checks/test_all_at_once.py": 11,
}
"""Seconds of each file that takes more than 10, in a run of all tests. They only have to be roughly right."""
SHORT_S = 1
"""Seconds that any other file is taken for."""


def in_order(files: Iterable[str]) -> list[str]:
    """Return the files, long ones first. Waiting and computing files alternate, so that both kinds end at the same time."""
    longest_first = sorted(files, key=lambda file: (-seconds_of(file), file))
    kinds = [
        [file for file in longest_first if file.startswith(WAITING)],
        [file for file in longest_first if not file.startswith(WAITING)],
    ]
    totals = [sum(map(seconds_of, kind)) for kind in kinds]
    begins: list[tuple[float, str]] = []
    for kind, total in zip(kinds, totals, strict=True):
        before = 0
        for file in kind:
            begins.append((before / total, file))
            before += seconds_of(file)
    return [file for _, file in sorted(begins)]


def seconds_of(file: str) -> int:
    """Return the seconds that a file takes, roughly."""
    return SECONDS.get(file, SHORT_S)


def put_in_order(items: list[pytest.Item]) -> None:
    """Sort tests by the order of their files. The tests of a file keep their order."""
    files = in_order({file_of(item) for item in items})
    places = {file: place for place, file in enumerate(files)}
    items.sort(key=lambda item: places[file_of(item)])


def file_of(item: pytest.Item) -> str:
    """Return the path of a test's file, relative to the project."""
    return item.nodeid.partition("::")[0]
