"""A subsidiary knows the owner of its parent. The parent sends every change of its owner."""

from __future__ import annotations

from schemas.account_links import SubsidiaryNamed
from tests.hops.accounts.market import BANK, MONDAY, Market, activity, facts, released
from workers.identity.crm_keys import crm_key

PARENT = "grp/1"
PARENT_KEY = crm_key(PARENT)


def subsidiary_named(crm_account_id: str = "acc-1", primary_key: str | None = BANK) -> SubsidiaryNamed:
    return SubsidiaryNamed(
        event_id=f"n-{crm_account_id}",
        account_key=PARENT_KEY,
        crm_account_id=crm_account_id,
        primary_key=primary_key,
    )


def parent_record(owner: str | None) -> object:
    return facts(PARENT_KEY, "domain:group.example", crm_account_id=PARENT, owner_rep_id=owner)


def owner_of_parent(market: Market, key: str = BANK) -> str | None:
    company = market.account(key).company
    return company.parent_owner_rep_id if company else None


def make_group(*events: object) -> Market:
    market = Market()
    market.send(*events)  # type: ignore[arg-type]
    market.tick(MONDAY)
    return market


CHILD = facts(parent_crm_account_id=PARENT)


def test_a_subsidiary_knows_its_parents_owner_in_any_order_of_records() -> None:
    for events in (
        (CHILD, subsidiary_named(), parent_record("olga")),
        (parent_record("olga"), subsidiary_named(), CHILD),
        (subsidiary_named(), parent_record("olga"), CHILD),
        (parent_record("ben"), CHILD, subsidiary_named(), parent_record("olga")),
    ):
        assert owner_of_parent(make_group(*events)) == "olga"


def test_a_changed_or_removed_owner_of_the_parent_reaches_the_subsidiary() -> None:
    market = make_group(CHILD, subsidiary_named(), parent_record("olga"))
    market.send(parent_record("ben"))  # type: ignore[arg-type]
    market.tick(MONDAY)
    assert owner_of_parent(market) == "ben"
    market.send(released(PARENT, PARENT_KEY))
    market.tick(MONDAY)
    assert owner_of_parent(market) is None


def test_a_former_parent_gives_no_owner() -> None:
    market = make_group(CHILD, subsidiary_named(), parent_record("olga"))
    market.send(facts(), subsidiary_named(primary_key=None))
    assert owner_of_parent(market) is None
    market.send(parent_record("ben"), CHILD)  # type: ignore[arg-type]
    assert owner_of_parent(market) is None
    market.send(subsidiary_named())
    assert owner_of_parent(market) == "ben"


def test_a_new_parents_owner_counts_although_it_arrives_before_the_record() -> None:
    market = make_group(CHILD, subsidiary_named(), parent_record("olga"))
    new = crm_key("Q")
    market.send(
        facts(new, new, crm_account_id="Q", owner_rep_id="quinn"),
        SubsidiaryNamed(event_id="q", account_key=new, crm_account_id="acc-1", primary_key=BANK),
    )
    assert owner_of_parent(market) is None
    market.send(facts(parent_crm_account_id="Q"))
    assert owner_of_parent(market) == "quinn"


def test_two_records_that_name_each_other_cause_no_loop() -> None:
    market = make_group(CHILD, subsidiary_named(), parent_record("olga"))
    market.send(
        facts(
            PARENT_KEY, PARENT_KEY, crm_account_id=PARENT, parent_crm_account_id="acc-1", owner_rep_id="olga"
        ),
        SubsidiaryNamed(
            event_id="n", account_key=crm_key("acc-1"), crm_account_id=PARENT, primary_key=PARENT_KEY
        ),
    )
    assert owner_of_parent(market) == "olga"
    assert owner_of_parent(market, PARENT_KEY) is None


def test_many_subsidiaries_are_notified_in_chunks() -> None:
    names = [f"acc-{number:03d}" for number in range(120)]
    keys = {name: f"domain:{name}.example" for name in names}
    market = make_group(
        *(facts(keys[name], crm_account_id=name, parent_crm_account_id=PARENT) for name in names),
        *(subsidiary_named(name, keys[name]) for name in names),
    )
    market.send(parent_record("olga"), activity("page_view"))  # type: ignore[arg-type]
    notified = [name for name in names if owner_of_parent(market, keys[name]) == "olga"]
    assert 0 < len(notified) < len(names)
    market.send(activity("page_view"), activity("page_view"))
    assert all(owner_of_parent(market, keys[name]) == "olga" for name in names)
