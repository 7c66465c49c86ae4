"""An account key asks which CRM account has this company name or id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import name_index

if TYPE_CHECKING:
    from schemas.account_links import NameAsked
    from workers.accounts.case import Case


def handle(case: Case, event: NameAsked) -> None:
    """Answer at once, and store the asking key for later answers."""
    name_index.answer_question(case, event)
