"""Domains of a CRM record that identify no company: an alert for each, cleared when the record is corrected."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.lead_alerts import LeadAlert
from schemas.lead_events import DroppedDomain
from schemas.vocabulary import DomainUse
from tests.hops.accounts.market import Market, facts, released

OWN_KEY = "crm:acc-1"
GMAIL = DroppedDomain(domain="gmail.com", use=DomainUse.FREE_MAIL)
PAGE = DroppedDomain(domain="linkedin.com", use=DomainUse.SHARED_SITE)
TEXT = DroppedDomain(use=DomainUse.NOT_A_DOMAIN)


def record(*dropped: DroppedDomain, **changes: Any) -> Any:
    return facts(OWN_KEY, **changes).model_copy(update={"dropped": list(dropped)})


def reports(results: list[Any]) -> list[tuple[bool, str | None, str | None, str | None]]:
    return [
        (one.cleared, one.crm_account_id, one.domain, one.domain_use)
        for one in results
        if isinstance(one, LeadAlert) and one.alert == "domain_dropped"
    ]


def test_each_dropped_domain_is_reported_once_with_account_and_reason() -> None:
    market = Market()
    assert reports(market.send(record(GMAIL, TEXT))) == [
        (False, "acc-1", "gmail.com", "free_mail"),
        (False, "acc-1", None, "not_a_domain"),
    ]
    assert reports(market.send(record(GMAIL, TEXT, employees=7))) == []


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ((), [(True, "acc-1", "gmail.com", "free_mail")]),
        (
            (PAGE,),
            [(True, "acc-1", "gmail.com", "free_mail"), (False, "acc-1", "linkedin.com", "shared_site")],
        ),
    ],
)
def test_a_corrected_record_clears_the_alert(now: tuple[DroppedDomain, ...], expected: list[Any]) -> None:
    market = Market()
    market.send(record(GMAIL))
    assert reports(market.send(record(*now))) == expected


def test_a_deleted_record_clears_the_alert() -> None:
    market = Market()
    market.send(record(GMAIL))
    assert reports(market.send(released(account_key=OWN_KEY))) == [(True, "acc-1", "gmail.com", "free_mail")]
