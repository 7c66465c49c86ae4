"""Desks under random histories of requests, repeats, returns, reps' records and time, cut into batches anywhere."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.desk_requests import DeskRequest
from schemas.lead_events import DeskAnswer
from schemas.outputs import LedgerEntry
from schemas.vocabulary import Kind
from tests.property.desk_histories import POLICIES, DeskRun, Op, histories, play, request_of
from tests.unit.desks.world import (
    DESK,
    MONDAY,
)
from workers.desks.calendar import Per
from workers.desks.desk_terms import Terms
from workers.policy.load import load_policy


def decided_ms(line: LedgerEntry) -> int:
    """Return when a ledger line was decided, in milliseconds UTC."""
    return int(line.occurred_at.timestamp() * 1_000)


@settings(max_examples=120, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_no_absent_or_inactive_rep_gets_a_lead(history: list[Op], policy: int) -> None:
    for event, known in play(history, policy).outputs:
        if isinstance(event, LedgerEntry) and event.entry in {"turn", "released", "follow", "owner"}:
            record = known[event.rep_id or ""]
            assert record.active
            assert not any(away.starts_at <= event.occurred_at < away.ends_at for away in record.absences)


@settings(max_examples=120, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_only_raised_hands_and_second_leads_of_an_account_ignore_capacity(
    history: list[Op], policy: int
) -> None:
    loaded = load_policy(POLICIES[policy])
    calendar = Terms(loaded).calendar_of(loaded.desks["inside_sales"])
    limit = loaded.desks["inside_sales"].mqls_per_rep
    made: dict[int, DeskRequest] = {}
    for op in history:
        if op[0] == "ask":
            request_of(op, made)
    asked = {request.request_id: request for request in made.values()}
    got: dict[str, tuple[str, str]] = {}
    for event, known in play(history, policy).outputs:
        if not isinstance(event, LedgerEntry) or event.desk != DESK:
            continue
        period = calendar.period(decided_ms(event), Per(limit.per)).name
        if event.entry == "return":
            got.pop(event.request_id)
        elif event.entry in {"turn", "released", "follow"} and event.rep_id is not None:
            request = asked[event.request_id]
            if event.entry != "follow" and request.kind is Kind.MQL:
                own = known[event.rep_id].desks[0].capacity
                used = Counter(got.values())[event.rep_id, period]
                assert used < (limit.most if own is None else own)
            got[event.request_id] = (event.rep_id, period)


@settings(max_examples=100, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))))
def test_a_request_has_one_final_answer_and_every_repeat_gets_it(history: list[Op], policy: int) -> None:
    run = play(history, policy)
    final: dict[str, DeskAnswer] = {}
    lines: Counter[str] = Counter()
    for event, _ in run.outputs:
        if isinstance(event, DeskAnswer):
            before = final.get(event.request_id)
            assert before is None or before == event or before.outcome == "waiting"
            final[event.request_id] = event
        elif isinstance(event, LedgerEntry):
            lines[event.event_id] += 1
    assert set(lines.values()) <= {1}


@settings(max_examples=60, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))), st.integers(1, 7))
def test_batches_cut_elsewhere_leave_the_same_rows_and_outputs_to_the_byte(
    history: list[Op], policy: int, batch: int
) -> None:
    one, other = play(history, policy), play(history, policy, batch)
    assert one.raw == other.raw
    assert one.rows == other.rows


@settings(max_examples=60, deadline=None)
@given(histories, st.sampled_from(range(len(POLICIES))), st.lists(st.integers(0, 44), max_size=10))
def test_repeated_requests_and_returns_leave_the_desks_as_they_were(
    history: list[Op], policy: int, repeated: list[int]
) -> None:
    twice: list[Op] = []
    for number, op in enumerate(history):
        twice += [op, op] if number in repeated and op[0] in {"ask", "return"} else [op]
    assert desks_in(play(twice, policy)) == desks_in(play(history, policy))


def desks_in(run: DeskRun) -> dict[bytes, bytes]:
    """Return the desks' rows of a run.

    Without the engine's rows (offsets) and the reps' rows, which name the event of their record.
    """
    kinds = (b"rotation\x00", b"waiting\x00", b"answer\x00")
    return {key: value for key, value in run.rows.items() if key.startswith(kinds)}


def test_a_history_reaches_turns_waits_and_releases() -> None:
    assert datetime.fromtimestamp(MONDAY / 1_000, UTC).weekday() == 0
    calm = [("rep", who, True, None, 1, None, ()) for who in "ab"]
    asked = [("ask", number, Kind.MQL, "turn", "a", 140, None) for number in range(4)]
    entries = [
        event.entry for event, _ in play([*calm, *asked], 0, 1).outputs if isinstance(event, LedgerEntry)
    ]
    assert entries == ["turn", "turn", "waiting", "waiting", "released", "released"]
