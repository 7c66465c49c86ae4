"""A webhook: a signed JSON request to a program of the company, which can recognise a repetition by its key.

The headers follow the Standard Webhooks specification (`webhook-id`, `webhook-timestamp`, `webhook-signature`), and
`Idempotency-Key` has the same key. A receiver that keeps the keys shows each message once, whatever crashes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import msgspec

from workers.notify.channels.channel_calls import Outgoing, check_status, connection_failure, new_session
from workers.notify.delivery_steps import Ability

if TYPE_CHECKING:
    from workers.notify.channel_settings import WebhookSettings


class WebhookChannel:
    """One receiver."""

    ability = Ability(can_edit=True, can_find=False)

    def __init__(self, settings: WebhookSettings) -> None:
        self._settings = settings
        self._session = new_session()

    async def post(self, message: Outgoing) -> str:
        """Send a new message."""
        await self._send("post", message)
        return message.card_id

    async def edit(self, place: str, message: Outgoing) -> None:
        """Send the new content of a message. `message_id` is that of the first request."""
        await self._send("edit", message, place)

    async def find(self, message: Outgoing, since_ms: int) -> str | None:
        """Return None: a receiver is not searched, it ignores a repetition by its key."""
        raise NotImplementedError(message, since_ms)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _send(self, action: str, message: Outgoing, place: str | None = None) -> None:
        body = msgspec.json.encode(_content(action, message, place or message.card_id))
        sent_at = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": message.delivery_id,
            "webhook-id": message.delivery_id,
            "webhook-timestamp": sent_at,
            "webhook-signature": signature(
                self._settings.secret.get_secret_value(), message.delivery_id, sent_at, body
            ),
        }
        try:
            async with self._session.post(
                self._settings.url, data=body, headers=headers, allow_redirects=False
            ) as answer:
                check_status(answer.status, answer.headers)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise connection_failure(error) from None


def signature(secret: str, message_id: str, sent_at: str, body: bytes) -> str:
    """Return the signature of a request: HMAC-SHA256 of `id.timestamp.body`, in base64 behind `v1,`."""
    signed = f"{message_id}.{sent_at}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret.encode(), signed, hashlib.sha256).digest()).decode()


def _content(action: str, message: Outgoing, message_id: str) -> dict[str, Any]:
    notice = message.notice
    return {
        "action": action,
        "message_id": message_id,
        "recipient": message.address,
        "headline": notice.headline,
        "lines": [{"label": label, "text": text} for label, text in notice.lines],
        "is_closed": notice.is_closed,
        "answers": {str(one): message.links[one] for one in notice.answers if one in message.links},
        **notice.facts,
    }
