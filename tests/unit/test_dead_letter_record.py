"""A dead letter as a Kafka record: place and reason in its headers, its payload as text."""

from __future__ import annotations

import json
from typing import Any

import pytest

from schemas.dead_letters import LETTER_HEADERS
from schemas.generate import build_documents
from workers.deadletters import dead_letter
from workers.engine.api import Emit, Record


def letter_of(value: bytes | None, detail: str = "ValueError at workers.visitors.handle:7") -> Emit:
    return dead_letter("visitors", Record("web.activity", 3, 41, 5, b"k", value), "handler_failed", detail, 9)


def value_of(emit: Emit) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(emit.value or b"")
    return found


def test_the_headers_of_a_letter_name_hop_place_reason_and_exception() -> None:
    letter = letter_of(b"{}")
    ours = [(name, value) for name, value in letter.headers if name.startswith("dead_letter_")]
    assert ours == [
        ("dead_letter_agent", b"visitors"),
        ("dead_letter_topic", b"web.activity"),
        ("dead_letter_partition", b"3"),
        ("dead_letter_offset", b"41"),
        ("dead_letter_reason", b"handler_failed"),
        ("dead_letter_exception", b"ValueError at workers.visitors.handle:7"),
    ]
    assert dict(letter.headers)["ce_id"].decode() == value_of(letter)["event_id"]


def test_every_header_of_a_letter_is_in_the_reference() -> None:
    described = build_documents()["dead.letters"]["description"]
    assert [name for name in LETTER_HEADERS if f"`{name}`" not in described] == []


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (b'{"email": "ann@harbor.example"}', '{"email": "ann@harbor.example"}'),
        (b"\xff\xfe", None),
        (b"", None),
        (None, None),
        (b"a" * 5_000, "a" * 4_096),
        ("\N{OGHAM LETTER BEITH}".encode() * 5_000, "\N{OGHAM LETTER BEITH}" * 4_096),
        (
            b"a" + "\N{LINEAR B SYLLABLE B008 A}".encode() * 4_096,
            "a" + "\N{LINEAR B SYLLABLE B008 A}" * 4_095,
        ),
        (b"a" * 20_000 + b"\xff", "a" * 4_096),
        (b"cut in the middle of a character \xe2\x82", None),
    ],
    ids=[
        "text",
        "not text",
        "empty",
        "absent",
        "long",
        "long 3 bytes",
        "long 4 bytes",
        "bad behind",
        "broken",
    ],
)
def test_a_letter_shows_the_beginning_of_its_payload_as_text(value: bytes | None, text: str | None) -> None:
    assert value_of(letter_of(value)).get("payload_text") == text


def test_a_letter_of_the_largest_payload_fits_the_topic() -> None:
    letter = letter_of(b"\x00" * 1_000_000, "x" * 5_000)
    assert len(letter.value or b"") < 262_144
