"""The list of rows with data about people agrees with the fields of the rows, and with the rows of a replay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import inspect

from tests.edge import HOUR, KEY, MINUTE, NOON, POLICY_TEXT, activity, form, iso
from tests.unit.house.personal_data import ADDRESSES, FACTS, IDS, REPS
from tests.unit.house.row_types import row_types
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.identity.addresses import normalise
from workers.identity.lead_ids import lead_id_of
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import directory_ready

TYPES = {f"{package}.{kind.__name__}": kind for package, kind in row_types()}
ANN, EVE = "ann@bank.com", "eve@gmail.com"
PHONE, SURNAME = "+1 555 0100", "Secretname"
NAME_OF_REP = "Mia Repname"
HOPS = ("visitors", "directory", "accounts", "desks")


def field_names(kind: inspect.Type) -> Iterator[str]:
    """Yield the names of all fields of a struct and of the structs inside it."""
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            yield field.name
            yield from field_names(field.type)
    elif isinstance(kind, inspect.UnionType):
        for one in kind.types:
            yield from field_names(one)
    elif isinstance(kind, inspect.VarTupleType):
        yield from field_names(kind.item_type)
    elif isinstance(kind, inspect.TupleType):
        for one in kind.item_types:
            yield from field_names(one)


def rows_with_field(*names: str) -> set[str]:
    return {name for name, kind in TYPES.items() if {*names} & {*field_names(inspect.type_info(kind))}}


def test_each_listed_row_exists() -> None:
    assert {*ADDRESSES, *FACTS, *IDS, *REPS} <= TYPES.keys()


def test_a_row_with_a_field_for_an_address_is_listed() -> None:
    assert rows_with_field("email", "address", "mail") == set(ADDRESSES)


def test_a_row_with_a_field_for_a_lead_id_is_listed() -> None:
    assert rows_with_field("lead_id") <= set(IDS)


def test_a_row_with_a_field_for_what_a_person_wrote_is_listed() -> None:
    assert rows_with_field("form", "chat", "facts", "person", "phone", "url") - set(FACTS) == NOT_OF_PERSONS


NOT_OF_PERSONS = {"accounts.NamedAccountRow"}
"""Rows with a field of such a name about a company: its phone number in the CRM."""


def inputs() -> Iterator[Input]:
    """Yield a history that fills most row types: known and unknown visitors, a chat, the CRM, sales."""

    def event(topic: str, key: str | None, value: dict[str, Any], at_ms: int) -> Input:
        return Input(topic, at_ms, None if key is None else key.encode(), json.dumps(value).encode())

    def head(name: str, at_ms: int) -> dict[str, Any]:
        return {"event_id": name, "occurred_at": iso(at_ms)}

    rep = {"rep_id": "mia", "name": NAME_OF_REP, "desks": [{"desk": "inside_sales"}]}
    yield event("crm.reps", "mia", head("r", NOON) | rep, NOON)
    account = {
        "crm_account_id": "A",
        "name": "The Bank",
        "domains": ["bank.com"],
        "sic": ["6021"],
        "country": "US",
    }
    account |= {"revenue": {"amount": 900_000_000, "currency": "USD"}}
    yield event("crm.accounts", "A", head("a", NOON) | account, NOON)
    second = account | {"crm_account_id": "B", "name": "The Second Bank"}
    yield event("crm.accounts", "B", head("b", NOON) | second, NOON)
    for number, email in enumerate((ANN, EVE)):
        at_ms = NOON + number * MINUTE
        contact = {"email": email, "crm_contact_id": f"C-{number}", "last_name": SURNAME, "phone": PHONE}
        contact["crm_account_id"] = "B"
        yield event("crm.contacts", email, head(f"c{number}", at_ms) | contact, at_ms)
        unknown = form(f"u{number}", at_ms, anonymous_id=f"u{number}", last_name=SURNAME, phone=PHONE)
        yield event("form.fills", f"u{number}", unknown, at_ms)
        facts = {
            "email": email,
            "last_name": SURNAME,
            "phone": PHONE,
            "company": f"{SURNAME} Bank",
            "job_title": "CIO",
        }
        asked = form(f"f{number}", at_ms, anonymous_id=f"b{number}", request="demo", **facts)
        yield event("form.fills", f"b{number}", asked, at_ms)
        for word in ("page_view", "webinar_attended"):
            done = activity(f"{word}{number}", at_ms, anonymous_id=f"b{number}") | {"activity": word}
            yield event("web.activity", f"b{number}", done, at_ms)
        support = form(f"s{number}", at_ms + HOUR, request="support", **facts)
        yield event("form.fills", email, support, at_ms + HOUR)
        consent = {"email": email, "request": "consent", "consent": {"marketing": True, "tracking": True}}
        yield event("privacy.requests", email, head(f"p{number}", at_ms) | consent, at_ms)
        chat = {"conversation_id": f"k{number}", "turn": "asked_for_sales", "email": email}
        yield event("chat.conversations", f"k{number}", head(f"k{number}", at_ms) | chat, at_ms)
        sales = {"email": email, "rep_id": "mia", "action": "touched"}
        yield event("sales.activities", email, head(f"t{number}", at_ms + HOUR) | sales, at_ms + HOUR)
        yield Input("form.fills", at_ms + HOUR, email.encode(), f"{{{email}".encode())


@pytest.fixture(scope="module")
def stored() -> list[tuple[str, bytes]]:
    """Return (row type, key and value) of every row after the history."""
    config = to_config(load_policy(POLICY_TEXT), POLICY_TEXT)
    outputs: list[Emit] = []
    replay = EdgeReplay(make_specs(KEY, 1), config, dead_letter, outputs.append, results=frozenset())
    replay.open_with(directory_ready(NOON - HOUR))
    for one in sorted(inputs(), key=lambda one: one.timestamp_ms):
        replay.feed(one)
    replay.run_timers(NOON + 2 * HOUR)
    found = []
    for hop, store in zip(HOPS, replay.rows(), strict=True):
        for key, value in store.items():
            found.append((_type_of(hop, key), key + value))
    return found


def _type_of(hop: str, key: bytes) -> str:
    prefix = key.split(b"\x00")[0].decode()
    of_hop = [
        name
        for name, kind in TYPES.items()
        if kind.prefix == prefix and name.split(".")[0] in {hop, "identity", "engine"}
    ]
    assert len(of_hop) == 1, (hop, prefix, of_hop)
    return of_hop[0]


def rows_with(stored: list[tuple[str, bytes]], *texts: str) -> set[str]:
    return {name for name, raw in stored if any(text.encode() in raw for text in texts)}


def test_an_address_is_stored_only_in_the_listed_rows(stored: list[tuple[str, bytes]]) -> None:
    assert rows_with(stored, ANN, EVE) == set(ADDRESSES)


def test_facts_of_a_person_are_stored_only_in_the_listed_rows(stored: list[tuple[str, bytes]]) -> None:
    assert rows_with(stored, PHONE, SURNAME) == set(FACTS)


def test_a_lead_id_is_stored_only_in_the_listed_rows(stored: list[tuple[str, bytes]]) -> None:
    ann = lead_id_of(normalise(ANN).email, KEY)
    found = rows_with(stored, ann)
    assert found - set(IDS) == set()
    assert len(found) >= 15


def test_the_name_of_a_rep_is_stored_only_in_the_listed_rows(stored: list[tuple[str, bytes]]) -> None:
    assert rows_with(stored, NAME_OF_REP) <= set(REPS)


def test_the_history_fills_most_row_types(stored: list[tuple[str, bytes]]) -> None:
    assert len({name for name, _ in stored}) > 30
