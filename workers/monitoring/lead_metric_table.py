"""The table of the metrics about leads: hand-offs, desks and matches. workers/monitoring/metric_list.py adds the engine's."""

from __future__ import annotations

from typing import Final

from workers.engine.metric_table import MetricSpec

LATENCY_BUCKETS: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 3_600.0, 28_800.0, 86_400.0)

HANDOFFS: Final = MetricSpec(
    "lead_router_handoffs_total",
    "counter",
    ("kind", "route", "action"),
    "Revisions of hand-offs published on lead.routing",
    'Codes of the contract. `action="assigned"` counts each hand-off once. Worry when none is assigned in working hours.',
)
LATENCY: Final = MetricSpec(
    "lead_router_handoff_latency_seconds",
    "histogram",
    ("kind", "waited"),
    "Seconds from the arrival of the event that made a lead due until its hand-off is committed",
    'For `raised_hand` that event is a form or a chat. `waited="yes"`: the lead was on the waiting list of a desk. Worry '
    'when `waited="no"` is above five seconds.',
    LATENCY_BUCKETS,
)
MATCHES: Final = MetricSpec(
    "lead_router_handoff_matches_total",
    "counter",
    ("match",),
    "Assigned hand-offs by how the lead was matched to an account of the CRM",
    "`account`: by domain or contact; `name`: by an unproven company name; `company`: its company is not in the CRM; `none`: "
    "it has no business address. The match rate is the share of `account` and `name`.",
)
OPEN_HANDOFFS: Final = MetricSpec(
    "lead_router_open_handoffs",
    "gauge",
    ("kind", "state"),
    "Open hand-offs of the partitions of this process",
    "`due`: unanswered, the deadline is in the future; `overdue`: unanswered, it has passed; `paused`: the holder is away; "
    "`no_deadline`; `answered`; `in_transit`: between two holders. Sum it over the workers. A partition is counted seconds "
    "after it has opened.",
)
DESK_WAITING: Final = MetricSpec(
    "lead_router_desk_waiting_leads",
    "gauge",
    ("desk",),
    "Leads on the waiting list of a desk",
    "Desks of the policy by name, at most 100; `(reps)`: the reps' own desks together, `(partners)`, `(other)`. Sum it over "
    "the workers.",
)
DESK_OLDEST: Final = MetricSpec(
    "lead_router_desk_oldest_waiting_seconds",
    "gauge",
    ("desk",),
    "Age of the lead that is due the longest on the waiting list of a desk",
    "0 if none waits. Take the maximum over the workers. Worry above the time that the policy promises.",
)

LEAD_METRICS: Final = (HANDOFFS, LATENCY, MATCHES, OPEN_HANDOFFS, DESK_WAITING, DESK_OLDEST)
