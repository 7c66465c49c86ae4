"""Which letters a filter means, which of them are open, and what is shown of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas.envelope import encode
from schemas.outputs import LetterAction
from schemas.topics import DEAD_LETTERS_ACTIONS
from schemas.vocabulary import LetterActionType
from workers.deadletters import dead_letter
from workers.engine.api import Record
from workers.letters.letter_list import LetterFilter, LetterList, ListedLetter
from workers.views.letter_lines import letter_json, letter_line, letter_page

ADDRESS = "ann@harbor.example"
PAYLOAD = json.dumps({"event_id": "f1", "producer": "old-site", "email": ADDRESS}).encode()
HOUR_MS = 3_600_000


def letter(offset: int = 7, detail: str = "form.fills: email: not valid", **changed: Any) -> Record:
    """Return a record of dead.letters about a form."""
    about = {
        "topic": "form.fills",
        "partition": 1,
        "value": PAYLOAD,
        "hop": "visitors",
        "reason": "bad_address",
    }
    about |= {"at_ms": HOUR_MS} | changed
    failed = Record(about["topic"], about["partition"], offset, 0, ADDRESS.encode(), about["value"])
    made = dead_letter(about["hop"], failed, about["reason"], detail, about["at_ms"])
    return Record("dead.letters", 0, 0, 0, made.key, made.value)


def action(of: Record) -> Record:
    value = json.loads(of.value or b"")
    acted = LetterAction(
        event_id="a1",
        occurred_at=datetime(2026, 3, 4, tzinfo=UTC),
        action=LetterActionType.DROPPED,
        topic=value["topic"],
        partition=value["partition"],
        offset=value["offset"],
        letter_id=value["event_id"],
        by="mia",
        why="test data",
    )
    encoded = encode(DEAD_LETTERS_ACTIONS, acted)
    return Record(encoded.topic, 0, 0, 0, encoded.key, encoded.value)


async def read(*records: Record, with_payload: bool = False) -> LetterList:
    async def iterate() -> AsyncIterator[Record]:
        for record in records:
            yield record

    letters = LetterList()
    await letters.read(iterate(), with_payload=with_payload)
    return letters


async def places(wanted: LetterFilter, *records: Record) -> list[str]:
    return [one.place for one in (await read(*records)).matching(wanted)]


@pytest.mark.parametrize(
    ("wanted", "is_meant"),
    [
        (LetterFilter(), True),
        (LetterFilter(reasons=frozenset({"bad_address", "not_json"})), True),
        (LetterFilter(reasons=frozenset({"not_json"})), False),
        (LetterFilter(agents=frozenset({"visitors"})), True),
        (LetterFilter(agents=frozenset({"desks"})), False),
        (LetterFilter(topics=frozenset({"form.fills"})), True),
        (LetterFilter(topics=frozenset({"web.activity"})), False),
        (LetterFilter(partitions=frozenset({1})), True),
        (LetterFilter(partitions=frozenset({2})), False),
        (LetterFilter(producers=frozenset({"old-site"})), True),
        (LetterFilter(producers=frozenset({"new-site"})), False),
        (LetterFilter(fields=frozenset({"email"})), True),
        (LetterFilter(fields=frozenset({"mail"})), False),
        (LetterFilter(since=datetime(1970, 1, 1, 1, tzinfo=UTC)), True),
        (LetterFilter(since=datetime(1970, 1, 1, 1, 1, tzinfo=UTC)), False),
        (LetterFilter(until=datetime(1970, 1, 1, 1, tzinfo=UTC)), False),
        (LetterFilter(until=datetime(1970, 1, 1, 1, 1, tzinfo=UTC)), True),
        (LetterFilter(letters=frozenset({"form.fills/1/7"})), True),
        (LetterFilter(letters=frozenset({"form.fills/1/8"})), False),
        (LetterFilter(reasons=frozenset({"bad_address"}), partitions=frozenset({2})), False),
    ],
)
async def test_a_letter_is_meant_if_every_part_of_the_filter_allows_it(
    wanted: LetterFilter, is_meant: bool
) -> None:
    assert await places(wanted, letter()) == (["form.fills/1/7"] if is_meant else [])


@pytest.mark.parametrize(
    ("detail", "field", "is_named"),
    [
        ("crm.accounts: name: Field required; revenue.amount: Input should be a number", "revenue", True),
        (
            "crm.accounts: name: Field required; revenue.amount: Input should be a number",
            "revenue.amount",
            True,
        ),
        ("crm.accounts: name: Field required; revenue.amount: Input should be a number", "amount", False),
        ("lead.events.shadow: lead_id: Field required", "lead_id", True),
        ("email: expected an e-mail address, as name@company.com", "email", True),
        ("occurred_at is 9 days before the record's time stamp", "occurred_at", True),
        ("occurred_at_ms: Field required", "occurred_at", False),
        ("ValueError at workers.visitors.handle:7", "ValueErr", False),
    ],
)
async def test_a_field_is_found_where_the_detail_names_it(detail: str, field: str, is_named: bool) -> None:
    found = await places(LetterFilter(fields=frozenset({field})), letter(detail=detail))
    assert bool(found) is is_named


async def test_letters_are_in_the_order_of_their_times() -> None:
    found = await places(LetterFilter(), letter(9, at_ms=3), letter(8, at_ms=1), letter(7, at_ms=2))
    assert found == ["form.fills/1/8", "form.fills/1/7", "form.fills/1/9"]


async def test_a_letter_with_an_action_is_closed_and_one_that_was_erased_is_gone() -> None:
    first, second = letter(7), letter(8)
    erased = replace_value(second, None)
    (found,) = (await read(first, second, action(first), erased)).matching(LetterFilter())
    assert (found.place, found.action and found.action.by) == ("form.fills/1/7", "mia")


def replace_value(record: Record, value: bytes | None) -> Record:
    return Record(record.topic, 0, 0, 0, record.key, value)


async def test_an_action_closes_only_the_letter_that_it_names() -> None:
    """The topic may have been created again: another record is then at the same place."""
    old, new = letter(7), letter(7, at_ms=2 * HOUR_MS)
    (found,) = (await read(old, action(old), new)).matching(LetterFilter())
    assert found.action is None


async def test_a_letter_of_a_timer_is_named_by_its_event_id() -> None:
    (found,) = (await read(letter(-1))).matching(LetterFilter())
    assert found.place == found.letter.event_id
    assert await places(LetterFilter(letters=frozenset({found.place})), letter(-1)) == [found.place]


@pytest.mark.parametrize("value", [b"{", b"[]", b'{"agent": "visitors"}', b"\xff"])
async def test_a_record_that_is_not_a_letter_is_left_out(value: bytes) -> None:
    assert await places(LetterFilter(), replace_value(letter(), value)) == []


@pytest.mark.parametrize("value", [b"{", b"[1]", b"[" * 100_000, b'{"producer": 5}', None])
async def test_a_payload_without_a_producer_has_none(value: bytes | None) -> None:
    (found,) = (await read(letter(value=value))).matching(LetterFilter())
    assert found.producer is None


async def shown(*, with_payload: bool, value: bytes = PAYLOAD) -> ListedLetter:
    (found,) = (await read(letter(value=value), with_payload=with_payload)).matching(LetterFilter())
    return found


async def test_no_address_is_shown_unless_the_payload_is_asked_for() -> None:
    value = PAYLOAD.replace(b"old-site", b"site of bob@harbor.example")
    without = await shown(with_payload=False, value=value)
    texts = [letter_line(without, with_state=True), letter_json(without), *letter_page(without, without)]
    assert [text for text in texts if "@" in text or "payload_base64" in text] == []
    page = list(letter_page(await shown(with_payload=True), None))
    assert page[-1] == PAYLOAD.decode()
    assert ADDRESS in page[-3]


async def test_a_payload_cannot_change_the_terminal() -> None:
    page = list(letter_page(await shown(with_payload=True, value=b"\x1b[2J\x07\xff\nnext"), None))
    assert page[-1] == "\\x1b[2J\\x07\\xff\nnext"


async def test_what_became_of_a_retried_record_is_on_its_page() -> None:
    one = await shown(with_payload=False)
    acted = LetterAction.model_validate_json(action(letter()).value or b"")
    sent = {
        "action": LetterActionType.RETRIED,
        "sent_topic": "form.fills",
        "sent_partition": 1,
        "sent_offset": 9,
    }
    page = "\n".join(letter_page(replace(one, action=acted.model_copy(update=sent)), one))
    assert "retried by mia | form.fills/1 offset 7 as form.fills/1 offset 9 | test data" in page
    assert "failed again: " in page
