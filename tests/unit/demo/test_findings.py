"""Every event has exactly one outcome, and the report shows whether the outcomes add up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from workers.demo.findings import Findings
from workers.demo.printed_report import print_report
from workers.engine.api import Record
from workers.engine.control import Tick, control_emit
from workers.engine.rows import Row, row_key
from workers.visitors.rows import CountRow, HistoryRow

EXAMPLES = Path(__file__).parents[3] / "schemas" / "examples"
ENCODE = msgspec.msgpack.Encoder(order="deterministic").encode


def record(topic: str, value: dict[str, Any], key: str = "k") -> Record:
    return Record(topic, 0, 0, 0, key.encode(), json.dumps(value).encode())


def fact(event_id: str, kind: str = "lead_activity", **more: Any) -> Record:
    return record("lead.events", {"type": kind, "event_id": event_id} | more)


def score(lead_id: str, points_missing: int = 0, **gates: str) -> Record:
    listed = [{"gate": gate, "state": state, "points": 0} for gate, state in gates.items()]
    why = {"reasons": ["below_bar"], "total": 5, "gates": listed, "points_missing": points_missing}
    states = gates.values()
    stage = "outside" if "fail" in states else "waiting_for_facts" if "unknown" in states else "nurture"
    return record("lead.scores", {"stage": stage, "explanation": why}, lead_id)


def row(found: Findings, value: Row | None, type_: type[Row], *parts: str, partition: int = 0) -> None:
    found.add_row(partition, row_key(type_, parts), None if value is None else ENCODE(value))


def test_each_event_has_exactly_one_outcome() -> None:
    found = Findings()
    found.add_record(fact("a"))
    found.add_record(fact("b", "lead_form"))
    found.add_record(fact("r", "lead_consent", is_activity=True))
    row(found, HistoryRow(activity="page_view"), HistoryRow, "anon-1", "1", "w", "c")
    row(found, CountRow(nobody=1, repeated=2, no_visits=3), CountRow, "day")
    found.add_record(record("dead.letters", {"topic": "web.activity", "reason": "empty"}))
    found.add_record(record("dead.letters", {"topic": "visitor.events", "reason": "too_old"}))

    tally = found.reconciled(12)

    assert tally.adds_up
    assert (tally.of_leads, tally.of_unknown_visitors, tally.of_no_visitor, tally.repeated, tally.dead) == (
        2,
        1,
        1,
        2,
        2,
    )
    assert (tally.untracked, tally.no_visits) == (1, 3)
    assert not found.reconciled(13).adds_up


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(fact("a"), id="the same fact read again"),
        pytest.param(fact("a", origin_account_key="domain:old.example"), id="a fact that an alias forwarded"),
        pytest.param(fact("z", "lead_identified"), id="an address became known"),
        pytest.param(fact("z", "lead_consent"), id="consent that no activity brought"),
        pytest.param(fact("z", "account_facts"), id="facts of the CRM"),
        pytest.param(
            record("dead.letters", {"topic": "crm.reps", "reason": "empty"}), id="a dead letter of the CRM"
        ),
        pytest.param(Record("lead.scores", 0, 0, 0, b"k", None), id="a tombstone"),
    ],
)
def test_a_record_that_is_not_an_event_of_its_own_is_not_counted(again: Record) -> None:
    found = Findings()
    found.add_record(fact("a"))

    found.add_record(again)

    assert found.reconciled(1).adds_up


def test_a_tick_is_not_counted() -> None:
    found = Findings()
    tick = control_emit("lead.events", 0, Tick(1), 1)

    found.add_record(Record("lead.events", 0, 0, 1, None, tick.value, tick.headers))

    assert found.records == 0


def test_history_that_moved_to_a_lead_no_longer_counts_for_an_anonymous_visitor() -> None:
    found = Findings()
    parts = ("anon-1", "1", "w", "c")
    row(found, HistoryRow(activity="page_view"), HistoryRow, *parts)
    row(found, HistoryRow(activity="page_view"), HistoryRow, *parts, partition=1)
    row(found, None, HistoryRow, *parts)

    assert found.reconciled(1).of_unknown_visitors == 1


def test_a_later_count_of_a_day_replaces_the_earlier() -> None:
    found = Findings()
    row(found, CountRow(nobody=1), CountRow, "day")
    row(found, CountRow(nobody=2, repeated=1), CountRow, "day")
    row(found, CountRow(nobody=4), CountRow, "day", partition=1)

    tally = found.reconciled(7)

    assert (tally.of_no_visitor, tally.repeated) == (6, 1)


def test_the_first_reason_against_a_hand_off_is_counted() -> None:
    found = Findings()
    found.add_record(score("l1", 20, industry="fail", title="unknown"))
    found.add_record(score("l2", 20, industry="pass", title="unknown"))
    found.add_record(score("l3", 20, industry="pass"))
    found.add_record(score("l3", 10, industry="pass"))

    assert found.not_handed_over() == {
        "gate failed: industry": 1,
        "waiting for a fact: title": 1,
        "below the threshold": 1,
    }


@pytest.mark.parametrize(("produced", "verdict"), [(1, "it adds up"), (2, "it does not add up")])
def test_the_report_shows_whether_the_outcomes_add_up(produced: int, verdict: str) -> None:
    found = Findings()
    found.add_record(fact("a"))
    console = Console(record=True, width=120, quiet=True)
    console.quiet = False

    print_report(console, found, found.reconciled(produced), {"mia": 3}, 2.0)

    assert verdict in console.export_text()


def test_a_turn_of_the_ledger_counts_once_for_its_rep() -> None:
    found = Findings()
    turn = json.loads((EXAMPLES / "desk.ledger.jsonl").read_text("utf-8").splitlines()[0])["value"]

    found.add_record(record("desk.ledger", turn))
    found.add_record(record("desk.ledger", turn))

    shares = found.shares()
    assert {rep_id: turns for rep_id, (turns, _) in shares.items() if turns} == {turn["rep_id"]: 1}
    assert sum(exact for _, exact in shares.values()) == pytest.approx(1)
