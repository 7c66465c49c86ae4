"""Chains of aliases: an alias K of an account P that is itself an alias of Q, or was one when K's leads moved.

In: a lead or record of K that P sends to Q, or the request of K to leave P. Out: AccountJoins and AccountLeaves of K at
Q. A chain ends as soon as the CRM's other records have arrived, but until then Q stores leads of K. Q must know that they
came over P, so that they follow P if it leaves first. It must also send them on if K leaves P.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from schemas.account_links import AccountJoins, AccountLeaves
from schemas.topics import LEAD_EVENTS
from workers.accounts.handoffs.alias_members import AccountPayload, JoinedRow
from workers.accounts.handoffs.transfer_payload import pack_row
from workers.outbox import fact_id

if TYPE_CHECKING:
    from workers.accounts.case import Case


def introduce_alias(case: Case, origin: str, to: str, via: str) -> None:
    """Notify ``to``, once, that the alias ``origin`` reaches it by way of ``via``. ``to``: key where ``via`` forwards."""
    row = case.rows.get(JoinedRow, case.key, origin)
    if origin in {"", case.key, to} or to == via or row is None or row.gone_to or row.introduced_to == to:
        return
    event = AccountJoins(
        event_id=fact_id("introduced", case.key, origin, to, case.event_id),
        account_key=to,
        origin_account_key=origin,
        via_account_key=via,
        is_unproven=row.is_unproven,
        is_by_contact=row.is_by_contact,
        crm_account_id=row.crm_account_id,
        kept=pack_row(AccountPayload()),
    )
    case.publish(LEAD_EVENTS, event)
    case.rows.put(replace(row, introduced_to=to), case.key, origin)


def is_known_better(known: JoinedRow | None, event: AccountJoins) -> bool:
    """Whether an alias is an alias of this key itself, so that a key on its way adds nothing."""
    is_direct = known is not None and not (known.via or known.gone_to or known.leaving_to)
    return is_direct and bool(event.via_account_key)


def next_key(case: Case, origin: str, to: str) -> str:
    """Return the key to which the leads of an alias were sent from here, if they must be asked for there. Else ''."""
    row = case.rows.get(JoinedRow, case.key, origin) or JoinedRow()
    following, via = case.account.forwards_to, row.via or row.came_via
    if not following and via:
        following = (case.rows.get(JoinedRow, case.key, via) or JoinedRow()).gone_to
    is_there = following == to and not case.account.moving_to
    return "" if is_there or following in {origin, via} else following


def pass_leave_on(case: Case, origin: str, alias: JoinedRow) -> None:
    """Ask the key to which the alias's leads were sent to send them on. It answers the alias in place of this key."""
    event = AccountLeaves(
        event_id=fact_id("leaves_chain", case.key, origin, case.event_id),
        account_key=alias.gone_to,
        origin_account_key=origin,
        to_account_key=alias.passed_on_to,
        asked_account_key=alias.asked or case.key,
    )
    case.publish(LEAD_EVENTS, event)
