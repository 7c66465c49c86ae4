"""Generated histories of two accounts, and a function that plays them.

A history has events of leads, CRM records, sales activities, and reps who leave and return.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from schemas.base import Model
from schemas.lead_events import AccountFacts, LeadFact, SalesAnswered
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    activity,
    facts,
    form,
    identified,
    opportunity,
    released,
    rep,
    sales,
)
from workers.accounts.rulebook.terms import MOST_AT_ONCE

PEOPLE = ("ann", "bob", "cid")
OTHER = "domain:other.example"
TITLES = ("CIO", "Director", "Analyst, IT", "Student", "Clerk", None)
ACTIVITIES = (
    {"what": "page_view", "url": "https://x.example/"},
    {"what": "page_view", "url": "https://x.example/pricing"},
    {"what": "page_view", "url": "https://x.example/careers"},
    {"what": "download"},
    {"what": "webinar_attended"},
    {"what": "email_clicked"},
    {"what": "email_opened"},
    {"what": "email_clicked", "asset": "march"},
    {"what": "email_opened", "asset": "march"},
    {"what": "calculator_used"},
    {"what": "video_watched"},
    {"what": "video_watched", "duration_seconds": 119},
    {"what": "video_watched", "duration_seconds": 120},
    {"what": "poll_answered"},
)
COMPANIES: tuple[dict[str, Any], ...] = (
    {},
    {},
    {"owner_rep_id": "own"},
    {"owner_rep_id": "away"},
    {"owner_rep_id": "nobody"},
    {"country": None},
    {"country": "DE"},
    {"relationship": CUSTOMER, "owner_rep_id": "own"},
    {"relationship": "competitor"},
    {"open_opportunities": [opportunity("r2")]},
)


@dataclass(frozen=True)
class HistoryStep:
    """One step of a history."""

    event: Model | str
    """The event, or a change of a rep such as "own leaves"."""
    after_ms: int
    """Milliseconds since the step before."""


@st.composite
def lead_facts(draw: st.DrawFn, *, key: str = BANK) -> Any:
    person = draw(st.sampled_from(PEOPLE))
    earlier_ms = draw(st.sampled_from([0, 0, 0, HOUR_MS, 3 * DAY_MS, 20 * DAY_MS]))
    kind = draw(st.integers(0, 9))
    at_ms = MONDAY - earlier_ms
    if kind == 0:
        return identified(person, key, at_ms)
    if kind <= 3:
        request = draw(st.sampled_from(["content", "content", "demo", "pricing"]))
        title = draw(st.sampled_from(TITLES))
        return form(request, person, at_ms, key, job_title=title)  # type: ignore[arg-type]
    return activity(**draw(st.sampled_from(ACTIVITIES)), lead_id=person, at_ms=at_ms, account_key=key)


sales_activities = st.builds(
    lambda action, number, reason, to, hours: sales(
        action,
        f"{BANK}#1.{number}" if number else None,
        at_ms=MONDAY + hours * HOUR_MS,
        lead_id="ann",
        reason=reason if action == "rejected" else None,
        to_rep_id=to if action == "reassigned" else None,
    ),
    st.sampled_from(
        [
            "touched",
            "accepted",
            "rejected",
            "rejected",
            "reassigned",
            "sales_qualified",
            "opportunity_opened",
            "won",
            "lost",
            "returned",
            "claimed",
        ]
    ),
    st.integers(0, 3),
    st.sampled_from(["not_now", "wrong_person", "not_our_market"]),
    st.sampled_from(["r1", "r2", "own", "nobody"]),
    st.integers(0, 30),
)
company_facts = st.sampled_from(COMPANIES).map(lambda changes: facts(**changes))
histories = st.lists(
    st.builds(
        HistoryStep,
        st.one_of(
            lead_facts(),
            lead_facts(),
            lead_facts(),
            company_facts,
            sales_activities,
            lead_facts(key=OTHER),
            st.sampled_from(
                [released(), facts(OTHER, BANK, crm_account_id="x"), released("x", OTHER), facts(OTHER)]
            ),
            st.sampled_from(["own leaves", "own returns", "r1 leaves", "r1 returns"]),
        ),
        st.sampled_from([0, 0, 1, HOUR_MS, 5 * HOUR_MS, DAY_MS, 8 * DAY_MS]),
    ),
    max_size=25,
)


def play(
    history: list[HistoryStep],
    *,
    cuts: int = 1_000_000,
    repeats: bool = False,
    most_at_once: int = MOST_AT_ONCE,
    finishes: bool = False,
    market: Market | None = None,
    before_step: Callable[[int, int], object] = lambda number, now_ms: None,  # noqa: ARG005 - nothing to do
) -> Market:
    """Play a history in a market, then let two days pass.

    ``before_step`` is called with the number of each step and its time. ``finishes``: work in chunks is completed before the next record. ``repeats``: CRM records and sales activities are
    sent twice, and the second must emit nothing.
    """
    market = market or Market(cuts=cuts, most_at_once=most_at_once)
    market.finishes = finishes
    market.reps(
        rep("r1", event_id="1"),
        rep("r2", event_id="2"),
        rep("dana", event_id="3", at_desk=False),
        rep("own", event_id="4", at_desk=False),
        rep("away", event_id="5", at_desk=False, away=((0, MONDAY + 40 * DAY_MS),), deputy_rep_id="r2"),
    )
    now_ms = MONDAY
    for number, step in enumerate(history):
        now_ms += step.after_ms
        before_step(number, now_ms)
        if isinstance(step.event, str):
            rep_id, _, change = step.event.partition(" ")
            seat = rep_id != "own"
            market.reps(
                rep(rep_id, event_id=f"{step.event}{now_ms}", at_desk=seat, active=change == "returns"),
                at_ms=now_ms,
            )
            continue
        event = step.event
        if isinstance(event, LeadFact):
            event = event.model_copy(update={"occurred_at_ms": event.occurred_at_ms - MONDAY + now_ms})
        market.send(event, at_ms=now_ms)
        if repeats and isinstance(event, AccountFacts | SalesAnswered):
            before = len(market.outputs)
            market.send(event, at_ms=now_ms)
            assert [one for one in market.outputs[before:] if not hasattr(one, "payload_bytes")] == []
    market.tick(now_ms + 2 * DAY_MS)
    while market.has_chunk:
        market.tick(now_ms + 2 * DAY_MS)
    return market
