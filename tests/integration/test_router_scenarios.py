"""A quarter of all scenarios through a live router at once, beside the replay of the same stories, story by story.

Each story gets people, companies and reps of its own, so that they only share the desk; what is compared is what does not
hang on turns or on which of two topics is read first: scores, stages, who was handed over, and owners by right. Taken
are stories in which the CRM is told first: two topics have no order between them on a broker.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from outcome import Outcome, outcome
from router import Router, of_line

from schemas.topics import LEAD_ROUTING, LEAD_SCORES, LEAD_STAGES, TOPICS, Direction
from tests.scenarios.story import Story, moment

pytestmark = pytest.mark.kafka

ROOT = Path(__file__).parents[2]
RESULTS = [name for name, topic in TOPICS.items() if topic.direction is Direction.OUT]
VISITS = frozenset({"web.activity", "form.fills"})
CRM = frozenset({"crm.reps", "crm.accounts"})
TABLES = ("test_every_key.py", "test_every_code.py")
"""Tables that go through every key of the policy and every word of the contract: no scenarios."""
SETTLE_S = 240.0
EVERY = 4
FORTNIGHT_MS = int(moment("sun2 23:59").timestamp() * 1_000)
"""Time moves for all: a story that goes on for months would let the leads of the others expire."""
OWN = frozenset({"event_id", "anonymous_id", "session_id", "crm_account_id", "parent_crm_account_id"}) | {
    "crm_contact_id",
    "crm_lead_id",
    "opportunity_id",
    *("rep_id", "owner_rep_id", "deputy_rep_id", "manager_rep_id", "to_rep_id"),
}
"""Fields that name something of one story."""
SHARED = frozenset({"dana"})
"""Whom the policy names."""
_ADDRESS = re.compile(r"([\w.+-]+)@(gmail\.com|[\w-]+\.example)")
_DOMAIN = re.compile(r"^(?!our-own\.)([\w-]+)\.example$")


class Tale(NamedTuple):
    """One scenario, with names that no other has."""

    name: str
    mark: str
    lines: list[dict[str, Any]]


def written_down(folder: Path) -> list[Tale]:
    """Have all scenarios written down; return them in their order."""
    folder.mkdir()
    python_path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "integration")])
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "scribe", "-p", "no:cacheprovider", "tests/scenarios"],
        cwd=ROOT,
        env=os.environ | {"STORIES": str(folder), "PYTHONPATH": python_path},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    tales = []
    for number, file in enumerate(sorted(folder.iterdir())):
        name, *lines = file.read_text("utf-8").splitlines()
        if any(table in name for table in TABLES):
            continue
        mark = f"s{number}"
        tales.append(Tale(name, mark, [renamed(json.loads(line), mark) for line in lines]))
    return tales


def renamed(line: dict[str, Any], mark: str) -> dict[str, Any]:
    """Return a line of a story in which whatever it names is its own."""
    value, key = line["value"], line.get("key")
    topic = line["topic"]
    if isinstance(key, str):
        is_id = topic.startswith("crm.") and "@" not in key
        key = named(key, mark) if is_id and key not in SHARED else of_text(key, mark)
    return line | {"key": key, "value": of_value(value, mark) if isinstance(value, dict) else value}


def of_value(value: Any, mark: str, field: str = "") -> Any:
    """Return a value in which ids, addresses, domains and names of companies carry the story's mark."""
    if isinstance(value, dict):
        return {name: of_value(one, mark, name) for name, one in value.items()}
    if isinstance(value, list):
        return [of_value(one, mark, field) for one in value]
    if not isinstance(value, str):
        return value
    if field in OWN:
        return value if value in SHARED else named(value, mark)
    return of_text(value, mark)


def named(value: str, mark: str) -> str:
    return f"{value}-{mark}"


def of_text(text: str, mark: str) -> str:
    text = _ADDRESS.sub(lambda found: of_address(found[1], found[2], mark), text)
    return _DOMAIN.sub(rf"\1-{mark}.example", text)


def of_address(local: str, domain: str, mark: str) -> str:
    own = _DOMAIN.sub(rf"\1-{mark}.example", domain)
    return f"{local}@{own}" if own != domain else f"{local}-{mark}@{domain}"


def shares_browser(lines: list[dict[str, Any]]) -> bool:
    """Whether several people say who they are in one browser."""
    said: dict[str, set[str]] = {}
    for line in lines:
        value = line["value"] if isinstance(line["value"], dict) else {}
        if value.get("anonymous_id") and value.get("email"):
            said.setdefault(value["anonymous_id"], set()).add(value["email"])
    return any(len(people) > 1 for people in said.values())


def is_told_first(tale: Tale) -> bool:
    """Whether all that the CRM says stands before what anybody does, and nothing else happens."""
    in_order = sorted(tale.lines, key=lambda line: line["timestamp"])
    kinds = ["visit" if line["topic"] in VISITS else line["topic"] for line in in_order]
    if not in_order or in_order[-1]["timestamp"] > FORTNIGHT_MS:
        return False
    if "@gmail.com" in json.dumps(in_order):
        return False  # an account matched by a name lives under two keys, which have no order between them either
    if any(line.get("headers") for line in in_order):
        return False  # what of a history is still missing hangs on what else came to its partition
    if shares_browser(in_order):
        return False  # who is meant hangs on the order of two topics
    return "visit" in kinds and set(kinds) <= {"visit", *CRM} and not CRM & set(kinds[kinds.index("visit") :])


def as_counted(score: list[Any]) -> list[Any]:
    """Return a score without what fades: it is said as of stream time, which the stories share."""
    stage, fit, _, _, _, points, gates, _ = score
    counts = sorted((line["rule"], line["count"]) for line in points if line["count"])
    return [stage, fit, counts, gates]


def by_story(found: Outcome, of: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Iterate (story, what came of it) of each thing that must agree."""
    counted = {lead_id: as_counted(score) for lead_id, score in found.scores.items()}
    handed = {account: {lead_id for lead_id, _ in leads} for account, leads in found.handed.items()}
    for part, things in zip(Outcome._fields, found._replace(scores=counted, handed=handed), strict=True):
        for key, value in sorted(things.items()):
            shown = sorted(value) if isinstance(value, set) else value
            yield of.get(key, "?"), f"{part} of {key}: {shown}"


def stories_of(results: list[tuple[str, bytes | None]], tales: list[Tale]) -> dict[str, str]:
    """Whose lead and whose account it is: account keys carry the story's mark, leads follow their account."""
    marks = {tale.mark: tale.name for tale in tales}
    found: dict[str, str] = {}
    for topic, value in results:
        if topic in {LEAD_SCORES.name, LEAD_STAGES.name, LEAD_ROUTING.name}:
            said = json.loads(value or b"{}")
            mark = re.search(r"-(s\d+)\.example$", said["account_key"])
            if mark:
                found[said["account_key"]] = found[said["lead_id"]] = marks.get(mark[1], "?")
    return found


async def test_a_quarter_of_all_scenarios_ends_live_as_in_the_replay(router: Router, tmp_path: Path) -> None:
    every = written_down(tmp_path / "stories")
    suited = [tale for tale in every if is_told_first(tale)]
    count = -(-len(every) // EVERY)
    assert len(suited) >= count, f"{len(suited)} of {len(every)} stories are told so that they can be live"
    chosen = suited[:: max(len(suited) // count, 1)][:count]

    story = Story(tmp_path)
    for line in sorted((line for tale in chosen for line in tale.lines), key=lambda one: one["timestamp"]):
        story.line(json.dumps(line))
    replayed = [(emit.topic, emit.value) for emit in story.replay().emits]

    records = [of_line(line) for line in story._lines]
    await router.produce(one for one in records if one.topic not in VISITS)
    for name in "ab":
        router.start(name, policy=story.policy_file())
    async with router.tape() as tape:
        await router.produce(one for one in records if one.topic in VISITS)
        await tape.until_settled(SETTLE_S)
        assert router.stop() == [0, 0]
        await tape.to_end()
    live = [(record.topic, record.value) for topic in RESULTS for record in tape.records[topic]]

    of = stories_of([*live, *replayed], chosen)
    differ = set(by_story(outcome(live), of)) ^ set(by_story(outcome(replayed), of))
    print(f"{len(chosen)} of {len(every)} scenarios, {len(records)} records, {len(of)} leads and accounts")  # noqa: T201
    assert sorted(differ) == []
    assert len({name for name in of.values() if name != "?"}) >= count * 3 // 4
