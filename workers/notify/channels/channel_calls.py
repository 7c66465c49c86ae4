"""The interface of every kind of channel, and how failures are classified.

A failure is `refused` (the service will never accept it), `not accepted` (try later) or `unsure` (the service may have it). The
distinction decides whether a retry can double a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import aiohttp

from workers.notify.delivery_steps import Ability

if TYPE_CHECKING:
    from collections.abc import Mapping

    from workers.notify.notices import Answer, Notice

TIMEOUT_S: Final = 10.0
"""Seconds for one call of a service."""
_FIRST_SERVER_ERROR: Final = 500
_RETRIED: Final = frozenset({401, 403, 407, 408, 409, 423, 425, 429})
"""Answers after which a later try can succeed: the service did not accept the message."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message as a channel gets it."""

    delivery_id: str
    card_id: str
    address: str
    notice: Notice
    links: Mapping[Answer, str]
    """The address of the answer page for each answer. Empty: the message has no links."""
    thread: str | None = None
    """The place of an earlier message to which this one belongs, in the channel's notation."""


class DeliveryRefusedError(Exception):
    """The service will not accept the message. ``code`` is a word of the service, never a text of a person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class DeliveryFailedError(Exception):
    """The call did not succeed this time.

    ``is_unsure``: the service may have accepted it. ``wait_s``: the wait that the service asks for. ``concerns_all``: the next
    message of the channel would fail too.
    """

    def __init__(
        self, code: str, *, is_unsure: bool, wait_s: float | None = None, concerns_all: bool = True
    ) -> None:
        super().__init__(code)
        self.code = code
        self.is_unsure = is_unsure
        self.wait_s = wait_s
        self.concerns_all = concerns_all


class Channel(Protocol):
    """A service that shows messages. A place is where it has one, as text in the channel's own notation."""

    ability: Ability

    async def post(self, message: Outgoing) -> str:
        """Post a message and return its place. Raises DeliveryRefusedError, DeliveryFailedError."""

    async def edit(self, place: str, message: Outgoing) -> None:
        """Change the message at a place; without that ability, post a second message about its end."""

    async def find(self, message: Outgoing, since_ms: int) -> str | None:
        """Return the place of a message that was posted since ``since_ms``, found by its delivery_id."""

    async def close(self) -> None:
        """Close connections."""


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a Retry-After header. A date, or no such header, gives None."""
    text = headers.get("Retry-After", "").strip()
    return float(text) if text.isascii() and text.isdigit() else None


def check_status(status: int, headers: Mapping[str, str]) -> None:
    """Return for a status of success. Raises DeliveryRefusedError, DeliveryFailedError."""
    if status < 300:  # noqa: PLR2004 - 2xx
        return
    code = f"http_{status}"
    if status >= _FIRST_SERVER_ERROR:
        raise DeliveryFailedError(code, is_unsure=True, wait_s=retry_after_s(headers))
    if status in _RETRIED:
        raise DeliveryFailedError(code, is_unsure=False, wait_s=retry_after_s(headers))
    raise DeliveryRefusedError(code)


def connection_failure(error: Exception) -> DeliveryFailedError:
    """Return the failure of a call without an answer. Only a connection that was never made is not unsure."""
    is_sure = isinstance(error, aiohttp.ClientConnectorError)
    return DeliveryFailedError(type(error).__name__, is_unsure=not is_sure)


def new_session() -> aiohttp.ClientSession:
    """Return a session whose calls end in time. Redirects are not followed: a secret would go elsewhere."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
