from __future__ import annotations

from typing import Any

import pytest

from tests.edge import KEY, NOON, Partition, iso, types
from workers.directory.agent import spec
from workers.directory.rows import AccountVersionRow, CountRow
from workers.identity import company_names


def account(
    event_id: str = "v1", *domains: str, crm_account_id: str = "001", **fields: Any
) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "occurred_at": iso(NOON),
        "crm_account_id": crm_account_id,
        "name": "First Bank",
        "domains": list(domains),
        **fields,
    }


def partition() -> Partition:
    return Partition(spec(KEY))


def send(
    directory: Partition, value: dict[str, Any] | None, key: str | None = "001", **how: Any
) -> list[dict[str, Any]]:
    return directory.send("crm.accounts", value, key=key, **how)


def messages_to(facts: list[dict[str, Any]], kind: str = "domain:") -> list[tuple[str, str]]:
    """Return (type, key) of the messages to the keys of one kind. Each record's key must be the message's account_key."""
    assert all((fact["topic"], fact["key"]) == ("lead.events", fact["account_key"]) for fact in facts)
    return [
        (fact["type"], fact["account_key"].removeprefix(kind))
        for fact in facts
        if fact["account_key"].startswith(kind)
    ]


def test_every_domain_gets_the_facts_with_the_first_domain_as_primary_key() -> None:
    facts = send(partition(), account("v1", "bank.com", "bank.de", owner_rep_id="r1"))
    assert messages_to(facts) == [("account_facts", "bank.com"), ("account_facts", "bank.de")]
    assert {fact["primary_key"] for fact in facts} == {"domain:bank.com"}
    assert facts[0]["account"]["owner_rep_id"] == "r1"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (["a.com", "b.com"], ["a.com"], [("account_released", "b.com"), ("account_facts", "a.com")]),
        (["a.com"], ["b.com"], [("account_released", "a.com"), ("account_facts", "b.com")]),
        (["a.com"], ["a.com", "b.com"], [("account_facts", "a.com"), ("account_facts", "b.com")]),
        (["a.com", "b.com"], ["b.com", "a.com"], [("account_facts", "b.com"), ("account_facts", "a.com")]),
        (["a.com"], [], [("account_released", "a.com")]),
        ([], ["a.com"], [("account_facts", "a.com")]),
        (["a.com"], ["a.com"], []),
        (["a.com"], ["www.A.com"], []),
    ],
)
def test_a_changed_list_of_domains_releases_lost_keys_before_it_sends_facts(
    before: list[str], after: list[str], expected: list[tuple[str, str]]
) -> None:
    directory = partition()
    send(directory, account("v1", *before))
    assert messages_to(send(directory, account("v2", *after))) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"owner_rep_id": "r2"},
        {"relationship": "customer"},
        {"facts_confirmed_at": iso(NOON)},
        {"open_opportunities": [{"opportunity_id": "o1", "owner_rep_id": "r1", "opened_at": iso(NOON)}]},
        {"revenue": {"amount": "700000000", "currency": "USD"}},
    ],
)
def test_a_changed_fact_reaches_every_key(change: dict[str, Any]) -> None:
    directory = partition()
    send(directory, account("v1", "a.com", "b.com", owner_rep_id="r1"))
    facts = send(directory, account("v2", "a.com", "b.com", **{"owner_rep_id": "r1", **change}))
    assert messages_to(facts) == [("account_facts", "a.com"), ("account_facts", "b.com")]


KNOWN = {
    "sic": ["6021"],
    "naics": ["522110"],
    "revenue": {"amount": "700000000", "currency": "USD"},
    "employees": 900,
    "country": "US",
    "region": "CA",
    "postal_code": "94103",
    "phone": "+1 415 555 0100",
}


def _without(blank: str) -> dict[str, Any]:
    return {name: value for name, value in KNOWN.items() if name != blank}


@pytest.mark.parametrize("blank", list(KNOWN))
def test_a_blank_fact_in_a_later_version_keeps_its_last_value(blank: str) -> None:
    directory = partition()
    send(directory, account("v1", "a.com", owner_rep_id="r1", **KNOWN))
    assert send(directory, account("v2", "a.com", owner_rep_id="r1", **_without(blank))) == []
    assert send(directory, account("v3", "a.com", owner_rep_id="r1")) == []
    (fact, *_) = send(directory, account("v4", "a.com", employees=0))
    messages = fact["account"]
    assert {name: messages.get(name) for name in KNOWN} == KNOWN | {"employees": 0}
    assert messages.get("owner_rep_id") is None
    (fact, *_) = send(directory, account("v5", "a.com", owner_rep_id="r2"))
    assert fact["account"]["employees"] == 0


def test_a_record_after_its_deletion_keeps_no_earlier_facts() -> None:
    directory = partition()
    send(directory, account("v1", "a.com", **KNOWN))
    send(directory, None)
    (fact, *_) = send(directory, account("v2", "a.com"))
    assert fact["account"].get("revenue") is None


def test_the_same_record_under_another_id_and_date_changes_nothing() -> None:
    directory = partition()
    send(directory, account("v1", "a.com"))
    assert send(directory, account("v2", "a.com", occurred_at=iso(NOON + 1000))) == []


def test_a_deleted_record_releases_every_key_once() -> None:
    directory = partition()
    send(directory, account("v1", "a.com", "b.com"))
    facts = send(directory, None)
    assert messages_to(facts) == [("account_released", "a.com"), ("account_released", "b.com")]
    assert {fact["crm_account_id"] for fact in facts} == {"001"}
    assert messages_to(facts, "crm:") == [("account_released", "001")]
    assert send(directory, None) == []
    ((_, row),) = directory.rows(AccountVersionRow)
    assert (row.content, row.keys, row.dated_ms) == ("", (), NOON)


def test_a_recreated_record_is_sent_again_and_its_second_deletion_has_new_ids() -> None:
    directory = partition()
    ids = set()
    for day in (0, 1):
        assert messages_to(send(directory, account("v1", "a.com"))) == [("account_facts", "a.com")]
        ids |= {released["event_id"] for released in send(directory, None, arrives_at=NOON + day)}
    assert len(ids) == 8


def test_domains_become_registrable_and_those_of_no_company_are_counted() -> None:
    directory = partition()
    given = [
        "https://www.Bank.com/",
        "eu.bank.com",
        "BANK.COM.",
        "gmail.com",
        "co.uk",
        "n/a",
        "münchen.de",
        "bank.com",
    ]
    facts = send(directory, account("v1", *given))
    assert messages_to(facts) == [("account_facts", "bank.com"), ("account_facts", "xn--mnchen-3ya.de")]
    assert facts[0]["account"]["domains"] == ["bank.com", "xn--mnchen-3ya.de"]
    assert [row.dropped_domains for _, row in directory.rows(CountRow)] == [3]


def test_an_account_with_only_free_mail_has_its_crm_key_as_primary_key() -> None:
    directory = partition()
    facts = send(directory, account("v1", "gmail.com", crm_account_id="00 1/ä"), key="00 1/ä")
    assert messages_to(facts) == []
    assert messages_to(facts, "crm:") == [("account_facts", "00%201%2F%C3%A4")]
    assert facts[0]["primary_key"] == "crm:00%201%2F%C3%A4"


def test_a_primary_key_follows_the_first_domain_and_returns_to_the_crm_key() -> None:
    directory = partition()
    primary = [
        {
            fact["account_key"]: fact.get("primary_key")
            for fact in send(directory, account(event_id, *domains, name="n/a"))
            if fact["account_key"] != "id:001"
        }
        for event_id, domains in (("v1", []), ("v2", ["a.com"]), ("v3", []))
    ]
    assert primary == [
        {"crm:001": "crm:001"},
        {"domain:a.com": "domain:a.com", "crm:001": "domain:a.com"},
        {"domain:a.com": None, "crm:001": "crm:001"},
    ]


def test_the_id_key_of_an_account_gets_its_facts_and_its_release() -> None:
    directory = partition()
    messages = send(directory, account("v1", crm_account_id="A 17/x"), key="A 17/x")
    assert messages_to(messages, "id:") == [("account_facts", "A%2017%2Fx")]
    gone = send(directory, None, key="A 17/x")
    assert messages_to(gone, "id:") == [("account_released", "A%2017%2Fx")]


def test_every_name_key_gets_the_facts_and_a_lost_name_is_released() -> None:
    directory = partition()
    first = send(
        directory, account("v1", "a.com", name="Harbor Bank, N.A.", other_names=["Harbor Bank", "HNB", "-"])
    )
    assert messages_to(first, "name:") == [("account_facts", "harbor bank"), ("account_facts", "hnb")]
    assert {fact["primary_key"] for fact in first} == {"domain:a.com"}
    renamed = send(directory, account("v2", "a.com", name="Pier Bank", other_names=["HNB"]))
    assert messages_to(renamed, "name:") == [
        ("account_released", "harbor bank"),
        ("account_facts", "pier bank"),
        ("account_facts", "hnb"),
    ]
    assert messages_to(send(directory, None), "name:") == [
        ("account_released", "pier bank"),
        ("account_released", "hnb"),
    ]


def test_a_record_that_is_sent_again_moves_to_its_new_name_after_an_upgrade(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    directory = partition()
    with monkeypatch.context() as before_the_upgrade:
        before_the_upgrade.setattr(company_names, "normalise_company", str.lower)
        send(directory, account("v1", "a.com", name="Harbor Bank FSB"))
    moved = send(directory, account("v1", "a.com", name="Harbor Bank FSB"))
    assert messages_to(moved, "name:") == [
        ("account_released", "harbor bank fsb"),
        ("account_facts", "harbor bank"),
    ]


def test_a_parent_is_notified_of_its_subsidiarys_primary_key_and_of_its_loss() -> None:
    directory = partition()
    messages = [
        [
            (fact["account_key"], fact.get("primary_key"))
            for fact in facts
            if fact["type"] == "subsidiary_named"
        ]
        for facts in (
            send(directory, account("v1", "a.com", parent_crm_account_id="P")),
            send(directory, account("v2", "a.com", "b.com", parent_crm_account_id="P")),
            send(directory, account("v3", "b.com", parent_crm_account_id="P")),
            send(directory, account("v4", "b.com", parent_crm_account_id="Q")),
            send(directory, None),
        )
    ]
    assert messages == [
        [("crm:P", "domain:a.com")],
        [],
        [("crm:P", "domain:b.com")],
        [("crm:P", None), ("crm:Q", "domain:b.com")],
        [("crm:Q", None)],
    ]


def test_a_domain_that_two_records_claim_gets_messages_of_each() -> None:
    directory = partition()
    send(directory, account("v1", "a.com"))
    facts = send(directory, account("w1", "a.com", crm_account_id="002"), key="002")
    assert messages_to(facts) == [("account_facts", "a.com")]
    assert messages_to(send(directory, None, key="002")) == [("account_released", "a.com")]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (account("v1", "a.com"), "999"),
        (None, None),
    ],
)
def test_an_account_record_with_a_wrong_key_is_a_dead_letter(
    value: dict[str, Any] | None, key: str | None
) -> None:
    assert types(send(partition(), value, key=key)) == ["breaks_contract"]


def test_a_record_without_a_key_is_accepted_by_its_id() -> None:
    assert messages_to(send(partition(), account("v1", "a.com"), key=None)) == [("account_facts", "a.com")]
