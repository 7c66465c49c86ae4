"""Whose path is it: the first line that holds, while sales has the lead not and may write to them."""

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


def agreed(*paths: object) -> Terms:
    lines = tuple(NurturePath.model_validate(line) for line in paths)
    return Terms(POLICY.model_copy(update={"paths": lines}))


TERMS = agreed(*PATHS)
NOTHING_KNOWN = fit_of(TERMS, None, ())
"""No points of fit: the total is behaviour's."""


def did(points: int, *rules: str) -> Behaviour:
    return Behaviour(points, tuple(RulePoints(rule, points, 1) for rule in rules))


@pytest.mark.parametrize(
    ("stage", "behaviour", "path"),
    [
        (Stage.RECYCLED, did(12, "pricing"), "wake_up"),  # the first line that holds
        (Stage.NURTURE, did(12, "pricing"), "prices"),
        (Stage.NURTURE, did(12, "page", "rates"), "prices"),  # any one of the signals
        (Stage.WAITING_FOR_FACTS, did(11, "pricing"), "newsletter"),  # all conditions of a line
        (Stage.EXPIRED, did(24, "webinar"), "warm"),  # no signal that the line names
        (Stage.NURTURE, did(9, "page"), "cold"),  # both ends included
        (Stage.NURTURE, did(10, "page"), "newsletter"),
        (Stage.NURTURE, NO_POINTS, "cold"),
        (Stage.CUSTOMER, did(12, "webinar"), "more_of_it"),  # named by its stage
        (Stage.CUSTOMER, did(12, "pricing"), None),
        (Stage.OUTSIDE, did(12, "pricing"), None),
        (Stage.DISQUALIFIED, NO_POINTS, None),
        (Stage.MQL, did(12, "pricing"), None),
        (Stage.SAL, NO_POINTS, None),
        (Stage.SQL, NO_POINTS, None),
        (Stage.OPPORTUNITY, NO_POINTS, None),
        (Stage.WITH_PARTNER, NO_POINTS, None),
    ],
)
def test_the_first_line_that_holds(stage: Stage, behaviour: Behaviour, path: str | None) -> None:
    assert path_of(TERMS, LEAD, stage, NOTHING_KNOWN, behaviour) == path


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
def test_nobody_whom_sales_has_or_who_may_not_be_written_to(lead: LeadRow, path: str | None) -> None:
    assert path_of(TERMS, lead, Stage.NURTURE, NOTHING_KNOWN, NO_POINTS) == path


def test_without_paths_or_otherwise_there_is_none() -> None:
    assert path_of(agreed(), LEAD, Stage.NURTURE, NOTHING_KNOWN, NO_POINTS) is None
    assert path_of(agreed(*PATHS[:4]), LEAD, Stage.NURTURE, NOTHING_KNOWN, NO_POINTS) is None


def test_only_what_the_policy_calls_a_signal_is_one() -> None:
    assert signals_of(TERMS, did(5, "page", "pricing", "cap:web")) == {"pricing"}
