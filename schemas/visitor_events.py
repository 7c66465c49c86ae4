"""visitor.events (internal): forwarded records of other partitions, the directory's `ready`, and erasures.

Key: the visitor key (anonymous_id, else the normalised e-mail). A forwarded record keeps its value and names its topic in
the header `origin`. The engine's own records carry the header `engine`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import RECORD_TYPE, Model
from schemas.erasure import PersonErased


class DirectoryReady(Model):
    """One partition of the directory has read the CRM topics to the end that they had at its first start."""

    type: Literal["directory_ready"] = Field(default="directory_ready", description=RECORD_TYPE)
    partition: int = Field(description="The partition of the directory.")
    partitions: int = Field(description="The number of the directory's partitions.")


VisitorEvent = Annotated[DirectoryReady | PersonErased, Field(discriminator="type")]
