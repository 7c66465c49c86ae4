"""The base class of all policy models. Their attributes are the keys of the file. An unknown key is an error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """One model of the policy. Values cannot be changed after loading."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, serialize_by_alias=True)
