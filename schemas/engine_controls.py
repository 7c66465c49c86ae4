"""The records that the engine itself writes into the internal logs. The header `engine` marks them; its value is the type.

The engine does not import the contract and has its own structs (workers/engine/control.py). tests/contract compares the
two. A reader of visitor.events, directory.events, lead.events or desk.requests skips these records.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.base import RECORD_TYPE, Milliseconds, Model

HEADER = "engine"
ORIGIN_HEADER = "origin"
"""The header of a forwarded record, whose producer's partitioner had put it into another partition. It names the topic of
the record; key and value are unchanged."""


class Tick(Model):
    """The inputs of an idle partition have reached this time. Timers that are due may fire."""

    type: Literal["tick"] = Field(default="tick", description=RECORD_TYPE)
    at_ms: Milliseconds = Field(description="The time that the inputs have reached.")


class Watermark(Model):
    """One task of an upstream agent has reached this time and will write no earlier record.

    Workers write it only for readers of an earlier release. Others share watermarks through a topic of the app.
    """

    type: Literal["watermark"] = Field(default="watermark", description=RECORD_TYPE)
    agent: str = Field(description="The upstream agent.")
    partition: int = Field(ge=0, description="The partition of the upstream task.")
    partitions: int = Field(ge=1, description="The number of partitions of the upstream agent.")
    at_ms: Milliseconds = Field(description="The time that the upstream task has reached.")


class ConfigChange(Model):
    """From this offset of the log on, this policy decides."""

    type: Literal["config"] = Field(default="config", description=RECORD_TYPE)
    name: str = Field(description="The name of the policy.")
    version: int = Field(description="The version of the policy.")
    hash: str = Field(description="The first 12 hex digits of the SHA-256 of the text.")
    text: str = Field(description="The whole text of the policy file.")


class CanaryChange(Model):
    """From this offset of the log on, this policy decides a part of the accounts. All others keep the present policy."""

    type: Literal["canary"] = Field(default="canary", description=RECORD_TYPE)
    name: str = Field(description="The name of the policy.")
    version: int = Field(description="The version of the policy. It is higher than the present one.")
    hash: str = Field(description="The first 12 hex digits of the SHA-256 of the text.")
    text: str = Field(description="The whole text of the policy file.")
    share: str = Field(
        description="The accounts: a share as `10%`, countries as `country=CA,MX`, or a condition of the present policy as "
        "`territory=NAME`. Empty: the canary ends."
    )
    step: int = Field(ge=1, description="The number of the change of this version's accounts.")
    present: int = Field(
        description="The version of the present policy. A partition that follows another one ignores the record."
    )


class Resume(Model):
    """An operator resumes a partition that its dead-letter limit had stopped."""

    type: Literal["resume"] = Field(default="resume", description=RECORD_TYPE)
    agent: str = Field(description="The agent whose partition is resumed.")


EngineControl = Annotated[
    Tick | Watermark | ConfigChange | CanaryChange | Resume, Field(discriminator="type")
]
ENGINE_CONTROL: TypeAdapter[EngineControl] = TypeAdapter(EngineControl)
