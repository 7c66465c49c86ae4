"""Tokens for the login mechanism OAUTHBEARER, from a provider that another package may bring.

A provider is an entry point of the group ``lead_router.token_providers``: a class without arguments and with the method of
:class:`TokenProvider`. In: its tokens. Out: the token that aiokafka sends at each new connection, fetched again before it
expires. All clients of a process share one token.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Final, Protocol

import structlog
from aiokafka.abc import AbstractTokenProvider
from aiokafka.errors import KafkaError

from workers.connection_settings import PREFIX
from workers.settings import SettingsError

log = structlog.get_logger(__name__)
GROUP: Final = "lead_router.token_providers"
_REFRESH_AT: Final = 0.8
"""The part of a token's life after which it is fetched again. The rest is left for retries."""
_RETRY_S: Final = 10.0
"""The wait after a failed fetch while the old token still holds. Seconds."""


class TokenError(KafkaError):
    """The token provider has not returned a token. aiokafka treats it as a failed connection."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token for OAUTHBEARER. ``expires_at_s``: Unix time in seconds. ``extensions``: SASL extensions of RFC 7628."""

    value: str = field(repr=False)
    expires_at_s: float
    extensions: Mapping[str, str] = field(default_factory=dict)


class TokenProvider(Protocol):
    """Returns a new token at each call."""

    def fetch(self) -> Token:
        """Return a new token. It is called in a thread of its own, so it may block; it should give up after some seconds.

        The text of an exception is logged, so it must not contain a secret.
        """


def provider_named(name: str) -> TokenProvider:
    """Return a new provider of this entry point.

    Raises:
        SettingsError: no installed package has the entry point, or it cannot be imported.
    """
    found = entry_points(group=GROUP)
    for point in found:
        if point.name == name:
            try:
                provider: TokenProvider = point.load()()
            except ImportError as error:
                raise SettingsError(
                    f"{PREFIX}TOKEN_PROVIDER {name} cannot be used: {error}. Install the package that it needs"
                ) from error
            return provider
    names = ", ".join(sorted({point.name for point in found})) or "none"
    raise SettingsError(
        f"{PREFIX}TOKEN_PROVIDER is {name}, but no installed package has this entry point in {GROUP}; found: {names}"
    )


class KeptToken(AbstractTokenProvider):
    """Keeps the token of a provider until it must be fetched again. Clients of several threads may share it.

    Args:
        name: the name of the provider, for log lines and errors.
        provider: returns new tokens.
        now_s: returns the current Unix time in seconds.
    """

    def __init__(self, name: str, provider: TokenProvider, now_s: Callable[[], float] = time.time) -> None:
        self._name = name
        self._provider = provider
        self._now_s = now_s
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._fetch_at_s = 0.0

    async def token(self) -> str:
        """Return a token that has not expired. Raises TokenError."""
        token = self._token
        if token is None or self._now_s() >= self._fetch_at_s:
            token = await asyncio.to_thread(self._fetched)
        return token.value

    def extensions(self) -> dict[str, str]:
        """Return the SASL extensions of the token. aiokafka calls it after ``token``."""
        return {} if self._token is None else dict(self._token.extensions)

    def _fetched(self) -> Token:
        with self._lock:
            began_s = self._now_s()
            if self._token is not None and began_s < self._fetch_at_s:
                return self._token  # another client has fetched it meanwhile
            try:
                token = self._provider.fetch()
            except Exception as error:
                if self._token is None or began_s >= self._token.expires_at_s:
                    raise TokenError(
                        f"the token provider {self._name} failed: {type(error).__name__}: {error}"
                    ) from error
                log.warning("token_not_refreshed", provider=self._name, error=type(error).__name__)
                self._fetch_at_s = min(began_s + _RETRY_S, self._token.expires_at_s)
                return self._token
            if token.expires_at_s <= self._now_s():
                raise TokenError(f"the token provider {self._name} returned a token that has expired already")
            self._token = token
            self._fetch_at_s = began_s + _REFRESH_AT * (token.expires_at_s - began_s)
            return token
