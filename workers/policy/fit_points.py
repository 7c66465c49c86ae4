"""Models of the ``fit`` section: points for facts that are not gates, and of ``gates``: gates that may replace each other.

A fact in ``fit`` gives points and ends no lead, unless one of its lines is ``outside``. Then it is a gate.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from workers.policy.fit_lines import (
    OUTSIDE,
    Ages,
    Bands,
    Countries,
    Domains,
    FieldLine,
    FieldLines,
    FunctionLines,
    Industries,
    LinePoints,
    Patterns,
    group_by_field,
)
from workers.policy.part import Part
from workers.policy.scalars import Count, Text, refuse

GATES_DECIDE: Final = "gates_decide"
"""The value of ``fit`` with which gates alone keep outsiders out, and points need not outweigh."""
POINTS_DECIDE: Final = "points_decide"
"""The value of ``fit`` of a policy without outsiders: every lead that it does not exclude may be an MQL."""
MARKET_GATES: Final = frozenset({"industry", "revenue", "employees", "country"})
"""The gates of the company."""
PERSON_GATES: Final = frozenset({"function", "title"})
"""The gates of the person."""


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
    employees: Bands | None = None
    """Points by number of employees: ``employees: [{to: 99, points: 0}, {from: 100, points: 10}]``."""
    revenue: Bands | None = None
    """Points by yearly revenue, in the policy's currency: ``revenue: [{from: 1M, points: 5}, {otherwise: -5}]``."""
    country: Countries | None = None
    """Points by country of the company: ``country: [{in: [US, CA], points: 10}, {otherwise: 0}]``."""
    industry: Industries | None = None
    """Points by industry of the company. The first line that matches counts: ``industry: [{sic: ["60"], points: 10}]``."""
    functions: FunctionLines | None = None
    """Points by function of the person, in addition to those of ``buyers``: ``functions: [{in: [it], points: 10}]``."""
    free_mail: LinePoints | None = None
    """Points for a free-mail address, or ``outside``: ``free_mail: -20``."""
    role_address: LinePoints | None = None
    """Points for an address of a role, as info@, or ``outside``: ``role_address: -10``."""
    domains: Domains | None = None
    """Points by the end of the person's e-mail domain: ``domains: [{in: [edu], points: -5}]``."""
    age: Ages | None = None
    """Points by age of the company in calendar years, as of the day: ``age: [{to: 2, points: -5}, {from: 10, points: 5}]``.
    No line may be ``outside``, since a company would pass such a gate by the passing of time."""
    product_interest: Patterns | None = None
    """Points by the product in which the person is interested, by the last form that states one:
    ``product_interest: [{in: ["*analytics*"], points: 5}]``."""
    fields: FieldLines = ()
    """Points by custom fields of crm.accounts or, if the account has no such field, of the person's forms. Of each field the
    first line that matches counts: ``fields: [{field: plan, in: [gold], points: 5}, {field: plan, otherwise: -2}]``."""

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
        if any(line.value == OUTSIDE for line in self.age or ()):
            refuse("points for age: a company would pass a gate of its age by the passing of time")
        return self

    @cached_property
    def by_field(self) -> dict[str, tuple[FieldLine, ...]]:
        """Return the lines of each custom field, by its name."""
        return group_by_field(self.fields)

    @cached_property
    def values_by_fact(self) -> dict[str, tuple[int | str, ...]]:
        """Return the points or ``outside`` of each fact's lines, that of ``otherwise`` last. It is 0 where left out."""
        found: dict[str, tuple[int | str, ...]] = {}
        facts = {name: getattr(self, name) for name in FACTS}
        for name, lines in (
            facts | {f"{OWN_FIELD}{name}": one for name, one in self.by_field.items()}
        ).items():
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
    *("age", "product_interest"),
)
"""The facts of ``fit``, in the order of the policy. Custom fields follow."""
OWN_FIELD: Final = "fields."
"""Begin of the name of a custom field among the facts of ``fit``."""


class JoinedGates(Part):
    """Gates of which some are enough: ``{at_least: 2, of: [revenue, employees, country]}``.

    A gate that no entry names must pass. A gate that fails gives no points, also where the others are enough.
    """

    at_least: Count = 1
    """How many of the gates must pass: ``at_least: 2``."""
    of: Annotated[tuple[Text, ...], Field(min_length=2, max_length=6)]
    """The gates, by name: industry, revenue, employees, country, function, title, and facts of ``fit`` with a line
    ``outside``, as free_mail, product_interest or fields.plan: ``of: [employees, fields.plan]``."""

    @model_validator(mode="after")
    def _require_a_choice(self) -> JoinedGates:
        if len(set(self.of)) < len(self.of):
            refuse("each gate once")
        if self.at_least >= len(self.of):
            refuse(
                f"at_least below {len(self.of)}, the number of gates: gates that no entry names must all pass"
            )
        return self
