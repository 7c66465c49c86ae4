"""The command line: its messages to users, and its exit codes."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from workers.cli import main

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "policy" / "default.yaml"
Run = Callable[..., "Done"]


@dataclass(frozen=True)
class Done:
    """The exit code and the output of a command."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run a command line in this process, with these variables and in this directory."""
    for name in [name for name in os.environ if name.startswith(("LEAD_ROUTER_", "KAFKA_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("COLUMNS", "200")

    def command(*arguments: str, cwd: Path = ROOT, **env: str) -> Done:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["lead-router", *arguments])
        for name, text in env.items():
            monkeypatch.setenv(name, text)
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capfd.readouterr()
        return Done(int(ended.value.code or 0), captured.out, captured.err)

    return command


def test_a_worker_that_gets_sigterm_before_it_has_started_exits_without_a_trace(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LEAD_ROUTER_")}
    with socket.create_server(
        ("127.0.0.1", 0)
    ) as silent:  # a broker that accepts connections and never answers
        environment |= {
            "KAFKA_BOOTSTRAP": f"127.0.0.1:{silent.getsockname()[1]}",
            "LEAD_ROUTER_LEAD_ID_KEY": "a key for tests only",
            "LEAD_ROUTER_DATA_DIR": str(tmp_path / "data"),
            "LEAD_ROUTER_POLICY": str(ROOT / "policy" / "default.yaml"),
        }
        command = [sys.executable, "-m", "workers.cli", "worker"]
        with subprocess.Popen(command, env=environment, cwd=tmp_path, stderr=subprocess.PIPE) as worker:
            silent.settimeout(120)
            silent.accept()
            worker.send_signal(signal.SIGTERM)
            _, message = worker.communicate(timeout=60)
    assert (worker.returncode, b"Traceback" in message) == (0, False), message
    assert not (tmp_path / "data").exists()


def test_it_runs_as_a_module_too() -> None:
    command = [sys.executable, "-m", "workers.cli", "--version"]

    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout.startswith(
        "lead-router 0."
    )


@pytest.mark.parametrize(
    ("command", "example"),
    [
        (["demo"], "lead-router demo --seed 7 --keep"),
        (["worker"], "lead-router worker --only accounts"),
        (["replay"], "lead-router replay march.jsonl --out results.jsonl"),
        (["try"], "lead-router try form.json --account account.json"),
        (["watch"], "lead-router watch --topic lead.routing --from-start"),
        (["resume"], "lead-router resume visitors 3"),
        (["policy", "check"], "lead-router policy check policy/default.yaml"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_help_shows_examples(run: Run, command: list[str], example: str) -> None:
    done = run(*command, "--help")

    assert done.returncode == 0
    assert example in done.stdout


AWAY = {"LEAD_ROUTER_LEAD_ID_KEY": "a key for tests only", "KAFKA_BOOTSTRAP": "127.0.0.1:9"}
"""The settings of a worker whose broker is away."""


@pytest.mark.parametrize(
    ("arguments", "env", "message"),
    [
        pytest.param(["worker"], {}, "LEAD_ROUTER_LEAD_ID_KEY is not set", id="a worker without a key"),
        pytest.param(
            ["worker"], {"LEAD_ROUTER_PARTITIONS": "many"}, "LEAD_ROUTER_PARTITIONS:", id="a wrong setting"
        ),
        pytest.param(
            ["worker", "--only", "cleaner"],
            AWAY,
            "unknown agent cleaner",
            id="an unknown stage, the broker away",
        ),
        pytest.param(
            ["worker"], AWAY | {"LEAD_ROUTER_POLICY": "no.yaml"}, "no.yaml", id="no policy, the broker away"
        ),
        pytest.param(["policy", "check", "no.yaml"], {}, "no.yaml", id="a policy that does not exist"),
        pytest.param(["topics", "check"], {"KAFKA_BOOTSTRAP": "127.0.0.1:1"}, "127.0.0.1", id="no Kafka"),
        pytest.param(
            ["resume", "visitors", "99"],
            {},
            "unknown partition 99; expected 0 to 7",
            id="an unknown partition",
        ),
        pytest.param(
            ["watch", "--topic", "web.activity"], {}, "unknown topic 'web.activity'", id="an input topic"
        ),
        pytest.param(["replay", "no.jsonl"], {}, "no.jsonl", id="a history that does not exist"),
    ],
)
def test_an_error_that_users_can_fix_is_one_message_without_a_traceback(
    run: Run, arguments: list[str], env: dict[str, str], message: str
) -> None:
    done = run(*arguments, **env)

    assert done.returncode == 1
    assert done.stderr.count("lead-router:") == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def history(folder: Path, *more: str) -> Path:
    event = {
        "event_id": "e1",
        "occurred_at": "2026-03-03T10:00:00-05:00",
        "form_id": "f",
        "email": "ann@harbor.example",
    }
    line = {"topic": "form.fills", "key": None, "timestamp": 1_772_550_000_000, "value": event}
    path = folder / "history.jsonl"
    path.write_text("\n".join([json.dumps(line), *more]) + "\n", "utf-8")
    return path


def test_a_replay_writes_results_and_the_same_bytes_every_time(run: Run, tmp_path: Path) -> None:
    path = history(tmp_path)

    to_file = run("replay", str(path), "--policy", str(POLICY), "--out", str(tmp_path / "out.jsonl"))
    to_stdout = run("replay", str(path), "--policy", str(POLICY), cwd=tmp_path)

    assert (to_file.returncode, to_stdout.returncode) == (0, 0)
    assert to_stdout.stdout == (tmp_path / "out.jsonl").read_text("utf-8")
    results = [json.loads(line) for line in to_stdout.stdout.splitlines()]
    assert {"lead.scores", "lead.stages"} <= {result["topic"] for result in results}
    assert all(result.keys() == {"topic", "key", "timestamp", "value"} for result in results)


def test_bad_lines_are_reported_the_rest_is_replayed_and_the_exit_code_is_1(run: Run, tmp_path: Path) -> None:
    path = history(tmp_path, "{", '{"topic": "no.topic", "timestamp": 1, "value": {}}')

    done = run("replay", str(path), "--policy", str(POLICY))

    assert done.returncode == 1
    assert f"{path}:2: " in done.stderr
    assert f"{path}:3: " in done.stderr
    assert "lead.scores" in done.stdout


def test_timers_run_up_to_the_requested_time(run: Run, tmp_path: Path) -> None:
    raised = {
        "topic": "form.fills",
        "key": None,
        "timestamp": 1_772_550_001_000,
        "value": {
            "event_id": "e2",
            "occurred_at": "2026-03-03T10:00:01-05:00",
            "form_id": "f",
            "email": "ann@harbor.example",
            "request": "demo",
        },
    }
    rep = {
        "topic": "crm.reps",
        "key": "mia",
        "timestamp": 1_772_463_600_000,
        "value": {
            "event_id": "r1",
            "occurred_at": "2026-03-02T10:00:00-05:00",
            "rep_id": "mia",
            "name": "Mia",
            "desks": [{"desk": "inside_sales"}],
        },
    }
    path = history(tmp_path, json.dumps(rep), json.dumps(raised))

    short = run("replay", str(path), "--policy", str(POLICY))
    long = run("replay", str(path), "--policy", str(POLICY), "--until", "2026-03-20T00:00:00Z")

    assert long.stdout.startswith(short.stdout)
    assert len(long.stdout) > len(short.stdout)


@pytest.mark.parametrize("until", ["soon", "2026-03-20", "2026-03-20T00:00:00"])
def test_a_time_without_an_offset_is_refused(run: Run, tmp_path: Path, until: str) -> None:
    done = run("replay", str(history(tmp_path)), "--policy", str(POLICY), "--until", until)

    assert done.returncode == 2
    assert "--until" in done.stderr


def test_the_demos_events_can_be_written_to_a_file_that_replay_reads(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "march.jsonl"

    assert run("demo", "--write", str(path)).returncode == 0

    lines = path.read_text("utf-8").splitlines()
    assert len(lines) > 40_000
    assert {json.loads(line).keys() == {"topic", "key", "timestamp", "value"} for line in lines[:2_000]} == {
        True
    }
