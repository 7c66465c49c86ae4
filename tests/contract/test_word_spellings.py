"""Words of closed lists as CRMs and sales tools write them."""

from __future__ import annotations

import pytest

from schemas.topics import CRM_ACCOUNTS, FORM_FILLS, SALES_ACTIVITIES
from schemas.vocabulary import Request
from schemas.word_spellings import WRITTEN
from tests.contract.test_tolerant_parsing import read


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Customer - Direct", "customer"),
        ("Existing Customer", "customer"),
        ("CLIENT", "customer"),
        ("Ex-Customer", "former_customer"),
        ("Churned", "former_customer"),
        ("Lead", "prospect"),
        ("Technology Partner", "partner"),
        ("Competition", "competitor"),
    ],
)
def test_a_relationship_of_a_crm_is_read(written: str, meant: str) -> None:
    reading = read(CRM_ACCOUNTS, relationship=written)
    assert (reading.body.relationship, reading.unread) == (meant, ())


@pytest.mark.parametrize("written", ["Channel Partner / Reseller", "Other", "Analyst", "won", "evangelist"])
def test_a_relationship_that_could_be_two_is_reported(written: str) -> None:
    assert [one.field for one in read(CRM_ACCOUNTS, relationship=written).unread] == ["relationship"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Called", "touched"),
        ("Email sent", "touched"),
        ("Closed Won", "won"),
        ("closedlost", "lost"),
        ("Accept", "accepted"),
    ],
)
def test_an_action_of_a_sales_tool_is_read(written: str, meant: str) -> None:
    assert read(SALES_ACTIVITIES, action=written).body.action == meant


def test_an_unknown_action_is_read_as_unknown_and_named() -> None:
    reading = read(SALES_ACTIVITIES, action="synchronised")
    assert reading.body.action == "unknown"
    assert [(one.field, one.word) for one in reading.unread] == [("action", "synchronised")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("No Response", "unreachable"),
        ("not a fit", "not_our_market"),
        ("Spam", "bad_data"),
    ],
)
def test_a_reason_of_a_sales_tool_is_read(written: str, meant: str) -> None:
    reading = read(SALES_ACTIVITIES, action="rejected", reason=written)
    assert (reading.body.reason, reading.unread) == (meant, ())


@pytest.mark.parametrize("written", ["Book a demo", "Whitepaper", "webinar"])
def test_an_unknown_request_stays_a_raised_hand_that_is_reported(written: str) -> None:
    reading = read(FORM_FILLS, request=written)
    assert (reading.body.request, [one.field for one in reading.unread]) == (
        Request.CONTACT_SALES,
        ["request"],
    )


def test_no_spelling_is_listed_twice_or_is_a_word_of_its_list() -> None:
    listed = [(type(word), written) for word, spellings in WRITTEN.items() for written in spellings]
    assert len(listed) == len(set(listed))
    assert not [written for words, written in listed if written in {one.value for one in words}]
