from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.contents import ROOT
from schemas.generate import build_documents
from schemas.parsing import MAX_DEPTH, ContractError, parse_json
from schemas.topics import TOPICS, Direction
from schemas.vocabulary import DeadLetterReason, SalesAction
from workers.accounts.handoffs.handoffs import REMEMBERED_MS
from workers.directory.handle import DirectoryHop
from workers.engine.api import Record
from workers.engine.quarantine import QuarantineLimits
from workers.identity.event_time import AHEAD_MS, DAY_MS
from workers.policy.load import load_policy
from workers.policy.model import Repeats
from workers.settings import Settings
from workers.visitors.handle import VisitorsHop
from workers.visitors.imported_events import HEADER
from workers.visitors.links import MAX_LINKS

PAGE = (ROOT / "docs" / "producers.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
INPUTS = {topic.name: topic for topic in TOPICS.values() if topic.direction is Direction.IN}
POLICY = load_policy((ROOT / "policy" / "default.yaml").read_text("utf-8"), "default.yaml")
VISITORS = VisitorsHop(POLICY, b"k" * 16, 8)
DIRECTORY = DirectoryHop(POLICY, b"k" * 16)
OF_VISITORS = {"web.activity", "form.fills", "chat.conversations"}
EXAMPLES = {
    name: (key, value)
    for name, key, value in re.findall(
        r"^### ([a-z.]+)\n\nKey `([^`]+)`[^\n]*\n\n```json\n(.+?)\n```$", PAGE, re.MULTILINE
    )
}


def record(name: str, value: bytes | None, key: str | None = None) -> Record:
    return Record(name, 0, 0, 1_772_620_000_000, None if key is None else key.encode(), value)


def table(heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its head."""
    _, _, rest = PAGE.partition(f"\n## {heading}\n")
    lines = re.findall(r"^\| (.+) \|$", rest.split("\n## ")[0], re.MULTILINE)
    return [[cell.strip() for cell in line.split("|")] for line in lines[1:]]


def test_every_input_topic_has_an_example() -> None:
    assert set(EXAMPLES) == set(INPUTS)
    assert len(re.findall(r"^```json$", PAGE, re.MULTILINE)) == len(INPUTS)


@pytest.mark.parametrize("name", INPUTS)
def test_an_example_fits_the_model_and_the_schema(name: str) -> None:
    _, text = EXAMPLES[name]
    value = json.loads(text)
    event = parse_json(INPUTS[name], text.encode())
    assert set(value) <= set(type(event).model_fields)
    assert list(Draft202012Validator(build_documents()[name]).iter_errors(value)) == []


@pytest.mark.parametrize("name", INPUTS)
def test_a_hop_accepts_an_example_under_its_key(name: str) -> None:
    key, text = EXAMPLES[name]
    given = record(name, text.encode(), key)
    if name in OF_VISITORS:
        assert VISITORS.key_of(VISITORS.parse(given)) == key
    else:
        assert DIRECTORY.parse(given) is not None


@pytest.mark.parametrize("name", INPUTS)
def test_the_required_fields_of_a_topic_are_those_of_its_model(name: str) -> None:
    (row,) = [row for row in table("Required fields and keys") if row[0].startswith(f"[`{name}`]")]
    required = {field for field, info in INPUTS[name].model.model_fields.items() if info.is_required()}
    named = set(re.findall(r"`(\w+)`", row[1]))
    if name == "sales.activities":  # one of the two is required; the model checks the pair
        required |= {"handoff_id", "email"}
    assert named == required - {"event_id", "occurred_at"}


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("field", ["event_id", "occurred_at"])
def test_every_event_needs_its_id_and_its_time(name: str, field: str) -> None:
    assert INPUTS[name].model.model_fields[field].is_required()


def test_every_action_of_sales_is_explained_with_what_it_needs() -> None:
    rows = table("Sales answers")
    assert sorted(row[0] for row in rows) == sorted(f"`{action.value}`" for action in SalesAction)
    needs = {row[0].strip("`"): row[1] for row in rows}
    for action in SalesAction:
        is_complete = accepts({"action": action.value})
        assert is_complete is (action is not SalesAction.REASSIGNED)
    assert needs["rejected"] == "`reason` if known; left out, it counts as `not_now`"
    assert needs["reassigned"] == "`to_rep_id`"


def accepts(about: dict[str, Any]) -> bool:
    """Whether a sales activity with these fields fits the contract."""
    base = {"event_id": "s-1", "occurred_at": "2026-03-04T10:00:00Z", "rep_id": "ben", "handoff_id": "h"}
    try:
        parse_json(INPUTS["sales.activities"], json.dumps(base | about).encode())
    except ContractError:
        return False
    return True


def test_the_dead_letter_reasons_of_producers_are_explained() -> None:
    rows = [row for row in table("Limits and dead letters") if row[0].startswith("`")]
    named = {reason for row in rows for reason in re.findall(r"`(\w+)`", row[0])}
    ours = {"handler_failed", "output_too_large", "crashed_worker", "skipped"}
    assert named == {reason.value for reason in DeadLetterReason} - ours


@pytest.mark.parametrize("name", INPUTS)
def test_a_null_value_deletes_only_in_the_topics_of_the_crm(name: str) -> None:
    is_compacted = INPUTS[name].compacted
    assert is_compacted is name.startswith("crm.")
    if is_compacted:
        assert type(DIRECTORY.parse(record(name, None, "id@norrbank.example"))).__name__ == "Deleted"


def test_the_numbers_of_the_page_are_those_of_the_code() -> None:
    window = Repeats()
    most = min(one.le for one in Repeats.model_fields["days"].metadata if hasattr(one, "le"))
    share = Settings.model_fields["dead_letter_share_percent"].default
    run = Settings.model_fields["dead_letter_run"].default
    assert {topic.max_bytes for topic in INPUTS.values()} == {262_144}
    for sentence in (
        f"{window.days} days by default, at most {most}",
        f"more than {AHEAD_MS // 60_000} minutes after arrival counts as arrival plus {AHEAD_MS // 60_000} minutes",
        f"at most 262,144 bytes and at most {MAX_DEPTH} levels of nesting",
        f"closed up to {REMEMBERED_MS // DAY_MS} days ago",
        f"closed more than {REMEMBERED_MS // DAY_MS} days ago",
        f"its latest {MAX_LINKS} changes",
        f"more than {share:.0f} % of its last {QuarantineLimits().window:,} records are dead letters, or {run} in a row",
        f"set the header `{HEADER}`",
    ):
        assert sentence in WORDS


def test_a_number_as_text_is_refused_and_an_amount_as_text_is_not() -> None:
    assert not accepts({"action": "touched", "rep_id": 12})
    assert accepts({"action": "won", "amount": "180000", "currency": "USD"})


def test_the_page_is_a_guide_and_not_a_reference() -> None:
    assert len(PAGE.splitlines()) <= 250
