"""Generated histories of a CRM while people ask for sales, and a function that plays them through all four hops.

The CRM's records of a few accounts change as in real companies: owners, status, opportunities, merges in any order,
deletions, blanks, and several accounts with one domain. Records arrive late, repeated and out of order. A few people of
these domains ask for a demo, and sales answers some of them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st

from tests.scenarios.story import ESCALATION, POLICY, Results
from workers.accounts.agent import spec as accounts_spec
from workers.accounts.handle import AccountsHop
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import AgentSpec, Config, Emit
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.engine.rows import Rows
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

KEY = b"a key for tests only"
START = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""Monday 10:00 in the policy's zone."""
BEFORE = START - timedelta(days=2)
PEOPLE = ("ann@alder.example", "bob@alder.example", "cid@birch.example", "dan@gmail.com")
OWNERS = (None, "kay", "lou", "max")
ACCOUNTS = ("A-1", "A-2", "A-3")
DOMAINS: tuple[list[str], ...] = (
    ["alder.example"],
    ["birch.example"],
    ["alder.example", "birch.example"],
    ["birch.example", "alder.example"],
    ["alder.example"],
    ["alder.example", "birch.example"],
    [],
)
RELATIONSHIPS = (
    None,
    "prospect",
    "customer",
    "customer",
    "customer",
    "former_customer",
    "partner",
    "competitor",
)


@dataclass(frozen=True)
class CrmStep:
    """One record of a history."""

    topic: str
    key: str
    value: dict[str, Any] | None
    """Value without ``event_id`` and ``occurred_at``. None: a deletion."""
    after_s: int = 60
    """Seconds since the step before."""
    late_s: int = 0
    """Seconds between the date of the record and its arrival."""
    is_repeated: bool = False
    """Whether the record arrives a second time, at once."""


@dataclass
class Played:
    """The results of a history, and what is stored at its end."""

    results: Results
    rows: Rows
    asked: dict[str, list[int]] = field(default_factory=dict)
    """Dates of each person's requests, by address. Milliseconds UTC."""
    fed_back: dict[str, list[int]] = field(default_factory=dict)
    """Dates of the feedback of sales about each person, by address. Milliseconds UTC."""


@st.composite
def _account_step(draw: st.DrawFn) -> CrmStep:
    account = draw(st.sampled_from(ACCOUNTS))
    if draw(st.integers(0, 5)) == 0:
        return CrmStep("crm.accounts", account, None, draw(_PAUSES))
    owner = draw(st.sampled_from(OWNERS))
    value = {
        "crm_account_id": account,
        "name": f"Bank {account}",
        "domains": draw(st.sampled_from(DOMAINS)),
        "sic": draw(st.sampled_from([["6021"], []])),
        "revenue": draw(st.sampled_from([{"amount": 900_000_000, "currency": "USD"}, None])),
        "country": draw(st.sampled_from(["US", "US", "", None])),
        "relationship": draw(st.sampled_from(RELATIONSHIPS)),
        "owner_rep_id": owner,
        "open_opportunities": draw(st.sampled_from([[], [], [_opportunity("kay")], [_opportunity("lou")]])),
    }
    stated = {name: one for name, one in value.items() if one is not None}
    return CrmStep("crm.accounts", account, stated, draw(_PAUSES), draw(_LATE), draw(st.booleans()))


@st.composite
def _form_step(draw: st.DrawFn) -> CrmStep:
    email = draw(st.sampled_from(PEOPLE))
    value = {
        "form_id": "contact",
        "email": email,
        "job_title": draw(st.sampled_from(["CIO", "Student"])),
        "job_function": "it",
        "request": draw(st.sampled_from(["demo", "demo", "pricing", "content"])),
    }
    return CrmStep("form.fills", email, value, draw(_PAUSES))


@st.composite
def _sales_step(draw: st.DrawFn) -> CrmStep:
    email = draw(st.sampled_from(PEOPLE))
    value = {
        "action": draw(
            st.sampled_from(["touched", "accepted", "opportunity_opened", "won", "lost", "returned"])
        ),
        "rep_id": draw(st.sampled_from(["ida", "kay", "lou"])),
        "email": email,
    }
    return CrmStep("sales.activities", email, value, draw(_PAUSES), draw(_LATE))


def _opportunity(owner: str) -> dict[str, str]:
    return {"opportunity_id": f"O-{owner}", "owner_rep_id": owner, "opened_at": BEFORE.isoformat()}


_PAUSES = st.sampled_from([0, 0, 1, 60, 300])
_LATE = st.sampled_from([0, 0, 0, 90, 600])
_CONTACTS = st.builds(
    lambda email, account, after_s: CrmStep(
        "crm.contacts", email, {"email": email} | ({"crm_account_id": account} if account else {}), after_s
    ),
    st.sampled_from(PEOPLE),
    st.sampled_from([None, *ACCOUNTS]),
    _PAUSES,
)
_CHANGES = st.lists(
    st.one_of(_account_step(), _account_step(), _account_step(), _form_step(), _sales_step(), _CONTACTS),
    min_size=1,
    max_size=10,
)
histories = st.builds(
    lambda before, asked, changes: [*before, *asked, *changes],
    st.lists(_account_step(), min_size=1, max_size=3),
    st.lists(_form_step(), min_size=1, max_size=3),
    _CHANGES,
)
"""Records of accounts, then forms, then changes of all kinds."""


def play(history: list[CrmStep], *, hours: int = 6, leads_at_once: int = 200) -> Played:
    """Play a history in the order of arrival, then let some hours pass.

    ``leads_at_once``: number of leads that one step of long work handles.
    """
    config = _config()
    specs = make_specs(KEY, 1)
    specs["accounts"] = _accounts(leads_at_once)
    emits: list[Emit] = []
    replay = EdgeReplay(specs, config, dead_letter, emits.append, results=RESULTS)
    first_ms = _ms(BEFORE)
    replay.open_with(directory_ready(first_ms))
    for rep_id in ("ida", "eve"):
        replay.feed(_input("crm.reps", rep_id, _rep(rep_id, at_desk=True), first_ms, first_ms))
    for rep_id in ("kay", "lou", "max"):
        replay.feed(_input("crm.reps", rep_id, _rep(rep_id, at_desk=False), first_ms, first_ms))
    played = Played(Results([]), Rows(MemoryStore()))
    now_ms = _ms(START)
    for number, step in enumerate(history):
        now_ms += step.after_s * 1000
        dated_ms = now_ms - step.late_s * 1000
        value = step.value
        if value is not None:
            value = {"event_id": f"e{number}"} | value
            _note(played, step, dated_ms)
        record = _input(step.topic, step.key, value, dated_ms, now_ms)
        for _ in range(1 + step.is_repeated):
            replay.feed(record)
    replay.run_timers(now_ms + hours * 3_600_000)
    store = MemoryStore()
    store.write(dict(replay.rows()[2]))
    played.rows = Decider(specs["accounts"], 0, 1, store, config, dead_letter).rows
    played.results = Results([emit for emit in emits if emit.topic in RESULTS])
    return played


def _note(played: Played, step: CrmStep, dated_ms: int) -> None:
    """Record who asked for sales, and about whom sales gave feedback."""
    value = step.value or {}
    if value.get("request") in {"demo", "pricing"}:
        played.asked.setdefault(step.key, []).append(dated_ms)
    if step.topic == "sales.activities":
        played.fed_back.setdefault(step.key, []).append(dated_ms)


def _input(topic: str, key: str, value: dict[str, Any] | None, dated_ms: int, arrival_ms: int) -> Input:
    if value is not None:
        dated = datetime.fromtimestamp(dated_ms / 1000, UTC).isoformat()
        value = {"occurred_at": dated} | value
    raw = None if value is None else json.dumps(value).encode()
    return Input(topic=topic, key=key.encode(), value=raw, timestamp_ms=arrival_ms)


def _rep(rep_id: str, *, at_desk: bool) -> dict[str, Any]:
    desks = [{"desk": "inside_sales"}] if at_desk else []
    return {"event_id": f"rep-{rep_id}", "rep_id": rep_id, "name": rep_id.title(), "desks": desks}


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


@cache
def _config() -> Config:
    """Return the policy here, in which unanswered accounts stay with their rep."""
    text = ESCALATION.sub("", POLICY.read_text("utf-8"))
    return to_config(load_policy(text), text)


@cache
def _accounts(leads_at_once: int) -> AgentSpec:
    hop = AccountsHop(load_policy(_config().text), leads_at_once=leads_at_once)
    return accounts_spec(lambda _: hop)
