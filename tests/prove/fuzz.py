"""Fuzz of every input topic: generated and damaged records through the four hops, in one process and without Kafka.

In: a seed and a number of inputs. Out: counts, and a list of problems, which must be empty:

- No exception leaves the hops.
- An input has at most one dead letter. One that is certainly bad has exactly one. No letter blames the router, and no letter
  repeats an e-mail address.
- A raised hand is never lost: a form that asks for sales and whose address and time can be read leads to a hand-off, or to an
  alert if even the fallback is away, whatever its other fields hold and whatever was sent before.
- The checks from outside hold for all outputs of a round (outside_checks.py).
- After an erasure no row holds the person's address, unless a later record brings it.

The inputs come in rounds. Each round begins without state, and has a policy and a seed of its own that follow from the seed of the run.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, Final

import msgspec

from tests.prove import fuzz_policies
from tests.prove.bad_records import SourceTopic
from tests.prove.fuzz_values import DAY_MS, REPS, ValueSource, instant
from tests.prove.outcome import Outcome
from tests.prove.outside_checks import OWN_FAULTS, OutsideChecks
from tests.prove.record_mutations import changed_bytes, changed_fields, encoded, is_certainly_bad
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.demo.market.seeded_random import SeededRandom
from workers.identity.lead_ids import lead_id_of
from workers.replay.edge_replay import EdgeReplay, EndlessEffectsError
from workers.replay.history_lines import Input
from workers.replay.topic_roles import COMPACTED, RESULTS, directory_ready

if TYPE_CHECKING:
    from workers.engine.api import AgentSpec, Emit

KEY: Final = b"a key for the proof only"
FULL: Final = 1_000_000
ROUND: Final = 2_000
"""Inputs of one round. Each rep, firm and open hand-off of a round makes its later inputs slower."""
FIRST_MS: Final = 1_772_460_000_000
"""2026-03-02 14:00 UTC."""
MOST_PROBLEMS: Final = 20
MOST_EFFECTS: Final = 20_000
"""Effects of one input after which they probably never end."""
HAND_EVERY: Final = 25
_HAND_KEEPS: Final = frozenset({"event_id", "occurred_at", "email", "request", "is_bot", "user_agent"})
"""Fields of a raised hand that stay. The others may hold anything."""
_REQUESTS: Final = ("demo", "pricing", "contact_sales", "Book a demo!", "preis anfragen")
_SHOWN_FORM: Final = "name@company.com"
"""The address that a detail shows as the expected form."""
_ADDRESS: Final = re.compile(rb"person\d+@firm\d+\.example")
_DAMAGED_PERCENTS: Final = (5, 25, 70)
"""Share of inputs with changed fields. A round with few of them reaches deep states. Percent."""
_TOMBSTONE_PERCENT: Final = 4
_SHARES: Final = {
    SourceTopic.WEB_ACTIVITY: 20,
    SourceTopic.FORM_FILLS: 20,
    SourceTopic.CHAT_CONVERSATIONS: 10,
    SourceTopic.CRM_ACCOUNTS: 9,
    SourceTopic.CRM_CONTACTS: 7,
    SourceTopic.CRM_REPS: 7,
    SourceTopic.SALES_ACTIVITIES: 22,
    SourceTopic.PRIVACY_REQUESTS: 5,
}
"""Share of each topic. Percent."""


class Round:
    """One round: a market in memory, and the records that are sent to it."""

    def __init__(self, seed: str) -> None:
        self._chance = chance = SeededRandom(seed)
        self._damaged_percent = chance.choice(_DAMAGED_PERCENTS)
        self._has_weeks = chance.happens(50)
        """Whether weeks pass. Then no id occurs twice: a repeat counts again after the policy's days of repeats."""
        self._kept = frozenset({"event_id"}) if self._has_weeks else frozenset()
        self._values = ValueSource(chance, has_repeats=not self._has_weeks)
        self._values.now_ms = FIRST_MS
        self._offsets: Counter[str] = Counter()
        self._letters: Counter[tuple[str, int]] = Counter()
        self._checks = OutsideChecks()
        self._revisions = 0
        self._routed: set[str] = set()
        self._waiting: set[str] = set()
        """Accounts with the alert `everyone_away`: even the fallback is away, and they wait at their desk."""
        self._erased: set[bytes] = set()
        """Addresses of erased persons that no later record brings."""
        self._sent: set[str] = set()
        self.outcome = Outcome()
        self._edge = EdgeReplay(
            _specs(),
            fuzz_policies.policy(chance),
            dead_letter,
            self.see,
            results=RESULTS,
            most_effects=MOST_EFFECTS,
        )
        self._edge.open_with(directory_ready(FIRST_MS))

    def run(self, inputs: int) -> Outcome:
        """Send the inputs and check after each, and then all outputs."""
        for rep in REPS[:2]:
            fields = {"rep_id": rep, "name": rep, "desks": [{"desk": "inside_sales", "weight": 1}]}
            self._send("crm.reps", rep, encoded(self._chance, self._values.head() | fields))
        for number in range(inputs):
            self._pass_time()
            with _Caught(self):
                if number % HAND_EVERY == 0:
                    self._raise_hand()
                else:
                    self._send_any()
        with _Caught(self):
            self._edge.run_timers(self._values.now_ms + 3 * DAY_MS)
            self._check_erasures()
        self.outcome.counts["outputs, each once"] += self._checks.outputs
        self.outcome.problems += self._checks.problems()
        return self.outcome

    def _pass_time(self) -> None:
        chance = self._chance
        days = 40 if self._has_weeks and chance.happens(0.1) else 0.3 if chance.happens(1) else 0.0005
        self._values.now_ms += chance.randrange(round(days * DAY_MS))

    def _send_any(self) -> None:
        chance = self._chance
        topic = chance.choices(tuple(_SHARES), tuple(_SHARES.values()))[0].value
        value = self._values.value(topic)
        key = self._values.key(value)
        if topic in COMPACTED and chance.happens(_TOMBSTONE_PERCENT):
            self._send(topic, key, None)
            return
        is_whole = not chance.happens(self._damaged_percent)
        if not is_whole:
            value = changed_fields(chance, value, self._kept)
        raw = encoded(chance, value)
        if not is_whole and chance.happens(25):
            raw = changed_bytes(chance, raw)
        is_first = is_whole and value["event_id"] not in self._sent
        is_accepted = self._send(topic, key, raw)
        if (
            is_accepted
            and is_first
            and value.get("request") == "erasure"
            and value["occurred_at"] == instant(self._values.now_ms)
        ):
            self.outcome.counts["persons erased"] += 1
            self._erased.update(_ADDRESS.findall(raw))
        self._sent.add(str(value.get("event_id")))

    def _raise_hand(self) -> None:
        """Send a form that asks for sales, by a person of a firm that is not known, and expect its hand-off."""
        name = f"hand{self.outcome.counts['inputs']}"
        email = f"{name}@{name}.example"
        form = self._values.value("form.fills") | {
            "event_id": name,
            "occurred_at": instant(self._values.now_ms),
            "email": email,
            "request": self._chance.choice(_REQUESTS),
            "is_bot": False,
        }
        for name_of_other in ("user_agent", "company"):
            form.pop(
                name_of_other, None
            )  # a robot has no hand; a company's name may lead to an account that is excluded
        raw = encoded(self._chance, changed_fields(self._chance, form, _HAND_KEEPS))
        self._send("form.fills", f"browser-{name}", raw)
        self.outcome.counts["raised hands, each handed over or reported"] += 1
        if lead_id_of(email, KEY) not in self._routed and f"domain:{name}.example" not in self._waiting:
            self.add_problem("a raised hand was lost", raw)

    def _send(self, topic: str, key: str | None, raw: bytes | None) -> bool:
        """Send a record and check what follows. Return whether it was accepted."""
        place = (topic, self._offsets[topic])
        self._offsets[topic] += 1
        counts = self.outcome.counts
        counts["inputs"] += 1
        key_bytes = None if key is None else key.encode("utf-8", "surrogatepass")
        revisions = self._revisions
        if self._erased:
            self._erased.difference_update(_addresses(raw or b""), _addresses(key_bytes or b""))
        self._edge.feed(Input(topic, self._values.now_ms, key_bytes, raw))
        letters = self._letters[place]
        counts["inputs that became dead letters"] += letters
        counts[f"{topic}: accepted"] += not letters
        counts[f"{topic}: changed a hand-off"] += self._revisions > revisions
        if letters > 1:
            self.add_problem(f"{letters} dead letters for one input of {topic}", raw)
        if raw is not None and is_certainly_bad(raw):
            counts["inputs that no topic accepts, each in dead.letters once"] += 1
            if letters != 1:
                self.add_problem(f"{letters} dead letters for a bad input of {topic}", raw)
        return not letters

    def see(self, emit: Emit) -> None:
        """Look at an output of the hops."""
        if emit.value is None:
            return
        event = msgspec.json.decode(emit.value)
        self._checks.add(emit.topic, event)
        if emit.topic == "dead.letters":
            self._letters[event["topic"], event["offset"]] += 1
            if event["reason"] in OWN_FAULTS:
                self.add_problem(f"{event['agent']} {event['topic']}: {event['detail']}", emit.value)
            if "@" in event["detail"].replace(_SHOWN_FORM, ""):
                self.add_problem("the detail of a dead letter holds an address", emit.value)
        elif emit.topic == "lead.routing":
            self._revisions += 1
            self._routed.add(event["lead_id"])
            self._values.note(event)
        elif emit.topic == "lead.alerts" and event["alert"] == "everyone_away":
            self._waiting.add(event["account_key"])

    def _check_erasures(self) -> None:
        for row_key, value in (row for rows in self._edge.rows() for row in rows.items()):
            if self._erased and not self._erased.isdisjoint(_ADDRESS.findall(row_key + b"\n" + value)):
                self.add_problem("a row holds the address of an erased person", row_key)

    def add_problem(self, what: str, raw: bytes | None) -> None:
        """Report a problem with the value that showed it."""
        self.outcome.problems.append(f"{what}; input {self.outcome.counts['inputs']}, value {raw!r:.400}")


class _Caught:
    """Turns an exception of the hops into a problem. A context manager."""

    def __init__(self, fuzz: Round) -> None:
        self._fuzz = fuzz

    def __enter__(self) -> None:
        return

    def __exit__(self, _: object, error: BaseException | None, __: object) -> bool:
        if not isinstance(error, Exception):
            return False
        endless = isinstance(error, EndlessEffectsError)
        self._fuzz.add_problem(
            f"effects without end: {error}" if endless else f"{type(error).__name__} left the hops: {error}",
            b"",
        )
        return True


def run(seed: int, percent: float, say: Callable[[str], None]) -> Outcome:
    """Run the rounds, one on each core at a time. ``percent``: the share of FULL inputs."""
    wanted = max(HAND_EVERY, round(FULL * percent / 100))
    sizes = [min(ROUND, wanted - first) for first in range(0, wanted, ROUND)]
    total = Outcome()
    _specs()  # before the fork, so that the processes share the tables
    with ProcessPoolExecutor() as pool:
        rounds = pool.map(run_round, (f"fuzz {seed} {number}" for number in range(len(sizes))), sizes)
        for number, found in enumerate(rounds):
            total.counts["rounds, each with a policy of its own"] += 1
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
    return Round(seed).run(inputs)


@cache
def _specs() -> dict[str, AgentSpec]:
    """Return the agents. Their tables are loaded once in a process."""
    return make_specs(KEY, 1)


def _addresses(raw: bytes) -> list[bytes]:
    """Return the addresses of people that a value holds, in any encoding that the hops read."""
    return _ADDRESS.findall(raw.replace(b"\x00", b""))
