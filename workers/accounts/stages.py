"""The closed transition table of stages, and which stage a lead is in by what is known of it.

In: where a lead stands. Out: its stage, and why. A step that is not in the table is a defect, never an output.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from schemas.vocabulary import GateState, Reason, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

_KNOWN, _WAITING, _OUTSIDE, _NURTURE = Stage.KNOWN, Stage.WAITING_FOR_FACTS, Stage.OUTSIDE, Stage.NURTURE
_MQL, _SAL, _SQL, _OPPORTUNITY = Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY
_CUSTOMER, _RECYCLED, _DISQUALIFIED = Stage.CUSTOMER, Stage.RECYCLED, Stage.DISQUALIFIED

_JUDGED = frozenset({_WAITING, _OUTSIDE, _NURTURE, _MQL})
"""Decided by the gates and the bar."""
_BY_CRM = frozenset({_OPPORTUNITY, _CUSTOMER})
"""Decided by the account's record in the CRM."""
_NO = frozenset({_RECYCLED, _DISQUALIFIED})

TRANSITIONS: Mapping[Stage | None, frozenset[Stage]] = {
    None: frozenset({_KNOWN}),
    _KNOWN: _JUDGED | _BY_CRM | _NO,  # a no of sales travels with who comes from another key
    _WAITING: (_JUDGED | _BY_CRM | _NO | {_SAL}) - {_WAITING},
    _OUTSIDE: (_JUDGED | _BY_CRM | _NO | {_SAL}) - {_OUTSIDE},
    _NURTURE: (_JUDGED | _BY_CRM | _NO | {_SAL}) - {_NURTURE},
    _MQL: frozenset({_OUTSIDE, _WAITING, _SAL}) | _BY_CRM | _NO,
    _SAL: _BY_CRM | _NO | {_SQL},
    _SQL: _BY_CRM | _NO,
    _OPPORTUNITY: _JUDGED | _NO | {_CUSTOMER, _SAL},
    _CUSTOMER: _JUDGED | _NO | {_OPPORTUNITY, _SAL},
    _RECYCLED: _JUDGED | _BY_CRM | {_DISQUALIFIED},
    _DISQUALIFIED: _JUDGED | _BY_CRM | {_RECYCLED, _SAL},
}
"""From each stage, the stages that a lead may go to."""


class ForbiddenStepError(ValueError):
    """A step that the table does not have: a defect of the program, never of the data."""


def check_step(from_stage: Stage | None, to_stage: Stage) -> None:
    """Raise ForbiddenStepError where the table has no such step."""
    if to_stage not in TRANSITIONS[from_stage]:
        raise ForbiddenStepError(f"no step from {from_stage} to {to_stage}")


class Standing(NamedTuple):
    """What decides a stage."""

    fit: GateState
    excluded: Reason | None = None
    is_customer: bool = False
    has_open_opportunity: bool = False
    verdict: Stage | None = None
    """What sales said: recycled or disqualified."""
    verdict_why: Reason | None = None
    accepted: bool = False
    reached_mql: bool = False
    """By the bar or by a raised hand, in this cycle."""


def stage_of(standing: Standing) -> Stage:  # noqa: PLR0911 - one line per stage, in order
    """Return the stage: the first that is true."""
    if standing.excluded is not None or standing.verdict is _DISQUALIFIED:
        return _DISQUALIFIED
    if standing.is_customer:
        return _CUSTOMER
    if standing.has_open_opportunity:
        return _OPPORTUNITY
    if standing.verdict is _RECYCLED:
        return _RECYCLED
    if standing.accepted:
        return _SAL
    if standing.fit is GateState.FAIL:
        return _OUTSIDE
    if standing.fit is GateState.UNKNOWN:
        return _WAITING
    return _MQL if standing.reached_mql else _NURTURE


def reasons_of(stage: Stage, standing: Standing) -> tuple[Reason, ...]:
    """Return why a lead is in ``stage``; how an MQL became one is added by who decided it."""
    if stage is _DISQUALIFIED:
        return (standing.excluded or standing.verdict_why or Reason.SALES_REJECTED,)
    if stage is _RECYCLED:
        return (standing.verdict_why or Reason.SALES_REJECTED,)
    return _REASONS[stage]


_REASONS: dict[Stage, tuple[Reason, ...]] = {
    _KNOWN: (Reason.FIRST_SEEN,),
    _WAITING: (Reason.GATE_UNKNOWN,),
    _OUTSIDE: (Reason.GATE_FAILED,),
    _NURTURE: (Reason.ALL_GATES_PASSED, Reason.BELOW_BAR),
    _MQL: (Reason.ALL_GATES_PASSED,),
    _SAL: (Reason.SALES_ACCEPTED,),
    _SQL: (Reason.SALES_ACCEPTED,),
    _OPPORTUNITY: (Reason.OPEN_OPPORTUNITY,),
    _CUSTOMER: (Reason.CUSTOMER_ACCOUNT,),
}
