"""What a lead may need of the rep who takes it: a language, by its country; knowledge of a segment, by the company's size.

In: texts checked by workers/policy/load.py. Out: typed rules. Only what is special is named: a lead that fits no line
needs nothing, and so does one whose country or size is not known.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from workers.policy.part import Part
from workers.policy.scalars import Amount, CountryCode, Name, RepId, Text, must_match, refuse

LanguageCode = Annotated[Text, must_match(r"[a-z]{2}", "a language of two small letters (ISO 639-1), as es")]
Countries = Annotated[tuple[CountryCode, ...], Field(min_length=1, max_length=250)]
Asked = Literal["required", "preferred"]


class SizeRange(Part):
    """A size with both bounds included; a bound that is not given does not bind."""

    from_: Amount | None = Field(default=None, alias="from")
    """The least, as ``4B``."""
    to: Amount | None = None
    """The most, as ``750M``."""

    @model_validator(mode="after")
    def _bounds(self) -> SizeRange:
        if not self.from_ and self.to is None:
            refuse("a lower bound above 0, or an upper one: a segment of everybody is none")
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            refuse(f"from at most to, but {self.from_} is above {self.to}")
        return self

    def holds(self, value: Decimal | int | None) -> bool:
        """Whether ``value`` is known and lies within."""
        if value is None:
            return False
        return (self.from_ is None or value >= self.from_) and (self.to is None or value <= self.to)


class Segment(Part):
    """Companies of one size: all that is given must hold, and what is not known does not."""

    revenue: SizeRange | None = None
    """A year, in the policy's currency, as ``{from: 4B}``."""
    employees: SizeRange | None = None
    """As ``{from: 5000}``."""

    @model_validator(mode="after")
    def _says_something(self) -> Segment:
        if self.revenue is None and self.employees is None:
            refuse("revenue, employees, or both")
        return self

    def holds(self, revenue: Decimal | None, employees: int | None) -> bool:
        """Whether a company of this revenue (None: not known, or in another currency) and headcount belongs to it."""
        return (self.revenue is None or self.revenue.holds(revenue)) and (
            self.employees is None or self.employees.holds(employees)
        )


class Skills(Part):
    """What leads may need. Reps' own skills stand in crm.reps (``languages``, ``segments``), under the same names."""

    language: Annotated[dict[LanguageCode, Countries], Field(max_length=50)] = Field(default_factory=dict)
    """Which countries' leads need which language, as ``{es: [MX, PR]}``: the country that the person named in a form,
    else the company's. A language that the person stated goes before; one that is not listed needs nobody special."""
    segment: Annotated[dict[Name, Segment], Field(max_length=20)] = Field(default_factory=dict)
    """Companies that need somebody who knows their kind, as ``{large: {revenue: {from: 4B}}}``; the first that fits."""

    @field_validator("language")
    @classmethod
    def _each_country_once(cls, value: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        countries = [country for listed in value.values() for country in listed]
        twice = next((one for one in countries if countries.count(one) > 1), None)
        if twice is not None:
            refuse("each country once", f"{twice} twice")
        return value

    @model_validator(mode="after")
    def _names_something(self) -> Skills:
        if not self.language and not self.segment:
            refuse("at least one language or segment")
        return self

    def listed_language(self, language: str) -> str | None:
        """Return the listed language that a person stated, as ``es`` of ``es-MX``; None where it needs nobody special."""
        code = language.replace("_", "-").partition("-")[0].strip().lower()
        return code if code in self.language else None

    def language_of(self, country: str | None) -> str | None:
        """The language that a lead of this country needs, or None."""
        return next((one for one, countries in self.language.items() if country in countries), None)

    def segment_of(self, revenue: Decimal | None, employees: int | None) -> str | None:
        """The segment of a company of this size, or None."""
        return next((name for name, one in self.segment.items() if one.holds(revenue, employees)), None)


class DeskSkills(Part):
    """What a desk makes of them. required: only who has it is a candidate; preferred: who has it comes first.

    A preference never makes a lead wait: where none of the preferred can take it, the others do.
    """

    language: Asked | None = None
    """What the lead's language is to this desk: ``required`` or ``preferred``; left out, nobody asks."""
    segment: Asked | None = None
    """The same of its segment."""
    when_nobody_has_it: RepId | None = None
    """anyone (the others take it in turn), or the rep_id of a fallback; needed where a skill is required. Reported."""

    @model_validator(mode="after")
    def _fallback(self) -> DeskSkills:
        asked = {self.language, self.segment}
        if asked == {None}:
            refuse("language, segment, or both, each required or preferred")
        if "required" in asked and self.when_nobody_has_it is None:
            refuse("when_nobody_has_it beside a required skill: anyone, or the rep_id of a fallback")
        if "required" not in asked and self.when_nobody_has_it is not None:
            refuse("when_nobody_has_it only beside a required skill: a preference needs no fallback")
        return self

    @property
    def fallback(self) -> str | None:
        """The rep_id who gets what nobody of the desk has the skill for; None: the others take it in turn."""
        return None if self.when_nobody_has_it == "anyone" else self.when_nobody_has_it
