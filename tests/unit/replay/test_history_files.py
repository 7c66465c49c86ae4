"""The order in which files of history are read, and the reports of lines that cannot be read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from workers.engine.api import Emit
from workers.replay.history_files import History
from workers.replay.history_lines import BadLineError, Input, result_line

RANKS = {"web": 0, "crm": 1}


def line(topic: str, timestamp: int, text: str) -> str:
    return json.dumps({"topic": topic, "key": None, "timestamp": timestamp, "value": {"text": text}})


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def texts(history: History) -> list[str]:
    return [json.loads(read.value or b"")["text"] for read in history.in_order()]


@pytest.mark.parametrize(
    ("first", "second", "order"),
    [
        pytest.param(
            [("web", 1, "a"), ("web", 3, "c")], [("web", 2, "b")], "abc", id="by timestamp over files"
        ),
        pytest.param([("crm", 1, "b"), ("web", 1, "a")], [], "ab", id="then by topic rank"),
        pytest.param([("web", 1, "a")], [("web", 1, "b")], "ab", id="then by file"),
        pytest.param([("web", 1, "a"), ("web", 1, "b")], [], "ab", id="then by line"),
        pytest.param(
            [("web", 3, "c"), ("web", 1, "a")], [("web", 2, "b")], "abc", id="one file is not sorted"
        ),
        pytest.param(
            [("crm", 2, "d"), ("web", 2, "b"), ("web", 1, "a")], [("web", 2, "c")], "abcd", id="all at once"
        ),
    ],
)
def test_records_come_by_timestamp_then_rank_then_file_then_line(
    tmp_path: Path, first: list[tuple[str, int, str]], second: list[tuple[str, int, str]], order: str
) -> None:
    one = write(tmp_path / "one", *(line(*record) for record in first))
    two = write(tmp_path / "two", *(line(*record) for record in second))

    assert texts(History([one, two], RANKS)) == list(order)


BAD = {
    "not JSON": "{",
    "not an object": "[]",
    "no topic": '{"timestamp": 1, "value": {}}',
    "no value": '{"topic": "web", "timestamp": 1}',
    "a timestamp in words": '{"topic": "web", "timestamp": "now", "value": {}}',
    "a timestamp before 1970": '{"topic": "web", "timestamp": -1, "value": {}}',
    "an output topic": '{"topic": "lead.scores", "timestamp": 1, "value": {}}',
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_an_invalid_line_is_reported_with_file_and_line_and_the_others_are_read(
    tmp_path: Path, bad: str
) -> None:
    path = write(tmp_path / "history.jsonl", line("web", 1, "a"), "", bad, line("web", 2, "b"))

    history = History([path], RANKS)

    assert [(line.path, line.line) for line in history.bad] == [(path, 3)]
    assert texts(history) == ["a", "b"]


def test_a_line_that_is_not_utf_8_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_bytes(b'{"topic": "web", "timestamp": 1, "value": "\xff"}\n')

    assert len(History([path], RANKS).bad) == 1


def test_the_time_span_of_a_history_is_known_before_it_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "history.jsonl", line("web", 7, "a"), line("web", 3, "b"))

    history = History([path], RANKS)

    assert (history.records, history.first_ms, history.last_ms) == (2, 3, 7)


@pytest.mark.parametrize(
    ("value", "bytes_"),
    [
        pytest.param('{"b": 1,  "a": 2}', b'{"b": 1,  "a": 2}', id="an object keeps its bytes"),
        pytest.param(
            '"{not json"', b"{not json", id="a string holds raw bytes, so that invalid input can be written"
        ),
        pytest.param("null", None, id="null is a tombstone"),
    ],
)
def test_the_value_of_a_line_reaches_the_hop_unchanged(
    tmp_path: Path, value: str, bytes_: bytes | None
) -> None:
    path = write(tmp_path / "history.jsonl", f'{{"topic": "web", "timestamp": 1, "value": {value}}}')

    assert [read.value for read in History([path], RANKS).in_order()] == [bytes_]


def test_a_result_is_one_line_in_the_form_of_the_input() -> None:
    emit = Emit("lead.scores", "lead-ö".encode(), '{"name":"Zoë"}'.encode(), timestamp_ms=5)

    assert json.loads(result_line(emit)) == {
        "topic": "lead.scores",
        "key": "lead-ö",
        "timestamp": 5,
        "value": {"name": "Zoë"},
    }
    assert json.loads(result_line(Emit("lead.scores", None, None, timestamp_ms=5)))["value"] is None


def test_a_line_may_have_the_headers_of_its_record(tmp_path: Path) -> None:
    text = json.dumps(
        {"topic": "web", "timestamp": 1, "value": {"text": "a"}, "headers": [["imported", "5"]]}
    )
    (read,) = History([write(tmp_path / "a.jsonl", text)], RANKS).in_order()
    assert read.headers == (("imported", b"5"),)


def test_a_record_that_the_check_refuses_is_an_invalid_line(tmp_path: Path) -> None:
    def only_b(read: Input) -> None:
        if b"b" not in (read.value or b""):
            raise BadLineError("expected b")

    file = write(tmp_path / "a.jsonl", line("web", 1, "a"), line("web", 2, "b"))
    history = History([file], RANKS, only_b)
    assert (texts(history), [str(bad) for bad in history.bad]) == (["b"], [f"{file}:1: expected b"])


def test_an_unsorted_file_with_blank_and_invalid_lines_is_read_in_order(tmp_path: Path) -> None:
    lines = [line("crm", 5, "e"), "", line("web", 3, "b"), "{", "", line("web", 3, "c"), line("web", 5, "d")]
    history = History([write(tmp_path / "one", *lines, line("web", 1, "a"))], RANKS)

    assert [bad.line for bad in history.bad] == [4]
    assert texts(history) == list("abcde")
