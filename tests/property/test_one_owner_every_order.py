"""One owner across account keys: every order of up to six records over keys that turn out to be one account.

What is claimed of every prefix of the output stands in interleavings.py: a person's open hand-offs are under one key and
with one rep, those of a key have one rep, and a key that has read that it is an alias holds none. Here: where everybody
is in the end, that nobody is lost, that no order changes scores and stages, and that a deadline is told once.
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


def seated() -> State:
    reps = [rep("r1"), rep("r2"), rep("olga", at_desk=False), rep("pavel", at_desk=False)]
    told = (
        RepFacts(event_id=one.event_id, desk=desk, rep_id=one.rep_id, rep=one)
        for one in reps
        for desk in [f"rep:{one.rep_id}", *(f"desk:{seat.desk}" for seat in one.desks)]
    )
    return ROUTER.after(State(), *told)


def contact(crm_account_id: str | None, version: int = 1) -> Message:
    """The CRM's contact with the address of ``GINA``; None: it is deleted."""
    if crm_account_id is None:
        return crm_message(None, GINA_WRITES, CRM_CONTACTS.name)
    record = CrmContact(
        event_id=f"gina-{version}",
        occurred_at=instant(MONDAY),
        email=GINA_WRITES,
        crm_account_id=crm_account_id,
    )
    return crm_message(record, GINA_WRITES, CRM_CONTACTS.name)


class Story(NamedTuple):
    """``before`` is decided with all that follows; the records of each source come in their order."""

    before: Sequence[Model | Message]
    sources: Sequence[Sequence[Model | Message]]
    homes: dict[str, str]
    """Where each person lives in the end."""
    owners: dict[str, set[str]]
    """Who may have the account in the end; by right it is one."""
    done: frozenset[str] = frozenset()
    """Who needs no open hand-off in the end: sales said no."""


DESK = {"r1", "r2"}
STORIES: dict[str, Callable[[], Story]] = {
    "an account with two domains comes to the CRM late": lambda: Story(
        [demo(account_key=OTHER)],
        [[crm("new", "bank", "other")], [demo("cid", account_key=OTHER)], [demo("bob")]],
        {"ann": BANK, "bob": BANK, "cid": BANK},
        {BANK: DESK},
    ),
    "late, with an owner, and answered by sales meanwhile": lambda: Story(
        [demo(account_key=OTHER)],
        [
            [crm("new", "bank", "other", owner_rep_id="olga")],
            [sales("accepted", f"{OTHER}#1.1", account_key=OTHER)],
            [demo("bob")],
        ],
        {"ann": BANK, "bob": BANK},
        {BANK: {"olga"}},
    ),
    "late, and sales says no meanwhile": lambda: Story(
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
    "a domain moves from one account to another": lambda: Story(
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
    "two accounts claim a domain, the lower id has it": lambda: Story(
        [demo(account_key=OTHER), demo("bob")],
        [
            [crm("b", "bank", "other", owner_rep_id="olga")],
            [crm("a", "third", "other", owner_rep_id="pavel")],
        ],
        {"ann": THIRD, "bob": BANK},
        {THIRD: {"pavel"}, BANK: {"olga"}},
    ),
    "two accounts are merged": lambda: Story(
        [crm("old", "other", owner_rep_id="olga"), demo(account_key=OTHER), crm("new", "bank"), demo("bob")],
        [
            [deleted("old")],
            [crm("new", "bank", "other", version=2, owner_rep_id="pavel")],
            [demo("cid", account_key=OTHER)],
        ],
        {"ann": BANK, "bob": BANK, "cid": BANK},
        {BANK: {"pavel"}},
    ),
    "an account is deleted": lambda: Story(
        [crm("a", "bank", "other", owner_rep_id="olga"), demo(account_key=OTHER), demo("bob")],
        [[deleted("a")], [demo("cid", account_key=OTHER)]],
        {"ann": OTHER, "bob": BANK, "cid": OTHER},
        {BANK: {"olga"}, OTHER: {"olga"}},
    ),
    "there and back": lambda: Story(
        [crm("a", "bank"), demo("bob"), demo(account_key=OTHER)],
        [
            [crm("a", "bank", "other", version=2), crm("a", "bank", version=3)],
            [demo("cid", account_key=OTHER)],
        ],
        {"ann": OTHER, "bob": BANK, "cid": OTHER},
        {BANK: DESK, OTHER: DESK},
    ),
    "the first domain becomes the second": lambda: Story(
        [crm("a", "bank", "other"), demo("bob"), demo(account_key=OTHER)],
        [[crm("a", "other", "bank", version=2)], [demo("cid")]],
        {"ann": OTHER, "bob": OTHER, "cid": OTHER},
        {OTHER: DESK},
    ),
    "a new first domain while a second one is still on its way to the old one": lambda: Story(
        [crm("a", "bank"), demo(account_key=OTHER)],
        [
            [crm("a", "bank", "other", version=2), crm("a", "third", "bank", "other", version=3)],
            [demo("cid", account_key=OTHER)],
        ],
        {"ann": THIRD, "cid": THIRD},
        {THIRD: DESK},
    ),
    "an account without a domain gets its first, and its people come with it": lambda: Story(
        [crm("a", name="First Bank"), demo(account_key=ANN, company="First Bank")],
        [
            [crm("a", "bank", version=2, name="First Bank", owner_rep_id="olga")],
            [demo("bob")],
            [sales("accepted", lead_id="ann", account_key=ANN)],
        ],
        {"ann": BANK, "bob": BANK},
        {BANK: {"olga"}},
    ),
    "a name that is given up for another": lambda: Story(
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
    "a name of two accounts, of whom one is deleted": lambda: Story(
        [crm("a", "bank", name="First Bank"), demo(account_key=ANN, company="First Bank")],
        [
            [crm("b", "third", name="First Bank", owner_rep_id="pavel")],
            [deleted("a")],
            [demo("bob")],
        ],
        {"ann": THIRD, "bob": BANK},
        {BANK: DESK, THIRD: {"pavel"}},
    ),
    "a contact of an account, before and after the CRM has it": lambda: Story(
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
    "a contact who names another account, and goes to a third": lambda: Story(
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
    "a contact is deleted, and its account": lambda: Story(
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
    "a name and a contact at once": lambda: Story(
        [crm("a", "bank", owner_rep_id="olga"), crm("b", "third", name="Pier", owner_rep_id="pavel")],
        [
            [demo(GINA.lead_id, account_key=GINA.account_key, company="Pier")],
            [contact("a"), contact(None)],
        ],
        {GINA.lead_id: THIRD},
        {THIRD: {"pavel"}},
    ),
    "somebody with free mail names an account that comes to the CRM": lambda: Story(
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


@pytest.mark.parametrize("name", STORIES)
def test_in_every_order_one_owner_and_everybody_where_they_belong(name: str) -> None:
    story = STORIES[name]()
    _, quiet = ROUTER.explore(ROUTER.after(seated(), *story.before), story.sources)
    ends = set()
    for state in quiet:
        for lead_id, key in story.homes.items():
            assert ROUTER.places_of(state, lead_id) == [key], lead_id
            mine = {(at, who) for _, one, at, who in state.reader.held if one == lead_id}
            assert mine or lead_id in story.done, f"nobody has {lead_id}"
            assert all(at == key and who in story.owners[key] for at, who in mine), mine
        for key in story.homes.values():
            account = ROUTER.rows_of(state, key).get(AccountRow, key)
            assert (account.request, account.moving_to, account.forwards_to) == (None, None, "")
        ends.add((state.reader.stages, state.reader.totals))
    assert len(ends) == 1, f"scores or stages depend on the order: {ends}"
    for state in {one.reader: one for one in quiet}.values():
        deadlines_are_told_once(state)


def deadlines_are_told_once(state: State) -> None:
    """Three days without a word of sales: what is told of a deadline is about what is open, and is told once."""
    up: set[str] = set()
    held = {one[0] for one in state.reader.held}
    told: set[str | None] = set()
    for hours in range(8, 73, 16):
        state, said = ROUTER.later(state, NOW_MS + hours * HOUR_MS)
        for alert in (one for one in said if isinstance(one, LeadAlert)):
            if alert.cleared:
                up.discard(alert.alert_id)
                continue
            assert alert.alert_id not in up, f"told twice: {alert.alert}"
            assert alert.handoff_id is None or alert.handoff_id in held, f"{alert.alert} of what is over"
            up.add(alert.alert_id)
            told.add(alert.handoff_id)
    unanswered = {one[0] for one in state.reader.held if dict(state.reader.stages)[one[1]] != "sal"}
    assert told >= unanswered
    assert {one[0] for one in state.reader.held} == held
