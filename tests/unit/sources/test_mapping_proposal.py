"""`source new` proposes a mapping that loads, and finds the fields by the names that people give them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workers.cli import app
from workers.sources.mapping_files import load_mapping, ready_made
from workers.sources.mapping_proposal import propose
from workers.sources.record_mapping import map_value

SAMPLES = Path(__file__).parents[3] / "sources" / "samples"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments])
    return result.exit_code, result.output


def test_a_form_is_found_by_the_names_of_its_fields() -> None:
    record = {
        "Mail": "ann@bank.example",
        "data": json.dumps({"Full Name": "Ann Lee", "Company": "Bank", "job-title": "CIO"}),
    }
    value = json.dumps(record).encode()
    mapping = load_mapping(propose("shop", "shop.events", [record], [value]).text)
    (outcome,) = map_value(mapping, value, 0)
    (event,) = outcome.events
    found = {
        name: text for name, text in (event.value or {}).items() if name not in {"event_id", "occurred_at"}
    }
    assert (event.topic, found) == (
        "form.fills",
        {
            "email": "ann@bank.example",
            "form_id": "form",
            "request": "content",
            "first_name": "Ann",
            "last_name": "Lee",
            "company": "Bank",
            "job_title": "CIO",
        },
    )


@pytest.mark.parametrize("name", sorted(ready_made()))
def test_a_proposal_for_any_samples_loads_and_shows_no_value(name: str) -> None:
    (path,) = SAMPLES.glob(f"{name}.*")
    if path.suffix != ".tsv":
        code, output = run("source", "new", str(path))
        assert code == 0, output
        assert "ann lee" not in output.casefold()
        assert "@" not in output


def test_ready_made_mappings_that_fit_are_named(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_bytes(b"\n".join((SAMPLES / "segment.jsonl").read_bytes().splitlines()[:5]))
    code, output = run("source", "new", str(file), "--out", str(tmp_path / "new.yaml"))
    assert code == 0
    assert "the ready-made mapping segment reads these samples" in output
    assert "source: my_source" in (tmp_path / "new.yaml").read_text("utf-8")


def test_map_shows_each_line_and_its_exit_code(tmp_path: Path) -> None:
    out = tmp_path / "events.jsonl"
    file = str(SAMPLES / "csv_accounts.csv")
    code, output = run(
        "map", file, "--source", "csv_accounts", "--at", "2026-03-04T10:00:00Z", "--out", str(out)
    )
    assert code == 1  # one line has a date that needs a guess
    assert "10 lines of csv_accounts become 7 events" in output
    assert "the time cannot be read" in output
    assert "7 accounts. Of them will miss" in output
    assert len(out.read_text("utf-8").splitlines()) == 7
    assert "harbor" not in output.casefold()


def test_map_without_a_refused_line_succeeds_unless_it_is_strict(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    file.write_text(
        json.dumps(
            {"type": "page", "anonymousId": "b", "properties": {"url": 7.5}, "context": {"userAgent": {}}}
        ),
        "utf-8",
    )
    assert run("map", str(file), "--source", "segment")[0] == 0
    file.write_text(
        json.dumps({"type": "page", "anonymousId": "b", "properties": {"url": {"a": 1}}}), "utf-8"
    )
    assert run("map", str(file), "--source", "segment")[0] == 0
    assert run("map", str(file), "--source", "segment", "--strict")[0] == 1


def test_the_quickstart_gives_the_first_request_to_the_owner_of_the_account(tmp_path: Path) -> None:
    files = {"csv_accounts": "csv_accounts.csv", "csv_reps": "csv_reps.csv", "segment": "segment.jsonl"}
    for name, file in files.items():
        out = tmp_path / f"{name}.jsonl"
        run("map", str(SAMPLES / file), "--source", name, "--out", str(out), "--at", "2026-03-01T06:00:00Z")
    results = tmp_path / "results.jsonl"
    histories = [str(tmp_path / f"{name}.jsonl") for name in files]
    assert (
        run("replay", *histories, "--policy", str(SAMPLES.parents[1] / "policy"), "--out", str(results))[0]
        == 0
    )
    records = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    first = next(one["value"] for one in records if one["topic"] == "lead.routing")
    assert (first["assignee"]["id"], first["kind"], first["crm_account_id"]) == (
        "ben",
        "raised_hand",
        "001-harbor",
    )
