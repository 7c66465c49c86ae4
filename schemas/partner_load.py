"""The desk at which partners take turns, and the record with which an account reports a partner's open leads. Internal."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field

from schemas.base import RECORD_TYPE, AccountKey, Model

PARTNERS_DESK: Final = "partners:all"
"""The desk at which partners take turns. It counts the open leads of all partners."""


class PartnerLoad(Model):
    """The number of open leads of an account that a partner has. Sent to `partners:all` when it changes."""

    type: Literal["partner_load"] = Field(default="partner_load", description=RECORD_TYPE)
    desk: str = Field(description="The desk that counts: `partners:all`.")
    partner: str = Field(description="The partner's name in the policy.")
    account_key: AccountKey
    open: int = Field(ge=0, description="The open hand-offs of the account that the partner has.")
    request_id: str | None = Field(
        default=None,
        description="The account's open request to `partners:all`, whose answer is not counted here. Absent: none is open.",
    )
