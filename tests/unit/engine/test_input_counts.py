from __future__ import annotations

from workers.engine.batch import InputCounts
from workers.engine.metrics import Metrics, TaskMeters


def test_a_field_that_could_not_be_read_is_counted_by_topic_and_field() -> None:
    metrics = Metrics()
    meters = TaskMeters(metrics, "visitors", 0)
    unread = [("form.fills", "country"), ("form.fills", "country"), ("web.activity", "url")]
    meters.count_inputs(InputCounts(unread))
    names = {"agent": "visitors", "topic": "form.fills", "field": "country"}
    assert metrics.registry.get_sample_value("lead_router_unread_fields_total", names) == 2


def test_a_record_that_is_older_than_what_is_known_is_counted_by_topic() -> None:
    metrics = Metrics()
    counts = InputCounts(outdated=["crm.accounts", "crm.accounts", "crm.reps"])
    TaskMeters(metrics, "directory", 0).count_inputs(counts)
    names = {"agent": "directory", "topic": "crm.accounts"}
    assert metrics.registry.get_sample_value("lead_router_outdated_records_total", names) == 2
    counts.clear()
    assert counts == InputCounts()
