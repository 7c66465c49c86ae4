"""Conditions on a lead: facts of the company, of the person and of the hand-off. Routes test them, alone or by a name.

In: texts checked by workers/policy/load.py. Out: typed conditions. accounts/routing/territories.py evaluates them. Every
given key must hold; of a list, any one value suffices. An unknown fact fulfils no condition, except ``unknown``.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from schemas.vocabulary import Qualification, Relationship
from workers.identity.industry_codes import expand_listed
from workers.policy.behaviour_rules import Globs
from workers.policy.part import Part
from workers.policy.scalars import Amount, Code, CountryCode, Name, Text, Whole, Years, must_match, refuse
from workers.policy.text_patterns import compile_globs


def normalize_postal_code(text: str) -> str:
    """Return a postal code in the form in which it is compared: capital letters, usual width, no spaces, no hyphens."""
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("-", "")


Grade = Annotated[Text, must_match(r"[A-D][1-4]", "a grade, as A1")]
Region = Annotated[Text, AfterValidator(str.upper)]
PostalCode = Annotated[
    Text,
    must_match(r"[A-Za-z0-9][A-Za-z0-9 -]{0,11}", "a postal code or its first characters, as 968"),
    AfterValidator(normalize_postal_code),
]
Language = Annotated[
    Text, must_match(r"[a-z]{2,3}", "a language code of two or three lower-case letters (ISO 639), as es")
]
Names = Annotated[tuple[Name, ...], Field(max_length=50)]
FieldPatterns = Annotated[dict[Name, Annotated[Globs, Field(min_length=1)]], Field(max_length=10)]
"""Patterns of custom fields, by the name of the field."""
TestedRequest = Literal["demo", "pricing", "contact_sales"]
TestedKind = Literal["mql", "product_qualified", "raised_hand", "inquiry", "expansion", "in_cycle", "claimed"]
UnknownFact = Literal[
    "region",
    "country",
    "postal_code",
    "language",
    "revenue",
    "employees",
    "industry",
    "relationship",
    "function",
    "title",
    "age",
    "product_interest",
]


NAICS_SECTORS = frozenset(
    [
        "11",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "42",
        "44",
        "45",
        "48",
        "49",
        "51",
        "52",
        "53",
        "54",
        "55",
        "56",
        "61",
        "62",
        "71",
        "72",
        "81",
        "92",
    ]
)
"""The first two digits of every NAICS code."""
GLOB_KEYS = ("campaigns", "sources", "mediums", "forms", "product_interest")
"""Keys whose values are glob patterns."""


class Span(Part):
    """A range of sizes. Both bounds are included; one of them may be left out."""

    from_: Amount | None = Field(default=None, alias="from")
    """The lower bound, as in ``{from: 500M}``."""
    to: Amount | None = None
    """The upper bound, as in ``{to: 5B}``."""

    @model_validator(mode="after")
    def _bounds(self) -> Span:
        if self.from_ is None and self.to is None:
            refuse("from, to, or both")
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            refuse(f"from not above to, but {self.from_} is above {self.to}")
        return self

    def holds(self, value: Decimal | float) -> bool:
        """Whether ``value`` is within the range, bounds included."""
        return (self.from_ is None or value >= self.from_) and (self.to is None or value <= self.to)

    def holds_range(self, low: Decimal, high: Decimal) -> bool | None:
        """Whether every value from ``low`` to ``high`` is within the range. None: only some of them are."""
        if (self.from_ is not None and high < self.from_) or (self.to is not None and low > self.to):
            return False
        return True if self.holds(low) and self.holds(high) else None

    def covers(self, other: Span) -> bool:
        """Whether every value within ``other`` is within this range too."""
        low = self.from_ is None or (other.from_ is not None and other.from_ >= self.from_)
        return low and (self.to is None or (other.to is not None and other.to <= self.to))

    def __str__(self) -> str:
        return " ".join(
            f"{word} {value}" for word, value in (("from", self.from_), ("to", self.to)) if value is not None
        )


class TotalSpan(Span):
    """A range of total points. Both bounds are included; one of them may be left out."""

    from_: Whole | None = Field(default=None, alias="from")
    """The lower bound, as in ``{from: 120}``."""
    to: Whole | None = None
    """The upper bound, as in ``{to: 140}``."""


class YearsSpan(Span):
    """A range of years. Both bounds are included; one of them may be left out."""

    from_: Years | None = Field(default=None, alias="from")
    """The lower bound, as in ``{from: 3}``."""
    to: Years | None = None
    """The upper bound, as in ``{to: 10}``."""


class IndustryCodes(Part):
    """Industry codes of a company. Any listed code suffices. A listed code covers all codes that begin with it."""

    sic: Annotated[tuple[Code, ...], Field(max_length=500)] = ()
    """SIC codes or their first digits, as in ``{sic: ["60", "61"]}``."""
    naics: Annotated[tuple[Code, ...], Field(max_length=500)] = ()
    """NAICS codes or their first digits, as in ``{naics: ["92"]}``. ``industry: ["92"]`` is the same."""

    @model_validator(mode="before")
    @classmethod
    def _read_list(cls, value: object) -> object:
        """Return the fields for a list of codes, which are NAICS codes. The first two digits must be a sector of NAICS."""
        if not isinstance(value, list):
            return value
        for code in value:
            if not isinstance(code, str) or code[:2] not in NAICS_SECTORS:
                refuse(
                    'NAICS codes in a list, as ["92"], or the system of the codes, as {sic: ["60"]}',
                    f'"{code}", which is not in a sector of NAICS',
                )
        return {"naics": value}

    @model_validator(mode="after")
    def _require_a_code(self) -> IndustryCodes:
        if not self.sic and not self.naics:
            refuse('codes under sic or naics, as {naics: ["92"]}')
        return self

    @cached_property
    def prefixes(self) -> dict[str, tuple[str, ...]]:
        """Return the listed codes by system, with the codes of each range."""
        return expand_listed(self.sic, self.naics)

    def covers(self, other: IndustryCodes) -> bool:
        """Whether every company with a code of ``other`` has a code of these too."""
        return all(
            code.startswith(self.prefixes[system])
            for system, codes in other.prefixes.items()
            for code in codes
        )

    def __str__(self) -> str:
        return "; ".join(
            f"{system.upper()} {', '.join(codes)}"
            for system, codes in (("sic", self.sic), ("naics", self.naics))
            if codes
        )


class Conditions(Part):
    """Conditions that must all hold. Of a list, any one value suffices."""

    @cached_property
    def given(self) -> dict[str, Any]:
        """Return the conditions that are given, by key."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: value for name, value in values if value}

    @cached_property
    def patterns(self) -> dict[str, re.Pattern[str]]:
        """Return the compiled pattern of each key with glob patterns. ``*`` matches any characters, in any case."""
        return {name: compile_globs(self.given[name]) for name in GLOB_KEYS if name in self.given}

    @cached_property
    def field_patterns(self) -> dict[str, re.Pattern[str]]:
        """Return the compiled pattern of each custom field."""
        return {name: compile_globs(patterns) for name, patterns in self.given.get("fields", {}).items()}

    def covers(self, other: Conditions) -> bool:
        """Whether every lead that meets ``other`` meets these conditions too."""
        theirs = other.given
        return all(
            name in theirs and _covers_value(mine, theirs[name], name) for name, mine in self.given.items()
        )


class LeadConditions(Conditions):
    """Facts of a company, a person and a hand-off. Every given key must hold; of a list, any one value suffices."""

    regions: Annotated[tuple[Region, ...], Field(max_length=200)] = ()
    """Regions of the company or, if unknown, of the person, as ISO 3166-2 codes or names: ``regions: [CA, OR, Washington]``."""
    countries: Annotated[tuple[CountryCode, ...], Field(max_length=250)] = ()
    """Countries of the company or, if unknown, of the person: ``countries: [CA, MX]``."""
    postal_codes: Annotated[tuple[PostalCode, ...], Field(max_length=1_000)] = ()
    """First characters of the postal code that the person gave: ``postal_codes: ["967", "968"]``."""
    languages: Annotated[tuple[Language, ...], Field(max_length=50)] = ()
    """Languages in which the person asked to be contacted: ``languages: [es]``."""
    revenue: Span | None = None
    """Range of the company's yearly revenue, in the policy's currency: ``revenue: {from: 2B}``."""
    employees: Span | None = None
    """Range of the company's number of employees: ``employees: {to: 200}``."""
    grades: Annotated[tuple[Grade, ...], Field(max_length=16)] = ()
    """Grades of the lead when it became due: ``grades: [A1, A2]``."""
    total: TotalSpan | None = None
    """Range of the lead's total points when it became due: ``total: {from: 140}``."""
    signals: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    """Buying signals (``behaviour.signals``) of the lead that still have points after decay: ``signals: [pricing]``."""
    asks_for: Annotated[tuple[TestedRequest, ...], Field(max_length=3)] = ()
    """The last request of the person in this cycle: demo, pricing or contact_sales. A person who asks for sales in a chat
    asks for contact_sales. A lead that raised no hand asks for nothing: ``asks_for: [demo]``."""
    kinds: Annotated[tuple[TestedKind, ...], Field(max_length=7)] = ()
    """Kinds of the hand-off: ``kinds: [mql]``. An MQL by a rule of ``stages.mql.or_does`` is product_qualified, and mql too:
    ``kinds: [product_qualified]``."""
    qualification: Annotated[tuple[Qualification, ...], Field(max_length=3)] = ()
    """Whether a lead that asks for sales is an MQL too: mql, pending (a fact is unknown) or inquiry (a gate fails). An
    MQL without such a request is mql: ``qualification: [mql, pending]``."""
    industry: IndustryCodes | None = None
    """Industry codes of the company: ``industry: {naics: ["92"]}``."""
    relationship: Annotated[tuple[Relationship, ...], Field(max_length=6)] = ()
    """Relationships that the CRM names for the company: ``relationship: [partner, former_customer]``."""
    functions: Names = ()
    """Functions of the person, as ``buyers.functions.names`` has them: ``functions: [it]``."""
    titles: Names = ()
    """Levels of the person's title, as ``buyers.titles`` has them: ``titles: [c_level]``."""
    free_mail: Literal["yes", "no"] | None = None
    """Whether the person writes from free mail or a throw-away address: ``free_mail: yes``."""
    campaigns: Globs = ()
    """Patterns of the campaign with which the lead became due, or else of its latest: ``campaigns: ["cio-*"]``."""
    sources: Globs = ()
    """Patterns of the source of that campaign: ``sources: [linkedin]``."""
    mediums: Globs = ()
    """Patterns of the medium of that campaign: ``mediums: [paid, "cpc*"]``."""
    forms: Globs = ()
    """Patterns of the last form that the person sent, by form_id: ``forms: ["contact-*"]``."""
    age: YearsSpan | None = None
    """Range of the company's age in calendar years, by the year in which it was founded: ``age: {to: 2}``."""
    product_interest: Globs = ()
    """Patterns of the product in which the person is interested, by the last form that states one:
    ``product_interest: ["*analytics*"]``."""
    fields: FieldPatterns = Field(default_factory=dict)
    """Patterns of custom fields of crm.accounts or, if the account has no such field, of the person's forms:
    ``fields: {plan: [gold, "plat*"]}``. Every named field must match one of its patterns."""
    unknown: Annotated[tuple[UnknownFact, ...], Field(max_length=12)] = ()
    """Facts of which one is unknown, for leads that other lines cannot place: ``unknown: [employees]``. A size is
    unknown too if it is in another currency."""


class NamedCondition(LeadConditions):
    """A condition with a name, which routes, paths, deadlines and segments test with ``is`` and ``is_not``."""

    @model_validator(mode="after")
    def _require_a_condition(self) -> NamedCondition:
        if not self.given:
            refuse("at least one condition, as asks_for: [demo]")
        return self


class Territory(LeadConditions):
    """The condition of a route line: facts of a company, a person and a hand-off, and conditions by name.

    Every given key must hold; of a list, any one value suffices. An unknown fact keeps a lead out.
    """

    is_: Names = Field(default=(), alias="is")
    """Names from ``conditions``, of which one must hold: ``is: [big_bank]``. ``if: big_bank`` is the same."""
    is_not: Names = ()
    """Names from ``conditions``, of which none may hold or be open because of an unknown fact: ``is_not: [reseller]``."""

    @model_validator(mode="after")
    def _require_a_condition(self) -> Territory:
        if not self.given:
            refuse("at least one condition, as regions: [CA, OR]; use otherwise for all other leads")
        return self


def _covers_value(mine: Any, theirs: Any, name: str) -> bool:
    if isinstance(mine, Span | IndustryCodes):
        return bool(mine.covers(theirs))
    if name == "postal_codes":
        return all(code.startswith(mine) for code in theirs)
    if name == "is_not":
        return set(mine) <= set(theirs)
    if name in GLOB_KEYS:
        pattern = compile_globs(mine)
        return all(pattern.match(one) for one in theirs)
    if name == "fields":
        return all(one in theirs and _covers_value(mine[one], theirs[one], GLOB_KEYS[0]) for one in mine)
    return bool(mine == theirs) if isinstance(mine, str) else set(theirs) <= set(mine)
