"""A CRM record names this account as its parent, has moved, or has another parent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workers.accounts.account_keys import parents

if TYPE_CHECKING:
    from schemas.account_links import SubsidiaryNamed
    from workers.accounts.case import Case


def handle(case: Case, event: SubsidiaryNamed) -> None:
    """Record the subsidiary and tell it who owns the parent, or forget it."""
    parents.record_subsidiary(case, event)
