"""A policy that a search proposes: checked, with its text. A person commits it, or not."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from workers.commands.errors import CommandError
from workers.policy.changed_text import NoNumberError
from workers.policy.load import PolicyError, load_policy, to_config
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


def propose(file: Path, changed: Callable[[], str], subject: str) -> Proposal:
    """Return the proposal with a changed text.

    Args:
        file: the file of the present policy, beside which the tables of the routes are.
        changed: makes the text.
        subject: the change, as errors name it.

    Raises:
        CommandError: a value is not written as a number, or the check refuses the changed policy.
    """
    try:
        return checked(changed(), file)
    except NoNumberError as error:
        raise CommandError(
            f"{file}: {error} is not written as a number, so no other can be proposed"
        ) from None
    except PolicyError as error:
        raise CommandError(f"the policy check refuses {subject}: {error}") from None


def checked(text: str, file: Path) -> Proposal:
    """Return the proposal with this text. Raises PolicyError if the check refuses it.

    Args:
        text: the text of the policy.
        file: the file of the present policy, beside which the tables of the routes are.
    """
    whole = with_tables(text, file)
    policy = load_policy(whole, str(file))
    return Proposal(policy, to_config(policy, whole), text)
