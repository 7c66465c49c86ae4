"""The reason of a failed connection is kept, and names the settings to correct."""

from __future__ import annotations

import logging

import pytest

from workers.broker.connection_errors import advice, is_refusal, reason_kept


@pytest.mark.parametrize(
    ("reason", "setting", "refuses"),
    [
        ('Unable connect to "kafka:9092": [Errno 111] Connection refused', "KAFKA_BOOTSTRAP", False),
        ('Unable connect to "kafka:9092": [Errno -2] Name or service not known', "KAFKA_BOOTSTRAP", False),
        (
            'Unable connect to "kafka:9093": [SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate',
            "LEAD_ROUTER_SSL_CAFILE",
            True,
        ),
        (
            'Unable connect to "kafka:9093": [SSL: WRONG_VERSION_NUMBER] wrong version',
            "LEAD_ROUTER_SSL_CAFILE",
            True,
        ),
        (
            'Unable connect to "kafka:9093": [Error 58] SaslAuthenticationFailed: invalid credentials',
            "LEAD_ROUTER_SASL_PASSWORD",
            True,
        ),
    ],
)
def test_a_reason_names_the_setting_to_check(reason: str, setting: str, refuses: bool) -> None:
    assert setting in advice(reason)
    assert is_refusal(reason) is refuses


def test_the_last_line_of_the_client_is_kept_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("aiokafka")
    with reason_kept() as last:
        logger.error('Unable connect to "%s:%s": %s', "kafka", 9092, "refused")
    assert last.text == 'Unable connect to "kafka:9092": refused'
    assert not caplog.records
    logger.error("a later line")
    assert last.text == 'Unable connect to "kafka:9092": refused'
