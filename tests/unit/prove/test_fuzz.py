"""The fuzz finds what it looks for, its mutations are seeded, and a first round finds nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.prove.fuzz import Round, run_round
from tests.prove.record_mutations import changed_bytes, changed_fields, is_certainly_bad
from workers.demo.market.seeded_random import SeededRandom
from workers.engine.api import Emit

VALUE = {"event_id": "e", "occurred_at": "2026-03-02T10:00:00Z", "email": "a@b.example", "form_id": "f"}


def test_a_round_finds_no_problem_and_hands_every_raised_hand_over() -> None:
    found = run_round("thr 3", 100)
    assert found.problems == []
    assert found.counts["raised hands, each handed over or reported"] == 4


@pytest.mark.parametrize("change", [{"reason": "handler_failed"}, {"detail": "a@b.example is odd"}])
def test_a_dead_letter_that_blames_the_router_or_repeats_an_address_is_a_problem(
    change: dict[str, Any],
) -> None:
    fuzz = Round("a test")
    place = {"agent": "desks", "topic": "desk.requests", "partition": 0, "offset": 1}
    letter = place | {"event_id": "d", "reason": "not_json", "detail": "text"}
    fuzz.see(Emit("dead.letters", None, json.dumps(letter).encode()))
    assert fuzz.outcome.problems == []
    fuzz.see(Emit("dead.letters", None, json.dumps(letter | change).encode()))
    assert len(fuzz.outcome.problems) == 1


def test_changed_fields_keep_what_must_stay() -> None:
    chance = SeededRandom(1)
    for _ in range(500):
        changed = changed_fields(chance, VALUE, frozenset({"email", "occurred_at"}))
        assert {name: changed[name] for name in ("email", "occurred_at")} == {
            "email": "a@b.example",
            "occurred_at": "2026-03-02T10:00:00Z",
        }


def test_the_same_seed_gives_the_same_bytes() -> None:
    first, second = SeededRandom(7), SeededRandom(7)
    raw = json.dumps(VALUE).encode()
    assert [changed_bytes(first, raw) for _ in range(200)] == [changed_bytes(second, raw) for _ in range(200)]


@pytest.mark.parametrize(
    ("raw", "is_bad"),
    [
        (json.dumps(VALUE).encode(), False),
        (b"", True),
        (b"[]", True),
        (b"{", True),
        (b"\xff", True),
        (b'{"event_id": "e"}', True),
        (b'{"event_id": "e", "occurred_at": ""}', True),
        (json.dumps(VALUE).encode("utf-16"), False),
        (json.dumps(VALUE | {"form_id": "é"}, ensure_ascii=False).encode("latin-1"), False),
    ],
)
def test_a_value_that_no_topic_accepts_is_certainly_bad(raw: bytes, is_bad: bool) -> None:
    assert is_certainly_bad(raw) is is_bad
