"""The metrics about leads: what is counted of hand-offs and waiting lists, and that no label can grow without a bound."""

from __future__ import annotations

import json
from typing import Any

import pytest
from msgspec.structs import replace
from prometheus_client import CollectorRegistry

from schemas.desk_requests import RequestMode
from schemas.topics import LEAD_ROUTING
from schemas.vocabulary import Action, AssigneeType, HowChosen, Kind, Reason, Route
from workers.accounts.state.account import Holder
from workers.accounts.state.handoff import HandoffRow, PendingRow, ServiceRow
from workers.desks.rows import WaitingRow
from workers.engine.api import Emit
from workers.engine.batch import Decided
from workers.engine.memory import MemoryStore
from workers.engine.row_watch import CommitObserver, RowWatch
from workers.engine.rows import Rows
from workers.monitoring.lead_metrics import MOST_DESKS, LeadMetrics

NOW_MS = 1_772_452_800_000
MINUTE_MS = 60_000
KEY, LEAD, HANDOFF = "domain:bank.example", "lead-1", "domain:bank.example#1.1"
ROW = HandoffRow(
    lead_id=LEAD,
    kind=Kind.MQL,
    holder=Holder(type=AssigneeType.REP, id="mia", name="Mia", route=Route.OTHERWISE, how=HowChosen.ROTATION),
    cycle=1,
    request_id="r",
    request_desk="desk:inside_sales",
    mode=RequestMode.TURN,
    created_ms=NOW_MS,
    event_id="e",
    day=0,
    due_ms=NOW_MS + MINUTE_MS,
)


class Partition:
    """One partition with an observer, whose batches the test commits."""

    def __init__(self, agent: str) -> None:
        self.registry = CollectorRegistry()
        self.now_ms = NOW_MS
        self.metrics = LeadMetrics(self.registry, LEAD_ROUTING.name, lambda: self.now_ms)
        self.store = MemoryStore()
        self.rows = Rows(self.store)
        self.agent = agent
        self.open()

    def open(self) -> None:
        self.observer: CommitObserver = self.metrics.observers()[self.agent]()
        self.watch = RowWatch(self.observer, self.store)

    def commit(self, *revisions: dict[str, Any]) -> None:
        self.rows.keep()
        changes = self.rows.changes()
        outputs = [Emit(LEAD_ROUTING.name, b"k", json.dumps(one).encode()) for one in revisions]
        self.watch.committed(Decided(outputs, changes))
        self.store.write(changes)
        self.rows.committed()

    def values(self, name: str) -> dict[tuple[str, ...], float]:
        """Return the samples of a name that are not 0, by the values of their labels."""
        return {
            tuple(sample.labels.values()): sample.value
            for family in self.registry.collect()
            for sample in family.samples
            if sample.name == name and sample.value
        }


@pytest.fixture
async def accounts() -> Partition:
    partition = Partition("accounts")
    await partition.watch.read()
    return partition


@pytest.fixture
async def desks() -> Partition:
    partition = Partition("desks")
    await partition.watch.read()
    return partition


def revision(**fields: Any) -> dict[str, Any]:
    return {
        "handoff_id": HANDOFF,
        "account_key": KEY,
        "lead_id": LEAD,
        "action": Action.ASSIGNED,
        "kind": Kind.MQL,
        "route": Route.OTHERWISE,
        "explanation": {"reasons": [Reason.BAR_REACHED], "fit": 1},
        "person": {"email": "ann@bank.example"},
    } | fields


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (ROW, "due"),
        (replace(ROW, due_ms=NOW_MS), "overdue"),
        (replace(ROW, due_ms=None), "no_deadline"),
        (replace(ROW, frozen_ms=NOW_MS), "paused"),
        (replace(ROW, due_ms=NOW_MS - 1, touched_ms=NOW_MS), "answered"),
        (replace(ROW, withdrawn_for=(Reason.OWNER_CHANGED,)), "in_transit"),
    ],
)
async def test_an_open_handoff_counts_by_its_state(accounts: Partition, row: HandoffRow, state: str) -> None:
    accounts.rows.put(row, KEY, HANDOFF)
    accounts.commit()
    assert accounts.values("lead_router_open_handoffs") == {("mql", state): 1}


async def test_an_open_handoff_becomes_overdue_by_time_alone_and_is_gone_when_it_is_closed(
    accounts: Partition,
) -> None:
    accounts.rows.put(ROW, KEY, HANDOFF)
    accounts.commit()
    accounts.now_ms += 2 * MINUTE_MS
    assert accounts.values("lead_router_open_handoffs") == {("mql", "overdue"): 1}
    accounts.rows.put(replace(ROW, touched_ms=accounts.now_ms), KEY, HANDOFF)
    accounts.commit()
    assert accounts.values("lead_router_open_handoffs") == {("mql", "answered"): 1}
    accounts.rows.delete(HandoffRow, KEY, HANDOFF)
    accounts.commit()
    assert accounts.values("lead_router_open_handoffs") == {}


async def test_a_partition_that_opens_again_counts_its_rows_and_a_closed_one_counts_none(
    accounts: Partition,
) -> None:
    accounts.rows.put(ROW, KEY, HANDOFF)
    accounts.commit()
    accounts.watch.close()
    assert accounts.values("lead_router_open_handoffs") == {}
    accounts.open()
    assert accounts.values("lead_router_open_handoffs") == {}, "not all rows are counted yet"
    await accounts.watch.read()
    assert accounts.values("lead_router_open_handoffs") == {("mql", "due"): 1}


async def test_revisions_count_by_kind_route_and_action(accounts: Partition) -> None:
    accounts.commit(revision(), revision(action=Action.WITHDRAWN), revision(kind=Kind.RAISED_HAND))
    assert accounts.values("lead_router_handoffs_total") == {
        ("mql", "otherwise", "assigned"): 1,
        ("mql", "otherwise", "withdrawn"): 1,
        ("raised_hand", "otherwise", "assigned"): 1,
    }


@pytest.mark.parametrize(
    ("fields", "match"),
    [
        ({"crm_account_id": "A"}, "account"),
        ({"crm_account_id": "A", "explanation": {"reasons": [Reason.MATCHED_BY_NAME]}}, "name"),
        ({}, "company"),
        ({"account_key": "lead:lead-1"}, "none"),
    ],
)
async def test_an_assigned_handoff_counts_by_how_the_lead_was_matched(
    accounts: Partition, fields: dict[str, Any], match: str
) -> None:
    accounts.commit(revision(**fields), revision(**fields, action=Action.REASSIGNED))
    assert accounts.values("lead_router_handoff_matches_total") == {(match,): 1}


@pytest.mark.parametrize(("ages", "waited"), [(None, "no"), ({"lead_seconds": 9}, "yes")])
async def test_the_latency_of_a_handoff_is_from_when_its_lead_took_its_place_in_the_queue(
    accounts: Partition, ages: dict[str, int] | None, waited: str
) -> None:
    since_ms = NOW_MS - 4_000
    pending = PendingRow(raised=True, since_ms=since_ms, day=0, total=0, handoff_id=HANDOFF, event_id="e")
    order = f"0{since_ms:015d}"
    accounts.rows.put(pending, KEY, order, LEAD)
    accounts.commit()
    accounts.rows.delete(PendingRow, KEY, order, LEAD)
    accounts.commit(revision(ages=ages) if ages else revision())
    assert accounts.values("lead_router_handoff_latency_seconds_sum") == {("mql", waited): 4}


async def test_the_latency_of_a_support_question_is_from_when_the_desk_was_asked(accounts: Partition) -> None:
    asked = ServiceRow(lead_id=LEAD, request_id="r", event_id="e", day=0, since_ms=NOW_MS - 2_500)
    accounts.rows.put(asked, KEY, HANDOFF)
    accounts.commit()
    accounts.rows.delete(ServiceRow, KEY, HANDOFF)
    accounts.commit(revision(kind=Kind.SERVICE))
    assert accounts.values("lead_router_handoff_latency_seconds_sum") == {("service", "no"): 2.5}


def wait(partition: Partition, desk: str, minutes: int, request_id: str = "r") -> tuple[str, ...]:
    place = (desk, "2", "0999999900", f"{NOW_MS - minutes * MINUTE_MS:015d}", request_id)
    partition.rows.put(WaitingRow(request=b"{}"), *place)
    return place


async def test_a_desk_shows_its_waiting_leads_and_the_age_of_the_oldest(desks: Partition) -> None:
    first = wait(desks, "desk:inside_sales", 9, "r1")
    wait(desks, "desk:inside_sales", 4, "r2")
    wait(desks, "desk:inside_sales", 4, "r3")
    desks.commit()
    wait(desks, "desk:inside_sales", 4, "r3")  # rewritten, as an erasure of a colleague does
    desks.rows.delete(WaitingRow, *first)
    desks.commit()
    assert desks.values("lead_router_desk_waiting_leads") == {("inside_sales",): 2}
    assert desks.values("lead_router_desk_oldest_waiting_seconds") == {("inside_sales",): 240}


async def test_a_desk_whose_list_is_empty_shows_zero(desks: Partition) -> None:
    place = wait(desks, "desk:inside_sales", 1)
    desks.commit()
    desks.rows.delete(WaitingRow, *place)
    desks.commit()
    for name in ("lead_router_desk_waiting_leads", "lead_router_desk_oldest_waiting_seconds"):
        assert desks.registry.get_sample_value(name, {"desk": "inside_sales"}) == 0


async def test_no_label_names_a_rep_or_a_partner_and_the_names_of_desks_are_bounded(desks: Partition) -> None:
    for desk in ("rep:mia", "rep:tom", "partner:acme", "partners:all"):
        wait(desks, desk, 1)
    desks.commit()
    assert desks.values("lead_router_desk_waiting_leads") == {("(reps)",): 2, ("(partners)",): 2}
    for number in range(MOST_DESKS + 4):
        wait(desks, f"desk:{number:04d}", 1)
    wait(desks, f"desk:{'0' * 200}", 1)
    desks.commit()
    shown = desks.values("lead_router_desk_waiting_leads")
    assert shown["(other)",] == 5
    assert len(shown) == MOST_DESKS + 3
    assert max(len(name) for (name,) in shown) == 64
