"""A lead of a shared domain belongs to another account now, and is sent back to the domain's key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import placements

if TYPE_CHECKING:
    from schemas.account_links import LeadRecalled
    from workers.accounts.case import Case


def handle(case: Case, event: LeadRecalled) -> None:
    """Send the lead back."""
    placements.recall_lead(case, event)
