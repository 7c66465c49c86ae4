"""Why did this go to Ben? The page says what the records say, of whom was asked, and shows no address."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from tests.scenarios.story import Story as Told
from workers.cli import app
from workers.commands.errors import CommandError
from workers.commands.why import subject_of
from workers.identity.lead_ids import lead_id_of
from workers.views.decision_page import Decisions, Subject, page_of

KEY = b"a key for tests only"
ANN = lead_id_of("ann@harbor.example", KEY)


def told(tmp_path: Path) -> Told:
    """Zoe has most weight, Tom is away; Ann of a bank asks for a demo."""
    story = Told(tmp_path)
    story.rep("mia")
    story.rep("tom", away=("mon 00:00", "fri 00:00"))
    story.rep("zoe", weight=3)
    story.rep("dana", at_desk=False)
    story.bank("harbor")
    story.form("ann@harbor.example", "tue 10:00", "demo")
    return story


def page(story: Told, subject: Subject) -> str:
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
    ids=["account", "hand-off", "person", "beginning of a lead_id"],
)
def test_who_has_it_by_which_turn_and_points_and_what_would_have_changed_it(
    tmp_path: Path, subject: Subject
) -> None:
    said = page(told(tmp_path), subject)

    assert said.splitlines()[0] == f"domain:harbor.example, lead {ANN[:8]}: raised hand (mql) -> Zoe"
    for line in (
        "because          raised hand, all gates passed, next in rotation",
        "answer by        2026-03-03 15:30Z",
        "earlier lines    never: not excluded",
        "account has owner: no owner",
        "turn             desk:inside_sales, turn 1",
        "passed over      mia: not its turn, tom: absent",
        "score            A4, 114 points: fit 110 + behaviour 4; 21 below the threshold",
        "30  industry passed, sic 6021",
        "4  form x1 <- triggering event",
        "would change if  total: 21 more",
        "relationship: customer",
    ):
        assert line in said
    assert "@" not in said


def test_each_change_of_a_hand_off_and_the_others_of_the_account_are_told(tmp_path: Path) -> None:
    story = told(tmp_path)
    story.form("bob@harbor.example", "tue 11:00", "demo")
    story.sales("rejected", "ann@harbor.example", "tue 12:00", "zoe", reason="not_now")

    said = page(story, Subject(account_key="domain:harbor.example"))
    assert said.splitlines()[0].endswith("raised hand (mql) -> Zoe"), (
        "the one that is open, not the one that changed last"
    )
    assert "other hand-offs  domain:harbor.example#1.1" in said
    assert "withdrawn -> no holder" in said

    gone = page(story, Subject(handoff_id="domain:harbor.example#1.1"))
    assert gone.splitlines()[0].endswith("-> no holder")
    assert "history          2026-03-03 15:00Z assigned -> Zoe" in gone
    assert "2026-03-03 17:00Z withdrawn -> no holder: sales rejected" in gone


def test_a_turn_that_came_to_nothing_is_not_told_as_the_one_that_gave_it(tmp_path: Path) -> None:
    found = Decisions(Subject(lead_id=ANN))
    for emit in told(tmp_path).replay().emits:
        found.add_record(emit.topic, emit.value or b"")
    routed = found.latest()
    assert routed is not None
    turn = found.find_turn(routed)
    assert turn is not None
    found.ledger.insert(0, turn.model_copy(update={"rep_id": "mia", "turn": 2}))
    assert found.find_turn(routed) == turn


def test_who_was_not_handed_over_is_told_why_not(tmp_path: Path) -> None:
    story = told(tmp_path)
    story.form("sue@harbor.example", "tue 11:00", title="Student")

    said = page(story, Subject(lead_id=lead_id_of("sue@harbor.example", KEY)))
    assert said.splitlines()[0].endswith(": not handed over")
    assert "stage            outside" in said
    assert "title failed, Student" in said


def test_of_others_and_of_rubbish_nothing_is_said(tmp_path: Path) -> None:
    found = Decisions(Subject(account_key="domain:other.example"))
    for emit in told(tmp_path).replay().emits:
        found.add_record(emit.topic, emit.value or b"")
    found.add_record("lead.routing", b'{"account_key": "domain:other.example"')
    found.add_record("web.activity", b'{"account_key": "domain:other.example"}')
    assert page_of(found) is None


@pytest.mark.parametrize(
    ("who", "subject"),
    [
        ("domain:harbor.example#1.1", Subject(handoff_id="domain:harbor.example#1.1")),
        ("domain:harbor.example", Subject(account_key="domain:harbor.example")),
        (" WWW.Harbor.example ", Subject(account_key="domain:harbor.example")),
        (f"lead:{ANN}", Subject(account_key=f"lead:{ANN}")),
        (ANN[:8].upper(), Subject(lead_id=ANN[:8])),
        ("Ann <Ann@Harbor.example>", Subject(lead_id=ANN)),
    ],
)
def test_what_can_be_asked_for(who: str, subject: Subject) -> None:
    assert subject_of(who, lambda: KEY) == subject


@pytest.mark.parametrize("who", ["xx", "gmail.com", "ann@", "co.uk"])
def test_what_cannot_be_asked_for_is_said_without_repeating_an_address(who: str) -> None:
    with pytest.raises(CommandError) as refused:
        subject_of(who, lambda: KEY)
    assert "ann@" not in str(refused.value)


def test_the_command_reads_what_a_replay_wrote(tmp_path: Path) -> None:
    lines = [
        json.dumps(
            {"topic": emit.topic, "key": None, "timestamp": 0, "value": emit.value and json.loads(emit.value)}
        )
        for emit in told(tmp_path).replay().emits
    ]
    file = tmp_path / "results.jsonl"
    file.write_text("\n".join(lines) + "\n", "utf-8")

    done = CliRunner().invoke(app, ["why", "harbor.example", "--from", str(file)])
    assert done.exit_code == 0, done.output
    assert "passed over      mia: not its turn, tom: absent" in done.output

    nobody = CliRunner().invoke(app, ["why", "other.example", "--from", str(file)])
    assert "no decision about this account was found" in str(nobody.exception)
