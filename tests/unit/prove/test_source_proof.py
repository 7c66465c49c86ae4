"""A short run of the proof over one market. `make prove` runs forty with faults and forty without."""

from __future__ import annotations

from tests.prove.source_proof import run_faults


def test_faults_of_every_kind_are_found_within_a_working_day_and_named() -> None:
    market, found = run_faults("short", weeks=2, faults=6, warm_weeks=4, pages=5)
    assert len(market.faults) == 6
    assert len({fault.kind for fault in market.faults}) >= 5
    assert len(found.in_time) >= 5
    assert found.returns >= 5
    assert len(found.false_alarms) <= 3
