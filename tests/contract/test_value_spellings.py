"""Times, answers and numbers as other systems write them, in every field of every input topic that has one."""

# ruff: noqa: RUF001 - a minus sign of typography is meant

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.parsing import ContractError
from schemas.topics import (
    CRM_ACCOUNTS,
    CRM_CONTACTS,
    CRM_REPS,
    FORM_FILLS,
    SALES_ACTIVITIES,
    WEB_ACTIVITY,
    Topic,
)
from schemas.value_spellings import read_answer, read_number, read_time
from tests.contract.test_tolerant_parsing import INPUTS, WHOLE, read

AT = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

TIMES: list[Any] = [
    "2026-03-04T10:00:00.000+0000",  # Salesforce
    1_772_618_400_000,  # HubSpot
    "1772618400000",
    1_772_618_400,
    "1772618400",
    "1772618400.0",
    1_772_618_400_000_000,  # Google Analytics
    "/Date(1772618400000)/",  # Dynamics
    "/Date(1772618400000+0100)/",
    "Wed Mar 04 2026 11:00:00 GMT+0100 (Central European Standard Time)",  # JavaScript
    "Wed, 04 Mar 2026 10:00:00 GMT",
    "Wed, 04 Mar 2026 11:00:00 +0100",
    "2026-03-04 10:00:00 UTC",  # Pipedrive and Ruby
    "2026-03-04 11:00:00 +0100",
    "2026-03-04 10:00:00+00",  # Postgres
    "2026-03-04T11:00:00+01",
    "2026-03-04T10:00Z",
    "20260304T100000Z",
    "2026-03-04T10:00:00,000Z",
    "2026-03-04T05:00:00−05:00",
    " 2026-03-04T10:00:00Z\n",
    "2026-03-04T10:00:00 z",
    "2026-03-04T11:00:00+01:00[Europe/Berlin]",
]
NO_TIMES: list[Any] = [
    *("03/04/2026", "4.3.2026 10:00", "now", "today", "", "N/A", "2026", "10:00", "2026-13-04T10:00:00Z", "x" * 500),
    *(0, 1, 20260304, 1e30, float("inf"), float("nan"), -1, True, [], {}, {"seconds": 1}, "Wed, 04 Foo"),
    *("/Date(-1)/", "1e12", "٢٠٢٦-٠٣-٠٤T10:00:00Z"),
]  # fmt: skip
WITHOUT_OFFSET = ["2026-03-04T10:00:00", "2026-03-04 10:00:00", "2026-03-04 10:00", "20260304T100000"]


@pytest.mark.parametrize("written", TIMES)
@pytest.mark.parametrize("topic", INPUTS, ids=lambda one: one.name)
def test_a_time_dates_its_event_however_it_is_written(topic: Topic, written: Any) -> None:
    reading = read(topic, occurred_at=written)
    assert (reading.body.occurred_at, reading.unread) == (AT, ())


@pytest.mark.parametrize("written", [*NO_TIMES, *WITHOUT_OFFSET, "2026-03-04", "20260304"])
def test_what_needs_a_guess_dates_no_event(written: Any) -> None:
    assert read_time(written, dates_event=True) is None
    if written == written:  # noqa: PLR0124 - JSON of the tests has no NaN
        with pytest.raises(ContractError, match="occurred_at"):
            read(FORM_FILLS, occurred_at=written)


@pytest.mark.parametrize("written", NO_TIMES)
def test_a_text_without_a_time_is_unknown_in_any_field(written: Any) -> None:
    assert read_time(written, dates_event=False) is None


def test_a_leap_second_is_the_second_before() -> None:
    assert read_time("2026-06-30T23:59:60Z", dates_event=True) == "2026-06-30T23:59:59+00:00"


@pytest.mark.parametrize("written", [*TIMES, *WITHOUT_OFFSET])
def test_an_optional_time_without_an_offset_is_read_as_utc(written: Any) -> None:
    opportunity = {"opportunity_id": "O", "owner_rep_id": "ida", "opened_at": written}
    reading = read(CRM_ACCOUNTS, open_opportunities=[opportunity], facts_confirmed_at=written)
    assert reading.unread == ()
    assert reading.body.facts_confirmed_at == AT
    assert reading.body.open_opportunities[0].opened_at == AT


def test_an_absence_of_whole_days_keeps_leads_from_the_rep() -> None:
    reading = read(CRM_REPS, absences=[{"starts_at": "2026-03-04", "ends_at": "2026-03-06 09:00"}])
    (absence,) = reading.body.absences
    assert (absence.starts_at, absence.ends_at) == (AT.replace(hour=0), AT.replace(day=6, hour=9))
    assert reading.unread == ()


@pytest.mark.parametrize("written", ["2026-03-04", "20260304"])
def test_an_optional_day_is_its_beginning(written: str) -> None:
    assert read(CRM_ACCOUNTS, facts_confirmed_at=written).body.facts_confirmed_at == AT.replace(hour=0)


YES = [
    True,
    1,
    1.0,
    "1",
    "true",
    "True",
    "TRUE",
    "yes",
    "Yes ",
    "Y",
    "on",
    "granted",
    "Opted in",
    "ja",
    "sí",
    "да",
    "はい",
]
NO = [
    False,
    0,
    0.0,
    "0",
    "false",
    "False",
    "no",
    "N",
    "off",
    "denied",
    "opt-out",
    "nein",
    "non",
    "нет",
    "いいえ",
]


@pytest.mark.parametrize(("written", "meant"), [(one, True) for one in YES] + [(one, False) for one in NO])
def test_an_answer_counts_however_it_is_written(written: Any, meant: bool) -> None:
    """A rep who left keeps no lead, and who must not be contacted is not, because the CRM exports texts."""
    for topic, field in ((CRM_REPS, "active"), (FORM_FILLS, "is_bot")):
        reading = read(topic, **{field: written})
        assert (getattr(reading.body, field), reading.unread) == (meant, ())
    consent = read(FORM_FILLS, consent={"tracking": written, "marketing": written}).body.consent
    assert (consent.tracking, consent.marketing) == (meant, meant)


@pytest.mark.parametrize("written", ["maybe", "x", 2, -1, 0.5, [True], {"yes": 1}, "n/a", "null", "y" * 500])
def test_what_is_neither_yes_nor_no_is_unknown(written: Any) -> None:
    assert read_answer(written) is None


@pytest.mark.parametrize(
    ("written", "number"),
    [("6", 6), (" 6 ", 6), ("6.0", 6), (6.0, 6), ("41.5", 41.5), ("-1", -1), ("+7", 7)],
)
def test_a_number_is_read_from_a_text(written: Any, number: float) -> None:
    assert read_number(written) == number


@pytest.mark.parametrize("written", ["six", "", "1,200", "1e3", "0x10", "NaN", "٦", 1.5, None, [6], "9" * 40])
def test_a_text_without_a_plain_number_is_unknown(written: Any) -> None:
    assert read_number(written) is None


def test_numbers_in_texts_count_in_their_fields() -> None:
    click = read(WEB_ACTIVITY, activity="email_clicked", links_in_message="6", duration_seconds="41.5")
    assert (click.body.links_in_message, click.body.duration_seconds, click.unread) == (6, 41.5, ())
    rep = read(CRM_REPS, desks=[{"desk": "inside_sales", "weight": "2", "capacity": 8.0}])
    assert (rep.body.desks[0].weight, rep.body.desks[0].capacity, rep.unread) == (2, 8, ())
    assert read(SALES_ACTIVITIES, action="won", amount="1200.50", currency="USD").unread == ()


def test_the_tables_cover_every_input_topic() -> None:
    assert {topic.name for topic in INPUTS} == WHOLE.keys()


def test_one_value_and_a_list_of_one_are_the_same() -> None:
    """Multiple-choice fields of form tools send lists, and exports of a single related record send an object."""
    form = read(FORM_FILLS, country=["DE"], job_title=["CIO"], request=["Demo"], is_bot=[False])
    assert (form.body.country, form.body.job_title, form.body.request, form.unread) == (
        "DE",
        "CIO",
        "demo",
        (),
    )
    opportunity = {"opportunity_id": 1, "owner_rep_id": "kay"}
    account = read(CRM_ACCOUNTS, open_opportunities=opportunity, relationship=["Customer"])
    assert [one.owner_rep_id for one in account.body.open_opportunities] == ["kay"]
    assert (account.body.relationship, account.unread) == ("customer", ())
    assert [one.field for one in read(FORM_FILLS, country=["DE", "FR"]).unread] == ["country"]


@pytest.mark.parametrize(
    ("written", "refuses"),
    [
        ("yes", True),
        ("0", False),
        ("Opted out", True),
        ("unsubscribed", True),
        ("denied", True),
        ("opt-in", False),
    ],
)
def test_a_word_of_consent_is_the_opposite_answer_to_do_not_contact(written: str, refuses: bool) -> None:
    reading = read(CRM_CONTACTS, do_not_contact=written)
    assert (reading.body.do_not_contact, reading.unread) == (refuses, ())
