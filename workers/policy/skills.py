"""Models of the ``skills`` section: the language and the segment knowledge that a lead may need of its rep.

In: texts checked by workers/policy/load.py. Out: typed rules. A lead that matches no line needs no skill. Neither does
a lead whose country or company size is unknown.
"""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Final, Literal

from pydantic import Field, field_validator, model_validator

from workers.policy.conditions import Names, Territory
from workers.policy.part import Part
from workers.policy.scalars import (
    Amount,
    CountryCode,
    Name,
    RepId,
    Text,
    must_match,
    refuse,
    require_person,
)

LanguageCode = Annotated[
    Text, must_match(r"[a-z]{2}", "a language code of two lower-case letters (ISO 639-1), as es")
]
Countries = Annotated[tuple[CountryCode, ...], Field(min_length=1, max_length=250)]
Asked = Literal["required", "preferred"]
ANYONE: Final = "anyone"
"""The word for the other reps in turn, if no rep has a required skill."""


SizeBounds = tuple[Decimal, Decimal]
"""The lowest and the highest size that a company can have. Equal for an exact size."""


class SizeRange(Part):
    """A range of sizes. Both bounds are included; one of them may be left out."""

    from_: Amount | None = Field(default=None, alias="from")
    """The lower bound, as ``4B``."""
    to: Amount | None = None
    """The upper bound, as ``750M``."""

    @model_validator(mode="after")
    def _bounds(self) -> SizeRange:
        if not self.from_ and self.to is None:
            refuse("a lower bound above 0 or an upper bound: otherwise every company is in the segment")
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            refuse(f"from not above to, but {self.from_} is above {self.to}")
        return self

    def holds(self, bounds: SizeBounds | None) -> bool:
        """Whether a size is known and every value within its bounds is within the range."""
        if bounds is None:
            return False
        low, high = bounds
        return (self.from_ is None or low >= self.from_) and (self.to is None or high <= self.to)


class Segment(Part):
    """A segment of companies: by size, and by conditions with names. Every given key must hold. An unknown fact does not match."""

    revenue: SizeRange | None = None
    """Range of yearly revenue in the policy's currency, as ``{from: 4B}``."""
    employees: SizeRange | None = None
    """Range of the number of employees, as ``{from: 5000}``."""
    is_: Names = Field(default=(), alias="is")
    """Names from ``conditions``, of which one must hold: ``is: [big_bank]``."""
    is_not: Names = ()
    """Names from ``conditions``, of which none may hold or be open because of an unknown fact: ``is_not: [reseller]``."""

    @model_validator(mode="after")
    def _require_a_condition(self) -> Segment:
        if self.revenue is None and self.employees is None and not (self.is_ or self.is_not):
            refuse("at least one of revenue, employees, is and is_not")
        return self

    @cached_property
    def by_name(self) -> Territory | None:
        """Return the named conditions that the segment tests. None: it tests none."""
        return Territory(is_=self.is_, is_not=self.is_not) if self.is_ or self.is_not else None

    def has_size(self, revenue: SizeBounds | None, employees: SizeBounds | None) -> bool:
        """Whether a company has the size of the segment. None: its revenue or headcount is unknown, or in another currency."""
        return (self.revenue is None or self.revenue.holds(revenue)) and (
            self.employees is None or self.employees.holds(employees)
        )


class Skills(Part):
    """Skills that a lead may need. crm.reps lists those of each rep in ``languages`` and ``segments``, by the same names."""

    language: Annotated[dict[LanguageCode, Countries], Field(max_length=50)] = Field(default_factory=dict)
    """Countries whose leads need each language, as ``{es: [MX, PR]}``. The country is that of the company or,
    if unknown, of the person. A language that the person stated takes precedence; one that is not listed needs no
    special rep."""
    segment: Annotated[dict[Name, Segment], Field(max_length=20)] = Field(default_factory=dict)
    """Segments whose companies need a rep with knowledge of them, as ``{large: {revenue: {from: 4B}}}``. A segment may test
    conditions with names: ``{public: {is: [government]}}``. The first match counts."""

    @field_validator("language")
    @classmethod
    def _require_each_country_once(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        countries = [country for listed in value.values() for country in listed]
        twice = next((one for one in countries if countries.count(one) > 1), None)
        if twice is not None:
            refuse("each country once", f"{twice} twice")
        return value

    @model_validator(mode="after")
    def _require_a_skill(self) -> Skills:
        if not self.language and not self.segment:
            refuse("at least one language or segment")
        return self

    def listed_language(self, language: str) -> str | None:
        """Return the listed language for a stated one, as ``es`` for ``es-MX``. None if it is not listed."""
        code = language.replace("_", "-").partition("-")[0].strip().lower()
        return code if code in self.language else None

    def language_of(self, country: str | None) -> str | None:
        """Return the language that a lead of this country needs, or None."""
        return next((one for one, countries in self.language.items() if country in countries), None)


class DeskSkills(Part):
    """The skills that a desk asks of a rep. required: only reps with the skill are candidates; preferred: they come first.

    A preference never makes a lead wait. If no rep with the preferred skill can take the lead, another rep gets it.
    """

    language: Asked | None = None
    """Whether a rep must (``required``) or should (``preferred``) speak the lead's language. Left out: neither."""
    segment: Asked | None = None
    """Whether a rep must (``required``) or should (``preferred``) know the lead's segment. Left out: neither."""
    when_nobody_has_it: RepId | None = None
    """The fallback if no rep of the desk has a required skill: anyone (the others in turn), or the rep_id of a person.

    Must be given with a required skill. Each such assignment is reported.
    """

    @field_validator("when_nobody_has_it")
    @classmethod
    def _require_anyone_or_person(cls, value: str | None) -> str | None:
        expected = "anyone, or the rep_id of a fallback, as dana"
        return None if value is None else require_person(value, expected, ANYONE)

    @model_validator(mode="after")
    def _require_a_fallback(self) -> DeskSkills:
        asked = {self.language, self.segment}
        if asked == {None}:
            refuse("language, segment, or both, each required or preferred")
        if "required" in asked and self.when_nobody_has_it is None:
            refuse("when_nobody_has_it with a required skill: anyone, or the rep_id of a fallback")
        if "required" not in asked and self.when_nobody_has_it is not None:
            refuse("when_nobody_has_it with a required skill only: a preference needs no fallback")
        return self

    @property
    def fallback(self) -> str | None:
        """Return the rep_id of the fallback for a missing skill. None: the others take the lead in turn."""
        return None if self.when_nobody_has_it == ANYONE else self.when_nobody_has_it
