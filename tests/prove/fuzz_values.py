"""The valid values of a fuzz round: the contract's examples, with people, firms, reps and hand-offs that meet again and again.

In: a seeded generator, and the hand-offs that the hops published. Out: values of the input topics. They reach deep: sales
answers open hand-offs through their holders, firms share and lose domains, reps leave and return, and people are erased.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, Final

from tests.prove.bad_records import SourceTopic
from workers.demo.market.seeded_random import SeededRandom

EXAMPLES: Final = Path(__file__).parents[2] / "schemas" / "examples"
DAY_MS: Final = 86_400_000
FIRMS: Final = 9
PEOPLE: Final = tuple(f"person{number}@firm{number % FIRMS}.example" for number in range(40))
REPS: Final = ("mia", "tom", "olga", "dana")
_LATE_PERCENT: Final = 3
"""Share of events that happened up to nine days before they arrive. Percent."""
_REPEATED_PERCENT: Final = 2
"""Share of events with the id of an earlier one. Percent."""
_POOL_PERCENT: Final = 90
"""How often a field of an example is replaced by a value of this market. Percent."""
_MOST_OPEN: Final = 200
"""Hand-offs that are remembered. Sales answers the newer ones."""

WORDS: Final[Mapping[str, Mapping[str, tuple[Any, ...]]]] = {
    "web.activity": {
        "activity": (
            *(
                "page_view",
                "download",
                "webinar_attended",
                "webinar_registered",
                "email_opened",
                "email_clicked",
            ),
            *("video_watched", "calculator_used", "heartbeat", "activity0", "activity1", "activity2"),
        ),
        "url": ("https://v.example/pricing", "https://v.example/careers", "https://v.example/", "/pricing"),
        "campaign": ({"name": "cio-roundtable-7"}, {"name": "spring"}, None),
        "duration_seconds": (0, 41.5, 600, None),
    },
    "form.fills": {
        "request": ("content", "newsletter", "demo", "pricing", "contact_sales", "support"),
        "job_title": ("CIO", "Director", "Analyst, IT", "Student", "Clerk", "word0", "word1", None),
        "job_function": ("it", "finance", "janitor", None),
        "company": ("Firm 1 Bank", "Firm 2", "n/a", None),
        "campaign": ({"name": "cio-roundtable-7"}, {"name": "spring"}, None),
        "consent": ({"tracking": True}, {"tracking": False}, {"marketing": False}, None),
    },
    "chat.conversations": {
        "turn": (
            *("started", "visitor_message", "asked_for_sales", "asked_for_support", "agent_message", "ended"),
        ),
    },
    "crm.accounts": {
        "name": ("Firm 1 Bank", "Firm 2", "Firm 3 Inc."),
        "relationship": ("prospect", "prospect", "customer", "former_customer", "distributor", "competitor"),
        "sic": (["6021"], ["6021"], ["0111"], []),
        "revenue": ({"amount": "750000000", "currency": "USD"}, {"amount": "12", "currency": "USD"}, None),
        "employees": (5, 20, None),
        "country": ("US", "US", "DE", None),
        "region": ("NY", "CA", "HI", None),
    },
    "crm.contacts": {
        "do_not_contact": (False, False, True),
        "job_title": ("CIO", "Analyst, IT", "Student", None),
        "job_function": ("it", None),
    },
    "crm.reps": {
        "active": (True, True, True, False),
        "languages": (["es"], [], None),
        "calendar": ("east", None, "unknown"),
    },
    "sales.activities": {
        "action": (
            *(
                "touched",
                "accepted",
                "claimed",
                "rejected",
                "rejected",
                "reassigned",
                "sales_qualified",
                "returned",
            ),
            *("opportunity_opened", "won", "lost", "turn_credited"),
        ),
        "reason": ("not_now", "unreachable", "wrong_person", "not_our_market", "bad_data", "duplicate"),
        "channel": ("call", "mail", None),
    },
    "privacy.requests": {
        "request": ("consent", "consent", "consent", "erasure"),
        "consent": ({"tracking": False}, {"tracking": True}, {"marketing": False}, {"marketing": True}),
    },
}
"""Words by topic and field that rules, routes and stages of the policies of a run ask for."""


class ValueSource:
    """The market of one round."""

    def __init__(self, chance: SeededRandom, *, has_repeats: bool) -> None:
        """``has_repeats``: whether some events have the id of an earlier one."""
        self._chance = chance
        self._has_repeats = has_repeats
        self._numbers = count(1)
        self._open: dict[str, tuple[str, str]] = {}
        """(assignee, lead_id) of each open hand-off."""
        self._examples = {topic.value: list(_examples(topic)) for topic in SourceTopic}
        self.now_ms = 0

    def note(self, routing: Mapping[str, Any]) -> None:
        """Remember a hand-off as it is published now."""
        name = routing["handoff_id"]
        self._open.pop(name, None)
        if assignee := routing.get("assignee"):
            self._open[name] = (assignee["id"], routing["lead_id"])
            if len(self._open) > _MOST_OPEN:
                del self._open[next(iter(self._open))]

    def value(self, topic: str) -> dict[str, Any]:
        """Return a valid value of a topic."""
        chance = self._chance
        value = dict(chance.choice(self._examples[topic])) | self.head()
        value |= {name: chance.choice(words) for name, words in WORDS[topic].items() if chance.happens(60)}
        known = self._known()
        if topic == "crm.accounts":
            value |= {
                name: known[name]()
                for name in ("parent_crm_account_id", "open_opportunities")
                if chance.happens(20)
            }
        elif topic == "crm.reps":
            value |= {
                name: known[name]() for name in ("desks", "absences", "deputy_rep_id") if chance.happens(50)
            }
        elif topic == "sales.activities":
            value |= self._answer()
            value["to_rep_id"] = known["rep_id"]()
        elif topic == "privacy.requests" and value["request"] != "consent":
            value.pop("consent", None)
        elif topic == "web.activity" and chance.happens(30):
            value["email"] = known["email"]()
        keeps = ("handoff_id", "rep_id") if topic == "sales.activities" else ()
        return value | {
            name: make()
            for name, make in known.items()
            if name in value and name not in keeps and chance.happens(_POOL_PERCENT)
        }

    def key(self, value: Mapping[str, Any]) -> str | None:
        """Return a key for a value: the right one, another, or none."""
        chance = self._chance
        names = ("email", "anonymous_id", "rep_id", "crm_account_id", "handoff_id")
        right = [value[name] for name in names if isinstance(value.get(name), str)]
        return chance.choice((*right, *right, *right, "k", None, "\u0000"))

    def head(self) -> dict[str, Any]:
        """Return the identity and the time of an event."""
        chance = self._chance
        number = next(self._numbers)
        if self._has_repeats and chance.happens(_REPEATED_PERCENT):
            number -= chance.randint(1, 50)
        late_ms = chance.randrange(9 * DAY_MS) if chance.happens(_LATE_PERCENT) else 0
        return {"event_id": f"fuzz-{number}", "occurred_at": instant(self.now_ms - late_ms)}

    def _answer(self) -> dict[str, Any]:
        """Return the fields by which sales answers an open hand-off, in most cases by its holder."""
        chance = self._chance
        if not self._open:
            return {"rep_id": chance.choice(REPS)}
        name = chance.choice(tuple(self._open)[-20:] if chance.happens(70) else tuple(self._open))
        holder = self._open[name][0] if chance.happens(80) else chance.choice(REPS)
        return {"handoff_id": name, "rep_id": holder}

    def _known(self) -> Mapping[str, Callable[[], Any]]:
        chance = self._chance
        return {
            "email": lambda: chance.choice(PEOPLE),
            "anonymous_id": lambda: f"browser{chance.randrange(30)}",
            "conversation_id": lambda: f"talk{chance.randrange(20)}",
            "rep_id": lambda: chance.choice(REPS),
            "deputy_rep_id": lambda: chance.choice((*REPS, None)),
            "manager_rep_id": lambda: chance.choice((*REPS, None)),
            "owner_rep_id": lambda: chance.choice((*REPS, None, "queue_1")),
            "crm_account_id": lambda: f"ACC-{chance.randrange(FIRMS)}",
            "parent_crm_account_id": lambda: f"ACC-{chance.randrange(FIRMS)}",
            "domains": lambda: [
                f"firm{chance.randrange(FIRMS)}.example" for _ in range(chance.choice((0, 1, 1, 2)))
            ],
            "open_opportunities": lambda: [
                {"opportunity_id": f"opp-{chance.randrange(5)}", "owner_rep_id": chance.choice(REPS)}
            ],
            "desks": lambda: [
                {"desk": desk, "weight": chance.choice((1, 2, 5)), "capacity": chance.choice((0, 1, 8))}
                for desk in chance.sample(("inside_sales", "west", "customer_service"), chance.randint(0, 2))
            ],
            "absences": lambda: [
                {
                    "starts_at": instant(self.now_ms - chance.randrange(DAY_MS)),
                    "ends_at": instant(self.now_ms + chance.randrange(1, 5 * DAY_MS)),
                }
            ],
        }


def instant(at_ms: int) -> str:
    """Return a time as RFC 3339 text. Milliseconds UTC."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat()


def _examples(topic: str) -> Iterator[dict[str, Any]]:
    """Yield the values of the contract's examples of a topic."""
    with (EXAMPLES / f"{topic}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            if isinstance(value := json.loads(line)["value"], dict):
                yield value
