"""The model of the whole policy, and of its ``privacy`` section. Attribute names are the keys of the policy file.

In: texts checked by workers/policy/load.py. Out: typed rules for the hops. Decisions are made in the hops.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from schemas.base import PolicyRef
from workers.policy.behaviour_rules import Behaviour, Group, Rule, When
from workers.policy.conditions import NamedCondition, Span, Territory
from workers.policy.consent import UnstatedConsent, WithoutTracking
from workers.policy.decay import Decay
from workers.policy.desks import (
    AnswerWithin,
    Calendar,
    Desk,
    EveryoneAway,
    MqlsPerRep,
    Turn,
    ZoneName,
)
from workers.policy.fit_points import FitPoints, JoinedGates
from workers.policy.fit_range import fact_ranges, highest_of_gates, lowest_of_gates
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
from workers.policy.hours import zone
from workers.policy.matching import ByName, Matching
from workers.policy.no_visits import NoVisits
from workers.policy.own_words import Words
from workers.policy.part import Part
from workers.policy.partners import Partner, PartnerOrder, order_of
from workers.policy.paths import NurturePath
from workers.policy.routes import Owners, Route
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
from workers.policy.stages import DERIVED, Grade, Mql, Requalification, SalesSaysNo, Stages, derive_grade

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
    """The history that is kept of an anonymous visitor: the latest events of the last days."""

    days: Annotated[Days, Field(le=730)] = 90
    """Age in days up to which events of an anonymous visitor are kept."""
    events: Annotated[Count, Field(le=1_000)] = 200
    """The most events that are kept of an anonymous visitor."""

    @property
    def ms(self) -> int:
        """Return the days in milliseconds."""
        return self.days * DAY_MS


class Repeats(Part):
    """How long an event_id is remembered, so that a repeated event counts once."""

    days: Annotated[Days, Field(le=60)] = 7
    """Days for which an event_id is remembered. An older event is refused as too_old."""

    @property
    def ms(self) -> int:
        """Return the days in milliseconds."""
        return self.days * DAY_MS


EraseWithin = Annotated[int, BeforeValidator(read_duration_ms), Field(ge=HOUR_MS, le=30 * DAY_MS)]
"""The time within which a person is erased. Milliseconds, from one hour to thirty days."""


class Privacy(Part):
    """Which personal data is kept, and for how long."""

    anonymous_history: AnonymousHistory = AnonymousHistory()
    """The history that is kept of an anonymous visitor."""
    repeats: Repeats = Repeats()
    """How long an event_id is remembered, so that a repeated event counts once."""
    without_tracking_consent: WithoutTracking = "count_nothing"
    """Treatment of the activity of a person who refuses tracking.

    ``count_nothing`` ignores it. ``count_everything`` is for a company that needs no consent. Forms, and the requests
    in them, are read in both cases.
    """
    unstated_consent: UnstatedConsent = UnstatedConsent()
    """The consent that is assumed for people who have neither consented nor refused."""
    erase_within: EraseWithin = DAY_MS
    """The time within which an erased person is removed from the state, from scores and from dead letters, as 24h."""

    @model_validator(mode="after")
    def _require_consistent_consent(self) -> Privacy:
        if (
            self.without_tracking_consent == "count_everything"
            and self.unstated_consent.tracking == "refused"
        ):
            refuse(
                "without_tracking_consent: count_nothing, or unstated_consent.tracking: given; "
                "with count_everything, consent to tracking has no effect"
            )
        return self


TableText = Annotated[str, Field(min_length=1, max_length=200_000)]
"""The text of a table of territories."""


class Policy(Part):
    """The whole policy. ``workers.policy.load.load_policy`` creates it from a text and runs the checks."""

    name: Annotated[
        Text,
        Field(alias="policy"),
        must_match(
            r"[a-z0-9][a-z0-9-]{0,63}", "a name of lower-case letters, digits and -, as us-commercial-banks"
        ),
    ]
    """The name of the policy. Every decision carries it."""
    version: Annotated[Count, Field(le=1_000_000)]
    """The version. Raise it with every change: workers refuse another text under the same version."""
    timezone: ZoneName
    """The IANA time zone in which days are counted. A day begins at midnight there, also when the clocks change."""
    currency: CurrencyCode
    """The currency of all amounts. A revenue in another currency counts as unknown."""
    definitions: dict[Name, Text] = Field(default_factory=dict)
    """The terms of the policy, each in a sentence. {braces} are replaced by values of the file."""
    served_market: ServedMarket
    """The gates of the company: which companies are served."""
    buyers: Buyers
    """The gates of the person: which functions and titles decide."""
    fit: FitPoints | None = None
    """Points for facts that are not gates, and whether gates alone keep outsiders out: ``fit: gates_decide``."""
    gates: Annotated[dict[Name, JoinedGates], Field(max_length=6)] = Field(default_factory=dict)
    """Gates of which some are enough: ``gates: {size_or_title: {of: [employees, title]}}``. Left out: all must pass."""
    grade: Grade = DERIVED
    """The thresholds of the grade. Left out: shares of the most points that fit and behaviour can give."""
    behaviour: Behaviour
    """Points for what a lead does."""
    stages: Stages
    """When a lead changes its stage."""
    routes: Annotated[tuple[Route, ...], Field(min_length=1, max_length=50)]
    """The route lines: the first line that is true decides where the lead goes. The lines never, customer and
    open_opportunity need not be written. Left out, with one desk: every lead without an owner, partner or rep goes to it."""
    matching: Matching | None = None
    """Matching of people to companies, as ``{company_name: {demands: [phone]}}``."""
    words: Words = Words()
    """The company's own words for requests and for reasons of a rejection: ``words: {requests: {angebot: pricing}}``."""
    tables: Annotated[dict[Text, TableText], Field(max_length=10)] = Field(default_factory=dict)
    """The lines of the tables of territories, by the name of the file. They are read from the files beside the policy when
    it is loaded, as ``table: territories.csv`` in ``routes`` names them, and need not be written here."""
    conditions: Annotated[dict[Name, NamedCondition], Field(max_length=50)] = Field(default_factory=dict)
    """Conditions with names, for routes, paths, deadlines and segments: ``conditions: {big_bank: {revenue: {from: 5B}}}``."""
    paths: Annotated[tuple[NurturePath, ...], Field(max_length=50)] = ()
    """Nurture paths of leads that sales does not have. The first line that is true decides. Left out: no paths."""
    skills: Skills | None = None
    """Skills that a lead may need of its rep, as ``{language: {es: [MX, PR]}}``. Each desk requires or prefers them."""
    owners: Owners = Owners()
    """Which owners named by the CRM count as owners."""
    partners: Annotated[dict[Name, Partner], Field(max_length=100)] = Field(default_factory=dict)
    """Partners and distributors who get leads: ``partners: {island_dealers: {regions: [HI], ...}}``."""
    desks: Annotated[dict[Name, Desk], Field(min_length=1, max_length=50)]
    """The desks: the team queues that answer leads."""
    calendars: Annotated[dict[Name, Calendar], Field(min_length=1, max_length=100)]
    """Calendars with opening hours and holidays."""
    privacy: Privacy = Privacy()
    """Which personal data is kept, and for how long."""
    no_visits: NoVisits = NoVisits()
    """Events that are dropped because no person caused them: robots and heartbeats."""

    _hash: str = PrivateAttr(default="0" * 12)

    def model_post_init(self, context: Any, /) -> None:
        """Set the hash of the file's text from the validation context, and the grade if the file gives none."""
        if isinstance(context, dict) and "hash" in context:
            self._hash = str(context["hash"])
        if "grade" not in self.model_fields_set:
            self.__dict__["grade"] = derive_grade(self.highest_fit, self.behaviour.attainable)

    @property
    def hash(self) -> str:
        """Return the first 12 hex digits of the SHA-256 of the file's text."""
        return self._hash

    @cached_property
    def ref(self) -> PolicyRef:
        """Return the reference to this policy that every output carries: name, version and hash."""
        return PolicyRef(name=self.name, version=self.version, hash=self._hash)

    @cached_property
    def gate_points(self) -> dict[str, int]:
        """Return the points of each gate, company gates first. The title gate has the points of its lowest line."""
        own = {} if self.fit is None else self.fit.gates
        return (
            self.served_market.gate_points
            | {
                "function": self.buyers.functions.points,
                "title": min(title.points for title in self.buyers.titles),
            }
            | own
        )

    @cached_property
    def lowest_fit(self) -> int:
        """Return the least fit of a lead that passes: with the lowest points of every gate and every other fact."""
        return lowest_of_gates(self, self.gate_points) + sum(one.lowest for one in fact_ranges(self).values())

    @cached_property
    def highest_fit(self) -> int:
        """Return the most fit that a lead can have."""
        return highest_of_gates(self) + sum(one.highest for one in fact_ranges(self).values())

    @cached_property
    def attainable_fit(self) -> int:
        """Return the fit with the lowest points of every gate and the highest of every fact that is not a gate."""
        open_titles = [title.points for title in self.buyers.titles] if self.buyers.open_title else []
        spare = max(open_titles, default=0) - min(open_titles, default=0)
        others = fact_ranges(self).values()
        return lowest_of_gates(self, self.gate_points) + sum(one.highest for one in others) + spare

    @property
    def matching_by_name(self) -> ByName | None:
        """Return the rules of matching by company name. None: no person is matched by name."""
        return None if self.matching is None else self.matching.company_name

    @cached_property
    def default_desk(self) -> str:
        """Return the desk of ``otherwise``. Its deadlines also apply to CRM owners who are members of no desk."""
        return next(
            route.desk for route in self.routes if route.otherwise is not None and route.desk is not None
        )

    @cached_property
    def partner_order(self) -> PartnerOrder:
        """Return the order in which the partners are asked."""
        return order_of(self.partners)

    @cached_property
    def points_last_ms(self) -> int:
        """Return the age at which an event gives no more points: the days of the decay plus one, since days are local."""
        return (self.behaviour.horizon_days + 1) * DAY_MS

    @cached_property
    def account_rep_for_days(self) -> int:
        """Return how many days after a rep's last work an account goes to another rep. 0: at once."""
        return next((route.for_days for route in self.routes if route.for_days is not None), 0)

    def days_between(self, earlier_ms: int, later_ms: int) -> int:
        """Return the number of midnights of the policy's time zone between two instants. Milliseconds UTC."""
        earlier, later = (
            datetime.fromtimestamp(at_ms / 1000, zone(self.timezone)).date()
            for at_ms in (earlier_ms, later_ms)
        )
        return (later - earlier).days

    def route(self, name: str) -> Route | None:
        """Return the first route line whose condition is named ``name``, or None."""
        return next((route for route in self.routes if route.name == name), None)
