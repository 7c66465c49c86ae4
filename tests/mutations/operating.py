"""Takes a cure out of the copied tree, runs the test that must notice, and puts the cure back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pytest
from mutation import Mutation
from nursery import Nursery


@contextmanager
def taken_out(mutation: Mutation, tree: Path) -> Iterator[None]:
    """The tree without the cure."""
    before: dict[str, str] = {}
    try:
        for edit in mutation.edits:
            before.setdefault(edit.file, (tree / edit.file).read_text("utf-8"))
            (tree / edit.file).write_text(edit.applied(tree), "utf-8")
        yield
    finally:
        for file, text in before.items():
            (tree / file).write_text(text, "utf-8")


def check_goes_red(
    mutation: Mutation,
    tree: Path,
    surgery: Nursery,
    within_s: float,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Assert that the mutation's test fails without the cure, and by what it says."""
    log = tree.parent / "log"
    log.unlink(missing_ok=True)
    with taken_out(mutation, tree):
        child = surgery.start(
            [str(tree), mutation.test, *(f"{name}={value}" for name, value in environment.items())], log
        )
        try:
            status = child.wait(within_s)
        finally:
            child.kill()
    said = log.read_text("utf-8", "replace")
    assert status != pytest.ExitCode.OK, f"{mutation.test} stays green without its cure"
    assert status == pytest.ExitCode.TESTS_FAILED, said
    assert mutation.shows in said, (
        f"{mutation.test} is red for another reason than {mutation.shows!r}:\n{said}"
    )
