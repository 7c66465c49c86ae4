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
"""The wait after a failed fetch while the old token still holds, and the longest wait without a token. Seconds."""
_FIRST_RETRY_S: Final = 1.0
"""The wait after the first failed fetch without a token. It doubles with each failure in a row. Seconds."""


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
        self._problem = ""
        """Why there is no token, until the next fetch."""
        self._wait_s = _FIRST_RETRY_S

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
            if began_s < self._fetch_at_s:  # another client has tried it meanwhile
                if self._token is None:
                    raise TokenError(self._problem)
                return self._token
            try:
                token = _checked(self._provider.fetch(), self._now_s())
            except Exception as error:  # noqa: BLE001 - the provider is a program of others
                problem = f"failed: {type(error).__name__}: {error}"
                if isinstance(error, _UnusableTokenError):
                    problem = f"returned {error}"
                return self._after_failure(problem, error, began_s)
            self._token = token
            self._fetch_at_s = began_s + _REFRESH_AT * (token.expires_at_s - began_s)
            self._wait_s = _FIRST_RETRY_S
            return token

    def _after_failure(self, problem: str, error: Exception, now_s: float) -> Token:
        """Return the old token while it holds. Raise TokenError without one; later calls raise it too until the next fetch."""
        if self._token is not None and now_s < self._token.expires_at_s:
            log.warning("token_not_refreshed", provider=self._name, error=type(error).__name__)
            self._fetch_at_s = min(now_s + _RETRY_S, self._token.expires_at_s)
            return self._token
        self._token = None
        self._problem = f"the token provider {self._name} {problem}"
        self._fetch_at_s = now_s + self._wait_s
        log.error("token_missing", why=self._problem, retry_after_s=self._wait_s)
        self._wait_s = min(2 * self._wait_s, _RETRY_S)
        raise TokenError(self._problem) from error


class _UnusableTokenError(Exception):
    """The provider has returned something that is not a token, or a token that cannot be sent."""


def _checked(found: object, now_s: float) -> Token:
    """Return what a provider has returned, if it is a token that holds at ``now_s``. Raises _UnusableTokenError."""
    if not isinstance(found, Token):
        raise _UnusableTokenError(f"{type(found).__name__}; expected a Token")
    problem = _problem_of(found.value, found.expires_at_s, found.extensions, now_s)
    if problem is not None:
        raise _UnusableTokenError(problem)
    return found


def _problem_of(value: object, expires_at_s: object, extensions: object, now_s: float) -> str | None:
    """Return why a token with these fields cannot be sent at ``now_s``. None: it can."""
    if not isinstance(value, str) or not value:
        return "a Token without a value; expected a text"
    if not isinstance(expires_at_s, int | float):
        return "a Token without a time of expiry; expected Unix time in seconds"
    if not expires_at_s > now_s:
        return "a token that has expired already"
    if not isinstance(extensions, Mapping) or not all(
        isinstance(text, str) for pair in extensions.items() for text in pair
    ):
        return "a Token with extensions that are not texts by name"
    return None
