"""One owner across account keys: every order of up to six records of account keys that become one account.

``interleavings.py`` asserts at every prefix of the output: the open hand-offs of a lead have one account key and one rep,
the open hand-offs of a key have one rep, and an alias has no open hand-offs. The tests here assert at the end:

- each lead is under its expected key, with one of the expected owners,
- no lead is lost,
- scores and stages do not depend on the order,
- a deadline is reported once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pytest

from schemas.base import Model
from schemas.crm_contacts import CrmContact
from schemas.desk_requests import RepFacts
from schemas.outputs import LeadAlert
from schemas.topics import CRM_CONTACTS
from tests.hops.accounts.market import (
    BANK,
    HOUR_MS,
    MONDAY,
    company,
    demo,
    instant,
    papers,
    reach_bar,
    rep,
    sales,
)
from tests.property.interleavings import LEAD_ID_KEY, Router, State
from tests.property.messages import NOW_MS, Message, crm_message
from workers.accounts.state.account import AccountRow
from workers.identity.addresses import normalise
from workers.identity.lead_ids import person_of

OTHER, THIRD = "domain:other.example", "domain:third.example"
ANN = "lead:ann"
GINA_WRITES = "gina@gmail.com"
GINA = person_of(normalise(GINA_WRITES), LEAD_ID_KEY)
ROUTER = Router(leads_at_once=1)


def crm(crm_account_id: str, *domains: str, version: int = 1, **facts: Any) -> Message:
    """Return a CRM record of an account with these domains, each without its ``.example``."""
    event_id = f"{crm_account_id}-{version}"
    return crm_message(
        company(
            event_id=event_id,
            crm_account_id=crm_account_id,
            domains=[f"{one}.example" for one in domains],
            **({"name": crm_account_id.title()} | facts),
        )
    )


def deleted(crm_account_id: str) -> Message:
    return crm_message(None, crm_account_id)


def with_reps() -> State:
    """Return the state with two reps at the desk, and two owners who are at none."""
    reps = [rep("r1"), rep("r2"), rep("olga", at_desk=False), rep("pavel", at_desk=False)]
    records = (
        RepFacts(event_id=one.event_id, desk=desk, rep_id=one.rep_id, rep=one)
        for one in reps
        for desk in [f"rep:{one.rep_id}", *(f"desk:{seat.desk}" for seat in one.desks)]
    )
    return ROUTER.after(State(), *records)


def contact(crm_account_id: str | None, version: int = 1) -> Message:
    """Return a CRM contact with the address of ``GINA``. None as the account deletes the contact."""
    if crm_account_id is None:
        return crm_message(None, GINA_WRITES, CRM_CONTACTS.name)
    record = CrmContact(
        event_id=f"gina-{version}",
        occurred_at=instant(MONDAY),
        email=GINA_WRITES,
        crm_account_id=crm_account_id,
    )
    return crm_message(record, GINA_WRITES, CRM_CONTACTS.name)


class Case(NamedTuple):
    """Records whose orders are searched, and the expected end."""

    before: Sequence[Model | Message]
    """Records that are decided first, in one order, with all that follows."""
    sources: Sequence[Sequence[Model | Message]]
    """Records in any order, except that those of one source keep their order."""
    keys: dict[str, str]
    """The account key of each lead at the end, by lead_id."""
    owners: dict[str, set[str]]
    """The permitted assignees of each account at the end, by account key. Several if they depend on the order."""
    done: frozenset[str] = frozenset()
    """The lead_ids that need no open hand-off at the end, because sales rejected them."""


DESK = {"r1", "r2"}
CASES: dict[str, Callable[[], Case]] = {
    "the CRM gets an account with two domains late": lambda: Case(
        [demo(account_key=OTHER)],
        [[crm("new", "bank", "other")], [demo("cid", account_key=OTHER)], [demo("bob")]],
        {"ann": BANK, "bob": BANK, "cid": BANK},
        {BANK: DESK},
    ),
    "late, with an owner, and sales accepts meanwhile": lambda: Case(
        [demo(account_key=OTHER)],
        [
            [crm("new", "bank", "other", owner_rep_id="olga")],
            [sales("accepted", f"{OTHER}#1.1", account_key=OTHER)],
            [demo("bob")],
        ],
        {"ann": BANK, "bob": BANK},
        {BANK: {"olga"}},
    ),
    "late, and sales rejects meanwhile": lambda: Case(
        [*reach_bar(account_key=OTHER), crm("old", "other")],
        [
            [deleted("old")],
            [crm("new", "bank", "other")],
            [sales("rejected", f"{OTHER}#1.1", account_key=OTHER, reason="not_now")],
            [demo("bob")],
        ],
        {"ann": BANK, "bob": BANK},
        {BANK: DESK},
        done=frozenset({"ann"}),
    ),
    "a domain moves from one account to another": lambda: Case(
        [crm("a", "third", "other", owner_rep_id="olga"), crm("b", "bank"), demo(account_key=OTHER)],
        [
            [crm("a", "third", version=2, owner_rep_id="olga")],
            [crm("b", "bank", "other", version=2)],
            [demo("cid", account_key=OTHER)],
            [demo("bob")],
        ],
        {"ann": BANK, "bob": BANK, "cid": BANK},
        {BANK: DESK | {"olga"}},
    ),
    "two accounts claim a domain and neither gets it": lambda: Case(
        [demo(account_key=OTHER), demo("bob")],
        [
            [crm("b", "bank", "other", owner_rep_id="olga")],
            [crm("a", "third", "other", owner_rep_id="pavel")],
        ],
        {"ann": OTHER, "bob": BANK},
        {OTHER: DESK, BANK: {"olga"}},
    ),
    "two accounts are merged": lambda: Case(
        [crm("old", "other", owner_rep_id="olga"), demo(account_key=OTHER), crm("new", "bank"), demo("bob")],
        [
            [deleted("old")],
            [crm("new", "bank", "other", version=2, owner_rep_id="pavel")],
            [demo("cid", account_key=OTHER)],
        ],
        {"ann": BANK, "bob": BANK, "cid": BANK},
        {BANK: {"pavel"}},
    ),
    "an account is deleted": lambda: Case(
        [crm("a", "bank", "other", owner_rep_id="olga"), demo(account_key=OTHER), demo("bob")],
        [[deleted("a")], [demo("cid", account_key=OTHER)]],
        {"ann": OTHER, "bob": BANK, "cid": OTHER},
        {BANK: {"olga"}, OTHER: {"olga"}},
    ),
    "a domain moves to an account and back": lambda: Case(
        [crm("a", "bank"), demo("bob"), demo(account_key=OTHER)],
        [
            [crm("a", "bank", "other", version=2), crm("a", "bank", version=3)],
            [demo("cid", account_key=OTHER)],
        ],
        {"ann": OTHER, "bob": BANK, "cid": OTHER},
        {BANK: DESK, OTHER: DESK},
    ),
    "the first domain becomes the second": lambda: Case(
        [crm("a", "bank", "other"), demo("bob"), demo(account_key=OTHER)],
        [[crm("a", "other", "bank", version=2)], [demo("cid")]],
        {"ann": OTHER, "bob": OTHER, "cid": OTHER},
        {OTHER: DESK},
    ),
    "a new first domain while a second one is in transit to the old one": lambda: Case(
        [crm("a", "bank"), demo(account_key=OTHER)],
        [
            [crm("a", "bank", "other", version=2), crm("a", "third", "bank", "other", version=3)],
            [demo("cid", account_key=OTHER)],
        ],
        {"ann": THIRD, "cid": THIRD},
        {THIRD: DESK},
    ),
    "an account without a domain gets its first one, and its leads follow": lambda: Case(
        [crm("a", name="First Bank"), demo(account_key=ANN, company="First Bank")],
        [
            [crm("a", "bank", version=2, name="First Bank", owner_rep_id="olga")],
            [demo("bob")],
            [sales("accepted", lead_id="ann", account_key=ANN)],
        ],
        {"ann": BANK, "bob": BANK},
        {BANK: {"olga"}},
    ),
    "a lead names another company": lambda: Case(
        [
            crm("a", "bank", name="First Bank", owner_rep_id="olga"),
            demo(account_key=ANN, company="First Bank"),
        ],
        [
            [demo(account_key=ANN, company="Pier Savings", at_ms=MONDAY + 1)],
            [crm("b", "third", name="Pier Savings", owner_rep_id="pavel")],
            [demo("bob")],
        ],
        {"ann": THIRD, "bob": BANK},
        {BANK: {"olga"}, THIRD: {"pavel"}},
    ),
    "two accounts have the same name and one is deleted": lambda: Case(
        [crm("a", "bank", name="First Bank"), demo(account_key=ANN, company="First Bank")],
        [
            [crm("b", "third", name="First Bank", owner_rep_id="pavel")],
            [deleted("a")],
            [demo("bob")],
        ],
        {"ann": THIRD, "bob": BANK},
        {BANK: DESK, THIRD: {"pavel"}},
    ),
    "a contact of an account, before and after its CRM record": lambda: Case(
        [demo("bob")],
        [
            [crm("new", "bank", owner_rep_id="olga")],
            [contact("new")],
            [
                demo(GINA.lead_id, account_key=GINA.account_key),
                *papers(1, GINA.lead_id, account_key=GINA.account_key),
            ],
        ],
        {GINA.lead_id: BANK, "bob": BANK},
        {BANK: {"olga"}},
    ),
    "a contact who names another account and moves to a third": lambda: Case(
        [
            crm("a", "bank", owner_rep_id="olga"),
            crm("b", "third", name="First Bank", owner_rep_id="pavel"),
            contact("a"),
        ],
        [
            [demo(GINA.lead_id, account_key=GINA.account_key, company="First Bank")],
            [contact("c", 2)],
            [crm("c", "other", owner_rep_id="pavel")],
        ],
        {GINA.lead_id: OTHER},
        {OTHER: {"pavel"}},
    ),
    "a contact and its account are deleted": lambda: Case(
        [
            crm("a", "bank", owner_rep_id="olga"),
            contact("a"),
            demo(GINA.lead_id, account_key=GINA.account_key),
        ],
        [
            [contact(None)],
            [deleted("a")],
            [sales("accepted", f"{BANK}#1.1")],
        ],
        {GINA.lead_id: GINA.account_key},
        {GINA.account_key: {"olga"}},
    ),
    "a company name and a contact at the same time": lambda: Case(
        [crm("a", "bank", owner_rep_id="olga"), crm("b", "third", name="Pier", owner_rep_id="pavel")],
        [
            [demo(GINA.lead_id, account_key=GINA.account_key, company="Pier")],
            [contact("a"), contact(None)],
        ],
        {GINA.lead_id: THIRD},
        {THIRD: {"pavel"}},
    ),
    "a lead with free mail names an account that the CRM gets later": lambda: Case(
        [demo(account_key=ANN, company="First Bank"), demo("bob")],
        [
            [crm("new", "bank", name="First Bank", owner_rep_id="olga")],
            [*papers(1, account_key=ANN)],
            [sales("accepted", f"{ANN}#1.1", account_key=ANN)],
        ],
        {"ann": BANK, "bob": BANK},
        {BANK: {"olga"}},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_in_every_order_an_account_has_one_owner_and_each_lead_its_expected_key(name: str) -> None:
    case = CASES[name]()
    _, final_states = ROUTER.explore(ROUTER.after(with_reps(), *case.before), case.sources)
    ends = set()
    for state in final_states:
        for lead_id, key in case.keys.items():
            assert ROUTER.keys_of(state, lead_id) == [key], lead_id
            mine = {(at, who) for _, one, at, who in state.reader.held if one == lead_id}
            assert mine or lead_id in case.done, f"{lead_id} has no open hand-off"
            assert all(at == key and who in case.owners[key] for at, who in mine), mine
        for key in case.keys.values():
            account = ROUTER.rows_of(state, key).get(AccountRow, key)
            assert (account.request, account.moving_to, account.forwards_to) == (None, None, "")
        ends.add((state.reader.stages, state.reader.totals))
    assert len(ends) == 1, f"scores or stages depend on the order: {ends}"
    for state in {one.reader: one for one in final_states}.values():
        assert_deadlines_are_reported_once(state)


def assert_deadlines_are_reported_once(state: State) -> None:
    """Assert that in three days without an answer each open hand-off has alerts, and no alert is raised twice."""
    raised: set[str] = set()
    held = {one[0] for one in state.reader.held}
    reported: set[str | None] = set()
    for hours in range(8, 73, 16):
        state, outputs = ROUTER.advance_time(state, NOW_MS + hours * HOUR_MS)
        for alert in (one for one in outputs if isinstance(one, LeadAlert)):
            if alert.cleared:
                raised.discard(alert.alert_id)
                continue
            assert alert.alert_id not in raised, f"raised twice: {alert.alert}"
            assert alert.handoff_id is None or alert.handoff_id in held, f"{alert.alert} of a closed hand-off"
            raised.add(alert.alert_id)
            reported.add(alert.handoff_id)
    unanswered = {one[0] for one in state.reader.held if dict(state.reader.stages)[one[1]] != "sal"}
    assert reported >= unanswered
    assert {one[0] for one in state.reader.held} == held
