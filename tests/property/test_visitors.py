"""Records in other batches, repeated, or shuffled between two identifications give the same facts."""

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
"""Times of events. Some are future-dated, many are equal. Milliseconds UTC."""
IDS = st.integers(0, 10_000).map("e{}".format)


def visitors() -> Partition:
    return Partition(spec(KEY, 1), policy=FEW)


@st.composite
def non_identifying(draw: st.DrawFn) -> Record:
    """A record without a valid address: with a browser or without, some with a bad address, some too old."""
    fields: dict[str, Any] = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "anonymous_id": BROWSERS,
                "url": st.just("https://ours.example/a"),
                "campaign": st.just({"name": "fair", "source": ""}),
            },
        )
    )
    if "anonymous_id" in fields and draw(st.booleans()):
        fields["email"] = draw(st.sampled_from(["", "no address"]))
    arrives_at = NOON + draw(st.sampled_from([0, 0, 0, DAY, 8 * DAY]))
    event_id, at_ms = draw(IDS), draw(TIMES)
    if draw(st.booleans()):
        return record("form.fills", form(event_id, at_ms, job_title="CIO", **fields), arrives_at=arrives_at)
    return record("web.activity", activity(event_id, at_ms, **fields), arrives_at=arrives_at)


@st.composite
def identifying(draw: st.DrawFn) -> Record:
    """A record with an address, with a browser or without."""
    fields = draw(st.fixed_dictionaries({"email": ADDRESSES}, optional={"anonymous_id": BROWSERS}))
    event_id, at_ms = draw(IDS), draw(TIMES)
    if draw(st.booleans()):
        return record("form.fills", form(event_id, at_ms, **fields), arrives_at=NOON)
    return record("web.activity", activity(event_id, at_ms, **fields), arrives_at=NOON)


SEGMENTS = st.lists(
    st.tuples(st.lists(non_identifying(), max_size=8), st.none() | identifying()), min_size=1, max_size=5
)
RECORDS = st.lists(non_identifying() | identifying(), max_size=25)


def event_id_of(one: Record) -> str:
    return str(json.loads(one.value or b"{}")["event_id"])


def facts_of(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the facts without dead letters, because each repeat of a refused record is refused again."""
    return [fact for fact in facts if "reason" not in fact]


def rows_without_counts(partition: Partition) -> dict[bytes, bytes]:
    return {key: row for key, row in partition.domain_rows().items() if not key.startswith(b"count")}


def unnamed_count(partition: Partition) -> int:
    return sum(row.nobody for _, row in partition.rows(CountRow))


def as_sorted_texts(facts: list[dict[str, Any]]) -> list[str]:
    return sorted(map(repr, facts))


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.lists(st.integers(1, 10), max_size=10))
def test_other_batch_sizes_of_events_give_the_same_outputs_and_rows_to_the_byte(
    records: list[Record], batches: list[int]
) -> None:
    one_by_one, cut = visitors(), visitors()
    one_by_one.send_all(records)
    cut.send_all(records, batches)
    assert cut.emits == one_by_one.emits
    assert cut.store.dump() == one_by_one.store.dump()


@settings(max_examples=60, deadline=None)
@given(RECORDS, st.data())
def test_repeats_change_only_their_count(records: list[Record], data: st.DataObject) -> None:
    plain, repeated = visitors(), visitors()
    with_repeats = list(records)
    for one in records:
        if data.draw(st.booleans(), label="repeated"):
            first = with_repeats.index(one)
            with_repeats.insert(data.draw(st.integers(first + 1, len(with_repeats)), label="at"), one)
    assert facts_of(repeated.send_all(with_repeats)) == facts_of(plain.send_all(records))
    assert rows_without_counts(repeated) == rows_without_counts(plain)
    assert unnamed_count(repeated) == unnamed_count(plain)


@settings(max_examples=100, deadline=None)
@given(SEGMENTS, st.randoms(use_true_random=False))
def test_events_shuffled_between_two_identifications_give_the_same_facts_and_rows(
    segments: list[tuple[list[Record], Record | None]], random: Any
) -> None:
    ordered, shuffled = visitors(), visitors()
    for events, identification in segments:
        # Two events with one id would be order-dependent, because only the first counts.
        unique = list({(event.topic, event_id_of(event)): event for event in events}.values())
        shuffled_events = random.sample(unique, len(unique))
        tail = [] if identification is None else [identification]
        assert as_sorted_texts(shuffled.send_all(shuffled_events + tail)) == as_sorted_texts(
            ordered.send_all(unique + tail)
        )
    assert shuffled.domain_rows() == ordered.domain_rows()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), ADDRESSES), min_size=1, max_size=8).map(sorted),
    st.lists(st.integers(-20, 30), min_size=1, max_size=10),
)
def test_an_activity_belongs_to_the_last_identified_person_by_its_own_time(
    identifications: list[tuple[int, str]], activities: list[int]
) -> None:
    shared = visitors()
    later = NOON + DAY
    for n, (minute, email) in enumerate(identifications):
        at_ms = NOON + minute * MINUTE
        shared.send("form.fills", form(f"f{n}", at_ms, anonymous_id="x", email=email), arrives_at=later)
    for n, minute in enumerate(activities):
        at_ms = NOON + minute * MINUTE
        (fact,) = shared.send("web.activity", activity(f"a{n}", at_ms, anonymous_id="x"), arrives_at=later)
        before = [email for since, email in identifications if since <= minute]
        owner = before[-1] if before else identifications[0][1]
        assert fact["lead_id"] == person_of(normalise(owner), KEY).lead_id
