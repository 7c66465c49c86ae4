"""A policy that a search proposes: checked, with its text. A person commits it, or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from workers.policy.load import load_policy, to_config
from workers.policy.table_files import with_tables

if TYPE_CHECKING:
    from workers.backtest.comparison import Comparison
    from workers.backtest.report_sections import LoadRange, Section
    from workers.backtest.work_folder import RunFolder
    from workers.engine.api import Config
    from workers.policy.model import Policy


@dataclass(frozen=True, slots=True)
class Start:
    """The present policy with its run over the history, from which a search begins."""

    policy: Policy
    file: Path
    text: str
    """The text of the policy file, with its comments."""
    run: RunFolder
    found: Comparison
    """The run, compared with itself."""
    load: LoadRange


@dataclass(frozen=True, slots=True)
class Proposal:
    """A changed policy that the check accepts."""

    policy: Policy
    config: Config
    text: str
    """The text of the policy file, with its comments."""


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a search."""

    title: str
    """The subject of the search, as the first word of the report."""
    sections: Sequence[Section]
    proposal: Proposal | None
    """None: the present policy stays."""
    charts: Mapping[str, Callable[[], list[Element]]] = field(default_factory=dict)


def checked(text: str, file: Path) -> Proposal:
    """Return the proposal with this text. Raises PolicyError if the check refuses it.

    Args:
        text: the text of the policy.
        file: the file of the present policy, beside which the tables of the routes are.
    """
    whole = with_tables(text, file)
    policy = load_policy(whole, str(file))
    return Proposal(policy, to_config(policy, whole), text)
