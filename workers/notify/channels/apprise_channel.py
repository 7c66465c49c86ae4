"""Any service that Apprise knows: it posts, and neither edits nor finds. Needs `lead-router[apprise]`.

Apprise returns only whether a service accepted a message. Every failure is therefore unsure, and a retry can double a message.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from workers.notify.channels.channel_calls import DeliveryFailedError, DeliveryRefusedError, Outgoing
from workers.notify.delivery_steps import Ability
from workers.notify.notices import ANSWER_WORDS
from workers.notify.secret_sources import read_secret

if TYPE_CHECKING:
    from workers.notify.channel_settings import AppriseSettings


class AppriseChannel:
    """The services of a company. An address names the place of a secret Apprise URL."""

    ability = Ability(can_edit=False, can_find=False)

    def __init__(self, _settings: AppriseSettings) -> None:
        import apprise  # noqa: PLC0415 - an extra

        self._apprise = apprise

    async def post(self, message: Outgoing) -> str:
        """Post a message as plain text."""
        notice = message.notice
        links = [(ANSWER_WORDS[one], message.links[one]) for one in notice.answers if one in message.links]
        body = "\n".join(f"{label}: {text}" for label, text in (*notice.lines, *links)) or notice.headline
        service = self._apprise.Apprise()
        if not service.add(read_secret(message.address).get_secret_value()):
            raise DeliveryRefusedError("apprise_url_unknown")
        if not await asyncio.to_thread(
            service.notify, title=notice.headline, body=body, body_format=self._apprise.NotifyFormat.TEXT
        ):
            raise DeliveryFailedError("apprise_failed", is_unsure=True, concerns_all=False)
        return message.delivery_id

    async def edit(self, place: str, message: Outgoing) -> None:  # noqa: ARG002 - Apprise cannot edit
        """Post a second message."""
        await self.post(message)

    async def find(self, message: Outgoing, since_ms: int) -> str | None:
        """Return None: Apprise shows nothing of what it has posted."""
        raise NotImplementedError(message, since_ms)

    async def close(self) -> None:
        """Close nothing."""
