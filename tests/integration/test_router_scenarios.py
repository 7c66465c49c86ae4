"""A quarter of all scenarios in one live router, compared story by story with the replay of the same stories.

Each story gets people, companies and reps of its own, so the stories share only the desk. Compared are the results that
depend neither on turns nor on the order of reading two topics: scores, stages, leads handed over, and owners. Chosen are
stories in which all CRM records come first, because a broker keeps no order between topics.
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
"""Files with tables of every policy key and every contract value. They are not scenarios."""
SETTLE_S = 240.0
EVERY = 4
LATEST_MS = int(moment("sun2 23:59").timestamp() * 1_000)
"""Latest time of a chosen story. Time is shared: a story of months would expire the leads of the others."""
OWN = frozenset({"event_id", "anonymous_id", "session_id", "crm_account_id", "parent_crm_account_id"}) | {
    "crm_contact_id",
    "crm_lead_id",
    "opportunity_id",
    *("rep_id", "owner_rep_id", "deputy_rep_id", "manager_rep_id", "to_rep_id"),
}
"""Fields whose values belong to one story and get its mark."""
SHARED = frozenset({"dana"})
"""Reps that the policy names. All stories share them."""
_ADDRESS = re.compile(r"([\w.+-]+)@(gmail\.com|[\w-]+\.example)")
_DOMAIN = re.compile(r"^(?!our-own\.)([\w-]+)\.example$")


class MarkedStory(NamedTuple):
    """One scenario whose names carry its mark."""

    name: str
    mark: str
    lines: list[dict[str, Any]]


def write_stories(folder: Path) -> list[MarkedStory]:
    """Write the stories of all scenarios to files, and return them in their order."""
    folder.mkdir()
    python_path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "integration")])
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "story_writer",
            "-p",
            "no:cacheprovider",
            "tests/scenarios",
        ],
        cwd=ROOT,
        env=os.environ | {"STORIES": str(folder), "PYTHONPATH": python_path},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    stories = []
    for number, file in enumerate(sorted(folder.iterdir())):
        name, *lines = file.read_text("utf-8").splitlines()
        if any(table in name for table in TABLES):
            continue
        mark = f"s{number}"
        stories.append(MarkedStory(name, mark, [renamed(json.loads(line), mark) for line in lines]))
    return stories


def renamed(line: dict[str, Any], mark: str) -> dict[str, Any]:
    """Return a line of a story with the story's mark in all its names."""
    value, key = line["value"], line.get("key")
    topic = line["topic"]
    if isinstance(key, str):
        is_id = topic.startswith("crm.") and "@" not in key
        key = named(key, mark) if is_id and key not in SHARED else of_text(key, mark)
    return line | {"key": key, "value": of_value(value, mark) if isinstance(value, dict) else value}


def of_value(value: Any, mark: str, field: str = "") -> Any:
    """Return a value with the story's mark in ids, addresses, domains and names of companies."""
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
    """Return whether several people identify themselves in one browser."""
    people_of: dict[str, set[str]] = {}
    for line in lines:
        value = line["value"] if isinstance(line["value"], dict) else {}
        if isinstance(value.get("anonymous_id"), str) and value["anonymous_id"] and value.get("email"):
            people_of.setdefault(value["anonymous_id"], set()).add(str(value["email"]))
    return any(len(people) > 1 for people in people_of.values())


def has_crm_first(marked: MarkedStory) -> bool:
    """Return whether a story has only CRM records followed by visits, within two weeks."""
    in_order = sorted(marked.lines, key=lambda line: line["timestamp"])
    kinds = ["visit" if line["topic"] in VISITS else line["topic"] for line in in_order]
    if not in_order or in_order[-1]["timestamp"] > LATEST_MS:
        return False
    if "@gmail.com" in json.dumps(in_order):
        return False  # an account matched by name has two keys, and there is no order between keys
    if any(line.get("headers") for line in in_order):
        return False  # the missing part of a history depends on other records of its partition
    if shares_browser(in_order):
        return False  # the identity of the visitor depends on the order of two topics
    return "visit" in kinds and set(kinds) <= {"visit", *CRM} and not CRM & set(kinds[kinds.index("visit") :])


def as_counted(score: list[Any]) -> list[Any]:
    """Return a score without its decaying parts, which depend on the stream time that all stories share."""
    stage, fit, _, _, _, points, gates, _ = score
    counts = sorted((line["rule"], line["count"]) for line in points if line["count"])
    return [stage, fit, counts, gates]


def by_story(found: Outcome, of: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Yield (story, result) for each result that must be equal."""
    counted = {lead_id: as_counted(score) for lead_id, score in found.scores.items()}
    handed = {account: {lead_id for lead_id, _ in leads} for account, leads in found.handed.items()}
    for part, things in zip(Outcome._fields, found._replace(scores=counted, handed=handed), strict=True):
        for key, value in sorted(things.items()):
            shown = sorted(value) if isinstance(value, set) else value
            yield of.get(key, "?"), f"{part} of {key}: {shown}"


def stories_of(results: list[tuple[str, bytes | None]], stories: list[MarkedStory]) -> dict[str, str]:
    """Return the story of each account key and lead_id. The account key carries the mark; a lead has its account's."""
    marks = {marked.mark: marked.name for marked in stories}
    found: dict[str, str] = {}
    for topic, value in results:
        if topic in {LEAD_SCORES.name, LEAD_STAGES.name, LEAD_ROUTING.name}:
            event = json.loads(value or b"{}")
            mark = re.search(r"-(s\d+)\.example$", event["account_key"])
            if mark:
                found[event["account_key"]] = found[event["lead_id"]] = marks.get(mark[1], "?")
    return found


async def test_a_quarter_of_all_scenarios_ends_live_as_in_the_replay(router: Router, tmp_path: Path) -> None:
    every = write_stories(tmp_path / "stories")
    suited = [marked for marked in every if has_crm_first(marked)]
    count = -(-len(every) // EVERY)
    assert len(suited) >= count, f"only {len(suited)} of {len(every)} stories can run live"
    chosen = suited[:: max(len(suited) // count, 1)][:count]

    story = Story(tmp_path)
    for line in sorted(
        (line for marked in chosen for line in marked.lines), key=lambda one: one["timestamp"]
    ):
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
