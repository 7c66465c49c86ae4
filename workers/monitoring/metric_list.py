"""The one table of metrics: the engine's, those about leads, and those of the process.

docs/monitoring.md, the dashboard and the alert rules are made from it, and tests compare it with the page of a worker.
"""

from __future__ import annotations

from typing import Final

from workers.engine.metric_table import ENGINE_METRICS, MetricSpec
from workers.monitoring.lead_metric_table import LEAD_METRICS

PROCESS_METRICS: Final = (
    MetricSpec("process_cpu_seconds_total", "counter", (), "User and system CPU time of the process"),
    MetricSpec("process_resident_memory_bytes", "gauge", (), "Resident memory of the process"),
    MetricSpec("process_virtual_memory_bytes", "gauge", (), "Virtual memory of the process"),
    MetricSpec("process_start_time_seconds", "gauge", (), "Start of the process, as Unix time"),
    MetricSpec(
        "process_open_fds",
        "gauge",
        (),
        "Open files of the process",
        "Worry near `process_max_fds`: see `open_files_low`.",
    ),
    MetricSpec("process_max_fds", "gauge", (), "Most open files that the process may have"),
    MetricSpec(
        "python_info",
        "gauge",
        ("implementation", "major", "minor", "patchlevel", "version"),
        "1 for the Python that runs the process",
    ),
)
"""Metrics that the Prometheus client itself serves, on Linux."""

METRICS: Final = (*LEAD_METRICS, *ENGINE_METRICS, *PROCESS_METRICS)
"""All metrics of a worker, in the order of the page."""
