"""Properties of large accounts for any history, with a limit of one or two open hand-offs per chunk.

Other records may come between the chunks. The result is the same as without chunks. After every history the index of open
hand-offs agrees with the hand-offs.
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
"""Three leads whose hand-offs one rep has."""
large_histories = st.one_of(
    histories, *(histories.map(lambda history: [*BEGINNING, *history]) for _ in range(3))
)


def open_in_outputs(market: Market) -> dict[str, str]:
    """Return the assignee of each open hand-off, by handoff_id, from the outputs."""
    held: dict[str, str] = {}
    for one in market.outputs:
        if isinstance(one, LeadRouting):
            held.pop(one.handoff_id, None)
            if one.action is not Action.WITHDRAWN:
                assert one.assignee is not None
                held[one.handoff_id] = one.assignee.id
    return held


def open_in_rows(market: Market) -> dict[str, str]:
    """Return the holder of each open hand-off, by handoff_id, from the rows. Those in transit are left out."""
    found = market.accounts.decider.rows.scan(HandoffRow, limit=999)
    return {handoff_id: row.holder.id for (_, handoff_id), row in found if not row.withdrawn_for}


@settings(deadline=None, max_examples=60)
@given(large_histories, st.integers(1, 2))
def test_moved_in_chunks_an_account_has_one_owner_at_every_prefix_and_rows_that_agree_with_the_outputs(
    history: list[HistoryStep], most_at_once: int
) -> None:
    market = play(history, most_at_once=most_at_once)
    assert_one_owner(market.outputs)
    assert_open_index(market.accounts.decider.rows)
    assert open_in_outputs(market) == open_in_rows(market)


@settings(deadline=None, max_examples=40)
@given(large_histories)
def test_moved_without_chunks_an_account_has_a_correct_index_and_rows_that_agree_with_the_outputs(
    history: list[HistoryStep],
) -> None:
    market = play(history)
    assert_open_index(market.accounts.decider.rows)
    assert open_in_outputs(market) == open_in_rows(market)


@settings(deadline=None, max_examples=60)
@given(large_histories, st.integers(1, 2))
def test_a_move_in_chunks_ends_with_the_same_assignees_as_a_move_without_chunks(
    history: list[HistoryStep], most_at_once: int
) -> None:
    whole, chunks = play(history), play(history, most_at_once=most_at_once, finishes=True)
    assert open_in_outputs(chunks) == open_in_outputs(whole)


@settings(deadline=None, max_examples=40)
@given(large_histories, st.integers(1, 7))
def test_rows_and_outputs_of_moves_in_chunks_do_not_depend_on_batches(
    history: list[HistoryStep], cuts: int
) -> None:
    whole, cut = play(history, most_at_once=1), play(history, cuts=cuts, most_at_once=1)
    assert [(one.topic, one.key, one.value) for one in whole.accounts.outputs] == [
        (one.topic, one.key, one.value) for one in cut.accounts.outputs
    ]
    assert whole.accounts.dump() == cut.accounts.dump()
