"""Rules for every file of the repository: length, no registry, no machine path, locked dependencies."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.house.pages import ROOT, name_of

FOLDERS = (
    ".ci",
    "bench",
    "docs",
    "monitoring",
    "policy",
    "requirements",
    "schemas",
    "sources",
    "tests",
    "workers",
)
READ = frozenset({"", ".json", ".jsonl", ".md", ".py", ".sha256", ".toml", ".txt", ".yaml", ".yml"})
MOST_LINES = 330
"""The most lines of a file. A longer one usually has two subjects."""
LONGER = {
    "CHANGELOG.md": "a list: one line for each change that a user can notice",
    "docs/policy.md": "a reference: every key of the policy, made from the models",
    "docs/reference/events.md": "a reference: every field and code of the contract, made from the models",
    "schemas/lead_events.py": "a list: the model of every event of the accounts log",
    "schemas/vocabulary.py": "a list: every code of the contract, each with its sentence",
    "tests/hops/accounts/market.py": "a market in memory for the accounts hop, and readers of its outputs",
    "tests/property/real_life_forms.py": "a list: what people write into forms, with the reading of each",
    "tests/mutations/live.py": "a list: each mutation that only a real broker detects",
    "workers/engine/task.py": "the lifecycle of a partition is one sequence and is read as one",
}
"""Files that may be longer, each with the reason."""
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
"""Hosts of package registries. They are written with an extra ``@``, so that this file does not match itself."""
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


def test_every_folder_is_read() -> None:
    assert len(FILES) > 200
    assert {path.relative_to(ROOT).parts[0] for path in FILES} >= set(FOLDERS)


def test_no_file_names_a_package_registry() -> None:
    assert [place for path in FILES for place in found(HOSTS, path)] == []


def test_no_file_names_a_path_of_a_developer_machine() -> None:
    assert [place for path in FILES for place in found(MACHINE, path)] == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (HOSTS, "https://files.python" + "hosted.org/x.whl"),
        (HOSTS, "https://py" + "pi.org/simple"),
        (MACHINE, "see /ho" + "me/ann/lead-router"),
    ],
)
def test_a_forbidden_line_would_be_found(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_only_listed_files_are_long() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in WRITTEN}
    assert {name for name, lines in lengths.items() if lines > MOST_LINES} == set(LONGER)


def requirement_names(entries: list[str]) -> list[str]:
    return [re.split(r"[\[<>=!~ ]", entry, maxsplit=1)[0] for entry in entries]


def test_every_dependency_has_a_line_in_its_decision() -> None:
    page = (ROOT / "docs" / "adr" / "0007-dependencies.md").read_text("utf-8")
    listed = re.findall(r"^\| ([A-Za-z0-9-]+) \|", page, re.MULTILINE)[1:]
    assert sorted(listed) == sorted(requirement_names(PROJECT["project"]["dependencies"]))


@pytest.mark.parametrize("name", ["run", "build", "apprise", "msk-iam", "dev", "rivals"])
def test_every_locked_package_has_hashes(name: str) -> None:
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


def test_the_changelog_begins_with_unreleased_or_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    first = re.findall(r"^## (.+)$", text, re.MULTILINE)[0]
    assert first == "Unreleased" or first.startswith(PROJECT["project"]["version"])


def test_no_constant_is_patched_by_a_path_given_as_text() -> None:
    patched = re.compile(r"(?:setattr|patch)\(\s*f?[\"']")
    found = [
        name_of(path) for path in FILES if path.suffix == ".py" and patched.search(path.read_text("utf-8"))
    ]
    assert found == [], "make it an argument, or patch the object itself"
