"""Who can be a marketing-qualified lead at all: the company's gates, the person's gates, their points."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from schemas.vocabulary import Relationship
from workers.policy.part import Part
from workers.policy.scalars import Amount, Code, CountryCode, Name, Points, Text, must_match, refuse
from workers.policy.text_patterns import WholeWords, normalize_words


def _readable(value: str) -> str:
    if not normalize_words(value):
        refuse("words with a letter or a digit, as vice president")
    return value


Phrase = Annotated[Text, AfterValidator(_readable)]
Phrases = Annotated[tuple[Phrase, ...], Field(min_length=1, max_length=200)]
Codes = Annotated[tuple[Code, ...], Field(max_length=500)]


class Industry(Part):
    """Gate ``industry``: any listed code suffices; a listed code covers all that begin with it."""

    points: Points
    """What a listed code gives."""
    sic: Codes = ()
    """SIC codes or their first digits."""
    naics: Codes = ()
    """NAICS codes or their first digits."""

    @model_validator(mode="after")
    def _has_a_code(self) -> Industry:
        if not self.sic and not self.naics:
            refuse("at least one code under sic or naics: a gate that nobody can pass is none")
        return self

    @property
    def codes(self) -> dict[str, tuple[str, ...]]:
        """The listed codes by system, systems without one left out."""
        return {system: codes for system, codes in (("sic", self.sic), ("naics", self.naics)) if codes}


class Range(Part):
    """Gates ``revenue`` (in the policy's currency, a year) and ``employees``: both bounds are inclusive."""

    points: Points
    """What a value within gives."""
    from_: Amount | None = Field(default=None, alias="from")
    """The least, included."""
    to: Amount | None = None
    """The most, included."""

    @model_validator(mode="after")
    def _bounds(self) -> Range:
        if not self.from_ and self.to is None:
            refuse("a lower bound above 0, or an upper one: a gate that everybody passes is none")
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            refuse(f"from at most to, but {self.from_} is above {self.to}")
        return self

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies within, bounds included."""
        return (self.from_ is None or value >= self.from_) and (self.to is None or value <= self.to)


class Country(Part):
    """Gate ``country``: the company's, ISO 3166-1 alpha-2 in capitals."""

    points: Points
    """What a listed country gives."""
    in_: Annotated[tuple[CountryCode, ...], Field(alias="in", min_length=1, max_length=250)]
    """The countries."""


def _excludable(value: Relationship) -> Relationship:
    if value in {Relationship.CUSTOMER, Relationship.PROSPECT}:
        refuse(
            "competitor, partner, distributor or former_customer: customers and prospects are whom we sell to"
        )
    return value


Domain = Annotated[
    Text,
    must_match(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "a domain without protocol or @, as our-own.example"),
    AfterValidator(str.lower),
]


class NeverMarket(Part):
    """Written exclusions: nobody gets these leads. Domains cover their subdomains; lower-cased."""

    domains: Annotated[tuple[Domain, ...], Field(max_length=500)] = ()
    relationship: tuple[Annotated[Relationship, AfterValidator(_excludable)], ...] = ()


class ServedMarket(Part):
    """The company's gates; all that are given must hold."""

    industry: Industry | None = None
    revenue: Range | None = None
    employees: Range | None = None
    country: Country | None = None
    never: NeverMarket = NeverMarket()

    @property
    def gate_points(self) -> dict[str, int]:
        """The points of each gate given, by its name."""
        gates = {
            "industry": self.industry,
            "revenue": self.revenue,
            "employees": self.employees,
            "country": self.country,
        }
        return {name: gate.points for name, gate in gates.items() if gate is not None}


class Functions(Part):
    """Gate ``function``: the words by which each function is known, compared as those of titles are.

    A stated function that is none of these fails; a title that names none leaves the gate unknown.
    """

    points: Points
    """What a listed function gives."""
    names: Annotated[dict[Name, Phrases], Field(min_length=1, max_length=50)]
    """Each function with the words that tell it in a title or a stated function."""

    @cached_property
    def patterns(self) -> dict[str, WholeWords]:
        """To be found in a title or a stated function, by function, in the file's order."""
        return {name: WholeWords(words) for name, words in self.names.items()}


class Title(Part):
    """One line of the gate ``title``: a level, its points, its words."""

    level: Name
    """What the level is called."""
    points: Points
    """What it gives."""
    words: Phrases
    """The words that tell it in a title: `[vice president, cio]` is found in Vice-President, C.I.O. and CIO/CTO."""

    @cached_property
    def pattern(self) -> WholeWords:
        """To be found in a title."""
        return WholeWords(self.words)


class Buyers(Part):
    """The person's gates; ``never`` words fail the title gate, whatever else the title says.

    Words are found whole, in any case, with or without accents and the dots of abbreviations; hyphens, underscores,
    slashes, & and other signs part words. A title without a letter or a digit is not known.
    """

    never: Annotated[tuple[Phrase, ...], Field(max_length=200)] = ()
    functions: Functions
    titles: Annotated[tuple[Title, ...], Field(min_length=1, max_length=50)]

    @cached_property
    def never_pattern(self) -> WholeWords:
        """To be found in a title; no words, never found."""
        return WholeWords(self.never)

    def title_of(self, job_title: str) -> Title | None:
        """Return the first line that fits; None where none does or a ``never`` word is in it."""
        if self.never_pattern.found_in(job_title):
            return None
        return next((title for title in self.titles if title.pattern.found_in(job_title)), None)
