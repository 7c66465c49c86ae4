"""Teams through a workflow ("when a webhook request is received"): it can post, and neither edit nor find.

The address of the workflow is a secret. A message has no id there, so a withdrawal is a second message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import aiohttp

from workers.notify.channels.channel_calls import Outgoing, check_status, connection_failure, new_session
from workers.notify.channels.teams_cards import attachment_of
from workers.notify.delivery_steps import Ability
from workers.notify.secret_sources import read_secret

if TYPE_CHECKING:
    from workers.notify.channel_settings import TeamsSettings


class TeamsWorkflow:
    """The workflows of a company. An address names the place of the secret address of one of them."""

    ability = Ability(can_edit=False, can_find=False)

    def __init__(self, _settings: TeamsSettings) -> None:
        self._session = new_session()

    async def post(self, message: Outgoing) -> str:
        """Post a card."""
        body = {"type": "message", "attachments": [attachment_of(message)]}
        url = read_secret(message.address).get_secret_value()
        try:
            async with self._session.post(url, json=body, allow_redirects=False) as answer:
                check_status(answer.status, answer.headers)
        except (TimeoutError, aiohttp.ClientError) as error:
            raise connection_failure(error) from None
        return message.delivery_id

    async def edit(self, place: str, message: Outgoing) -> None:  # noqa: ARG002 - a workflow cannot edit
        """Post a second card."""
        await self.post(message)

    async def find(self, message: Outgoing, since_ms: int) -> str | None:
        """Return None: a workflow shows nothing of what it has posted."""
        raise NotImplementedError(message, since_ms)

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()
