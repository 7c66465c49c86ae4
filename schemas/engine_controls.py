"""What the engine itself writes into the internal logs. Marked by the header `engine`, whose value is the type.

The engine knows no contract and has its own structs (workers/engine/control.py); tests/contract holds the two against
each other. Whoever reads visitor.events, directory.events, lead.events or desk.requests passes over these records.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from schemas.base import Milliseconds, Model

HEADER = "engine"
ORIGIN_HEADER = "origin"
"""Names the topic of a record that a foreign partitioner had put elsewhere; key and value are as they were."""


class Tick(Model):
    """The partition's inputs have surely reached this time: what is due may run."""

    type: Literal["tick"] = "tick"
    at_ms: Milliseconds


class Watermark(Model):
    """One task of an upstream agent has come this far and will say nothing earlier."""

    type: Literal["watermark"] = "watermark"
    agent: str
    partition: int = Field(ge=0)
    partitions: int = Field(ge=1)
    at_ms: Milliseconds


class ConfigChange(Model):
    """From this place of the log on, this policy decides."""

    type: Literal["config"] = "config"
    name: str
    version: int
    hash: str
    text: str = Field(description="The whole file.")


class Resume(Model):
    """An operator lets a partition go on that its dead-letter limit had stopped."""

    type: Literal["resume"] = "resume"
    agent: str


EngineControl = Annotated[Tick | Watermark | ConfigChange | Resume, Field(discriminator="type")]
ENGINE_CONTROL: TypeAdapter[EngineControl] = TypeAdapter(EngineControl)
