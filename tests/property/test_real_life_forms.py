"""10,000 forms as real sites send them: who asks for a person is routed to one, and no form is lost without a word.

The forms run through the real hops in one process, under a policy that serves every generated country and title. A form
has one outcome: a hand-off, a score, a dead letter with an alert, or a repeat. The outcomes add up to the forms.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import pytest

from schemas.topics import DEAD_LETTERS, FORM_FILLS, LEAD_ALERTS, LEAD_EVENTS, LEAD_ROUTING, LEAD_SCORES
from tests.property.real_life_forms import COUNTRIES, START, TITLE_WORDS, RealLifeForm, real_life_forms
from tests.scenarios.story import ESCALATION, POLICY
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.identity.addresses import normalise
from workers.identity.lead_ids import lead_id_of
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

KEY: Final = b"a key for tests only"
SEED: Final = os.environ.get("REAL_LIFE_SEED", "1")
FORMS: Final = int(os.environ.get("REAL_LIFE_FORMS", "10000"))
WITHIN: Final = timedelta(minutes=20)
"""All forms arrive in this time, before the first deadline."""
START_MS: Final = int(START.timestamp() * 1000)
REPS: Final = ("mia", "sam", "kim", "dana")


def policy_text() -> str:
    """Return the default policy, for all countries and titles of the forms."""
    text = ESCALATION.sub("", POLICY.read_text("utf-8"))
    countries = ", ".join(f'"{one}"' for one in COUNTRIES)
    words = ", ".join(f'"{one}"' for one in TITLE_WORDS)
    for old, new in (
        ("country: {points: 20, in: [US]}", f"country: {{points: 20, in: [{countries}]}}"),
        ("words: [manager, head of, head, lead, officer]", f"words: [{words}]"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    return text


@dataclass
class Outcomes:
    """The outcome of each form."""

    forms: list[RealLifeForm]
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The facts that the forms became, by event_id."""
    holders: dict[str, str] = field(default_factory=dict)
    """The type of the assignee of each lead with a hand-off, by lead_id. Empty: the lead waits."""
    assigned: Counter[str] = field(default_factory=Counter)
    """Number of hand-offs by lead_id."""
    scored: set[str] = field(default_factory=set)
    dead: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Number of dead letters by topic and reason."""
    alerts: Counter[str] = field(default_factory=Counter)

    def add(self, emit: Emit) -> None:
        if emit.value is None:
            return
        event = json.loads(emit.value)
        if emit.topic == LEAD_EVENTS.name:
            if event["type"] == "lead_form":
                self.facts[event["event_id"].rpartition("/")[2]] = event
        elif emit.topic == LEAD_ROUTING.name:
            self.assigned[event["lead_id"]] += event["action"] == "assigned"
            self.holders[event["lead_id"]] = (event.get("assignee") or {}).get("type", "")
        elif emit.topic == LEAD_SCORES.name:
            self.scored.add(event["lead_id"])
        elif emit.topic == DEAD_LETTERS.name:
            self.dead[event["topic"], event["reason"]] += 1
        elif emit.topic == LEAD_ALERTS.name:
            self.alerts[event["alert"]] += 1

    def of(self, one: RealLifeForm) -> str:
        """Return the outcome of a form, in words."""
        if one.is_repeat:
            return "a repeat"
        if one.email is None:
            return "an address that cannot be read"
        lead_id = lead_id_of(normalise(one.email).email, KEY)
        if lead_id in self.holders:
            return f"with a {self.holders[lead_id] or 'queue'}"
        return "scored" if lead_id in self.scored else "lost"


def replay(forms: list[RealLifeForm]) -> Outcomes:
    outcomes = Outcomes(forms)
    text = policy_text()
    config = to_config(load_policy(text), text)
    results = RESULTS | {LEAD_EVENTS.name}
    run = EdgeReplay(make_specs(KEY, 1), config, dead_letter, outcomes.add, results=results)
    run.open_with(directory_ready(START_MS - 1000))
    for number, rep_id in enumerate(REPS):
        desks = [] if rep_id == "dana" else [{"desk": "inside_sales"}]
        value = {"event_id": f"r{number}", "occurred_at": START.isoformat(), "rep_id": rep_id, "name": rep_id}
        raw = json.dumps(value | {"desks": desks}).encode()
        run.feed(Input("crm.reps", START_MS - 500, rep_id.encode(), raw))
    for one in forms:
        key = None if one.key is None else one.key.encode()
        run.feed(Input(FORM_FILLS.name, one.at_ms, key, json.dumps(one.value).encode()))
    return outcomes


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    found = replay(list(real_life_forms(SEED, FORMS, WITHIN)))
    for asks in (True, False):
        counted = Counter(found.of(one) for one in found.forms if one.asks is asks)
        who = "ask for a person" if asks else "do not"
        sys.stdout.write(f"\n{sum(counted.values()):,} of {FORMS:,} forms {who}: {dict(counted)}")
    sys.stdout.write(f"\ndead letters: {dict(found.dead)}; alerts: {dict(found.alerts)}\n")
    return found


def test_of_the_requests_nearly_all_are_routed_to_a_person(outcomes: Outcomes) -> None:
    asked = Counter(outcomes.of(one) for one in outcomes.forms if one.asks)
    requests = sum(asked.values()) - asked["a repeat"]
    assert asked["with a rep"] >= 0.995 * requests
    assert asked["with a rep"] + asked["with a desk"] + asked["an address that cannot be read"] == requests


def test_no_form_is_lost_and_the_outcomes_add_up(outcomes: Outcomes) -> None:
    all_of_them = Counter(map(outcomes.of, outcomes.forms))
    assert all_of_them["lost"] == 0
    assert sum(all_of_them.values()) == FORMS
    ids = {one.value["event_id"] for one in outcomes.forms}
    repeats = all_of_them["a repeat"]
    assert len(ids) == FORMS - repeats
    readable = {one.value["event_id"] for one in outcomes.forms if one.email is not None}
    assert readable <= outcomes.facts.keys()


def test_each_request_is_handed_over_once(outcomes: Outcomes) -> None:
    assert set(outcomes.assigned.values()) == {1}


def test_a_request_whose_address_cannot_be_read_is_a_dead_letter_with_an_alert(outcomes: Outcomes) -> None:
    unread = [one for one in outcomes.forms if one.email is None]  # a repeat is refused again
    refused = sum(one.asks or not one.has_browser for one in unread)
    assert outcomes.dead == Counter({(FORM_FILLS.name, "bad_address"): refused})
    assert outcomes.alerts["request_refused"] == sum(one.asks for one in unread)


def test_nearly_every_country_is_understood(outcomes: Outcomes) -> None:
    named = [one for one in outcomes.forms if one.country and one.email and not one.is_repeat]
    read = Counter(outcomes.facts[one.value["event_id"]].get("country") == one.country for one in named)
    wrong = {
        (one.value["country"], outcomes.facts[one.value["event_id"]].get("country"))
        for one in named
        if outcomes.facts[one.value["event_id"]].get("country") not in {one.country, None}
    }
    assert wrong == set()
    assert read[True] >= 0.995 * len(named)
