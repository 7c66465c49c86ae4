"""The written agreement as one frozen value: attribute names are the keys of the policy file.

In: texts checked by workers/policy/load.py. Out: typed rules that the hops decide by. No decision is made here.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from schemas.base import PolicyRef
from workers.policy.behaviour_rules import Behaviour, Decay, Group, Rule, When
from workers.policy.consent import UnstatedConsent, WithoutTracking
from workers.policy.desks import (
    AnswerWithin,
    Calendar,
    Desk,
    EveryoneAway,
    MqlsPerRep,
    Turn,
    ZoneName,
)
from workers.policy.gates import (
    Buyers,
    Country,
    Functions,
    Industry,
    NeverMarket,
    Range,
    ServedMarket,
    Title,
)
from workers.policy.matching import ByName, Matching
from workers.policy.no_visits import NoVisits
from workers.policy.part import Part
from workers.policy.partners import Partner
from workers.policy.paths import NurturePath
from workers.policy.routes import Owners, Route, Span, Territory
from workers.policy.scalars import (
    DAY_MS,
    HOUR_MS,
    Count,
    CurrencyCode,
    Days,
    Name,
    Text,
    must_match,
    read_duration_ms,
    refuse,
)
from workers.policy.skills import DeskSkills, Segment, Skills
from workers.policy.stages import Grade, Mql, Requalification, SalesSaysNo, Stages

__all__ = [
    "AnonymousHistory",
    "AnswerWithin",
    "Behaviour",
    "Buyers",
    "ByName",
    "Calendar",
    "Country",
    "Decay",
    "Desk",
    "DeskSkills",
    "EveryoneAway",
    "Functions",
    "Grade",
    "Group",
    "Industry",
    "Matching",
    "Mql",
    "MqlsPerRep",
    "NeverMarket",
    "NurturePath",
    "Owners",
    "Partner",
    "Policy",
    "Privacy",
    "Range",
    "Repeats",
    "Requalification",
    "Route",
    "Rule",
    "SalesSaysNo",
    "Segment",
    "ServedMarket",
    "Skills",
    "Span",
    "Stages",
    "Territory",
    "Title",
    "Turn",
    "When",
]


class AnonymousHistory(Part):
    """What is kept of a visitor who has not said who they are: the latest events of so many days."""

    days: Annotated[Days, Field(le=730)]
    events: Annotated[Count, Field(le=1_000)]

    @property
    def ms(self) -> int:
        """The days in milliseconds."""
        return self.days * DAY_MS


class Repeats(Part):
    """How long an event_id is remembered; an older event is refused as too_old."""

    days: Annotated[Days, Field(le=60)] = 7

    @property
    def ms(self) -> int:
        """The days in milliseconds."""
        return self.days * DAY_MS


EraseWithin = Annotated[int, BeforeValidator(read_duration_ms), Field(ge=HOUR_MS, le=30 * DAY_MS)]
"""Milliseconds, from an hour to thirty days."""


class Privacy(Part):
    """What is remembered, and for how long."""

    anonymous_history: AnonymousHistory
    repeats: Repeats = Repeats()
    without_tracking_consent: WithoutTracking = "count_nothing"
    """What is done with the activity of who refuses to be tracked: ``count_nothing``, or ``count_everything`` for a
    company that needs no consent. Forms and what they ask for are read either way.
    """
    unstated_consent: UnstatedConsent = UnstatedConsent()
    """How people are treated who have said neither yes nor no."""
    erase_within: EraseWithin = DAY_MS
    """Within this time an erased person is gone from the state, from scores and from dead letters: 24h."""

    @model_validator(mode="after")
    def _asks_what_it_uses(self) -> Privacy:
        if (
            self.without_tracking_consent == "count_everything"
            and self.unstated_consent.tracking == "refused"
        ):
            refuse(
                "without_tracking_consent: count_nothing, or unstated_consent.tracking: given; "
                "where everything counts, no consent to tracking is asked for"
            )
        return self


class Policy(Part):
    """The whole agreement. Made by ``workers.policy.load.load_policy``, which also checks it as a whole."""

    name: Annotated[
        Text,
        Field(alias="policy"),
        must_match(
            r"[a-z0-9][a-z0-9-]{0,63}", "a name of small letters, digits and -, as us-commercial-banks"
        ),
    ]
    """What the agreement is called; every decision names it."""
    version: Annotated[Count, Field(le=1_000_000)]
    """Raised with every change: a text that differs under the same version is refused."""
    timezone: ZoneName
    """The zone in which days are counted."""
    currency: CurrencyCode
    definitions: dict[Name, Text] = Field(default_factory=dict)
    """Words of the agreement in sentences, braces filled."""
    served_market: ServedMarket
    buyers: Buyers
    grade: Grade
    behaviour: Behaviour
    stages: Stages
    routes: Annotated[tuple[Route, ...], Field(min_length=1, max_length=50)]
    matching: Matching | None = None
    """How people are matched who do not write from a company's own domain, as ``{company_name: {demands: [phone]}}``."""
    paths: Annotated[tuple[NurturePath, ...], Field(max_length=50)] = ()
    """How marketing goes on with whom sales does not have; the first line that is true. Left out: no lead has a path."""
    skills: Skills | None = None
    """What leads may need of the rep who takes them, as ``{language: {es: [MX, PR]}}``; desks say what they make of it."""
    owners: Owners = Owners()
    partners: Annotated[dict[Name, Partner], Field(max_length=100)] = Field(default_factory=dict)
    """Partners and distributors, who get leads by agreement: ``partners: {island_dealers: {regions: [HI], ...}}``."""
    desks: Annotated[dict[Name, Desk], Field(min_length=1, max_length=50)]
    calendars: Annotated[dict[Name, Calendar], Field(min_length=1, max_length=100)]
    privacy: Privacy
    no_visits: NoVisits = NoVisits()

    _hash: str = PrivateAttr(default="0" * 12)

    def model_post_init(self, context: Any, /) -> None:
        """Take the hash of the file's text from the validation's context."""
        if isinstance(context, dict) and "hash" in context:
            self._hash = str(context["hash"])

    @property
    def hash(self) -> str:
        """First 12 hex digits of the SHA-256 of the file's text."""
        return self._hash

    @cached_property
    def ref(self) -> PolicyRef:
        """What every output carries."""
        return PolicyRef(name=self.name, version=self.version, hash=self._hash)

    @cached_property
    def gate_points(self) -> dict[str, int]:
        """The points of each gate, company first; the title's are those of its lowest line."""
        return self.served_market.gate_points | {
            "function": self.buyers.functions.points,
            "title": min(title.points for title in self.buyers.titles),
        }

    @cached_property
    def lowest_fit(self) -> int:
        """The least fit of somebody who passes every gate."""
        return sum(self.gate_points.values())

    @cached_property
    def highest_fit(self) -> int:
        """The most fit that there is."""
        return self.lowest_fit - self.gate_points["title"] + max(title.points for title in self.buyers.titles)

    @cached_property
    def default_desk(self) -> str:
        """The name of the desk of ``otherwise``: its deadlines also hold for owners by right who sit at no desk."""
        return next(
            route.desk for route in self.routes if route.otherwise is not None and route.desk is not None
        )

    @cached_property
    def points_last_ms(self) -> int:
        """Anything longer ago gives no points any more: the days of the fade, and one, because days are the zone's."""
        return (self.behaviour.fade.to_zero_after_days + 1) * DAY_MS

    @cached_property
    def account_rep_for_ms(self) -> int | None:
        """How long after its rep's last work an account still goes to that rep, in milliseconds; None: not at all."""
        days = next((route.for_days for route in self.routes if route.for_days is not None), None)
        return None if days is None else days * DAY_MS

    def route(self, name: str) -> Route | None:
        """Return the first line whose word is ``name``, or None."""
        return next((route for route in self.routes if route.name == name), None)
