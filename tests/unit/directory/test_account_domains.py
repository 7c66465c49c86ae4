"""The domains of CRM accounts: dropped ones with their reason, and what a new policy changes."""

from __future__ import annotations

from typing import Any

import pytest

from tests.edge import KEY, NOON, Partition, iso, policy_with
from workers.directory.agent import spec


def account(event_id: str, *domains: str, **fields: Any) -> dict[str, Any]:
    return {
        "event_id": event_id,
        "occurred_at": iso(NOON),
        "crm_account_id": "001",
        "name": "First Bank",
        "domains": list(domains),
        **fields,
    }


def partition() -> Partition:
    return Partition(spec(KEY))


def send(directory: Partition, value: dict[str, Any]) -> list[dict[str, Any]]:
    return directory.send("crm.accounts", value, key="001")


def messages_to(facts: list[dict[str, Any]], kind: str = "domain:") -> list[tuple[str, str]]:
    """Return (type, key) of the messages to the keys of one kind."""
    return [
        (fact["type"], fact["account_key"].removeprefix(kind))
        for fact in facts
        if fact["account_key"].startswith(kind)
    ]


def dropped(facts: list[dict[str, Any]]) -> dict[str, list[tuple[str | None, str]]]:
    """Return the dropped domains that each key was sent, with their reasons."""
    return {
        fact["account_key"]: [(one.get("domain"), one["use"]) for one in fact["dropped"]]
        for fact in facts
        if fact.get("dropped")
    }


def test_the_records_own_key_gets_each_dropped_domain_with_its_reason() -> None:
    names = (
        "gmail.com",
        "mailinator.com",
        "https://www.linkedin.com/company/first",
        "co.uk",
        "n/a",
        "bank.com",
    )
    facts = send(partition(), account("v1", *names))
    assert dropped(facts) == {
        "crm:001": [
            ("gmail.com", "free_mail"),
            ("mailinator.com", "disposable"),
            ("www.linkedin.com", "shared_site"),
            ("co.uk", "public_suffix"),
            (None, "not_a_domain"),
        ]
    }
    assert messages_to(facts) == [("account_facts", "bank.com")]


def test_a_corrected_record_reaches_its_own_key_although_its_other_facts_are_the_same() -> None:
    directory = partition()
    send(directory, account("v1", "bank.com", "gmail.com"))
    facts = send(directory, account("v2", "bank.com"))
    assert messages_to(facts, "crm:") == [("account_facts", "001")]
    assert dropped(facts) == {}
    assert send(directory, account("v3", "www.bank.com")) == []


@pytest.mark.parametrize(
    ("name", "domains"),
    [("LinkedIn Corp.", [("account_facts", "linkedin.com")]), ("Cedar Trust", []), ("Trust LinkedIn", [])],
)
def test_the_operator_of_a_shared_site_has_its_domain(name: str, domains: list[tuple[str, str]]) -> None:
    facts = send(partition(), account("v1", "linkedin.com") | {"name": name})
    assert messages_to(facts) == domains


def test_a_new_policy_sorts_the_domains_of_all_records_again() -> None:
    directory = partition()
    send(directory, account("v1", "cox.com", "bank.com", owner_rep_id="r1"))
    change = ("matching:\n", "matching:\n  free_mail: {not: [cox.com], add: [bank.com]}\n")
    facts = directory.follow(policy_with(("version: 1\n", "version: 2\n"), change))
    assert messages_to(facts) == [("account_released", "bank.com"), ("account_facts", "cox.com")]
    assert dropped(facts) == {"crm:001": [("bank.com", "free_mail")]}
    assert {fact["account"]["owner_rep_id"] for fact in facts if fact["type"] == "account_facts"} == {"r1"}


@pytest.mark.parametrize(
    "written",
    [
        "bank.com;bank.de",
        "bank.com,bank.de",
        "https://bank.com|https://www.bank.de/",
        "bank.com, bank.de",
        "bank.com bank.de",
        "bank.com;\nbank.de",
    ],
)
def test_several_domains_in_one_text_identify_their_account(written: str) -> None:
    facts = send(partition(), account("v1", written))
    assert dropped(facts) == {}
    assert [key for _, key in messages_to(facts)] == ["bank.com", "bank.de"]
