"""Models of the gates: ``served_market`` for the company and ``buyers`` for the person, with their points."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property
from typing import Annotated, Final

from pydantic import AfterValidator, Field, model_validator

from schemas.vocabulary import Relationship
from workers.identity.industry_codes import expand_listed
from workers.policy.part import Part
from workers.policy.scalars import Amount, Code, CountryCode, Domain, Name, Points, SignedPoints, Text, refuse
from workers.policy.text_patterns import WholeWords, normalize_words

ANYTHING: Final = "*"
"""In place of words: every title or function, also an unknown one."""


def _require_a_word(value: str) -> str:
    if not normalize_words(value):
        refuse("words with a letter or a digit, as vice president")
    return value


def _require_a_word_or_anything(value: str) -> str:
    return value if value == ANYTHING else _require_a_word(value)


def _require_anything_alone(value: tuple[str, ...]) -> tuple[str, ...]:
    if ANYTHING in value and len(value) > 1:
        refuse(f'"{ANYTHING}" alone: it means every value')
    return value


Phrase = Annotated[Text, AfterValidator(_require_a_word)]
Phrases = Annotated[
    tuple[Annotated[Text, AfterValidator(_require_a_word_or_anything)], ...],
    Field(min_length=1, max_length=200),
    AfterValidator(_require_anything_alone),
]
Codes = Annotated[tuple[Code, ...], Field(max_length=500)]


class Industry(Part):
    """The industry gate. A company passes with any listed code. A listed code covers all codes that begin with it.

    A range such as ``31-33`` covers the codes of each of its numbers.
    """

    points: Points
    """Points for a company with a listed code."""
    sic: Codes = ()
    """SIC codes or their first digits."""
    naics: Codes = ()
    """NAICS codes or their first digits."""
    words: Annotated[dict[Phrase, Code], Field(max_length=500)] = Field(default_factory=dict)
    """The code that words of an industry mean, as ``{savings bank: "6035", retail: "52"}``. Used without a code only.

    A company whose words are not listed is unknown.
    """

    @model_validator(mode="after")
    def _has_a_code(self) -> Industry:
        if not self.sic and not self.naics:
            refuse("at least one code under sic or naics: otherwise no company can pass this gate")
        return self

    @cached_property
    def prefixes(self) -> dict[str, tuple[str, ...]]:
        """Return the listed codes by system, with the codes of each range."""
        return expand_listed(self.sic, self.naics)

    @cached_property
    def patterns(self) -> tuple[tuple[WholeWords, str], ...]:
        """Return the pattern and the code of each entry of ``words``."""
        return tuple((WholeWords([words]), code) for words, code in self.words.items())

    def code_of(self, industry: str) -> str | None:
        """Return the code of the first words that an industry has. None if it has none of them."""
        return next((code for pattern, code in self.patterns if pattern.found_in(industry)), None)

    @property
    def codes(self) -> dict[str, tuple[str, ...]]:
        """Return the listed codes by system, without empty systems."""
        return {system: codes for system, codes in (("sic", self.sic), ("naics", self.naics)) if codes}


class Range(Part):
    """The revenue gate (per year, in the policy's currency) or the employees gate. Both bounds are included."""

    points: Points
    """Points for a company within the range."""
    from_: Amount | None = Field(default=None, alias="from")
    """The lower bound, included. Left out: no lower bound."""
    to: Amount | None = None
    """The upper bound, included. Left out: no upper bound."""

    @model_validator(mode="after")
    def _bounds(self) -> Range:
        if not self.from_ and self.to is None:
            refuse("a lower bound above 0 or an upper bound: otherwise every company passes this gate")
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            refuse(f"from not above to, but {self.from_} is above {self.to}")
        return self

    def holds(self, value: Decimal | float) -> bool:
        """Whether ``value`` is within the range, bounds included."""
        return (self.from_ is None or value >= self.from_) and (self.to is None or value <= self.to)


class Country(Part):
    """The country gate, by the company's country. ISO 3166-1 codes, or names that mean one."""

    points: Points
    """Points for a company in a listed country."""
    in_: Annotated[tuple[CountryCode, ...], Field(alias="in", min_length=1, max_length=250)]
    """The countries that pass."""


def _require_excludable(value: Relationship) -> Relationship:
    if value in {Relationship.CUSTOMER, Relationship.PROSPECT}:
        refuse(
            "competitor, partner, distributor or former_customer: customers and prospects cannot be excluded"
        )
    return value


class NeverMarket(Part):
    """Excluded companies. Their leads are never handed to sales and earn no points."""

    own_domains: Annotated[tuple[Domain, ...], Field(max_length=500)] = ()
    """E-mail domains of our own company, in any case. A domain covers its subdomains. People with such an address are
    excluded wherever the CRM has them, with the reason ``own_domain``: ``own_domains: [our-own.example]``."""
    domains: Annotated[tuple[Domain, ...], Field(max_length=500)] = ()
    """Other excluded e-mail domains, such as those of rivals and schools, in any case. A domain covers its subdomains. A
    company is excluded if it has any of them, and so is a person with such an address: ``domains: [rival.example]``."""
    relationship: tuple[Annotated[Relationship, AfterValidator(_require_excludable)], ...] = ()
    """Excluded relationships in the CRM."""


class ServedMarket(Part):
    """The company gates. A company must pass every gate that is given."""

    industry: Industry | None = None
    """The industry gate. Left out: any industry passes."""
    revenue: Range | None = None
    """The gate on yearly revenue. Left out: any revenue passes."""
    employees: Range | None = None
    """The gate on the number of employees: ``employees: {points: 30, from: 20, to: 2000}``. Left out: any number passes."""
    country: Country | None = None
    """The country gate. Left out: any country passes."""
    never: NeverMarket = NeverMarket()
    """Companies that are excluded in writing."""

    @property
    def gate_points(self) -> dict[str, int]:
        """Return the points of each gate that is given, by name."""
        gates = {
            "industry": self.industry,
            "revenue": self.revenue,
            "employees": self.employees,
            "country": self.country,
        }
        return {name: gate.points for name, gate in gates.items() if gate is not None}


class Functions(Part):
    """The function gate: the words that identify each function, compared like those of titles.

    A stated function that is not listed fails the gate. A title without a listed function leaves the gate unknown.
    """

    points: Points
    """Points for a listed function."""
    names: Annotated[dict[Name, Phrases], Field(min_length=1, max_length=50)]
    """The words of each function, found in a job title or a stated function. ``"*"`` in the last one: every person passes."""

    @cached_property
    def patterns(self) -> dict[str, WholeWords]:
        """Return the pattern of each function, in the order of the file. Search it in a title or a stated function."""
        return {name: WholeWords(words) for name, words in self.names.items()}

    @cached_property
    def open_name(self) -> str | None:
        """Return the function of every person without a listed one. None: such a person does not pass."""
        return next((name for name, words in self.names.items() if words == (ANYTHING,)), None)

    @property
    def is_open(self) -> bool:
        """Whether every person passes."""
        return self.open_name is not None


class Title(Part):
    """One line of the title gate: a level with its points and words."""

    level: Name
    """The name of the level."""
    points: SignedPoints
    """Points for a title of this level. They may be below 0."""
    words: Phrases
    """Words that identify the level in a title: `[vice president, cio]` matches Vice-President, C.I.O. and CIO/CTO.
    ``"*"`` in the last line: every other title, and an unknown one unless ``never`` lists words."""

    @cached_property
    def pattern(self) -> WholeWords:
        """Return the pattern of the level. Search it in a title."""
        return WholeWords(self.words)

    @property
    def is_open(self) -> bool:
        """Whether the line is that of every title."""
        return self.words == (ANYTHING,)


class Buyers(Part):
    """The person gates: function and title.

    Words match as whole words, in any case, with or without accents and the dots of abbreviations. Hyphens,
    underscores, slashes, & and other punctuation separate words. In scripts without spaces, such as Chinese, a listed
    word is found anywhere. A title without a letter or a digit counts as unknown.
    """

    never: Annotated[tuple[Phrase, ...], Field(max_length=200)] = ()
    """Words that fail the title gate, whatever else is in the title. Exceptions are in ``never_except``."""
    never_except: Annotated[tuple[Phrase, ...], Field(max_length=200)] = ()
    """Phrases in which a word of ``never`` excludes no one. Left out: there are no exceptions.

    Example: with ``never_except: [student lending]`` a Director, Student Lending may pass. A Student, Student Lending
    does not.
    """
    functions: Functions
    """The function gate."""
    titles: Annotated[tuple[Title, ...], Field(min_length=1, max_length=50)]
    """The title gate. The first line that matches decides the level."""

    @cached_property
    def never_pattern(self) -> WholeWords:
        """Return the pattern of the ``never`` words. Without words it matches no title."""
        return WholeWords(self.never)

    @cached_property
    def never_except_pattern(self) -> WholeWords:
        """Return the pattern of the phrases that are exceptions to ``never``. Without phrases it matches no title."""
        return WholeWords(self.never_except)

    def is_excluded(self, text: str) -> bool:
        """Whether a title or a stated function has a ``never`` word outside of the phrases of ``never_except``."""
        return self.never_pattern.found_outside(self.never_except_pattern, text)

    def title_of(self, job_title: str) -> Title | None:
        """Return the first line that matches the title. None if none matches or the title is excluded."""
        if self.is_excluded(job_title):
            return None
        return next(
            (title for title in self.titles if title.is_open or title.pattern.found_in(job_title)), None
        )

    @cached_property
    def open_title(self) -> Title | None:
        """Return the line of every title that no other line lists. None: such a title fails."""
        return next((title for title in self.titles if title.is_open), None)
