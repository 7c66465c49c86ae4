"""Teams through a bot of the company: it posts and edits by the REST API of the Bot Connector.

The service has no idempotency key, and a bot cannot read its own messages. So a crash during a post can double a message.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import aiohttp
import msgspec

from workers.notify.channels.channel_calls import (
    DeliveryFailedError,
    Outgoing,
    check_status,
    connection_failure,
    new_session,
)
from workers.notify.channels.teams_cards import attachment_of
from workers.notify.delivery_steps import Ability

if TYPE_CHECKING:
    from workers.notify.channel_settings import TeamsBotSettings

_SCOPE: Final = "https://api.botframework.com/.default"
_RENEW_BEFORE_S: Final = 300.0


class TeamsBot:
    """The bot of one tenant. Addresses are conversation ids."""

    ability = Ability(can_edit=True, can_find=False)

    def __init__(self, settings: TeamsBotSettings) -> None:
        self._settings = settings
        self._session = new_session()
        self._token = ""
        self._renew_at_s = 0.0

    async def post(self, message: Outgoing) -> str:
        """Post a card and return the conversation and the id of the activity."""
        answer = await self._call("POST", _path(message.address), message)
        return msgspec.json.encode({"conversation": message.address, "activity": answer["id"]}).decode()

    async def edit(self, place: str, message: Outgoing) -> None:
        """Replace the card."""
        where = msgspec.json.decode(place)
        await self._call("PUT", _path(where["conversation"], where["activity"]), message)

    async def find(self, message: Outgoing, since_ms: int) -> str | None:
        """Return None: a bot cannot read what it has posted."""
        raise NotImplementedError(message, since_ms)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()

    async def _call(self, method: str, path: str, message: Outgoing) -> Any:
        body = {
            "type": "message",
            "summary": message.notice.headline,
            "attachments": [attachment_of(message)],
        }
        headers = {"Authorization": f"Bearer {await self._bearer()}"}
        url = f"{self._settings.service}{path}"
        try:
            async with self._session.request(
                method, url, json=body, headers=headers, allow_redirects=False
            ) as answer:
                if answer.status == 401:  # noqa: PLR2004 - unauthorized
                    self._token = ""
                check_status(answer.status, answer.headers)
                return msgspec.json.decode(await answer.read() or b"{}")
        except (TimeoutError, aiohttp.ClientError, msgspec.DecodeError) as error:
            raise connection_failure(error) from None

    async def _bearer(self) -> str:
        """Return a token of the bot. A failure here has posted nothing."""
        if self._token and time.monotonic() < self._renew_at_s:
            return self._token
        form = {
            "grant_type": "client_credentials",
            "client_id": self._settings.app_id,
            "client_secret": self._settings.app_secret.get_secret_value(),
            "scope": _SCOPE,
        }
        url = f"{self._settings.login}/{quote(self._settings.tenant, safe='')}/oauth2/v2.0/token"
        try:
            async with self._session.post(url, data=form, allow_redirects=False) as answer:
                found = await answer.json(content_type=None)
        except (TimeoutError, aiohttp.ClientError, ValueError) as error:
            raise DeliveryFailedError(f"login_{type(error).__name__}", is_unsure=False) from None
        if not isinstance(found, dict) or not found.get("access_token"):
            raise DeliveryFailedError(f"login_http_{answer.status}", is_unsure=False)
        self._token = str(found["access_token"])
        self._renew_at_s = time.monotonic() + max(float(found.get("expires_in", 0)) - _RENEW_BEFORE_S, 0.0)
        return self._token


def _path(conversation: str, activity: str | None = None) -> str:
    path = f"/v3/conversations/{quote(conversation, safe='')}/activities"
    return path if activity is None else f"{path}/{quote(activity, safe='')}"
