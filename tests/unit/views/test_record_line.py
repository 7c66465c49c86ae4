"""Every output record becomes one readable line without an e-mail address."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from schemas.topics import TOPICS
from workers.views.record_line import WATCHED, line_of

EXAMPLES = Path(__file__).parents[3] / "schemas" / "examples"
ADDRESS = "@"


def examples(topic: str) -> list[bytes]:
    lines = (EXAMPLES / f"{topic}.jsonl").read_bytes().splitlines()
    return [msgspec.json.encode(msgspec.json.decode(line)["value"]) for line in lines]


@pytest.mark.parametrize("topic", WATCHED)
def test_every_example_of_a_result_becomes_one_line_without_an_address(topic: str) -> None:
    assert examples(topic), "the contract has examples of this topic"
    for value in examples(topic):
        line = line_of(topic, b"key", value).plain

        assert topic in line
        assert "\n" not in line
        assert ADDRESS not in line
        assert "cannot be read" not in line


@pytest.mark.parametrize("topic", WATCHED)
def test_a_tombstone_and_an_invalid_value_are_shown_as_such(topic: str) -> None:
    assert "is deleted" in line_of(topic, b"k1", None).plain
    assert "cannot be read" in line_of(topic, b"k1", b"{").plain
    assert "cannot be read" in line_of(topic, b"k1", json.dumps({"email": "ann@x.example"}).encode()).plain


def test_invalid_utf_8_in_a_key_is_replaced() -> None:
    assert "k1" in line_of(WATCHED[0], b"k1\xff", None).plain


def test_the_watched_topics_are_the_output_topics_of_the_contract() -> None:
    assert set(WATCHED) == {name for name, topic in TOPICS.items() if topic.direction == "out"}
