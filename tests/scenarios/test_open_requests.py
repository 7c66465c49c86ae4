"""A request for sales that no rep has answered survives every change of its account, in any order of the CRM's records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.scenarios.story import Results, Story

NOOR, BO = "noor@alder.example", "bo@alder.example"
Change = Callable[[Story], None]


@pytest.fixture
def alder(story: Story) -> Story:
    """Kay is the CRM's owner of Alder. Ida is at the desk."""
    story.rep("ida")
    story.rep("kay", at_desk=False)
    story.rep("lou", at_desk=False)
    return story


def opportunity(owner: str = "kay", number: int = 1) -> dict[str, str]:
    opened = "2026-02-01T09:00:00-05:00"
    return {"opportunity_id": f"O-{number}", "owner_rep_id": owner, "opened_at": opened}


def last_of(results: Results, email: str = NOOR) -> dict[str, Any]:
    """Return the last revision of the person's hand-offs. It fails if another of them is open."""
    found = {e["lead_id"] for e in results.of("lead.routing") if e.get("person", {}).get("email") == email}
    revisions = [e for e in results.of("lead.routing") if e["lead_id"] in found]
    open_now = {e["handoff_id"]: e for e in revisions}
    assert len([e for e in open_now.values() if e["action"] != "withdrawn"]) <= 1
    return revisions[-1]


def reasons(event: dict[str, Any]) -> list[str]:
    found: list[str] = event["explanation"]["reasons"]
    return found


@pytest.mark.parametrize(
    ("before", "after", "holder"),
    [
        ({"relationship": "customer", "owner_rep_id": "kay"}, {"relationship": "prospect"}, "kay"),
        ({"relationship": "customer", "owner_rep_id": "kay"}, {"relationship": "former_customer"}, "kay"),
        ({"relationship": "customer", "owner_rep_id": "kay"}, {"relationship": "partner"}, "kay"),
        (
            {"relationship": "customer", "owner_rep_id": "kay"},
            {"relationship": "prospect", "owner_rep_id": "lou"},
            "lou",
        ),
        (
            {"relationship": "customer", "owner_rep_id": "kay"},
            {"relationship": "prospect", "owner_rep_id": None},
            "kay",
        ),
        ({"open_opportunities": [opportunity()]}, {"open_opportunities": []}, "kay"),
        (
            {"open_opportunities": [opportunity()], "owner_rep_id": "lou"},
            {"open_opportunities": []},
            "lou",
        ),
    ],
)
def test_the_request_stays_or_is_routed_again_when_the_account_changes(
    alder: Story, before: dict[str, Any], after: dict[str, Any], holder: str
) -> None:
    alder.bank("alder", **before)
    alder.form(NOOR, "mon 10:00", request="demo")
    alder.bank("alder", "mon 10:05", **after)

    results = alder.replay()

    first, *later = results.of("lead.routing")
    assert [e["handoff_id"] for e in later] == [first["handoff_id"]], "one revision of the same hand-off"
    assert later[-1]["assignee"]["id"] == holder
    if holder == first["assignee"]["id"]:
        assert later[-1]["first_response_due_at"] == first["first_response_due_at"]
    assert "forecast_probability_percent" not in later[-1]
    assert later[-1]["stage"] == results.stages[-1] == "mql"


def test_the_request_of_a_customer_is_still_open_after_the_record_is_deleted_and_written_again(
    alder: Story,
) -> None:
    alder.bank("alder", relationship="customer", owner_rep_id="kay")
    alder.form(NOOR, "mon 10:00", request="demo")
    alder.deleted("crm.accounts", "ACC-alder", "mon 10:05")
    alder.bank("alder", "mon 10:06")

    results = alder.replay()

    assert {e["handoff_id"] for e in results.of("lead.routing")} == {"domain:alder.example#1.1"}
    assert last_of(results)["assignee"]["id"] == "kay"
    assert results.stages[-1] == "customer"


def test_the_request_of_an_answered_customer_ends_with_the_contract(alder: Story) -> None:
    alder.bank("alder", relationship="customer", owner_rep_id="kay")
    alder.form(NOOR, "mon 10:00", request="demo")
    alder.sales("touched", NOOR, "mon 10:03", "kay")
    alder.bank("alder", "mon 10:05", relationship="prospect")

    assert last_of(alder.replay())["action"] == "withdrawn"


def test_other_handoffs_end_and_the_request_of_the_same_person_stays(alder: Story) -> None:
    alder.bank("alder", relationship="customer", owner_rep_id="kay")
    alder.form(NOOR, "mon 10:00")
    alder.form(NOOR, "mon 10:02", request="demo")
    alder.bank("alder", "mon 10:05", relationship="prospect")

    results = alder.replay()

    ended, kept = results.of("lead.routing")[-2:]
    assert (ended["action"], ended["handoff_id"][-2:]) == ("withdrawn", ".1")
    assert (kept["action"], kept["handoff_id"][-2:]) == ("relabelled", ".2")
    assert reasons(ended)[0] == reasons(kept)[0] == "customer_no_more"


@pytest.mark.parametrize("opened_by", ["sales", "crm"])
def test_a_colleagues_loss_does_not_take_a_fresh_request(alder: Story, opened_by: str) -> None:
    alder.bank("alder")
    alder.form(BO, "mon 09:00", request="demo")
    alder.sales("accepted", BO, "mon 09:10", "ida")
    if opened_by == "sales":
        alder.sales("opportunity_opened", BO, "mon 09:20", "ida")
    else:
        alder.bank("alder", "mon 09:20", open_opportunities=[opportunity("ida")])
    alder.form(NOOR, "mon 10:00", request="demo")
    alder.sales("lost", BO, "mon 10:05", "ida")
    if opened_by == "crm":
        alder.bank("alder", "mon 10:06", open_opportunities=[])

    results = alder.replay()

    assert last_of(results)["assignee"]["id"] == "ida"
    assert last_of(results, BO)["action"] == "withdrawn"
    assert results.stages[-2:] == ["recycled", "mql"]


def test_a_loss_that_is_reported_late_does_not_take_what_the_person_asked_since(alder: Story) -> None:
    alder.bank("alder")
    alder.form(NOOR, "mon 09:00", request="demo")
    alder.sales("accepted", NOOR, "mon 09:05", "ida")
    alder.sales("opportunity_opened", NOOR, "mon 09:10", "ida")
    alder.sales("rejected", NOOR, "mon 09:20", "ida", reason="not_now")
    alder.form(NOOR, "mon 10:00", request="demo")
    alder.late("sales.activities", NOOR, "mon 09:30", "mon 10:05", action="lost", email=NOOR, rep_id="ida")

    results = alder.replay()

    assert last_of(results)["assignee"]["id"] == "ida"


MERGES: dict[str, tuple[Change, ...]] = {
    "the losing record is deleted": (lambda story: story.deleted("crm.accounts", "ACC-alder", "mon 10:05"),),
    "the losing record gives up its domain": (
        lambda story: story.bank(
            "alder", "mon 10:05", domains=[], relationship="prospect", owner_rep_id=None
        ),
    ),
}


@pytest.mark.parametrize("losing", MERGES)
@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("survivor", ["customer", "prospect"])
def test_a_merge_in_any_order_leaves_the_request_with_the_survivors_owner(
    alder: Story, losing: str, survivor: str, *, is_first: bool
) -> None:
    alder.bank("alder", relationship="customer", owner_rep_id="kay")
    alder.bank("aldergate", relationship=survivor, owner_rep_id="lou")
    alder.form(NOOR, "mon 10:00", request="demo")
    both = ["aldergate.example", "alder.example"]
    writes: list[Change] = [
        *MERGES[losing],
        lambda story: story.bank("aldergate", "mon 10:05", domains=both),
    ]
    for write in writes if is_first else reversed(writes):
        write(alder)

    results = alder.replay()

    assert last_of(results)["assignee"]["id"] == "lou"
    assert all(len(held) <= 1 for after in results.holders.values() for held in after)


@pytest.mark.parametrize(
    ("survivor", "is_later"),
    [
        pytest.param("kay", False, id="the same owner"),
        pytest.param("lou", True, id="another owner, by right"),
        pytest.param(None, False, id="no owner, so the rep who has it"),
    ],
)
def test_the_deadline_begins_later_after_a_merge_only_for_another_owner(
    alder: Story, survivor: str | None, *, is_later: bool
) -> None:
    alder.bank("alder", relationship="customer", owner_rep_id="kay")
    alder.bank("aldergate", owner_rep_id=survivor)
    alder.form(NOOR, "mon 10:00", request="demo")
    alder.deleted("crm.accounts", "ACC-alder", "mon 10:05")
    alder.bank("aldergate", "mon 10:05", domains=["aldergate.example", "alder.example"])

    results = alder.replay()

    first, last = results.of("lead.routing")[0], last_of(results)
    assert last["account_key"] == "domain:aldergate.example"
    assert last["assignee"]["id"] == (survivor or "kay")
    assert (last["first_response_due_at"] > first["first_response_due_at"]) is is_later


# An account that is excluded for a while.


@pytest.mark.parametrize("is_asked_before", [True, False])
@pytest.mark.parametrize("owner", [None, "kay"])
def test_a_request_is_held_while_its_account_is_excluded_and_then_given_out_once(
    alder: Story, owner: str | None, *, is_asked_before: bool
) -> None:
    alder.bank("alder", owner_rep_id=owner)
    if is_asked_before:
        alder.form(NOOR, "mon 10:00", request="demo")
    alder.bank("alder", "mon 10:05", relationship="competitor")
    if not is_asked_before:
        alder.form(NOOR, "mon 10:06", request="demo")
    alder.bank("alder", "mon 10:10", relationship="prospect")

    results = alder.replay()

    revisions = results.of("lead.routing")
    actions = ["assigned", "withdrawn", "reassigned"] if is_asked_before else ["assigned"]
    assert [e["action"] for e in revisions] == actions
    assert len({e["handoff_id"] for e in revisions}) == 1
    assert revisions[-1]["assignee"]["id"] == (owner or "ida")
    if is_asked_before:
        assert revisions[-1]["first_response_due_at"] == revisions[0]["first_response_due_at"]
        assert [reasons(e)[0] for e in revisions[1:]] == ["competitor", "facts_changed"]
    assert results.stages[-2:] == ["disqualified", "mql"]


def test_a_held_request_goes_to_the_owner_whom_the_crm_names_afterwards(alder: Story) -> None:
    alder.bank("alder", owner_rep_id="kay")
    alder.form(NOOR, "mon 10:00", request="demo")
    alder.bank("alder", "mon 10:05", relationship="competitor")
    alder.bank("alder", "mon 10:10", relationship="customer", owner_rep_id="lou")

    results = alder.replay()

    assert [e["action"] for e in results.of("lead.routing")] == ["assigned", "withdrawn", "reassigned"]
    assert last_of(results)["assignee"]["id"] == "lou"


def test_a_held_request_is_not_lost_when_its_account_is_merged(alder: Story) -> None:
    alder.bank("alder", owner_rep_id="kay")
    alder.bank("aldergate", relationship="customer", owner_rep_id="lou")
    alder.form(NOOR, "mon 10:00", request="demo")
    alder.bank("alder", "mon 10:05", relationship="competitor")
    alder.deleted("crm.accounts", "ACC-alder", "mon 10:10")
    alder.bank("aldergate", "mon 10:10", domains=["aldergate.example", "alder.example"])

    assert last_of(alder.replay())["assignee"]["id"] == "lou"


def test_an_answered_request_is_not_given_out_again_after_an_exclusion(alder: Story) -> None:
    alder.bank("alder", owner_rep_id="kay")
    alder.form(NOOR, "mon 10:00", request="demo", title="Student")
    alder.sales("touched", NOOR, "mon 10:02", "kay")
    alder.bank("alder", "mon 10:05", relationship="competitor")
    alder.bank("alder", "mon 10:10", relationship="prospect")

    assert last_of(alder.replay())["action"] == "withdrawn"


def test_a_held_request_expires_like_a_lead(alder: Story) -> None:
    alder.bank("alder")
    alder.form(NOOR, "mon 10:00", request="demo")
    alder.bank("alder", "mon 10:05", relationship="competitor")
    alder.bank("alder", "mon30 10:10", relationship="prospect")

    ended = last_of(alder.replay())

    assert (ended["action"], reasons(ended)[0]) == ("withdrawn", "no_touch_in_time")


# Several accounts with the same two domains.


def test_a_request_from_the_second_of_two_shared_domains_goes_to_the_customers_owner_once(
    alder: Story,
) -> None:
    both = ["alder.example", "birch.example"]
    alder.bank("alder", domains=both, relationship="customer", owner_rep_id="kay")
    alder.bank("older", domains=both, owner_rep_id="lou")
    alder.form("cid@birch.example", "mon 10:00")
    alder.form("cid@birch.example", "mon 10:01", request="demo")

    results = alder.replay()

    assert {e["assignee"]["id"] for e in results.of("lead.routing")} == {"kay"}
    assert len({e["account_key"] for e in results.of("lead.routing")}) == 1


def test_a_request_comes_back_when_its_own_account_of_a_shared_domain_is_deleted(alder: Story) -> None:
    cid = "cid@birch.example"
    alder.bank("old", domains=["alder.example", "birch.example"], owner_rep_id="lou")
    alder.form(cid, "mon 10:00", request="demo")
    alder.contact(cid, "mon 10:00", crm_account_id="ACC-old")
    alder.bank(
        "new",
        "mon 10:01",
        domains=["birch.example", "alder.example"],
        relationship="customer",
        owner_rep_id="kay",
    )
    alder.deleted("crm.accounts", "ACC-old", "mon 10:05")

    assert last_of(alder.replay(), cid)["assignee"]["id"] == "kay"
