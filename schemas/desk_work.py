"""Reports of accounts to a desk about its reps: open hand-offs, and responses that were not made in time."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.base import RECORD_TYPE, AccountKey, FactId, Milliseconds, Model


class AccountWork(Model):
    """The open hand-offs of an account that a rep of this desk has now. Sent to a desk whose policy counts them."""

    type: Literal["account_work"] = Field(default="account_work", description=RECORD_TYPE)
    desk: str = Field(description="The desk that assigned the hand-offs.")
    account_key: AccountKey
    rep_id: str | None = Field(
        default=None, description="The rep who has them. Absent: no rep of the desk has any."
    )
    open: int = Field(default=0, ge=0, description="The number of open hand-offs.")


class ResponseMissed(Model):
    """A rep of this desk has not responded to a hand-off in time. Sent to a desk whose policy counts such responses."""

    type: Literal["response_missed"] = Field(default="response_missed", description=RECORD_TYPE)
    desk: str = Field(description="The desk that assigned the hand-off.")
    rep_id: str = Field(description="The rep who had it.")
    miss_id: FactId = Field(description="The id of the hand-off and its deadline, without the lead.")
    due_at_ms: Milliseconds = Field(description="When the first response was due.")
    is_missed: bool = Field(
        default=True,
        description="False: a response that was made in time has arrived late, so none was missed.",
    )
