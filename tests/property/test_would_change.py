"""Each change that an explanation lists leads to another decision, when it is made: by itself or with others listed.

A generated history is played. Each listed change of a lead is then made in a second market with the same history, and
the stage or the hand-offs must differ from those without it.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schemas.base import Model
from schemas.crm_accounts import Revenue
from schemas.crm_contacts import ContactRecord
from schemas.explanation import WouldChange
from schemas.lead_events import AccountFacts, ConsentWord, LeadConsent, LeadContact
from schemas.outputs import LeadRouting, LeadScore
from schemas.vocabulary import Purpose
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
    company,
    demo,
    facts,
    form,
    identified,
    opportunity,
    papers,
    reach_bar,
    sales,
)
from tests.property.histories import HistoryStep, company_facts, lead_facts, play, sales_activities
from workers.accounts.rulebook.behaviour import RuleBook
from workers.accounts.rulebook.tally import count_event

ANN = "ann"
RIGHT: dict[str, Any] = {
    "industry": {"sic": ["6021"]},
    "revenue": {"revenue": Revenue(amount=1_000_000_000, currency="USD")},
    "country": {"country": "US"},
    "exclusion": {"relationship": "prospect"},
}
"""Facts of the company with which a gate passes, or with which it is not excluded."""
PERSON: dict[str, Any] = {
    "function": {"job_function": "it"},
    "title": {"job_title": "Manager"},
    "do_not_contact": {"do_not_contact": False},
}
"""Fields of the CRM's contact with which a gate passes, or that permit contact."""


def contact(at_ms: int = MONDAY, **record: Any) -> LeadContact:
    return LeadContact(
        event_id=f"contact-{at_ms}",
        account_key=BANK,
        lead_id=ANN,
        occurred_at_ms=at_ms,
        record=ContactRecord.model_validate(record),
    )


def consent(at_ms: int = MONDAY, *, is_given: bool) -> LeadConsent:
    word = ConsentWord(purpose=Purpose.MARKETING, given=is_given, at_ms=at_ms)
    return LeadConsent(
        event_id=f"consent-{at_ms}",
        account_key=BANK,
        lead_id=ANN,
        occurred_at_ms=at_ms,
        consents=[word],
    )


def last_of(history: list[HistoryStep], kind: type[Model]) -> Any:
    """Return the last event of a type in the history, or None."""
    return next((one.event for one in reversed(history) if isinstance(one.event, kind)), None)


def make_changes(
    market: Market, history: list[HistoryStep], changes: tuple[WouldChange, ...], at_ms: int
) -> None:
    """Make the listed changes at the end of the history."""
    names = {one.name: one for one in changes}
    firm = last_of(history, AccountFacts)
    update = {key: value for name in names for key, value in RIGHT.get(name, {}).items()}
    if "account" in names:
        update["facts_confirmed_at"] = company().occurred_at.fromtimestamp(
            at_ms / 1000, company().occurred_at.tzinfo
        )
    if update:
        record = company(**(firm.account.model_dump() if firm else {}) | update)
        market.send(AccountFacts(account_key=BANK, primary_key=BANK, account=record), at_ms=at_ms)
    person = last_of(history, LeadContact)
    fields = {key: value for name in names for key, value in PERSON.get(name, {}).items()}
    if fields:
        known = person.record.model_dump(exclude_none=True) if person else {}
        market.send(contact(at_ms, **(known | fields)), at_ms=at_ms)
    if "marketing_consent" in names:
        market.send(consent(at_ms, is_given=True), at_ms=at_ms)
    text = POLICY_TEXT
    if "total" in names:
        missing = int(names["total"].needed.split()[0])
        lower = max(POLICY.stages.mql.bar - missing, POLICY.behaviour.cap + 1)
        text = text.replace("bar: 135 ", f"bar: {lower} ")
    if "new_points" in names:
        missing = int(names["new_points"].needed.split()[0])
        text = text.replace("new_points: 12}", f"new_points: {max(1, 12 - missing)}}}")
    if text != POLICY_TEXT:
        market.follow(text.replace("version: 1\n", "version: 2\n", 1), at_ms)
    if "activity" in names:
        market.send(*papers(1, at_ms=at_ms), at_ms=at_ms)
    if "request" in names:
        market.send(demo(at_ms=at_ms), at_ms=at_ms)


def outcome(history: list[HistoryStep], changes: tuple[WouldChange, ...], *, with_visit: bool) -> Any:
    """Return the stage of the lead and its hand-offs after the changes, and after a further visit if ``with_visit``."""
    market = play(history, finishes=True)
    before = len(market.outputs)
    at_ms = market.now_ms + HOUR_MS
    make_changes(market, history, changes, at_ms)
    if with_visit:
        market.send(activity("page_view", at_ms=at_ms, url="https://x.example/"), at_ms=at_ms)
    market.tick(at_ms + 1000)
    handoffs = [
        (one.action, one.kind, one.qualification)
        for one in market.outputs[before:]
        if isinstance(one, LeadRouting) and one.lead_id == ANN
    ]
    return market.stage(), handoffs


def is_decisive(history: list[HistoryStep], change: WouldChange, listed: list[WouldChange]) -> bool:
    """Whether the change leads to another outcome, by itself or together with others that are listed."""
    others = [one for one in listed if one != change]
    sizes = sorted(range(len(others) + 1), key=lambda size: (size > 0, -size))  # alone, with all, then fewer
    for size in sizes:
        for chosen in combinations(others, size):
            for with_visit in (False, True):
                without = outcome(history, chosen, with_visit=with_visit)
                if outcome(history, (*chosen, change), with_visit=with_visit) != without:
                    return True
    return False


def listed_of(history: list[HistoryStep]) -> LeadScore | None:
    """Return the last score of the lead."""
    outputs = play(history, finishes=True).outputs
    return next((one for one in reversed(outputs) if isinstance(one, LeadScore) and one.lead_id == ANN), None)


def check(history: list[HistoryStep]) -> list[str]:
    """Assert that each listed change is decisive. Return the names of the changes."""
    score = listed_of(history)
    if score is None:
        return []
    listed = score.explanation.would_change
    for change in listed:
        found = (score.stage, score.explanation.reasons, [one.name for one in listed])
        assert is_decisive(history, change, listed), (change.name, found)
    return [one.name for one in listed]


def steps_of(*events: Model) -> list[HistoryStep]:
    return [HistoryStep(one, 0) for one in events]


NO = consent(is_given=False)
STOP = contact(do_not_contact=True)
RIVAL = facts(relationship="competitor")
DEAL = facts(open_opportunities=[opportunity("r2")])
REJECTED = [
    *steps_of(facts(), identified(), *reach_bar()),
    HistoryStep(sales("rejected", lead_id=ANN, reason="not_now"), HOUR_MS),
]
WRONG = [
    *steps_of(facts(), identified(), *reach_bar()),
    HistoryStep(sales("rejected", lead_id=ANN, reason="wrong_person"), HOUR_MS),
]
NOT_OURS = [
    *steps_of(facts(), identified(), *reach_bar()),
    HistoryStep(sales("rejected", lead_id=ANN, reason="not_our_market"), HOUR_MS),
]


@pytest.mark.parametrize(
    ("history", "names"),
    [
        pytest.param(steps_of(RIVAL, identified(), *reach_bar()), ["exclusion"], id="competitor"),
        pytest.param(
            steps_of(RIVAL, identified(), form(job_title="Student")),
            ["exclusion"],
            id="competitor, wrong title",
        ),
        pytest.param(steps_of(RIVAL, identified(), demo()), ["exclusion"], id="competitor asks for a demo"),
        pytest.param(
            steps_of(facts(), identified(), form(job_title="Student")),
            ["function", "title", "total"],
            id="title fails",
        ),
        pytest.param(
            steps_of(facts(country="DE"), identified(), form()), ["country", "total"], id="country fails"
        ),
        pytest.param(
            steps_of(facts(country="DE"), identified(), *reach_bar()),
            ["country"],
            id="only the country fails",
        ),
        pytest.param(steps_of(facts(country="DE"), identified(), demo()), ["country"], id="inquiry"),
        pytest.param(steps_of(facts(country=None), identified(), demo()), ["country"], id="pending request"),
        pytest.param(steps_of(facts(), identified(), demo()), [], id="raised hand"),
        pytest.param(steps_of(facts(), identified(), *reach_bar()), [], id="mql"),
        pytest.param(steps_of(facts(), identified(), form()), ["total"], id="below the threshold"),
        pytest.param(
            steps_of(facts(), identified(), NO, *reach_bar()), ["marketing_consent"], id="no consent"
        ),
        pytest.param(steps_of(facts(), STOP, *reach_bar()), ["do_not_contact"], id="do not contact"),
        pytest.param(
            steps_of(facts(), STOP, form()), ["total", "do_not_contact"], id="do not contact, below"
        ),
        pytest.param(
            steps_of(DEAL, identified(), activity("email_delivered")),
            ["activity"],
            id="opportunity, only our mail",
        ),
        pytest.param(
            steps_of(DEAL, identified(), NO, form()),
            ["activity", "marketing_consent"],
            id="opportunity, no consent",
        ),
        pytest.param(
            steps_of(DEAL, identified(), form(job_title="Clerk")), [], id="opportunity, handed over"
        ),
        pytest.param(
            steps_of(facts(relationship=CUSTOMER, owner_rep_id="own"), STOP, form(job_title="Clerk")),
            ["activity", "do_not_contact"],
            id="customer, do not contact",
        ),
        pytest.param(REJECTED, ["new_points", "request"], id="recycled"),
        pytest.param(WRONG, ["request"], id="disqualified"),
        pytest.param(
            [*WRONG, HistoryStep(facts(country="DE"), HOUR_MS)], ["request"], id="disqualified, wrong country"
        ),
        pytest.param([*WRONG, HistoryStep(NO, HOUR_MS)], ["request"], id="disqualified, no consent"),
        pytest.param([*NOT_OURS, HistoryStep(form(), HOUR_MS)], None, id="account in question"),
    ],
)
def test_every_listed_change_of_each_reason_is_decisive(
    history: list[HistoryStep], names: list[str] | None
) -> None:
    found = check(history)
    if names is not None:
        assert found == names


histories = st.lists(
    st.builds(
        HistoryStep,
        st.one_of(
            lead_facts(),
            lead_facts(),
            company_facts,
            sales_activities,
            st.sampled_from([NO, STOP, consent(is_given=True), contact(), contact(job_title="Student")]),
        ),
        st.sampled_from([0, 0, HOUR_MS, DAY_MS, 8 * DAY_MS, 130 * DAY_MS]),
    ),
    min_size=2,
    max_size=12,
)


@settings(deadline=None, max_examples=40, phases=(Phase.generate,))
@given(histories)
def test_every_listed_change_of_any_history_is_decisive(history: list[HistoryStep]) -> None:
    check([HistoryStep(facts(), 0), HistoryStep(identified(), 0), *history])


RULES = st.sampled_from(list(POLICY.behaviour.rules))


@given(st.lists(st.tuples(RULES, st.integers(0, 90)), max_size=30))
def test_the_points_of_no_day_exceed_the_most_points(events: list[tuple[str, int]]) -> None:
    book, counts = RuleBook(POLICY), ()
    for number, (rule, day) in enumerate(events):
        counts = count_event(counts, (rule,), day, day * DAY_MS, f"e{number}", 0)
    assert all(book.points(counts, day).points <= book.most_points(counts) for day in range(91))
