"""The transition table is closed, and it contains every stage that can follow from the facts."""

from __future__ import annotations

from itertools import product

import pytest

from schemas.vocabulary import GateState, Reason, Stage
from workers.accounts.stages.stages import (
    TRANSITIONS,
    ForbiddenStepError,
    StageInputs,
    check_step,
    stage_of,
    stage_reasons,
)

PASS, FAIL, UNKNOWN = GateState.PASS, GateState.FAIL, GateState.UNKNOWN


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        (StageInputs(PASS), Stage.NURTURE),
        (StageInputs(UNKNOWN), Stage.WAITING_FOR_FACTS),
        (StageInputs(FAIL), Stage.OUTSIDE),
        (StageInputs(PASS, reached_mql=True), Stage.MQL),
        (StageInputs(FAIL, reached_mql=True), Stage.OUTSIDE),
        (StageInputs(UNKNOWN, reached_mql=True), Stage.WAITING_FOR_FACTS),
        (StageInputs(PASS, accepted=True, reached_mql=True), Stage.SAL),
        (StageInputs(FAIL, accepted=True), Stage.SAL),
        (StageInputs(UNKNOWN, accepted=True, qualified=True), Stage.SQL),
        (StageInputs(PASS, qualified=True, with_partner=True), Stage.WITH_PARTNER),
        (StageInputs(PASS, verdict=Stage.RECYCLED, with_partner=True), Stage.RECYCLED),
        (StageInputs(PASS, verdict=Stage.EXPIRED, qualified=True), Stage.EXPIRED),
        (StageInputs(PASS, verdict=Stage.RECYCLED, accepted=True), Stage.RECYCLED),
        (StageInputs(PASS, verdict=Stage.DISQUALIFIED), Stage.DISQUALIFIED),
        (StageInputs(PASS, is_customer=True, verdict=Stage.RECYCLED), Stage.CUSTOMER),
        (StageInputs(FAIL, has_open_opportunity=True), Stage.OPPORTUNITY),
        (StageInputs(FAIL, is_customer=True, has_open_opportunity=True), Stage.CUSTOMER),
        (StageInputs(PASS, excluded=Reason.COMPETITOR, is_customer=True), Stage.DISQUALIFIED),
        (StageInputs(PASS, is_customer=True, verdict=Stage.DISQUALIFIED), Stage.DISQUALIFIED),
    ],
)
def test_the_first_condition_that_holds_decides_the_stage(inputs: StageInputs, expected: Stage) -> None:
    assert stage_of(inputs) is expected
    assert stage_reasons(expected, inputs)


def test_a_lead_begins_as_known_and_no_stage_follows_itself() -> None:
    assert TRANSITIONS[None] == {Stage.KNOWN}
    assert all(stage not in following for stage, following in TRANSITIONS.items())
    assert set(TRANSITIONS) == {None, *Stage}


def test_a_lead_that_fails_a_gate_is_never_an_mql() -> None:
    for fit, flags in product((FAIL, UNKNOWN), product((False, True), repeat=4)):
        customer, opportunity, accepted, reached = flags
        inputs = StageInputs(fit, None, customer, opportunity, accepted=accepted, reached_mql=reached)
        assert stage_of(inputs) is not Stage.MQL


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
