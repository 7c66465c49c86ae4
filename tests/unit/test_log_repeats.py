"""A message that a Kafka client repeats endlessly is logged once in ten seconds."""

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
        pytest.param("aiokafka.producer", logging.ERROR, "gone: %s", 0.1, True, id="another logger of it"),
        pytest.param("aiokafka", logging.INFO, "gone: %s", 0.1, True, id="below a warning"),
        pytest.param(
            "workers.engine.task", logging.ERROR, "gone: %s", 0.1, True, id="a logger of ours, always"
        ),
    ],
)
def test_a_repeated_message_of_aiokafka_is_logged_once_in_ten_seconds(
    name: str, level: int, text: str, after_s: float, is_shown: bool
) -> None:
    now_s = 100.0
    repeat_filter = RepeatFilter(lambda: now_s)

    def is_logged(name: str, level: int, text: str) -> bool:
        return bool(repeat_filter.filter(logging.LogRecord(name, level, "", 0, text, ("node 1",), None)))

    assert is_logged("aiokafka", logging.ERROR, "gone: %s")
    if not name.startswith("aiokafka"):
        assert is_logged(name, level, text)
    now_s += after_s
    assert is_logged(name, level, text) == is_shown


def test_a_suppressed_message_does_not_delay_the_next_one() -> None:
    now_s = 0.0
    repeat_filter = RepeatFilter(lambda: now_s)
    shown = 0
    for _ in range(300):
        shown += repeat_filter.filter(logging.LogRecord("aiokafka", logging.ERROR, "", 0, "gone", (), None))
        now_s += 0.1
    assert shown == 3
