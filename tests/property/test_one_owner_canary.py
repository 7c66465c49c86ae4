"""A canary, begun, widened and ended between other records: one owner and one policy per account at every prefix."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import Model
from schemas.lead_events import LeadFact
from schemas.outputs import LeadRouting, LeadScore, LeadStage
from tests.hops.accounts.events.test_canary import HIGHER_THRESHOLD, NOT_OWN
from tests.hops.accounts.events.test_policy_change import policy_text
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    MONDAY,
    POLICY,
    Market,
    assert_one_owner,
    facts,
    rep,
    scores,
)
from tests.property.histories import COMPANIES, OTHER, PEOPLE, HistoryStep, histories, play
from tests.property.order_search import explore, rows_of, start
from tests.property.test_accounts import encoded_outputs, events_between_facts, lead_state
from tests.property.test_one_owner import ANN, BOB, NO_OWNER, OWNER, REASSIGNED
from workers.accounts.agent import spec as accounts_spec
from workers.accounts.handle import AccountsHop
from workers.accounts.routing.canary_accounts import bucket_of, members_of
from workers.accounts.state.account import AccountRow
from workers.accounts.state.handoff import HandoffRow
from workers.agents import tried_policy
from workers.engine.api import Config, Hop
from workers.engine.control import CanaryChange
from workers.policy.load import load_policy, to_config

TRIED = policy_text(2, NOT_OWN, HIGHER_THRESHOLD)
TRIED_CONFIG = to_config(load_policy(TRIED), TRIED)
TIMES = 20 if os.environ.get("HYPOTHESIS_PROFILE") == "explore" else 1
"""How often the usual number of examples is tried. More with HYPOTHESIS_PROFILE=explore."""
SHARES = ("1%", f"{bucket_of(BANK) // 100 + 1}%", "99.99%", "country=US", "country=DE", "")
"""Some have the first account, some the second, some both. The empty one ends the canary."""


def change(share: str, step: int) -> CanaryChange:
    one = TRIED_CONFIG
    return CanaryChange(one.name, one.version, one.hash, one.text, share, step, POLICY.version)


class Watched(Market):
    """A market that asserts after each record that every account has one owner, and was decided by one policy.

    A record that changes the policy of an account, because it changes its company or the canary, may be decided by the one
    before in its first outputs.
    """

    def __init__(self, **options: Any) -> None:
        self.share = ""
        self.sides: dict[str, int] = {}
        self.step = 0
        super().__init__(**options)

    def try_share(self, share: str, at_ms: int) -> None:
        self.share = share
        self.step += 1
        self.try_on(TRIED, share, self.step, at_ms)

    def _take(self, emits: Any) -> list[Any]:
        results = super()._take(emits)
        for key in (BANK, OTHER):
            before, now = self.sides.get(key, 1), self.side_of(key)
            found = [version for one in results if (version := version_about(one, key)) is not None]
            assert found == sorted(found, key=lambda one: one == now), f"{key}: {found} of {before} and {now}"
            assert set(found) <= {before, now}
            self.sides[key] = now
        return results

    def side_of(self, key: str) -> int:
        has = members_of(self.share, POLICY) if self.share else lambda *_: False
        return 2 if has(key, self.account(key).company) else 1


def version_about(event: Any, key: str) -> int | None:
    if not isinstance(event, LeadScore | LeadStage | LeadRouting) or event.account_key != key:
        return None
    return None if event.explanation is None else event.explanation.policy.version


canaries = st.lists(st.tuples(st.integers(0, 24), st.sampled_from(SHARES)), max_size=5)


def play_with(canaries: list[tuple[int, str]], history: list[HistoryStep], **options: Any) -> Watched:
    """Play a history. Before each of its steps, change the canary as ``canaries`` have it for that step."""
    market = Watched(**options)

    def begin(number: int, now_ms: int) -> None:
        for at, share in canaries:
            if at == number:
                market.try_share(share, now_ms)

    play(history, market=market, before_step=begin)
    return market


@settings(deadline=None, max_examples=30 * TIMES)
@given(histories, canaries)
def test_with_a_canary_an_account_has_one_owner_and_one_policy_at_every_prefix(
    history: list[HistoryStep], canaries: list[tuple[int, str]]
) -> None:
    market = play_with(canaries, history)
    assert_one_owner(market.outputs)
    for key in (BANK, OTHER):
        assert market.account(key).request is None


@settings(deadline=None, max_examples=12 * TIMES)
@given(histories, canaries, st.integers(1, 7))
def test_rows_and_outputs_with_a_canary_do_not_depend_on_batches(
    history: list[HistoryStep], canaries: list[tuple[int, str]], cuts: int
) -> None:
    whole, cut = (play_with(canaries, history, cuts=size) for size in (1_000_000, cuts))
    assert encoded_outputs(whole) == encoded_outputs(cut)
    assert whole.accounts.dump() == cut.accounts.dump()


@settings(deadline=None, max_examples=15 * TIMES)
@given(
    events_between_facts(),
    st.randoms(use_true_random=False),
    st.sampled_from(COMPANIES),
    st.sampled_from(SHARES[:-1]),
)
def test_scores_and_stages_under_a_canary_do_not_depend_on_the_order_of_events(
    events: list[LeadFact], random: Any, changes: dict[str, Any], share: str
) -> None:
    shuffled = list(events)
    random.shuffle(shuffled)
    found = []
    for order in (events, shuffled):
        market = Watched()
        market.reps(rep("r1"), rep("own", at_desk=False))
        market.try_share(share, MONDAY - 20 * DAY_MS)
        market.send(facts(**changes), at_ms=MONDAY - 20 * DAY_MS)
        market.send(*order)
        found.append({person: lead_state(market, person) for person in PEOPLE})
    assert found[0] == found[1]


@settings(deadline=None, max_examples=15 * TIMES)
@given(events_between_facts(), st.integers(0, 14), st.integers(0, 14), st.sampled_from(SHARES[:-1]))
def test_counts_points_and_policy_do_not_depend_on_when_the_company_or_the_canary_comes(
    events: list[LeadFact], facts_at: int, canary_at: int, share: str
) -> None:
    found = []
    for company_at, begins_at in ((0, 0), (facts_at, canary_at)):
        market = Watched()
        market.finishes = True
        market.reps(rep("r1"), rep("own", at_desk=False))
        for number, event in enumerate([*events, None]):
            if number == min(company_at, len(events)):
                market.send(facts(country="US"))
            if number == min(begins_at, len(events)):
                market.try_share(share, MONDAY)
            if event is not None:
                market.send(event)
        states = {person: lead_state(market, person)[-2:] for person in PEOPLE}
        latest = {
            one.lead_id: (one.explanation.total, version_about(one, BANK)) for one in scores(market.outputs)
        }
        found.append((states, latest, market.side_of(BANK)))
    assert found[0] == found[1]


_HOPS: dict[Config, Hop[Any]] = {}


def _hop_of(config: Config) -> Hop[Any]:
    """Return the hop of a config. Each is made once: the search opens a partition for every step."""
    if config not in _HOPS:
        _HOPS[config] = AccountsHop(load_policy(config.text), tried=tried_policy(config))
    return _HOPS[config]


SPLIT = accounts_spec(_hop_of)
US, CA = facts(owner_rep_id="own", country="US"), facts(owner_rep_id="own", country="CA")
ALL = change("99.99%", 1)
US_ONLY = change("country=US", 1)
OVER = change("", 2)


@pytest.mark.parametrize(
    ("events", "owners"),
    [
        pytest.param(
            [ANN, OWNER, ALL],
            {"own", "r1"},
            id="the canary begins and an owner is named whom it does not count",
        ),
        pytest.param([ANN, OWNER, ALL, OVER], {"own", "r1"}, id="it ends"),
        pytest.param([ANN, US, US_ONLY], {"own", "r1"}, id="by country"),
        pytest.param([ANN, US_ONLY, US, CA], {"r1", "own"}, id="the country changes"),
        pytest.param([ANN, BOB, OWNER, ALL], {"own", "r1"}, id="two leads"),
        pytest.param([ANN, OWNER, ALL, REASSIGNED], {"own", "r1", "r2"}, id="sales reassigns"),
    ],
)
def test_in_every_order_of_records_and_the_canary_an_account_has_one_owner(
    events: list[Model | CanaryChange], owners: set[str]
) -> None:
    _, final_states = explore(start(NO_OWNER, spec=SPLIT), events, SPLIT)
    assert final_states
    for state in final_states:
        (account,) = rows_of(state, AccountRow)
        assert account.request is None
        assert {one.lead_id for one in rows_of(state, HandoffRow, BANK)} >= {"ann"}
        assert len({assignee for _, assignee in state.held}) == 1
        assert {assignee for _, assignee in state.held} <= owners
