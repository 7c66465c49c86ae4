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


def import_event(
    visitors: Partition, value: dict[str, Any], arrives_at: int = NOON, then: int | None = None
) -> list[dict[str, Any]]:
    """Import an event that first arrived at ``then``. Without ``then``, it first arrived at ``arrives_at``."""
    topic = "form.fills" if "form_id" in value else "web.activity"
    header = str(arrives_at if then is None else then).encode()
    return visitors.send(topic, value, arrives_at=arrives_at, imported=header)


def counts(visitors: Partition) -> dict[str, int]:
    (found,) = [row for _, row in visitors.rows(CountRow)]
    return {name: getattr(found, name) for name in ("of_no_use", "day_forgotten", "repeated")}


def pass_days(visitors: Partition, until_ms: int) -> None:
    for at_ms in range(visitors.decider.now_ms + DAY, until_ms + 1, DAY):
        visitors.tick(at_ms, times=6)


def test_an_imported_event_is_a_fact_by_its_own_date_and_marked_as_imported() -> None:
    identified, fact = import_event(partition(), activity("a1", NOON - 100 * DAY, email=ADA))
    assert (identified["type"], fact["type"]) == ("lead_identified", "lead_activity")
    assert identified["imported"] is fact["imported"] is True
    assert fact["occurred_at_ms"] == NOON - 100 * DAY


def test_a_live_event_is_not_marked_as_imported() -> None:
    facts = partition().send("web.activity", activity("a1", email=ADA))
    assert [fact["imported"] for fact in facts] == [False, False]


@pytest.mark.parametrize("header", [b"", b"yesterday", b"-1", b"1" * 16])
def test_an_import_header_that_is_not_a_time_breaks_the_contract(header: bytes) -> None:
    visitors = partition()
    assert types(visitors.send("web.activity", activity("a1", email=ADA), imported=header)) == [
        "breaks_contract"
    ]


def test_a_future_dated_imported_event_is_clamped_to_its_first_arrival() -> None:
    then = NOON - 30 * DAY
    fact = import_event(partition(), activity("a1", NOON - DAY, email=ADA), then=then)[1]
    assert (fact["occurred_at_ms"], fact["clamped"]) == (then + 5 * MINUTE, True)


def test_a_first_arrival_after_the_record_is_clamped_to_the_record() -> None:
    fact = import_event(partition(), activity("a1", NOON + 9 * DAY, email=ADA), then=NOON + 9 * DAY)[1]
    assert fact["occurred_at_ms"] == NOON + 5 * MINUTE


def test_an_imported_event_too_old_for_points_is_counted_and_is_not_a_dead_letter() -> None:
    visitors = partition()
    assert import_event(visitors, activity("a1", NOON - 181 * DAY - 1, email=ADA)) == []
    assert len(import_event(visitors, activity("a2", NOON - 181 * DAY, email=ADA))) == 2
    assert counts(visitors) == {"of_no_use": 1, "day_forgotten": 0, "repeated": 0}


@pytest.mark.parametrize("is_known", [True, False])
def test_imported_events_without_an_address_are_bounded_as_live_anonymous_history_is(
    *, is_known: bool
) -> None:
    visitors = partition()
    who = form("f1", anonymous_id="x", email=ADA)
    old = [activity(f"a{days}", NOON - days * DAY, anonymous_id="x") for days in (91, 90)]
    facts = visitors.send("form.fills", who) if is_known else []
    for event in old:
        facts += import_event(visitors, event)
    if not is_known:
        facts += visitors.send("form.fills", who)
    assert sorted(fact["event_id"] for fact in facts if fact["type"] != "lead_identified") == ["a90", "f1"]


def test_imported_history_stays_marked_as_imported_once_the_visitor_is_known() -> None:
    visitors = partition()
    import_event(visitors, activity("a1", NOON - 20 * DAY, anonymous_id="x"))
    import_event(visitors, form("f1", NOON - 20 * DAY, anonymous_id="x", request="demo"))
    visitors.send("web.activity", activity("a2", anonymous_id="x"))
    assert [row.is_imported for _, row in visitors.rows(HistoryRow)] == [True, True, False]
    facts = visitors.send("form.fills", form("f2", NOON + 1, anonymous_id="x", email=ADA))
    assert {fact["event_id"]: fact["imported"] for fact in facts[1:]} == {
        "a1": True,
        "f1": True,
        "a2": False,
        "f2": False,
    }


def test_an_import_repeated_weeks_later_adds_missing_events_and_counts_none_twice() -> None:
    visitors = partition()
    file = [activity(f"a{days}", NOON - days * DAY, email=ADA) for days in (3, 3, 50)]
    file[1]["event_id"] = "another of that day"
    import_event(visitors, file[0])
    pass_days(visitors, NOON + 30 * DAY)
    assert visitors.rows(SeenRow) == []
    taken = [fact["event_id"] for one in file for fact in import_event(visitors, one, NOON + 30 * DAY)]
    assert taken == ["another of that day", "a50"]


def test_an_event_counts_once_whether_it_arrives_live_or_by_import_first() -> None:
    visitors = partition()
    live = activity("a1", NOON - 2 * DAY, email=ADA)
    late = activity("a2", NOON - 2 * DAY, email=ADA)
    visitors.send("web.activity", live, arrives_at=NOON)
    assert import_event(visitors, live) == []
    import_event(visitors, late)
    assert visitors.send("web.activity", late, arrives_at=NOON) == []
    assert sum(row.repeated for _, row in visitors.rows(CountRow)) == 2


def test_a_day_whose_live_ids_are_deleted_imports_nothing_of_that_topic() -> None:
    visitors = partition()
    visitors.send("web.activity", activity("a1", email=ADA))
    pass_days(visitors, NOON + 17 * DAY)
    now = NOON + 17 * DAY
    assert import_event(visitors, activity("a1", email=ADA), now) == []
    assert counts(visitors)["day_forgotten"] == 1
    assert len(import_event(visitors, form("f1", email=ADA), now)) == 1
    assert len(import_event(visitors, activity("a2", NOON - DAY, email=ADA), now)) == 1


def test_imported_ids_are_deleted_with_their_points_and_a_longer_decay_counts_none_twice() -> None:
    visitors = partition(policy_with())
    import_event(visitors, activity("a1", NOON - 50 * DAY, email=ADA))
    pass_days(visitors, NOON + 14 * DAY)
    assert visitors.rows(ImportedRow) == []
    assert len(visitors.rows(ForgottenDayRow)) == 1
    longer = partition()
    longer.store.write(visitors.store.dump())
    assert import_event(longer, activity("a1", NOON - 50 * DAY, email=ADA), NOON + 14 * DAY) == []


def test_a_sweep_of_imported_ids_continues_chunk_by_chunk() -> None:
    visitors = partition(policy_with())
    for number in range(450):
        import_event(visitors, activity(f"a{number}", NOON - 59 * DAY, email=ADA))
    import_event(visitors, activity("later", NOON - 9 * DAY, email=ADA))
    pass_days(visitors, NOON + 5 * DAY)
    assert [parts[2] for parts, _ in visitors.rows(ImportedRow)] == ["later"]


def test_an_erasure_holds_as_long_as_an_import_could_bring_the_person_back() -> None:
    visitors = partition()
    erased = PersonErased(event_id="p1", lead_id=lead_id_of(ADA, KEY), occurred_at_ms=NOON)
    visitors.send("visitor.events", erased.model_dump_json().encode(), arrives_at=NOON)
    now = NOON + 170 * DAY
    assert import_event(visitors, activity("a1", NOON - 5 * DAY, email=ADA), now) == []
    assert len(import_event(visitors, activity("a2", NOON + 5 * DAY, email=ADA), now)) == 2
