"""The alert rules and the dashboard name metrics that exist, with labels that they have, and each alert has a runbook."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

from tests.unit.house.pages import ROOT, slug, tables, text_of
from workers.engine.metric_table import MetricSpec
from workers.engine.metrics import Metrics
from workers.monitoring import generated_files
from workers.monitoring.alerts import ALERTS
from workers.monitoring.lead_metrics import LeadMetrics
from workers.monitoring.metric_list import METRICS, PROCESS_METRICS
from workers.notify.notify_metrics import NOTIFY_METRICS

RULES: Final[list[dict[str, Any]]] = [
    rule
    for group in yaml.safe_load((ROOT / generated_files.RULES).read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
DASHBOARD: Final = json.loads((ROOT / generated_files.DASHBOARD).read_text("utf-8"))
TESTS: Final = yaml.safe_load((ROOT / "monitoring" / "alerts.test.yaml").read_text("utf-8"))
NAME: Final = re.compile(r"\b(?:lead_router|process|python)_[a-z_]+")
LABELLED: Final = re.compile(r"(?:by|on) \(([^)]*)\)")
SCRAPED: Final = frozenset({"instance", "job", "le"})
"""Labels that Prometheus adds to the series of every worker, and that of a bucket."""


def series_of(spec: MetricSpec) -> list[str]:
    """Return the names of a metric's series."""
    if spec.kind != "histogram":
        return [spec.name]
    return [f"{spec.name}_{part}" for part in ("bucket", "count", "sum")]


SERIES: Final = {name: spec for spec in (*METRICS, *NOTIFY_METRICS) for name in series_of(spec)}


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in RULES)
    for panel in DASHBOARD["panels"]:
        yield from (target["expr"] for target in panel.get("targets", []))


@pytest.mark.parametrize("expression", sorted(set(expressions())))
def test_an_expression_names_metrics_that_exist_and_labels_that_they_have(expression: str) -> None:
    named = NAME.findall(expression)
    assert named
    assert set(named) <= SERIES.keys()
    labels = {one for name in named for one in SERIES[name].labels} | SCRAPED
    grouped = {one.strip() for found in LABELLED.findall(expression) for one in found.split(",")} - {""}
    selected = set(re.findall(r"[{,]([a-z]+)(?:=|!=|=~)", expression))
    assert grouped | selected <= labels


def test_every_metric_of_the_router_is_on_the_dashboard_or_in_an_alert() -> None:
    shown = {SERIES[name].name for expression in expressions() for name in NAME.findall(expression)}
    assert {one.name for one in METRICS} - {one.name for one in PROCESS_METRICS} - shown == set()


def test_the_table_is_what_a_process_registers() -> None:
    metrics = Metrics()
    LeadMetrics(metrics.registry, "lead.routing", lambda: 0)
    families = {
        f"{family.name}_total" if family.type == "counter" else family.name: family
        for family in metrics.registry.collect()
    }
    assert families.keys() == {one.name for one in METRICS}
    for spec in METRICS:
        assert families[spec.name].type == spec.kind


def test_a_name_follows_the_conventions_of_prometheus() -> None:
    for spec in METRICS:
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", spec.name)
        assert spec.name.endswith("_total") == (spec.kind == "counter")
        assert bool(spec.buckets) == (spec.kind == "histogram")
        assert not spec.meaning.endswith(".")


def test_no_label_can_hold_a_person_or_an_address() -> None:
    assert {label for spec in METRICS for label in spec.labels} == {
        *("action", "agent", "desk", "field", "hash", "kind", "match", "name", "partition", "reason"),
        *("result", "route", "state", "topic", "version", "waited"),
        *("implementation", "major", "minor", "patchlevel", "python"),
    }, "a new label: bound its values, and let none of them name a person"


def test_each_alert_has_a_summary_a_severity_and_a_runbook() -> None:
    page = text_of(ROOT / "docs" / "runbooks.md")
    headings = {slug(line.removeprefix("## ")) for line in page.splitlines() if line.startswith("## ")}
    for rule in RULES:
        file, _, anchor = rule["annotations"]["runbook_url"].partition("#")
        assert file == "docs/runbooks.md"
        assert anchor in headings
        assert rule["annotations"]["summary"].endswith(".")
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
    assert [rule["alert"] for rule in RULES] == [one.name for one in ALERTS]


def test_each_alert_is_tested_with_promtool_as_firing_and_as_silent() -> None:
    tested = [case for group in TESTS["tests"] for case in group["alert_rule_test"]]
    for fires in (True, False):
        names = {case["alertname"] for case in tested if bool(case["exp_alerts"]) == fires}
        assert names >= {one.name for one in ALERTS}


def test_the_page_has_each_metric_and_generated_files_that_differ_are_found(tmp_path: Path) -> None:
    assert generated_files.main(["--check"]) == 0
    rows = tables(text_of(ROOT / generated_files.PAGE), "Metrics")
    assert [row[0] for row in rows] == [f"`{one.name}`" for one in METRICS]
    for path in generated_files.rendered():
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(path.read_text("utf-8").replace("lead_router_lag_seconds", "other"), "utf-8")
    assert generated_files.main(["--check"], tmp_path) == 1
    assert generated_files.main(["--write"], tmp_path) == 0
    assert generated_files.main(["--check"], tmp_path) == 0
