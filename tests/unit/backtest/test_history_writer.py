"""A copy of topics on disk: what is read from it equals what was on the topics."""

from __future__ import annotations

from pathlib import Path

import pytest

from workers.backtest.history_writer import HistoryWriter
from workers.replay.history_files import History
from workers.replay.history_lines import Input
from workers.replay.topic_roles import INPUT_RANKS

RECORDS = [
    Input("web.activity", 3, b"b", b'{"a":\n 1,\r\n "b": "x\\ny"}', (("imported", b"7"),)),
    Input("web.activity", 1, b"a", b'{"a":1}'),
    Input("crm.accounts", 2, b"ACC", None),
    Input("form.fills", 4, None, b"cut off {"),
    Input("form.fills", 5, b"k", b""),
    Input("form.fills", 6, b"k", b'"a text"'),
    Input("form.fills", 7, b"k", b"null"),
]


def test_records_come_back_in_the_order_of_time(tmp_path: Path) -> None:
    with HistoryWriter(tmp_path / "copy") as writer:
        for record in RECORDS:
            writer.add(record)
    assert [path.name for path in writer.paths] == [
        "crm.accounts.jsonl",
        "form.fills.jsonl",
        "web.activity.jsonl",
    ]
    assert {path.stat().st_mode & 0o077 for path in (tmp_path / "copy").iterdir()} == {0}
    read = list(History(writer.paths, INPUT_RANKS).in_order())
    expected = sorted(RECORDS, key=lambda record: record.timestamp_ms)
    assert [one.timestamp_ms for one in read] == [1, 2, 3, 4, 5, 6, 7]
    assert [(one.key, one.headers) for one in read] == [(one.key, one.headers) for one in expected]
    assert [one.value for one in read if one.timestamp_ms != 3] == [
        one.value for one in expected if one.timestamp_ms != 3
    ]
    assert read[2].value == b'{"a":  1,   "b": "x\\ny"}'


def test_bytes_that_are_not_text_are_replaced(tmp_path: Path) -> None:
    with HistoryWriter(tmp_path / "copy") as writer:
        writer.add(Input("form.fills", 1, b"\xff", b"\xfe{"))
    (read,) = History(writer.paths, INPUT_RANKS).in_order()
    assert (read.key, read.value) == ("\ufffd".encode(), "\ufffd{".encode())


def test_an_interrupted_copy_leaves_no_folder(tmp_path: Path) -> None:
    def interrupted() -> None:
        with HistoryWriter(tmp_path / "copy") as writer:
            writer.add(RECORDS[0])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert list(tmp_path.iterdir()) == []
