import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from workers.log import MASK, configure_logging
from workers.settings import LogFormat

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def configured(level: str = "info") -> Lines:
    stream = io.StringIO()
    configure_logging(level, LogFormat.JSON, stream)
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_json_line_with_its_fields_level_logger_and_time() -> None:
    lines = configured()
    structlog.get_logger("workers.engine").info("batch_committed", records=500, partition=3)
    (line,) = lines()
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "batch_committed",
        "records": 500,
        "partition": 3,
        "level": "info",
        "logger": "workers.engine",
    }


def test_lines_of_libraries_have_the_same_form() -> None:
    lines = configured()
    logging.getLogger("aiokafka.cluster").warning("Topic %s is not available", "web.activity")
    (line,) = lines()
    assert line["event"] == "Topic web.activity is not available"
    assert line["logger"] == "aiokafka.cluster"


@pytest.mark.parametrize(
    "value",
    [
        "ann@acme.com",
        "Ann Smith <ann.smith+news@mail.acme.co.uk>",
        "https://acme.com/?email=ann%40acme.com&x=1",
        b'{"email": "ann@acme.com"}',
        {"email": ["ann@acme.com", 7]},
        {"ann@acme.com": {"nested": ("ann@acme.com",)}},
        '"ann smith"@acme.com',
        "ann\N{FULLWIDTH COMMERCIAL AT}acme.com",
        ValueError("no such person: ann@acme.com"),
    ],
)
def test_everything_that_looks_like_an_address_is_masked_in_every_field(value: object) -> None:
    lines = configured()
    structlog.get_logger().warning("lead_refused", value=value, kept=7)
    (line,) = lines()
    text = json.dumps(line["value"])
    assert MASK in text
    assert "ann" not in text.lower().replace("ann smith <", "")
    assert line["kept"] == 7


def test_an_address_in_a_traceback_or_in_a_library_line_is_masked() -> None:
    lines = configured()
    try:
        int("ann@acme.com")
    except ValueError:
        structlog.get_logger().exception("record_refused")
        logging.getLogger("faust.app").exception("crashed on %s", "ann@acme.com")
    text = json.dumps(lines())
    assert text.count("ValueError") >= 2
    assert "ann@acme.com" not in text


def test_masking_a_long_payload_takes_linear_time() -> None:
    lines = configured()
    structlog.get_logger().info("payload_seen", payload="x" * 1_000_000 + " ann@acme.com")
    assert lines()[0]["payload"].endswith(f" {MASK}")


def test_libraries_never_log_debug_lines_for_they_hold_personal_data() -> None:
    lines = configured("debug")
    for name in ("faust.streams", "mode.services", "aiokafka.consumer"):
        logging.getLogger(name).debug("key and value of a record")
    assert lines() == []


@pytest.mark.parametrize(
    ("level", "logged"),
    [
        ("debug", ["info", "warning", "error"]),
        ("info", ["warning", "error"]),
        ("warning", ["warning", "error"]),
        ("error", ["error"]),
    ],
)
def test_libraries_log_from_warning_on_so_that_our_own_events_stay_visible(
    level: str, logged: list[str]
) -> None:
    lines = configured(level)
    for name in ("debug", "info", "warning", "error"):
        getattr(logging.getLogger("aiokafka.consumer"), name)(f"logged as {name}")
        getattr(structlog.get_logger("workers.engine"), name)("batch_committed")
    assert [line["level"] for line in lines() if line["logger"] == "aiokafka.consumer"] == logged
    ours = [line["level"] for line in lines() if line["logger"] == "workers.engine"]
    assert ours == ["debug", "info", "warning", "error"][-len(ours) :]
    assert ours[0] == level


def test_configuring_a_second_time_undoes_the_changes_of_fausts_spinner() -> None:
    configured()
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger().addHandler(logging.NullHandler())
    configured()
    assert logging.getLogger().level == logging.INFO
    assert len(logging.getLogger().handlers) == 1


def test_on_a_terminal_lines_are_for_people() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    configure_logging("info", LogFormat.AUTO, stream)
    structlog.get_logger("workers").info("lead_routed", to="ann@acme.com")
    assert "lead_routed" in stream.getvalue()
    assert MASK in stream.getvalue()
    assert not stream.getvalue().startswith("{")
