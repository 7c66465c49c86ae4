"""The odd and the invalid records of the demo's market: each has an outcome, and the report counts what became of them."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from schemas.topics import LEAD_EVENTS
from tests.edge import POLICY_TEXT
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.demo.findings import Findings
from workers.demo.market.fortnight import START, market_records
from workers.demo.market.market_record import MarketRecord
from workers.demo.market.odd_records import ODD
from workers.engine.api import Emit, Record
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

EVENTS = frozenset({"web.activity", "form.fills", "chat.conversations"})
START_MS = int(START.timestamp() * 1000)


def is_kept(record: MarketRecord) -> bool:
    """Whether a record is one of the CRM's first, odd, or invalid."""
    if record.timestamp_ms < START_MS or (record.key or "").startswith("bad-"):
        return True
    return isinstance(record.value, dict) and str(record.value.get("event_id")).startswith(ODD)


@pytest.fixture(scope="module")
def records() -> list[MarketRecord]:
    return [record for record in market_records(seed=1) if is_kept(record)]


@pytest.fixture(scope="module")
def found(records: list[MarketRecord]) -> Findings:
    counted = Findings()

    def add(emit: Emit) -> None:
        counted.add_record(Record(emit.topic, 0, 0, 0, emit.key, emit.value, tuple(emit.headers)))

    config = to_config(load_policy(POLICY_TEXT), POLICY_TEXT)
    results = RESULTS | {LEAD_EVENTS.name}
    replay = EdgeReplay(make_specs(b"a demo key", 1), config, dead_letter, add, results=results)
    replay.open_with(directory_ready(records[0].timestamp_ms))
    for one in records:
        key = None if one.key is None else one.key.encode()
        value = json.dumps(one.value).encode() if isinstance(one.value, dict) else one.value
        replay.feed(Input(one.topic, one.timestamp_ms, key, value))
    for row, stored in replay.rows()[0].items():
        counted.add_row(0, row, stored)
    return counted


def test_every_odd_or_invalid_record_has_exactly_one_outcome(
    found: Findings, records: list[MarketRecord]
) -> None:
    tally = found.reconciled(sum(record.topic in EVENTS for record in records))
    assert tally.adds_up, tally


def test_the_market_has_a_share_of_odd_records(records: list[MarketRecord]) -> None:
    odd = Counter(record.topic for record in records if is_kept(record) and ODD in str(record.value))
    assert odd["form.fills"] >= 20
    assert odd["web.activity"] >= 200
    assert odd["crm.accounts"] >= 10


def test_the_report_counts_what_became_of_odd_records(found: Findings) -> None:
    odd = found.odd_records()
    assert odd["hand-offs that they triggered"] >= 5
    assert odd["clicks of mail scanners, without points"] >= 50
    assert odd["facts about a lead"] > odd["clicks of mail scanners, without points"]
