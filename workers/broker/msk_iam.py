"""Tokens for Amazon MSK with IAM. Needs the extra: ``pip install "lead-router[msk-iam]"``.

In: the credentials that the AWS SDK finds (a role, a profile, environment variables) and the region in ``AWS_REGION``. Out:
signed tokens. Signing needs no request to AWS; the credentials of a role are requested by the SDK.
"""

from __future__ import annotations

import os

from aws_msk_iam_sasl_signer import MSKAuthTokenProvider

from workers.broker.tokens import Token


class MskIamProvider:
    """The entry point ``msk-iam``."""

    def fetch(self) -> Token:
        """Return a signed token. Raises ValueError without a region, and the errors of the AWS SDK."""
        region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if not region:
            raise ValueError(
                "AWS_REGION is not set; expected the region of the cluster, for example eu-west-1"
            )
        value, expires_at_ms = MSKAuthTokenProvider.generate_auth_token(region)
        return Token(value, expires_at_ms / 1_000)
