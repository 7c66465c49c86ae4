"""The page of a running worker: its probes and the gauges of its tasks."""

from __future__ import annotations

import json
import re
from http.client import HTTPConnection
from typing import Any, Final

import pytest
from prometheus_client.parser import text_string_to_metric_families
from router import Router, Sent
from waiting import eventually

from workers.agents import AGENTS
from workers.monitoring.metric_list import METRICS

pytestmark = pytest.mark.kafka

HOST: Final = "127.0.0.2"
"""An address of this machine that is not the default."""
WITHIN_S: Final = 60.0
FORMS: Final = 50
MAY_BE_SILENT: Final = frozenset(
    {
        "lead_router_standby_behind_records",
        "lead_router_desk_waiting_leads",
        "lead_router_desk_oldest_waiting_seconds",
    }
)
"""Metrics that have a series only with a standby copy, or if a form is decided before its rep is known."""


def get(port: int, path: str) -> tuple[int, str]:
    """Return status and text of a page. 0: it does not answer."""
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except ConnectionError:
        return 0, ""
    finally:
        connection.close()


def gauge(text: str, name: str) -> dict[str, float]:
    """Return the values of a metric by its labels."""
    found = re.findall(rf"^{name}\{{(.*)\}} (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


async def test_a_worker_is_ready_when_its_partitions_are_restored_and_shows_its_lag(
    router: Router, unused_tcp_port: int
) -> None:
    router.start(metrics_host=HOST, metrics_port=unused_tcp_port)
    await eventually(lambda: get(unused_tcp_port, "/livez")[0] == 200, WITHIN_S, "the worker is alive")
    await eventually(lambda: get(unused_tcp_port, "/readyz")[0] == 200, WITHIN_S, "the worker is ready")
    await router.until_all_opened()

    text = get(unused_tcp_port, "/metrics")[1]
    tasks = gauge(text, "lead_router_tasks")
    assert {labels: count for labels, count in tasks.items() if count} == {
        f'agent="{agent}",state="running"': router.partitions for agent in AGENTS
    }
    assert gauge(text, "lead_router_assigned_partitions") == {
        f'agent="{agent}"': router.partitions for agent in AGENTS
    }
    left = gauge(text, "lead_router_restore_left_records")
    assert (len(left), set(left.values())) == (len(AGENTS) * router.partitions, {0.0})
    assert get(unused_tcp_port, "/nothing")[0] == 404

    forms: list[dict[str, Any]] = [
        {"event_id": f"f{number}", "occurred_at": "2026-03-02T12:00:00Z", "email": "ann@harbor.example"}
        for number in range(FORMS)
    ]
    forms[0] |= {"request": "demo", "job_title": "CIO", "job_function": "it"}
    forms[1] |= {
        "email": "bob@gmail.com",
        "request": "contact_sales",
        "country": "DE",
    }  # an inquiry of the desk
    forms[2] |= {"country": 17}
    forms[3] |= {"email": "bob", "request": "demo"}
    sent = [
        Sent("form.fills", b"ann", json.dumps(form | {"form_id": "contact"}).encode(), 1_772_452_800_000)
        for form in forms
    ]
    rep = {"rep_id": "mia", "name": "Mia", "desks": [{"desk": "inside_sales"}]}
    versions = [
        Sent(
            "crm.reps",
            b"mia",
            json.dumps(rep | {"event_id": day, "occurred_at": day}).encode(),
            1_772_452_800_000,
        )
        for day in ("2026-03-02T12:00:00Z", "2026-03-01T12:00:00Z")
    ]
    async with router.tape() as tape:
        await router.produce([*versions, *sent])
        await tape.until_settled(WITHIN_S)

    def lag() -> dict[str, float]:
        return gauge(get(unused_tcp_port, "/metrics")[1], "lead_router_lag_records")

    await eventually(lambda: set(lag().values()) == {0.0}, WITHIN_S, "no lag is left")
    assert {f'agent="visitors",partition="{one}",topic="form.fills"' for one in range(router.partitions)} <= (
        lag().keys()
    )
    assert_serves_the_table(get(unused_tcp_port, "/metrics")[1])


def assert_serves_the_table(text: str) -> None:
    """Assert that the page has each metric of the table and no other, with its type and its labels, and no address."""
    assert "@" not in text
    served = text_string_to_metric_families(text)
    families = {family.name: family for family in served if not family.name.endswith("_created")}
    assert families.keys() == {spec.name.removesuffix("_total") for spec in METRICS}
    silent = set()
    for spec in METRICS:
        family = families[spec.name.removesuffix("_total")]
        assert family.type == spec.kind, spec.name
        labels = {frozenset(sample.labels) - {"le"} for sample in family.samples}
        assert labels <= {frozenset(spec.labels)}, spec.name
        if not labels:
            silent.add(spec.name)
    assert silent <= MAY_BE_SILENT
    counts = {
        sample.labels["topic"]: sample.value
        for sample in families["lead_router_records"].samples
        if sample.name.endswith("_total")
    }
    assert counts["form.fills"] == FORMS
