"""A client that says the same thing without end is heard once in a while."""

from __future__ import annotations

import logging

import pytest

from workers.log import REPEAT_AFTER_S, RepeatFilter


@pytest.mark.parametrize(
    ("name", "level", "text", "after_s", "is_shown"),
    [
        pytest.param("aiokafka", logging.ERROR, "gone: %s", 0.1, False, id="the same at once"),
        pytest.param("aiokafka", logging.ERROR, "gone: %s", REPEAT_AFTER_S, True, id="the same later"),
        pytest.param("aiokafka", logging.ERROR, "back: %s", 0.1, True, id="something else"),
        pytest.param("aiokafka.producer", logging.ERROR, "gone: %s", 0.1, True, id="another part of it"),
        pytest.param("aiokafka", logging.INFO, "gone: %s", 0.1, True, id="no warning"),
        pytest.param("workers.engine.task", logging.ERROR, "gone: %s", 0.1, True, id="of ours, always"),
    ],
)
def test_what_aiokafka_repeats_is_shown_once_in_a_while(
    name: str, level: int, text: str, after_s: float, is_shown: bool
) -> None:
    now_s = 100.0
    rarely = RepeatFilter(lambda: now_s)

    def say(name: str, level: int, text: str) -> bool:
        return bool(rarely.filter(logging.LogRecord(name, level, "", 0, text, ("node 1",), None)))

    assert say("aiokafka", logging.ERROR, "gone: %s")
    if not name.startswith("aiokafka"):
        assert say(name, level, text)
    now_s += after_s
    assert say(name, level, text) == is_shown


def test_what_was_kept_back_does_not_put_off_the_next_time() -> None:
    now_s = 0.0
    rarely = RepeatFilter(lambda: now_s)
    shown = 0
    for _ in range(300):
        shown += rarely.filter(logging.LogRecord("aiokafka", logging.ERROR, "", 0, "gone", (), None))
        now_s += 0.1
    assert shown == 3
