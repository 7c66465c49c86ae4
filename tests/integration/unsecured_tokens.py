"""Token providers of another package, found by the entry points in unsecured_tokens-1.dist-info.

Their tokens are unsecured JWS (RFC 7515, algorithm "none"), which the validator that Kafka brings for tests accepts.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any, Final

from workers.broker.tokens import Token

SHORT_S: Final = 6.0
"""The life of a token of ``ShortLived``. Seconds."""


def _part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def token_of(user: str, life_s: float, now_s: float) -> Token:
    """Return an unsecured token that is valid from now on.

    Kafka rounds the time of issue to the nearest millisecond, and refuses a token of a later time than its own. So
    it is in whole seconds, as identity providers write it.
    """
    claims = {"sub": user, "iat": int(now_s), "exp": now_s + life_s}
    return Token(f"{_part({'alg': 'none'})}.{_part(claims)}.", now_s + life_s)


class Unsecured:
    """Returns tokens that are valid for an hour."""

    def fetch(self) -> Token:
        return token_of("router", 3_600.0, time.time())


class ShortLived:
    """Returns tokens that expire while a test runs."""

    def fetch(self) -> Token:
        return token_of("router", SHORT_S, time.time())


class Refused:
    """Returns texts that no broker accepts."""

    def fetch(self) -> Token:
        return Token("not-a-token", time.time() + 3_600.0)


class Broken:
    """Returns no token."""

    def fetch(self) -> Token:
        raise ConnectionError("the identity provider does not answer")
