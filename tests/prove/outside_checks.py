"""Checks of the router's outputs from outside: what a subscriber with read_committed sees, and nothing else.

In: the records of the result topics in the order of each partition, and the names of the bad inputs. Out: a list of problems,
empty if all is well. No check asks a worker, and none reads the engine's state.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any, Final

from schemas.outputs import LedgerEntry
from schemas.topics import TOPICS, Direction
from workers.desks.ledger_audit import Audit

Event = Mapping[str, Any]
RESULTS: Final = frozenset(name for name, topic in TOPICS.items() if topic.direction is Direction.OUT)
OWN_FAULTS: Final = frozenset({"handler_failed", "output_too_large"})
"""Reasons of dead letters that blame the router, not the record."""
_SHOWN: Final = 5


class OutsideChecks:
    """Every check, fed with one output at a time, so that a long run keeps ids and open hand-offs only, no outputs."""

    def __init__(self, revisions: Mapping[str, int] | None = None) -> None:
        """``revisions``: the last revision of each hand-off from before the outputs. Default: none."""
        self.outputs = 0
        """Number of outputs so far. Tombstones are left out."""
        self._ids: defaultdict[str, set[bytes]] = defaultdict(set)
        self._repeated: defaultdict[str, list[str]] = defaultdict(list)
        self._revisions: Counter[str] = Counter(revisions)
        self._out_of_sequence: list[str] = []
        self._held: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._shared: list[str] = []
        self._audit = Audit()
        self._letters = DeadLetterChecks()

    def add(self, topic: str, event: Event) -> None:
        """Check the next output of a result topic. The outputs of each partition come in their order."""
        self.outputs += 1
        name = event["event_id"]
        digest = blake2b(name.encode(), digest_size=16).digest()
        if digest in self._ids[topic]:
            self._repeated[topic].append(name)
        self._ids[topic].add(digest)
        if topic == "lead.routing":
            self._check_revision(event)
            self._check_assignee(event)
        elif topic == "desk.ledger":
            self._audit.add(LedgerEntry.model_validate(event))
        elif topic == "dead.letters":
            self._letters.add(event)

    def problems(self, bad_names: Iterable[str] = ()) -> list[str]:
        """Return what was found, empty if all is well. ``bad_names``: the keys of the bad inputs, each with one letter."""
        unfair = [problem for desk in self._audit.desks.values() for problem in desk.problems]
        return [
            *(
                problem
                for topic, names in self._repeated.items()
                for problem in _problem(f"{topic}: event ids that occur more than once", names)
            ),
            *_problem("lead.routing: revisions out of sequence", self._out_of_sequence),
            *_problem("lead.routing: accounts with two assignees", self._shared),
            *_problem("desk.ledger: lines that do not add up", unfair),
            *self._letters.problems(bad_names),
        ]

    def letters_about(self, topics: frozenset[str], but_for: frozenset[str]) -> int:
        """Return the number of letters about records of these topics, except records with these keys."""
        return self._letters.about(topics, but_for)

    def _check_revision(self, event: Event) -> None:
        """The revisions of a hand-off must be 1, 2, 3 and so on, in this order."""
        name = event["handoff_id"]
        if event["revision"] != self._revisions[name] + 1:
            self._out_of_sequence.append(
                f"{name}: revision {event['revision']} after {self._revisions[name]}"
            )
        self._revisions[name] = event["revision"]

    def _check_assignee(self, event: Event) -> None:
        """After each record the open hand-offs of an account must have one assignee.

        A support question (kind `service`) stays with its desk while the account's assignee changes, so it does not count.
        """
        if event["kind"] == "service":
            return
        key = event["account_key"]
        open_handoffs = self._held[key]
        if assignee := event.get("assignee"):
            open_handoffs[event["handoff_id"]] = assignee["id"]
        else:
            open_handoffs.pop(event["handoff_id"], None)
        if len(owners := set(open_handoffs.values())) > 1:
            self._shared.append(f"{event['handoff_id']} revision {event['revision']}: {sorted(owners)}")
        if not open_handoffs:
            del self._held[key]


class DeadLetterChecks:
    """Each bad input must have exactly one letter, each place in a topic at most one, and no letter may blame the router."""

    def __init__(self) -> None:
        self._by_key: Counter[tuple[str, str]] = Counter()
        self._places: Counter[tuple[str, int, int]] = Counter()
        self._own_faults: list[str] = []

    def add(self, letter: Event) -> None:
        """Add the next letter."""
        self._by_key[letter["topic"], key_of(letter)] += 1
        if letter["offset"] >= 0:
            self._places[letter["topic"], letter["partition"], letter["offset"]] += 1
        if letter["reason"] in OWN_FAULTS:
            self._own_faults.append(f"{letter['agent']} {letter['topic']}: {letter['detail']}")

    def problems(self, bad_names: Iterable[str]) -> list[str]:
        """Return what was found. ``bad_names``: the keys of the bad inputs."""
        times: Counter[str] = Counter()
        for (_, key), count in self._by_key.items():
            times[key] += count
        bad = list(bad_names)
        return [
            *_problem("dead.letters: bad inputs without a letter", [name for name in bad if not times[name]]),
            *_problem("dead.letters: bad inputs with two letters", [name for name in bad if times[name] > 1]),
            *_problem(
                "dead.letters: places with two letters", [str(at) for at, n in self._places.items() if n > 1]
            ),
            *_problem("dead.letters: faults of the router", self._own_faults),
        ]

    def about(self, topics: frozenset[str], but_for: frozenset[str]) -> int:
        """Return the number of letters about records of these topics, except records with these keys."""
        return sum(n for (topic, key), n in self._by_key.items() if topic in topics and key not in but_for)


def key_of(letter: Event) -> str:
    """Return the key of a dead letter's record as text."""
    return b64decode(letter.get("key_base64") or "").decode("utf-8", "replace")


def faults(results: Mapping[str, Iterable[bytes]], bad_names: Iterable[str] = ()) -> list[str]:
    """Run every check. ``results``: the values of each result topic, tombstones left out."""
    checks = OutsideChecks()
    for topic, values in results.items():
        for value in values:
            checks.add(topic, json.loads(value))
    return checks.problems(bad_names)


def _problem(what: str, cases: list[str]) -> list[str]:
    return [f"{what}: {len(cases)}, for example {'; '.join(cases[:_SHOWN])}"] if cases else []
