"""Makes aiokafka notice that a broker has refused a token.

A broker refuses a token of OAUTHBEARER without an error code: its answer has a text in JSON (RFC 7628, 3.2.2). aiokafka 0.14
takes any answer as a success, and the broker then names no brokers and no topics. The worker would wait without a reason.
"""

from __future__ import annotations

import json
from typing import Any

import aiokafka.conn
from aiokafka.errors import SaslAuthenticationFailed


class CheckedAuthenticator(aiokafka.conn.OAuthAuthenticator):
    """aiokafka's authenticator, which raises SaslAuthenticationFailed if the broker has refused the token."""

    async def step(self, payload: bytes | None) -> Any:
        """Return the token, then None if the broker accepts it."""
        if self._token_sent and payload:
            raise SaslAuthenticationFailed(f"the broker refuses the token: {_status(payload)}")
        return await super().step(payload)


def install() -> None:
    """Use the checked authenticator in every connection of this process."""
    aiokafka.conn.OAuthAuthenticator = CheckedAuthenticator


def _status(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["status"])
    except (ValueError, KeyError, TypeError):
        return "no reason given"
