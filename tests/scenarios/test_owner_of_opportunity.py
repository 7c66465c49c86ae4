"""A customer of whom the CRM names no rep has an open opportunity of one. The rep comes before the desk of `without_owner`.

Found by the fuzz: the desk was asked, counted as the wrong holder, and was asked again without end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.edge import HOUR, NOON, AllHops

TEXT = (Path(__file__).parents[2] / "policy" / "saas.yaml").read_text("utf-8")
OPPORTUNITY = {"opportunity_id": "o", "owner_rep_id": "tom"}


@pytest.mark.parametrize("owner", [None, "queue_1"])
def test_a_customer_without_an_owner_goes_to_the_owner_of_the_opportunity(owner: str | None) -> None:
    hops = AllHops(TEXT)
    account: dict[str, Any] = {"crm_account_id": "A", "name": "Bank", "domains": ["bank.example"]}
    account |= {"relationship": "customer", "owner_rep_id": owner, "open_opportunities": [OPPORTUNITY]}
    hops.feed("crm.reps", "tom", NOON, rep_id="tom", name="Tom", desks=[])
    hops.feed("form.fills", "x", NOON + HOUR, form_id="demo", email="ann@bank.example", request="demo")
    hops.feed("crm.accounts", "A", NOON + 2 * HOUR, **account)

    assert hops.events("lead.routing")[-1]["assignee"]["id"] == "tom"
