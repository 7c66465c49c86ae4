from __future__ import annotations

from typing import Any

import pytest

from tests.edge import KEY, NOON, Partition, iso, types
from workers.directory.agent import spec
from workers.directory.rows import AccountVersionRow, CountRow


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


def say(
    directory: Partition, value: dict[str, Any] | None, key: str | None = "001", **how: Any
) -> list[dict[str, Any]]:
    return directory.send("crm.accounts", value, key=key, **how)


def told(facts: list[dict[str, Any]], kind: str = "domain:") -> list[tuple[str, str]]:
    """What each key of a kind hears; the key of the record is always that of the fact."""
    assert all((fact["topic"], fact["key"]) == ("lead.events", fact["account_key"]) for fact in facts)
    return [
        (fact["type"], fact["account_key"].removeprefix(kind))
        for fact in facts
        if fact["account_key"].startswith(kind)
    ]


def test_facts_go_to_every_domain_and_name_the_first_as_primary() -> None:
    facts = say(partition(), account("v1", "bank.com", "bank.de", owner_rep_id="r1"))
    assert told(facts) == [("account_facts", "bank.com"), ("account_facts", "bank.de")]
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
def test_the_difference_names_the_keys_that_hear_of_it_the_released_first(
    before: list[str], after: list[str], expected: list[tuple[str, str]]
) -> None:
    directory = partition()
    say(directory, account("v1", *before))
    assert told(say(directory, account("v2", *after))) == expected


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
    say(directory, account("v1", "a.com", "b.com", owner_rep_id="r1"))
    facts = say(directory, account("v2", "a.com", "b.com", **{"owner_rep_id": "r1", **change}))
    assert told(facts) == [("account_facts", "a.com"), ("account_facts", "b.com")]


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
def test_of_a_fact_that_a_version_leaves_blank_what_was_said_before_holds(blank: str) -> None:
    directory = partition()
    say(directory, account("v1", "a.com", owner_rep_id="r1", **KNOWN))
    assert say(directory, account("v2", "a.com", owner_rep_id="r1", **_without(blank))) == []
    assert say(directory, account("v3", "a.com", owner_rep_id="r1")) == []
    (fact, *_) = say(directory, account("v4", "a.com", employees=0))
    said = fact["account"]
    assert {name: said.get(name) for name in KNOWN} == KNOWN | {"employees": 0}
    assert said.get("owner_rep_id") is None
    (fact, *_) = say(directory, account("v5", "a.com", owner_rep_id="r2"))
    assert fact["account"]["employees"] == 0


def test_a_record_that_was_deleted_begins_with_what_it_says() -> None:
    directory = partition()
    say(directory, account("v1", "a.com", **KNOWN))
    say(directory, None)
    (fact, *_) = say(directory, account("v2", "a.com"))
    assert fact["account"].get("revenue") is None


def test_a_record_sent_again_under_another_id_and_date_says_nothing_new() -> None:
    directory = partition()
    say(directory, account("v1", "a.com"))
    assert say(directory, account("v2", "a.com", occurred_at=iso(NOON + 1000))) == []


def test_the_later_in_the_log_holds_though_it_is_dated_earlier() -> None:
    directory = partition()
    say(directory, account("v1", "a.com", owner_rep_id="r1"))
    facts = say(directory, account("v0", "a.com", owner_rep_id="r2", occurred_at=iso(NOON - 1000)))
    assert {fact["account"]["owner_rep_id"] for fact in facts} == {"r2"}


def test_a_deleted_record_releases_every_key_once() -> None:
    directory = partition()
    say(directory, account("v1", "a.com", "b.com"))
    facts = say(directory, None)
    assert told(facts) == [("account_released", "a.com"), ("account_released", "b.com")]
    assert {fact["crm_account_id"] for fact in facts} == {"001"}
    assert told(facts, "crm:") == [("account_released", "001")]
    assert say(directory, None) == []
    assert directory.rows(AccountVersionRow) == []


def test_a_record_that_comes_back_is_told_anew_and_its_second_deletion_has_its_own_ids() -> None:
    directory = partition()
    ids = set()
    for day in (0, 1):
        assert told(say(directory, account("v1", "a.com"))) == [("account_facts", "a.com")]
        ids |= {released["event_id"] for released in say(directory, None, arrives_at=NOON + day)}
    assert len(ids) == 8


def test_domains_are_reduced_and_those_that_make_no_account_are_counted() -> None:
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
    facts = say(directory, account("v1", *given))
    assert told(facts) == [("account_facts", "bank.com"), ("account_facts", "xn--mnchen-3ya.de")]
    assert facts[0]["account"]["domains"] == ["bank.com", "xn--mnchen-3ya.de"]
    assert [row.dropped_domains for _, row in directory.rows(CountRow)] == [3]


def test_an_account_of_free_mail_only_lives_at_its_records_own_key() -> None:
    directory = partition()
    facts = say(directory, account("v1", "gmail.com", crm_account_id="00 1/ä"), key="00 1/ä")
    assert told(facts) == []
    assert told(facts, "crm:") == [("account_facts", "00%201%2F%C3%A4")]
    assert facts[0]["primary_key"] == "crm:00%201%2F%C3%A4"


def test_an_account_that_gains_its_first_domain_moves_there_and_back() -> None:
    directory = partition()
    primary = [
        {
            fact["account_key"]: fact.get("primary_key")
            for fact in say(directory, account(event_id, *domains, name="n/a"))
            if fact["account_key"] != "id:001"
        }
        for event_id, domains in (("v1", []), ("v2", ["a.com"]), ("v3", []))
    ]
    assert primary == [
        {"crm:001": "crm:001"},
        {"domain:a.com": "domain:a.com", "crm:001": "domain:a.com"},
        {"domain:a.com": None, "crm:001": "crm:001"},
    ]


def test_facts_go_to_where_the_account_is_looked_up_by_its_id() -> None:
    directory = partition()
    said = say(directory, account("v1", crm_account_id="A 17/x"), key="A 17/x")
    assert told(said, "id:") == [("account_facts", "A%2017%2Fx")]
    gone = say(directory, None, key="A 17/x")
    assert told(gone, "id:") == [("account_released", "A%2017%2Fx")]


def test_facts_go_to_every_name_and_a_name_that_is_gone_is_released() -> None:
    directory = partition()
    first = say(
        directory, account("v1", "a.com", name="Harbor Bank, N.A.", other_names=["Harbor Bank", "HB", "-"])
    )
    assert told(first, "name:") == [("account_facts", "harbor bank"), ("account_facts", "hb")]
    assert {fact["primary_key"] for fact in first} == {"domain:a.com"}
    renamed = say(directory, account("v2", "a.com", name="Pier Bank", other_names=["HB"]))
    assert told(renamed, "name:") == [
        ("account_released", "harbor bank"),
        ("account_facts", "pier bank"),
        ("account_facts", "hb"),
    ]
    assert told(say(directory, None), "name:") == [
        ("account_released", "pier bank"),
        ("account_released", "hb"),
    ]


def test_a_parent_is_told_where_its_subsidiary_lives_and_that_it_is_one_no_more() -> None:
    directory = partition()
    said = [
        [
            (fact["account_key"], fact.get("primary_key"))
            for fact in facts
            if fact["type"] == "subsidiary_named"
        ]
        for facts in (
            say(directory, account("v1", "a.com", parent_crm_account_id="P")),
            say(directory, account("v2", "a.com", "b.com", parent_crm_account_id="P")),
            say(directory, account("v3", "b.com", parent_crm_account_id="P")),
            say(directory, account("v4", "b.com", parent_crm_account_id="Q")),
            say(directory, None),
        )
    ]
    assert said == [
        [("crm:P", "domain:a.com")],
        [],
        [("crm:P", "domain:b.com")],
        [("crm:P", None), ("crm:Q", "domain:b.com")],
        [("crm:Q", None)],
    ]


def test_two_records_that_claim_one_domain_are_each_told_to_it() -> None:
    directory = partition()
    say(directory, account("v1", "a.com"))
    facts = say(directory, account("w1", "a.com", crm_account_id="002"), key="002")
    assert told(facts) == [("account_facts", "a.com")]
    assert told(say(directory, None, key="002")) == [("account_released", "a.com")]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (account("v1", "a.com"), "999"),
        (None, None),
        (account("v1", "a b"), "001"),
    ],
)
def test_what_could_not_be_deleted_or_read_is_a_dead_letter(
    value: dict[str, Any] | None, key: str | None
) -> None:
    assert types(say(partition(), value, key=key)) == ["breaks_contract"]


def test_a_record_without_a_key_is_known_by_its_id() -> None:
    assert told(say(partition(), account("v1", "a.com"), key=None)) == [("account_facts", "a.com")]
