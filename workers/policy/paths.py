"""How marketing goes on with a lead that sales does not have, in lines: the first that is true names its path.

A line tests where the lead stands: its stage, grade, total and buying signals.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from workers.policy.part import Part
from workers.policy.routes import Conditions, Grade, TotalSpan
from workers.policy.scalars import Name, refuse

PathStage = Literal[
    "waiting_for_facts", "nurture", "recycled", "expired", "outside", "disqualified", "customer"
]
"""In all others somebody works the lead."""
USUAL: tuple[PathStage, ...] = ("waiting_for_facts", "nurture", "recycled", "expired")


class PathIf(Conditions):
    """Whose path it is: every condition that is given must hold, of a list any one suffices."""

    stages: Annotated[tuple[PathStage, ...], Field(min_length=1, max_length=7)] = USUAL
    """Where the lead stands: ``stages: [recycled]``. Customers and those outside have a path where they are named."""
    grades: Annotated[tuple[Grade, ...], Field(max_length=16)] = ()
    """The lead's grade: ``grades: [A3, B3]``."""
    total: TotalSpan | None = None
    """The lead's points: ``total: {from: 120}``."""
    signals: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    """Buying signals (``behaviour.signals``) of the lead that have not faded: ``signals: [pricing]``."""

    @model_validator(mode="after")
    def _says_something(self) -> PathIf:
        if not self.model_fields_set:
            refuse("at least one condition, as stages: [recycled]; everybody else is otherwise")
        return self


EVERYBODY = PathIf(stages=USUAL)


class NurturePath(Part):
    """One line of the paths: either ``if`` and ``path``, or ``otherwise: <path>``.

    A lead whose hand-off is due or open has none, nor has who may not be written to.
    """

    if_: PathIf | None = Field(default=None, alias="if")
    """What must be true: ``if: {stages: [nurture], total: {from: 120}}``."""
    path: Name | None = None
    """What the path is called where mails are planned: ``path: almost_there``."""
    otherwise: Name | None = None
    """Everybody else's path, in the last line: ``otherwise: newsletter``. Without that line they have none."""

    @model_validator(mode="after")
    def _one_sentence(self) -> NurturePath:
        if self.otherwise is not None:
            if self.if_ is not None or self.path is not None:
                refuse("nothing beside otherwise")
        elif self.if_ is None or self.path is None:
            refuse("either if and path, or otherwise: and the name of a path")
        return self

    @property
    def name(self) -> str:
        """What the path is called."""
        return self.otherwise or self.path or ""

    @property
    def condition(self) -> PathIf:
        """Whose it is."""
        return self.if_ or EVERYBODY
