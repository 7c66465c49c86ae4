"""The pages: every command would run, every link has a target, and every decision has its form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from tests.unit.house import policy_on_pages
from tests.unit.house.pages import (
    PAGES,
    ROOT,
    complaint,
    fenced,
    lines_of_shell,
    name_of,
    refused,
    simple_commands,
    slug,
    text_of,
)
from workers.policy.load import load_policy_file

TARGETS = frozenset(re.findall(r"^([a-z]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
SERVICES = frozenset(yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"])
README = text_of(ROOT / "README.md")
COMMANDS = [(page, line) for page in PAGES for line in lines_of_shell(text_of(page))]
LINKS = [
    (page, link)
    for page in PAGES
    for link in re.findall(
        r"\[[^\]]+\]\(([^)\s]+)\)", re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    )
    if not link.startswith(("https://", "http://"))
]


@pytest.mark.parametrize(
    ("page", "line"),
    COMMANDS,
    ids=[f"{name_of(page)}-{number}" for number, (page, _) in enumerate(COMMANDS)],
)
def test_every_command_of_a_page_would_run(page: Path, line: str) -> None:
    assert [complaint(command, TARGETS, SERVICES) for command in simple_commands(line) if command] == [
        None
    ] * len([command for command in simple_commands(line) if command])


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 180


def test_pages_show_the_version_the_hash_and_the_lines_of_the_default_policy() -> None:
    assert policy_on_pages.stale() == {}, "run make pages"
    assert load_policy_file(policy_on_pages.POLICY)[0].hash in README


@pytest.mark.parametrize(
    ("shown", "other"),
    [
        (r"us-commercial-banks \d+ \(", "us-commercial-banks 77 ("),
        (r"hash \w+: passes", "hash 0123456789ab: passes"),
        (r"yaml:\d+: behaviour\.cap:", "yaml:99999: behaviour.cap:"),
        (r"yaml:\d+: desks\.inside_sales\.calender:", "yaml:99999: desks.inside_sales.calender:"),
    ],
)
def test_another_value_of_the_policy_on_a_page_is_replaced(shown: str, other: str) -> None:
    text = "".join(text_of(page) for page in policy_on_pages.PAGES)
    changed = re.sub(shown, other, text)
    assert changed != text
    assert policy_on_pages.present(changed) == text


def test_a_page_with_another_value_is_found_and_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = ROOT / "docs" / "policy-by-example.md"
    written: dict[Path, str] = {}
    monkeypatch.setattr(policy_on_pages, "stale", lambda: {page: "the present text"})
    monkeypatch.setattr(Path, "write_text", lambda path, text, *_: written.update({path: text}))
    assert policy_on_pages.main(["--check"]) == 1
    assert "docs/policy-by-example.md shows other values" in capsys.readouterr().err
    assert written == {}
    assert policy_on_pages.main(["--write"]) == 0
    assert written == {page: "the present text"}


def test_the_readme_has_the_first_commands() -> None:
    lines = [line for page, line in COMMANDS if page.name == "README.md"]
    for expected in ("make demo", "make test", "lead-router topics create", "lead-router worker"):
        assert expected in lines


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["dlq", "list", "--hop", "cleaner"], "cleaner"),
        (["work"], "no command work"),
        (["topics", "delete"], "no command delete"),
        (["resume", "visitors"], "PARTITION"),
        (["replay", "x.jsonl", "--police", "y"], "--police"),
        (["worker", "--help", "now"], "now"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_command_is_refused(arguments: list[str], error: str) -> None:
    assert error.lower() in (refused(arguments) or "").lower()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("python -m cProfile -o replay.prof -m workers.cli replay march.jsonl", None),
        ("python -m bench.small_account", "no module ['bench.small_account']"),
        ("python docs/examples/second_event.py", "no file docs/examples/second_event.py"),
        ("pytest tests/unit/desks/test_turns.py -k 'a turn'", None),
        ("pytest tests/unit/desks/test_turn.py", "no path ['tests/unit/desks/test_turn.py']"),
        ("rm -rf data", "rm is not a program that a page may use"),
    ],
)
def test_a_command_that_would_not_run_is_found(line: str, fault: str | None) -> None:
    (command,) = simple_commands(line)
    assert complaint(command, TARGETS, SERVICES) == fault


@pytest.mark.parametrize(("page", "link"), LINKS, ids=[f"{name_of(page)}-{link}" for page, link in LINKS])
def test_every_link_has_a_target(page: Path, link: str) -> None:
    path, _, anchor = link.partition("#")
    target = (page.parent / path).resolve() if path else page
    assert target.exists()
    assert target.is_relative_to(ROOT)
    if anchor:
        headings = re.findall(r"^#+ (.+)$", text_of(target), re.MULTILINE)
        assert anchor in [slug(heading) for heading in headings]


def test_links_and_commands_are_found() -> None:
    assert len(LINKS) > 30
    assert len(COMMANDS) > 20


def test_the_readme_program_uses_read_committed_and_has_at_most_twelve_lines() -> None:
    program = fenced(README, "python")[0]
    compile(program, "README.md", "exec")
    assert "read_committed" in program
    assert len([line for line in program.splitlines() if line.strip()]) <= 12


def test_the_policy_in_the_readme_is_the_default_policy() -> None:
    policy = yaml.safe_load((ROOT / "policy" / "default.yaml").read_text("utf-8"))
    (shown,) = (yaml.safe_load(block) for block in fenced(README, "yaml"))
    for section, keys in shown.items():
        for key, found in keys.items():
            assert policy[section][key] == found


def test_every_decision_is_listed() -> None:
    pages = sorted(page.name for page in (ROOT / "docs" / "adr").glob("0*.md"))
    listed = re.findall(
        r"^\| \[\d{4}\]\(([^)]+)\)", text_of(ROOT / "docs" / "adr" / "README.md"), re.MULTILINE
    )
    assert listed == pages


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "adr").glob("0*.md")), ids=lambda page: page.stem)
def test_a_decision_is_one_page_and_names_the_alternatives(page: Path) -> None:
    text = text_of(page)
    assert text.startswith(f"# {page.name[:4]}: ")
    assert "**Decided.**" in text
    assert "else" in text
    assert len(text.splitlines()) <= 60
