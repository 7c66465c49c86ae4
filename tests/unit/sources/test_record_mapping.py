"""How each field of the contract comes about, one rule at a time."""

from __future__ import annotations

import json
from typing import Any

import pytest

from workers.sources.mapping_files import load_mapping
from workers.sources.record_mapping import RecordOutcome, map_value
from workers.sources.record_shapes import MOST_BYTES, NoRecordError

ARRIVAL_MS = 1_772_618_400_000


def mapped(fields: str, record: Any, *more: str, to: str = "form.fills") -> RecordOutcome:
    """Map one record with `fields` in flow style, and more lines at the top."""
    head = "\n".join(("source: shop", "topic: shop.events", *more))
    mapping = load_mapping(f"{head}\nevents:\n  - to: {to}\n    fields: {fields}\n")
    value = record if isinstance(record, bytes) else json.dumps(record).encode()
    (outcome,) = map_value(mapping, value, ARRIVAL_MS)
    return outcome


def value_of(rule: str, record: Any) -> Any:
    (event,) = mapped(f"{{form_id: {{is: f}}, company: {rule}}}", record).events
    assert event.value is not None
    return event.value.get("company")


@pytest.mark.parametrize(
    ("rule", "record", "expected"),
    [
        ("a.b", {"a": {"b": "x"}}, "x"),
        ("[a, b]", {"a": " ", "b": "x"}, "x"),
        ("[a, {is: none given}]", {}, "none given"),
        ("{is: constant}", {}, "constant"),
        ("{from: a, words: {Old Name: new}}", {"a": "old-name"}, "new"),
        ("{from: a, words: {x: new}}", {"a": "y"}, None),
        ("{from: a, words: {x: new}, unlisted: keep}", {"a": "y"}, "y"),
        ("{from: a, query: utm_source}", {"a": "https://x.example/p?UTM_Source=a%20b&utm_source=c"}, "a b"),
        ("{from: a, query: gclid}", {"a": "?x=1&gclid=g-7"}, "g-7"),
        ("{from: a, query: gclid}", {"a": "https://[broken"}, None),
        ("{from: a, read: first_name}", {"a": "Dr. Ann van der Berg"}, "Ann"),
        ("{from: a, read: last_name}", {"a": "Berg, Ann"}, "Berg"),
        ("{from: a, read: first_name}", {"a": "Ann"}, "Ann"),
        ("{from: a, read: last_name}", {"a": "ann@x.example"}, None),
        ("{from: a, read: domain}", {"a": "https://www.Bank.example/about?x"}, "www.bank.example"),
        ("{from: a, read: domain}", {"a": "Ann Lee <ann@bank.example>"}, "bank.example"),
        ("{from: a, read: address}", {"a": "u-17"}, None),
        ("{from: a, read: id}", {"a": "ann@bank.example"}, None),
        ("{from: a, prefix: 'user:'}", {"a": 17}, "user:17"),
        ("a[?k=='company'].v | [0]", {"a": [{"k": "x"}, {"k": "company", "v": "Bank"}]}, "Bank"),
    ],
)
def test_a_value(rule: str, record: Any, expected: Any) -> None:
    rule = f'"{rule}"' if rule.startswith("a[") else rule
    assert value_of(rule, record) == expected


def test_a_function_that_gets_another_type_gives_no_value() -> None:
    assert value_of("\"join(',', a)\"", {"a": 7}) is None


def test_json_inside_json_is_read_before_all_paths() -> None:
    record = {"p": json.dumps({"q": {"company": "Bank"}})}
    (event,) = mapped("{form_id: {is: f}, company: p.q.company}", record, "parse_json: [p]").events
    assert event.value is not None
    assert event.value["company"] == "Bank"


def test_a_text_that_is_not_json_stays_a_text() -> None:
    (event,) = mapped("{form_id: {is: f}, company: p}", {"p": "{broken"}, "parse_json: [p]").events
    assert event.value is not None
    assert event.value["company"] == "{broken"


@pytest.mark.parametrize(
    ("record", "email", "key"),
    [
        ({"a": "n/a", "b": "Ann <ann@x.example>"}, "Ann <ann@x.example>", "ann@x.example"),
        ({"a": "u-17", "b": "ann@x.example"}, "ann@x.example", "ann@x.example"),
        ({"a": ["ann@x.example"]}, "ann@x.example", "ann@x.example"),
        ({"a": "ann at x.example"}, "ann at x.example", None),
        ({}, None, None),
    ],
)
def test_the_first_candidate_that_is_an_address_is_the_person(record: Any, email: Any, key: Any) -> None:
    (event,) = mapped("{form_id: {is: f}}", record, "person: [a, b]").events
    assert event.value is not None
    assert (event.value.get("email"), event.key) == (email, key)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("2026-03-04T10:00:00Z", "2026-03-04T10:00:00+00:00"),
        (1_772_618_400, "2026-03-04T10:00:00+00:00"),
        ("1772618400000000", "2026-03-04T10:00:00+00:00"),
        ("2026-03-04 11:00:00", "2026-03-04T11:00:00+00:00"),  # its rule reads it in UTC
        (None, "2026-03-04T10:00:00Z"),  # the arrival
        ("", "2026-03-04T10:00:00Z"),
    ],
)
def test_the_time_of_an_event(time: Any, expected: str) -> None:
    (event,) = mapped("{form_id: {is: f}}", {"t": time}, "time: {from: t, read: utc_time}").events
    assert event.value is not None
    assert event.value["occurred_at"] == expected


@pytest.mark.parametrize("time", ["2026-03-04 10:00:00", "03/04/2026", "soon", {}, [1]])
def test_a_time_that_needs_a_guess_refuses_the_event(time: Any) -> None:
    outcome = mapped("{form_id: {is: f}}", {"t": time}, "time: t")
    is_blank = time == {}
    assert (len(outcome.events), len(outcome.refused)) == ((1, 0) if is_blank else (0, 1))


def test_a_value_that_cannot_be_read_is_named_and_the_event_counts() -> None:
    outcome = mapped("{form_id: {is: f}, language: {from: a, words: {en: en}}}", {"a": "klingon"})
    assert (len(outcome.events), outcome.unread) == (1, [("form.fills", "language")])


def test_a_record_that_is_dropped_names_its_reason() -> None:
    outcome = mapped("{form_id: {is: f}}", {"test": True}, "drop: [{when: test, because: a test}]")
    assert (outcome.events, outcome.dropped) == ([], ["a test"])


def test_an_event_without_what_the_contract_needs_is_dropped() -> None:
    assert mapped("{activity: event}", {"event": None}, to="web.activity").dropped == [
        "web.activity: no activity"
    ]
    assert mapped("{}", {}, to="crm.contacts").dropped == ["crm.contacts: no email"]


def test_the_key_is_that_of_the_topic() -> None:
    contact = mapped(
        "{job_title: t}", {"e": "Ann <ANN@x.example>", "t": "CIO"}, "person: e", to="crm.contacts"
    )
    account = mapped("{crm_account_id: id, name: n}", {"id": 17, "n": "Bank"}, to="crm.accounts")
    assert [contact.events[0].key, account.events[0].key] == ["ann@x.example", "17"]


def test_an_id_of_the_source_makes_the_id_of_the_event() -> None:
    def id_of(record: Any, *more: str) -> str:
        (event,) = mapped("{form_id: {is: f}}", record, *more).events
        assert event.value is not None
        return str(event.value["event_id"])

    by_id = "id: i"
    assert id_of({"i": "1", "a": 1}, by_id) == id_of({"i": "1", "a": 2}, by_id)
    assert id_of({"i": "1"}, by_id) != id_of({"i": "2"}, by_id)
    assert id_of({"a": 1, "b": 2}) == id_of({"b": 2, "a": 1})  # without an id all facts make it
    assert id_of({"a": 1}) != id_of({"a": 2})


def test_another_record_than_the_sources_is_refused_without_its_values() -> None:
    for value, reason in (
        (b"ann@x.example", "not_json"),
        (b"[]", "breaks_contract"),
        (b'{"a":' * 60 + b"1" + b"}" * 60, "too_deep"),
        (b'"' + b"x" * MOST_BYTES + b'"', "too_large"),
    ):
        with pytest.raises(NoRecordError) as caught:
            mapped("{form_id: {is: f}}", value)
        assert caught.value.reason.value == reason
        assert "ann" not in caught.value.detail


def test_a_truncated_line_of_tsv_is_refused() -> None:
    columns = ("format: tsv", "columns: [a, b, c]")
    (event,) = mapped("{form_id: a, company: c}", b"f\t\tBank\tmore", *columns).events
    assert event.value is not None
    assert event.value["company"] == "Bank"
    with pytest.raises(NoRecordError, match="2 columns, expected 3"):
        mapped("{form_id: a, company: c}", b"f\tBan", *columns)
