"""Which words a lead earns, and when: grade thresholds, the bar, the way back, what a no of sales means."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from schemas.vocabulary import RejectReason, Request, Stage
from workers.policy.behaviour_rules import Activities, Globs
from workers.policy.part import Part
from workers.policy.scalars import Count, Days, Name, Percent, Points, Text, refuse
from workers.policy.text_patterns import compile_globs

LEAST_PROBABILITY_PERCENT, MOST_PROBABILITY_PERCENT = 10, 20
MOST_ATTEMPTS = 20
OUR_DOING = ("email_sent", "email_delivered")
"""Activities that are ours where the policy does not say which are: they reach a lead, who has done nothing."""
RAISED_HANDS = frozenset({Request.DEMO, Request.PRICING, Request.CONTACT_SALES})


class FitGrades(Part):
    """The least fit for each letter; below C it is D."""

    A: Points
    B: Points
    C: Points

    @model_validator(mode="after")
    def _falling(self) -> FitGrades:
        if not self.A > self.B > self.C:
            refuse("numbers falling from A to C", f"{self.A}, {self.B}, {self.C}")
        return self


class BehaviourGrades(Part):
    """The least behaviour for each figure; below 3 it is 4."""

    one: Points = Field(alias="1")
    two: Points = Field(alias="2")
    three: Points = Field(alias="3")

    @model_validator(mode="after")
    def _falling(self) -> BehaviourGrades:
        if not self.one > self.two > self.three:
            refuse("numbers falling from 1 to 3", f"{self.one}, {self.two}, {self.three}")
        return self


class Grade(Part):
    """The two-part grade, A1 to D4."""

    fit: FitGrades
    behaviour: BehaviourGrades

    def of(self, fit: int, behaviour: int) -> str:
        """Return the grade, as ``B2``."""
        letters = (("A", self.fit.A), ("B", self.fit.B), ("C", self.fit.C))
        figures = (("1", self.behaviour.one), ("2", self.behaviour.two), ("3", self.behaviour.three))
        letter = next((name for name, least in letters if fit >= least), "D")
        return letter + next((name for name, least in figures if behaviour >= least), "4")


def _all_raised_hands(value: tuple[Request, ...]) -> tuple[Request, ...]:
    if len(set(value)) != len(value) or set(value) != RAISED_HANDS:
        refuse("demo, pricing and contact_sales, each once: who asks for sales is never delayed")
    return value


def _some_campaigns(value: tuple[str, ...]) -> tuple[str, ...]:
    for pattern in value:
        if not pattern.strip("* "):
            refuse(
                "campaigns by name, as cio-roundtable*: where every campaign counts the bar says nothing",
                pattern,
            )
    return value


class Responses(Part):
    """Campaigns whose response is an MQL at once, below the bar: ``{campaigns: [cio-roundtable*], by: [attended]}``."""

    campaigns: Annotated[Globs, Field(min_length=1), AfterValidator(_some_campaigns)]
    """Names with stars, in any case."""
    by: Activities = ()
    """Activities that are a response; a form of the campaign always is."""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """For ``match`` against a campaign's whole name."""
        return compile_globs(self.campaigns)


class Mql(Part):
    """The bar (fit and behaviour together), what counts as asking for sales, and what needs no bar. Gates always hold."""

    bar: Points
    or_asks_for: Annotated[tuple[Request, ...], AfterValidator(_all_raised_hands)]
    or_responds_to: Responses | None = None
    """Left out: no campaign makes an MQL at once."""


class Requalification(Part):
    """After a no: points from events dated later."""

    new_points: Count


def _as_a_deal_begins(value: int) -> int:
    if not LEAST_PROBABILITY_PERCENT <= value <= MOST_PROBABILITY_PERCENT:
        refuse(
            f"{LEAST_PROBABILITY_PERCENT} to {MOST_PROBABILITY_PERCENT}: most of what is opened is not won"
        )
    return value


class Opportunity(Part):
    """What an opportunity is announced with when sales opens it."""

    probability_percent: Annotated[Percent, AfterValidator(_as_a_deal_begins)]
    """Its weight in the forecast, 10 to 20: ``opportunity: {probability_percent: 15}``."""


class Expired(Part):
    """When a lead is over because neither side has done anything."""

    days_without_touch: Days
    """Whole days after the last touch of the lead or of sales: ``expired: {days_without_touch: 120}``."""
    no_touch: Annotated[tuple[Name, ...], Field(max_length=50)] = OUR_DOING
    """Activities that are ours and not the lead's: a mail we send is no touch, earns nothing and makes nobody active."""


class SalesSaysNo(Part):
    """What each reason does to the lead; question_account: nobody of the account until its facts change."""

    not_now: Literal["recycled"]
    unreachable: Literal["recycled"]
    wrong_person: Literal["recycled", "disqualified"]
    not_our_market: Literal["question_account"]
    bad_data: Literal["recycled", "disqualified"]
    duplicate: Literal["recycled", "disqualified"]

    def effect_of(self, reason: RejectReason) -> Literal["recycled", "disqualified", "question_account"]:
        """Return what a rejection for ``reason`` does."""
        effect: Literal["recycled", "disqualified", "question_account"] = getattr(self, reason.value)
        return effect


class BuyingGroup(Part):
    """So many people of one account, active within so many days, buy together: ``{people: 3, within_days: 28}``."""

    people: Annotated[Count, Field(ge=2, le=10)]
    """At most 10: so many of an account's people are remembered as active."""
    within_days: Days


class Stages(Part):
    """What moves a lead from stage to stage."""

    mql: Mql
    again: Requalification
    expired: Expired | None = None
    """Left out: no lead expires."""
    opportunity: Opportunity | None = None
    """Left out: an opportunity is announced without a probability."""
    buying_group: BuyingGroup | None = None
    """Left out: no hand-off names a buying group."""
    sales_says_no: SalesSaysNo
    attempts_before_no: Annotated[Count, Field(le=MOST_ATTEMPTS)] | None = None
    """Contacts that sales owes a lead before it says not_now or unreachable; fewer are reported. Left out: none."""
    names: dict[Stage, Text] = Field(default_factory=dict)
    """What people call a stage, said with it: ``names: {sal: Accepted by sales}``."""
    crm_names: dict[Stage, Text] = Field(default_factory=dict)
    """What the CRM calls a stage, so that it can be written to as it is: ``crm_names: {mql: Marketing Qualified}``."""

    @property
    def no_touch(self) -> tuple[str, ...]:
        """Activities that are ours and not the lead's, whether leads expire or not."""
        return OUR_DOING if self.expired is None else self.expired.no_touch
