"""One owner per account under changing owners, partners, support desks and territories that become known late.

Records and the messages between accounts and desks arrive in any order. At every prefix of the output an account has one
owner, apart from support questions. When no message is in transit, the account's own owner has it, and no lead is lost.
"""

from __future__ import annotations

from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from schemas.base import Model
from schemas.crm_reps import DeskMembership
from schemas.desk_requests import RepFacts
from schemas.outputs import LeadRouting
from schemas.partner_load import PARTNERS_DESK
from schemas.vocabulary import Action, AssigneeType, Kind, Request, Stage
from tests.hops.accounts.market import (
    BANK,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    POLICY_TEXT,
    Market,
    assert_one_owner,
    facts,
    form,
    opportunity,
    papers,
    rep,
    sales,
)
from tests.property.open_index_checks import assert_open_index
from tests.routes import (
    CUSTOMER,
    FORMER,
    NEVER,
    OPEN,
    OWNER,
    PARTNER,
    REP,
    REST,
    SUPPORT,
    WEST,
    desk,
    with_routes,
)
from workers.accounts.routing.ownership import owner_of
from workers.accounts.rulebook.terms import MOST_AT_ONCE
from workers.accounts.state.account import AccountRow
from workers.accounts.state.handoff import HandoffRow, PendingRow, ServiceRow
from workers.accounts.state.lead import LeadRow
from workers.desks.rows import RotationRow
from workers.policy.load import load_policy

PARTNERS = """owners: {not_people: [queue], subsidiaries: parents_owner}
partners:
  islands: {regions: [HI], gets: sql, answer_within: 16h, then: return, sees: [name, company]}
  south: {regions: [PR], gets: mql, answer_within: 16h, then: report, sees: [name]}
"""
TEXT = with_routes(
    POLICY_TEXT,
    (NEVER, SUPPORT, CUSTOMER, OPEN, OWNER, PARTNER, REP, FORMER, WEST, REST),
    desk("west", calendar="west") + desk("care", more=", service: 4h"),
    PARTNERS,
)
POLICY = load_policy(TEXT)
AT_DESKS = with_routes(
    POLICY_TEXT,
    (
        NEVER,
        SUPPORT,
        "{if: customer, to: desk west, kind: expansion, points: 5}",
        "{if: open_opportunity, to: opportunity owner, kind: in_cycle, signals: [pricing]}",
        OWNER,
        "{if: {asks_for: [demo], is_not: [islands]}, to: desk west}",
        REP,
        "{if: islands, to: desk care}",
        REST,
    ),
    desk("west", calendar="west") + desk("care", more=", service: 4h"),
    "conditions: {islands: {regions: [HI, PR], kinds: [raised_hand]}}\nowners: {not_people: [queue]}\n",
)
"""Customers go to a desk, routes test requests and named conditions, and no partner covers an account."""
_TERMS = "gets: mql, answer_within: 4h, then: next_partner, sees: [name]"
IN_TURN = with_routes(
    POLICY_TEXT,
    (NEVER, SUPPORT, CUSTOMER, OPEN, OWNER, PARTNER, REP, FORMER, WEST, REST),
    desk("west", calendar="west") + desk("care", more=", service: 4h"),
    f"""owners: {{not_people: [queue], subsidiaries: parents_owner}}
partners:
  islands: {{regions: [HI, PR], level: gold, most_open: 1, {_TERMS}}}
  south: {{regions: [PR, HI], level: gold, weight: 2, most_open: 1, {_TERMS}}}
  third: {{regions: [HI], gets: sql, most_open: 1, answer_within: 16h, then: return, sees: [name]}}
""",
)
"""Partners take turns, have limits, and pass accounts on."""
texts = st.sampled_from((TEXT, AT_DESKS, IN_TURN))
PEOPLE = ("ann", "bob")
OWNERS = ("own", "other")
COMPANIES: tuple[dict[str, Any], ...] = (
    {},
    {"region": "HI"},
    {"region": "PR"},
    {"region": "CA"},
    {"owner_rep_id": "own"},
    {"owner_rep_id": "other", "region": "HI"},
    {"owner_rep_id": "queue", "region": "CA"},
    {"owner_rep_id": "own", "relationship": "customer"},
    {"owner_rep_id": "other", "relationship": "customer", "region": "HI"},
    {"relationship": "customer"},
    {"owner_rep_id": "own", "relationship": "former_customer"},
    {"owner_rep_id": "own", "open_opportunities": [opportunity("other")]},
    {"relationship": "competitor"},
)
ASKED = (Request.DEMO, Request.DEMO, Request.SUPPORT, Request.CONTENT)
BEGINNINGS = (("ann",), ("ann", "bob"), ())
at_once = st.sampled_from((MOST_AT_ONCE, 1))
"""The most open hand-offs that move in one step. With 1, two hand-offs already move in chunks."""
SALES = ("sales_qualified", "sales_qualified", "returned", "rejected", "reassigned", "touched")


@st.composite
def records(draw: st.DrawFn) -> list[Model]:
    """Draw records in their own order: forms, CRM facts, sales activities, a rep who leaves or returns."""
    made: list[Model] = [facts(**draw(st.sampled_from(COMPANIES)))]
    made += [form(draw(st.sampled_from(ASKED)), one, MONDAY) for one in draw(st.sampled_from(BEGINNINGS))]
    for number in range(draw(st.integers(3, 9))):
        at_ms = MONDAY + number * HOUR_MS
        person = draw(st.sampled_from(PEOPLE))
        match draw(st.integers(0, 8)):
            case 0 | 1:
                made.append(form(draw(st.sampled_from(ASKED)), person, at_ms, postal_code="96801"))
            case 2:
                made += [*papers(2, person, at_ms), *papers(1, person, at_ms)]
            case 3 | 4:
                made.append(facts(**draw(st.sampled_from(COMPANIES))))
            case 5:
                active = draw(st.booleans())
                who = rep("own", at_desk=False, active=active)
                made.append(RepFacts(event_id=who.event_id, desk="rep:own", rep_id="own", rep=who))
            case _:
                action = draw(st.sampled_from(SALES))
                more = {"rejected": {"reason": "not_now"}, "reassigned": {"to_rep_id": "r2"}}.get(action, {})
                made.append(sales(action, lead_id=person, at_ms=at_ms + draw(st.integers(1, 9)), **more))
    return made


def new_market(most_at_once: int, text: str) -> Market:
    market = Market(text, most_at_once=most_at_once)
    west = [DeskMembership(desk="west")]
    market.reps(rep("r1"), rep("r2"), rep("w1", desks=west), rep("dana", at_desk=False))
    market.reps(*(rep(one, at_desk=False) for one in OWNERS))
    market.is_manual = True
    return market


def play(
    events: list[Model], choices: list[int], most_at_once: int = MOST_AT_ONCE, text: str = TEXT
) -> Market:
    """Apply one step at a time: a record, a message to a desk, a message to the account, or a chunk of a large account."""
    market = new_market(most_at_once, text)
    waiting = list(events)
    turn = 0
    while waiting or market.to_desks or market.to_accounts or market.has_chunk:
        ways = ["record"] * bool(waiting) + ["desk"] * bool(market.to_desks)
        ways += ["account"] * bool(market.to_accounts) + ["chunk"] * market.has_chunk
        way = ways[choices[turn % len(choices)] % len(ways)]
        turn += 1
        now_ms = MONDAY + turn
        if way == "desk":
            market.deliver_to_desk(now_ms)
        elif way == "account":
            market.deliver_to_account(now_ms)
        elif way == "chunk":
            market.chunk(now_ms)
        else:
            one = waiting.pop(0)
            if isinstance(one, RepFacts):
                market._take(market.desks.send(one, now_ms))
            else:
                market.send(one, at_ms=now_ms)
    return market


def open_now(market: Market, *, service: bool) -> dict[str, LeadRouting]:
    """Return the open hand-offs according to the output: support questions, or all others."""
    found: dict[str, LeadRouting] = {}
    for one in market.outputs:
        if isinstance(one, LeadRouting) and (one.kind is Kind.SERVICE) is service:
            found.pop(one.handoff_id, None)
            if one.action is not Action.WITHDRAWN:
                found[one.handoff_id] = one
    return found


def rows(market: Market, kind: type[Any]) -> list[Any]:
    return [row for _, row in market.accounts.decider.rows.scan(kind, BANK, limit=99)]


def open_leads_of_partners(market: Market) -> dict[str, int]:
    """Return the open leads of each partner as the desk of all partners counts them."""
    rotation = market.desks.decider.rows.get(RotationRow, PARTNERS_DESK) or RotationRow()
    return {partner: count for partner, count in rotation.taken.items() if count}


@settings(deadline=None, max_examples=250)
@given(records(), st.lists(st.integers(0, 5), min_size=1, max_size=30), at_once, texts)
def test_an_account_has_one_owner_at_every_prefix_of_the_output(
    events: list[Model], choices: list[int], most_at_once: int, text: str
) -> None:
    market = play(events, choices, most_at_once, text)
    assert_one_owner(market.outputs)
    assert_open_index(market.accounts.decider.rows)
    types = {one.assignee.type for one in market.outputs if isinstance(one, LeadRouting) and one.assignee}
    event(f"held by {' and '.join(sorted(types)) or 'no holder'}")


@settings(deadline=None, max_examples=250)
@given(records(), st.lists(st.integers(0, 5), min_size=1, max_size=30), at_once, texts)
def test_when_no_message_is_in_transit_the_accounts_own_owner_has_it(
    events: list[Model], choices: list[int], most_at_once: int, text: str
) -> None:
    market = play(events, choices, most_at_once, text)
    account = market.account()
    held = open_now(market, service=False).values()
    assert open_leads_of_partners(market) == (
        {account.holder.id: account.open_handoffs}
        if text is IN_TURN and account.holder is not None and account.holder.type is AssigneeType.PARTNER
        else {}
    )
    right = owner_of(load_policy(text), account)
    if right is not None:
        assert {one.assignee.id for one in held if one.assignee} <= {right.rep_id}
    assert account.request is None or account.request.is_waiting
    if market.accounts.decider.hop.terms.gates.exclusion(BANK, account.company) is not None:
        return  # an excluded account holds its open requests: with no rep, until the exclusion ends
    waiting = market.accounts.decider.rows.scan(PendingRow, BANK, limit=99)
    assert {lead_id for (*_, lead_id), _ in waiting} <= {account.request.lead_id if account.request else ""}
    assert len(held) == account.open_handoffs


@settings(deadline=None, max_examples=250)
@given(records(), st.lists(st.integers(0, 5), min_size=1, max_size=30), at_once)
def test_support_questions_stay_at_their_desk_and_stages_match_the_holder(
    events: list[Model], choices: list[int], most_at_once: int
) -> None:
    market = play(events, choices, most_at_once)
    for one in open_now(market, service=True).values():
        assert one.assignee is not None
        is_customers = "customer_account" in one.explanation.reasons
        assert one.assignee.id == f"desk:{'care' if is_customers else POLICY.default_desk}"
        assert one.explanation.reasons[0] == "support_question"
    assert rows(market, ServiceRow) == []
    account: AccountRow = market.account()
    is_with_partner = account.holder is not None and account.holder.type is AssigneeType.PARTNER
    by_lead = {row.lead_id for row in rows(market, HandoffRow) if row.kind is not Kind.SERVICE}
    leads = market.accounts.decider.rows.scan(LeadRow, BANK, limit=99)
    for (_, lead_id), lead in leads:
        assert (lead.stage is Stage.WITH_PARTNER) <= is_with_partner
        if is_with_partner and lead_id in by_lead:
            assert lead.stage in {Stage.WITH_PARTNER, Stage.CUSTOMER, Stage.OPPORTUNITY}


@settings(deadline=None, max_examples=60)
@given(records(), at_once)
def test_a_partner_without_an_answer_holds_nothing_a_week_later(
    events: list[Model], most_at_once: int
) -> None:
    market = play(events, [0], most_at_once)
    market.is_manual = False
    market.finishes = True
    market.tick(MONDAY + 7 * DAY_MS)
    assert_one_owner(market.outputs)
    untouched = [
        one
        for one in rows(market, HandoffRow)
        if one.holder.id == "partner:islands" and one.touched_ms is None
    ]
    assert untouched == []
