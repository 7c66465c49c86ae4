"""A score as it is published on ``lead.scores``, encoded without the contract's models.

In: an evaluated lead. Out: the record, with the value that the contract's LeadScore would give. A test compares the
two. A score is published with nearly every event, and the models would take a third of the event's time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from schemas.envelope import result_headers
from schemas.outputs import LeadScore
from schemas.topics import LEAD_SCORES
from schemas.vocabulary import Reason, Stage
from workers.accounts.case import instant
from workers.accounts.rulebook.behaviour import RulePoints
from workers.accounts.stages.lacks import NOTHING
from workers.engine.api import Emit
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.case import LeadInHand
    from workers.accounts.rulebook.behaviour import Behaviour
    from workers.accounts.rulebook.fit import Fit
    from workers.accounts.stages.lacks import Lacks


class _Change(msgspec.Struct, frozen=True):
    what: str
    name: str
    needed: str


class _Explanation(msgspec.Struct, frozen=True, omit_defaults=True):
    policy: msgspec.Raw
    reasons: tuple[Reason, ...]
    fit: int
    behaviour: int
    total: int
    grade: str
    points: list[msgspec.Raw | RulePoints]
    gates: msgspec.Raw
    points_missing: int
    would_change: list[msgspec.Raw | _Change]
    triggering_event_id: str
    triggering_event_clamped: bool | None = None


class _Score(msgspec.Struct, frozen=True, omit_defaults=True):
    event_id: str
    occurred_at: str
    account_key: str
    lead_id: str
    stage: Stage
    explanation: _Explanation
    active_people: list[str]
    path: str | None = None
    own_stage: str | None = None
    moves: int | None = None


_encode = msgspec.json.Encoder().encode


@lru_cache(maxsize=1_000)
def _timestamp(at_ms: int) -> str:
    """Return milliseconds UTC as an ISO 8601 text. The text of the last 1,000 times is cached."""
    return instant(at_ms).isoformat().replace("+00:00", "Z")


def encode_score(
    hand: LeadInHand,
    stage: Stage,
    fit: Fit,
    behaviour: Behaviour,
    reasons: tuple[Reason, ...],
    path: str | None = None,
    lacks: Lacks = NOTHING,
) -> Emit:
    """Return the record of ``lead.scores`` for the lead as it is in hand, numbered by its score's revision.

    ``lacks`` are the changes that would lead to another decision.
    """
    case, lead_id, terms = hand.case, hand.lead_id, hand.case.terms
    total = fit.points + behaviour.points
    missing = terms.points_missing(total)
    would_change: list[msgspec.Raw | _Change] = list(fit.raw_would_change) if lacks.gates else []
    if lacks.total:
        would_change.append(_Change("points", "total", f"{missing} more"))
    would_change += [_Change(*lack) for lack in lacks.others]
    event_id = fact_id("score", case.key, lead_id, hand.score.revision)
    occurred_at = _timestamp(case.now_ms)
    score = _Score(
        event_id,
        occurred_at,
        case.key,
        lead_id,
        stage,
        _Explanation(
            terms.raw_ref,
            reasons,
            fit.points,
            behaviour.points,
            total,
            terms.grade(fit.points, behaviour.points),
            [*fit.raw_lines, *behaviour.lines],
            fit.raw_gates,
            missing,
            would_change,
            case.event_id,
            case.is_clamped or None,
        ),
        case.active_people(),
        path,
        terms.policy.stages.own_stage_of(stage, total),
        hand.lead.moves or None,
    )
    return Emit(
        topic=LEAD_SCORES.name,
        key=lead_id.encode(),
        value=_encode(score),
        partition_key=case.key.encode(),
        headers=result_headers(LeadScore.type_name, event_id, occurred_at),
    )
