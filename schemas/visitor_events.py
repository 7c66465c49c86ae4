"""visitor.events (internal): records that belong to another partition, the directory's `ready`, and erasures.

Key: the visitor key (anonymous_id, else the normalised e-mail). A forwarded record keeps its value as it was and
names its topic in the header `origin`; the engine's own records (tick, watermark, control) carry the header `engine`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Model
from schemas.erasure import PersonErased


class DirectoryReady(Model):
    """One partition of the directory has read the CRM topics to the end that they had at its first start."""

    type: Literal["directory_ready"] = "directory_ready"
    partition: int
    partitions: int


VisitorEvent = Annotated[DirectoryReady | PersonErased, Field(discriminator="type")]
