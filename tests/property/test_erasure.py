"""After an erasure no data of the person is left, for any events before it, in any order and with any repeats."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edge import DAY, HOUR, KEY, MINUTE, NOON, POLICY_TEXT, activity, form, iso
from workers.agents import make_specs
from workers.deadletters import dead_letter
from workers.engine.api import Emit
from workers.identity.addresses import normalise
from workers.identity.lead_ids import lead_id_of
from workers.policy.load import load_policy, to_config
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

ANN, BOB, EVE, ALIAS = "ann@bank.com", "bob@bank.com", "eve@gmail.com", "ann@bank-us.com"
PEOPLE = (ANN, BOB, EVE, ALIAS)
ERASED_AT = NOON + 6 * HOUR
SPECS = make_specs(KEY, 1)
CONFIG = to_config(load_policy(POLICY_TEXT), POLICY_TEXT)
MARKS = (b"erased\x00", b"numbers\x00", b"~timer\x00", b"~timer-slot\x00forget_mark\x00")
"""Prefixes of rows that may name an erased person: the mark, the last numbers given, and the timer that deletes both."""


class InputAtTime(NamedTuple):
    """A record before the erasure, with the time at which it happens."""

    topic: str
    key: str | None
    value: dict[str, Any] | str
    at_ms: int

    def arriving(self, at_ms: int) -> Input:
        raw = self.value if isinstance(self.value, str) else json.dumps(self.value)
        return Input(self.topic, at_ms, None if self.key is None else self.key.encode(), raw.encode())


TIMES = st.integers(0, 300).map(lambda minutes: NOON + minutes * MINUTE)
IDS = st.integers(0, 10_000).map("e{}".format)
BROWSERS = st.sampled_from(["x", "y", None])


@st.composite
def visitor_events(draw: st.DrawFn) -> InputAtTime:
    """Generate a form or an activity, with an address or a browser."""
    at_ms, event_id, browser = draw(TIMES), draw(IDS), draw(BROWSERS)
    email = draw(st.sampled_from([*PEOPLE, None]))
    who = {"anonymous_id": browser} if browser else {}
    if email and draw(st.booleans()):
        fields = form(
            event_id,
            at_ms,
            email=email,
            request=draw(st.sampled_from(["content", "demo"])),
            job_title="CIO",
            job_function="it",
            last_name="Secret",
            company=draw(st.sampled_from(["", "The Bank", "n/a"])),
            **who,
        )
        return InputAtTime("form.fills", browser or email, fields, at_ms)
    who |= {"email": email} if email else {}
    word = draw(st.sampled_from(["page_view", "download", "webinar_attended"]))
    return InputAtTime(
        "web.activity", browser or email, activity(event_id, at_ms, **who) | {"activity": word}, at_ms
    )


@st.composite
def crm_records(draw: st.DrawFn) -> InputAtTime:
    """Generate a version of the bank's CRM record, with or without a second domain, or of a contact."""
    at_ms, event_id = draw(TIMES), draw(IDS)
    head = {"event_id": event_id, "occurred_at": iso(at_ms)}
    if draw(st.booleans()):
        email = draw(st.sampled_from(PEOPLE))
        contact = {"email": email, "crm_contact_id": "C-1", "job_title": "Chief Secret Officer"}
        return InputAtTime("crm.contacts", email, head | contact, at_ms)
    domains = draw(
        st.sampled_from([[], ["bank.com"], ["bank.com", "bank-us.com"], ["bank-us.com", "bank.com"]])
    )
    account = {
        "crm_account_id": "A",
        "name": "The Bank",
        "domains": domains,
        "sic": draw(st.sampled_from([["6021"], []])),
        "revenue": {"amount": 900_000_000, "currency": "USD"},
        "country": "US",
    }
    return InputAtTime("crm.accounts", "A", head | account, at_ms)


@st.composite
def sales_activities(draw: st.DrawFn) -> InputAtTime:
    at_ms, email = draw(TIMES), draw(st.sampled_from(PEOPLE))
    answer = draw(
        st.sampled_from(
            [
                {"action": "touched"},
                {"action": "rejected", "reason": "not_now"},
                {"action": "opportunity_opened", "amount": 180_000},
                {"action": "won"},
            ]
        )
    )
    fields = {"event_id": draw(IDS), "occurred_at": iso(at_ms), "email": email, "rep_id": "mia"}
    return InputAtTime("sales.activities", email, fields | answer, at_ms)


@st.composite
def unreadable_records(draw: st.DrawFn) -> InputAtTime:
    """Generate a record that becomes a dead letter with a person's address in it."""
    email = draw(st.sampled_from(PEOPLE))
    return InputAtTime(
        "form.fills", email, draw(st.sampled_from(["[]", f"{{{email} is cut off"])), draw(TIMES)
    )


BEFORE = st.lists(visitor_events() | crm_records() | sales_activities() | unreadable_records(), max_size=25)
TEAM = [
    InputAtTime(
        "crm.reps",
        rep,
        {
            "event_id": f"r-{rep}",
            "occurred_at": iso(NOON - HOUR),
            "rep_id": rep,
            "name": rep,
            "desks": [{"desk": "inside_sales"}],
        },
        NOON - HOUR,
    )
    for rep in ("mia", "tom")
]


class Run:
    """A replay up to some hours after the erasure, with its emits."""

    def __init__(self, inputs: list[Input]) -> None:
        self.emits: list[Emit] = []
        self.replay = EdgeReplay(SPECS, CONFIG, dead_letter, self.emits.append, results=RESULTS)
        self.replay.open_with(directory_ready(NOON - HOUR))
        for one in inputs:
            self.replay.feed(one)

    def rows(self) -> list[tuple[bytes, bytes]]:
        return [(key, value) for store in self.replay.rows() for key, value in store.items()]

    def kept_values(self, topic: str) -> list[Emit]:
        """Return the records that a compacted topic holds at the end."""
        last = {(emit.key, emit.partition_key): emit for emit in self.emits if emit.topic == topic}
        return [emit for emit in last.values() if emit.value is not None]


def erasure_of(email: str) -> Input:
    request = {"event_id": "p", "occurred_at": iso(ERASED_AT), "email": email, "request": "erasure"}
    return Input("privacy.requests", ERASED_AT, email.encode(), json.dumps(request).encode())


def lead_of(email: str) -> str:
    return lead_id_of(normalise(email).email, KEY)


def contents_of(letter: Emit) -> str:
    fields = json.loads(letter.value or b"{}")
    return "".join(b64decode(fields.get(name, "")).decode() for name in ("key_base64", "payload_base64"))


@settings(max_examples=120, deadline=None)
@given(BEFORE, st.sampled_from(PEOPLE), st.data())
def test_after_an_erasure_no_row_and_no_kept_output_holds_data_of_the_person(
    before: list[InputAtTime], email: str, data: st.DataObject
) -> None:
    arrived = [one.arriving(one.at_ms) for one in sorted(before, key=lambda one: one.at_ms)]
    repeated = [
        one.arriving(ERASED_AT + HOUR)
        for one in data.draw(st.permutations(before), label="repeated")
        if not isinstance(one.value, str)
    ]
    renewed = [
        one._replace(value=one.value | {"event_id": f"{one.value['event_id']}-renewed"}).arriving(
            ERASED_AT + HOUR
        )
        for one in before
        if isinstance(one.value, dict)
    ]
    team = [one.arriving(one.at_ms) for one in TEAM]
    run = Run([*team, *arrived, erasure_of(email), *repeated, erasure_of(email), *renewed])
    run.replay.run_timers(ERASED_AT + 3 * DAY)

    raw_email, raw_id = email.encode(), lead_of(email).encode()
    for key, value in run.rows():
        assert raw_email not in key + value, key
        assert raw_id not in key + value or key.startswith(MARKS), key
    assert [one for one in run.kept_values("lead.scores") if one.key == raw_id] == []
    assert [one for one in map(contents_of, run.kept_values("dead.letters")) if email in one.lower()] == []


def test_an_erased_person_with_two_demo_requests_leaves_no_signals_row() -> None:
    requests = [
        InputAtTime("form.fills", EVE, form(event_id, NOON, email=EVE, request="demo"), NOON)
        for event_id in ("e1", "e2")
    ]
    run = Run([one.arriving(one.at_ms) for one in [*TEAM, *requests]])
    raw_id = lead_of(EVE).encode()
    assert any(key.startswith(b"signals\x00") and raw_id in key for key, _ in run.rows())
    run.replay.feed(erasure_of(EVE))

    assert [key for key, value in run.rows() if raw_id in key + value and not key.startswith(MARKS)] == []


@settings(max_examples=60, deadline=None)
@given(BEFORE, st.sampled_from(PEOPLE))
def test_outputs_after_an_erasure_hold_no_data_of_the_person(before: list[InputAtTime], email: str) -> None:
    arrived = [one.arriving(one.at_ms) for one in sorted([*TEAM, *before], key=lambda one: one.at_ms)]
    run = Run(arrived)
    run.replay.run_timers(ERASED_AT)
    count = len(run.emits)
    run.replay.feed(erasure_of(email))
    run.replay.run_timers(ERASED_AT + 3 * DAY)

    for emit in run.emits[count:]:
        assert email.encode() not in (emit.value or b"") + (emit.key or b"")
        if lead_of(email).encode() in (emit.value or b""):
            output = json.loads(emit.value or b"{}")
            is_end = (
                output.get("action") == "withdrawn"
                or output.get("cleared")
                or output.get("entry") == "return"
            )
            assert is_end or output["lead_id"] != lead_of(email), output
            assert "Secret" not in json.dumps(output)


@settings(max_examples=40, deadline=None)
@given(BEFORE, st.sampled_from(PEOPLE))
def test_an_erasure_mark_is_deleted_after_its_time(before: list[InputAtTime], email: str) -> None:
    arrived = [one.arriving(one.at_ms) for one in sorted([*TEAM, *before], key=lambda one: one.at_ms)]
    run = Run([*arrived, erasure_of(email)])
    run.replay.run_timers(ERASED_AT + 100 * DAY)

    assert [key for key, value in run.rows() if lead_of(email).encode() in key + value] == []


@settings(max_examples=60, deadline=None)
@given(BEFORE, st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))
def test_an_erasure_does_not_change_the_points_of_other_people(
    before: list[InputAtTime], email: str, other: str
) -> None:
    """Only without shared browsers: in a shared one, other people's time depends on the erased person's links."""
    alone = [
        one
        for one in before
        if one.topic != "crm.accounts" and not (isinstance(one.value, dict) and "anonymous_id" in one.value)
    ]
    arrived = [one.arriving(one.at_ms) for one in sorted([*TEAM, *alone], key=lambda one: one.at_ms)]
    plain, erased = Run(arrived), Run([*arrived, erasure_of(email)])

    def points(run: Run) -> list[Any]:
        scores = [json.loads(one.value or b"{}") for one in run.kept_values("lead.scores")]
        return [one["explanation"]["points"] for one in scores if one["lead_id"] == lead_of(other)]

    assert points(erased) == ([] if other == email else points(plain))
