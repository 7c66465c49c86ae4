"""The dead letter index finds e-mail addresses and lead ids in a payload of any form."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest

from schemas.topics import DEAD_LETTERS
from workers.directory.dead_letter_index import read_letter
from workers.engine.api import Record
from workers.identity.lead_ids import lead_id_of

KEY = b"a key for tests only"


def letter(payload: str) -> Record:
    value = json.dumps({"payload_base64": b64encode(payload.encode()).decode()}).encode()
    return Record(DEAD_LETTERS.name, 0, 0, 0, b"web.activity-0-1", value)


@pytest.mark.parametrize(
    ("payload", "emails"),
    [
        pytest.param('{"email": "Ann@Harbor.Example"}', ["ann@harbor.example"], id="a field"),
        pytest.param("Ann <ann@harbor.example>, bob@harbor.example", ["ann@harbor.example", "bob@harbor.example"], id="a line of addresses"),
        pytest.param("not json: ann@harbor.example.", ["ann@harbor.example"], id="the end of a sentence"),
        pytest.param('{"email": "ann\\u0040harbor.example"}', ["ann@harbor.example"], id="escaped"),
        pytest.param("@ann @ @@ bob@", [], id="no addresses"),
        pytest.param("x" * 65_536, [], id="one long word"),
        pytest.param("x" * 65_000 + "@" + "y" * 500, [], id="one long word with an @ in it"),
        pytest.param("@" * 65_536, [], id="only @ characters"),
    ],
)  # fmt: skip
def test_a_letter_belongs_to_each_person_whose_address_it_contains(payload: str, emails: list[str]) -> None:
    assert read_letter(letter(payload), KEY).lead_ids == tuple(lead_id_of(one, KEY) for one in emails)
