from __future__ import annotations

from typing import Any

import pytest

from schemas.erasure import PersonErased
from tests.edge import DAY, KEY, MINUTE, NOON, Partition, activity, form, policy_with, types
from workers.identity.lead_ids import lead_id_of
from workers.identity.repeats import SeenRow
from workers.visitors.agent import spec
from workers.visitors.imported_events import ForgottenDayRow, ImportedRow
from workers.visitors.rows import CountRow, HistoryRow

ADA = "ada@bank.com"
LONG = policy_with(("to_zero_after_days: 60", "to_zero_after_days: 180"))


def partition(policy: str = LONG) -> Partition:
    return Partition(spec(KEY, 1), policy=policy)


def bring(
    visitors: Partition, value: dict[str, Any], arrives_at: int = NOON, then: int | None = None
) -> list[dict[str, Any]]:
    """Import an event that had first arrived ``then``: at once, where nothing else is said."""
    topic = "form.fills" if "form_id" in value else "web.activity"
    header = str(arrives_at if then is None else then).encode()
    return visitors.say(topic, value, arrives_at=arrives_at, imported=header)


def counts(visitors: Partition) -> dict[str, int]:
    (found,) = [row for _, row in visitors.rows(CountRow)]
    return {name: getattr(found, name) for name in ("of_no_use", "day_forgotten", "repeated")}


def days_pass(visitors: Partition, until_ms: int) -> None:
    for at_ms in range(visitors.decider.now_ms + DAY, until_ms + 1, DAY):
        visitors.tick(at_ms, times=6)


def test_an_old_event_is_a_fact_by_its_own_date_and_says_that_it_was_imported() -> None:
    said, fact = bring(partition(), activity("a1", NOON - 100 * DAY, email=ADA))
    assert (said["type"], fact["type"]) == ("lead_identified", "lead_activity")
    assert said["imported"] is fact["imported"] is True
    assert fact["occurred_at_ms"] == NOON - 100 * DAY


def test_what_is_live_says_that_it_is() -> None:
    facts = partition().say("web.activity", activity("a1", email=ADA))
    assert [fact["imported"] for fact in facts] == [False, False]


@pytest.mark.parametrize("header", [b"", b"yesterday", b"-1", b"1" * 16])
def test_a_mark_that_is_no_time_breaks_the_contract(header: bytes) -> None:
    visitors = partition()
    assert types(visitors.say("web.activity", activity("a1", email=ADA), imported=header)) == [
        "breaks_contract"
    ]


def test_a_wrong_clock_of_then_is_clamped_to_when_it_arrived_then() -> None:
    then = NOON - 30 * DAY
    fact = bring(partition(), activity("a1", NOON - DAY, email=ADA), then=then)[1]
    assert (fact["occurred_at_ms"], fact["clamped"]) == (then + 5 * MINUTE, True)


def test_nobody_arrived_later_than_the_record_that_says_so() -> None:
    fact = bring(partition(), activity("a1", NOON + 9 * DAY, email=ADA), then=NOON + 9 * DAY)[1]
    assert fact["occurred_at_ms"] == NOON + 5 * MINUTE


def test_what_gives_no_points_any_more_is_counted_and_no_dead_letter() -> None:
    visitors = partition()
    assert bring(visitors, activity("a1", NOON - 181 * DAY - 1, email=ADA)) == []
    assert len(bring(visitors, activity("a2", NOON - 181 * DAY, email=ADA))) == 2
    assert counts(visitors) == {"of_no_use": 1, "day_forgotten": 0, "repeated": 0}


@pytest.mark.parametrize("is_known", [True, False])
def test_of_who_gave_no_address_no_more_is_taken_than_is_kept_of_a_live_visitor(*, is_known: bool) -> None:
    visitors = partition()
    who = form("f1", anonymous_id="x", email=ADA)
    old = [activity(f"a{days}", NOON - days * DAY, anonymous_id="x") for days in (91, 90)]
    facts = visitors.say("form.fills", who) if is_known else []
    for event in old:
        facts += bring(visitors, event)
    if not is_known:
        facts += visitors.say("form.fills", who)
    assert sorted(fact["event_id"] for fact in facts if fact["type"] != "lead_identified") == ["a90", "f1"]


def test_what_is_kept_of_an_unknown_visitor_stays_history_when_they_are_known() -> None:
    visitors = partition()
    bring(visitors, activity("a1", NOON - 20 * DAY, anonymous_id="x"))
    bring(visitors, form("f1", NOON - 20 * DAY, anonymous_id="x", request="demo"))
    visitors.say("web.activity", activity("a2", anonymous_id="x"))
    assert [row.is_imported for _, row in visitors.rows(HistoryRow)] == [True, True, False]
    facts = visitors.say("form.fills", form("f2", NOON + 1, anonymous_id="x", email=ADA))
    assert {fact["event_id"]: fact["imported"] for fact in facts[1:]} == {
        "a1": True,
        "f1": True,
        "a2": False,
        "f2": False,
    }


def test_an_import_begun_again_weeks_later_takes_what_it_had_not_taken_and_nothing_twice() -> None:
    visitors = partition()
    file = [activity(f"a{days}", NOON - days * DAY, email=ADA) for days in (3, 3, 50)]
    file[1]["event_id"] = "another of that day"
    bring(visitors, file[0])
    days_pass(visitors, NOON + 30 * DAY)
    assert visitors.rows(SeenRow) == []
    taken = [fact["event_id"] for one in file for fact in bring(visitors, one, NOON + 30 * DAY)]
    assert taken == ["another of that day", "a50"]


def test_an_event_counts_once_whether_it_comes_live_or_by_the_import_first() -> None:
    visitors = partition()
    live = activity("a1", NOON - 2 * DAY, email=ADA)
    late = activity("a2", NOON - 2 * DAY, email=ADA)
    visitors.say("web.activity", live, arrives_at=NOON)
    assert bring(visitors, live) == []
    bring(visitors, late)
    assert visitors.say("web.activity", late, arrives_at=NOON) == []
    assert sum(row.repeated for _, row in visitors.rows(CountRow)) == 2


def test_of_a_day_whose_live_ids_are_forgotten_nothing_of_that_topic_is_imported() -> None:
    visitors = partition()
    visitors.say("web.activity", activity("a1", email=ADA))
    days_pass(visitors, NOON + 9 * DAY)
    now = NOON + 9 * DAY
    assert bring(visitors, activity("a1", email=ADA), now) == []
    assert counts(visitors)["day_forgotten"] == 1
    assert len(bring(visitors, form("f1", email=ADA), now)) == 1
    assert len(bring(visitors, activity("a2", NOON - DAY, email=ADA), now)) == 1


def test_imported_ids_go_when_their_day_gives_no_points_and_a_longer_fade_counts_none_twice() -> None:
    visitors = partition(policy_with())
    bring(visitors, activity("a1", NOON - 50 * DAY, email=ADA))
    days_pass(visitors, NOON + 14 * DAY)
    assert visitors.rows(ImportedRow) == []
    assert len(visitors.rows(ForgottenDayRow)) == 1
    longer = partition()
    longer.store.write(visitors.store.dump())
    assert bring(longer, activity("a1", NOON - 50 * DAY, email=ADA), NOON + 14 * DAY) == []


def test_a_chunk_of_the_sweep_leaves_off_and_goes_on() -> None:
    visitors = partition(policy_with())
    for number in range(450):
        bring(visitors, activity(f"a{number}", NOON - 59 * DAY, email=ADA))
    bring(visitors, activity("later", NOON - 9 * DAY, email=ADA))
    days_pass(visitors, NOON + 5 * DAY)
    assert [parts[2] for parts, _ in visitors.rows(ImportedRow)] == ["later"]


def test_who_was_erased_stays_so_as_long_as_history_could_bring_them_back() -> None:
    visitors = partition()
    erased = PersonErased(event_id="p1", lead_id=lead_id_of(ADA, KEY), occurred_at_ms=NOON)
    visitors.say("visitor.events", erased.model_dump_json().encode(), arrives_at=NOON)
    now = NOON + 170 * DAY
    assert bring(visitors, activity("a1", NOON - 5 * DAY, email=ADA), now) == []
    assert len(bring(visitors, activity("a2", NOON + 5 * DAY, email=ADA), now)) == 2
