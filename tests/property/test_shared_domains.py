"""Several CRM accounts with one domain: for any history of their records, each raised hand ends with the right owner.

The CRM creates, changes and deletes accounts and contacts in any order. At every prefix an account key has one owner. At
the end, a lead whose account is certain is with that account's owner, and every other raised hand has a rep.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.vocabulary import Relationship
from tests.scenarios.story import Story
from workers.accounts.account_keys.shared_domains import Evidence, choose_claim
from workers.accounts.state.facts import ClaimRow, Company

DOMAIN = "alder.example"
KEY = f"domain:{DOMAIN}"
PEOPLE = {"ann": DOMAIN, "bob": DOMAIN, "cid": "gmail.com"}
"""The domain of each person's address."""
OWNERS = {"one": "olga", "two": "pavel", "three": "rosa"}

CHANGES = st.one_of(
    st.tuples(st.just("account"), st.sampled_from(list(OWNERS)), st.booleans()),
    st.tuples(st.just("deleted"), st.sampled_from(list(OWNERS))),
    st.tuples(st.just("contact"), st.sampled_from(list(PEOPLE)), st.sampled_from(list(OWNERS))),
    st.tuples(st.just("demo"), st.sampled_from(list(PEOPLE))),
)


def add_changes(
    story: Story, changes: list[tuple[Any, ...]]
) -> tuple[dict[str, ClaimRow], dict[str, str], set[str]]:
    """Add the changes, ten minutes apart. Return the accounts, the contacts and the people who asked, as at the end."""
    accounts: dict[str, ClaimRow] = {}
    contacts: dict[str, str] = {}
    asked: set[str] = set()
    for number, (what, name, *more) in enumerate(changes):
        when = f"tue {9 + number // 6:02d}:{number % 6}0"
        if what == "account":
            relationship = Relationship.CUSTOMER if more[0] else Relationship.PROSPECT
            facts = {"domains": [DOMAIN], "relationship": relationship.value, "owner_rep_id": OWNERS[name]}
            story.bank(name, when, **facts)
            accounts[name] = ClaimRow(Company(f"ACC-{name}", relationship=relationship), KEY)
        elif what == "deleted":
            story.deleted("crm.accounts", f"ACC-{name}", when)
            accounts.pop(name, None)
        elif what == "contact":
            story.contact(f"{name}@{PEOPLE[name]}", when, crm_account_id=f"ACC-{more[0]}")
            contacts[name] = f"ACC-{more[0]}"
        else:
            story.form(f"{name}@{PEOPLE[name]}", when, "demo")
            asked.add(name)
    return accounts, contacts, asked


@settings(deadline=None, max_examples=60)
@given(st.lists(CHANGES, min_size=3, max_size=14))
def test_each_raised_hand_ends_with_the_owner_of_its_account(changes: list[tuple[Any, ...]]) -> None:
    with TemporaryDirectory() as folder:
        story = Story(Path(folder))
        story.rep("dana", at_desk=False)
        story.rep("mia")
        for owner in OWNERS.values():
            story.rep(owner, at_desk=False)
        accounts, contacts, asked = add_changes(story, changes)
        results = story.replay("tue 12:00")

    assert all(len(held) <= 1 for states in results.holders.values() for held in states)
    open_now: dict[str, tuple[str, str]] = {}
    names: dict[str, str] = {}
    for one in results.of("lead.routing"):
        if one.get("person"):
            names[one["lead_id"]] = one["person"]["email"].partition("@")[0]
        if one.get("assignee"):
            open_now[one["handoff_id"]] = (names[one["lead_id"]], one["assignee"]["id"])
        else:
            open_now.pop(one["handoff_id"], None)
    holders: dict[str, set[str]] = {}
    for name, holder in open_now.values():
        holders.setdefault(name, set()).add(holder)
    assert holders.keys() == asked
    for name in asked:
        assert len(holders[name]) == 1
        contact = contacts.get(name, "")
        claim = choose_claim(list(accounts.values()), KEY, Evidence(contact))
        is_certain = PEOPLE[name] == DOMAIN or contact.removeprefix("ACC-") in accounts
        if is_certain and claim is not None:
            owner = OWNERS[claim.company.crm_account_id.removeprefix("ACC-")]
            assert holders[name] == {owner}, (name, claim)
