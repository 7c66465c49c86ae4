"""The transition table is closed, and every stage that can follow from what is known is in it."""

from __future__ import annotations

from itertools import product

import pytest

from schemas.vocabulary import GateState, Reason, Stage
from workers.accounts.stages.stages import (
    TRANSITIONS,
    ForbiddenStepError,
    Standing,
    check_step,
    reasons_of,
    stage_of,
)

PASS, FAIL, UNKNOWN = GateState.PASS, GateState.FAIL, GateState.UNKNOWN


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing(PASS), Stage.NURTURE),
        (Standing(UNKNOWN), Stage.WAITING_FOR_FACTS),
        (Standing(FAIL), Stage.OUTSIDE),
        (Standing(PASS, reached_mql=True), Stage.MQL),
        (Standing(FAIL, reached_mql=True), Stage.OUTSIDE),
        (Standing(UNKNOWN, reached_mql=True), Stage.WAITING_FOR_FACTS),
        (Standing(PASS, accepted=True, reached_mql=True), Stage.SAL),
        (Standing(FAIL, accepted=True), Stage.SAL),
        (Standing(UNKNOWN, accepted=True, qualified=True), Stage.SQL),
        (Standing(PASS, qualified=True, with_partner=True), Stage.WITH_PARTNER),
        (Standing(PASS, verdict=Stage.RECYCLED, with_partner=True), Stage.RECYCLED),
        (Standing(PASS, verdict=Stage.EXPIRED, qualified=True), Stage.EXPIRED),
        (Standing(PASS, verdict=Stage.RECYCLED, accepted=True), Stage.RECYCLED),
        (Standing(PASS, verdict=Stage.DISQUALIFIED), Stage.DISQUALIFIED),
        (Standing(PASS, is_customer=True, verdict=Stage.RECYCLED), Stage.CUSTOMER),
        (Standing(FAIL, has_open_opportunity=True), Stage.OPPORTUNITY),
        (Standing(FAIL, is_customer=True, has_open_opportunity=True), Stage.CUSTOMER),
        (Standing(PASS, excluded=Reason.COMPETITOR, is_customer=True), Stage.DISQUALIFIED),
        (Standing(PASS, is_customer=True, verdict=Stage.DISQUALIFIED), Stage.DISQUALIFIED),
    ],
)
def test_the_first_that_is_true_is_the_stage(standing: Standing, expected: Stage) -> None:
    assert stage_of(standing) is expected
    assert reasons_of(expected, standing)


def test_a_lead_begins_as_known_and_no_stage_follows_itself() -> None:
    assert TRANSITIONS[None] == {Stage.KNOWN}
    assert all(stage not in following for stage, following in TRANSITIONS.items())
    assert set(TRANSITIONS) == {None, *Stage}


def test_who_fails_a_gate_is_never_called_an_mql() -> None:
    for fit, flags in product((FAIL, UNKNOWN), product((False, True), repeat=4)):
        customer, opportunity, accepted, reached = flags
        standing = Standing(fit, None, customer, opportunity, accepted=accepted, reached_mql=reached)
        assert stage_of(standing) is not Stage.MQL


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (None, Stage.MQL),
        (Stage.NURTURE, Stage.KNOWN),
        (Stage.SAL, Stage.MQL),
        (Stage.SAL, Stage.NURTURE),
        (Stage.MQL, Stage.NURTURE),
        (Stage.MQL, Stage.MQL),
        (Stage.SQL, Stage.SAL),
        (Stage.RECYCLED, Stage.SQL),
        (Stage.RECYCLED, Stage.EXPIRED),
    ],
)
def test_a_step_that_is_not_in_the_table_is_refused(before: Stage | None, after: Stage) -> None:
    with pytest.raises(ForbiddenStepError):
        check_step(before, after)
