"""Histories in which two open hand-offs are many: moved in chunks of one, with whatever comes between, and to the same end.

What is kept of all open hand-offs is held against them after every history.
"""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.outputs import LeadRouting
from schemas.vocabulary import Action
from tests.hops.accounts.market import Market, assert_one_owner, demo, facts
from tests.property.histories import PEOPLE, HistoryStep, histories, play
from tests.property.open_index_checks import assert_open_index
from workers.accounts.state.handoff import HandoffRow

BEGINNING = [HistoryStep(facts(owner_rep_id="own"), 0), *(HistoryStep(demo(one), 0) for one in PEOPLE)]
"""Three people whose hand-offs one rep has."""
large = st.one_of(histories, *(histories.map(lambda history: [*BEGINNING, *history]) for _ in range(3)))


def open_now(market: Market) -> dict[str, str]:
    """Who has which hand-off, by the output."""
    held: dict[str, str] = {}
    for one in market.outputs:
        if isinstance(one, LeadRouting):
            held.pop(one.handoff_id, None)
            if one.action is not Action.WITHDRAWN:
                assert one.assignee is not None
                held[one.handoff_id] = one.assignee.id
    return held


def of_rows(market: Market) -> dict[str, str]:
    """The same, by the rows."""
    found = market.accounts.decider.rows.scan(HandoffRow, limit=999)
    return {handoff_id: row.holder.id for (_, handoff_id), row in found if not row.withdrawn_for}


@settings(deadline=None, max_examples=60)
@given(large, st.integers(1, 2))
def test_one_owner_at_every_prefix_and_rows_that_say_what_was_said(
    history: list[HistoryStep], most_at_once: int
) -> None:
    market = play(history, most_at_once=most_at_once)
    assert_one_owner(market.outputs)
    assert_open_index(market.accounts.decider.rows)
    assert open_now(market) == of_rows(market)


@settings(deadline=None, max_examples=40)
@given(large)
def test_what_is_kept_of_all_is_true_where_they_move_at_once_too(history: list[HistoryStep]) -> None:
    market = play(history)
    assert_open_index(market.accounts.decider.rows)
    assert open_now(market) == of_rows(market)


@settings(deadline=None, max_examples=60)
@given(large, st.integers(1, 2))
def test_in_chunks_everything_ends_with_whom_it_ends_at_once(
    history: list[HistoryStep], most_at_once: int
) -> None:
    whole, chunks = play(history), play(history, most_at_once=most_at_once, finishes=True)
    assert open_now(chunks) == open_now(whole)


@settings(deadline=None, max_examples=40)
@given(large, st.integers(1, 7))
def test_however_a_history_in_chunks_is_cut_into_batches_it_is_the_same(
    history: list[HistoryStep], cuts: int
) -> None:
    whole, cut = play(history, most_at_once=1), play(history, cuts=cuts, most_at_once=1)
    assert [(one.topic, one.key, one.value) for one in whole.accounts.outputs] == [
        (one.topic, one.key, one.value) for one in cut.accounts.outputs
    ]
    assert whole.accounts.dump() == cut.accounts.dump()
