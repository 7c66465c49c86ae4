"""The page of `lead-router why` shows the decisions about its subject from the records, and no address."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from tests.scenarios.story import Story
from workers.cli import app
from workers.commands.errors import CommandError
from workers.commands.why import subject_of
from workers.identity.lead_ids import lead_id_of
from workers.views.decision_page import Decisions, Subject, page_of

KEY = b"a key for tests only"
ANN = lead_id_of("ann@harbor.example", KEY)


def demo_request(tmp_path: Path) -> Story:
    """Zoe has the highest weight and Tom is absent. Ann, given works at a bank, asks for a demo."""
    story = Story(tmp_path)
    story.rep("mia")
    story.rep("tom", away=("mon 00:00", "fri 00:00"))
    story.rep("zoe", weight=3)
    story.rep("dana", at_desk=False)
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")
    return story


def page(story: Story, subject: Subject) -> str:
    found = Decisions(subject)
    for emit in story.replay().emits:
        if emit.value is not None:
            found.add_record(emit.topic, emit.value)
    shown = page_of(found)
    assert shown is not None
    console = Console(width=200, highlight=False)
    with console.capture() as capture:
        console.print(shown)
    return capture.get()


@pytest.mark.parametrize(
    "subject",
    [
        Subject(account_key="domain:harbor.example"),
        Subject(handoff_id="domain:harbor.example#1.1"),
        Subject(lead_id=ANN),
        Subject(lead_id=ANN[:8]),
    ],
    ids=["account", "hand-off", "person", "lead_id prefix"],
)
def test_the_page_shows_holder_turn_points_and_what_would_change_the_decision(
    tmp_path: Path, subject: Subject
) -> None:
    text = page(demo_request(tmp_path), subject)

    assert text.splitlines()[0] == f"domain:harbor.example, lead {ANN[:8]}: raised hand (mql) -> Zoe"
    for line in (
        "because          raised hand, all gates passed, next in rotation",
        "answer by        2026-03-03 15:30Z",
        "earlier lines    never: not excluded",
        "account has owner: no owner",
        "turn             desk inside_sales, turn 1",
        "passed over      mia: not its turn, tom: absent",
        "score            A4, 114 points: fit 110 + behaviour 4; 21 below the threshold",
        "30  industry passed, sic 6021",
        "4  form x1 <- triggering event",
        "would change if  relationship: customer",
    ):
        assert line in text
    assert "@" not in text


def test_the_page_shows_the_clicks_of_a_mail_scanner(tmp_path: Path) -> None:
    story = demo_request(tmp_path)
    for number in range(2):
        more = {"message_id": "m", "links_in_message": 2, "url": f"https://x.example/{number}"}
        story.activity("email_clicked", "mon 10:00", email="ann@harbor.example", **more)
    assert "0  clicks of a mail scanner x2" in page(story, Subject(lead_id=ANN))


def test_the_page_shows_the_history_of_a_hand_off_and_the_accounts_other_hand_offs(tmp_path: Path) -> None:
    story = demo_request(tmp_path)
    story.form("bob@harbor.example", "tue 11:00", "demo")
    story.sales("rejected", "ann@harbor.example", "tue 12:00", "zoe", reason="not_now")

    text = page(story, Subject(account_key="domain:harbor.example"))
    assert text.splitlines()[0].endswith("raised hand (mql) -> Zoe"), (
        "the open hand-off is shown, not the latest changed one"
    )
    assert "other hand-offs  domain:harbor.example#1.1" in text
    assert "withdrawn -> no holder" in text

    gone = page(story, Subject(handoff_id="domain:harbor.example#1.1"))
    assert gone.splitlines()[0].endswith("-> no holder")
    assert "history          2026-03-03 15:00Z assigned -> Zoe" in gone
    assert "2026-03-03 17:00Z withdrawn -> no holder: sales rejected" in gone


def test_the_page_shows_the_turn_of_the_holder_and_no_later_turn_of_another_rep(tmp_path: Path) -> None:
    found = Decisions(Subject(lead_id=ANN))
    for emit in demo_request(tmp_path).replay().emits:
        found.add_record(emit.topic, emit.value or b"")
    routed = found.latest()
    assert routed is not None
    turn = found.find_turn(routed)
    assert turn is not None
    found.ledger.insert(0, turn.model_copy(update={"rep_id": "mia", "turn": 2}))
    assert found.find_turn(routed) == turn


def test_a_lead_without_a_hand_off_is_shown_with_the_reasons(tmp_path: Path) -> None:
    story = demo_request(tmp_path)
    story.form("sue@harbor.example", "tue 11:00", title="Student")

    text = page(story, Subject(lead_id=lead_id_of("sue@harbor.example", KEY)))
    assert text.splitlines()[0].endswith(": not handed over")
    assert "stage            outside" in text
    assert "title failed, Student" in text


def test_records_of_other_accounts_and_invalid_records_are_ignored(tmp_path: Path) -> None:
    found = Decisions(Subject(account_key="domain:other.example"))
    for emit in demo_request(tmp_path).replay().emits:
        found.add_record(emit.topic, emit.value or b"")
    found.add_record("lead.routing", b'{"account_key": "domain:other.example"')
    found.add_record("web.activity", b'{"account_key": "domain:other.example"}')
    assert page_of(found) is None


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ("domain:harbor.example#1.1", Subject(handoff_id="domain:harbor.example#1.1")),
        ("domain:harbor.example", Subject(account_key="domain:harbor.example")),
        (" WWW.Harbor.example ", Subject(account_key="domain:harbor.example")),
        (f"lead:{ANN}", Subject(account_key=f"lead:{ANN}")),
        (ANN[:8].upper(), Subject(lead_id=ANN[:8])),
        ("Ann <Ann@Harbor.example>", Subject(lead_id=ANN)),
    ],
)
def test_a_text_names_its_subject(given: str, subject: Subject) -> None:
    assert subject_of(given, lambda: KEY) == subject


@pytest.mark.parametrize("given", ["xx", "gmail.com", "ann@", "co.uk"])
def test_a_text_without_a_subject_is_refused_without_repeating_an_address(given: str) -> None:
    with pytest.raises(CommandError) as refused:
        subject_of(given, lambda: KEY)
    assert "ann@" not in str(refused.value)


def test_the_command_reads_the_results_of_a_replay(tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {"topic": emit.topic, "key": None, "timestamp": 0, "value": emit.value and json.loads(emit.value)}
        )
        for emit in demo_request(tmp_path).replay().emits
    ]
    file = tmp_path / "results.jsonl"
    file.write_text("\n".join(lines) + "\n", "utf-8")

    done = CliRunner().invoke(app, ["why", "harbor.example", "--from", str(file)])
    assert done.exit_code == 0, done.output
    assert "passed over      mia: not its turn, tom: absent" in done.output

    unknown = CliRunner().invoke(app, ["why", "other.example", "--from", str(file)])
    assert "no decision about this account was found" in str(unknown.exception)


def test_the_page_shows_fields_that_could_not_be_read(tmp_path: Path) -> None:
    story = demo_request(tmp_path)
    story.form("ann@harbor.example", "tue 11:00", "book a demo", language="??")
    shown = page(story, Subject(lead_id=ANN))
    assert "not readable" in shown
    assert "form.fills: language" in shown
    assert "form.fills: request, unknown word book_a_demo" in shown
