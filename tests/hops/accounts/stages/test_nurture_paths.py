"""The nurture path of a lead: the first line that holds, if sales does not have the lead and may contact it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from schemas.vocabulary import Stage
from tests.hops.accounts.market import POLICY
from workers.accounts.rulebook.behaviour import NO_POINTS, Behaviour, RulePoints
from workers.accounts.rulebook.terms import Terms
from workers.accounts.stages.nurture_paths import path_of
from workers.accounts.state.facts import Contact
from workers.accounts.state.lead import LeadRow
from workers.accounts.worth.facts import fit_of
from workers.accounts.worth.signals_given import signals_of
from workers.policy.paths import NurturePath

PATHS = (
    {"if": {"stages": ["recycled"]}, "path": "wake_up"},
    {"if": {"stages": ["customer"], "signals": ["webinar"]}, "path": "more_of_it"},
    {"if": {"signals": ["pricing", "rates"], "total": {"from": "12"}}, "path": "prices"},
    {"if": {"grades": ["D2"]}, "path": "warm"},
    {"if": {"total": {"to": "9"}}, "path": "cold"},
    {"otherwise": "newsletter"},
)
LEAD = LeadRow()


def terms_with(*paths: object) -> Terms:
    lines = tuple(NurturePath.model_validate(line) for line in paths)
    return Terms(POLICY.model_copy(update={"paths": lines}))


TERMS = terms_with(*PATHS)
NOTHING_KNOWN = fit_of(TERMS, None, LeadRow(), 0)
"""No points of fit: the total is that of behaviour."""


def behaviour_of(points: int, *rules: str) -> Behaviour:
    return Behaviour(points, tuple(RulePoints(rule, points, 1) for rule in rules))


@pytest.mark.parametrize(
    ("stage", "behaviour", "path"),
    [
        (Stage.RECYCLED, behaviour_of(12, "pricing"), "wake_up"),  # the first line that holds
        (Stage.NURTURE, behaviour_of(12, "pricing"), "prices"),
        (Stage.NURTURE, behaviour_of(12, "page", "rates"), "prices"),  # any one of the signals
        (Stage.WAITING_FOR_FACTS, behaviour_of(11, "pricing"), "newsletter"),  # all conditions of a line
        (Stage.EXPIRED, behaviour_of(24, "webinar"), "warm"),  # no signal that the line names
        (Stage.NURTURE, behaviour_of(9, "page"), "cold"),  # both ends included
        (Stage.NURTURE, behaviour_of(10, "page"), "newsletter"),
        (Stage.NURTURE, NO_POINTS, "cold"),
        (Stage.CUSTOMER, behaviour_of(12, "webinar"), "more_of_it"),  # named by its stage
        (Stage.CUSTOMER, behaviour_of(12, "pricing"), None),
        (Stage.OUTSIDE, behaviour_of(12, "pricing"), None),
        (Stage.DISQUALIFIED, NO_POINTS, None),
        (Stage.MQL, behaviour_of(12, "pricing"), None),
        (Stage.SAL, NO_POINTS, None),
        (Stage.SQL, NO_POINTS, None),
        (Stage.OPPORTUNITY, NO_POINTS, None),
        (Stage.WITH_PARTNER, NO_POINTS, None),
    ],
)
def test_the_first_line_that_holds_is_the_path(stage: Stage, behaviour: Behaviour, path: str | None) -> None:
    assert path_of(TERMS, None, LEAD, stage, NOTHING_KNOWN, behaviour, 0) == path


@pytest.mark.parametrize(
    ("lead", "path"),
    [
        (LEAD, "cold"),
        (replace(LEAD, pending="0"), None),
        (replace(LEAD, handoffs=("h",)), None),
        (replace(LEAD, contact=Contact(do_not_contact=True)), None),
        (replace(LEAD, contact=Contact()), "cold"),
        (replace(LEAD, marketing=False), None),
        (replace(LEAD, marketing=True), "cold"),
    ],
)
def test_a_lead_that_sales_has_or_that_may_not_be_contacted_has_no_path(
    lead: LeadRow, path: str | None
) -> None:
    assert path_of(TERMS, None, lead, Stage.NURTURE, NOTHING_KNOWN, NO_POINTS, 0) == path


def test_without_paths_or_an_otherwise_line_there_is_no_path() -> None:
    assert path_of(terms_with(), None, LEAD, Stage.NURTURE, NOTHING_KNOWN, NO_POINTS, 0) is None
    assert path_of(terms_with(*PATHS[:4]), None, LEAD, Stage.NURTURE, NOTHING_KNOWN, NO_POINTS, 0) is None


def test_only_rules_that_the_policy_calls_signals_are_signals() -> None:
    assert signals_of(TERMS, behaviour_of(5, "page", "pricing", "cap:web")) == {"pricing"}
