"""Whose is it, in lines: conditions and where they lead. The first line that is true has the lead.

A line tests a word of the agreement (customer, account_has_owner ...) or a territory: facts of the company and of the
person who asks. What is not known is never in a territory.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from workers.policy.part import Part
from workers.policy.scalars import Amount, CountryCode, Days, Name, RepId, Text, Whole, must_match, refuse
from workers.policy.text_patterns import compile_globs


def normalize_postal_code(text: str) -> str:
    """Return a postal code as it is compared: capitals, no spaces, no hyphens."""
    return text.upper().replace(" ", "").replace("-", "")


Word = Literal[
    "never",
    "support_question",
    "customer",
    "open_opportunity",
    "account_has_owner",
    "partner_covers",
    "account_has_rep",
    "former_customer",
]
_TO_DESK = r"desk [a-z][a-z0-9_]{0,63}"
_DESK_FORM = "desk and its name, as desk inside_sales"
DeskText = Annotated[Text, must_match(_TO_DESK, _DESK_FORM)]
Grade = Annotated[Text, must_match(r"[A-D][1-4]", "a grade, as A1")]
Region = Annotated[Text, AfterValidator(str.upper)]
PostalCode = Annotated[
    Text,
    must_match(r"[A-Za-z0-9][A-Za-z0-9 -]{0,11}", "a postal code or its first signs, as 968"),
    AfterValidator(normalize_postal_code),
]
Language = Annotated[
    Text, must_match(r"[a-z]{2,3}", "a language of two or three small letters (ISO 639), as es")
]

_OWNED = frozenset({"customer", "open_opportunity", "account_has_owner"})
_GOES: dict[str, tuple[str | None, str | None]] = {
    "never": ("nobody", None),
    "support_question": (None, "service"),
    "customer": ("account owner", "expansion"),
    "open_opportunity": ("opportunity owner", "in_cycle"),
    "account_has_owner": ("account owner", None),
    "partner_covers": ("partner", None),
    "account_has_rep": ("that rep", None),
    "former_customer": ("former rep", None),
}
"""Where each word leads (None: to a desk) and the kind of hand-off that the line must name."""


class Span(Part):
    """A size from ... to ..., both ends included; one of them may be left out."""

    from_: Amount | None = Field(default=None, alias="from")
    """The least, as in ``{from: 500M}``."""
    to: Amount | None = None
    """The most, as in ``{to: 5B}``."""

    @model_validator(mode="after")
    def _bounds(self) -> Span:
        if self.from_ is None and self.to is None:
            refuse("from, to, or both")
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            refuse(f"from at most to, but {self.from_} is above {self.to}")
        return self

    def holds(self, value: float) -> bool:
        """Whether ``value`` lies within, ends included."""
        return (self.from_ is None or value >= self.from_) and (self.to is None or value <= self.to)

    def covers(self, other: Span) -> bool:
        """Whether every value within ``other`` lies within this span too."""
        low = self.from_ is None or (other.from_ is not None and other.from_ >= self.from_)
        return low and (self.to is None or (other.to is not None and other.to <= self.to))

    def __str__(self) -> str:
        return " ".join(
            f"{word} {value}" for word, value in (("from", self.from_), ("to", self.to)) if value is not None
        )


class TotalSpan(Span):
    """Points from ... to ..., both ends included: of the total that a lead had when it became due."""

    from_: Whole | None = Field(default=None, alias="from")
    """The least total, as in ``{from: 120}``."""
    to: Whole | None = None
    """The most, as in ``{to: 140}``."""


class Conditions(Part):
    """Conditions that must all hold; of a list any one suffices."""

    @property
    def given(self) -> dict[str, Any]:
        """The conditions that the line names, by key."""
        said = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: value for name, value in said if value}

    def covers(self, other: Conditions) -> bool:
        """Whether whoever belongs to ``other`` belongs here too."""
        theirs = other.given
        return all(
            name in theirs and _holds_all(mine, theirs[name], name) for name, mine in self.given.items()
        )


class Territory(Conditions):
    """Who belongs to a desk by what they are: every condition that is given must hold, of a list any one suffices."""

    regions: Annotated[tuple[Region, ...], Field(max_length=200)] = ()
    """The company's region as the CRM writes it, in any case: ``regions: [CA, OR, WA]``."""
    countries: Annotated[tuple[CountryCode, ...], Field(max_length=250)] = ()
    """The company's country, else the one that the person gave: ``countries: [CA, MX]``."""
    postal_codes: Annotated[tuple[PostalCode, ...], Field(max_length=1_000)] = ()
    """First signs of the postal code that the person gave: ``postal_codes: ["967", "968"]``."""
    languages: Annotated[tuple[Language, ...], Field(max_length=50)] = ()
    """The language that the person asked to be spoken to in: ``languages: [es]``."""
    revenue: Span | None = None
    """The company's yearly revenue in the policy's currency: ``revenue: {from: 2B}``."""
    employees: Span | None = None
    """The company's employees: ``employees: {to: 200}``."""
    grades: Annotated[tuple[Grade, ...], Field(max_length=16)] = ()
    """The lead's grade when it became due: ``grades: [A1, A2]``."""
    total: TotalSpan | None = None
    """The lead's points when it became due: ``total: {from: 140}``."""
    signals: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    """Buying signals (``behaviour.signals``) of the lead that have not faded: ``signals: [pricing]``."""

    @model_validator(mode="after")
    def _says_something(self) -> Territory:
        if not self.given:
            refuse("at least one condition, as regions: [CA, OR]; everybody else is otherwise")
        return self


def _holds_all(mine: Any, theirs: Any, name: str) -> bool:
    if isinstance(mine, Span):
        return bool(mine.covers(theirs))
    if name == "postal_codes":
        return all(code.startswith(mine) for code in theirs)
    return set(theirs) <= set(mine)


TERRITORY, WORD = "a territory", "a word"
"""Tags of the two forms of ``if``; they stand in no file."""


def _form_of(value: Any) -> str:
    return TERRITORY if isinstance(value, dict | Territory) else WORD


class Route(Part):
    """One line of the routes: either ``if`` and ``to``, or ``otherwise: desk <name>``."""

    if_: (
        Annotated[Annotated[Territory, Tag(TERRITORY)] | Annotated[Word, Tag(WORD)], Discriminator(_form_of)]
        | None
    ) = Field(default=None, alias="if")
    """What must be true: a word, as ``customer``, or a territory, as ``{regions: [CA, OR, WA]}``."""
    to: Text | None = None
    """Who gets it: ``nobody``, ``account owner``, ``opportunity owner``, ``partner``, ``that rep``, ``former rep``, ``desk west``."""
    kind: Literal["expansion", "in_cycle", "service"] | None = None
    """The kind of hand-off, where the line decides it: ``kind: expansion``."""
    for_days: Days | None = None
    """account_has_rep: how long after the rep's last work the account still goes there: ``for_days: 180``."""
    without_owner: DeskText | None = None
    """customer, open_opportunity, account_has_owner: the desk that stands in where no active rep owns it, and whose
    deadlines hold for the owner: ``without_owner: desk west``. Left out: the lead goes on to the next line."""
    otherwise: DeskText | None = None
    """Everybody else's desk, in the last line: ``otherwise: desk inside_sales``."""

    @model_validator(mode="after")
    def _one_sentence(self) -> Route:
        if (self.if_ is None) == (self.otherwise is None):
            refuse("either if and to, or otherwise: desk and its name")
        if self.if_ is None:
            if self.to or self.kind or self.for_days or self.without_owner:
                refuse("nothing beside otherwise")
            return self
        word = self.if_ if isinstance(self.if_, str) else "territory"
        to, kind = _GOES.get(word, (None, None))
        if to is not None and self.to != to:
            refuse(f"if: {word} with to: {to}")
        if to is None and (self.to is None or not self.to.startswith("desk ")):
            refuse(f"if: {word} with to: desk and its name")
        if self.kind != kind:
            refuse(f"if: {word} with kind: {kind}" if kind else f"if: {word} without a kind")
        if (self.for_days is not None) != (word == "account_has_rep"):
            refuse("for_days with account_has_rep, and only there")
        if self.without_owner is not None and word not in _OWNED:
            refuse("without_owner with customer, open_opportunity or account_has_owner, and only there")
        return self

    @property
    def name(self) -> str:
        """The condition's word, ``territory`` or ``otherwise``: the values of schemas.vocabulary.Route."""
        if self.if_ is None:
            return "otherwise"
        return self.if_ if isinstance(self.if_, str) else "territory"

    @property
    def territory(self) -> Territory | None:
        """The territory that the line tests, or None."""
        return self.if_ if isinstance(self.if_, Territory) else None

    @property
    def desk(self) -> str | None:
        """The desk that the line leads to, or None."""
        said = self.otherwise or self.to
        return said.removeprefix("desk ") if said is not None and said.startswith("desk ") else None

    @property
    def fallback(self) -> str | None:
        """The desk that stands in for the owner, or None."""
        return None if self.without_owner is None else self.without_owner.removeprefix("desk ")


class Owners(Part):
    """Who counts as an owner of an account in the CRM."""

    not_people: Annotated[tuple[RepId, ...], Field(max_length=200)] = ()
    """Robots and queues that the CRM names as owners: they own nothing, the lead goes on to the next line. A star
    stands for any signs: ``not_people: [integration_user, "queue_*"]``. crm.reps may say so too (``person: false``)."""

    subsidiaries: Literal["own_owner_only", "parents_owner"] = "own_owner_only"
    """Who owns a subsidiary that has no owner of its own, or one who left. parents_owner: the owner of the parent that
    the CRM names; own_owner_only: nobody, the lead goes on to the next line. Example: ``subsidiaries: parents_owner``."""

    def is_person(self, rep_id: str) -> bool:
        """Whether the policy does not call this owner a robot or a queue."""
        return not self.not_people or compile_globs(self.not_people).match(rep_id) is None
