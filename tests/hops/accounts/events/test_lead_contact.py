"""The CRM has a record of a person: its facts, its enrichment, its ids and do-not-contact."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from schemas.base import Model
from schemas.crm_contacts import ContactRecord
from schemas.lead_events import LeadContact
from schemas.vocabulary import Reason, Stage
from tests.hops.accounts.market import (
    BANK,
    CUSTOMER,
    DAY_MS,
    HOUR_MS,
    MONDAY,
    Market,
    activity,
    demo,
    facts,
    form,
    identified,
    reach_bar,
    rep,
    routings,
    scores,
    steps,
    story,
    wanted,
)
from workers.accounts.state.lead import LeadRow

ENRICHED = {"sic": ["6021"], "revenue": {"amount": "900000000", "currency": "USD"}, "country": "US"}


def contact(
    lead_id: str = "ann",
    at_ms: int = MONDAY,
    account_key: str = BANK,
    *,
    is_deleted: bool = False,
    **record: Any,
) -> LeadContact:
    return LeadContact(
        event_id=f"contact-{lead_id}-{at_ms}",
        account_key=account_key,
        lead_id=lead_id,
        occurred_at_ms=at_ms,
        record=None if is_deleted else ContactRecord.model_validate(record),
    )  # fmt: skip


@pytest.fixture
def market() -> Market:
    made = Market()
    made.reps(rep("r1"))
    return made


def gate_values(market: Market) -> dict[str, str | None]:
    """Return the value that each gate found, by gate, of the latest score."""
    return {gate.gate: gate.found for gate in scores(market.outputs)[-1].explanation.gates}


def test_a_contact_who_was_never_active_is_not_a_lead(market: Market) -> None:
    results = market.send(facts(), contact(job_title="CIO"))
    assert results == []
    assert market.stage() is None
    assert market.tick(MONDAY + DAY_MS) == []


def test_a_fact_of_the_crm_takes_precedence_over_a_forms_whatever_the_dates(market: Market) -> None:
    market.send(facts(), contact(job_title="CFO", at_ms=MONDAY), identified())
    market.send(form(job_title="Student", at_ms=MONDAY + DAY_MS), at_ms=MONDAY + DAY_MS)
    assert market.stage() is Stage.NURTURE
    assert gate_values(market)["title"] == "CFO (executive)"


def test_a_forms_fact_holds_again_after_the_crm_deletes_its_record(market: Market) -> None:
    market.send(facts(), form(job_title="Student"), contact(job_title="CFO"))
    assert market.stage() is Stage.NURTURE
    market.send(contact(is_deleted=True))
    assert market.stage() is Stage.OUTSIDE
    assert gate_values(market)["title"] == "Student"


def test_a_blank_in_the_crm_does_not_replace_a_forms_fact(market: Market) -> None:
    market.send(facts(), form(job_title="CIO"), contact(crm_lead_id="L1"))
    assert gate_values(market)["title"] == "CIO (executive)"


def test_a_late_title_evaluates_the_lead_again_and_its_activities_keep_their_dates(market: Market) -> None:
    late = MONDAY + 3 * DAY_MS
    results = market.send(facts(), identified(), *reach_bar(job_title=None))
    assert wanted(results) == ["function", "title"]
    assert market.stage() is Stage.WAITING_FOR_FACTS

    results = market.send(contact(job_title="CIO", at_ms=late), at_ms=late)

    assert sorted(wanted(results, cleared=True)) == ["function", "title"]
    assert steps(results) == ["mql"]
    assert routings(results)[0].explanation.triggering_event_id == f"contact-ann-{late}"
    content, webinar = (
        line for line in routings(results)[0].explanation.points if line.rule in {"paper", "webinar"}
    )
    assert (content.points, webinar.points) == (15, 11)  # three of 60 days have decayed  # fmt: skip


def test_enrichment_fills_blanks_of_the_crm_and_never_overwrites_its_facts(market: Market) -> None:
    market.send(facts(revenue=None, country="US"), form())
    assert market.account().wanted == ("revenue",)
    enriched = {"revenue": {"amount": "700000000", "currency": "USD"}, "country": "DE"}
    results = market.send(contact(company=enriched), at_ms=MONDAY + HOUR_MS)
    results += market.tick(MONDAY + HOUR_MS)
    assert wanted(results, cleared=True) == ["revenue"]
    assert market.stage() is Stage.NURTURE
    assert gate_values(market)["country"] == "US"


def test_a_company_known_only_from_enrichment_passes_the_gates_for_all_its_leads(market: Market) -> None:
    market.send(form(lead_id="bob"), contact(company=ENRICHED), at_ms=MONDAY)
    market.tick(MONDAY + HOUR_MS)
    assert market.stage("bob") is Stage.NURTURE
    (handoff,) = routings(market.send(demo("bob", at_ms=MONDAY + HOUR_MS), at_ms=MONDAY + HOUR_MS))
    assert handoff.crm_account_id is None


@pytest.mark.parametrize("order", [*permutations(range(3))], ids=str)
def test_of_two_enrichments_the_later_by_its_date_holds_in_any_order(
    market: Market, order: tuple[int, ...]
) -> None:
    events: list[Model] = [
        contact("bob", MONDAY + HOUR_MS, company=ENRICHED | {"country": "US"}),
        contact("eve", MONDAY, company=ENRICHED | {"country": "DE"}),
        form(),
    ]
    market.send(*(events[at] for at in order))
    market.tick(MONDAY + DAY_MS)
    assert market.stage() is Stage.NURTURE


def test_a_hand_off_contains_the_ids_of_the_crm(market: Market) -> None:
    ids = {"crm_lead_id": "L1", "crm_contact_id": "C1", "crm_account_id": "A9"}
    (handoff,) = routings(market.send(contact(**ids), demo()))
    assert (handoff.crm_lead_id, handoff.crm_contact_id, handoff.crm_account_id) == ("L1", "C1", "A9")
    another = routings(market.send(facts(), demo("bob")))[-1]
    assert (another.crm_lead_id, another.crm_account_id) == (None, "acc-1")


def test_a_do_not_contact_lead_is_not_handed_off_and_its_score_names_the_reason(market: Market) -> None:
    results = market.send(facts(), contact(do_not_contact=True), *reach_bar())
    assert story(results) == []
    assert market.stage() is Stage.NURTURE
    assert Reason.DO_NOT_CONTACT in scores(results)[-1].explanation.reasons


def test_a_do_not_contact_lead_of_a_customer_is_not_handed_off(market: Market) -> None:
    results = market.send(
        facts(relationship=CUSTOMER, owner_rep_id="r1"), contact(do_not_contact=True), *reach_bar()
    )
    assert story(results) == []
    assert scores(results)[-1].explanation.reasons == [Reason.CUSTOMER_ACCOUNT, Reason.DO_NOT_CONTACT]
    results = market.send(demo(at_ms=MONDAY + HOUR_MS), at_ms=MONDAY + HOUR_MS)
    assert scores(results)[-1].explanation.reasons == [Reason.CUSTOMER_ACCOUNT]


def test_a_raised_hand_of_a_do_not_contact_lead_is_handed_off_as_answer_only(market: Market) -> None:
    (handoff,) = routings(market.send(facts(), contact(do_not_contact=True), demo()))
    assert (handoff.kind, handoff.answer_only) == ("raised_hand", True)
    assert not routings(market.send(demo("bob")))[0].answer_only


def test_do_not_contact_withdraws_an_mql_hand_off_until_contact_is_allowed_again(
    market: Market,
) -> None:
    market.send(facts(), identified(), *reach_bar())
    results = market.send(contact(do_not_contact=True), at_ms=MONDAY + HOUR_MS)
    assert story(results) == ["withdrawn mql -"]
    assert routings(results)[0].explanation.reasons == [Reason.DO_NOT_CONTACT]
    assert story(market.send(activity("page_view"), at_ms=MONDAY + HOUR_MS)) == []
    results = market.send(contact(do_not_contact=False, at_ms=MONDAY + 1), at_ms=MONDAY + 2 * HOUR_MS)
    assert story(results) == ["assigned mql r1"]


def test_do_not_contact_leaves_a_raised_hand_open_and_marks_it_answer_only(market: Market) -> None:
    market.send(facts(), demo())
    results = market.send(contact(do_not_contact=True), at_ms=MONDAY + HOUR_MS)
    assert [(one.action, one.answer_only) for one in routings(results)] == [("relabelled", True)]
    results = market.send(contact(is_deleted=True), at_ms=MONDAY + 2 * HOUR_MS)
    assert [(one.action, one.answer_only) for one in routings(results)] == [("relabelled", False)]


def test_a_contact_moves_with_its_account_to_another_key(market: Market) -> None:
    old = "domain:old.example"
    market.send(contact("eve", account_key=old, job_title="CIO", crm_lead_id="L7", company=ENRICHED))
    market.send(form(account_key=old, job_title="CIO"), contact(account_key=old, job_title="CFO"))
    market.send(facts(), facts(old, primary_key=BANK, revenue=None), at_ms=MONDAY + HOUR_MS)
    market.tick(MONDAY + 2 * HOUR_MS)
    assert market.stage("eve") is None
    (handoff,) = routings(market.send(demo("eve", job_title="Student"), at_ms=MONDAY + 3 * HOUR_MS))
    assert handoff.crm_lead_id == "L7"
    assert handoff.person is not None
    assert handoff.person.job_title == "CIO"
    row = market.accounts.decider.rows.get(LeadRow, BANK, "ann")
    assert row is not None
    titles = [(fact.value, fact.is_crm) for fact in row.facts if fact.name == "job_title"]
    assert titles == [("CFO", True), ("CIO", False)]


def test_a_repeated_contact_changes_nothing(market: Market) -> None:
    market.send(facts(), form())
    event = contact(job_title="CFO", do_not_contact=True)
    assert len(scores(market.send(event))) == 1
    assert market.send(event) == []
