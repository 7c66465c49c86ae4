"""Models of the ``routes`` and ``owners`` sections. The first route line that is true decides where a lead goes.

A line tests a fixed word (customer, account_has_owner ...), a territory (facts of the company, the person and the
hand-off), or the name of a condition. An unknown fact never belongs to a territory.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationInfo, model_validator

from workers.identity.placeholder_ids import is_placeholder_id
from workers.policy.conditions import Territory
from workers.policy.part import Part
from workers.policy.scalars import Days, Name, Points, RepId, Text, must_match, refuse
from workers.policy.tables import FILE_NAME
from workers.policy.text_patterns import compile_globs

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
TABLE_FORM = "the name of a CSV file beside the policy, as territories.csv"
_DESK_FORM = "the word desk and the name of a desk, as desk inside_sales"
DeskText = Annotated[Text, must_match(_TO_DESK, _DESK_FORM)]
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
OWNERS_SDR = "owner's sdr"
"""The target of ``account_has_owner`` if the SDRs of owners work their accounts."""
DESK_OWNED = frozenset({"customer", "open_opportunity"})
"""Conditions whose line may also lead to a desk, and may ask for more than any activity."""


TERRITORY, WORD = "a territory", "a word"
"""Tags of the two forms of ``if``, for pydantic only. They are not part of the file."""


def _tag_of(value: Any) -> str:
    return TERRITORY if isinstance(value, dict | Territory) else WORD


WORDS = frozenset(get_args(Word))
"""The fixed words of routes."""


def _read_name(value: Any, info: ValidationInfo) -> Any:
    """Return ``{is: [name]}`` for the name of a condition of the policy, else the value itself."""
    named = info.context.get("conditions", ()) if isinstance(info.context, dict) else ()
    return {"is": [value]} if isinstance(value, str) and value in named and value not in WORDS else value


class Route(Part):
    """One route line: either ``if`` and ``to``, or ``otherwise: desk <name>``."""

    if_: (
        Annotated[
            Annotated[Territory, Tag(TERRITORY)] | Annotated[Word, Tag(WORD)],
            Discriminator(_tag_of),
            BeforeValidator(_read_name),
        ]
        | None
    ) = Field(default=None, alias="if")
    """The condition: a word, as ``customer``, a name from ``conditions``, or a territory, as ``{regions: [CA, OR, WA]}``."""
    table: Annotated[Text, must_match(FILE_NAME.pattern, TABLE_FORM)] | None = None
    """A table of territories in place of ``if`` and ``to``: ``table: territories.csv``. It is a CSV file beside the
    policy, and part of the policy's hash. Its columns are any of country, region, postal_code, language, employees,
    revenue, age, industry, product_interest and custom fields as fields.plan, and ``to``: desk NAME, rep REP_ID or
    partner NAME. The narrowest line that fits decides."""
    to: Text | None = None
    """The target: ``nobody``, ``account owner``, ``owner's sdr`` (with account_has_owner, see ``owners.sdrs``),
    ``opportunity owner``, ``partner``, ``that rep``, ``former rep``, ``contact owner``, or a desk, as ``desk west``."""
    kind: Literal["expansion", "in_cycle", "service"] | None = None
    """The kind of hand-off, if the line decides it: ``kind: expansion``."""
    for_days: Days | None = None
    """For account_has_rep: days after the rep's last work in which the account still goes to them: ``for_days: 180``.

    They end at the start of the day that is this number of days after the day of that work, in the policy's time zone.
    """
    without_owner: DeskText | None = None
    """For customer, open_opportunity and account_has_owner: the desk that gets the lead if no active rep owns the account.
    Its deadlines also apply to the owner: ``without_owner: desk west``. Left out: the next line is tested. An active owner whom a later
    line names comes before it."""
    points: Points | None = None
    """For customer and open_opportunity: the least points of behaviour with which a lead is handed over: ``points: 20``.

    A request for sales is handed over at once, whatever the points. With fewer points the activity is recorded, and a
    buying signal among it still notifies the owner. Left out: any activity that gives points is enough.
    """
    signals: Annotated[tuple[Name, ...], Field(max_length=100)] = ()
    """For customer and open_opportunity: buying signals (``behaviour.signals``) of which one is enough:
    ``signals: [pricing]``. With ``points``, either is enough."""
    only: Literal["asks_for_sales"] | None = None
    """For customer and open_opportunity: only a request for sales is handed over: ``only: asks_for_sales``."""
    of: Literal["customers", "anyone"] | None = None
    """For support_question: whose questions the desk answers: ``of: anyone``. Left out: those of customers, and the desk of
    ``otherwise`` answers all others."""
    otherwise: DeskText | None = None
    """The desk of all other leads, in the last line: ``otherwise: desk inside_sales``."""

    @model_validator(mode="after")
    def _require_one_form(self) -> Route:
        if (self.if_, self.otherwise, self.table).count(None) != 2:  # noqa: PLR2004 - one of the three forms
            refuse("either if and to, or a table, or otherwise with the word desk and the name of a desk")
        if self.if_ is None:
            if len(self.model_fields_set) > 1:
                refuse(f"{'table' if self.table else 'otherwise'} alone, without other keys in the line")
            return self
        word = self.if_ if isinstance(self.if_, str) else "territory"
        to, kind = DESTINATIONS.get(word, (None, None))
        may_be_desk = (word in DESK_OWNED and self.desk is not None) or self.is_for_sdr
        if to is not None and self.to != to and not may_be_desk:
            desk = (
                " or a desk"
                if word in DESK_OWNED
                else f" or {OWNERS_SDR}"
                if word == "account_has_owner"
                else ""
            )
            refuse(f"if: {word} with to: {to}{desk}")
        if to is None and (self.to is None or not self.to.startswith("desk ")):
            refuse("to: desk and the name of a desk, as to: desk inside_sales")
        if self.kind != kind:
            refuse(f"if: {word} with kind: {kind}" if kind else f"if: {word} without a kind")
        if (self.for_days is not None) != (word == "account_has_rep"):
            refuse("for_days with account_has_rep only")
        if self.without_owner is not None and word not in _OWNED:
            refuse("without_owner with customer, open_opportunity or account_has_owner only")
        return self

    @model_validator(mode="after")
    def _require_owned_keys_with_owned_accounts(self) -> Route:
        if self.without_owner is not None and self.is_desk_of_owned:
            refuse("without_owner only if the line leads to the owner, and not to a desk")
        if self.asks_for_more and self.name not in DESK_OWNED:
            refuse("points, signals and only with customer or open_opportunity only")
        if self.of is not None and self.name != "support_question":
            refuse("of with support_question only")
        if self.only is not None and (self.points is not None or self.signals):
            refuse("only: asks_for_sales alone, or points and signals")
        return self

    @property
    def asks_for_more(self) -> bool:
        """Whether an activity of an owned account is handed over only with certain points or signals, or not at all."""
        return self.points is not None or bool(self.signals) or self.only is not None

    @property
    def is_for_sdr(self) -> bool:
        """Whether the line leads to the SDR of the account's owner."""
        return self.name == "account_has_owner" and self.to == OWNERS_SDR

    @property
    def is_desk_of_owned(self) -> bool:
        """Whether the line gives customers or accounts with an open opportunity to a desk, and not to an owner."""
        return self.desk is not None and self.name in DESK_OWNED

    @cached_property
    def name(self) -> str:
        """Return the named condition, ``territory`` or ``otherwise``: a value of schemas.vocabulary.Route."""
        if self.if_ is None:
            return "territory" if self.table else "otherwise"
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

    sdrs: Annotated[dict[RepId, RepId], Field(max_length=1_000)] = Field(default_factory=dict)
    """The SDR who works the accounts of each owner, for ``{if: account_has_owner, to: owner's sdr}``, by rep_ids of
    crm.reps: ``sdrs: {sal: ida}``. An owner who is not listed, or whose SDR has left, works the own accounts."""

    def is_person(self, rep_id: str) -> bool:
        """Whether this owner names a person. A placeholder such as ``N/A``, and one that ``not_people`` lists, names none."""
        if is_placeholder_id(rep_id):
            return False
        return self._not_people is None or self._not_people.match(rep_id) is None

    @cached_property
    def _not_people(self) -> re.Pattern[str] | None:
        return compile_globs(self.not_people) if self.not_people else None
