"""Each kind of channel against a service on a real socket that follows the vendor's documented answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket
from collections.abc import Awaitable, Iterator
from typing import Any

import pytest
from sent_messages import EVIL, LINKS, message

from tests.fake_services import FakeSlack, FakeTeams, FakeWebhook, Fault
from workers.notify.channel_settings import (
    AppriseSettings,
    SlackSettings,
    TeamsBotSettings,
    TeamsSettings,
    WebhookSettings,
)
from workers.notify.channels.apprise_channel import AppriseChannel
from workers.notify.channels.channel_calls import (
    Channel,
    DeliveryFailedError,
    DeliveryRefusedError,
    Outgoing,
)
from workers.notify.channels.slack_channel import SlackChannel
from workers.notify.channels.teams_bot import TeamsBot
from workers.notify.channels.teams_workflow import TeamsWorkflow
from workers.notify.channels.webhook_channel import WebhookChannel
from workers.notify.notices import Answer, Notice


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "xoxb-of-a-test")
    monkeypatch.setenv("SECRET", "a secret of a test, long enough")


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as running:
        yield running


@pytest.fixture
def teams() -> Iterator[FakeTeams]:
    with FakeTeams() as running:
        yield running


@pytest.fixture
def hook() -> Iterator[FakeWebhook]:
    with FakeWebhook() as running:
        yield running


async def failure_of(call: Awaitable[Any]) -> DeliveryFailedError:
    with pytest.raises(DeliveryFailedError) as failed:
        await call
    return failed.value


def slack_channel(slack: FakeSlack, **given: str) -> SlackChannel:
    settings = {
        "kind": "slack",
        "token": "env:TOKEN",
        "signing_secret": "env:SECRET",
        "api": f"{slack.url}/api",
    }
    return SlackChannel(SlackSettings.model_validate(settings | given))


@pytest.mark.usefixtures("environment")
class TestSlack:
    async def test_a_person_gets_a_message_in_their_conversation_and_an_edit_replaces_it(
        self, slack: FakeSlack
    ) -> None:
        channel = slack_channel(slack)
        place = await channel.post(message())
        await channel.edit(place, message("Withdrawn: Norrbank", number=2))
        await channel.close()
        ((conversation, _), shown), *others = slack.messages.items()
        assert (conversation, slack.shown(), shown["edits"], others) == (
            "DDANA",
            ["Withdrawn: Norrbank"],
            1,
            [],
        )

    async def test_texts_of_people_are_shown_as_text(self, slack: FakeSlack) -> None:
        channel = slack_channel(slack)
        await channel.post(message())
        await channel.close()
        (shown,) = slack.messages.values()
        assert "&lt;!channel&gt;" in shown["blocks"][1]["text"]["text"]
        assert "<" not in shown["blocks"][1]["text"]["text"]

    async def test_a_message_is_found_by_its_delivery_id_behind_many_others(self, slack: FakeSlack) -> None:
        channel = slack_channel(slack)
        place = await channel.post(message(number=1))
        ((_, ts), first), *_others = slack.messages.items()
        for number in range(2, 230):
            slack.messages["DDANA", f"{float(ts) + number:.6f}"] = {**first, "ts": "9", "metadata": {}}
        assert await channel.find(message(number=1), 0) == place
        assert await channel.find(message(number=999), 0) is None
        await channel.close()

    async def test_a_long_name_is_cut_to_what_slack_accepts(self, slack: FakeSlack) -> None:
        channel = slack_channel(slack)
        notice = Notice("n" * 290, tuple((f"line {one}", "&" * 290) for one in range(12)), tuple(Answer))
        await channel.post(Outgoing("d", "c", "C1", notice, LINKS))
        await channel.close()
        assert len(slack.messages) == 1

    @pytest.mark.parametrize(
        ("fault", "is_unsure", "wait_s"),
        [
            (Fault(429, {"Retry-After": "7"}, {"ok": False, "error": "ratelimited"}), False, 7.0),
            (Fault(200, {}, {"ok": False, "error": "internal_error"}), True, None),
            (Fault(200, {}, {"ok": False, "error": "token_revoked"}), False, None),
            (Fault(503, {}, {"ok": False, "error": "service_unavailable"}), True, None),
        ],
    )
    async def test_errors_that_pass_are_retried(
        self, slack: FakeSlack, fault: Fault, is_unsure: bool, wait_s: float | None
    ) -> None:
        channel = slack_channel(slack)
        slack.faults.append(fault)
        failed = await failure_of(channel.post(message(address="C1")))
        await channel.close()
        assert (failed.is_unsure, failed.wait_s, failed.concerns_all) == (is_unsure, wait_s, True)

    async def test_an_unknown_conversation_is_refused_by_its_code(self, slack: FakeSlack) -> None:
        channel = slack_channel(slack)
        slack.faults.append(Fault(200, {}, {"ok": False, "error": "channel_not_found"}))
        with pytest.raises(DeliveryRefusedError) as refused:
            await channel.post(message(address="C1"))
        await channel.close()
        assert refused.value.code == "channel_not_found"

    async def test_without_a_signing_secret_the_buttons_are_links(self, slack: FakeSlack) -> None:
        channel = slack_channel(slack)
        channel._has_buttons = False
        await channel.post(message())
        await channel.close()
        (shown,) = slack.messages.values()
        assert [one["url"] for one in shown["blocks"][2]["elements"]] == list(LINKS.values())


async def test_a_refused_connection_is_not_unsure(environment: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    channel = WebhookChannel(
        WebhookSettings.model_validate({"kind": "webhook", "url": url, "secret": "env:SECRET"})
    )
    failed = await failure_of(channel.post(message()))
    await channel.close()
    assert not failed.is_unsure


@pytest.mark.usefixtures("environment")
class TestWebhook:
    def channel(self, hook: FakeWebhook) -> WebhookChannel:
        settings = {"kind": "webhook", "url": hook.url, "secret": "env:SECRET"}
        return WebhookChannel(WebhookSettings.model_validate(settings))

    async def test_a_request_is_signed_and_carries_the_key(self, hook: FakeWebhook) -> None:
        channel = self.channel(hook)
        await channel.edit(await channel.post(message()), message(number=2))
        await channel.close()
        (headers, body), (second, _) = hook.requests
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        digest = hmac.new(b"a secret of a test, long enough", signed, hashlib.sha256).digest()
        assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
        assert (headers["idempotency-key"], second["idempotency-key"]) == ("delivery-1", "delivery-2")
        assert [one["action"] for one in hook.shown.values()] == ["post", "edit"]
        assert {one["message_id"] for one in hook.shown.values()} == {"card-1"}

    @pytest.mark.parametrize(("status", "is_unsure"), [(500, True), (503, True), (429, False), (409, False)])
    async def test_a_status_that_passes_is_retried(
        self, hook: FakeWebhook, status: int, is_unsure: bool
    ) -> None:
        hook.faults.append(Fault(status, {"Retry-After": "3"}))
        channel = self.channel(hook)
        failed = await failure_of(channel.post(message()))
        await channel.close()
        assert (failed.is_unsure, failed.wait_s) == (is_unsure, 3.0)

    @pytest.mark.parametrize("status", [400, 404, 410, 302])
    async def test_a_final_status_is_refused_and_no_redirect_is_followed(
        self, hook: FakeWebhook, status: int
    ) -> None:
        hook.faults.append(Fault(status, {"Location": f"{hook.url}/elsewhere"}))
        channel = self.channel(hook)
        with pytest.raises(DeliveryRefusedError):
            await channel.post(message())
        await channel.close()
        assert hook.requests == []


@pytest.mark.usefixtures("environment")
class TestTeams:
    def bot(self, teams: FakeTeams, secret: str = "right") -> TeamsBot:  # noqa: S107 - of a fake
        settings = {"kind": "teams_bot", "tenant": "tenant", "app_id": "app", "app_secret": "env:SECRET"}
        made = TeamsBotSettings.model_validate(settings | {"login": teams.url, "service": teams.url})
        changed = type(made.app_secret)(secret)
        return TeamsBot(made.model_copy(update={"app_secret": changed}))

    async def test_a_bot_logs_in_once_posts_and_edits_its_card(self, teams: FakeTeams) -> None:
        bot = self.bot(teams)
        place = await bot.post(message(address="19:abc@thread.tacv2"))
        await bot.edit(place, message("Withdrawn: Norrbank", number=2))
        await bot.close()
        (activity,) = teams.activities.values()
        card = activity["attachments"][0]["content"]
        assert activity["conversation"] == "19:abc@thread.tacv2"
        assert (teams.logins, card["body"][0]["inlines"][0]["text"]) == (1, "Withdrawn: Norrbank")
        assert [one["url"] for one in card["actions"]] == list(LINKS.values())

    async def test_texts_of_people_are_text_runs_without_markup(self, teams: FakeTeams) -> None:
        bot = self.bot(teams)
        await bot.post(message(address="c"))
        await bot.close()
        (activity,) = teams.activities.values()
        body = activity["attachments"][0]["content"]["body"]
        assert {one["type"] for one in body} == {"RichTextBlock"}
        assert body[1]["inlines"][1]["text"] == EVIL

    async def test_a_refused_login_has_posted_nothing(self, teams: FakeTeams) -> None:
        bot = self.bot(teams, "wrong")
        failed = await failure_of(bot.post(message(address="c")))
        await bot.close()
        assert (failed.code, failed.is_unsure) == ("login_http_401", False)

    async def test_a_workflow_gets_a_second_card_for_the_end(
        self, teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FLOW", f"{teams.url}/workflow")
        channel = TeamsWorkflow(TeamsSettings(kind="teams"))
        place = await channel.post(message(address="env:FLOW"))
        await channel.edit(place, message("Withdrawn", address="env:FLOW"))
        teams.faults.append(Fault(429, {"Retry-After": "5"}))
        failed = await failure_of(channel.post(message(address="env:FLOW")))
        await channel.close()
        assert (len(teams.activities), failed.wait_s, failed.is_unsure) == (2, 5.0, False)


@pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # imported by Apprise
async def test_apprise_posts_to_any_service_that_it_knows(
    hook: FakeWebhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("APPRISE", hook.url.replace("http://", "json://"))
    channel: Channel = AppriseChannel(AppriseSettings(kind="apprise"))
    await channel.post(message(address="env:APPRISE"))
    (_, body), *_others = hook.requests
    assert b"New lead: Anna" in body
    hook.faults.append(Fault(500))
    failed = await failure_of(channel.post(message(address="env:APPRISE")))
    assert failed.is_unsure
