"""A person was erased, is known to the CRM again, and moves between two accounts before being a lead again: no id is used twice.

Found by the fuzz. A contact without a stage moves without having continued the numbers of the erased lead.
"""

from __future__ import annotations

from typing import Any

from tests.edge import DAY, HOUR, NOON, AllHops, events_of

ANN = "ann@bank.example"


def test_no_event_id_is_used_twice_when_an_erased_person_returns_to_an_account() -> None:
    hops = AllHops()

    hops.feed("chat.conversations", "talk", NOON, conversation_id="talk", turn="asked_for_sales", email=ANN)
    account: dict[str, Any] = {"crm_account_id": "A1", "name": "Norrbank", "domains": ["norrbank.example"]}
    account |= {"country": "US", "relationship": "prospect", "naics": ["522110"]}
    hops.feed("crm.accounts", "A1", NOON + HOUR, **account)
    hops.feed("privacy.requests", ANN, NOON + DAY, email=ANN, request="erasure")
    hops.feed("crm.contacts", ANN, NOON + DAY + HOUR, email=ANN, company={"country": "DE"})
    # Bob's company name takes the domain to the account of Norrbank, Ann's takes it away again.
    form = {"form_id": "guide", "request": "newsletter"}
    hops.feed(
        "form.fills",
        "b1",
        NOON + DAY + 2 * HOUR,
        **form,
        email="bob@bank.example",
        company="Norrbank",
        country="US",
    )
    hops.feed(
        "form.fills", "b2", NOON + DAY + 3 * HOUR, **form, email=ANN, company="Another Firm", country="DE"
    )

    stages = hops.events("lead.stages")
    ids = [one["event_id"] for one in events_of(emit for emit in hops.emits if emit.value)]
    anns = [one["account_key"] for one in stages if one["lead_id"] == stages[0]["lead_id"]]
    assert anns.count("domain:bank.example") > 2, anns
    assert len(set(ids)) == len(ids)
