"""Models of the ``routes`` and ``owners`` sections. The first route line that is true decides where a lead goes.

A line tests a named condition (customer, account_has_owner ...) or a territory: facts of the company and of the person
who asks. An unknown fact never belongs to a territory.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from workers.policy.part import Part
from workers.policy.scalars import Amount, CountryCode, Days, Name, RepId, Text, Whole, must_match, refuse
from workers.policy.text_patterns import compile_globs


def normalize_postal_code(text: str) -> str:
    """Return a postal code in the form in which it is compared: capital letters, usual width, no spaces, no hyphens."""
    return unicodedata.normalize("NFKC", text).upper().replace(" ", "").replace("-", "")


Word = Literal[
    "never",
    "support_question",
    "customer",
    "open_opportunity",
    "account_has_owner",
    "partner_covers",
    "account_has_rep",
    "former_customer",
    "contact_has_owner",
]
_TO_DESK = r"desk [a-z][a-z0-9_]{0,63}"
_DESK_FORM = "the word desk and the name of a desk, as desk inside_sales"
DeskText = Annotated[Text, must_match(_TO_DESK, _DESK_FORM)]
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

_OWNED = frozenset({"customer", "open_opportunity", "account_has_owner"})
DESTINATIONS: dict[str, tuple[str | None, str | None]] = {
    "never": ("nobody", None),
    "support_question": (None, "service"),
    "customer": ("account owner", "expansion"),
    "open_opportunity": ("opportunity owner", "in_cycle"),
    "account_has_owner": ("account owner", None),
    "partner_covers": ("partner", None),
    "account_has_rep": ("that rep", None),
    "former_customer": ("former rep", None),
    "contact_has_owner": ("contact owner", None),
}
"""For each condition: the required ``to`` (None: a desk) and the required kind of hand-off."""


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


class Conditions(Part):
    """Conditions that must all hold. Of a list, any one value suffices."""

    @property
    def given(self) -> dict[str, Any]:
        """Return the conditions that are given, by key."""
        values = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: value for name, value in values if value}

    def covers(self, other: Conditions) -> bool:
        """Whether every lead that meets ``other`` meets these conditions too."""
        theirs = other.given
        return all(
            name in theirs and _covers_value(mine, theirs[name], name) for name, mine in self.given.items()
        )


class Territory(Conditions):
    """A territory: facts of a company and a lead. Every given condition must hold; of a list, any one value suffices."""

    regions: Annotated[tuple[Region, ...], Field(max_length=200)] = ()
    """Regions of the company, as ISO 3166-2 codes or names: ``regions: [CA, OR, Washington]``."""
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

    @model_validator(mode="after")
    def _require_a_condition(self) -> Territory:
        if not self.given:
            refuse("at least one condition, as regions: [CA, OR]; use otherwise for all other leads")
        return self


def _covers_value(mine: Any, theirs: Any, name: str) -> bool:
    if isinstance(mine, Span):
        return bool(mine.covers(theirs))
    if name == "postal_codes":
        return all(code.startswith(mine) for code in theirs)
    return set(theirs) <= set(mine)


TERRITORY, WORD = "a territory", "a word"
"""Tags of the two forms of ``if``, for pydantic only. They are not part of the file."""


def _tag_of(value: Any) -> str:
    return TERRITORY if isinstance(value, dict | Territory) else WORD


class Route(Part):
    """One route line: either ``if`` and ``to``, or ``otherwise: desk <name>``."""

    if_: (
        Annotated[Annotated[Territory, Tag(TERRITORY)] | Annotated[Word, Tag(WORD)], Discriminator(_tag_of)]
        | None
    ) = Field(default=None, alias="if")
    """The condition: a named condition, as ``customer``, or a territory, as ``{regions: [CA, OR, WA]}``."""
    to: Text | None = None
    """The target: ``nobody``, ``account owner``, ``opportunity owner``, ``partner``, ``that rep``, ``former rep``,
    ``contact owner``, or a desk, as ``desk west``."""
    kind: Literal["expansion", "in_cycle", "service"] | None = None
    """The kind of hand-off, if the line decides it: ``kind: expansion``."""
    for_days: Days | None = None
    """For account_has_rep: days after the rep's last work in which the account still goes to them: ``for_days: 180``.

    They end at the start of the day that is this number of days after the day of that work, in the policy's time zone.
    """
    without_owner: DeskText | None = None
    """For customer, open_opportunity and account_has_owner: the desk that gets the lead if no active rep owns the account.
    Its deadlines also apply to the owner: ``without_owner: desk west``. Left out: the next line is tested."""
    otherwise: DeskText | None = None
    """The desk of all other leads, in the last line: ``otherwise: desk inside_sales``."""

    @model_validator(mode="after")
    def _require_one_form(self) -> Route:
        if (self.if_ is None) == (self.otherwise is None):
            refuse("either if and to, or otherwise with the word desk and the name of a desk")
        if self.if_ is None:
            if self.to or self.kind or self.for_days or self.without_owner:
                refuse("otherwise alone, without other keys in the line")
            return self
        word = self.if_ if isinstance(self.if_, str) else "territory"
        to, kind = DESTINATIONS.get(word, (None, None))
        if to is not None and self.to != to:
            refuse(f"if: {word} with to: {to}")
        if to is None and (self.to is None or not self.to.startswith("desk ")):
            refuse("to: desk and the name of a desk, as to: desk inside_sales")
        if self.kind != kind:
            refuse(f"if: {word} with kind: {kind}" if kind else f"if: {word} without a kind")
        if (self.for_days is not None) != (word == "account_has_rep"):
            refuse("for_days with account_has_rep only")
        if self.without_owner is not None and word not in _OWNED:
            refuse("without_owner with customer, open_opportunity or account_has_owner only")
        return self

    @cached_property
    def name(self) -> str:
        """Return the named condition, ``territory`` or ``otherwise``: a value of schemas.vocabulary.Route."""
        if self.if_ is None:
            return "otherwise"
        return self.if_ if isinstance(self.if_, str) else "territory"

    @property
    def territory(self) -> Territory | None:
        """Return the territory that the line tests, or None."""
        return self.if_ if isinstance(self.if_, Territory) else None

    @property
    def desk(self) -> str | None:
        """Return the desk that the line leads to, or None."""
        target = self.otherwise or self.to
        return target.removeprefix("desk ") if target is not None and target.startswith("desk ") else None

    @property
    def fallback(self) -> str | None:
        """Return the desk that gets the lead if no active rep owns the account, or None."""
        return None if self.without_owner is None else self.without_owner.removeprefix("desk ")


class Owners(Part):
    """Rules for the owners that the CRM names."""

    not_people: Annotated[tuple[RepId, ...], Field(max_length=200)] = ()
    """Owners in the CRM that are robots or queues. They own nothing: the next route line is tested. A star matches any
    characters: ``not_people: [integration_user, "queue_*"]``. crm.reps may mark them too, with ``person: false``."""
    subsidiaries: Literal["own_owner_only", "parents_owner"] = "own_owner_only"
    """The owner of a subsidiary without an owner of its own, or whose owner left. parents_owner: the owner of the parent
    company in the CRM; own_owner_only: none, the next route line is tested. Example: ``subsidiaries: parents_owner``."""

    def is_person(self, rep_id: str) -> bool:
        """Whether this owner is a person: whether ``not_people`` does not list it."""
        return self._not_people is None or self._not_people.match(rep_id) is None

    @cached_property
    def _not_people(self) -> re.Pattern[str] | None:
        return compile_globs(self.not_people) if self.not_people else None
