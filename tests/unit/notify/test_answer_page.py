"""Answers through links and through Slack: who may answer, that each counts once, and that no request of a stranger counts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from desk_market import NOW, DeskMarket
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette

from schemas.topics import SALES_ACTIVITIES
from workers.notify.answer_links import AnswerLinks
from workers.notify.answer_page import MOST_BYTES, AnswerPage
from workers.notify.answering import activity_of
from workers.notify.notices import Answer

SECRET = "a key of a test, long enough"


class Browser:
    """Asks the application, as a server would."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, str, dict[str, str]]:
        scope = {
            "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": [(k.lower().encode(), v.encode()) for k, v in (headers or {}).items()],
        }  # fmt: skip
        sent: list[dict[str, Any]] = []
        received = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def receive() -> dict[str, Any]:
            return next(received)

        async def send(event: Any) -> None:
            sent.append(event)

        await self._app(scope, receive, send)
        answered = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
        return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:]).decode(), answered


class Page:
    """The answer page over a market. ``replies`` are the sentences that reps saw at Slack."""

    def __init__(self, market: DeskMarket) -> None:
        assert market.file.answers is not None
        self.market = market
        self.links = AnswerLinks(market.file.answers)
        self.given: list[Answer] = []
        self.replies: list[str] = []

        async def reply(_url: str, sentence: str) -> None:
            self.replies.append(sentence)

        page = AnswerPage(
            market.tables, market.file, self.links, given=self.given.append, reply=reply,
            now_ms=lambda: market.now_ms,
        )  # fmt: skip
        self.browser = Browser(page.app())

    def link(self, answer: Answer, handoff_id: str = "domain:norrbank.example#1.1") -> str:
        (card, *_) = self.market.tables.open_cards(handoff_id=handoff_id)
        return self.links.url_of(card.card_id, answer).removeprefix("https://answers.example")

    async def tap(self, action_id: str, user: str, reason: str | None = None, **changes: str) -> int:
        (card, *_) = self.market.tables.open_cards(handoff_id="domain:norrbank.example#1.1")
        action: dict[str, Any] = {"action_id": action_id, "block_id": card.card_id}
        action |= {"selected_option": {"value": reason}} if reason else {}
        payload = {"user": {"id": user}, "actions": [action], "response_url": "https://hooks.slack.example/1"}
        body = urlencode({"payload": json.dumps(payload)}).encode()
        signer = SignatureVerifier(changes.get("secret", SECRET))
        stamp = changes.get("stamp", str(int(signer.clock.now())))
        headers = {
            "X-Slack-Request-Timestamp": stamp,
            "X-Slack-Signature": signer.generate_signature(timestamp=stamp, body=body) or "",
        }
        status, _, _ = await self.browser.ask("POST", "/slack/actions", body, headers)
        return status

    def answers(self) -> list[tuple[str, str, str | None]]:
        return [
            (one.action.value, one.rep_id, one.reason and one.reason.value)
            for one in map(activity_of, self.market.tables.unsent_answers())
        ]


@pytest.fixture
def page(market: DeskMarket) -> Iterator[Page]:
    market.rep("rep-dana")
    market.rep("rep-luis")
    market.handoff(1)
    return Page(market)


async def test_opening_a_link_changes_nothing_and_its_button_answers(page: Page) -> None:
    link = page.link(Answer.ACCEPT)
    for _ in range(3):  # scanners of mail open it too
        status, text, headers = await page.browser.ask("GET", link)
        assert (status, "<button>Accept</button>" in text) == (200, True)
    assert page.answers() == []
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    status, text, _ = await page.browser.ask("POST", link)
    assert (status, page.answers(), page.given) == (200, [("accepted", "rep-dana", None)], [Answer.ACCEPT])


async def test_a_second_press_counts_once_and_names_who_answered(page: Page) -> None:
    link = page.link(Answer.ACCEPT)
    await page.browser.ask("POST", link)
    status, text, _ = await page.browser.ask("POST", link)
    assert (status, len(page.answers())) == (409, 1)
    assert "already accepted by Dana" in text


async def test_a_rejection_has_one_of_the_listed_reasons(page: Page) -> None:
    link = page.link(Answer.REJECT)
    _, text, _ = await page.browser.ask("GET", link)
    assert re.findall(r'value="(\w+)"', text)[:2] == ["not_now", "unreachable"]
    assert (await page.browser.ask("POST", link, b"reason=mood"))[0] == 409
    assert (await page.browser.ask("POST", link, b"reason=bad_data"))[0] == 200
    assert page.answers() == [("rejected", "rep-dana", "bad_data")]


async def test_an_accepted_lead_can_be_rejected_afterwards_and_then_nothing_more(page: Page) -> None:
    await page.browser.ask("POST", page.link(Answer.ACCEPT))
    await page.browser.ask("POST", page.link(Answer.REJECT), b"reason=not_now")
    assert (await page.browser.ask("POST", page.link(Answer.NOT_ME)))[0] == 409
    assert [one[0] for one in page.answers()] == ["accepted", "rejected"]


async def test_not_me_returns_the_lead_without_a_rejection(page: Page) -> None:
    await page.browser.ask("POST", page.link(Answer.NOT_ME))
    assert page.answers() == [("returned", "rep-dana", None)]


@pytest.mark.parametrize(
    "damage", [lambda one: one[:-1], lambda one: one.replace("/answer/", "/answer/x"), lambda _: "/answer/x"]
)
async def test_a_forged_or_damaged_link_answers_nothing(page: Page, damage: Any) -> None:
    link = damage(page.link(Answer.ACCEPT))
    assert (await page.browser.ask("GET", link))[0] == 410
    assert (await page.browser.ask("POST", link))[0] == 410
    assert page.answers() == []


async def test_a_link_expires(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    page.links._expires_after_s = -1
    assert (await page.browser.ask("POST", page.link(Answer.ACCEPT)))[0] == 410


def test_a_link_holds_no_name_account_or_address(page: Page) -> None:
    link = page.link(Answer.ACCEPT)
    assert "norrbank" not in link
    assert "dana" not in link


async def test_after_a_withdrawal_and_a_change_of_holder_a_link_answers_nothing(page: Page) -> None:
    link = page.link(Answer.ACCEPT)
    page.market.handoff(2, "rep-luis")
    status, text, _ = await page.browser.ask("POST", link)
    assert (status, "This lead is with Luis." in text) == (409, True)
    page.market.handoff(3, None)
    assert (await page.browser.ask("GET", link))[0] == 410
    assert (await page.browser.ask("POST", link))[0] == 409
    assert page.answers() == []


async def test_one_answer_through_two_channels_counts_once(page: Page) -> None:
    page.market.handoff(2, "rep-luis")
    cards = page.market.tables.open_cards(handoff_id="domain:norrbank.example#1.1")
    assert {one.channel for one in cards} == {"slack", "hook"}
    for card in cards:
        await page.browser.ask(
            "POST", f"/answer/{page.links.url_of(card.card_id, Answer.ACCEPT).rpartition('/')[2]}"
        )
    assert page.answers() == [("accepted", "rep-luis", None)]


async def test_the_message_of_a_desk_asks_who_answers(page: Page) -> None:
    desk = {"type": "desk", "id": "desk:service"}
    page.market.handoff(1, assignee=desk, handoff_id="a#1", event_id="route-a")
    link = page.link(Answer.ACCEPT, "a#1")
    _, text, _ = await page.browser.ask("GET", link)
    assert re.findall(r'<option value="([\w-]+)"', text) == ["rep-dana", "rep-luis"]
    assert (await page.browser.ask("POST", link))[0] == 409
    assert (await page.browser.ask("POST", link, b"rep_id=stranger"))[0] == 409
    assert (await page.browser.ask("POST", link, b"rep_id=rep-luis"))[0] == 200
    assert page.answers() == [("accepted", "rep-luis", None)]


async def test_a_tap_at_slack_is_the_answer_of_that_person(page: Page) -> None:
    assert await page.tap("reject", "UDANA", "unreachable") == 200
    assert await page.tap("reject", "UDANA", "not_now") == 200
    assert page.answers() == [("rejected", "rep-dana", "unreachable")]
    assert page.replies == ["This lead was already rejected by Dana."]


async def test_a_tap_of_another_person_is_refused_with_the_holder(page: Page) -> None:
    await page.tap("accept", "ULUIS")
    await page.tap("accept", "USTRANGER")
    assert page.answers() == []
    assert page.replies == [
        "This lead is with Dana.",
        "Your Slack user is not in notify.yaml (reps).",
    ]


@pytest.mark.parametrize("changes", [{"secret": "another"}, {"stamp": "1000000000"}, {"stamp": "soon"}])
async def test_a_request_that_slack_did_not_sign_now_is_refused(page: Page, changes: dict[str, str]) -> None:
    assert await page.tap("accept", "UDANA", **changes) == 401
    assert page.answers() == []


async def test_an_interaction_that_is_not_an_answer_is_acknowledged(page: Page) -> None:
    assert await page.tap("link_accept", "UDANA") == 200
    assert page.answers() == []


async def test_a_body_that_is_too_large_is_refused(page: Page) -> None:
    assert (await page.browser.ask("POST", page.link(Answer.ACCEPT), b"x" * (MOST_BYTES + 1)))[0] == 410


async def test_an_answer_updates_the_messages_that_show_the_lead(page: Page) -> None:
    page.market.alert(1)
    await page.tap("accept", "UDANA")
    assert [one for one in page.market.waiting() if one[2] == "update"] == [
        ("slack", "UDANA", "update"),
        ("slack", "UDANA", "update"),
        ("slack", "UMONA", "update"),
    ]


async def test_the_event_of_an_answer_fits_the_contract(page: Page) -> None:
    await page.tap("reject", "UDANA", "duplicate")
    (answer,) = page.market.tables.unsent_answers()
    raw = activity_of(answer).model_dump_json(exclude_none=True)
    read = SALES_ACTIVITIES.adapter.validate_json(raw)
    assert (read.event_id, read.handoff_id, read.occurred_at.timestamp() * 1000) == (
        answer.event_id,
        "domain:norrbank.example#1.1",
        NOW,
    )
    page.market.tables.mark_sent(answer.event_id)
    assert page.market.tables.unsent_answers() == []
