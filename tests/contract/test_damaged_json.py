"""A record whose characters are damaged counts: the damage concerns one letter, not the request."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.damaged_json import load_damaged, repair_encoding
from schemas.parsing import ContractError
from schemas.tolerant_parsing import read_record
from schemas.topics import CRM_ACCOUNTS, FORM_FILLS, Topic
from schemas.vocabulary import DeadLetterReason
from tests.contract.test_tolerant_parsing import INPUTS, WHOLE

FORM = WHOLE["form.fills"] | {"request": "demo", "company": "Müller"}
TEXT = json.dumps(FORM, ensure_ascii=False)


def company_of(raw: bytes) -> str:
    body = read_record(FORM_FILLS, raw).body
    assert (body.request, body.email) == ("demo", "ann@bank.example")
    return str(body.company)


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8-sig", "utf-16", "utf-8"])
def test_the_encoding_of_a_record_does_not_lose_it(encoding: str) -> None:
    assert company_of(TEXT.encode(encoding)) == "Müller"


@pytest.mark.parametrize(
    ("written", "company"),
    [
        (r"Bank\ud83d", "Bank\ufffd"),
        (r"Bank\udc00", "Bank\ufffd"),
        (r"\ud83d Bank", "\ufffd Bank"),
        (r"Bank\ud83d\ude00", "Bank\U0001f600"),
        ("Bank\tOne", "Bank\tOne"),
        ("Bank\nOne", "Bank\nOne"),
    ],
)
def test_half_a_character_and_raw_control_characters_lose_nothing_else(written: str, company: str) -> None:
    assert company_of(TEXT.replace("Müller", written).encode()) == company


@pytest.mark.parametrize("topic", INPUTS, ids=lambda one: one.name)
def test_damage_in_an_unknown_field_changes_nothing(topic: Topic) -> None:
    whole = read_record(topic, json.dumps(WHOLE[topic.name]).encode())
    for comment in (r"\ud83d", "it\x92s", "two\nlines", "9" * 5_000):
        raw = json.dumps(WHOLE[topic.name])[:-1] + f', "comment": "{comment}", "n": {"9" * 5_000}}}'
        assert read_record(topic, raw.encode("latin-1")) == whole


def test_a_record_that_was_encoded_twice_is_read() -> None:
    assert company_of(json.dumps(TEXT).encode()) == "Müller"


@pytest.mark.parametrize(
    "raw", [b"{", b"hello", b"\xff\xfe ", b"[1", b'{"a": tru}', b'"{"', b"\x00\x01", b'{"a": 1,}']
)
def test_what_is_not_json_is_refused(raw: bytes) -> None:
    with pytest.raises(ContractError) as refused:
        read_record(FORM_FILLS, raw)
    assert refused.value.reason in {DeadLetterReason.NOT_JSON, DeadLetterReason.BREAKS_CONTRACT}


def test_a_deep_record_in_another_encoding_is_refused() -> None:
    deep = '{"a":' * 60 + "1" + "}" * 60
    for raw in (deep.encode("utf-16"), json.dumps("[" * 10_000).encode()):
        with pytest.raises(ContractError):
            read_record(FORM_FILLS, raw)


def test_an_unreadable_number_of_a_crm_record_is_reported() -> None:
    raw = json.dumps(WHOLE["crm.accounts"])[:-1] + ', "revenue": {"amount": ' + "9" * 5_000 + "}}"
    reading = read_record(CRM_ACCOUNTS, raw.encode())
    assert reading.body.revenue is None or reading.body.revenue.amount


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    repaired = repair_encoding(raw)
    repaired.decode()
    loaded: Any = load_damaged(repaired)
    if loaded is not None:
        json.dumps(loaded, ensure_ascii=False).encode()
