"""`lead-router try`: one lead through the hops, printed as `why` prints it, and what another fact would change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from workers.cli import app
from workers.commands.errors import CommandError

POLICY = str(Path(__file__).parents[3] / "policy" / "default.yaml")
AT = "2026-03-02T10:00:00-05:00"
FORM = ("-s", "email=noor@alder.example", "-s", "title=CIO")
BANK = ("-s", "account.country=US", "-s", "account.sic=6021", "-s", "account.revenue=900M")


def attempt(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["try", "--policy", POLICY, "--at", AT, *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_a_request_goes_to_a_rep_with_the_time_to_answer() -> None:
    page = attempt(*FORM, *BANK, "-s", "request=demo")
    assert "raised hand (mql) -> a rep of inside sales" in page
    assert "answer by        2026-03-02 15:30Z" in page
    assert "fit 110 + behaviour 4" in page
    assert "Without reps in a history, these are at work: a_rep_of_inside_sales" in page
    assert "noor" not in page


def test_activities_before_the_form_give_points() -> None:
    page = attempt(
        *FORM,
        *BANK,
        "--did",
        "webinar_attended",
        "--did",
        "download",
        "--did",
        "download url=https://x.example/a.pdf",
    )
    assert "mql -> a rep of inside sales" in page
    assert "12  webinar x1" in page
    assert "16  paper x2" in page


def test_a_title_is_known_before_the_activities() -> None:
    page = attempt(*FORM, *BANK, *["--did", "webinar_attended"] * 3, "--did", "download", "--did", "download")
    assert "title passed, CIO (executive)" in page
    assert "function passed, CIO (it)" in page


def test_a_rep_of_a_table_is_at_work_without_reps_in_a_history(tmp_path: Path) -> None:
    text = Path(POLICY).read_text("utf-8").replace("tables:", "")
    line = "  - {otherwise: desk inside_sales}"
    (tmp_path / "large.csv").write_text("Country,Revenue,To\nUS,800M-,rep wes\nUS,-700M,desk west\n")
    policy = tmp_path / "p.yaml"
    policy.write_text(text.replace(line, "  - {table: large.csv}\n" + line))
    page = attempt(*FORM, *BANK, "-s", "request=demo", "--policy", str(policy))
    assert "raised hand (mql) -> wes" in page
    page = attempt(*FORM, *BANK, "-s", "request=demo", "-s", "account.revenue=750M", "--policy", str(policy))
    assert "would change if" in page
    assert "a line of large.csv\n" in page


def test_a_change_shows_only_what_differs() -> None:
    page = attempt(*FORM, *BANK, "-s", "request=demo", "-c", "title=Student")
    before, after = page.split("With title=Student:\n")
    assert "-> a rep of inside sales" in before
    assert "+domain:alder.example, lead" in after
    assert "inquiry (inquiry) -> desk inside_sales" in after
    assert "title failed, Student" in after
    assert "industry" not in after


def test_custom_fields_and_the_year_of_foundation_are_facts(tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    text = Path(POLICY).read_text("utf-8")
    place = "# ---- Points for what a lead does. ----"
    fit = "fit: {age: [{from: 5, points: 2}], fields: [{field: plan, in: [gold], points: 3}]}\n"
    policy.write_text(text.replace(place, fit + place), "utf-8")
    facts = ("-s", "account.founded=2020", "-s", "fields.plan=gold", "-s", "account.fields.Plan=free")
    result = CliRunner().invoke(
        app,
        ["try", "--policy", str(policy), "--at", AT, *FORM, *BANK, *facts, "-c", "account.fields.plan=gold"],
    )
    before, after = result.output.split("With account.fields.plan=gold:\n")
    assert "fit 112 + behaviour 4" in before
    assert "fit 115 + behaviour 4" in after


def test_a_change_without_effect_is_reported() -> None:
    page = attempt(*FORM, *BANK, "-s", "request=demo", "-c", "first_name=Noor")
    assert page.split("With first_name=Noor:\n")[1].startswith("  nothing differs")


def test_a_form_an_account_and_a_history_are_read(tmp_path: Path) -> None:
    form, account, history = (tmp_path / name for name in ("form.json", "account.json", "history.jsonl"))
    form.write_text(json.dumps({"email": "noor@alder.example", "job_title": "CIO", "request": "demo"}))
    account.write_text(json.dumps({"sic": ["6021"], "country": "US", "region": "CA"}))
    rep = {"event_id": "e1", "occurred_at": "2026-02-27T12:00:00Z", "rep_id": "wes", "name": "Wes Ott"}
    record = {
        "topic": "crm.reps",
        "key": "wes",
        "timestamp": 1772211600000,
        "value": rep | {"desks": [{"desk": "west"}]},
    }
    history.write_text(json.dumps(record) + "\n")
    page = attempt(str(form), "--account", str(account), "--history", str(history))
    assert "raised hand (pending) -> Wes Ott" in page
    assert "at work" not in page


def test_a_change_of_an_account_of_the_history_keeps_its_other_facts(tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    value = {
        "event_id": "e1",
        "occurred_at": "2026-02-27T12:00:00Z",
        "crm_account_id": "A-1",
        "name": "Alder Bank",
    }
    facts = {"domains": ["alder.example"], "sic": ["6021"], "revenue": "900M USD", "country": "US"}
    record = {"topic": "crm.accounts", "key": "A-1", "timestamp": 1772211600000, "value": value | facts}
    history.write_text(json.dumps(record) + "\n")
    page = attempt(*FORM, "-s", "request=demo", "--history", str(history), "-c", "account.country=DE")
    before, after = page.split("With account.country=DE:\n")
    assert "all gates passed" in before
    assert "country failed, DE" in after
    assert "revenue" not in after


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("-s", "emal=x"), "form.fills has no field emal; did you mean email?"),
        (("-s", "account.contry=US"), "crm.accounts has no field contry; did you mean country?"),
        (("-s", "title=CIO"), "the form has no email; give it with --set email=name@company.example"),
        (("-s", "email=@@"), "is not an e-mail address"),
        (("-s", "demo"), "'demo' is not a fact; expected FIELD=VALUE"),
        ((*FORM, "-c", "email=x@y.example"), "email cannot be changed"),
        ((*FORM, "-s", "is_bot=true"), "its form was dropped, as those of robots are"),
    ],
)
def test_what_cannot_be_tried_is_refused_with_the_reason(arguments: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError) as caught:
        attempt(*arguments)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"[1]", "form.json: found something else; expected a JSON object with the fields of the form"),
        (b'{\n "email": ,', "form.json:2: no JSON at column 11; expected a JSON object"),
        (b"\xff", "form.json: text that is not UTF-8; expected a JSON object"),
    ],
)
def test_a_file_that_is_not_a_form_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / "form.json"
    file.write_bytes(content)
    with pytest.raises(CommandError) as caught:
        attempt(str(file))
    assert message in str(caught.value)


def test_a_wrong_change_is_refused_before_the_decision_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="'nonsense' is not a fact"):
        attempt(*FORM, "-c", "nonsense")
    assert capsys.readouterr().out == ""
