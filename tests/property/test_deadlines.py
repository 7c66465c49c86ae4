"""Deadlines under random histories: absences, touches, escalations and late events, in any order.

At every moment an account has one owner, who is present, and no unanswered hand-off stays without an alert.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.outputs import LeadAlert, LeadRouting
from schemas.vocabulary import Action, Alert, AssigneeType, HowChosen, Reason
from tests.hops.accounts.market import (
    BANK,
    HOUR_MS,
    MONDAY,
    POLICY,
    Market,
    assert_one_owner,
    demo,
    facts,
    reach_bar,
    rep,
    sales,
)
from workers.accounts.rulebook.terms import MOST_AT_ONCE
from workers.accounts.state.alert import AlertRow
from workers.accounts.state.handoff import HandoffRow

MOST_TURNS = POLICY.desks["inside_sales"].answer_within.most_turns
REPS = ("r1", "r2", "r3", "dana", "own", "dep")
SEATS = {"r1", "r2", "r3"}
DEPUTIES = {"own": "dep", "dep": "own", "r1": "r2", "dana": "dep"}
MANAGERS = {"own": "dana", "dep": "dana"}

HOLDER, BEFORE = "the holder", "the holder before"
PEOPLE = (*REPS, HOLDER, BEFORE)

steps = st.one_of(
    st.tuples(st.just("lead"), st.sampled_from(("ann", "bob", "cid")), st.booleans()),
    st.tuples(st.just("away"), st.sampled_from(PEOPLE), st.integers(-3, 6), st.integers(4, 50)),
    st.tuples(st.just("away"), st.just(HOLDER), st.integers(-3, 3), st.integers(4, 50)),
    st.tuples(st.just("back"), st.sampled_from(REPS)),
    st.tuples(st.just("leaves"), st.sampled_from(("r1", "r2", "own"))),
    st.tuples(
        st.just("sales"),
        st.sampled_from(("touched", "touched", "accepted", "rejected", "reassigned")),
        st.integers(1, 3),
        st.sampled_from(PEOPLE),
        st.integers(0, 20),
    ),
    st.tuples(st.just("owner"), st.sampled_from((None, "own"))),
    st.tuples(st.just("passes"), st.sampled_from((1, 1, 2, 3, 7, 24, 72))),
    st.tuples(st.just("passes"), st.sampled_from((1, 2, 4))),
)
histories = st.builds(
    lambda owner, rest: [("owner", owner), ("lead", "ann", True), *rest],
    st.sampled_from((None, "own")),
    st.lists(steps, min_size=4, max_size=20),
)

at_once = st.sampled_from((MOST_AT_ONCE, 1))
"""Most open hand-offs that move in one step. With 1, two hand-offs already move in chunks, as in a large account."""


@dataclass
class Play:
    """A market, and the presence of its reps at each moment."""

    market: Market
    now_ms: int = MONDAY
    absences: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    turns: int = 0
    """Turns that the account took since its last response, close or move to its own owner."""

    def resolve(self, meant: str) -> str:
        """Return the rep_id of a rep, of the holder, or of the holder before."""
        account = self.market.account()
        if meant == HOLDER:
            return account.holder.id if account.holder is not None and account.holder.id in REPS else "r1"
        if meant == BEFORE:
            return account.moved_on.had[0].rep_id if account.moved_on and account.moved_on.had else "r2"
        return meant

    def record(self, rep_id: str) -> None:
        known = rep(
            rep_id,
            event_id=f"{rep_id}-{self.now_ms}-{len(self.market.outputs)}",
            away=tuple(self.absences.get(rep_id, ())),
            at_desk=rep_id in SEATS,
            active=rep_id not in self.gone,
            deputy_rep_id=DEPUTIES.get(rep_id),
            manager_rep_id=MANAGERS.get(rep_id),
        )
        begun = len(self.market.outputs)
        self.market.reps(known, at_ms=self.now_ms)
        self.check(begun)

    def send(self, *events: Any) -> None:
        begun = len(self.market.outputs)
        self.market.send(*events, at_ms=self.now_ms)
        self.check(begun)

    def pass_hours(self, hours: int) -> None:
        for _ in range(hours):
            self.now_ms += HOUR_MS
            begun = len(self.market.outputs)
            self.market.tick(self.now_ms)
            self.check(begun)

    def check(self, begun: int) -> None:
        """Check the claims for every output since ``begun``."""
        assert_one_owner(self.market.outputs)
        for one in self.market.outputs[begun:]:
            if isinstance(one, LeadRouting) and one.action in {Action.ASSIGNED, Action.REASSIGNED}:
                self.assert_present(one)
        escalated = {
            one.assignee.id
            for one in self.market.outputs[begun:]
            if isinstance(one, LeadRouting)
            and one.action is Action.REASSIGNED
            and one.assignee is not None
            and one.how_chosen is HowChosen.ROTATION
            and Reason.NOT_ANSWERED in one.explanation.reasons
        }
        self.turns += len(escalated)
        assert self.turns <= MOST_TURNS
        if self.market.account().moved_on is None:
            self.turns = 0

    def assert_present(self, one: LeadRouting) -> None:
        assert one.assignee is not None
        if one.assignee.type is AssigneeType.REP:
            assert one.assignee.id not in self.gone
            at_ms = one.occurred_at.timestamp() * 1000
            away = self.absences.get(one.assignee.id, ())
            assert not any(starts <= at_ms < ends for starts, ends in away), one


def play(history: list[tuple[Any, ...]], most_at_once: int) -> Play:
    made = Play(Market(most_at_once=most_at_once))
    made.market.finishes = True
    for rep_id in REPS:
        made.record(rep_id)
    made.send(facts())
    for what, *about in history:
        if what == "lead":
            made.send(demo(about[0], made.now_ms) if about[1] else reach_bar(about[0], made.now_ms)[0])
            if not about[1]:
                made.send(*reach_bar(about[0], made.now_ms))
        elif what == "away":
            meant, begins, hours = about
            rep_id = made.resolve(meant)
            starts_ms = made.now_ms + begins * HOUR_MS
            made.absences[rep_id] = [(starts_ms, starts_ms + hours * HOUR_MS)]
            made.record(rep_id)
        elif what == "back":
            made.absences.pop(about[0], None)
            made.gone.discard(about[0])
            made.record(about[0])
        elif what == "leaves":
            made.gone.add(about[0])
            made.record(about[0])
        elif what == "sales":
            word, number, meant, late = about
            rep_id = made.resolve(meant)
            answered = sales(
                word,
                f"{BANK}#1.{number}",
                at_ms=max(MONDAY, made.now_ms - late * HOUR_MS),
                reason="not_now" if word == "rejected" else None,
                to_rep_id="r3" if word == "reassigned" else None,
            )
            activity = answered.activity.model_copy(update={"rep_id": rep_id})
            made.send(answered.model_copy(update={"activity": activity}))
        elif what == "owner":
            made.send(facts(owner_rep_id=about[0]))
        else:
            made.pass_hours(about[0])
    return made


@settings(deadline=None, max_examples=60)
@given(histories, at_once)
def test_at_every_moment_one_owner_who_is_present_and_no_more_turns_than_the_policy_allows(
    history: list[tuple[Any, ...]], most_at_once: int
) -> None:
    play(history, most_at_once)


@settings(deadline=None, max_examples=40)
@given(histories, at_once)
def test_no_hand_off_stays_unanswered_without_an_alert(
    history: list[tuple[Any, ...]], most_at_once: int
) -> None:
    made = play(history, most_at_once)
    for rep_id in REPS:  # all reps are present again, and two weeks pass
        made.absences.pop(rep_id, None)
        made.gone.discard(rep_id)
        made.record(rep_id)
    for _ in range(14 * 4):
        made.pass_hours(1)
        made.now_ms += 5 * HOUR_MS
    rows = made.market.accounts.decider.rows
    alerts = [row for _, row in rows.scan(AlertRow, BANK, limit=1_000)]
    for (_, handoff_id), row in rows.scan(HandoffRow, BANK, limit=1_000):
        if row.touched_ms is None:
            about = {one.alert: one.told for one in alerts if one.handoff_id == handoff_id}
            assert row.frozen_ms is None
            assert about.get(Alert.RESPONSE_OVERDUE), (handoff_id, about)
            assert about.get(Alert.STILL_UNANSWERED), (handoff_id, about)
        else:
            assert not {Alert.RESPONSE_OVERDUE, Alert.STILL_UNANSWERED} & {
                one.alert for one in alerts if one.handoff_id == handoff_id
            }
    account = made.market.account()
    assert account.move is None
    assert account.request is None or account.request.is_waiting


@settings(deadline=None, max_examples=40)
@given(histories, at_once)
def test_each_alert_is_raised_once_while_a_hand_off_keeps_its_holder(
    history: list[tuple[Any, ...]], most_at_once: int
) -> None:
    made = play(history, most_at_once)
    raised: Counter[tuple[str, str]] = Counter()
    for one in made.market.outputs:
        if isinstance(one, LeadRouting):
            for alert in (Alert.RESPONSE_DUE_SOON, Alert.RESPONSE_OVERDUE, Alert.STILL_UNANSWERED):
                raised.pop((alert, one.handoff_id), None)
        elif isinstance(one, LeadAlert) and one.handoff_id is not None and not one.cleared:
            raised[one.alert, one.handoff_id] += 1
            if one.alert in {Alert.RESPONSE_DUE_SOON, Alert.RESPONSE_OVERDUE, Alert.STILL_UNANSWERED}:
                assert raised[one.alert, one.handoff_id] == 1
