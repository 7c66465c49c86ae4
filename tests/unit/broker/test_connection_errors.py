"""The reason of a failed connection is kept, and names the settings to correct."""

from __future__ import annotations

import logging

import pytest
from pydantic import SecretStr

from workers.broker.connection_errors import find_cause, reason_kept
from workers.connection_settings import Security
from workers.settings import Settings

SETTINGS = Settings(security=Security.SASL_SSL, sasl_user="u", sasl_password=SecretStr("p"))


@pytest.mark.parametrize(
    ("reason", "setting", "refuses"),
    [
        ('"127.0.0.1:1": [Errno 111] Connection refused', "KAFKA_BOOTSTRAP", False),
        ("no address in the text", "KAFKA_BOOTSTRAP", False),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate", "LEAD_ROUTER_SSL_CAFILE", True),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate has expired", "this machine's clock", True),
        ("CERTIFICATE_VERIFY_FAILED Hostname mismatch, for 'x'", "host name in KAFKA_BOOTSTRAP", True),
        ("CERTIFICATE_VERIFY_FAILED IP address mismatch, for '1.1.1.1'", "the host in KAFKA_BOOTSTRAP", True),
        ("SaslAuthenticationFailed: invalid credentials", "LEAD_ROUTER_SASL_PASSWORD", True),
        ("UnsupportedSaslMechanismError: PLAIN", "LEAD_ROUTER_SASL_MECHANISM", True),
        ("the token provider x failed: no answer", "LEAD_ROUTER_TOKEN_PROVIDER", False),
        ("SaslAuthenticationFailed: the broker refuses the token", "LEAD_ROUTER_TOKEN_PROVIDER", True),
    ],
)
def test_a_reason_names_the_setting_to_check(reason: str, setting: str, refuses: bool) -> None:
    cause = find_cause(SETTINGS, reason)
    assert setting in cause.advice
    assert cause.is_refusal is refuses


def test_the_last_line_of_the_client_is_kept_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("aiokafka")
    with reason_kept() as last:
        logger.error('Unable connect to "%s:%s": %s', "kafka", 9092, "refused")
    assert last.text == 'Unable connect to "kafka:9092": refused'
    assert not caplog.records
    logger.error("a later line")
    assert last.text == 'Unable connect to "kafka:9092": refused'
