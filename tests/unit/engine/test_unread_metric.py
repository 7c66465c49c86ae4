from __future__ import annotations

from workers.engine.metrics import Metrics, TaskMeters


def test_a_field_that_could_not_be_read_is_counted_by_topic_and_field() -> None:
    metrics = Metrics()
    meters = TaskMeters(metrics, "visitors", 0)
    meters.count_unread([("form.fills", "country"), ("form.fills", "country"), ("web.activity", "url")])
    names = {"agent": "visitors", "topic": "form.fills", "field": "country"}
    assert metrics.registry.get_sample_value("lead_router_unread_fields_total", names) == 2
