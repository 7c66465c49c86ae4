"""Absences, touches, escalations and what is told late, in any order: one owner, nobody absent, nothing for ever unsaid."""

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

HOLDER, BEFORE = "who has it", "who had it"
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
"""Open hand-offs that move in one step; of one, two make a large account, which moves in chunks."""


@dataclass
class Play:
    """A market, and what is true of its reps at each moment."""

    market: Market
    now_ms: int = MONDAY
    absences: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    turns: int = 0
    """Turns that the account took since somebody answered, or since it was closed or moved by right."""

    def who(self, meant: str) -> str:
        """Return the rep who is meant."""
        account = self.market.account()
        if meant == HOLDER:
            return account.holder.id if account.holder is not None and account.holder.id in REPS else "r1"
        if meant == BEFORE:
            return account.moved_on.had[0].rep_id if account.moved_on and account.moved_on.had else "r2"
        return meant

    def record(self, rep_id: str) -> None:
        known = rep(
            rep_id,
            event_id=f"{rep_id}-{self.now_ms}-{len(self.market.said)}",
            away=tuple(self.absences.get(rep_id, ())),
            at_desk=rep_id in SEATS,
            active=rep_id not in self.gone,
            deputy_rep_id=DEPUTIES.get(rep_id),
            manager_rep_id=MANAGERS.get(rep_id),
        )
        begun = len(self.market.said)
        self.market.reps(known, at_ms=self.now_ms)
        self.look(begun)

    def send(self, *events: Any) -> None:
        begun = len(self.market.said)
        self.market.send(*events, at_ms=self.now_ms)
        self.look(begun)

    def passes(self, hours: int) -> None:
        for _ in range(hours):
            self.now_ms += HOUR_MS
            begun = len(self.market.said)
            self.market.tick(self.now_ms)
            self.look(begun)

    def look(self, begun: int) -> None:
        """Hold the claims at everything that was said since."""
        assert_one_owner(self.market.said)
        for one in self.market.said[begun:]:
            if isinstance(one, LeadRouting) and one.action in {Action.ASSIGNED, Action.REASSIGNED}:
                self.nobody_absent(one)
        escalated = {
            one.assignee.id
            for one in self.market.said[begun:]
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

    def nobody_absent(self, one: LeadRouting) -> None:
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
            rep_id = made.who(meant)
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
            rep_id = made.who(meant)
            said = sales(
                word,
                f"{BANK}#1.{number}",
                at_ms=max(MONDAY, made.now_ms - late * HOUR_MS),
                reason="not_now" if word == "rejected" else None,
                to_rep_id="r3" if word == "reassigned" else None,
            )
            activity = said.activity.model_copy(update={"rep_id": rep_id})
            made.send(said.model_copy(update={"activity": activity}))
        elif what == "owner":
            made.send(facts(owner_rep_id=about[0]))
        else:
            made.passes(about[0])
    return made


@settings(deadline=None, max_examples=60)
@given(histories, at_once)
def test_one_owner_nobody_absent_and_no_more_turns_than_agreed_at_every_moment(
    history: list[tuple[Any, ...]], most_at_once: int
) -> None:
    play(history, most_at_once)


@settings(deadline=None, max_examples=40)
@given(histories, at_once)
def test_no_hand_off_stays_unanswered_without_somebody_being_told(
    history: list[tuple[Any, ...]], most_at_once: int
) -> None:
    made = play(history, most_at_once)
    for rep_id in REPS:  # everybody is there again, and a fortnight passes
        made.absences.pop(rep_id, None)
        made.gone.discard(rep_id)
        made.record(rep_id)
    for _ in range(14 * 4):
        made.passes(1)
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
def test_each_timer_speaks_once_while_a_hand_off_stays_where_it_is(
    history: list[tuple[Any, ...]], most_at_once: int
) -> None:
    made = play(history, most_at_once)
    said: Counter[tuple[str, str]] = Counter()
    for one in made.market.said:
        if isinstance(one, LeadRouting):
            for alert in (Alert.RESPONSE_DUE_SOON, Alert.RESPONSE_OVERDUE, Alert.STILL_UNANSWERED):
                said.pop((alert, one.handoff_id), None)
        elif isinstance(one, LeadAlert) and one.handoff_id is not None and not one.cleared:
            said[one.alert, one.handoff_id] += 1
            if one.alert in {Alert.RESPONSE_DUE_SOON, Alert.RESPONSE_OVERDUE, Alert.STILL_UNANSWERED}:
                assert said[one.alert, one.handoff_id] == 1
