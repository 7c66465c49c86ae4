from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from schemas.parsing import ContractError
from schemas.tolerant_parsing import Reading, read_record
from schemas.topics import (
    CHAT_CONVERSATIONS,
    CRM_ACCOUNTS,
    CRM_CONTACTS,
    CRM_REPS,
    FORM_FILLS,
    PRIVACY_REQUESTS,
    SALES_ACTIVITIES,
    TOPICS,
    WEB_ACTIVITY,
    Direction,
    Topic,
)
from schemas.vocabulary import Relationship, Request, SalesAction, Turn

EVENT = {"event_id": "e-1", "occurred_at": "2026-03-04T10:00:00+02:00"}
VISITOR = EVENT | {"anonymous_id": "v-1", "email": "ann@bank.example"}
WHOLE: dict[str, dict[str, Any]] = {
    "web.activity": VISITOR | {"activity": "page_view"},
    "form.fills": VISITOR | {"form_id": "f"},
    "chat.conversations": VISITOR | {"conversation_id": "c", "turn": "started"},
    "crm.accounts": EVENT | {"crm_account_id": "A-1", "name": "Bank"},
    "crm.contacts": EVENT | {"email": "ann@bank.example"},
    "crm.reps": EVENT | {"rep_id": "ida", "name": "Ida"},
    "sales.activities": EVENT
    | {"action": "touched", "handoff_id": "h", "email": "ann@bank.example", "rep_id": "i"},
    "privacy.requests": EVENT
    | {"email": "ann@bank.example", "request": "consent", "consent": {"marketing": True}},
}
INPUTS = [topic for topic in TOPICS.values() if topic.direction is Direction.IN]
BLANKS: list[Any] = ["", " ", "\u3000\t", None, [], {}, [None], [" "]]
ODD: list[Any] = ["~ odd ~", 17.5, True, ["~ odd ~", {"odd": 1}], {"odd": [1]}, "x" * 5_000, -(10**30)]
SINGLE = {"~ odd ~", 17.5}


def optional_fields(topic: Topic) -> list[str]:
    names = [name for name, field in topic.model.model_fields.items() if not field.is_required()]
    return [name for name in names if (topic, name) != (PRIVACY_REQUESTS, "consent")]


def read(topic: Topic, **fields: Any) -> Reading:
    return read_record(topic, json.dumps(WHOLE[topic.name] | fields).encode())


def named(topic: Topic, **fields: Any) -> list[str]:
    reading = read(topic, **fields)
    assert all(one.topic == topic.name for one in reading.unread)
    return [one.field for one in reading.unread]


def without(topic: Topic, *names: str, **fields: Any) -> Reading:
    record = WHOLE[topic.name] | fields
    return read_record(
        topic, json.dumps({key: one for key, one in record.items() if key not in names}).encode()
    )


FIELDS = [
    pytest.param(topic, name, id=f"{topic.name}-{name}")
    for topic in INPUTS
    for name in optional_fields(topic)
]


@pytest.mark.parametrize(("topic", "name"), FIELDS)
def test_a_blank_optional_field_is_as_good_as_none(topic: Topic, name: str) -> None:
    left_out = without(topic, name).body
    default = topic.model.model_fields[name].get_default(call_default_factory=True)
    for blank in BLANKS:
        reading = read(topic, **{name: blank})
        assert reading.unread == ()
        found = getattr(reading.body, name)
        is_model = isinstance(found, BaseModel)
        found = found.strip() if isinstance(found, str) else found
        assert (found or default) == getattr(left_out, name) or (is_model and not found.model_dump(exclude_none=True, exclude_defaults=True)) or found in ([""], {})  # fmt: skip


@pytest.mark.parametrize(("topic", "name"), FIELDS)
def test_an_odd_optional_field_is_unknown_and_named_and_the_rest_is_read(topic: Topic, name: str) -> None:
    names = [named(topic, **{name: odd}) for odd in ODD]
    assert any(names), "none of the odd values is reported"
    assert all(one.partition(".")[0] == name for found in names for one in found)


@pytest.mark.parametrize("depth", [1, 9, 40])
def test_a_list_of_one_is_read_as_its_item_however_deep_it_is(depth: int) -> None:
    value: Any = "Bank"
    for _ in range(depth):
        value = [value]
    form = WHOLE["form.fills"] | {"company": value, "request": "demo"}
    body = read_record(FORM_FILLS, json.dumps(form).encode()).body
    assert (body.company, body.request) == ("Bank", Request.DEMO)


@pytest.mark.parametrize(
    ("topic", "name"),
    [(topic, name) for topic in INPUTS for name in ("event_id", "occurred_at")]
    + [
        (CRM_ACCOUNTS, "crm_account_id"),
        (CRM_CONTACTS, "email"),
        (CRM_REPS, "rep_id"),
        (SALES_ACTIVITIES, "rep_id"),
        (CHAT_CONVERSATIONS, "conversation_id"),
        (PRIVACY_REQUESTS, "email"),
    ],
    ids=str,
)
def test_identity_and_time_that_cannot_be_read_refuse_the_record_and_are_named(
    topic: Topic, name: str
) -> None:
    for odd in (None, {"odd": 1}, True, "x" * 600):
        with pytest.raises(ContractError) as caught:
            read(topic, **{name: odd})
        assert caught.value.reason == "breaks_contract"
        assert name in caught.value.detail


@pytest.mark.parametrize("topic", [WEB_ACTIVITY, FORM_FILLS], ids=lambda topic: topic.name)
def test_a_visitor_id_that_cannot_be_read_refuses_an_event_that_nothing_else_names(topic: Topic) -> None:
    assert named(topic, anonymous_id="a\x00b") == ["anonymous_id"]
    for email in (None, " "):
        with pytest.raises(ContractError) as caught:
            read(topic, anonymous_id="a\x00b", email=email)
        assert "anonymous_id" in caught.value.detail


def test_a_sales_activity_needs_one_readable_name_of_the_person() -> None:
    assert named(SALES_ACTIVITIES, handoff_id={"a": 1}) == ["handoff_id"]
    with pytest.raises(ContractError):
        read(SALES_ACTIVITIES, handoff_id={"a": 1}, email=None)


@pytest.mark.parametrize(
    ("topic", "fields", "found"),
    [
        (FORM_FILLS, {"phone": 12125550142}, {"phone": "12125550142"}),
        (FORM_FILLS, {"phone": 4.4207e11}, {"phone": "442070000000"}),
        (FORM_FILLS, {"form_id": 7, "request": "Demo"}, {"form_id": "7", "request": Request.DEMO}),
        (FORM_FILLS, {"request": "contact-sales "}, {"request": Request.CONTACT_SALES}),
        (WEB_ACTIVITY, {"activity": "Page View"}, {"activity": "page_view"}),
        (CRM_ACCOUNTS, {"domains": "bank.example"}, {"domains": ["bank.example"]}),
        (CRM_ACCOUNTS, {"sic": [6021, None]}, {"sic": ["6021"]}),
        (CRM_ACCOUNTS, {"domains": ["bank.example", "", None]}, {"domains": ["bank.example"]}),
        (CRM_ACCOUNTS, {"relationship": "Former Customer"}, {"relationship": Relationship.FORMER_CUSTOMER}),
        (CRM_ACCOUNTS, {"crm_account_id": 42, "owner_rep_id": 7}, {"crm_account_id": "42", "owner_rep_id": "7"}),
        (CRM_REPS, {"hours": {"mon": "9-17", "tue": None}}, {"hours": {"mon": "9-17"}}),
    ],
)  # fmt: skip
def test_what_can_be_read_without_guessing_is_read(
    topic: Topic, fields: dict[str, Any], found: dict[str, Any]
) -> None:
    reading = read(topic, **fields)
    assert reading.unread == ()
    assert {name: getattr(reading.body, name) for name in found} == found


@pytest.mark.parametrize(
    ("topic", "fields", "names", "found"),
    [
        (FORM_FILLS, {"campaign": {"source": "google"}}, ["campaign.name"], {"campaign": None}),
        (FORM_FILLS, {"consent": {"tracking": "perhaps"}}, ["consent.tracking"], {}),
        (FORM_FILLS, {"form_id": {"a": 1}}, ["form_id"], {"form_id": "unknown"}),
        (WEB_ACTIVITY, {"activity": None}, ["activity"], {"activity": "unknown"}),
        (WEB_ACTIVITY, {"duration_seconds": "a while"}, ["duration_seconds"], {"duration_seconds": None}),
        (WEB_ACTIVITY, {"is_bot": "odd"}, ["is_bot"], {"is_bot": False}),
        (CHAT_CONVERSATIONS, {"turn": "wave"}, ["turn"], {"turn": Turn.ENDED}),
        (CRM_ACCOUNTS, {"name": None}, ["name"], {"name": ""}),
        (CRM_ACCOUNTS, {"revenue": {"currency": "USD"}}, ["revenue.amount"], {"revenue": None}),
        (CRM_ACCOUNTS, {"employees": 500.0}, [], {"employees": "500"}),
        (CRM_ACCOUNTS, {"sic": ["6021", {"code": 1}]}, ["sic"], {"sic": ["6021"]}),
        (CRM_ACCOUNTS, {"domains": [{"a": 1}, "bank.example"]}, ["domains"], {"domains": ["bank.example"]}),
        (CRM_ACCOUNTS, {"other_names": ["a"] * 30}, ["other_names"], {"other_names": ["a"] * 20}),
        (CRM_CONTACTS, {"company": {"employees": {}, "sic": {"a": 1}}}, ["company.sic"], {}),
        (CRM_REPS, {"name": {"first": "Ida"}}, ["name"], {"name": ""}),
        (CRM_REPS, {"desks": [{"desk": "Inside Sales"}]}, ["desks.desk"], {"desks": []}),
    ],
)
def test_only_what_cannot_be_read_is_lost(
    topic: Topic, fields: dict[str, Any], names: list[str], found: dict[str, Any]
) -> None:
    assert named(topic, **fields) == names
    body = read(topic, **fields).body
    assert {name: getattr(body, name) for name in found} == found


def test_an_opportunity_without_a_readable_time_is_still_open() -> None:
    opportunity = {"opportunity_id": "o", "owner_rep_id": "kay", "opened_at": "last week"}
    reading = read(CRM_ACCOUNTS, open_opportunities=[opportunity])
    assert [one.field for one in reading.unread] == ["open_opportunities.opened_at"]
    assert [(one.owner_rep_id, one.opened_at) for one in reading.body.open_opportunities] == [("kay", None)]


@pytest.mark.parametrize(
    ("written", "word"),
    [("book_a_demo", "book_a_demo"), ("Book a Demo", "book_a_demo"), ("ann@bank.example", None),
     ("call +1 212 555 0142", None), ("w" * 50, None), (7, None), ({"word": "demo"}, None)],
)  # fmt: skip
def test_an_unknown_request_is_a_raised_hand_and_only_a_plain_word_is_shown(
    written: Any, word: str | None
) -> None:
    reading = read(FORM_FILLS, request=written)
    assert reading.body.request is Request.CONTACT_SALES
    assert [(one.field, one.word) for one in reading.unread] == [("request", word)]


@pytest.mark.parametrize(
    ("written", "word"), [("phoned", "phoned"), ("Follow-up 2", None), (7, None), ("", None), (None, None)]
)
def test_an_unknown_action_of_sales_is_read_as_unknown(written: Any, word: str | None) -> None:
    reading = read(SALES_ACTIVITIES, action=written)
    assert reading.body.action is SalesAction.UNKNOWN
    assert [(one.field, one.word) for one in reading.unread] == [("action", word)]


@pytest.mark.parametrize("written", ["forget me", "ERASE", "", None, 1])
def test_an_unknown_privacy_request_is_refused_because_it_must_not_be_guessed(written: Any) -> None:
    with pytest.raises(ContractError):
        read(PRIVACY_REQUESTS, request=written)


def test_a_rejection_without_a_readable_reason_counts() -> None:
    reading = read(SALES_ACTIVITIES, action="rejected", reason="no_budget")
    assert (reading.body.reason, [(one.field, one.word) for one in reading.unread]) == (
        None,
        [("reason", "no_budget")],
    )


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
def test_the_record_counts_with_any_value_in_optional_fields(data: st.DataObject) -> None:
    topic = data.draw(st.sampled_from(INPUTS))
    names = [name for name in optional_fields(topic) if name not in {"anonymous_id", "email", "handoff_id"}]
    odd = {name: data.draw(ANY) for name in data.draw(st.sets(st.sampled_from(names), max_size=4) if names else st.just(set()))}  # fmt: skip
    reading = read(topic, **odd)
    assert reading.body.event_id == "e-1"
    assert {one.field.partition(".")[0] for one in reading.unread} <= set(odd)


@pytest.mark.parametrize(
    "written",
    [
        "a.example, b.example",
        "a.example b.example",
        ["a.example, b.example"],
        ["a.example\nb.example"],
        [" a.example ", "b.example"],
    ],
)
def test_domains_in_one_text_are_several(written: Any) -> None:
    reading = read(CRM_ACCOUNTS, domains=written)
    assert (reading.body.domains, reading.unread) == (["a.example", "b.example"], ())
