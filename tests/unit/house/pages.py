"""Readers of the documentation pages: their commands, links and tables."""

from __future__ import annotations

import re
import shlex
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer.main

from workers.cli import app

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
)
SEPARATORS = frozenset({"|", "||", "&&", ";"})
REDIRECTS = frozenset({">", ">>", "<"})
ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
ORDINARY = frozenset({"cd", "echo", "export", "git", "grep", "kcat", "sed"})
"""Programs other than ours that a page may use."""
COMPOSE = frozenset({"up", "exec", "down", "logs", "ps"})


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def fenced(text: str, language: str) -> list[str]:
    """Return the code blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def lines_of_shell(text: str) -> list[str]:
    """Return the command lines of a page."""
    joined = "".join(fenced(text, "sh")).replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def simple_commands(line: str) -> list[list[str]]:
    """Split a command line into simple commands, without redirections and leading assignments."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    commands: list[list[str]] = [[]]
    is_target = False
    for token in lexer:
        if token in SEPARATORS:
            commands.append([])
        elif token in REDIRECTS:
            is_target = True
        elif is_target:
            is_target = False
        elif commands[-1] or not ASSIGNMENT.match(token):
            commands[-1].append(token)
    return commands


def complaint(command: list[str], targets: frozenset[str], services: frozenset[str]) -> str | None:
    """Return the fault of a simple command of a page; None if it would run in a clone."""
    program, *arguments = command
    if program == "lead-router":
        return refused(arguments)
    if program == "make":
        unknown = [name for name in arguments if name not in targets and "=" not in name]
        return f"no target {unknown}" if unknown else None
    if program == "python":
        return _python_complaint(arguments)
    if program == "pytest":
        return _pytest_complaint(arguments)
    if program == "docker":
        return _compose_complaint(arguments, services)
    return None if program in ORDINARY else f"{program} is not a program that a page may use"


def _python_complaint(arguments: list[str]) -> str | None:
    """Return the fault of the arguments of `python`: a file or a module, after -m, that does not exist."""
    if arguments[0] != "-m":
        return None if (ROOT / arguments[0]).is_file() else f"no file {arguments[0]}"
    modules = [name for flag, name in pairwise(arguments) if flag == "-m"]
    unknown = [name for name in modules if find_spec(name) is None]
    return f"no module {unknown}" if unknown else None


def _pytest_complaint(arguments: list[str]) -> str | None:
    """Return the fault of the arguments of `pytest`: a file or a folder that does not exist."""
    values = {value for flag, value in pairwise(arguments) if flag in {"-k", "-m", "-n"}}
    paths = [one for one in arguments if not one.startswith("-") and one not in values]
    unknown = [path for path in paths if not (ROOT / path).exists()]
    return f"no path {unknown}" if unknown else None


def _compose_complaint(arguments: list[str], services: frozenset[str]) -> str | None:
    first, verb, *rest = arguments
    if first != "compose" or verb not in COMPOSE:
        return f"docker {first} {verb} is not used here"
    if verb != "exec":
        return None
    service, program, *inner = rest
    if service not in services or program != "lead-router":
        return f"no service {service}, or another program than ours: {program}"
    return refused(inner)


def refused(arguments: list[str]) -> str | None:
    """Return the error with which the command line refuses these arguments; None if it accepts them. Nothing is run."""
    command: Any = typer.main.get_command(app)
    left = [one for one in arguments if one not in ("--help", "--version")]
    is_help = left != arguments
    while left and hasattr(command, "commands"):
        if left[0] not in command.commands:
            return f"no command {left[0]}"
        command, left = command.commands[left[0]], left[1:]
    if is_help:
        return f"arguments beside --help or --version: {left}" if left else None
    try:
        command.make_context("lead-router", left)
    except typer.Exit:
        return "a command is missing"
    except Exception as error:  # noqa: BLE001 - each error of the parser is a refusal; its types are private to typer
        return str(error) or type(error).__name__
    return None


def tables(text: str, heading: str) -> list[list[str]]:
    """Return the rows of the first table under a heading, as lists of cells."""
    _, _, rest = text.partition(f"\n## {heading}\n")
    rows = re.findall(r"^\| (.+) \|$", re.split(r"\n## ", rest, maxsplit=1)[0], re.MULTILINE)
    return [[cell.strip() for cell in row.split(" | ")] for row in rows[1:]]


def cell(text: str) -> str:
    """Return a docstring as the text of a table cell."""
    plain = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text.replace("``", "`"))
    return " ".join(plain.split()).replace("|", "\\|")


def slug(heading: str) -> str:
    """Return the anchor that GitHub makes of a heading."""
    bare = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
    return re.sub(r"[^\w\- ]", "", bare).replace(" ", "-")
