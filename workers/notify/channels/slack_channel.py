"""Slack: a bot posts a message, edits it, and finds its own message again by its metadata.

Slack has no idempotency key for chat.postMessage. So each message carries its delivery_id as metadata, and after a crash
conversations.history is searched for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import aiohttp
import msgspec
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient

from workers.notify.channels.channel_calls import (
    TIMEOUT_S,
    DeliveryFailedError,
    DeliveryRefusedError,
    Outgoing,
    connection_failure,
    new_session,
    retry_after_s,
)
from workers.notify.delivery_steps import Ability
from workers.notify.notices import ANSWER_WORDS, REJECTIONS, Answer

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from workers.notify.channel_settings import SlackSettings

EVENT_TYPE: Final = "lead_router_message"
_MOST_HEADER: Final = 150
_MOST_FIELD: Final = 1_900
_MOST_PAGES: Final = 10
_LATE_CLOCK_S: Final = 60
"""The search begins this much before the attempt, because Slack's clock is not ours."""
_SETUP: Final = frozenset(
    {"account_inactive", "invalid_auth", "missing_scope", "no_permission", "not_allowed_token_type", "not_authed",
     "token_expired", "token_revoked", "org_login_required", "team_access_not_granted", "access_denied",
     "team_added_to_org", "ekm_access_denied"}
)  # fmt: skip
"""Errors of the app's installation: an administrator can remove them."""
_UNSURE: Final = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})


class SlackChannel:
    """The bot of one workspace."""

    ability = Ability(can_edit=True, can_find=True)

    def __init__(self, settings: SlackSettings) -> None:
        self._settings = settings
        self._has_buttons = settings.signing_secret is not None
        self._session = new_session()
        self._client = AsyncWebClient(
            token=settings.token.get_secret_value(),
            base_url=f"{settings.api}/",
            timeout=int(TIMEOUT_S),
            session=self._session,
            retry_handlers=[],  # a retry that we do not know of could double a message
        )
        self._conversations: dict[str, str] = {}

    async def post(self, message: Outgoing) -> str:
        """Post a message to a channel, or to a person's conversation with the bot."""
        channel = await self._conversation(message.address)
        answer = await _called(
            self._client.chat_postMessage(
                channel=channel, unfurl_links=False, unfurl_media=False, **self._content(message)
            )
        )
        return _place(answer["channel"], answer["ts"])

    async def edit(self, place: str, message: Outgoing) -> None:
        """Replace the whole message. An edit that is repeated changes nothing."""
        where = msgspec.json.decode(place)
        await _called(
            self._client.chat_update(channel=where["channel"], ts=where["ts"], **self._content(message))
        )

    async def find(self, message: Outgoing, since_ms: int) -> str | None:
        """Search the conversation since an attempt for the message with this delivery_id."""
        channel = await self._conversation(message.address)
        cursor = None
        for _ in range(_MOST_PAGES):
            page = await _called(
                self._client.conversations_history(
                    channel=channel,
                    oldest=f"{since_ms / 1000 - _LATE_CLOCK_S:.6f}",
                    include_all_metadata=True,
                    limit=200,
                    cursor=cursor,
                )
            )
            for one in page.get("messages", []):
                if one.get("metadata", {}).get("event_payload", {}).get("delivery_id") == message.delivery_id:
                    return _place(channel, one["ts"])
            cursor = page.get("response_metadata", {}).get("next_cursor") or None
            if cursor is None:
                return None
        raise DeliveryFailedError("history_too_long", is_unsure=True, concerns_all=False)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _conversation(self, address: str) -> str:
        """Return the id of the conversation. That of a person is opened once; an edit needs its id."""
        if address[0] not in "UW":
            return address
        if address not in self._conversations:
            opened = await _called(self._client.conversations_open(users=address), can_double=False)
            self._conversations[address] = opened["channel"]["id"]
        return self._conversations[address]

    def _content(self, message: Outgoing) -> dict[str, Any]:
        metadata = {"event_type": EVENT_TYPE, "event_payload": {"delivery_id": message.delivery_id}}
        return {
            "text": escaped(message.notice.headline),
            "blocks": blocks(message, has_buttons=self._has_buttons),
            "metadata": metadata,
        }


def blocks(message: Outgoing, *, has_buttons: bool) -> list[dict[str, Any]]:
    """Return a message as Block Kit. Buttons answer in Slack; without a signing secret there are links instead."""
    notice = message.notice
    made: list[dict[str, Any]] = [
        {
            "type": "header",
            "text": {"type": "plain_text", "text": notice.headline[:_MOST_HEADER], "emoji": False},
        }
    ]
    if notice.lines:
        text = "\n".join(f"*{escaped(label)}*  {escaped(line)}" for label, line in notice.lines)
        made.append(
            {"type": "section", "text": {"type": "mrkdwn", "text": text[:_MOST_FIELD], "verbatim": True}}
        )
    elements = [
        _button(answer, message) if has_buttons else _link(answer, message.links[answer])
        for answer in notice.answers
        if has_buttons or answer in message.links
    ]
    if elements:
        made.append({"type": "actions", "block_id": message.card_id, "elements": elements})
    return made


def escaped(text: str) -> str:
    """Return a text in which Slack sees no markup, mention or link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _button(answer: Answer, message: Outgoing) -> dict[str, Any]:
    words = {"type": "plain_text", "text": ANSWER_WORDS[answer], "emoji": False}
    if answer is Answer.REJECT:
        options = [
            {"text": {"type": "plain_text", "text": text, "emoji": False}, "value": reason}
            for reason, text in REJECTIONS
        ]
        return {"type": "static_select", "action_id": answer.value, "placeholder": words, "options": options}
    style = {"style": "primary"} if answer is Answer.ACCEPT else {}
    return {"type": "button", "action_id": answer.value, "text": words, "value": message.card_id, **style}


def _link(answer: Answer, url: str) -> dict[str, Any]:
    words = {"type": "plain_text", "text": ANSWER_WORDS[answer], "emoji": False}
    return {"type": "button", "action_id": f"link_{answer.value}", "text": words, "url": url}


def _place(channel: str, ts: str) -> str:
    return msgspec.json.encode({"channel": channel, "ts": ts}).decode()


async def _called(call: Awaitable[Any], *, can_double: bool = True) -> Any:
    """Return the answer of a method. ``can_double``: whether a repetition could post a second message."""
    try:
        return await call
    except SlackApiError as error:
        raise _failure(error, can_double=can_double) from None
    except (TimeoutError, aiohttp.ClientError, SlackRequestError) as error:
        failed = connection_failure(error)
        failed.is_unsure &= can_double
        raise failed from None


def _failure(error: SlackApiError, *, can_double: bool) -> Exception:
    response: Any = error.response
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error") or f"http_{response.status_code}")
    if response.status_code == 429 or code in ("ratelimited", "rate_limited"):  # noqa: PLR2004 - too many requests
        return DeliveryFailedError(
            "ratelimited", is_unsure=False, wait_s=retry_after_s(response.headers) or 1.0
        )
    if code in _SETUP:
        return DeliveryFailedError(code, is_unsure=False)
    if code in _UNSURE or response.status_code >= 500:  # noqa: PLR2004 - 5xx
        return DeliveryFailedError(code, is_unsure=can_double)
    return DeliveryRefusedError(code)
