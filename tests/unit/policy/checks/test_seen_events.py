"""`policy check --against`: notes on what a policy names and a history never shows."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from schemas.crm_accounts import CrmAccount
from schemas.crm_reps import CrmRep
from schemas.form_fills import FormFill
from schemas.web_activity import WebActivity
from workers.cli import app
from workers.policy.checks.desk_inheritance import inherit_desk_keys
from workers.policy.checks.seen_events import SeenEvents
from workers.policy.document import read
from workers.policy.load import load_policy

ABOUT = {"event_id": "e1", "occurred_at": "2026-03-02T10:00:00Z"}


def activity(name: str, **fields: str) -> WebActivity:
    return WebActivity.model_validate(ABOUT | {"activity": name, "anonymous_id": "v1"} | fields)


def notes_of(text: str, *records: WebActivity | FormFill | CrmRep | CrmAccount) -> dict[str, str]:
    seen = SeenEvents(load_policy(text))
    for record in records:
        if isinstance(record, WebActivity):
            seen.add_activity(record)
        elif isinstance(record, FormFill):
            seen.add_form(record)
        elif isinstance(record, CrmAccount):
            seen.add_account(record)
        else:
            seen.add_rep(record)
    document = read(text, "p.yaml")
    inherit_desk_keys(document)
    return {note.key: f"{note.found}; {note.expected}" for note in seen.notes(document)}


def test_an_activity_that_never_occurs_is_noted_with_one_that_does(default_text: str) -> None:
    notes = notes_of(default_text, activity("downloads"), activity("webinar_attended"))
    assert notes["behaviour.rules.paper.when.activity"] == (
        "the activity download is not in the history; downloads may be meant"
    )
    assert "behaviour.rules.webinar.when.activity" not in notes


def test_a_pattern_that_fits_nothing_is_noted(default_text: str) -> None:
    notes = notes_of(default_text, activity("page_view", url="https://x.example/prices"))
    assert notes["behaviour.rules.pricing.when.url"].startswith('"*/pricing*" fits nothing in the history')
    assert "behaviour.rules.page.when.activity" not in notes


def test_a_frequent_activity_without_a_rule_is_noted(default_text: str) -> None:
    notes = notes_of(default_text, *[activity("demo_watched")] * 3)
    assert notes["behaviour.rules"] == (
        "the activity demo_watched is 3 times in the history, and no rule names it; a rule may be missing"
    )


def test_unknown_people_and_desks_are_noted_once(default_text: str) -> None:
    rep = {"rep_id": "dena", "name": "Dena", "desks": [{"desk": "inside_sale"}]}
    notes = notes_of(default_text, CrmRep.model_validate(ABOUT | rep))
    assert notes["desks.inside_sales.manager"] == '"dana" is not a rep of the history; dena may be meant'
    assert "desks.west.manager" not in notes
    assert notes["desks.west"] == "no rep of the history is a member of west; its leads wait"
    assert notes["desks"] == '1 records of reps name the desk "inside_sale"; inside_sales may be meant'


def test_an_empty_history_gives_no_notes(default_text: str) -> None:
    assert notes_of(default_text) == {}


def test_the_command_prints_the_notes(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    value = ABOUT | {"activity": "Page View", "anonymous_id": "v1", "url": "https://x.example/a"}
    record = {"topic": "web.activity", "key": "v1", "timestamp": 1772463600000, "value": value}
    refused = record | {"value": {"activity": "page_view"}}
    history.write_text(f"{json.dumps(record)}\n{json.dumps(refused)}\n")
    result = CliRunner().invoke(app, ["policy", "check", "policy/default.yaml", "--against", str(history)])
    assert result.exit_code == 0
    assert (
        "behaviour.rules.paper.when.activity: note: the activity download is not in the history"
        in result.output
    )
    assert "behaviour.rules.page.when" not in result.output


def test_a_custom_field_that_no_form_and_no_account_has_is_noted(default_text: str) -> None:
    lines = [f"{{field: {name}, in: [a], points: 1}}" for name in ("plan_tier", "team_size", "plan_teir")]
    place = "# ---- Points for what a lead does. ----"
    text = default_text.replace(place, f"fit: {{fields: [{', '.join(lines)}]}}\n{place}")
    form = FormFill.model_validate(ABOUT | {"form_id": "f", "fields": {"Team Size": "20"}})
    account = CrmAccount.model_validate(
        ABOUT | {"crm_account_id": "A-1", "name": "Bank", "fields": {"Plan-Tier": "gold"}}
    )

    notes = notes_of(text, form, account)

    assert notes["fit.fields[3].field"] == (
        "the field plan_teir is not in the history; plan_tier may be meant"
    )
    assert not {"fit.fields[1].field", "fit.fields[2].field"} & notes.keys()
    assert not any(key.startswith("fit.fields") for key in notes_of(text, activity("page_view")))
