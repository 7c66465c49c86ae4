"""Reading of a history for ``policy check --against``: which activities, patterns, people and desks it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.console import Console

from schemas.crm_accounts import CrmAccount
from schemas.crm_reps import CrmRep
from schemas.form_fills import FormFill
from schemas.parsing import ContractError
from schemas.tolerant_parsing import read_record
from schemas.topics import CRM_ACCOUNTS, CRM_REPS, FORM_FILLS, TOPICS, WEB_ACTIVITY
from schemas.web_activity import WebActivity
from workers.commands.progress import show_bad_lines
from workers.policy.checks.seen_events import SeenEvents
from workers.replay.history_files import History
from workers.replay.topic_roles import INPUT_RANKS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from workers.policy.model import Policy
    from workers.replay.history_lines import Input

_TOPICS: Final = frozenset({WEB_ACTIVITY.name, FORM_FILLS.name, CRM_ACCOUNTS.name, CRM_REPS.name})


def read_seen(files: Sequence[Path], policy: Policy) -> SeenEvents:
    """Return what the records of the files show. Lines that cannot be read are reported and left out."""
    seen = SeenEvents(policy)
    history = History(list(files), INPUT_RANKS)
    show_bad_lines(history.bad, Console(stderr=True, highlight=False))
    for record in history.in_order():
        value = _read(record)
        if isinstance(value, WebActivity):
            seen.add_activity(value)
        elif isinstance(value, FormFill):
            seen.add_form(value)
        elif isinstance(value, CrmAccount):
            seen.add_account(value)
        elif isinstance(value, CrmRep):
            seen.add_rep(value)
    return seen


def _read(record: Input) -> object:
    """Return the record as the workers read it. None: they refuse it, or it deletes."""
    if record.value is None or record.topic not in _TOPICS:
        return None
    try:
        return read_record(TOPICS[record.topic], record.value).body
    except ContractError:
        return None
