"""Models of the ``paths`` section: nurture paths for leads that sales does not have.

A line tests the stage, grade, total points and buying signals of a lead. The first line that is true names its path.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from workers.policy.conditions import Conditions, Grade, Names, Territory, TotalSpan
from workers.policy.part import Part
from workers.policy.scalars import Name, refuse

PathStage = Literal[
    "waiting_for_facts", "nurture", "recycled", "expired", "outside", "disqualified", "customer"
]
"""Stages with a nurture path. In all other stages sales or a partner works the lead."""
DEFAULT_STAGES: tuple[PathStage, ...] = ("waiting_for_facts", "nurture", "recycled", "expired")
"""The stages of a line that gives none."""


class PathIf(Conditions):
    """The condition of a path. Every given key must hold; of a list, any one value suffices."""

    stages: Annotated[tuple[PathStage, ...], Field(min_length=1, max_length=7)] = DEFAULT_STAGES
    """Stages of the lead: ``stages: [recycled]``. customer, outside and disqualified only match where they are listed."""
    grades: Annotated[tuple[Grade, ...], Field(max_length=16)] = ()
    """Grades of the lead: ``grades: [A3, B3]``."""
    total: TotalSpan | None = None
    """Range of the lead's total points: ``total: {from: 120}``."""
    signals: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    """Buying signals (``behaviour.signals``) of the lead that still have points after decay: ``signals: [pricing]``."""
    is_: Names = Field(default=(), alias="is")
    """Names from ``conditions``, of which one must hold: ``is: [big_bank]``. A lead with a path has no hand-off: it asks
    for nothing, and its hand-off has no kind."""
    is_not: Names = ()
    """Names from ``conditions``, of which none may hold or be open because of an unknown fact: ``is_not: [big_bank]``."""

    @model_validator(mode="after")
    def _require_a_condition(self) -> PathIf:
        if not self.model_fields_set:
            refuse("at least one condition, as stages: [recycled]; use otherwise for all other leads")
        return self

    @cached_property
    def by_name(self) -> Territory | None:
        """Return the named conditions that the line tests. None: it tests none."""
        return Territory(is_=self.is_, is_not=self.is_not) if self.is_ or self.is_not else None


EVERY_LEAD = PathIf(stages=DEFAULT_STAGES)


class NurturePath(Part):
    """One line of the nurture paths: either ``if`` and ``path``, or ``otherwise: <path>``.

    A lead with a due or open hand-off has no path. Neither has a lead who must not be contacted.
    """

    if_: PathIf | None = Field(default=None, alias="if")
    """The condition of the line: ``if: {stages: [nurture], total: {from: 120}}``."""
    path: Name | None = None
    """The name of the path in the marketing tool: ``path: almost_there``."""
    otherwise: Name | None = None
    """The path of all other leads, in the last line: ``otherwise: newsletter``. Without that line they have no path."""

    @model_validator(mode="after")
    def _require_one_form(self) -> NurturePath:
        if self.otherwise is not None:
            if self.if_ is not None or self.path is not None:
                refuse("otherwise alone, without other keys in the line")
        elif self.if_ is None or self.path is None:
            refuse("either if and path, or otherwise with the name of a path")
        return self

    @property
    def name(self) -> str:
        """Return the name of the path."""
        return self.otherwise or self.path or ""

    @property
    def condition(self) -> PathIf:
        """Return the condition of the line; for ``otherwise``, the one that every lead of the default stages meets."""
        return self.if_ or EVERY_LEAD
