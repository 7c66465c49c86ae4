"""The Grafana dashboard: monitoring/dashboard.json is made from it. It has rows of panels, the most urgent first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

_WIDTH: Final = 24
_SOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_RATE: Final = "[$__rate_interval]"

_MATCH_RATE: Final = (
    'sum(increase(lead_router_handoff_matches_total{match=~"account|name"}[$__range])) '
    "/ sum(increase(lead_router_handoff_matches_total[$__range]))"
)


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: its title, and (expression, legend) of each query."""

    title: str
    queries: tuple[tuple[str, str], ...]
    unit: str = "short"
    kind: Literal["stat", "timeseries", "table"] = "timeseries"
    red_from: float | None = None
    """Value from which a stat is red. None: it has no colour."""


def _rate(metric: str, labels: str, where: str = "") -> tuple[str, str]:
    legend = " ".join(f"{{{{{one.strip()}}}}}" for one in labels.split(","))
    return f"sum by ({labels}) (rate({metric}{where}{_RATE}))", legend


def _quantile(metric: str, labels: str, share: float, where: str = "") -> tuple[str, str]:
    legend = " ".join(f"{{{{{one.strip()}}}}}" for one in labels.split(","))
    buckets = f"sum by (le, {labels}) (rate({metric}_bucket{where}{_RATE}))"
    return f"histogram_quantile({share}, {buckets})", f"{legend} p{round(share * 100)}"


ROWS: Final[tuple[tuple[str, tuple[Panel, ...]], ...]] = (
    (
        "Now",
        (
            Panel(
                "Stopped partitions",
                (("sum(max by (agent, partition) (lead_router_partition_stopped))", ""),),
                kind="stat",
                red_from=1,
            ),
            Panel(
                "Partitions without a worker",
                (
                    (
                        "max(lead_router_partitions) - min(sum by (agent) (lead_router_assigned_partitions))",
                        "",
                    ),
                ),
                kind="stat",
                red_from=1,
            ),
            Panel(
                "Overdue hand-offs",
                (('sum(lead_router_open_handoffs{state="overdue"})', ""),),
                kind="stat",
                red_from=1,
            ),
            Panel("Leads that wait at desks", (("sum(lead_router_desk_waiting_leads)", ""),), kind="stat"),
            Panel("Oldest lag", (("max(lead_router_lag_seconds)", ""),), "s", "stat", 60),
            Panel(
                "Match rate",
                (
                    (
                        _MATCH_RATE,
                        "",
                    ),
                ),
                "percentunit",
                "stat",
            ),
        ),
    ),
    (
        "Leads",
        (
            Panel(
                "Hand-offs by kind",
                (_rate("lead_router_handoffs_total", "kind", '{action="assigned"}'),),
                "cps",
            ),
            Panel(
                "Hand-offs by route",
                (_rate("lead_router_handoffs_total", "route", '{action="assigned"}'),),
                "cps",
            ),
            Panel(
                "From the form to the hand-off",
                (
                    _quantile("lead_router_handoff_latency_seconds", "kind", 0.5, '{waited="no"}'),
                    _quantile("lead_router_handoff_latency_seconds", "kind", 0.95, '{waited="no"}'),
                ),
                "s",
            ),
            Panel("Open hand-offs", (("sum by (state) (lead_router_open_handoffs)", "{{state}}"),)),
            Panel("Waiting leads by desk", (("sum by (desk) (lead_router_desk_waiting_leads)", "{{desk}}"),)),
            Panel(
                "Oldest waiting lead by desk",
                (("max by (desk) (lead_router_desk_oldest_waiting_seconds)", "{{desk}}"),),
                "s",
            ),
            Panel("Revisions by action", (_rate("lead_router_handoffs_total", "action"),), "cps"),
            Panel("Matches", (_rate("lead_router_handoff_matches_total", "match"),), "cps"),
        ),
    ),
    (
        "Records",
        (
            Panel("Records decided", (_rate("lead_router_records_total", "agent, topic"),), "cps"),
            Panel("Records published", (_rate("lead_router_outputs_total", "agent, topic"),), "cps"),
            Panel("Lag", (("max by (agent, topic) (lead_router_lag_seconds)", "{{agent}} {{topic}}"),), "s"),
            Panel(
                "Lag in offsets",
                (("sum by (agent, topic) (lead_router_lag_records)", "{{agent}} {{topic}}"),),
            ),
            Panel("Dead letters", (_rate("lead_router_dead_letters_total", "agent, reason"),), "cps"),
            Panel("Unread fields", (_rate("lead_router_unread_fields_total", "topic, field"),), "cps"),
            Panel("Outdated CRM records", (_rate("lead_router_outdated_records_total", "topic"),), "cps"),
            Panel(
                "Time held back",
                (
                    ("max by (agent) (lead_router_time_held_back_seconds)", "{{agent}}"),
                    ("time() - min by (agent) (lead_router_stream_time_seconds)", "{{agent}} stream time"),
                ),
                "s",
            ),
        ),
    ),
    (
        "Partitions",
        (
            Panel("Tasks", (("sum by (agent, state) (lead_router_tasks) > 0", "{{agent}} {{state}}"),)),
            Panel("Task restarts", (_rate("lead_router_task_restarts_total", "agent"),), "cps"),
            Panel("Transactions", (_rate("lead_router_transactions_total", "agent, result"),), "cps"),
            Panel(
                "Commit",
                (
                    _quantile("lead_router_commit_seconds", "agent", 0.5),
                    _quantile("lead_router_commit_seconds", "agent", 0.95),
                ),
                "s",
            ),
            Panel("Records per transaction", (_quantile("lead_router_batch_records", "agent", 0.5),)),
            Panel("Left to restore", (("sum by (agent) (lead_router_restore_left_records)", "{{agent}}"),)),
            Panel("Restored", (_rate("lead_router_restored_records_total", "agent"),), "cps"),
            Panel("Standbys behind", (("max by (agent) (lead_router_standby_behind_records)", "{{agent}}"),)),
        ),
    ),
    (
        "State and process",
        (
            Panel("Rows", (("sum by (agent) (lead_router_rows)", "{{agent}}"),)),
            Panel("Local copies", (("sum by (agent) (lead_router_row_bytes)", "{{agent}}"),), "bytes"),
            Panel("Largest row", (("max by (agent) (lead_router_largest_row_bytes)", "{{agent}}"),), "bytes"),
            Panel(
                "CPU",
                (
                    (
                        f"rate(process_cpu_seconds_total{_RATE}) and on (instance, job) lead_router_build_info",
                        "{{instance}}",
                    ),
                ),
                "percentunit",
            ),
            Panel(
                "Memory",
                (
                    (
                        "process_resident_memory_bytes and on (instance, job) lead_router_build_info",
                        "{{instance}}",
                    ),
                ),
                "bytes",
            ),
            Panel("Event loop", (("lead_router_event_loop_age_seconds", "{{instance}}"),), "s"),
            Panel("Releases", (("lead_router_build_info", "{{instance}}"),), kind="table"),
            Panel("Policies", (("lead_router_policy_info", "{{instance}}"),), kind="table"),
        ),
    ),
)


def render_dashboard() -> dict[str, Any]:
    """Return the dashboard as Grafana imports it."""
    panels: list[dict[str, Any]] = []
    top = 0
    for title, row in ROWS:
        panels.append(
            {
                "id": len(panels) + 1,
                "type": "row",
                "title": title,
                "gridPos": {"x": 0, "y": top, "w": _WIDTH, "h": 1},
                "panels": [],
            }
        )
        top += 1
        height, width = (4, 4) if title == ROWS[0][0] else (8, 6)
        for number, panel in enumerate(row):
            left, line = number * width % _WIDTH, number * width // _WIDTH
            place = {"x": left, "y": top + line * height, "w": width, "h": height}
            panels.append({"id": len(panels) + 1, "gridPos": place} | _panel(panel))
        top += -(-len(row) * width // _WIDTH) * height
    return {
        "uid": "lead-router",
        "title": "Lead router",
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {
            "list": [
                {"name": "datasource", "type": "datasource", "query": "prometheus", "label": "Prometheus"}
            ]
        },
        "panels": panels,
    }


def _panel(panel: Panel) -> dict[str, Any]:
    is_table = panel.kind == "table"
    defaults: dict[str, Any] = {"unit": panel.unit}
    if panel.red_from is not None:
        steps = [{"color": "green", "value": None}, {"color": "red", "value": panel.red_from}]
        defaults |= {"color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": steps}}
    targets = [
        {
            "refId": chr(ord("A") + at),
            "datasource": _SOURCE,
            "expr": expression,
            "legendFormat": legend,
            "instant": is_table,
            "format": "table" if is_table else "time_series",
        }
        for at, (expression, legend) in enumerate(panel.queries)
    ]
    return {
        "type": panel.kind,
        "title": panel.title,
        "datasource": _SOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "targets": targets,
    }
