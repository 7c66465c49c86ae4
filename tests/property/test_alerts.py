"""Alerts under random histories: each raised alert has a present cause, and each present cause has a raised alert."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.erasure import PersonErased
from schemas.outputs import LeadAlert
from schemas.topics import LEAD_EVENTS
from schemas.vocabulary import Alert, Request, Stage
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY,
    POLICY_TEXT,
    Market,
    activity,
    demo,
    facts,
    form,
    opportunity,
    reach_bar,
    rep,
    sales,
)
from tests.property.refused_claims import refused_claims
from workers.accounts.handoffs.buying_signals import SignalsRow
from workers.accounts.routing.ownership import crm_owners, is_customer, named_by_crm, owner_of
from workers.accounts.rulebook.terms import Terms
from workers.accounts.state.account import AccountRow
from workers.accounts.state.alert import AlertRow
from workers.accounts.state.handoff import HandoffRow
from workers.accounts.state.lead import LeadRow
from workers.accounts.worth.facts import fit_of
from workers.engine.api import Record

OTHER = "domain:other.example"
KEYS = (BANK, OTHER)
TERMS = Terms(POLICY)
REPS = ("r1", "r2", "dana", "own", "dep")
SEATS = {"r1", "r2"}
PEOPLE = ("ann", "bob")
WORDS = (
    "touched",
    "accepted",
    "claimed",
    "rejected not_now",
    "rejected not_now",
    "rejected wrong_person",
    "returned",
    "reassigned",
    "won",
    "lost",
    "sales_qualified",
    "opportunity_opened",
)
COMPANIES: tuple[dict[str, Any], ...] = (
    {},
    {"owner_rep_id": "own"},
    {"owner_rep_id": "nobody"},
    {"revenue": None},
    {"revenue": None, "owner_rep_id": "own"},
    {"region": "HI"},
    {"relationship": CUSTOMER},
    {"relationship": CUSTOMER, "owner_rep_id": "own"},
    {"relationship": "competitor", "owner_rep_id": "own"},
    {"relationship": "competitor", "owner_rep_id": "nobody"},
    {"open_opportunities": [opportunity("dep")]},
    {"primary_key": OTHER, "owner_rep_id": "own"},
    {"primary_key": OTHER, "relationship": CUSTOMER},
)
steps = st.one_of(
    st.tuples(st.just("threshold"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("hand"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("form"), st.sampled_from(PEOPLE), st.sampled_from(("CIO", "Student", None))),
    st.tuples(st.just("prices"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("support"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("company"), st.sampled_from(COMPANIES)),
    st.tuples(st.just("company"), st.sampled_from(COMPANIES)),
    st.tuples(st.just("record"), st.sampled_from(REPS), st.sampled_from(("there", "away", "gone", "full"))),
    st.tuples(st.just("all"), st.sampled_from(("away", "full", "there"))),
    st.tuples(
        st.just("sales"),
        st.sampled_from(WORDS),
        st.sampled_from(PEOPLE),
        st.sampled_from(("the holder", "r1", "own", "nobody")),
    ),
    st.tuples(st.just("erased"), st.sampled_from(PEOPLE)),
    st.tuples(st.just("passes"), st.sampled_from((1, 1, 2, 5, 24, 24 * 7, 24 * 130))),
)
histories = st.builds(
    lambda desk, before, lead, hours, after, rest: [
        ("all", desk),
        ("company", before),
        lead,
        ("passes", hours),
        ("company", after),
        *rest,
    ],
    st.sampled_from(("there", "there", "full", "away")),
    st.sampled_from(COMPANIES),
    st.tuples(st.sampled_from(("threshold", "hand", "prices")), st.sampled_from(PEOPLE)),
    st.sampled_from((1, 5)),
    st.sampled_from(COMPANIES),
    st.lists(steps, min_size=1, max_size=8),
)


@dataclass
class Play:
    """A market, and the alerts that are raised by its outputs."""

    market: Market
    now_ms: int = MONDAY
    up: dict[str, LeadAlert] = field(default_factory=dict)
    checked: int = 0
    number: int = 0

    def rows(self, row_type: type[Any], key: str) -> dict[tuple[str, ...], Any]:
        found = self.market.accounts.decider.rows.scan(row_type, key, limit=1_000)
        return {parts[1:]: row for parts, row in found}

    def record(self, rep_id: str, how: str) -> None:
        self.number += 1
        away = ((self.now_ms, self.now_ms + 3 * DAY_MS),) if how == "away" else ()
        desks = {"desk": "inside_sales", "capacity": 0 if how == "full" else 9}
        known = rep(
            rep_id,
            event_id=f"{rep_id} {self.number}",
            away=away,
            active=how != "gone",
            deputy_rep_id={"own": "dep"}.get(rep_id),
            desks=[desks] if rep_id in SEATS else [],
        )
        self.market.reps(known, at_ms=self.now_ms)

    def step(self, what: str, *about: Any) -> None:
        self.now_ms += 1
        getattr(self, what)(*about)
        self.apply_alerts()
        self.check_causes()

    # Steps of a history.

    def threshold(self, lead_id: str) -> None:
        self.send(*reach_bar(lead_id, self.now_ms))

    def hand(self, lead_id: str) -> None:
        self.send(demo(lead_id, self.now_ms))

    def form(self, lead_id: str, title: str | None) -> None:
        self.send(form(lead_id=lead_id, at_ms=self.now_ms, job_title=title))

    def prices(self, lead_id: str) -> None:
        self.send(activity("page_view", lead_id, self.now_ms, url="https://x.example/pricing"))

    def support(self, lead_id: str) -> None:
        self.send(form(Request.SUPPORT, lead_id, self.now_ms))

    def company(self, changes: dict[str, Any]) -> None:
        self.send(facts(**changes))
        if changes.get("primary_key"):
            self.send(facts(OTHER, **changes))

    def all(self, how: str) -> None:
        for rep_id in REPS:
            self.record(rep_id, how)

    def passes(self, hours: int) -> None:
        for _ in range(min(hours, 30)):
            self.now_ms += hours * HOUR_MS // min(hours, 30)
            self.market.tick(self.now_ms)

    def send(self, *events: Any) -> None:
        self.market.send(*events, at_ms=self.now_ms)

    def sales(self, word: str, lead_id: str, who: str) -> None:
        holder = next(
            (self.market.account(key).holder for key in KEYS if self.market.account(key).holder), None
        )
        rep_id = (holder.id if holder and holder.id in REPS else "r1") if who == "the holder" else who
        action, _, reason = word.partition(" ")
        sent = sales(
            action,
            lead_id=lead_id,
            at_ms=self.now_ms,
            reason=reason or None,
            to_rep_id="nobody" if who == "nobody" else "r2",
        )
        self.send(sent.model_copy(update={"activity": sent.activity.model_copy(update={"rep_id": rep_id})}))

    def erased(self, lead_id: str) -> None:
        self.number += 1
        event = PersonErased(event_id=f"erasure {self.number}", lead_id=lead_id, occurred_at_ms=self.now_ms)
        hop = self.market.accounts
        record = Record(LEAD_EVENTS.name, 0, hop.offset, self.now_ms, b"", event.model_dump_json().encode())
        for emit in hop.decide(record):
            if emit.value is not None:
                self.market._take([emit])
        self.market.deliver_all(self.now_ms)

    def apply_alerts(self) -> None:
        """Apply the new alerts. An alert is raised before it is cleared, and never raised twice."""
        for one in self.market.outputs[self.checked :]:
            if isinstance(one, LeadAlert):
                if one.cleared:
                    raised = self.up.pop(one.alert_id)
                    assert raised.model_dump(
                        exclude={"event_id", "occurred_at", "cleared"}
                    ) == one.model_dump(exclude={"event_id", "occurred_at", "cleared"})
                else:
                    assert one.alert_id not in self.up, one
                    self.up[one.alert_id] = one
        self.checked = len(self.market.outputs)

    # Checks after each step.

    def check_causes(self) -> None:
        """Assert that the raised alerts are those that have a cause now."""
        assert not self.market.to_accounts
        assert not self.market.to_desks
        kept = {alert_id for key in KEYS for (alert_id,) in self.rows(AlertRow, key)}
        assert kept == self.up.keys()
        should = {cause for key in KEYS for cause in causes(self, key)}
        may = should | {cause for key in KEYS for cause in possible(self, key)}
        now = {cause_of(one) for one in self.up.values()}
        assert now <= may, now - may
        assert should <= now, should - now


Cause = tuple[str, Alert, str]


def cause_of(one: LeadAlert) -> Cause:
    subject = {
        Alert.CLAIM_REFUSED: f"{one.lead_id} {one.told} {one.why} {one.rep_id or one.desk}",
        Alert.ACCOUNT_WITHOUT_OWNER: one.rep_id or "",
        Alert.FACT_WANTED: f"{one.lead_id or ''} {one.fact}",
        Alert.REJECTED_TOO_EARLY: one.lead_id or "",
        Alert.BUYING_SIGNALS: one.rep_id or "",
    }.get(one.alert, one.handoff_id or "")
    return one.account_key, one.alert, subject


def is_alias_or_excluded(account: AccountRow, key: str) -> bool:
    """Whether the account is an alias of another, or is excluded by a gate."""
    return bool(account.forwards_to) or TERMS.gates.exclusion(key, account.company) is not None


def rep_at_work(account: AccountRow) -> str:
    """Return the rep_id of the owner's substitute, else of the owner, else of the holder."""
    own, has = owner_of(POLICY, account), account.holder
    return has.id if has and (own is None or has.stands_for == own.rep_id) else own.rep_id if own else ""


def causes(play: Play, key: str) -> set[Cause]:
    """Return the causes that are present now and must have a raised alert."""
    account, found = play.market.account(key), set[tuple[Alert, str]]()
    for (handoff_id,), row in play.rows(HandoffRow, key).items():
        if row.touched_ms is None and row.frozen_ms is None and not row.withdrawn_for:
            for alert, at_ms in (
                (Alert.RESPONSE_DUE_SOON, row.due_soon_ms),
                (Alert.RESPONSE_OVERDUE, row.due_ms),
            ):
                if at_ms is not None and at_ms <= play.now_ms:
                    found.add((alert, handoff_id))
    company = account.company
    if not is_alias_or_excluded(account, key):
        named = {right.rep_id for right in named_by_crm(POLICY, company)}
        named |= {account.by_hand.rep_id} if account.by_hand else set()
        found |= {(Alert.ACCOUNT_WITHOUT_OWNER, one) for one in account.gone if one in named}
        has_leads = account.request is not None or account.open_handoffs
        if company is not None and is_customer(company) and has_leads and not crm_owners(POLICY, company):
            found.add((Alert.ACCOUNT_WITHOUT_OWNER, company.owner_rep_id or ""))
    for (lead_id,), lead in play.rows(LeadRow, key).items():
        if lead.stage is Stage.WAITING_FOR_FACTS:
            fit = fit_of(TERMS, company, lead, TERMS.day_of(play.now_ms))
            found |= {(Alert.FACT_WANTED, f" {fact}") for fact in fit.wanted_of_company}
            found |= {(Alert.FACT_WANTED, f"{lead_id} {fact}") for fact in fit.wanted_of_person}
    found |= {(Alert.CLAIM_REFUSED, one) for one in refused_claims(play.market, key, TERMS, play.now_ms)}
    signals = play.market.accounts.decider.rows.get(SignalsRow, key)
    if signals is not None and signals.up_for and not is_alias_or_excluded(account, key):
        found.add((Alert.BUYING_SIGNALS, rep_at_work(account)))
    return {(key, *one) for one in found}


def possible(play: Play, key: str) -> set[Cause]:
    """Return the causes that may have a raised alert: they depend on a desk's answer, or on sales' attempts."""
    account, found = play.market.account(key), set[tuple[Alert, str]]()
    by_desk = (Alert.EVERYONE_AWAY, Alert.SKILL_MISSING)
    for (handoff_id,), row in play.rows(HandoffRow, key).items():
        if row.touched_ms is None:
            late = (Alert.RESPONSE_DUE_SOON, Alert.RESPONSE_OVERDUE, Alert.STILL_UNANSWERED)
            found |= {(alert, handoff_id) for alert in (*by_desk, *late)}
    if account.request is not None and account.request.is_waiting:
        found |= {(alert, account.request.handoff_id) for alert in (*by_desk, Alert.DESK_FULL)}
    for (lead_id,), lead in play.rows(LeadRow, key).items():
        if lead.verdict is not None:
            found.add((Alert.REJECTED_TOO_EARLY, lead_id))
    return {(key, *one) for one in found}


def play(history: list[tuple[Any, ...]]) -> Play:
    made = Play(Market(POLICY_TEXT))
    for rep_id in REPS:
        made.record(rep_id, "there")
    for step in history:
        made.step(*step)
    return made


@settings(deadline=None, max_examples=100)
@given(histories)
def test_every_raised_alert_has_a_cause_and_is_cleared_with_it(history: list[tuple[Any, ...]]) -> None:
    play(history)


@pytest.mark.parametrize("lead", ["threshold", "hand", "prices"])
def test_after_any_change_of_a_company_its_alerts_are_true_or_cleared(lead: str) -> None:
    for before, after in product(COMPANIES, COMPANIES):
        play([("company", before), (lead, "ann"), ("passes", 5), ("company", after)])
