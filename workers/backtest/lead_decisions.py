"""The decisions of one run about one lead, and the differences between two runs.

In: the lines of the lead. Out: its stages, hand-offs and dates, and the changes between two policies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from schemas.vocabulary import Action, HowChosen, Kind, Qualification, SalesAction, Stage
from workers.backtest.lead_lines import Handoff, LeadLine, SalesReport, Score, Step

_GIVES: Final = frozenset({Action.ASSIGNED.value, Action.REASSIGNED.value})
_CONVERTED: Final = frozenset({SalesAction.OPPORTUNITY_OPENED.value, SalesAction.WON.value})
_WORKED: Final = frozenset({Stage.SAL.value, Stage.SQL.value})
_DEAL: Final = frozenset({Stage.OPPORTUNITY.value, Stage.CUSTOMER.value})
_LOST: Final = frozenset({SalesAction.REJECTED.value, SalesAction.LOST.value})
_NO_TOUCH: Final = frozenset({SalesAction.REASSIGNED.value, SalesAction.UNKNOWN.value})


class Change(StrEnum):
    """In what a lead differs between two policies."""

    MQL = "mql"
    """An MQL under one policy only."""
    STAGE = "stage"
    """Other stages, or in another order."""
    KIND = "kind"
    """Hand-offs of other kinds, or another number of them."""
    OWNER = "owner"
    """Another rep, desk or partner got a hand-off."""
    DATE = "date"
    """The same step or hand-off at another time."""


@dataclass(slots=True)
class Given:
    """A hand-off with its assignees in order."""

    kind: str
    qualification: str
    at_ms: int
    """When it was first assigned. Milliseconds UTC."""
    due_ms: int
    route: str
    how_chosen: str
    reasons: tuple[str, ...]
    total: int
    fit: int
    points: tuple[tuple[str, int], ...]
    """The points of each line when it was first assigned, as (rule, points)."""
    assignees: list[tuple[str, int]] = field(default_factory=list)
    """Each assignee, and when the assignee got the hand-off."""

    @property
    def is_mql(self) -> bool:
        """Whether the hand-off is a marketing-qualified lead: by points, or by a raised hand that passes all gates."""
        return self.kind == Kind.MQL or (
            self.kind == Kind.RAISED_HAND and self.qualification == Qualification.MQL
        )


@dataclass(slots=True)
class Decisions:
    """All that one run decided about one lead."""

    account_key: str = ""
    steps: list[Step] = field(default_factory=list)
    handoffs: dict[str, Given] = field(default_factory=dict)
    """The hand-offs by id, in the order of their first revisions."""
    best: Score | None = None
    """The highest score, those with all gates passed before all others."""
    first_reached: list[Score] = field(default_factory=list)
    """The scores with all gates passed, each higher than those before it."""
    mql: Step | None = None
    """The first step to the stage ``mql``."""

    @property
    def stage(self) -> str:
        """The last stage. Empty: the run knows no such lead."""
        return self.steps[-1].stage if self.steps else ""

    @property
    def first(self) -> Given | None:
        """The first hand-off, or None."""
        return next(iter(self.handoffs.values()), None)

    @property
    def first_mql(self) -> Given | None:
        """The first hand-off that is a marketing-qualified lead, or None."""
        return next((given for given in self.handoffs.values() if given.is_mql), None)


def decisions_of(lines: Iterable[LeadLine]) -> Decisions:
    """Return the decisions that the lines of one lead in one run state."""
    found = Decisions()
    for line in lines:
        if isinstance(line, Step):
            found.account_key = line.account_key
            found.steps.append(line)
            if line.stage == Stage.MQL and found.mql is None:
                found.mql = line
        elif isinstance(line, Handoff):
            found.account_key = line.account_key
            _add_handoff(found.handoffs, line)
        elif isinstance(line, Score):
            _add_score(found, line)
    return found


def _add_handoff(handoffs: dict[str, Given], line: Handoff) -> None:
    given = handoffs.get(line.handoff_id)
    if given is None:
        given = handoffs[line.handoff_id] = Given(
            line.kind,
            line.qualification,
            line.at_ms,
            line.due_ms,
            line.route,
            line.how_chosen,
            line.reasons,
            line.total,
            line.fit,
            line.points,
        )
    given.qualification = line.qualification or given.qualification
    if line.action in _GIVES:
        given.assignees.append((line.assignee, line.at_ms))


def _add_score(found: Decisions, line: Score) -> None:
    best = found.best
    if best is None or (line.has_passed_gates, line.total) > (best.has_passed_gates, best.total):
        found.best = line
        if line.has_passed_gates:
            found.first_reached.append(line)


def changes_between(before: Decisions, after: Decisions) -> frozenset[Change]:
    """Return in what two runs differ about a lead. Empty: they decided the same at the same times."""
    found = set()
    if (before.mql is None) != (after.mql is None):
        found.add(Change.MQL)
    if [step.stage for step in before.steps] != [step.stage for step in after.steps]:
        found.add(Change.STAGE)
    old, new = list(before.handoffs.values()), list(after.handoffs.values())
    if [_kind(one) for one in old] != [_kind(one) for one in new]:
        found.add(Change.KIND)
    if any(_names(one) != _names(other) for one, other in zip(old, new, strict=False)):
        found.add(Change.OWNER)
    if _has_other_date(before, after):
        found.add(Change.DATE)
    return frozenset(found)


def is_turn_only(before: Decisions, after: Decisions) -> bool:
    """Whether the owners of a lead differ only because the rotation of the same route came to another rep."""
    pairs = list(zip(before.handoffs.values(), after.handoffs.values(), strict=False))
    return all(
        (old.route, old.how_chosen) == (new.route, new.how_chosen) and old.how_chosen == HowChosen.ROTATION
        for old, new in pairs
        if _names(old)[:1] != _names(new)[:1]
    ) and any(_names(old)[:1] != _names(new)[:1] for old, new in pairs)


def _kind(given: Given) -> tuple[str, str]:
    return given.kind, given.qualification


def _names(given: Given) -> list[str]:
    return [name for name, _ in given.assignees]


def _has_other_date(before: Decisions, after: Decisions) -> bool:
    """Whether what both runs decided has other times: the n-th step to the same stage, the n-th equal hand-off."""
    steps = zip(before.steps, after.steps, strict=False)
    if any(old.at_ms != new.at_ms for old, new in steps if old.stage == new.stage):
        return True
    if before.mql is not None and after.mql is not None and before.mql.at_ms != after.mql.at_ms:
        return True
    given = zip(before.handoffs.values(), after.handoffs.values(), strict=False)
    return any(
        [at for _, at in old.assignees] != [at for _, at in new.assignees]
        for old, new in given
        if _kind(old) == _kind(new) and _names(old) == _names(new)
    )


@dataclass(frozen=True, slots=True)
class SalesHistory:
    """The reports of sales about a lead. They are the same under every policy. Times are milliseconds UTC."""

    touches: tuple[int, ...] = ()
    """When sales acted, in order."""
    won_ms: int | None = None
    converted_ms: int | None = None
    """When an opportunity was opened or a deal won, the earlier of the two. None: neither is known."""
    lost_ms: int | None = None
    """When sales first rejected the lead or lost the deal. None: neither is known."""


def sales_history(lines: Iterable[LeadLine]) -> SalesHistory:
    """Return what sales did with a lead, from its lines in all runs. A report that several runs noted counts once.

    A CRM's open opportunity or customer counts too if sales had accepted the lead before.
    """
    reports: dict[int, SalesReport] = {}
    deals: list[int] = []
    customers: list[int] = []
    for line in lines:
        if isinstance(line, SalesReport):
            reports.setdefault(line.record, line)
        elif isinstance(line, Step) and line.before in _WORKED and line.stage in _DEAL:
            (customers if line.stage == Stage.CUSTOMER else deals).append(line.at_ms)
    won = [line.at_ms for line in reports.values() if line.action == SalesAction.WON] + customers
    converted = [line.at_ms for line in reports.values() if line.action in _CONVERTED] + deals + customers
    lost = [line.at_ms for line in reports.values() if line.action in _LOST]
    touches = sorted(line.at_ms for line in reports.values() if line.action not in _NO_TOUCH)
    return SalesHistory(
        tuple(touches), min(won, default=None), min(converted, default=None), min(lost, default=None)
    )
