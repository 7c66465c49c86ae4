"""What holds for every file of the repository."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.house.pages import ROOT, name_of

FOLDERS = (".ci", "bench", "docs", "policy", "requirements", "schemas", "tests", "workers")
READ = frozenset({"", ".json", ".jsonl", ".md", ".py", ".sha256", ".toml", ".txt", ".yaml", ".yml"})
MOST_LINES = 330
"""Around 300 lines a file is usually two rooms."""
LONGER = {
    "docs/policy.md": "a reference: every key of the policy, made from the models",
    "docs/subscribers.md": "a reference: every field and code with its sentence",
    "tests/mutations/live.py": "a list: each cure that a real broker can show the want of",
    "tests/hops/accounts/market.py": "a market to try the accounts hop in, and the words its claims are told with",
    "workers/engine/task.py": "the life of a partition is one order of things, and is read as one",
}
"""Files that are longer than a room, and why."""
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
HOSTS = re.compile(
    "|".join(
        re.escape(host).replace("@", "")
        for host in (
            "py@pi.org",
            "python@hosted",
            "npm@js.",
            "maven@.org",
            "maven@.apache.org",
            "arti@factory",
            "index@-url =",
            "--extra@-index",
        )
    )
)
"""Written with a sign inside, so that this file does not hold what it looks for."""
MACHINE = re.compile(r"(?<![\w.~$}])/(?:work|home|root|Users|mnt|opt/venv)/\w")


def files() -> Iterator[Path]:
    yield from (path for path in ROOT.iterdir() if path.is_file() and path.suffix in READ)
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix in READ and "__pycache__" not in path.parts:
                yield path


FILES = sorted(
    path for path in files() if path.name not in {".env", ".git"}
)  # of a linked work tree .git is a file
WRITTEN = [path for path in FILES if path.suffix in {".py", ".md", ".yaml", ".yml"}]


def found(pattern: re.Pattern[str], path: Path) -> list[str]:
    lines = path.read_text("utf-8").splitlines()
    return [f"{name_of(path)}:{number}" for number, line in enumerate(lines, 1) if pattern.search(line)]


def test_all_folders_are_looked_at() -> None:
    assert len(FILES) > 200
    assert {path.relative_to(ROOT).parts[0] for path in FILES} >= set(FOLDERS)


def test_no_file_names_a_registry_of_packages() -> None:
    assert [place for path in FILES for place in found(HOSTS, path)] == []


def test_no_file_names_a_path_of_the_machine_that_it_was_written_on() -> None:
    assert [place for path in FILES for place in found(MACHINE, path)] == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (HOSTS, "https://files.python" + "hosted.org/x.whl"),
        (HOSTS, "https://py" + "pi.org/simple"),
        (MACHINE, "see /ho" + "me/ann/lead-router"),
    ],
)
def test_such_a_line_would_be_found(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_a_file_is_one_room() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in WRITTEN}
    assert {name for name, lines in lengths.items() if lines > MOST_LINES} == set(LONGER)


def requirement_names(entries: list[str]) -> list[str]:
    return [re.split(r"[\[<>=!~ ]", entry, maxsplit=1)[0] for entry in entries]


def test_every_dependency_has_its_line_among_the_decisions() -> None:
    page = (ROOT / "docs" / "adr" / "0007-dependencies.md").read_text("utf-8")
    listed = re.findall(r"^\| ([A-Za-z0-9-]+) \|", page, re.MULTILINE)[1:]
    assert sorted(listed) == sorted(requirement_names(PROJECT["project"]["dependencies"]))


@pytest.mark.parametrize("name", ["run", "build", "dev"])
def test_every_locked_package_has_its_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    packages = re.findall(r"^\S+==\S+.*$", text, re.MULTILINE)
    assert packages
    assert all(line.endswith("\\") for line in packages)
    assert text.count("--hash=sha256:") >= len(packages)


def test_every_dependency_is_locked() -> None:
    text = (ROOT / "requirements" / "run.txt").read_text("utf-8")
    locked = set(re.findall(r"^([A-Za-z0-9_-]+)(?:\[[^\]]*\])?==", text, re.MULTILINE))
    wanted = {name.lower() for name in requirement_names(PROJECT["project"]["dependencies"])}
    assert wanted <= {name.lower() for name in locked}


def test_the_changelog_names_the_version_or_what_is_to_come() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    first = re.findall(r"^## (.+)$", text, re.MULTILINE)[0]
    assert first == "Unreleased" or first.startswith(PROJECT["project"]["version"])
