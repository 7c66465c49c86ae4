"""Applies a mutation to the copied tree, runs the test that must fail, and reverts the mutation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

import pytest
from mutation import Mutation
from nursery import Nursery


@contextmanager
def applied(mutation: Mutation, tree: Path) -> Iterator[None]:
    """Apply the mutation to the tree, and revert it at the end."""
    before: dict[str, str] = {}
    try:
        for edit in mutation.edits:
            before.setdefault(edit.file, (tree / edit.file).read_text("utf-8"))
            (tree / edit.file).write_text(edit.apply(tree), "utf-8")
        yield
    finally:
        for file, text in before.items():
            (tree / file).write_text(text, "utf-8")


def check_goes_red(
    mutation: Mutation,
    tree: Path,
    test_runner: Nursery,
    within_s: float,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Assert that the mutation's test fails, and that its output contains ``mutation.shows``."""
    log = tree.parent / "log"
    log.unlink(missing_ok=True)
    with applied(mutation, tree):
        child = test_runner.start(
            [str(tree), mutation.test, *(f"{name}={value}" for name, value in environment.items())], log
        )
        try:
            status = child.wait(within_s)
        finally:
            child.kill()
    output = log.read_text("utf-8", "replace")
    assert status != pytest.ExitCode.OK, f"{mutation.test} passes without the fix"
    assert status == pytest.ExitCode.TESTS_FAILED, output
    assert mutation.shows in output, (
        f"{mutation.test} fails, but its output lacks {mutation.shows!r}:\n{output}"
    )
