"""docs/glossary.md: sorted, whole, with an entry for each house word of the contract, and naming only what exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from schemas.topics import TOPICS
from tests.unit.house.pages import ROOT, text_of
from workers.policy.model import Policy

ROWS: Final = [
    [cell.strip() for cell in row.split(" | ")]
    for row in re.findall(r"^\| (.+) \|$", text_of(ROOT / "docs" / "glossary.md"), re.MULTILINE)[1:]
]
TERMS: Final = [row[0].strip("`").replace("_", " ") for row in ROWS]
HOUSE_WORDS: Final = {
    # keys of the policy
    "again": "recycled",
    "bar": "bar",
    "bundle": "bundle",
    "everyone_away": "everyone away",
    "fade": "fade",
    "implies": "implied rule",
    "instead_of": "instead of",
    "like": "like",
    "no_visits": "no visit",
    "not_our_market": "question account",
    "not_people": "not people",
    "once_per": "once per",
    "or_asks_for": "raised hand",
    "otherwise": "inside sales",
    "paths": "nurture path",
    "proven_by": "proven match",
    "repeats": "repeat",
    "sees": "partner",
    "signals": "signal",
    "turn": "turn",
    "when_away": "hold",
    "when_full": "when full",
    "when_rejected": "give back",
    # codes
    "by_hand": "by hand",
    "elsewhere": "outside",
    "expansion": "expansion",
    "follow": "follow",
    "had_it": "passed over",
    "in_cycle": "in cycle",
    "inquiry": "inquiry",
    "known": "known",
    "not_its_turn": "passed over",
    "outside": "outside",
    "owner_is_no_person": "not people",
    "pending": "pending",
    "raised_hand": "raised hand",
    "relabelled": "relabelled",
    "sent_on": "sent on",
    "with_partner": "with partner",
    # fields of results
    "bounces": "bounce",
    "passed_over": "passed over",
    "told": "told",
    "touches": "touch",
    "would_change": "would change",
}
"""Words of the policy and the contract that are not the field's own, each with the term whose row names it."""


def names(schema: Any) -> Iterator[str]:
    """Yield the names of all properties of a JSON Schema."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        if isinstance(properties, dict):
            yield from properties
        for inner in schema.values():
            yield from names(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from names(inner)


def codes(schema: Any) -> Iterator[str]:
    """Yield the values of all closed lists of a JSON Schema."""
    if isinstance(schema, dict):
        listed = schema.get("enum")
        if isinstance(listed, list):
            yield from map(str, listed)
        for inner in schema.values():
            yield from codes(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from codes(inner)


POLICY: Final = Policy.model_json_schema()
CONTRACT: Final = {name: topic.adapter.json_schema() for name, topic in TOPICS.items()}
FIELDS: Final = {name: frozenset(names(schema)) for name, schema in CONTRACT.items()}
CODES: Final = frozenset(code for schema in CONTRACT.values() for code in codes(schema))


def is_key(path: str) -> bool:
    """Whether the policy has a key at this path, for example ``desks.*.turn`` or ``routes[].if``."""
    places: list[Any] = [POLICY]
    for step in path.replace("[]", ".[]").split("."):
        places = [inner for place in places for inner in _inside(place, step)]
    return bool(places)


def _inside(place: Any, step: str) -> Iterator[Any]:
    if "$ref" in place:
        yield from _inside(POLICY["$defs"][place["$ref"].rpartition("/")[2]], step)
    for one in place.get("anyOf", ()):
        yield from _inside(one, step)
    if step == "*":
        yield from (one for one in [place.get("additionalProperties")] if isinstance(one, dict))
    elif step == "[]":
        yield from (one for one in [place.get("items")] if isinstance(one, dict))
    elif step in place.get("properties", {}):
        yield place["properties"][step]


def missing(place: str) -> list[str]:
    """Return what a part of the last column names although it does not exist."""
    named = re.findall(r"`([^`]+)`", place)
    kind = place.partition(" ")[0]
    if kind == "policy":
        return [path for path in named if not is_key(path)]
    if kind == "code":
        return [code for code in named if code not in CODES]
    if kind == "module":
        return [path for path in named if not (ROOT / path).is_file()]
    topic, *fields = named
    return [field for field in fields if field not in FIELDS.get(topic, frozenset())] or (
        [] if fields else [place]
    )


def test_the_terms_are_sorted_and_each_is_there_once() -> None:
    assert [term.casefold() for term in TERMS] == sorted({term.casefold() for term in TERMS})


@pytest.mark.parametrize("row", ROWS, ids=TERMS)
def test_an_entry_has_a_standard_term_a_sentence_and_places_that_exist(row: list[str]) -> None:
    assert len(row) == 4
    _, standard, meaning, where = row
    assert re.fullmatch(r"[A-Za-z].+", standard)
    assert re.fullmatch(r"[A-Z`].+\.", meaning)
    assert [name for place in where.split("; ") for name in missing(place)] == []


@pytest.mark.parametrize(("word", "term"), HOUSE_WORDS.items(), ids=HOUSE_WORDS)
def test_a_house_word_of_the_contract_has_an_entry_that_names_it(word: str, term: str) -> None:
    used = {*names(POLICY), *CODES, *(field for fields in FIELDS.values() for field in fields)}
    assert word in used, "the contract no longer has this word: take it from the list"
    row = ROWS[TERMS.index(term)]
    assert word in re.findall(r"\w+", " ".join(row))


def test_a_place_that_does_not_exist_would_be_found() -> None:
    assert missing("policy `stages.mql.hurdle`") == ["stages.mql.hurdle"]
    assert missing("code `no_such_code`") == ["no_such_code"]
    assert missing("`lead.routing`: `no_such_field`") == ["no_such_field"]
    assert missing("module `workers/no_such_module.py`") == ["workers/no_such_module.py"]
