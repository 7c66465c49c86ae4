"""Report how many open hand-offs of an account a partner has, for policies that limit the open leads of a partner.

In: the account after a record was handled. Out: a record for the desk of all partners if the number has changed. Each
report states the whole number, so a repeated one changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.partner_load import PARTNERS_DESK, PartnerLoad
from schemas.topics import DESK_REQUESTS
from workers.accounts.routing.partners import is_with_partner, partner_name
from workers.accounts.state.account import PartnerCount

if TYPE_CHECKING:
    from workers.accounts.case import Case


def report_load(case: Case) -> None:
    """Report the partner's open hand-offs if their number or the partner has changed."""
    if not case.terms.policy.partner_order.has_limits:
        return
    account, before = case.account, case.account.partner_load
    now = None
    if is_with_partner(account):
        now = PartnerCount(partner_name(account.holder), account.open_handoffs)
    if now == before:
        return
    if before is not None and (now is None or now.partner != before.partner):
        _publish(case, PartnerCount(before.partner, 0))
    if now is not None:
        _publish(case, now)
    case.change(partner_load=now)


def _publish(case: Case, count: PartnerCount) -> None:
    request = case.account.request
    event = PartnerLoad(
        desk=PARTNERS_DESK,
        partner=count.partner,
        account_key=case.key,
        open=count.open,
        request_id=request.request_id if request is not None and request.desk == PARTNERS_DESK else None,
    )
    case.publish(DESK_REQUESTS, event)
