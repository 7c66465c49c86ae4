"""The metrics of the notifier: the page has each, and a process registers each."""

from __future__ import annotations

from tests.unit.house.pages import ROOT, tables, text_of
from workers.notify.notify_metrics import NOTIFY_METRICS, NotifyMetrics


def test_the_page_has_each_metric() -> None:
    expected = [
        [f"`{one.name}`", one.kind, ", ".join(one.labels), f"{one.meaning}. {one.advice}".strip()]
        for one in NOTIFY_METRICS
    ]
    assert tables(text_of(ROOT / "docs" / "notify.md"), "Metrics") == expected


def test_a_process_registers_each_metric() -> None:
    families = {one.name for one in NotifyMetrics().registry.collect()}
    assert families == {one.name.removesuffix("_total") for one in NOTIFY_METRICS}


def test_no_label_can_hold_a_person() -> None:
    assert {label for one in NOTIFY_METRICS for label in one.labels} == {"channel", "act", "result", "answer"}
