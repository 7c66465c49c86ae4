"""Fuzz of every input topic: generated and damaged records through the four hops, in one process and without Kafka.

In: a seed and a number of inputs. Out: counts, and a list of problems, which must be empty:

- No exception leaves the hops.
- An input has at most one dead letter. One that is certainly bad has exactly one. No letter blames the router, and no letter
  repeats an e-mail address.
- A raised hand is never lost: a form that asks for sales and whose address and time can be read leads to a hand-off, or to an alert if even the fallback is away, whatever its other
  fields hold and whatever was sent before.

The inputs come in rounds. Each round begins without state, and has a seed of its own that follows from the seed of the run.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from tests.prove.bad_records import SourceTopic
from tests.prove.outcome import Outcome
from tests.prove.outside_checks import OWN_FAULTS
from tests.prove.record_mutations import changed_bytes, changed_fields, encoded, is_certainly_bad
from workers.agents import make_specs
from workers.config import load_config
from workers.deadletters import dead_letter
from workers.demo.market.seeded_random import SeededRandom
from workers.engine.api import Emit
from workers.replay.edge_replay import EdgeReplay, EndlessEffectsError
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

ROOT: Final = Path(__file__).parents[2]
KEY: Final = b"a key for the proof only"
FULL: Final = 1_000_000
ROUND: Final = 2_000
"""Inputs of one round. Each rep, firm and open hand-off of a round makes its later inputs slower."""
FIRST_MS: Final = 1_772_460_000_000
"""2026-03-02 14:00 UTC."""
DAY_MS: Final = 86_400_000
MOST_PROBLEMS: Final = 20
HAND_EVERY: Final = 25
PEOPLE: Final = tuple(f"person{number}@firm{number % 9}.example" for number in range(40))
_HAND_KEEPS: Final = frozenset({"event_id", "occurred_at", "email", "request", "is_bot", "user_agent"})
"""Fields of a raised hand that stay. The others may hold anything."""
_REQUESTS: Final = ("demo", "pricing", "contact_sales", "Book a demo!", "preis anfragen")
_SHOWN_FORM: Final = "name@company.com"
"""The address that a detail shows as the expected form."""
_CHANGED_PERCENT: Final = 70
_BYTES_PERCENT: Final = 25


class Round:
    """One round: a market in memory, and the records that are sent to it."""

    def __init__(self, seed: str, examples: dict[str, list[dict[str, Any]]]) -> None:
        self._chance = SeededRandom(seed)
        self._examples = examples
        self._now_ms = FIRST_MS
        self._numbers = count(1)
        self._offsets: Counter[str] = Counter()
        self._letters: Counter[tuple[str, int]] = Counter()
        self._routed: set[str] = set()
        self._waiting: set[str] = set()
        """Accounts with the alert `everyone_away`: even the fallback is away, and they wait at their desk."""
        self._handoffs: list[str] = ["domain:firm0.example#1.1"]
        self.outcome = Outcome()
        self._edge = EdgeReplay(
            make_specs(KEY, 1), load_config(ROOT / "policy")[1], dead_letter, self.see, results=RESULTS
        )
        self._edge.open_with(directory_ready(FIRST_MS))

    def run(self, inputs: int) -> Outcome:
        """Send the inputs and check after each."""
        for rep in ("mia", "tom"):
            desks = [{"desk": "inside_sales", "weight": 1}]
            self._send("crm.reps", rep, encoded(self._chance, self._event(rep_id=rep, name=rep, desks=desks)))
        for number in range(inputs):
            if self._chance.happens(0.05):
                self._now_ms += DAY_MS // 2
            self._now_ms += self._chance.randrange(60_000)
            try:
                if number % HAND_EVERY == 0:
                    self._raise_hand()
                else:
                    self._send_any()
            except EndlessEffectsError as error:
                self._problem(f"effects without end: {error}", b"")
            except Exception as error:  # noqa: BLE001 - the claim is that none leaves the hops
                self._problem(f"{type(error).__name__} left the hops: {error}", b"")
        return self.outcome

    def _send_any(self) -> None:
        topic = self._chance.choice(tuple(SourceTopic))
        value = self._example(topic)
        if self._chance.happens(_CHANGED_PERCENT):
            value = changed_fields(self._chance, value)
        raw: bytes | None = encoded(self._chance, value)
        if raw and self._chance.happens(_BYTES_PERCENT):
            raw = changed_bytes(self._chance, raw)
        key = self._chance.choice(
            (value.get("email"), value.get("rep_id"), value.get("crm_account_id"), "k", None, "\u0000")
        )
        self._send(topic, key if isinstance(key, str) else None, raw)

    def _example(self, topic: str) -> dict[str, Any]:
        """Return a valid value of a topic, with people, firms, reps and hand-offs of this market."""
        chance = self._chance
        value = dict(chance.choice(self._examples[topic])) | self._event()
        known = {
            "email": lambda: chance.choice(PEOPLE),
            "anonymous_id": lambda: f"browser{chance.randrange(30)}",
            "conversation_id": lambda: f"talk{chance.randrange(20)}",
            "rep_id": lambda: chance.choice(("mia", "tom", "olga", "dana")),
            "handoff_id": lambda: chance.choice(self._handoffs[-200:]),
            "crm_account_id": lambda: f"ACC-{chance.randrange(9)}",
            "domains": lambda: [f"firm{chance.randrange(9)}.example"],
            "owner_rep_id": lambda: chance.choice(("mia", "olga", "dana")),
        }
        return value | {name: make() for name, make in known.items() if name in value and chance.happens(90)}

    def _event(self, **fields: Any) -> dict[str, Any]:
        number = next(self._numbers)
        event_id = f"fuzz-{number - self._chance.randint(1, 50) if self._chance.happens(2) else number}"
        at_ms = self._now_ms - (self._chance.randrange(9 * DAY_MS) if self._chance.happens(3) else 0)
        return {
            "event_id": event_id,
            "occurred_at": datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(),
            **fields,
        }

    def _raise_hand(self) -> None:
        """Send a form that asks for sales, by a person of a firm that is not known, and expect its hand-off."""
        name = f"hand{next(self._numbers)}"
        form = dict(self._chance.choice(self._examples["form.fills"])) | {
            "event_id": name,
            "occurred_at": datetime.fromtimestamp(self._now_ms / 1000, UTC).isoformat(),
            "email": f"{name}@{name}.example",
            "request": self._chance.choice(_REQUESTS),
            "is_bot": False,
        }
        form.pop("user_agent", None)
        raw = encoded(self._chance, changed_fields(self._chance, form, _HAND_KEEPS))
        self._send("form.fills", f"browser-{name}", raw)
        self.outcome.counts["raised hands, each handed over or reported"] += 1
        if f"{name}@{name}.example" not in self._routed and f"domain:{name}.example" not in self._waiting:
            self._problem("a raised hand was lost", raw)

    def _send(self, topic: str, key: str | None, raw: bytes | None) -> None:
        place = (topic, self._offsets[topic])
        self._offsets[topic] += 1
        counts = self.outcome.counts
        counts["inputs"] += 1
        key_bytes = None if key is None else key.encode("utf-8", "surrogatepass")
        self._edge.feed(Input(topic, self._now_ms, key_bytes, raw))
        letters = self._letters[place]
        counts["inputs that became dead letters"] += letters
        if letters > 1:
            self._problem(f"{letters} dead letters for one input of {topic}", raw)
        if raw is not None and is_certainly_bad(raw):
            counts["inputs that no topic accepts, each in dead.letters once"] += 1
            if letters != 1:
                self._problem(f"{letters} dead letters for a bad input of {topic}", raw)

    def see(self, emit: Emit) -> None:
        """Look at an output of the hops."""
        if emit.value is None:
            return
        if emit.topic == "dead.letters":
            letter = json.loads(emit.value)
            self._letters[letter["topic"], letter["offset"]] += 1
            if letter["reason"] in OWN_FAULTS:
                self._problem(f"{letter['agent']} {letter['topic']}: {letter['detail']}", emit.value)
            if "@" in letter["detail"].replace(_SHOWN_FORM, ""):
                self._problem("the detail of a dead letter holds an address", emit.value)
        elif emit.topic == "lead.routing":
            event = json.loads(emit.value)
            self._routed.add((event.get("person") or {}).get("email", ""))
            self._handoffs.append(event["handoff_id"])
        elif emit.topic == "lead.alerts":
            alert = json.loads(emit.value)
            if alert["alert"] == "everyone_away":
                self._waiting.add(alert["account_key"])

    def _problem(self, what: str, raw: bytes | None) -> None:
        self.outcome.problems.append(f"{what}; input {self.outcome.counts['inputs']}, value {raw!r:.400}")


def run(seed: int, percent: float, say: Callable[[str], None]) -> Outcome:
    """Run the rounds, one on each core at a time. ``percent``: the share of FULL inputs."""
    wanted = max(HAND_EVERY, round(FULL * percent / 100))
    sizes = [min(ROUND, wanted - first) for first in range(0, wanted, ROUND)]
    total = Outcome()
    with ProcessPoolExecutor() as pool:
        rounds = pool.map(run_round, (f"fuzz {seed} {number}" for number in range(len(sizes))), sizes)
        for number, found in enumerate(rounds):
            total.counts.update(found.counts)
            total.problems += [f"round {number}: {problem}" for problem in found.problems]
            if number % 20 == 0:
                say(f"fuzz: {total.counts['inputs']:,} of {wanted:,} inputs")
            if len(total.problems) >= MOST_PROBLEMS:
                pool.shutdown(cancel_futures=True)
                break
    return total


def run_round(seed: str, inputs: int) -> Outcome:
    """Run one round. The same seed gives the same inputs and the same result."""
    return Round(seed, {topic.value: list(_examples(topic)) for topic in SourceTopic}).run(inputs)


def _examples(topic: str) -> Iterator[dict[str, Any]]:
    """Yield the values of the contract's examples of a topic."""
    with (ROOT / "schemas" / "examples" / f"{topic}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            if isinstance(value := json.loads(line)["value"], dict):
                yield value
