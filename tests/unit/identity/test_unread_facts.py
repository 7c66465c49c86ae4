"""Facts that the contract allows but whose text cannot be read are left out and named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.tolerant_parsing import Reading, read_record
from schemas.topics import CRM_ACCOUNTS, CRM_CONTACTS, FORM_FILLS, WEB_ACTIVITY, Topic
from tests.edge import NOON, iso
from workers.identity.unread_facts import without_unread_facts

IDENTITY: dict[str, dict[str, Any]] = {
    "crm.accounts": {"crm_account_id": "a", "name": "Bank"},
    "crm.contacts": {"email": "ann@bank.example"},
    "form.fills": {"form_id": "f", "email": "ann@bank.example"},
    "web.activity": {"activity": "page_view"},
}


def read(topic: Topic, fields: dict[str, Any]) -> Reading:
    record = {"event_id": "e", "occurred_at": iso(NOON)} | IDENTITY[topic.name] | fields
    return without_unread_facts(topic.name, read_record(topic, json.dumps(record).encode()))


@pytest.mark.parametrize(
    ("topic", "fields", "unread"),
    [
        (FORM_FILLS, {"country": "Atlantis"}, ["country"]),
        (FORM_FILLS, {"country": "ZZ"}, ["country"]),
        (FORM_FILLS, {"country": "N/A"}, []),
        (FORM_FILLS, {"country": "Please select"}, []),
        (
            CRM_ACCOUNTS,
            {"country": "EN", "employees": "lots", "revenue": "a lot"},
            ["country", "employees", "revenue"],
        ),
        (CRM_ACCOUNTS, {"revenue": {"amount": 5}}, ["revenue"]),
        (CRM_ACCOUNTS, {"revenue": "10M"}, ["revenue"]),
        (CRM_ACCOUNTS, {"employees": "-"}, []),
        (CRM_CONTACTS, {"company": {"country": "EN", "employees": "10"}}, ["company.country"]),
    ],
)
def test_a_fact_that_cannot_be_read_is_left_out_and_named(
    topic: Topic, fields: dict[str, Any], unread: list[str]
) -> None:
    reading = read(topic, fields)
    assert [(one.topic, one.field) for one in reading.unread] == [(topic.name, name) for name in unread]
    body = reading.body.company if topic is CRM_CONTACTS else reading.body
    assert body.country is None or topic is CRM_ACCOUNTS


@pytest.mark.parametrize(
    ("topic", "fields"),
    [
        (FORM_FILLS, {"country": "Deutschland"}),
        (FORM_FILLS, {}),
        (CRM_ACCOUNTS, {"country": "UK", "employees": "51-200", "revenue": "$10M-$50M"}),
        (CRM_ACCOUNTS, {"employees": 0, "revenue": {"amount": "0", "currency": "USD"}}),
        (CRM_CONTACTS, {"company": {"country": "UK", "revenue": {"amount": "5 Mio.", "currency": "EUR"}}}),
        (CRM_CONTACTS, {}),
        (WEB_ACTIVITY, {"url": "https://x.example"}),
    ],
)
def test_a_record_whose_facts_can_be_read_is_unchanged(topic: Topic, fields: dict[str, Any]) -> None:
    reading = read(topic, fields)
    assert reading.unread == ()
    assert without_unread_facts(topic.name, reading) is reading
