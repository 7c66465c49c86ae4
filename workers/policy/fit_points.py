"""Models of the ``fit`` section: points for facts that are not gates, and of ``gates``: gates that may replace each other.

A fact in ``fit`` gives points and ends no lead, unless one of its lines is ``outside``. Then it is a gate.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from workers.identity.industry_codes import expand_listed
from workers.policy.gates import Codes
from workers.policy.part import Part
from workers.policy.scalars import (
    Amount,
    Count,
    CountryCode,
    Name,
    Text,
    must_match,
    read_whole_number,
    refuse,
)

if TYPE_CHECKING:
    from decimal import Decimal

OUTSIDE: Final = "outside"
"""The value of a line whose leads are outside: they are never an MQL."""
GATES_DECIDE: Final = "gates_decide"
"""The value of ``fit`` with which gates alone keep outsiders out, and points need not outweigh."""
POINTS_DECIDE: Final = "points_decide"
"""The value of ``fit`` of a policy without outsiders: every lead that it does not exclude may be an MQL."""
_MOST_POINTS: Final = 10_000


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
GateName = Literal["industry", "revenue", "employees", "country", "function", "title"]
"""The name of a gate. The first four are of the company, function and title of the person."""
MARKET_GATES: Final = frozenset({"industry", "revenue", "employees", "country"})
"""The gates of the company."""
PERSON_GATES: Final = frozenset({"function", "title"})
"""The gates of the person."""


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
            if name not in {"points", "otherwise"}
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


class CountryLine(FactLine):
    """One tier of countries: ``{in: [US, CA], points: 10}``."""

    in_: Annotated[tuple[CountryCode, ...], Field(alias="in", max_length=250)] = ()
    """The countries of the tier: ``in: [US, CA]``."""


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


def _require_separate_bands(lines: tuple[SizeLine, ...]) -> tuple[SizeLine, ...]:
    bands = [line for line in lines if line.otherwise is None]
    for at, band in enumerate(bands):
        for other in bands[:at]:
            low = max(band.from_ or 0, other.from_ or 0)
            if band.touches(low, low) and other.touches(low, low):
                refuse(f"bands that do not overlap, but two bands have the value {low}")
    return lines


def _require_separate_tiers(lines: tuple[Tier, ...]) -> tuple[Tier, ...]:
    seen: set[str] = set()
    for line in lines:
        for one in line.in_:
            if one in seen:
                refuse(f"each value in one line only, but {one} is in two")
            seen.add(one)
    return lines


Line = TypeVar("Line", bound=FactLine)
Tier = TypeVar("Tier", CountryLine, FunctionLine, DomainLine)
_Lines = Field(min_length=1, max_length=50)
_InOrder = AfterValidator(_require_order)
_Bands = Annotated[tuple[SizeLine, ...], _Lines, _InOrder, AfterValidator(_require_separate_bands)]
_Countries = Annotated[tuple[CountryLine, ...], _Lines, _InOrder, AfterValidator(_require_separate_tiers)]
_Industries = Annotated[tuple[IndustryLine, ...], _Lines, _InOrder]
_Functions = Annotated[tuple[FunctionLine, ...], _Lines, _InOrder, AfterValidator(_require_separate_tiers)]
_Domains = Annotated[tuple[DomainLine, ...], _Lines, _InOrder, AfterValidator(_require_separate_tiers)]


class FitPoints(Part):
    """Points for facts that are not gates. An unknown fact gives 0 points, and the lead does not wait for it.

    A fact with a line ``outside`` is a gate: a lead of that line is never an MQL, and a lead whose fact is unknown waits.
    ``fit: gates_decide`` or ``fit: points_decide`` without further keys sets ``proof`` alone.
    """

    proof: Literal["outweighs", "gates_decide", "points_decide"] = "outweighs"
    """The proof that outsiders stay out. ``proof: outweighs``: gates, and the lowest fit that passes is above all behaviour.
    ``proof: gates_decide``: gates alone. Points of behaviour may then be above those of fit. ``proof: points_decide``: the
    policy has no outsiders. Company or person is without a gate, and every lead that ``never`` does not exclude may be an
    MQL."""
    employees: _Bands | None = None
    """Points by number of employees: ``employees: [{to: 99, points: 0}, {from: 100, points: 10}]``."""
    revenue: _Bands | None = None
    """Points by yearly revenue, in the policy's currency: ``revenue: [{from: 1M, points: 5}, {otherwise: -5}]``."""
    country: _Countries | None = None
    """Points by country of the company: ``country: [{in: [US, CA], points: 10}, {otherwise: 0}]``."""
    industry: _Industries | None = None
    """Points by industry of the company. The first line that matches counts: ``industry: [{sic: ["60"], points: 10}]``."""
    functions: _Functions | None = None
    """Points by function of the person, in addition to those of ``buyers``: ``functions: [{in: [it], points: 10}]``."""
    free_mail: LinePoints | None = None
    """Points for a free-mail address, or ``outside``: ``free_mail: -20``."""
    role_address: LinePoints | None = None
    """Points for an address of a role, as info@, or ``outside``: ``role_address: -10``."""
    domains: _Domains | None = None
    """Points by the end of the person's e-mail domain: ``domains: [{in: [edu], points: -5}]``."""

    @model_validator(mode="before")
    @classmethod
    def _read_word(cls, value: object) -> object:
        """Return the fields for a text that names the proof."""
        if not isinstance(value, str):
            return value
        if value.strip() not in {GATES_DECIDE, POINTS_DECIDE}:
            refuse(f"keys and values, as {{free_mail: -20}}, or {GATES_DECIDE}, or {POINTS_DECIDE}")
        return {"proof": value.strip()}

    @model_validator(mode="after")
    def _require_open_functions(self) -> FitPoints:
        if any(line.value == OUTSIDE for line in self.functions or ()):
            refuse("points for functions: buyers.functions is their gate")
        return self

    @cached_property
    def values_by_fact(self) -> dict[str, tuple[int | str, ...]]:
        """Return the points or ``outside`` of each fact's lines, that of ``otherwise`` last. It is 0 where left out."""
        found: dict[str, tuple[int | str, ...]] = {}
        for name in FACTS:
            lines = getattr(self, name)
            if isinstance(lines, tuple):
                values = tuple(line.value for line in lines)
                found[name] = values if lines[-1].otherwise is not None else (*values, 0)
            elif lines is not None:
                found[name] = (lines, 0)
        return found

    @property
    def gates(self) -> dict[str, int]:
        """Return the lowest points of each fact that is a gate, by name."""
        return {
            name: min((one for one in values if isinstance(one, int)), default=0)
            for name, values in self.values_by_fact.items()
            if OUTSIDE in values
        }


FACTS: Final = (
    *("employees", "revenue", "country", "industry", "functions", "free_mail", "role_address", "domains"),
)
"""The facts of ``fit``, in the order of the policy."""


class JoinedGates(Part):
    """Gates of which some are enough: ``{at_least: 2, of: [revenue, employees, country]}``.

    A gate that no entry names must pass. A gate that fails gives no points, also where the others are enough.
    """

    at_least: Count = 1
    """How many of the gates must pass: ``at_least: 2``."""
    of: Annotated[tuple[GateName, ...], Field(min_length=2, max_length=6)]
    """The gates, by name: ``of: [employees, title]``."""

    @model_validator(mode="after")
    def _require_a_choice(self) -> JoinedGates:
        if len(set(self.of)) < len(self.of):
            refuse("each gate once")
        if self.at_least >= len(self.of):
            refuse(
                f"at_least below {len(self.of)}, the number of gates: gates that no entry names must all pass"
            )
        return self
