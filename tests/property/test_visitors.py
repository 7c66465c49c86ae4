"""However records are cut into batches, repeated, or shuffled between two identifications: the same facts."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.edge import DAY, KEY, MINUTE, NOON, Partition, activity, form, policy_with, record
from workers.engine.api import Record
from workers.identity.addresses import normalise
from workers.identity.lead_ids import person_of
from workers.visitors.agent import spec
from workers.visitors.rows import CountRow

FEW = policy_with(("anonymous_history: {days: 90, events: 200}", "anonymous_history: {days: 30, events: 3}"))
BROWSERS = st.sampled_from(["x", "y"])
PEOPLE = ("ada@bank.com", "bob@bank.com", "eve@gmail.com", "info@other.com")
ADDRESSES = st.sampled_from(PEOPLE)
TIMES = st.integers(-10, 20).map(lambda n: NOON + n * MINUTE)
"""Some of them ahead of their arrival, many of them equal."""
IDS = st.integers(0, 10_000).map("e{}".format)


def visitors() -> Partition:
    return Partition(spec(KEY, 1), policy=FEW)


@st.composite
def quiet(draw: st.DrawFn) -> Record:
    """A record that identifies nobody: of a browser or of nobody, some with a bad address, some too old."""
    said: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "anonymous_id": BROWSERS,
                "url": st.just("https://ours.example/a"),
                "campaign": st.just({"name": "fair", "source": ""}),
            },
        )
    )
    if "anonymous_id" in said and draw(st.booleans()):
        said["email"] = draw(st.sampled_from(["", "no address"]))
    arrives_at = NOON + draw(st.sampled_from([0, 0, 0, DAY, 8 * DAY]))
    event_id, at_ms = draw(IDS), draw(TIMES)
    if draw(st.booleans()):
        return record("form.fills", form(event_id, at_ms, job_title="CIO", **said), arrives_at=arrives_at)
    return record("web.activity", activity(event_id, at_ms, **said), arrives_at=arrives_at)


@st.composite
def identifying(draw: st.DrawFn) -> Record:
    """A record with an address, with a browser or without."""
    said = draw(st.fixed_dictionaries({"email": ADDRESSES}, optional={"anonymous_id": BROWSERS}))
    event_id, at_ms = draw(IDS), draw(TIMES)
    if draw(st.booleans()):
        return record("form.fills", form(event_id, at_ms, **said), arrives_at=NOON)
    return record("web.activity", activity(event_id, at_ms, **said), arrives_at=NOON)


SEGMENTS = st.lists(
    st.tuples(st.lists(quiet(), max_size=8), st.none() | identifying()), min_size=1, max_size=5
)
RECORDS = st.lists(quiet() | identifying(), max_size=25)


def event_id_of(one: Record) -> str:
    return str(json.loads(one.value or b"{}")["event_id"])


def facts_of(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without dead letters: of a record that is refused each repeat is refused."""
    return [fact for fact in facts if "reason" not in fact]


def rows_but_counts(partition: Partition) -> dict[bytes, bytes]:
    return {key: row for key, row in partition.domain_rows().items() if not key.startswith(b"count")}


def nobodies(partition: Partition) -> int:
    return sum(row.nobody for _, row in partition.rows(CountRow))


def by_value(facts: list[dict[str, Any]]) -> list[str]:
    return sorted(map(repr, facts))


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.lists(st.integers(1, 10), max_size=10))
def test_batches_cut_otherwise_give_the_same_outputs_and_rows_to_the_byte(
    records: list[Record], batches: list[int]
) -> None:
    one_by_one, cut = visitors(), visitors()
    one_by_one.take(records)
    cut.take(records, batches)
    assert cut.emits == one_by_one.emits
    assert cut.store.dump() == one_by_one.store.dump()


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.data())
def test_repeats_change_nothing_but_their_count(records: list[Record], data: st.DataObject) -> None:
    plain, repeated = visitors(), visitors()
    again = list(records)
    for one in records:
        if data.draw(st.booleans(), label="repeated"):
            first = again.index(one)
            again.insert(data.draw(st.integers(first + 1, len(again)), label="at"), one)
    assert facts_of(repeated.take(again)) == facts_of(plain.take(records))
    assert rows_but_counts(repeated) == rows_but_counts(plain)
    assert nobodies(repeated) == nobodies(plain)


@settings(max_examples=100, deadline=None)
@given(SEGMENTS, st.randoms(use_true_random=False))
def test_events_shuffled_between_two_identifications_give_the_same_facts_and_rows(
    segments: list[tuple[list[Record], Record | None]], random: Any
) -> None:
    ordered, shuffled = visitors(), visitors()
    for events, identification in segments:
        # One id belongs to one event: of two that share it the first counts, so the order between them would matter.
        once = list({(event.topic, event_id_of(event)): event for event in events}.values())
        others = random.sample(once, len(once))
        tail = [] if identification is None else [identification]
        assert by_value(shuffled.take(others + tail)) == by_value(ordered.take(once + tail))
    assert shuffled.domain_rows() == ordered.domain_rows()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), ADDRESSES), min_size=1, max_size=8).map(sorted),
    st.lists(st.integers(-20, 30), min_size=1, max_size=10),
)
def test_an_activity_belongs_to_who_had_last_identified_by_its_own_time(
    identifications: list[tuple[int, str]], activities: list[int]
) -> None:
    shared = visitors()
    later = NOON + DAY
    for n, (minute, email) in enumerate(identifications):
        at_ms = NOON + minute * MINUTE
        shared.say("form.fills", form(f"f{n}", at_ms, anonymous_id="x", email=email), arrives_at=later)
    for n, minute in enumerate(activities):
        at_ms = NOON + minute * MINUTE
        (fact,) = shared.say("web.activity", activity(f"a{n}", at_ms, anonymous_id="x"), arrives_at=later)
        before = [email for since, email in identifications if since <= minute]
        owner = before[-1] if before else identifications[0][1]
        assert fact["lead_id"] == person_of(normalise(owner), KEY).lead_id
