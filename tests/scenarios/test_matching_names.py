"""Leads with free mail who name a company, domains that move, and accounts that are merged."""

from __future__ import annotations

import pytest

from tests.scenarios.story import Results, Story


@pytest.fixture
def team(story: Story) -> Story:
    """Mia and Tom at the inside sales desk, Olga and Pavel who own accounts, and Dana the manager."""
    story.rep("dana", at_desk=False)
    story.rep("mia")
    story.rep("tom")
    story.rep("olga", at_desk=False)
    story.rep("pavel", at_desk=False)
    return story


def reasons(results: Results) -> list[str]:
    found: list[str] = results.of("lead.routing")[-1]["explanation"]["reasons"]
    return found


def holders_after_each_record(results: Results) -> list[set[str]]:
    """Return the holders of all open hand-offs after each routing record."""
    held: dict[str, str] = {}
    after: list[set[str]] = []
    for event in results.of("lead.routing"):
        if event.get("assignee"):
            held[event["handoff_id"]] = event["assignee"]["id"]
        else:
            held.pop(event["handoff_id"], None)
        after.append(set(held.values()))
    return after


def test_a_lead_with_free_mail_who_names_a_customer_goes_to_the_customers_owner(team: Story) -> None:
    team.bank("harbor", name="Harbor National Bank", relationship="customer", owner_rep_id="olga")
    team.form("ann@gmail.com", "tue 10:00", company="HARBOR NATL. BANK, N.A.")

    results = team.replay()

    assert results.handoffs == [("assigned", "expansion", "olga")]
    assert "matched_by_name" in reasons(results)


def test_a_matching_phone_number_proves_a_company_name(team: Story) -> None:
    team.bank("harbor", name="Harbor National Bank", owner_rep_id="olga", phone="+1 503 555 0100")
    team.form("ann@gmail.com", "tue 10:00", "demo", company="Harbor National Bank", phone="(503) 555-0100")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "olga")]
    assert "matched_by_name" not in reasons(results)


def test_a_placeholder_company_name_matches_no_account(team: Story) -> None:
    team.bank("self", name="Self", owner_rep_id="olga")
    team.form("ann@gmail.com", "tue 10:00", "demo", company="self")
    team.form("bob@gmail.com", "tue 10:01", "demo", company="n/a")

    assert [assignee for _, _, assignee in team.replay().handoffs] == ["mia", "tom"]


def test_a_company_of_the_same_name_in_another_country_does_not_match(team: Story) -> None:
    team.bank("harbor", name="Harbor Bank", owner_rep_id="olga")
    team.form("ann@gmail.com", "tue 10:00", "demo", company="Harbor Bank", country="DE")

    assert team.replay().handoffs == [("assigned", "raised_hand", "mia")]


def test_an_ambiguous_company_name_matches_nothing_and_raises_an_alert(team: Story) -> None:
    team.bank("harbor", name="First Bank", owner_rep_id="olga")
    team.bank("pier", name="First Bank Inc.", owner_rep_id="pavel")
    team.form("ann@gmail.com", "tue 10:00", "demo", company="First Bank")
    team.bank("pier", "wed 10:00", relationship="customer")

    results = team.replay(until="wed 11:00")

    assert results.handoffs[0] == ("assigned", "raised_hand", "mia")
    assert results.handoffs[-1][2] == "pavel"
    assert results.alerts.index(("company_ambiguous", False)) < results.alerts.index(
        ("company_ambiguous", True)
    )
    asked = next(event for event in results.of("lead.alerts") if event["alert"] == "company_ambiguous")
    assert asked["candidates"] == ["ACC-harbor", "ACC-pier"]


def test_an_account_added_later_takes_over_the_leads_that_named_it(team: Story) -> None:
    team.form("ann@gmail.com", "tue 10:00", "demo", company="Harbor Bank")
    team.bank("harbor", "tue 15:00", name="Harbor Bank", owner_rep_id="olga")

    results = team.replay()

    assert results.handoffs == [
        ("assigned", "raised_hand", "mia"),
        ("withdrawn", "raised_hand", None),
        ("assigned", "raised_hand", "olga"),
    ]
    assert all(len(held) <= 1 for held in holders_after_each_record(results))


def test_a_domain_moved_to_another_account_moves_its_leads_to_that_accounts_owner(team: Story) -> None:
    team.bank("harbor", domains=["harbor.example", "pier.example"], owner_rep_id="olga")
    team.bank("mesa", owner_rep_id="pavel")
    team.form("ann@pier.example", "tue 10:00", "demo")
    team.bank("mesa", "tue 15:00", domains=["mesa.example", "pier.example"])
    team.bank("harbor", "tue 15:01", domains=["harbor.example"])

    results = team.replay()

    # For a minute two accounts have the domain, so none has it. Olga keeps her lead as the rep who worked it last.
    assert [assignee for _, _, assignee in results.handoffs] == ["olga", None, "olga", None, "pavel"]


def test_a_domain_that_moves_and_returns_ends_with_its_first_owner(team: Story) -> None:
    team.bank("harbor", domains=["harbor.example", "pier.example"], owner_rep_id="olga")
    team.form("ann@pier.example", "tue 10:00", "demo")
    team.bank("harbor", "tue 15:00", domains=["harbor.example"])
    team.bank("harbor", "tue 16:00", domains=["harbor.example", "pier.example"])

    results = team.replay()

    assert results.handoffs[-1] == ("assigned", "raised_hand", "olga")
    assert {event["account_key"] for event in results.of("lead.routing")[-1:]} == {"domain:harbor.example"}
    assert all(len(held) <= 1 for held in holders_after_each_record(results))


def test_the_score_with_the_most_moves_is_the_leads_current_one(
    team: Story,
) -> None:
    team.form("ann@pier.example", "tue 10:00")
    team.bank("harbor", "tue 15:00", domains=["harbor.example", "pier.example"])
    team.activity("download", "tue 15:30", email="ann@pier.example")
    team.bank("harbor", "tue 16:00", domains=["harbor.example"])
    team.activity("download", "tue 16:30", email="ann@pier.example")

    scores = team.replay().of("lead.scores")

    last = {event["account_key"]: event for event in scores}
    assert {key: event.get("moves") for key, event in last.items()} == {
        "domain:harbor.example": 1,
        "domain:pier.example": 2,
    }
    assert max(last.values(), key=lambda event: event.get("moves", 0)) == scores[-1]


def test_two_accounts_that_are_merged_have_one_owner(team: Story) -> None:
    team.bank("harbor", owner_rep_id="olga")
    team.bank("pier")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.form("bob@pier.example", "tue 10:05", "demo")
    team.bank("harbor", "wed 10:00", domains=["harbor.example", "pier.example"])
    team.bank("pier", "wed 10:01", domains=[])

    results = team.replay()

    assert results.handoffs[-1] == ("assigned", "raised_hand", "olga")
    assert holders_after_each_record(results)[-1] == {"olga"}


def test_a_sales_answer_under_an_old_domain_applies_to_the_leads_present_account(
    team: Story,
) -> None:
    team.form("ann@pier.example", "tue 10:00", "demo")
    team.bank("harbor", "tue 11:00", domains=["harbor.example", "pier.example"])
    team.sales("accepted", "ann@pier.example", "tue 12:00", handoff_id="domain:pier.example#1.1")

    results = team.replay()

    assert results.dead_letter_reasons == []
    assert results.stages[-1] == "sal"


def test_an_account_without_a_domain_is_found_by_its_name(team: Story) -> None:
    team.bank("harbor", name="Harbor Bank", domains=[], owner_rep_id="olga")
    team.form("ann@gmail.com", "tue 10:00", "demo", company="Harbor Bank")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "olga")]
    assert results.of("lead.routing")[0]["crm_account_id"] == "ACC-harbor"


def test_a_former_name_of_a_company_finds_it_too(team: Story) -> None:
    team.bank("harbor", name="Harbor Bank", other_names=["Pier Savings"], owner_rep_id="olga")
    team.form("ann@gmail.com", "tue 10:00", "demo", company="Pier Svgs Inc")

    assert team.replay().handoffs == [("assigned", "raised_hand", "olga")]


def test_a_domain_listed_by_three_accounts_belongs_to_none_until_one_is_left(team: Story) -> None:
    team.bank("mesa", domains=["mesa.example", "pier.example"], owner_rep_id="olga")
    team.bank("harbor", domains=["harbor.example", "pier.example"], owner_rep_id="olga")
    team.bank("lake", domains=["lake.example", "pier.example"], owner_rep_id="pavel")
    team.form("ann@pier.example", "tue 10:00", "demo")
    team.bank("harbor", "tue 15:00", domains=["harbor.example"])
    team.bank("mesa", "tue 16:00", domains=["mesa.example"])

    results = team.replay()

    assert [assignee for _, _, assignee in results.handoffs] == ["mia", None, "pavel"]
    ambiguous = [one for one in results.of("lead.alerts") if one["alert"] == "company_ambiguous"]
    assert [(one["cleared"], one["candidates"]) for one in ambiguous] == [
        (False, ["ACC-harbor", "ACC-lake", "ACC-mesa"]),
        (True, ["ACC-harbor", "ACC-lake", "ACC-mesa"]),
        (False, ["ACC-lake", "ACC-mesa"]),
        (True, ["ACC-lake", "ACC-mesa"]),
    ]


def test_an_account_without_its_last_domain_keeps_only_leads_matched_by_name(team: Story) -> None:
    team.bank("harbor", name="Harbor Bank", owner_rep_id="olga")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.form("bob@gmail.com", "tue 10:05", "demo", company="Harbor Bank")
    team.bank("harbor", "tue 15:00", domains=[])

    results = team.replay()
    last = {event["lead_id"]: event["account_key"] for event in results.of("lead.routing")}

    assert sorted(last.values()) == ["crm:ACC-harbor", "domain:harbor.example"]
    assert all(len(held) <= 1 for held in holders_after_each_record(results))


def test_a_free_mail_domain_listed_in_the_crm_matches_no_lead(team: Story) -> None:
    team.bank("harbor", domains=["gmail.com", "co.uk", "HARBOR.example."], owner_rep_id="olga")
    team.form("ann@gmail.com", "tue 10:00", "demo")
    team.form("bob@harbor.example", "tue 10:05", "demo")

    assert [assignee for _, _, assignee in team.replay().handoffs] == ["mia", "olga"]


def test_two_accounts_that_name_each_other_as_parent_share_the_owner_of_one(team: Story) -> None:
    team.bank("harbor", parent_crm_account_id="ACC-pier", owner_rep_id="olga")
    team.bank("pier", parent_crm_account_id="ACC-harbor")
    team.form("ann@harbor.example", "tue 10:00", "demo")
    team.form("bob@pier.example", "tue 10:05", "demo")

    results = team.replay()

    assert results.handoffs == [("assigned", "raised_hand", "olga")] * 2
    assert results.dead_letter_reasons == []


def test_a_crm_account_with_a_placeholder_name_matches_no_lead(team: Story) -> None:
    team.bank("harbor", name="Unknown", owner_rep_id="olga")
    team.bank("pier", name="Sonstige", owner_rep_id="pavel")
    team.form("ann@gmail.com", "tue 10:00", "demo", company="unknown")
    team.form("bob@gmail.com", "tue 10:05", "demo", company="SONSTIGE")

    assert [assignee for _, _, assignee in team.replay().handoffs] == ["mia", "tom"]
