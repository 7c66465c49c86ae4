"""The page of a running worker: its probes and the gauges of its tasks."""

from __future__ import annotations

import json
import re
from http.client import HTTPConnection
from typing import Final

import pytest
from router import Router, Sent
from waiting import eventually

from workers.agents import AGENTS

pytestmark = pytest.mark.kafka

HOST: Final = "127.0.0.2"
"""An address of this machine that is not the default."""
WITHIN_S: Final = 60.0


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

    forms = [
        {"event_id": f"f{number}", "occurred_at": "2026-03-02T12:00:00Z", "email": "ann@harbor.example"}
        for number in range(50)
    ]
    sent = [
        Sent("form.fills", b"ann", json.dumps(form | {"form_id": "contact"}).encode(), 1_772_452_800_000)
        for form in forms
    ]
    async with router.tape() as tape:
        await router.produce(sent)
        await tape.until_settled(WITHIN_S)

    def lag() -> dict[str, float]:
        return gauge(get(unused_tcp_port, "/metrics")[1], "lead_router_lag_records")

    await eventually(lambda: set(lag().values()) == {0.0}, WITHIN_S, "no lag is left")
    assert {f'agent="visitors",partition="{one}",topic="form.fills"' for one in range(router.partitions)} <= (
        lag().keys()
    )
