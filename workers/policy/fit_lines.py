"""Models of single lines of the ``fit`` section: a condition on one fact, with its points or the word ``outside``.

In: texts checked by workers/policy/load.py. Out: typed lines. fit_points.py puts them together.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from workers.identity.industry_codes import expand_listed
from workers.policy.behaviour_rules import Globs
from workers.policy.gates import Codes
from workers.policy.part import Part
from workers.policy.scalars import (
    Amount,
    CountryCode,
    Name,
    Text,
    Years,
    must_match,
    read_whole_number,
    refuse,
)
from workers.policy.text_patterns import compile_globs
from workers.policy.written_values import write_amount

if TYPE_CHECKING:
    from decimal import Decimal

OUTSIDE: Final = "outside"
"""The value of a line whose leads are outside: they are never an MQL."""
_MOST_POINTS: Final = 10_000
_MOST_FIELDS: Final = 10


def read_points_or_outside(value: object) -> object:
    """Return whole points from -10,000 to 10,000, or the word ``outside``. Raises PydanticCustomError."""
    if isinstance(value, str) and value.strip() == OUTSIDE:
        return OUTSIDE
    points = read_whole_number(value)
    if abs(points) > _MOST_POINTS:
        refuse("points from -10000 to 10000, or outside")
    return points


LinePoints = Annotated[int | Literal["outside"], BeforeValidator(read_points_or_outside)]
"""Points of a line, which may be negative, or ``outside``: a lead of this line is never an MQL."""
Suffix = Annotated[
    Text,
    BeforeValidator(lambda value: value.strip().lstrip(".").lower() if isinstance(value, str) else value),
    must_match(r"[a-z0-9-]+(\.[a-z0-9-]+)*", "the end of a domain, as edu or ac.uk"),
]
"""The end of a domain, in lower case without a first dot."""


class FactLine(Part):
    """One line of a fact: a condition with its points, or ``otherwise`` with those of all other values."""

    points: LinePoints | None = None
    """Points of the line, which may be negative, or ``outside``: a lead of this line is never an MQL."""
    otherwise: LinePoints | None = None
    """Points of every other known value, in the last line: ``otherwise: 5``. Without that line it gives 0."""

    @model_validator(mode="after")
    def _require_a_condition_or_otherwise(self) -> FactLine:
        has_condition = any(
            getattr(self, name) not in (None, ())
            for name in type(self).model_fields
            if name not in {"points", "otherwise", "field"}
        )
        if self.otherwise is not None and (has_condition or self.points is not None):
            refuse("otherwise alone in its line")
        if self.otherwise is None and not has_condition:
            refuse("a condition with points, or otherwise")
        if self.otherwise is None and self.points is None:
            refuse("points beside the condition, as points: 10")
        return self

    @property
    def value(self) -> int | str:
        """Return the points of the line, or ``outside``."""
        value = self.points if self.otherwise is None else self.otherwise
        assert value is not None, "the validator requires one of them"  # noqa: S101 - an invariant
        return value


class SizeLine(FactLine):
    """One band of a size: ``{from: 100, to: 999, points: 10}``. Both bounds are included. One of them may be left out."""

    from_: Amount | None = Field(default=None, alias="from")
    """The lower bound, included: ``from: 100``. Left out: no lower bound."""
    to: Amount | None = None
    """The upper bound, included: ``to: 999``. Left out: no upper bound."""

    @model_validator(mode="after")
    def _require_rising_bounds(self) -> SizeLine:
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            refuse(f"from not above to, but {self.from_} is above {self.to}")
        return self

    def touches(self, low: Decimal | float, high: Decimal | float) -> bool:
        """Whether the band has a value from ``low`` to ``high``, bounds included."""
        return (self.from_ is None or high >= self.from_) and (self.to is None or low <= self.to)


class AgeLine(SizeLine):
    """One band of ages in years: ``{from: 3, to: 10, points: 5}``. Both bounds are included. One of them may be left out."""

    from_: Years | None = Field(default=None, alias="from")
    """The lower bound, included: ``from: 3``. Left out: no lower bound."""
    to: Years | None = None
    """The upper bound, included: ``to: 10``. Left out: no upper bound."""


class PatternLine(FactLine):
    """One line of a text: ``{in: ["*analytics*"], points: 5}``. The first line that matches counts."""

    in_: Annotated[Globs, Field(alias="in")] = ()
    """Patterns of the text, in any case: ``in: [gold, "plat*"]``."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return the compiled pattern. Use ``match`` on the whole text."""
        return compile_globs(self.in_)


class FieldLine(PatternLine):
    """One line of a custom field: ``{field: plan, in: [gold, "plat*"], points: 5}``, or ``{field: plan, otherwise: -2}``."""

    field: Name
    """The name of the field: ``field: plan``."""


class CountryLine(FactLine):
    """One tier of countries: ``{in: [US, CA], points: 10}``."""

    in_: Annotated[tuple[CountryCode, ...], Field(alias="in", max_length=250)] = ()
    """The countries of the tier: ``in: [US, CA]``."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_a_star(cls, value: object) -> object:
        """Refuse ``in: ["*"]``: the line for every other country is ``otherwise``."""
        listed = value.get("in") if isinstance(value, dict) else None
        if isinstance(value, dict) and listed in ("*", ["*"]):
            refuse(
                f"{{otherwise: {value.get('points', 0)}}}, the line for every other country", '"*"', at="in"
            )
        return value


class IndustryLine(FactLine):
    """One tier of industries: ``{sic: ["60"], naics: ["5221"], points: 10}``. A code covers all codes that begin with it."""

    sic: Codes = ()
    """SIC codes or their first digits: ``sic: ["60"]``."""
    naics: Codes = ()
    """NAICS codes or their first digits: ``naics: ["5221"]``."""

    @cached_property
    def prefixes(self) -> dict[str, tuple[str, ...]]:
        """Return the listed codes by system, with the codes of each range."""
        return expand_listed(self.sic, self.naics)


class FunctionLine(FactLine):
    """One tier of functions: ``{in: [it], points: 10}``."""

    in_: Annotated[tuple[Name, ...], Field(alias="in", max_length=50)] = ()
    """Names of functions of ``buyers.functions``: ``in: [it]``."""


class DomainLine(FactLine):
    """One tier of e-mail domains: ``{in: [edu, ac.uk], points: -5}``. The end of a domain covers all domains under it."""

    in_: Annotated[tuple[Suffix, ...], Field(alias="in", max_length=500)] = ()
    """Ends of the domain of the person's address: ``in: [edu, ac.uk]``."""

    def covers(self, domain: str) -> bool:
        """Whether a domain is one of the listed ends, or under one."""
        return any(domain == one or domain.endswith(f".{one}") for one in self.in_)


def _require_order(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    if any(line.otherwise is not None for line in lines[:-1]):
        refuse("otherwise in the last line only")
    if len(lines) == 1 and lines[0].otherwise is not None:
        refuse("a line with a condition before otherwise")
    return lines


def _require_separate_bands(lines: tuple[Band, ...]) -> tuple[Band, ...]:
    bands = [line for line in lines if line.otherwise is None]
    for at, band in enumerate(bands):
        for other in bands[:at]:
            low = max(band.from_ or 0, other.from_ or 0)
            if band.touches(low, low) and other.touches(low, low):
                remedy = f", as to: {write_amount(low - 1)}: both bounds are included" if low else ""
                refuse(f"bands that do not overlap{remedy}", f"two bands with the value {write_amount(low)}")
    return lines


def _require_separate_tiers(lines: tuple[Tier, ...]) -> tuple[Tier, ...]:
    seen: set[str] = set()
    for line in lines:
        for one in line.in_:
            if one in seen:
                refuse(f"each value in one line only, but {one} is in two")
            seen.add(one)
    return lines


def group_by_field(lines: tuple[FieldLine, ...]) -> dict[str, tuple[FieldLine, ...]]:
    """Return the lines of each custom field, in the order of the file."""
    names = dict.fromkeys(line.field for line in lines)
    return {name: tuple(line for line in lines if line.field == name) for name in names}


def _require_order_of_fields(lines: tuple[FieldLine, ...]) -> tuple[FieldLine, ...]:
    by_field = group_by_field(lines)
    if len(by_field) > _MOST_FIELDS:
        refuse(f"at most {_MOST_FIELDS} different fields", f"{len(by_field)} fields")
    for of_field in by_field.values():
        _require_order(of_field)
    return lines


Line = TypeVar("Line", bound=FactLine)
Band = TypeVar("Band", bound=SizeLine)
Tier = TypeVar("Tier", CountryLine, FunctionLine, DomainLine)
_Lines = Field(min_length=1, max_length=50)
_InOrder = AfterValidator(_require_order)
Bands = Annotated[tuple[SizeLine, ...], _Lines, _InOrder, AfterValidator(_require_separate_bands)]
Countries = Annotated[tuple[CountryLine, ...], _Lines, _InOrder, AfterValidator(_require_separate_tiers)]
Industries = Annotated[tuple[IndustryLine, ...], _Lines, _InOrder]
FunctionLines = Annotated[tuple[FunctionLine, ...], _Lines, _InOrder, AfterValidator(_require_separate_tiers)]
Ages = Annotated[tuple[AgeLine, ...], _Lines, _InOrder, AfterValidator(_require_separate_bands)]
Patterns = Annotated[tuple[PatternLine, ...], _Lines, _InOrder]
FieldLines = Annotated[tuple[FieldLine, ...], Field(max_length=100), AfterValidator(_require_order_of_fields)]
Domains = Annotated[tuple[DomainLine, ...], _Lines, _InOrder, AfterValidator(_require_separate_tiers)]
