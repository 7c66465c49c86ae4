"""notify.yaml: what is read, and that each problem names its line, its key and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_market import FILE

from schemas.vocabulary import AssigneeType
from workers.notify.notify_file import load_notify_file, parse_notify_file
from workers.policy.problem import PolicyError

GOOD = """channels:
  mail: {kind: mail, server: "mail.us.example:587", from: "Leads <leads@us.example>", give_up_after: 2h}
  slack: {kind: slack, token: "env:GOOD"}
reps:
  rep-dana: {mail: dana@us.example}
quiet_hours: 20:00-07:30
answers: {public_url: "https://a.example/", key: "env:GOOD", links_expire_after: 2d}
"""


@pytest.fixture(autouse=True)
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOD", "TEST_KEY", "TEST_SLACK_TOKEN"):
        monkeypatch.setenv(name, "a secret of a test, long enough")
    monkeypatch.setenv("SHORT", "guess me")
    monkeypatch.delenv("MISSING", raising=False)


def test_a_file_is_read_into_typed_settings() -> None:
    file = parse_notify_file(GOOD)
    assert file.channels["mail"].give_up_after == 2 * 3_600_000
    assert file.answers is not None
    assert (file.answers.public_url, file.answers.listen) == ("https://a.example", ("127.0.0.1", 8090))
    assert file.places_of(AssigneeType.REP, "rep-dana") == {"mail": "dana@us.example"}
    assert file.places_of(AssigneeType.REP, "rep-luis") == {}


def test_those_without_a_place_are_reached_at_the_place_for_all_others() -> None:
    file = parse_notify_file(GOOD + "otherwise: {slack: C01}\n")
    assert file.places_of(AssigneeType.DESK, "desk:service") == {"slack": "C01"}


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "found", "expected"),
    [
        ("kind: mail", "kind: fax", 2, "channels.mail", "keys and values", "slack, teams"),
        ("kind: mail, ", "", 2, "channels.mail", "keys and values", "the key kind"),
        ("give_up_after: 2h", "give_up_after: 2 h", 2, "channels.mail.give_up_after", '"2 h"', "30m, 12h or 7d"),
        ("give_up_after:", "give_up:", 2, "channels.mail.give_up", "the unknown key give_up", "docs/notify.md"),
        (', from: "Leads <leads@us.example>"', "", 2, "channels.mail.from", "no such key", "required"),
        ("mail.us.example:587", "mail.us.example", 2, "channels.mail.server", '"mail.us', "127.0.0.1:8090"),
        ('env:GOOD"}\nreps', 'xoxb-1-2"}\nreps', 3, "channels.slack.token", "another text", "env:NAME"),
        ('env:GOOD"}\nreps', 'env:MISSING"}\nreps', 3, "channels.slack.token", "MISSING", "a secret there"),
        ('env:GOOD"}\nreps', 'file:none"}\nreps', 3, "channels.slack.token", "cannot be read", "a secret there"),
        ("{mail: dana@us.example}", "{pager: 7}", 5, "reps.rep-dana.pager", "the channel pager", "mail, slack"),
        ("dana@us.example", "dana", 5, "reps.rep-dana.mail", "another text", "a mail address"),
        ("mail: dana@us.example", "slack: dana", 5, "reps.rep-dana.slack", "another text", "U..."),
        ("20:00-07:30", "20:00-25:00", 6, "quiet_hours", '"20:00-25:00"', "20:00-07:30"),
        ("https://a.example/", "http://a.example", 7, "answers.public_url", '"http', "https://"),
        ("links_expire_after: 2d", "links_expire_after: 8d", 7, "answers.links_expire_after", '"8d"', "7d"),
        ('key: "env:GOOD"', 'key: "env:SHORT"', 7, "answers.key", "guessed", "24 characters"),
    ],
)  # fmt: skip
def test_a_problem_names_line_key_and_what_was_expected(
    old: str, new: str, line: int, key: str, found: str, expected: str
) -> None:
    assert old in GOOD
    with pytest.raises(PolicyError) as refused:
        parse_notify_file(GOOD.replace(old, new, 1), "notify.yaml")
    (problem,) = refused.value.problems
    assert (problem.file, problem.line, problem.key) == ("notify.yaml", line, key)
    assert found in problem.found
    assert expected in problem.expected


def test_no_message_shows_a_secret(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PolicyError) as refused:
        parse_notify_file(GOOD.replace("env:GOOD", "xoxb-secret").replace("key: ", "keys: "))
    assert "xoxb-secret" not in str(refused.value)
    assert "long enough" not in repr(parse_notify_file(FILE))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"none\.yaml:1: the file: found No such file"):
        load_notify_file(tmp_path / "none.yaml")


def test_a_secret_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("xoxb-from-a-file\n")
    text = GOOD.replace('token: "env:GOOD"', f'token: "file:{tmp_path / "token"}"')
    settings = parse_notify_file(text).channels["slack"]
    assert settings.kind == "slack"
    assert settings.token.get_secret_value() == "xoxb-from-a-file"
