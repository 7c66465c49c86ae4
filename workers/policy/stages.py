"""Models of the ``grade`` and ``stages`` sections: thresholds, requalification, and the effect of a rejection by sales."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, model_validator

from schemas.vocabulary import RejectReason, Request, Stage
from workers.policy.behaviour_rules import Activities, Globs
from workers.policy.part import Part
from workers.policy.scalars import Count, Days, Name, Percent, Points, Text, Whole, refuse
from workers.policy.text_patterns import compile_globs

LEAST_PROBABILITY_PERCENT, MOST_PROBABILITY_PERCENT = 10, 20
"""Bounds of the probability of a new opportunity. Percent."""
MOST_ATTEMPTS = 20
"""The upper bound of ``attempts_before_no``."""
OUTBOUND_ACTIVITIES = ("email_sent", "email_delivered")
"""Our own outbound activities, unless the policy lists others. The lead has done nothing."""
_BEFORE_MQL: Final = frozenset({Stage.KNOWN, Stage.WAITING_FOR_FACTS, Stage.NURTURE})
"""The stages of leads that may become an MQL for the first time in this cycle."""
RAISED_HANDS = frozenset({Request.DEMO, Request.PRICING, Request.CONTACT_SALES})
"""Requests that make a lead a raised hand: the lead asks for sales."""


class FitGrades(Part):
    """Thresholds of fit for the letters of the grade. Below C the letter is D."""

    A: Points
    """The lowest fit for A."""
    B: Points
    """The lowest fit for B."""
    C: Points
    """The lowest fit for C."""

    @model_validator(mode="after")
    def _require_falling_thresholds(self) -> FitGrades:
        if not self.A > self.B > self.C:
            refuse("numbers that fall from A to C", f"{self.A}, {self.B}, {self.C}")
        return self


class BehaviourGrades(Part):
    """Thresholds of behaviour for the figures of the grade. Below 3 the figure is 4."""

    one: Points = Field(alias="1")
    """The lowest behaviour for 1."""
    two: Points = Field(alias="2")
    """The lowest behaviour for 2."""
    three: Points = Field(alias="3")
    """The lowest behaviour for 3."""

    @model_validator(mode="after")
    def _require_falling_thresholds(self) -> BehaviourGrades:
        if not self.one > self.two > self.three:
            refuse("numbers that fall from 1 to 3", f"{self.one}, {self.two}, {self.three}")
        return self


class Grade(Part):
    """The grade of a lead, A1 to D4: a letter for fit and a figure for behaviour."""

    fit: FitGrades
    """Thresholds of fit for the letter."""
    behaviour: BehaviourGrades
    """Thresholds of behaviour for the figure."""

    def of(self, fit: int, behaviour: int) -> str:
        """Return the grade for these points, as ``B2``."""
        letters = (("A", self.fit.A), ("B", self.fit.B), ("C", self.fit.C))
        figures = (("1", self.behaviour.one), ("2", self.behaviour.two), ("3", self.behaviour.three))
        letter = next((name for name, least in letters if fit >= least), "D")
        return letter + next((name for name, least in figures if behaviour >= least), "4")


_FIT_PERCENT: Final = (95, 85, 60)
_BEHAVIOUR_PERCENT: Final = (75, 50, 20)


def derive_grade(highest_fit: int, most_behaviour: int) -> Grade:
    """Return the grade of a policy that gives none: thresholds that are shares of the most points."""
    high, middle, low = _falling_shares(highest_fit, _FIT_PERCENT)
    one, two, three = _falling_shares(most_behaviour, _BEHAVIOUR_PERCENT)
    return Grade(
        fit=FitGrades(A=high, B=middle, C=low),
        behaviour=BehaviourGrades.model_validate({"1": one, "2": two, "3": three}),
    )


def _falling_shares(most: int, percents: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return three falling numbers of points, each a share of ``most``, rounded up and at least 1."""
    high, middle, low = (-(-max(most, 0) * percent // 100) for percent in percents)
    high = max(high, 3)
    middle = max(min(middle, high - 1), 2)
    return high, middle, max(min(low, middle - 1), 1)


DERIVED: Final = derive_grade(0, 0)
"""The placeholder of a grade that the file does not give, until the policy is read."""


def _require_all_raised_hands(value: tuple[Request, ...]) -> tuple[Request, ...]:
    if len(set(value)) != len(value) or set(value) != RAISED_HANDS:
        refuse(
            "no such key, or [demo, pricing, contact_sales]: a lead who asks for sales is never delayed",
            f"[{', '.join(value)}]",
        )
    return value


class Responses(Part):
    """Campaigns whose response makes an MQL below the threshold: ``{campaigns: [cio-roundtable*], by: [attended]}``.

    Every gate must still pass.
    """

    campaigns: Annotated[Globs, Field(min_length=1)]
    """Glob patterns of campaign names, in any case. ``"*"`` for every campaign, if the policy has no threshold."""
    by: Activities = ()
    """Activities that count as a response. A form of the campaign always counts."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return the pattern of the campaigns, for ``match`` on a whole campaign name."""
        return compile_globs(self.campaigns)


class Mql(Part):
    """Conditions of an MQL: enough points, a request for sales, a campaign response, or a rule such as use of the product.

    Every gate must pass.
    """

    bar: Points | None = None
    """The threshold of an MQL: the least total of fit and behaviour. ``threshold`` is another word for this key. Left out,
    beside ``or_responds_to`` or ``or_does``: there is no threshold, and no number of points makes an MQL."""
    or_asks_for: Annotated[tuple[Request, ...], AfterValidator(_require_all_raised_hands)] = (
        Request.DEMO,
        Request.PRICING,
        Request.CONTACT_SALES,
    )
    """Requests for sales, which need no points. The list is fixed: demo, pricing and contact_sales."""
    or_responds_to: Responses | None = None
    """Campaigns whose response makes an MQL at once. Left out: there are none."""
    or_does: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    """Rules of ``behaviour.rules`` that make an MQL at once (product-qualified): ``or_does: [team_starts]``."""

    @model_validator(mode="after")
    def _require_a_threshold_or_another_way(self) -> Mql:
        if self.bar is None and self.or_responds_to is None and not self.or_does:
            refuse("the key bar, or or_responds_to or or_does for a policy without a threshold", "no bar")
        return self


class Requalification(Part):
    """The return of a lead after a rejection or an expiry. A raised hand brings a lead back too."""

    new_points: Count = 10
    """Points that the lead must earn by events dated after the rejection or expiry."""


def _require_early_probability(value: int) -> int:
    if not LEAST_PROBABILITY_PERCENT <= value <= MOST_PROBABILITY_PERCENT:
        refuse(
            f"{LEAST_PROBABILITY_PERCENT} to {MOST_PROBABILITY_PERCENT}: most new opportunities are not won"
        )
    return value


class Opportunity(Part):
    """Values with which a new opportunity is published."""

    probability_percent: Annotated[Percent, AfterValidator(_require_early_probability)]
    """Probability of a new opportunity in the forecast: ``opportunity: {probability_percent: 15}``. Percent, 10 to 20."""


class Expired(Part):
    """The expiry of a lead that neither the lead nor sales has touched."""

    days_without_touch: Days
    """Days after the last touch by the lead or by sales: ``expired: {days_without_touch: 120}``.

    The lead expires at the start of the day that is this number of days after the day of the touch, in the policy's
    time zone. After a touch on 2 March and 90 days, that is the start of 31 May.
    """
    no_touch: Annotated[tuple[Name, ...], Field(max_length=50)] = OUTBOUND_ACTIVITIES
    """Our own outbound activities. They are not touches, earn no points and do not mark a lead as active."""


class SalesSaysNo(Part):
    """The effect of a rejection by sales, by reason.

    recycled: the lead may come back. disqualified: the lead is closed. question_account: the lead is recycled, and no
    lead of the account becomes an MQL until a fact of the account changes.
    """

    not_now: Literal["recycled"] = "recycled"
    """The time is not right."""
    unreachable: Literal["recycled"] = "recycled"
    """The lead could not be reached."""
    wrong_person: Literal["recycled", "disqualified"] = "disqualified"
    """The lead is the wrong person."""
    not_our_market: Literal["question_account"] = "question_account"
    """The company is outside the served market."""
    bad_data: Literal["recycled", "disqualified"] = "disqualified"
    """The data of the lead is wrong."""
    duplicate: Literal["recycled", "disqualified"] = "disqualified"
    """The lead is known already."""

    def effect_of(self, reason: RejectReason) -> Literal["recycled", "disqualified", "question_account"]:
        """Return the effect of a rejection for ``reason``."""
        effect: Literal["recycled", "disqualified", "question_account"] = getattr(self, reason.value)
        return effect


class BuyingGroup(Part):
    """A buying group: several active people of one account: ``{people: 3, within_days: 28}``."""

    people: Annotated[Count, Field(ge=2, le=10)]
    """The least number of active people. 2 to 10, since the 10 people who were active last are kept."""
    within_days: Days
    """Days within which they must be active, today included."""


class OwnStage(Part):
    """One stage of the company's own: ``{name: Engaged, from: 80}``. It begins where the total points reach ``from``."""

    name: Annotated[Text, Field(max_length=64)]
    """The name of the stage: ``name: Engaged``."""
    from_: Annotated[Whole, Field(alias="from", ge=-10_000, le=20_000)]
    """The least total points of fit and behaviour: ``from: 80``. They may be below 0."""


def _require_rising_stages(value: tuple[OwnStage, ...]) -> tuple[OwnStage, ...]:
    for before, after in pairwise(value):
        if after.from_ <= before.from_:
            refuse("stages whose from rises from line to line", f"{after.from_} after {before.from_}")
    names = [one.name for one in value]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        refuse("each name once", f"{twice} twice")
    return value


class Stages(Part):
    """When a lead moves from stage to stage."""

    mql: Mql
    """The conditions of an MQL."""
    again: Requalification = Requalification()
    """How a lead comes back after a rejection or an expiry."""
    expired: Expired | None = None
    """When a lead expires. Left out: no lead expires."""
    opportunity: Opportunity | None = None
    """Values with which a new opportunity is published. Left out: opportunities have no probability."""
    buying_group: BuyingGroup | None = None
    """When people of one account are a buying group. Left out: no hand-off names a buying group."""
    sales_says_no: SalesSaysNo = SalesSaysNo()
    """The effect of a rejection by sales, by reason."""
    attempts_before_no: Annotated[Count, Field(le=MOST_ATTEMPTS)] | None = None
    """Contact attempts that sales must make before a rejection as not_now or unreachable. An earlier rejection is reported.
    Left out: no attempts are required. At most 20."""
    names: dict[Stage, Text] = Field(default_factory=dict)
    """Display names of stages, published with each stage: ``names: {sal: Accepted by sales}``."""
    crm_names: dict[Stage, Text] = Field(default_factory=dict)
    """Names of stages in the CRM, published for integrations that write to it: ``crm_names: {mql: Marketing Qualified}``."""

    own: Annotated[tuple[OwnStage, ...], Field(max_length=20), AfterValidator(_require_rising_stages)] = ()
    """The company's own stages between known and MQL, by total points: ``own: [{name: Interested, from: 30}, {name: Engaged,
    from: 80}]``. Leads of the stages known, waiting_for_facts and nurture have one. Below the first of them a lead has none.
    The name is published with scores and stages, and decides nothing."""

    def own_stage_of(self, stage: Stage, total: int) -> str | None:
        """Return the company's own stage of a lead with these total points, or None."""
        if not self.own or stage not in _BEFORE_MQL:
            return None
        return next((one.name for one in reversed(self.own) if total >= one.from_), None)

    @property
    def no_touch(self) -> tuple[str, ...]:
        """Return our own outbound activities, whether leads expire or not."""
        return OUTBOUND_ACTIVITIES if self.expired is None else self.expired.no_touch
