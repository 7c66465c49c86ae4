"""Several CRM accounts with one domain: each person goes to the account that is theirs, and to its owner."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Results, Story

ALDER = {"domains": ["alder.example"]}


@pytest.fixture
def team(story: Story) -> Story:
    """Mia at the inside sales desk; Olga, Pavel and Rosa, who own accounts; Dana, the manager."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    for owner in ("olga", "pavel", "rosa"):
        story.rep(owner, at_desk=False)
    return story


def three_banks(team: Story, order: str = "usa uk asia") -> None:
    banks = {
        "usa": {"owner_rep_id": "olga"},
        "uk": {"country": "GB", "relationship": "customer", "owner_rep_id": "pavel"},
        "asia": {"country": "SG", "relationship": "customer", "owner_rep_id": "rosa"},
    }
    for name in order.split():
        team.bank(name, name=f"Alder Bank {name.title()}", **ALDER, **banks[name])


def holders(results: Results) -> dict[str, str | None]:
    """Return the last assignee of each hand-raiser, by the name in the address."""
    found: dict[str, str | None] = {}
    names: dict[str, str] = {}
    for event in results.of("lead.routing"):
        if event.get("person"):
            names[event["lead_id"]] = event["person"]["email"].partition("@")[0]
        assignee = event.get("assignee")
        found[names[event["lead_id"]]] = assignee["id"] if assignee else None
    return found


@pytest.mark.parametrize("order", ["usa uk asia", "asia uk usa", "uk usa asia"])
def test_people_of_three_accounts_have_three_owners(team: Story, order: str) -> None:
    three_banks(team, order)
    for name, bank in (("ann", "usa"), ("bob", "uk"), ("cid", "asia")):
        team.contact(f"{name}@alder.example", crm_account_id=f"ACC-{bank}")
        team.form(f"{name}@alder.example", "tue 10:00", "demo")
    team.form("dan@alder.example", "tue 10:05", "demo", country="SG")
    team.form("eva@alder.example", "tue 10:06", "demo")

    results = team.replay("tue 11:00")

    assert holders(results) == {"ann": "olga", "bob": "pavel", "cid": "rosa", "dan": "rosa", "eva": "mia"}
    ambiguous = [one for one in results.of("lead.alerts") if one["alert"] == "company_ambiguous"]
    assert [one["candidates"] for one in ambiguous] == [["ACC-asia", "ACC-uk"]]


def test_the_only_customer_has_the_domain_and_keeps_its_key(team: Story) -> None:
    team.bank("usa", **ALDER, owner_rep_id="olga")
    team.bank("uk", **ALDER, relationship="customer", owner_rep_id="pavel")
    team.form("ann@alder.example", "tue 10:00", "demo")
    team.contact("bob@alder.example", crm_account_id="ACC-usa")
    team.form("bob@alder.example", "tue 10:00", "demo")

    results = team.replay("tue 11:00")

    assert holders(results) == {"ann": "pavel", "bob": "olga"}
    assert [one["account_key"] for one in results.of("lead.routing")] == [
        "domain:alder.example",
        "crm:ACC-usa",
    ]
    dropped = [one for one in results.of("lead.alerts") if one["alert"] == "domain_dropped"]
    assert [(one["crm_account_id"], one["domain_use"]) for one in dropped] == [("ACC-usa", "other_account")]


def test_a_second_record_of_a_customers_domain_moves_no_lead(team: Story) -> None:
    team.bank("uk", **ALDER, relationship="customer", owner_rep_id="pavel")
    team.form("ann@alder.example", "tue 10:00", "demo")
    team.bank("usa", "tue 12:00", **ALDER, owner_rep_id="olga")

    results = team.replay("tue 13:00")

    assert results.handoffs == [("assigned", "expansion", "pavel")]


def test_a_contact_that_becomes_known_later_moves_the_open_request(team: Story) -> None:
    three_banks(team)
    team.form("ann@alder.example", "tue 10:00", "demo")
    team.contact("ann@alder.example", "tue 10:30", crm_account_id="ACC-uk")
    team.contact("ann@alder.example", "tue 11:00", crm_account_id="ACC-asia")

    results = team.replay("tue 12:00")

    assert [one for _, _, one in results.handoffs] == ["mia", None, "pavel", None, "rosa"]
    assert results.of("lead.routing")[-1]["account_key"] == "crm:ACC-asia"


def test_accounts_that_are_merged_take_their_people_along(team: Story) -> None:
    three_banks(team)
    team.contact("ann@alder.example", crm_account_id="ACC-uk")
    team.form("ann@alder.example", "tue 10:00", "demo")
    team.form("bob@alder.example", "tue 10:05", "demo")
    team.deleted("crm.accounts", "ACC-uk", "tue 11:00")
    team.deleted("crm.accounts", "ACC-usa", "tue 11:01")

    results = team.replay("tue 12:00")

    assert holders(results) == {"ann": "rosa", "bob": "rosa"}
    assert {one["account_key"] for one in results.of("lead.routing")[-2:]} == {"domain:alder.example"}


def test_free_mail_of_a_contact_finds_its_account_of_several(team: Story) -> None:
    three_banks(team)
    team.contact("ann@gmail.com", crm_account_id="ACC-asia")
    team.form("ann@gmail.com", "tue 10:00", "demo")

    assert holders(team.replay("tue 11:00")) == {"ann": "rosa"}
