"""Checks of the router's outputs from outside: what a subscriber with read_committed sees, and nothing else.

In: the records of the result topics in the order of each partition, and the names of the bad inputs. Out: a list of problems,
empty if all is well. No check asks a worker, and none reads the engine's state.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from schemas.outputs import LedgerEntry
from schemas.topics import TOPICS, Direction
from workers.desks.ledger_audit import Audit

Event = Mapping[str, Any]
RESULTS: Final = frozenset(name for name, topic in TOPICS.items() if topic.direction is Direction.OUT)
OWN_FAULTS: Final = frozenset({"handler_failed", "output_too_large"})
"""Reasons of dead letters that blame the router, not the record."""
_SHOWN: Final = 5


def repeated_events(topic: str, events: Iterable[Event]) -> list[str]:
    """Return a problem if an event_id occurs twice in a topic."""
    times = Counter(event["event_id"] for event in events)
    twice = [name for name, count in times.items() if count > 1]
    return _problem(f"{topic}: event ids that occur more than once", twice)


def revision_gaps(routings: Iterable[Event]) -> list[str]:
    """Return a problem if the revisions of a hand-off are not 1, 2, 3 and so on, in this order."""
    last: Counter[str] = Counter()
    wrong = []
    for event in routings:
        name = event["handoff_id"]
        if event["revision"] != last[name] + 1:
            wrong.append(f"{name}: revision {event['revision']} after {last[name]}")
        last[name] = event["revision"]
    return _problem("lead.routing: revisions out of sequence", wrong)


def shared_accounts(routings: Iterable[Event]) -> list[str]:
    """Return a problem if the open hand-offs of an account have two assignees after any record.

    A support question (kind `service`) stays with its desk while the account's assignee changes, so it does not count.
    """
    held: dict[str, dict[str, str]] = defaultdict(dict)
    wrong = []
    for event in routings:
        if event["kind"] == "service":
            continue
        open_handoffs = held[event["account_key"]]
        if assignee := event.get("assignee"):
            open_handoffs[event["handoff_id"]] = assignee["id"]
        else:
            open_handoffs.pop(event["handoff_id"], None)
        if len(owners := set(open_handoffs.values())) > 1:
            wrong.append(f"{event['handoff_id']} revision {event['revision']}: {sorted(owners)}")
    return _problem("lead.routing: accounts with two assignees", wrong)


def ledger_faults(lines: Iterable[Event]) -> list[str]:
    """Return the problems of the desks' ledger: credits, shares and turns must add up line by line."""
    audit = Audit()
    for line in lines:
        audit.add(LedgerEntry.model_validate(line))
    return _problem(
        "desk.ledger: lines that do not add up",
        [problem for desk in audit.desks.values() for problem in desk.problems],
    )


def dead_letter_faults(letters: Iterable[Event], bad_names: Iterable[str]) -> list[str]:
    """Return the problems of the dead letters.

    Each bad input must have exactly one letter, each place in a topic at most one, and no letter may blame the router.
    """
    letters = list(letters)
    times = Counter(key_of(letter) for letter in letters)
    places = Counter(
        (letter["topic"], letter["partition"], letter["offset"])
        for letter in letters
        if letter["offset"] >= 0
    )
    bad = list(bad_names)
    return [
        *_problem("dead.letters: bad inputs without a letter", [name for name in bad if not times[name]]),
        *_problem("dead.letters: bad inputs with two letters", [name for name in bad if times[name] > 1]),
        *_problem("dead.letters: places with two letters", [str(at) for at, n in places.items() if n > 1]),
        *_problem(
            "dead.letters: faults of the router",
            [
                f"{letter['agent']} {letter['topic']}: {letter['detail']}"
                for letter in letters
                if letter["reason"] in OWN_FAULTS
            ],
        ),
    ]


def key_of(letter: Event) -> str:
    """Return the key of a dead letter's record as text."""
    return b64decode(letter.get("key_base64") or "").decode("utf-8", "replace")


def faults(results: Mapping[str, Iterable[bytes]], bad_names: Iterable[str]) -> list[str]:
    """Run every check. ``results``: the values of each result topic, tombstones left out."""
    events = {topic: [json.loads(value) for value in values] for topic, values in results.items()}
    routings = events.get("lead.routing", [])
    return [
        *(problem for topic, found in events.items() for problem in repeated_events(topic, found)),
        *revision_gaps(routings),
        *shared_accounts(routings),
        *ledger_faults(events.get("desk.ledger", [])),
        *dead_letter_faults(events.get("dead.letters", []), bad_names),
    ]


def _problem(what: str, cases: list[str]) -> list[str]:
    return [f"{what}: {len(cases)}, for example {'; '.join(cases[:_SHOWN])}"] if cases else []
