"""A CRM record names this company as its parent, is stored under another key, or has another parent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import parents

if TYPE_CHECKING:
    from schemas.account_links import SubsidiaryNamed
    from workers.accounts.case import Case


def handle(case: Case, event: SubsidiaryNamed) -> None:
    """Record the subsidiary and send it its parent's owner. If it has another parent now, delete its record."""
    parents.record_subsidiary(case, event)
