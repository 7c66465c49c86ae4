from __future__ import annotations

from typing import Any

import pytest

from tests.edge import KEY, NOON, Partition, iso, types
from workers.directory.agent import spec
from workers.directory.rows import ContactVersionRow
from workers.identity.addresses import normalise
from workers.identity.lead_ids import person_of

ANN = "ann@bank.example"


def contact(event_id: str = "v1", email: str = ANN, **fields: Any) -> dict[str, Any]:
    return {"event_id": event_id, "occurred_at": iso(NOON), "email": email, **fields}


def partition() -> Partition:
    return Partition(spec(KEY))


def send(
    directory: Partition, value: dict[str, Any] | None, key: str | None = ANN, **how: Any
) -> list[dict[str, Any]]:
    return directory.send("crm.contacts", value, key=key, **how)


def test_a_contact_is_sent_to_the_account_of_its_lead() -> None:
    (fact,) = send(partition(), contact(job_title="CIO", crm_contact_id="C1", do_not_contact=True))

    assert (fact["type"], fact["key"]) == ("lead_contact", "domain:bank.example")
    assert fact["lead_id"] == person_of(normalise(ANN), KEY).lead_id
    assert fact["record"] == {"job_title": "CIO", "crm_contact_id": "C1", "do_not_contact": True}
    assert ANN not in str(fact)


@pytest.mark.parametrize(
    ("before", "after", "known"),
    [
        pytest.param({"job_title": "CIO"}, {"job_title": "COO"}, {"job_title": "COO"}, id="the later version holds"),
        pytest.param({"job_title": "CIO"}, {"phone": "1"}, {"job_title": "CIO", "phone": "1"}, id="left out"),
        pytest.param({"job_title": "CIO"}, {"job_title": " ", "phone": "1"}, {"job_title": "CIO", "phone": "1"}, id="blank"),
        pytest.param({"do_not_contact": True}, {"do_not_contact": False}, {"do_not_contact": False}, id="may be contacted again"),
        pytest.param({"do_not_contact": True}, {"phone": "1"}, {"do_not_contact": True, "phone": "1"}, id="do_not_contact stays"),
        pytest.param(
            {"company": {"sic": ["6021"]}},
            {"company": {"sic": [], "employees": 0}},
            {"company": {"sic": ["6021"], "naics": [], "employees": 0}},
            id="a company's facts",
        ),
    ],
)  # fmt: skip
def test_a_later_version_overwrites_only_the_fields_that_it_fills(
    before: dict[str, Any], after: dict[str, Any], known: dict[str, Any]
) -> None:
    directory = partition()
    send(directory, contact("v1", **before))
    (fact,) = send(directory, contact("v2", **after))
    assert fact["record"] == known


@pytest.mark.parametrize("later", [{"job_title": "CIO"}, {}, {"job_title": ""}], ids=str)
def test_a_version_that_changes_nothing_emits_nothing(later: dict[str, Any]) -> None:
    directory = partition()
    send(directory, contact("v1", job_title="CIO"))
    assert send(directory, contact("v2", **later)) == []


def test_a_deleted_contact_is_published_once_and_only_its_date_is_kept() -> None:
    directory = partition()
    send(directory, contact("v1", job_title="CIO"))
    (fact,) = send(directory, None)
    assert "record" not in fact
    assert send(directory, None) == []
    ((_, row),) = directory.rows(ContactVersionRow)
    assert (row.content, row.older, row.dated_ms) == ("", (), NOON)


def test_the_directory_keeps_no_address_of_a_contact() -> None:
    directory = partition()
    send(directory, contact("v1", job_title="CIO"))
    ((key, row),) = directory.rows(ContactVersionRow)
    assert ANN not in f"{key}{row}"


def test_a_future_dated_contact_is_clamped() -> None:
    (fact,) = send(partition(), contact(occurred_at=iso(NOON + 86_400_000)), arrives_at=NOON)
    assert fact["occurred_at_ms"] == NOON + 300_000


@pytest.mark.parametrize(
    ("value", "key", "reason"),
    [
        pytest.param(contact(), "Ann@Bank.example", "breaks_contract", id="the key is not normalised"),
        pytest.param(contact(), "bob@bank.example", "breaks_contract", id="the key is another person's"),
        pytest.param(contact(email="none"), "none", "bad_address", id="not an address"),
        pytest.param(None, "none", "bad_address", id="a deletion under a key that is not an address"),
        pytest.param(None, None, "breaks_contract", id="a deletion without a key"),
    ],
)
def test_a_contact_with_a_wrong_key_or_address_is_a_dead_letter(
    value: dict[str, Any] | None, key: str | None, reason: str
) -> None:
    assert types(send(partition(), value, key=key)) == [reason]
