from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from workers.policy.load import PolicyError, load_policy
from workers.policy.model import Policy
from workers.policy.problem import Problem

DEFAULT = Path(__file__).parents[3] / "policy" / "default.yaml"
Change = tuple[str, str]


@pytest.fixture(scope="session")
def default_text() -> str:
    return DEFAULT.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def default(default_text: str) -> Policy:
    return load_policy(default_text, "default.yaml")


@pytest.fixture(scope="session")
def changed(default_text: str) -> Callable[..., str]:
    """Return a function that replaces pieces of the default policy. Each piece must occur in it."""

    def change(*changes: Change) -> str:
        text = default_text
        for old, new in changes:
            assert old in text, f"the default policy no longer has {old!r}"
            text = text.replace(old, new)
        return text

    return change


@pytest.fixture(scope="session")
def problems() -> Callable[[str], list[Problem]]:
    """Return a function that lists the problems of a text, which must be refused."""

    def list_problems(text: str) -> list[Problem]:
        with pytest.raises(PolicyError) as caught:
            load_policy(text, "p.yaml")
        return caught.value.problems

    return list_problems
