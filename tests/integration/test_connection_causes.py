"""A failed connection to a broker with TLS and logins names the setting that is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import pytest
import structlog
from secured import PASSWORD, SecuredKafka
from test_router_logins import LOGINS, NO_PASSWORD, mtls

from workers.broker.availability import BrokerRefusedError, wait_for_broker
from workers.settings import Settings

pytestmark = pytest.mark.kafka

WRONG: Final = "another-password"
WAITS_S: Final = 8.0
Wrong = Callable[[SecuredKafka], dict[str, Any]]


def token(at: SecuredKafka, provider: str) -> dict[str, Any]:
    return at.settings(sasl_mechanism="OAUTHBEARER", token_provider=provider, **NO_PASSWORD)


REFUSED: Final[dict[str, tuple[Wrong, str]]] = {
    "wrong CA": (lambda at: at.settings(ssl_cafile=at.certificates.other_ca), "LEAD_ROUTER_SSL_CAFILE"),
    "no CA": (lambda at: at.settings(ssl_cafile=None), "LEAD_ROUTER_SSL_CAFILE"),
    "wrong CA with a certificate": (
        lambda at: mtls(at, ssl_cafile=at.certificates.other_ca, ssl_certfile=at.certificates.both),
        "LEAD_ROUTER_SSL_CAFILE",
    ),
    "another host name": (
        lambda at: at.settings(bootstrap=at.sasl.replace("127.0.0.1", "localhost")),
        "Check the host name in KAFKA_BOOTSTRAP",
    ),
    "wrong password, scram": (lambda at: at.settings(sasl_password=WRONG), "LEAD_ROUTER_SASL_PASSWORD"),
    "wrong password, plain": (
        lambda at: at.settings(sasl_password=WRONG, sasl_mechanism="PLAIN"),
        "LEAD_ROUTER_SASL_PASSWORD",
    ),
    "wrong user": (lambda at: at.settings(sasl_user="nemo"), "LEAD_ROUTER_SASL_USER"),
    "wrong token": (lambda at: token(at, "refused"), "LEAD_ROUTER_TOKEN_PROVIDER"),
    "no security": (lambda at: {"bootstrap": at.sasl}, "Set LEAD_ROUTER_SECURITY to SSL or SASL_SSL"),
    "no security, certificate": (
        lambda at: {"bootstrap": at.mtls},
        "Set LEAD_ROUTER_SECURITY to SSL or SASL_SSL",
    ),
    "TLS at a plain port": (lambda at: at.settings(bootstrap=at.plain), "does not speak TLS"),
    "no login": (lambda at: mtls(at, bootstrap=at.sasl), "Set LEAD_ROUTER_SECURITY to SASL_SSL"),
    "no certificate": (mtls, "Set LEAD_ROUTER_SSL_CERTFILE"),
    "a certificate of another CA": (
        lambda at: mtls(at, ssl_certfile=at.certificates.foreign),
        "Check LEAD_ROUTER_SSL_CERTFILE",
    ),
    "a login where none is asked for": (
        lambda at: at.settings(bootstrap=at.mtls, ssl_certfile=at.certificates.both),
        "Set LEAD_ROUTER_SECURITY to SSL",
    ),
}
AWAITED: Final[dict[str, tuple[Wrong, str]]] = {
    "wrong port": (lambda at: at.settings(bootstrap="127.0.0.1:1"), "Check that KAFKA_BOOTSTRAP is correct"),
    "unknown host": (
        lambda at: at.settings(bootstrap="no-such-host.invalid:9092"),
        "Check that KAFKA_BOOTSTRAP is correct",
    ),
    "no token": (lambda at: token(at, "broken"), "the identity provider does not answer"),
}


@pytest.mark.parametrize("login", LOGINS)
async def test_each_way_to_log_in_is_accepted(login: str, secured: SecuredKafka) -> None:
    await asyncio.wait_for(wait_for_broker(Settings(**LOGINS[login](secured))), WAITS_S)


@pytest.mark.parametrize("case", REFUSED)
async def test_a_refused_connection_ends_with_the_setting_to_correct(
    case: str, secured: SecuredKafka
) -> None:
    wrong, word = REFUSED[case]
    with pytest.raises(BrokerRefusedError) as caught:
        await asyncio.wait_for(wait_for_broker(Settings(**wrong(secured))), 3 * WAITS_S)
    text = str(caught.value)
    assert word in text
    assert text.count("LEAD_ROUTER_SSL_CAFILE") == (1 if word == "LEAD_ROUTER_SSL_CAFILE" else 0)
    assert PASSWORD not in text
    assert WRONG not in text


@pytest.mark.parametrize("case", AWAITED)
async def test_what_may_end_by_itself_is_awaited_with_its_reason(case: str, secured: SecuredKafka) -> None:
    wrong, word = AWAITED[case]
    with structlog.testing.capture_logs() as logged, pytest.raises(TimeoutError):
        await asyncio.wait_for(wait_for_broker(Settings(**wrong(secured))), WAITS_S / 2)
    awaited = [
        line for line in logged if line["event"] != "token_missing"
    ]  # logged at each failure of the provider
    assert [line["event"] for line in awaited] == ["broker_awaited"]
    assert word in awaited[0]["why"]
