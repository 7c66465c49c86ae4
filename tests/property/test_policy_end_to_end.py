"""Generated policies, people and events through all hops: a lead that fails a gate is never an MQL, whatever it does.

The expected label is derived without the code of the policy: for each gate the test draws whether the fact is right, wrong
or missing. Every policy that passes its checks is played, with requests for sales among the events.
"""

from __future__ import annotations

import json
from typing import Any, Literal, NamedTuple

import yaml
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.edge import HOUR, KEY, MINUTE, NOON, activity, form, iso
from tests.property.small_policies import SmallPolicy
from tests.property.test_policy_checks import rule_sets
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.policy.load import PolicyError, load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

Answer = Literal["right", "wrong", "missing"]
SPECS = make_specs(KEY, 1)
GATES = ("industry", "revenue", "employees", "country")
FACTS: dict[str, dict[Answer, dict[str, Any]]] = {
    "industry": {"right": {"sic": ["6021"]}, "wrong": {"sic": ["9999"]}},
    "revenue": {
        "right": {"revenue": {"amount": 2_000_000, "currency": "USD"}},
        "wrong": {"revenue": {"amount": 10, "currency": "USD"}},
    },
    "employees": {"right": {"employees": 20}, "wrong": {"employees": 5}},
    "country": {"right": {"country": "US"}, "wrong": {"country": "DE"}},
}
PERSON: dict[str, dict[Answer, dict[str, str]]] = {
    "function": {"right": {"job_function": "it"}, "wrong": {"job_function": "janitor"}},
    "title": {"right": {"job_title": "word0"}, "wrong": {"job_title": "student of word0"}},
}
ANSWERS = st.sampled_from(["right", "right", "right", "wrong", "missing"])
RAISED = ("demo", "pricing", "contact_sales")


class Act(NamedTuple):
    """One event of a person: an activity of the rule with this number, or (None) a form with this request."""

    rule: int | None
    request: str
    minute: int


@st.composite
def sound_policies(draw: st.DrawFn) -> SmallPolicy:
    """Draw policies of which most pass their checks."""
    gates = draw(st.lists(st.sampled_from(GATES), min_size=1, unique=True))
    company = {gate: draw(st.integers(3, 6)) for gate in gates}
    titles = tuple(draw(st.lists(st.integers(3, 6), min_size=1, max_size=2)))
    function = draw(st.integers(3, 6))
    lowest = sum(company.values()) + function + min(titles)
    cap = draw(st.integers(1, lowest - 1))
    bar = draw(st.integers(cap + 1, lowest + cap))
    rules = draw(rule_sets())
    return SmallPolicy(company, function, titles, cap, bar, draw(st.integers(1, 12)), rules)


ACTS = st.lists(
    st.builds(
        Act,
        st.none() | st.integers(0, 2),
        st.sampled_from(["content", "newsletter", *RAISED]),
        st.integers(0, 300),
    ),
    min_size=1,
    max_size=12,
)


def with_low_grades(text: str) -> str:
    """Return the policy with grade thresholds that small numbers reach. Grades are not tested here."""
    tree: dict[str, Any] = yaml.load(text, Loader=yaml.CBaseLoader)  # noqa: S506 - texts only
    tree["grade"] = {"fit": {"A": 3, "B": 2, "C": 1}, "behaviour": {"1": 2, "2": 1, "3": 0}}
    lowered: str = yaml.dump(tree, Dumper=yaml.CSafeDumper, sort_keys=False)
    return lowered


def play(text: str, company: dict[str, Any], person: dict[str, str], acts: list[Act]) -> list[Emit]:
    emits: list[Emit] = []
    replay = EdgeReplay(SPECS, to_config(load_policy(text), text), dead_letter, emits.append, results=RESULTS)
    replay.open_with(directory_ready(NOON - HOUR))
    head = {"event_id": "crm", "occurred_at": iso(NOON - HOUR)}
    account = head | {"crm_account_id": "A", "name": "Bank", "domains": ["bank.com"]} | company
    rep = head | {"rep_id": "mia", "name": "Mia", "desks": [{"desk": "inside_sales", "weight": 1}]}
    feed(replay, "crm.reps", "mia", rep, NOON - HOUR)
    feed(replay, "crm.accounts", "A", account, NOON - HOUR)
    feed(replay, "form.fills", "a", form("first", NOON, email="ann@bank.com", **person), NOON)
    for number, act in enumerate(sorted(acts, key=lambda one: one.minute)):
        at_ms = NOON + act.minute * MINUTE
        if act.rule is None:
            value = form(f"e{number}", at_ms, email="ann@bank.com", request=act.request)
            feed(replay, "form.fills", "a", value, at_ms)
        else:
            value = activity(f"e{number}", at_ms, email="ann@bank.com", duration_seconds=600)
            feed(replay, "web.activity", "a", value | {"activity": f"activity{act.rule}"}, at_ms)
    replay.run_timers(NOON + 12 * HOUR)
    return emits


def feed(replay: EdgeReplay, topic: str, key: str, value: dict[str, Any], at_ms: int) -> None:
    replay.feed(Input(topic, at_ms, key.encode(), json.dumps(value).encode()))


def records_of(emits: list[Emit], topic: str) -> list[dict[str, Any]]:
    return [json.loads(one.value) for one in emits if one.topic == topic and one.value is not None]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(sound_policies(), st.data(), ACTS)
def test_gates_decide_the_label_under_every_policy_and_history(
    small: SmallPolicy, data: st.DataObject, acts: list[Act]
) -> None:
    text = with_low_grades(small.text())
    try:
        load_policy(text)
    except PolicyError:
        event("refused")
        assume(False)
    answers: dict[str, Answer] = {gate: data.draw(ANSWERS, label=gate) for gate in (*small.company, *PERSON)}
    company = {k: v for gate in small.company for k, v in FACTS[gate].get(answers[gate], {}).items()}
    person = {k: v for gate in PERSON for k, v in PERSON[gate].get(answers[gate], {}).items()}

    emits = play(text, company, person, acts)

    has_failed = "wrong" in answers.values()
    passes = set(answers.values()) == {"right"}
    routed, stages = (
        records_of(emits, "lead.routing"),
        [one["to_stage"] for one in records_of(emits, "lead.stages")],
    )
    event("fails" if has_failed else "passes" if passes else "waits")
    if not passes:
        assert "mql" not in stages
        assert [one for one in routed if one["kind"] == "mql"] == []
    label = "inquiry" if has_failed else "mql" if passes else "pending"
    asked = any(act.rule is None and act.request in RAISED for act in acts)
    assert {one.get("qualification") for one in routed if one["kind"] in {"raised_hand", "inquiry"}} <= {
        label
    }
    assert bool([one for one in routed if one["kind"] in {"raised_hand", "inquiry"}]) is asked
    if passes:
        reached = any(
            one["explanation"]["total"] >= small.bar and one["explanation"]["behaviour"] > 0
            for one in records_of(emits, "lead.scores")
        )
        assert not reached or "mql" in stages
    for one in records_of(emits, "lead.scores"):
        why = one["explanation"]
        assert why["behaviour"] <= small.cap
        assert sum(line["points"] for line in why["points"]) == why["total"] == why["fit"] + why["behaviour"]
