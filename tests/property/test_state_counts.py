"""The gauges of open hand-offs and waiting lists match the rows, after any events, erasures and restarts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from tests.edge import DAY, HOUR, KEY, MINUTE, NOON, POLICY_TEXT, form, iso
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.batch import Decided
from workers.engine.memory import MemoryStore
from workers.engine.row_watch import CommitObserver, RowWatch
from workers.monitoring.lead_metrics import LeadMetrics
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import directory_ready

SPECS = make_specs(KEY, 1)
CONFIG = to_config(load_policy(POLICY_TEXT), POLICY_TEXT)
PEOPLE = ("ann@bank.com", "bob@bank.com", "eve@gmail.com", "dan@shop.example")


class WatchedStore(MemoryStore):
    """Rows in memory that pass each commit to an observer, as a task does."""

    def __init__(self, make_observer: Callable[[], CommitObserver]) -> None:
        super().__init__()
        self._make_observer = make_observer
        self.open()

    def open(self) -> None:
        self.observer: Any = self._make_observer()
        self.watch = RowWatch(self.observer, self)
        asyncio.run(self.watch.read())

    def write(self, changes: dict[bytes, bytes | None]) -> None:
        self.watch.committed(Decided([], dict(sorted(changes.items()))))
        super().write(changes)


def record(topic: str, key: str, value: dict[str, Any], at_ms: int) -> Input:
    return Input(topic, at_ms, key.encode(), json.dumps(value).encode())


TIMES = st.integers(0, 400)
EVENTS = st.lists(
    st.one_of(
        st.tuples(
            st.just("form"), TIMES, st.sampled_from(PEOPLE), st.sampled_from(["demo", "support", "content"])
        ),
        st.tuples(st.just("erase"), TIMES, st.sampled_from(PEOPLE), st.just("")),
        st.tuples(st.just("rep"), TIMES, st.sampled_from(["mia", "tom"]), st.sampled_from(["here", "away"])),
        st.tuples(
            st.just("answer"), TIMES, st.sampled_from(PEOPLE), st.sampled_from(["touched", "rejected"])
        ),
    ),
    min_size=5,
    max_size=25,
)


def input_of(number: int, kind: str, at_ms: int, who: str, what: str) -> Input:
    head = {"event_id": f"e{number}", "occurred_at": iso(at_ms)}
    if kind == "form":
        return record(
            "form.fills", who, form(f"e{number}", at_ms, email=who, request=what, job_title="CIO"), at_ms
        )
    if kind == "erase":
        return record("privacy.requests", who, head | {"email": who, "request": "erasure"}, at_ms)
    if kind == "rep":
        absences = [{"starts_at": iso(at_ms), "ends_at": iso(at_ms + HOUR)}] if what == "away" else []
        rep = {"rep_id": who, "name": who, "desks": [{"desk": "inside_sales"}], "absences": absences}
        return record("crm.reps", who, head | rep, at_ms)
    reason = {"reason": "not_now"} if what == "rejected" else {}
    return record(
        "sales.activities", who, head | {"email": who, "rep_id": "mia", "action": what} | reason, at_ms
    )


@settings(max_examples=12, deadline=None)
@given(EVENTS, st.integers(0, 25))
def test_counts_from_commits_equal_a_count_of_the_rows(events: list[Any], restart_at: int) -> None:
    metrics = LeadMetrics(CollectorRegistry(), "lead.routing", lambda: 0)
    watched = {name: WatchedStore(make) for name, make in metrics.observers().items()}
    stores = {name: watched.get(name) or MemoryStore() for name in SPECS}
    replay = EdgeReplay(SPECS, CONFIG, dead_letter, lambda _: None, stores=stores)
    replay.open_with(directory_ready(NOON - HOUR))
    for number, (kind, minutes, who, what) in enumerate(sorted(events, key=lambda one: one[1])):
        replay.feed(input_of(number, kind, NOON + minutes * MINUTE, who, what))
        replay.commit()
        if number == restart_at:
            for store in watched.values():
                store.open()
    replay.run_timers(NOON + 3 * DAY)
    replay.commit()

    accounts, desks = (watched[name].observer for name in ("accounts", "desks"))
    counted = accounts.open_by_state(NOON + DAY), {k: v for k, v in desks.queues().items() if v.leads}
    for store in watched.values():
        store.open()
    accounts, desks = (watched[name].observer for name in ("accounts", "desks"))
    assert counted == (accounts.open_by_state(NOON + DAY), desks.queues())
