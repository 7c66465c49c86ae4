"""The model of decay (policy key ``fade``): how the points of an event shrink as it ages.

All four kinds are tables of whole numbers, one weight for each day of age. So points are sums of integers, and neither the
order of events nor the machine changes them.
"""

from __future__ import annotations

from decimal import Context, Decimal
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Final

from pydantic import BeforeValidator, Field, model_validator

from workers.policy.part import Part
from workers.policy.scalars import LONGEST_DAYS, Days, read_percent, refuse

NO_DECAY: Final = "none"
"""Value of ``fade`` for points that do not decay."""
HALF_LIVES: Final = 10
"""Half-lives after which an event gives nothing. Less than a thousandth of its points is left."""
_SCALE: Final = 2**32
"""The weight of a new event with a half-life."""
_EXACT: Final = Context(prec=40)
_KINDS: Final = ("to_zero_after_days", "half_life_days", "steps")
PercentLeft = Annotated[int, BeforeValidator(read_percent), Field(ge=0, le=99)]
"""The percentage of an event's points that is left, as 50 or 50%. 0 to 99."""


class Decay(Part):
    """Decay of the points of each event: linear, by half-life, or in steps. ``fade: none`` switches it off.

    Without decay an event gives its full points for 3,650 days. Days are calendar days of the policy's time zone. Points
    are computed exactly. The points of a rule are then rounded to the nearest whole number. Caps are applied afterwards.
    """

    to_zero_after_days: Days | None = None
    """Linear decay. Days after which an event is worth nothing. Of N days, one takes one Nth of the points."""
    half_life_days: Days | None = None
    """Decay by half-life: ``fade: {half_life_days: 30}``. Half of the points are left after these days, a quarter after
    twice that time. After ten half-lives an event is worth nothing."""
    steps: Annotated[dict[Days, PercentLeft], Field(min_length=1, max_length=20)] | None = None
    """Decay in steps: ``fade: {steps: {30: 50, 90: 0}}``. From the 30th day on, 50 percent of the points are left."""

    @model_validator(mode="before")
    @classmethod
    def _read_none(cls, value: object) -> object:
        """Return the fields for the text ``none``. Of keys, exactly one kind of decay is accepted."""
        if isinstance(value, str):
            if value.strip() != NO_DECAY:
                refuse(f"keys and values, as {{to_zero_after_days: 60}}, or {NO_DECAY}")
            return {}
        if isinstance(value, dict) and set(value) <= set(_KINDS) and len(value) != 1:
            refuse(f"one of {', '.join(_KINDS)}, or {NO_DECAY}")
        return value

    @model_validator(mode="after")
    def _require_falling_steps(self) -> Decay:
        left = [100, *(self.steps[day] for day in sorted(self.steps or ()))] if self.steps else []
        if any(later >= earlier for earlier, later in pairwise(left)):
            refuse("percentages that fall from step to step")
        return self

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """Return the weight of an event for each day of its age, as a share of ``unit``. Later it is worth nothing."""
        if self.to_zero_after_days is not None:
            return tuple(range(self.to_zero_after_days, 0, -1))
        if self.half_life_days is not None:
            days = min(LONGEST_DAYS, HALF_LIVES * self.half_life_days)
            per_day = _EXACT.divide(_EXACT.ln(Decimal(2)), Decimal(self.half_life_days))
            return tuple(
                int(_EXACT.multiply(_EXACT.exp(_EXACT.multiply(per_day, Decimal(-age))), Decimal(_SCALE)))
                for age in range(days)
            )
        if self.steps is None:
            return (1,) * LONGEST_DAYS
        days = next((day for day, left in self.steps.items() if left == 0), LONGEST_DAYS)
        made = [100] * days
        for day in sorted(self.steps):
            made[day:] = [self.steps[day]] * (days - day)
        return tuple(made[:days])

    @cached_property
    def unit(self) -> int:
        """Return the weight of a new event."""
        return self.weights[0]

    @property
    def horizon_days(self) -> int:
        """Days for which an event counts. Its own day is the first. 1 to 3,650."""
        return len(self.weights)

    def points(self, each: int, weighted: int) -> int:
        """Return the points of events of ``each`` points, rounded to the nearest whole number.

        ``weighted`` is the sum of the weights of the events by their age. Half a point is rounded away from zero.
        """
        unit = self.unit
        if each > 0:
            return (2 * each * weighted + unit) // (2 * unit)
        return -((unit - 2 * each * weighted) // (2 * unit))

    def describe(self) -> str:
        """Return the decay in words, for the numbers that the check prints."""
        if self.to_zero_after_days is not None:
            return f"decays to 0 within {self.to_zero_after_days} days"
        if self.half_life_days is not None:
            return f"halves every {self.half_life_days} days"
        return "does not decay" if self.steps is None else "decays in steps"
