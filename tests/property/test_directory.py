"""For CRM records in any order: the messages that the directory emits add up to the last version of each record."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edge import KEY, NOON, Partition, iso, record
from workers.directory.agent import spec
from workers.engine.api import Record

DOMAINS = st.lists(
    st.sampled_from(["a.com", "www.A.com", "b.com", "c.co.uk", "gmail.com", "co.uk"]), max_size=4
)
DESKS = st.lists(st.sampled_from(["east", "west", "north"]), max_size=3)
REDUCED = {"a.com": "a.com", "www.A.com": "a.com", "b.com": "b.com", "c.co.uk": "c.co.uk"}


@st.composite
def account(draw: st.DrawFn) -> tuple[str, dict[str, Any] | None]:
    """A version of one of three accounts, or its deletion."""
    version = {
        "event_id": draw(st.integers(0, 99).map("v{}".format)),
        "occurred_at": iso(NOON),
        "crm_account_id": draw(st.sampled_from(["1", "2", "3"])),
        "name": "First Bank",
        "domains": draw(DOMAINS),
        "owner_rep_id": draw(st.sampled_from([None, "r1", "r2"])),
    }
    return version["crm_account_id"], None if draw(st.integers(0, 4)) == 0 else version


@st.composite
def rep(draw: st.DrawFn) -> tuple[str, dict[str, Any] | None]:
    """A version of one of two reps, or its deletion."""
    version = {
        "event_id": draw(st.integers(0, 99).map("v{}".format)),
        "occurred_at": iso(NOON),
        "rep_id": draw(st.sampled_from(["r1", "r2"])),
        "name": draw(st.sampled_from(["Ada", "Bob"])),
        "desks": [{"desk": desk} for desk in draw(DESKS)],
    }
    return version["rep_id"], None if draw(st.integers(0, 4)) == 0 else version


def records(topic: str, versions: list[tuple[str, dict[str, Any] | None]]) -> list[Record]:
    return [record(topic, version, key=key) for key, version in versions]


@settings(max_examples=80, deadline=None)
@given(st.lists(account(), max_size=20), st.lists(st.integers(1, 8), max_size=5))
def test_messages_to_a_key_add_up_to_every_account_that_claims_it(
    versions: list[tuple[str, dict[str, Any] | None]], batches: list[int]
) -> None:
    received: dict[tuple[str, str], str | None] = {}
    for fact in Partition(spec(KEY)).send_all(records("crm.accounts", versions), batches):
        if fact["type"] == "account_facts":
            received[fact["account_key"], fact["account"]["crm_account_id"]] = fact["account"].get(
                "owner_rep_id"
            )
        else:
            del received[fact["account_key"], fact["crm_account_id"]]
    claims = {
        (claimed, key): version["owner_rep_id"]
        for key, version in dict(versions).items()
        if version is not None
        for claimed in (
            f"crm:{key}",
            f"id:{key}",
            "name:first bank",
            *(f"domain:{REDUCED[domain]}" for domain in version["domains"] if domain in REDUCED),
        )
    }
    assert received == claims


@settings(max_examples=80, deadline=None)
@given(st.lists(rep(), max_size=20), st.lists(st.integers(1, 8), max_size=5))
def test_messages_to_a_desk_add_up_to_every_rep_of_the_desk(
    versions: list[tuple[str, dict[str, Any] | None]], batches: list[int]
) -> None:
    received: dict[tuple[str, str], str] = {}
    for fact in Partition(spec(KEY)).send_all(records("crm.reps", versions), batches):
        if "rep" in fact:
            received[fact["desk"], fact["rep_id"]] = fact["rep"]["name"]
        else:
            del received[fact["desk"], fact["rep_id"]]
    seats = {
        (desk, key): version["name"]
        for key, version in dict(versions).items()
        if version is not None
        for desk in (*(f"desk:{seat['desk']}" for seat in version["desks"]), f"rep:{key}")
    }
    assert received == seats


@settings(max_examples=40, deadline=None)
@given(st.lists(account(), max_size=20), st.lists(st.integers(1, 8), max_size=5))
def test_other_batch_sizes_of_crm_records_give_the_same_outputs_and_rows_to_the_byte(
    versions: list[tuple[str, dict[str, Any] | None]], batches: list[int]
) -> None:
    one_by_one, cut = Partition(spec(KEY)), Partition(spec(KEY))
    one_by_one.send_all(records("crm.accounts", versions))
    cut.send_all(records("crm.accounts", versions), batches)
    assert cut.emits == one_by_one.emits
    assert cut.store.dump() == one_by_one.store.dump()
