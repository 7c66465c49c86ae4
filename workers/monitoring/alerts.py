"""The alert rules for Prometheus: monitoring/alerts.yaml is made from them.

Each has a section of its name in docs/runbooks.md, and a test in monitoring/alerts.test.yaml. ``increase`` misses what a
counter has when it is scraped first. So a counter of an alert is served as 0 from the start, or its rule adds new series.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

RUNBOOKS: Final = "docs/runbooks.md"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """One alert rule."""

    name: str
    severity: Literal["critical", "warning", "info"]
    """``critical``: look at once. ``warning``: look today. ``info``: for sales managers."""
    holds_for: str
    """How long the expression must hold before the alert fires, as Prometheus writes it."""
    expression: str
    summary: str
    """One sentence with values of the labels as ``{{ $labels.x }}``."""

    def as_rule(self) -> dict[str, Any]:
        """Return the rule as Prometheus reads it."""
        return {
            "alert": self.name,
            "expr": self.expression,
            "for": self.holds_for,
            "labels": {"severity": self.severity},
            "annotations": {
                "summary": self.summary,
                "runbook_url": f"{RUNBOOKS}#{self.name.lower()}",
            },
        }


ALERTS: Final = (
    AlertRule(
        "LeadRouterAbsent",
        "critical",
        "5m",
        "absent(lead_router_build_info)",
        "No worker is scraped.",
    ),
    AlertRule(
        "LeadRouterPartitionStopped",
        "critical",
        "1m",
        "max by (agent, partition) (lead_router_partition_stopped) == 1",
        "Partition {{ $labels.partition }} of {{ $labels.agent }} is stopped and waits for an operator.",
    ),
    AlertRule(
        "LeadRouterPartitionsUnassigned",
        "critical",
        "5m",
        "sum by (job, agent) (lead_router_assigned_partitions) < on (job) group_left () max by (job) (lead_router_partitions)",
        "Only {{ $value }} partitions of {{ $labels.agent }} have a worker.",
    ),
    AlertRule(
        "LeadRouterEventLoopHangs",
        "critical",
        "1m",
        "max by (instance) (lead_router_event_loop_age_seconds) > 15",
        "The event loop of {{ $labels.instance }} has not turned for {{ $value | humanizeDuration }}.",
    ),
    AlertRule(
        "LeadRouterRestoreStuck",
        "critical",
        "5m",
        "max by (job, agent) (lead_router_restore_left_records) > 0 and on (job, agent) sum by (job, agent) (increase(lead_router_restored_records_total[10m])) == 0",
        "A partition of {{ $labels.agent }} lacks {{ $value }} records of its changelog and reads none.",
    ),
    AlertRule(
        "LeadRouterTaskRestarts",
        "warning",
        "0m",
        "sum by (agent, partition) (increase(lead_router_task_restarts_total[15m])) > 3",
        "The task of partition {{ $labels.partition }} of {{ $labels.agent }} keeps failing and starting again.",
    ),
    AlertRule(
        "LeadRouterTransactionsFail",
        "warning",
        "10m",
        'sum by (agent) (rate(lead_router_transactions_total{result!="committed"}[10m])) / sum by (agent) (rate(lead_router_transactions_total[10m])) > 0.05',
        "{{ $value | humanizePercentage }} of the transactions of {{ $labels.agent }} are not committed.",
    ),
    AlertRule(
        "LeadRouterCommitSlow",
        "warning",
        "10m",
        "histogram_quantile(0.95, sum by (agent, le) (rate(lead_router_commit_seconds_bucket[5m]))) > 1",
        "Transactions of {{ $labels.agent }} take {{ $value | humanizeDuration }} (95th percentile).",
    ),
    AlertRule(
        "LeadRouterLag",
        "warning",
        "10m",
        "max by (agent, topic) (lead_router_lag_seconds) > 60",
        "{{ $labels.agent }} has not decided a record of {{ $labels.topic }} that is {{ $value | humanizeDuration }} old.",
    ),
    AlertRule(
        "LeadRouterTimeHeldBack",
        "warning",
        "10m",
        "max by (agent) (lead_router_time_held_back_seconds) > 120",
        "Deadlines at {{ $labels.agent }} are reported {{ $value | humanizeDuration }} late.",
    ),
    AlertRule(
        "LeadRouterStandbyBehind",
        "warning",
        "15m",
        "max by (agent, partition) (lead_router_standby_behind_records) > 100000",
        "The standby copy of partition {{ $labels.partition }} of {{ $labels.agent }} lacks {{ $value }} records.",
    ),
    AlertRule(
        "LeadRouterDeadLetters",
        "warning",
        "0m",
        "sum by (agent, reason) (increase(lead_router_dead_letters_total[1h])) > 10",
        "{{ $labels.agent }} wrote {{ $value | humanize }} dead letters in an hour: {{ $labels.reason }}.",
    ),
    AlertRule(
        "LeadRouterFieldsUnread",
        "warning",
        "0m",
        "sum by (topic, field) (increase(lead_router_unread_fields_total[1h])) > 10 or sum by (topic, field) (lead_router_unread_fields_total unless lead_router_unread_fields_total offset 1h) > 10",
        "The field {{ $labels.field }} of {{ $labels.topic }} could not be read {{ $value | humanize }} times in an hour.",
    ),
    AlertRule(
        "LeadRouterRowLarge",
        "warning",
        "0m",
        "max by (agent, partition) (lead_router_largest_row_bytes) > 700000",
        "A row of partition {{ $labels.partition }} of {{ $labels.agent }} has {{ $value | humanize1024 }}B. The limit is 900,000 bytes.",
    ),
    AlertRule(
        "LeadRouterPoliciesDiffer",
        "warning",
        "15m",
        "count by (job) (count by (job, hash) (lead_router_policy_info)) > 1",
        "The partitions of {{ $labels.job }} follow {{ $value }} different policies.",
    ),
    AlertRule(
        "LeadRouterOpenFiles",
        "warning",
        "5m",
        "process_open_fds / process_max_fds > 0.8 and on (instance, job) lead_router_build_info",
        "{{ $labels.instance }} has {{ $value | humanizePercentage }} of its open files in use.",
    ),
    AlertRule(
        "LeadRouterHandoffSlow",
        "warning",
        "10m",
        'histogram_quantile(0.95, sum by (le) (rate(lead_router_handoff_latency_seconds_bucket{kind="raised_hand",waited="no"}[10m]))) > 5',
        "People who ask for sales reach a rep after {{ $value | humanizeDuration }} (95th percentile).",
    ),
    AlertRule(
        "LeadRouterNotifyDead",
        "warning",
        "1m",
        "max by (channel) (lead_router_notify_dead) > 0",
        "{{ $value }} messages of the channel {{ $labels.channel }} were refused or given up.",
    ),
    AlertRule(
        "LeadRouterNotifyLate",
        "warning",
        "2m",
        "max by (channel) (lead_router_notify_oldest_waiting_seconds) > 60",
        "A message of the channel {{ $labels.channel }} waits for {{ $value | humanizeDuration }}.",
    ),
    AlertRule(
        "LeadRouterHandoffsOverdue",
        "info",
        "15m",
        'sum by (kind) (lead_router_open_handoffs{state="overdue"}) > 0',
        "{{ $value }} open hand-offs of the kind {{ $labels.kind }} have no response after their deadline.",
    ),
    AlertRule(
        "LeadRouterDeskWaiting",
        "info",
        "15m",
        "max by (desk) (lead_router_desk_oldest_waiting_seconds) > 86400",
        "A lead waits at the desk {{ $labels.desk }} for {{ $value | humanizeDuration }}.",
    ),
)
