from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.parsing import MAX_DEPTH, ContractError, is_deeper_than, parse_json, redact_addresses
from schemas.topics import (
    CRM_ACCOUNTS,
    CRM_REPS,
    DESK_REQUESTS,
    FORM_FILLS,
    SALES_ACTIVITIES,
    WEB_ACTIVITY,
    Topic,
)
from schemas.vocabulary import DeadLetterReason

ADDRESS = "anna.larsson@norrbank.example"
EVENT = {"event_id": "w-1", "occurred_at": "2026-03-04T10:00:00+02:00"}
ACTIVITY = EVENT | {"activity": "page_view"}
ACCOUNT = EVENT | {"crm_account_id": "acc-1", "name": "Norrbank"}
REP = EVENT | {"rep_id": "rep-1", "name": "Dana"}
SALES = EVENT | {"rep_id": "rep-1", "handoff_id": "h-1"}


def refusal(topic: Topic, value: bytes | None) -> ContractError:
    with pytest.raises(ContractError) as caught:
        parse_json(topic, value)
    return caught.value


def nested(levels: int) -> bytes:
    return json.dumps(ACTIVITY)[:-1].encode() + b',"x":' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b" " * (WEB_ACTIVITY.max_bytes + 1), "too_large"),
        (nested(MAX_DEPTH + 1), "too_deep"),
        (b"[" * 200_000, "too_deep"),
        (b'{"a":' * 20_000, "too_deep"),
        (b"{", "not_json"),
        (b"hello", "not_json"),
        (b"\xff\xfe{\x00}\x00", "not_json"),
        (b'{"event_id":"\xff"}', "not_json"),
        (b'{"event_id":"\\ud800"}', "not_json"),
        (b"<html></html>", "not_json"),
        (b"null", "breaks_contract"),
        (b"[]", "breaks_contract"),
        (b"{}", "breaks_contract"),
        (b"17", "breaks_contract"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_an_unusable_value_is_refused_with_its_reason(value: bytes | None, reason: str) -> None:
    assert refusal(WEB_ACTIVITY, value).reason is DeadLetterReason(reason)


@pytest.mark.parametrize(
    ("topic", "base", "broken"),
    [
        (WEB_ACTIVITY, ACTIVITY, {"occurred_at": "2026-03-04T10:00:00"}),
        (WEB_ACTIVITY, ACTIVITY, {"occurred_at": "2026-03-04"}),
        (WEB_ACTIVITY, ACTIVITY, {"occurred_at": "1700000000"}),
        (WEB_ACTIVITY, ACTIVITY, {"occurred_at": 1_700_000_000}),
        (WEB_ACTIVITY, ACTIVITY, {"occurred_at": "0001-01-01T00:00:00+10:00"}),
        (WEB_ACTIVITY, ACTIVITY, {"occurred_at": "9999-12-31T23:59:59-10:00"}),
        (WEB_ACTIVITY, ACTIVITY, {"occurred_at": "1969-12-31T23:59:59Z"}),
        (WEB_ACTIVITY, ACTIVITY, {"occurred_at": "2026-02-30T10:00:00Z"}),
        (WEB_ACTIVITY, ACTIVITY, {"occurred_at": "20260304T100000Z"}),
        (WEB_ACTIVITY, ACTIVITY, {"event_id": ""}),
        (WEB_ACTIVITY, ACTIVITY, {"event_id": "  "}),
        (WEB_ACTIVITY, ACTIVITY, {"event_id": 7}),
        (WEB_ACTIVITY, ACTIVITY, {"event_id": "a\x00b"}),
        (WEB_ACTIVITY, ACTIVITY, {"anonymous_id": "a\x1fb"}),
        (WEB_ACTIVITY, ACTIVITY, {"anonymous_id": "a" * 201}),
        (WEB_ACTIVITY, ACTIVITY, {"activity": "Page View"}),
        (WEB_ACTIVITY, ACTIVITY, {"activity": "page_view\n"}),
        (WEB_ACTIVITY, ACTIVITY, {"duration_seconds": "12"}),
        (WEB_ACTIVITY, ACTIVITY, {"duration_seconds": float("nan")}),
        (WEB_ACTIVITY, ACTIVITY, {"duration_seconds": -1}),
        (WEB_ACTIVITY, ACTIVITY, {"campaign": "spring"}),
        (FORM_FILLS, EVENT | {"form_id": "f"}, {"request": "a_call"}),
        (FORM_FILLS, EVENT | {"form_id": "f"}, {"country": 49}),
        (CRM_ACCOUNTS, ACCOUNT, {"employees": 10**30}),
        (CRM_ACCOUNTS, ACCOUNT, {"sic": [6021]}),
        (CRM_ACCOUNTS, ACCOUNT, {"revenue": {"amount": 10**19, "currency": "USD"}}),
        (CRM_ACCOUNTS, ACCOUNT, {"revenue": {"amount": 5, "currency": 7}}),
        (CRM_ACCOUNTS, ACCOUNT, {"domains": ["norr bank.example"]}),
        (CRM_ACCOUNTS, ACCOUNT, {"open_opportunities": None}),
        (CRM_REPS, REP, {"active": "yes"}),
        (CRM_REPS, REP, {"desks": [{"desk": "inside_sales", "weight": 0}]}),
        (
            CRM_REPS,
            REP,
            {"absences": [{"starts_at": "2026-03-04T10:00:00Z", "ends_at": "2026-03-04T10:00:00Z"}]},
        ),
        (SALES_ACTIVITIES, SALES, {"action": "reassigned"}),
        (SALES_ACTIVITIES, SALES, {"action": "touched", "handoff_id": None}),
    ],
    ids=lambda one: one.name if isinstance(one, Topic) else None,
)
def test_one_broken_field_breaks_the_contract_and_is_named(
    topic: Topic, base: dict[str, Any], broken: dict[str, Any]
) -> None:
    whole = base if topic is not SALES_ACTIVITIES else base | {"action": "touched"}
    assert parse_json(topic, json.dumps(whole).encode()) is not None
    found = refusal(topic, json.dumps(base | broken).encode())
    assert found.reason is DeadLetterReason.BREAKS_CONTRACT
    if topic is not SALES_ACTIVITIES:
        assert next(iter(broken)) in found.detail


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-03-04T10:00:00Z", "2026-03-04T10:00:00+00:00"),
        ("2026-03-04t10:00:00z", "2026-03-04T10:00:00+00:00"),
        ("2026-03-04T10:00:00-00:00", "2026-03-04T10:00:00+00:00"),
        ("2026-03-04 10:00:00.5+05:45", "2026-03-04T04:15:00.500000+00:00"),
        ("2026-03-04T10:00:00.123456789Z", "2026-03-04T10:00:00.123456+00:00"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00+00:00"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59+00:00"),
    ],
)
def test_a_time_with_an_offset_is_converted_to_utc(written: str, expected: str) -> None:
    event = parse_json(WEB_ACTIVITY, json.dumps(ACTIVITY | {"occurred_at": written}).encode())
    assert event.occurred_at.isoformat() == expected


def test_fields_that_the_contract_does_not_name_are_ignored() -> None:
    assert parse_json(WEB_ACTIVITY, json.dumps(ACTIVITY | {"colour": {"a": [1]}}).encode()) == parse_json(
        WEB_ACTIVITY, json.dumps(ACTIVITY).encode()
    )


def test_nesting_up_to_the_limit_is_accepted() -> None:
    assert parse_json(WEB_ACTIVITY, nested(MAX_DEPTH)) is not None


@pytest.mark.parametrize("text", ["[" * 300, '\\"' + "{" * 300, "\\\\" + "[" * 300, "ü{" * 300])
def test_brackets_inside_a_text_do_not_count_as_nesting(text: str) -> None:
    assert parse_json(WEB_ACTIVITY, json.dumps(ACTIVITY | {"x": text}).encode()) is not None


@given(
    st.recursive(
        st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    ),
    st.integers(0, 5),
)
def test_depth_is_that_of_the_value(value: Any, limit: int) -> None:
    def depth(one: Any) -> int:
        inside = one.values() if isinstance(one, dict) else one if isinstance(one, list) else None
        return 0 if inside is None else 1 + max(map(depth, inside), default=0)

    assert is_deeper_than(json.dumps(value).encode(), limit) is (depth(value) > limit)


@given(st.binary())
def test_any_bytes_are_refused_with_a_reason(value: bytes) -> None:
    assert refusal(WEB_ACTIVITY, value).reason in DeadLetterReason


@pytest.mark.parametrize(
    ("topic", "value"),
    [
        (WEB_ACTIVITY, {"event_id": [ADDRESS], "occurred_at": ADDRESS, "activity": ADDRESS}),
        (FORM_FILLS, EVENT | {"form_id": "f", "request": ADDRESS}),
        (CRM_REPS, REP | {"hours": {ADDRESS: 7}}),
        (CRM_REPS, REP | {"hours": {"Anna Larsson": 7}}),
        (DESK_REQUESTS, {"type": ADDRESS}),
        (DESK_REQUESTS, {"type": "Anna Larsson"}),
    ],
)
def test_a_refusal_never_repeats_the_value(topic: Topic, value: dict[str, Any]) -> None:
    found = refusal(topic, json.dumps(value).encode())
    for text in (found.detail, str(found), str(found.__cause__)):
        assert "anna" not in text.lower()
        assert "larsson" not in text.lower()
    assert found.__suppress_context__


def test_a_refusal_is_short_whatever_is_broken() -> None:
    value = json.dumps(ACCOUNT | {"sic": [1] * 20, "naics": [1] * 20}).encode()
    detail = refusal(CRM_ACCOUNTS, value).detail
    assert detail.endswith("and 35 more")
    assert len(detail) <= 1000


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        (ADDRESS, "<address>"),
        (f"found <{ADDRESS}>, expected", "found <<address>>, expected"),
        ("ÄNNA@bücher.example and o'b@x", "<address> and o'<address>"),
        ("no address: a @ b", "no address: a @ b"),
    ],
)
def test_everything_that_looks_like_an_address_is_redacted(text: str, redacted: str) -> None:
    assert redact_addresses(text) == redacted
