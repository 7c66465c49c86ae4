from __future__ import annotations

import hmac
from uuid import uuid5

import pytest

from workers.identity.addresses import normalise
from workers.identity.lead_ids import LEADS, lead_id_of, person_of

KEY = b"a demo key, no secret"


def test_a_lead_id_is_the_uuid5_of_the_keyed_hash_of_the_address() -> None:
    keyed_hash = hmac.digest(KEY, b"ada@bank.com", "sha256").hex()
    assert lead_id_of("ada@bank.com", KEY) == str(uuid5(LEADS, keyed_hash))


def test_another_key_makes_another_lead_id() -> None:
    assert lead_id_of("ada@bank.com", KEY) != lead_id_of("ada@bank.com", b"another")


def test_all_spellings_of_an_address_are_one_lead() -> None:
    spellings = ("ada@bank.com", " Ada@BANK.com", "Ada <ada@bank.com>")
    assert len({person_of(normalise(raw), KEY).lead_id for raw in spellings}) == 1


@pytest.mark.parametrize("raw", ["a.da@bank.com", "ada+x@bank.com"])
def test_dots_and_plus_tags_are_other_people(raw: str) -> None:
    assert person_of(normalise(raw), KEY).lead_id != person_of(normalise("ada@bank.com"), KEY).lead_id


def test_colleagues_share_the_account_of_their_domain() -> None:
    keys = {person_of(normalise(raw), KEY).account_key for raw in ("ada@bank.com", "bob@eu.bank.com")}
    assert keys == {"domain:bank.com"}


@pytest.mark.parametrize("raw", ["ada@gmail.com", "ada@eu.gmail.com", "ada@co.uk", "ada@github.io"])
def test_free_mail_and_public_suffixes_give_the_leads_own_account_key(raw: str) -> None:
    person = person_of(normalise(raw), KEY)
    assert person.account_key == f"lead:{person.lead_id}"
