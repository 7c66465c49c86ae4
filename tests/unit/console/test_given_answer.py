"""An action of a person on a page becomes one event that the router handles, and writes nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest
from aiokafka.errors import KafkaTimeoutError

from schemas.sales_activities import SalesActivity
from tests.scenarios.story import Story
from tests.stored import KEY, filled
from workers.console.news import News
from workers.console.web_app import Write, make_app
from workers.identity.lead_ids import lead_id_of

ANN = f"/leads/{lead_id_of('ann@harbor.example', KEY)}"
ANSWER = {
    "handoff_id": "domain:harbor.example#1.1",
    "revision": "1",
    "action": "accepted",
    "reason": "bad_data",
}


@pytest.fixture
def written() -> list[SalesActivity]:
    return []


def opened(folder: Path, story: Story, write: Write | None) -> httpx2.AsyncClient:
    app = make_app(
        filled(folder / "results.sqlite", story, "tue 10:05"), News(), lambda: None, KEY, write=write
    )
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1:8484")


@pytest.fixture
def client(tmp_path: Path, story: Story, written: list[SalesActivity]) -> httpx2.AsyncClient:
    async def write(activity: SalesActivity) -> None:
        written.append(activity)

    return opened(tmp_path, story, write)


async def test_an_acceptance_is_an_event_that_the_router_takes(
    client: httpx2.AsyncClient, story: Story, written: list[SalesActivity]
) -> None:
    assert 'action="/answers"' in (await client.get(ANN)).text
    answer = await client.post("/answers", data=ANSWER)
    assert (answer.status_code, answer.headers["location"]) == (303, ANN)
    (activity,) = written
    assert (activity.action, activity.rep_id, activity.reason) == ("accepted", "zoe", None)

    value = json.loads(activity.model_dump_json(exclude_none=True))
    story.add_event("sales.activities", activity.handoff_id, "tue 10:06", value)
    results = story.replay("tue 12:00")
    assert results.dead_letter_reasons == []
    assert results.stages[-1] == "sal"
    assert ("response_overdue", False) not in results.alerts


@pytest.mark.parametrize(
    ("action", "reason"), [("touched", None), ("returned", None), ("rejected", "bad_data")]
)
async def test_a_second_click_is_the_same_event(
    client: httpx2.AsyncClient, written: list[SalesActivity], action: str, reason: str | None
) -> None:
    for _ in range(2):
        await client.post("/answers", data=ANSWER | {"action": action})
    assert written[0] == written[1]
    assert (written[0].action, written[0].reason) == (action, reason)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"revision": "2"}, 303),
        ({"revision": ""}, 303),
        ({"action": "won"}, 404),
        ({"action": "reassigned"}, 404),
        ({"handoff_id": "domain:no.example#1.1"}, 404),
    ],
)
async def test_an_outdated_or_unknown_answer_is_not_written(
    client: httpx2.AsyncClient, written: list[SalesActivity], changed: dict[str, str], status: int
) -> None:
    assert (await client.post("/answers", data=ANSWER | changed)).status_code == status
    assert written == []


async def test_an_answer_is_posted_by_a_page_of_the_console_only(
    client: httpx2.AsyncClient, written: list[SalesActivity]
) -> None:
    refused = await client.post("/answers", data=ANSWER, headers={"Origin": "https://evil.example"})
    assert refused.status_code == 403
    assert (await client.get("/answers", params=ANSWER)).status_code == 404
    assert written == []


async def test_a_console_that_only_shows_has_no_buttons(tmp_path: Path, story: Story) -> None:
    client = opened(tmp_path, story, None)
    assert "/answers" not in (await client.get(ANN)).text
    assert (await client.post("/answers", data=ANSWER)).status_code == 404


async def test_an_answer_that_kafka_did_not_confirm_can_be_repeated(tmp_path: Path, story: Story) -> None:
    async def write(_: SalesActivity) -> None:
        raise KafkaTimeoutError

    answer = await opened(tmp_path, story, write).post("/answers", data=ANSWER)
    assert answer.status_code == 503
    assert "it counts once" in answer.text
