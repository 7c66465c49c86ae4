"""`lead-router dlq` on a live router: a retried record gives the result as if it had never failed, and exactly once."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer
from outcome import outcome
from router import Router, Sent, of_line
from tape import Tape

from schemas.topics import TOPICS, Direction
from schemas.vocabulary import LetterActionType
from tests.scenarios.story import Story
from workers.engine.partitioner import partition_of

pytestmark = pytest.mark.kafka

RESULTS = [name for name, topic in TOPICS.items() if topic.direction is Direction.OUT]
SETTLE_S = 120.0
BROWSER = "browser-1"
ANN = "ann@harbor.example"
WHY = ["--why", "fixed at the source", "--by", "mia"]


async def dlq(router: Router, *arguments: str, name: str = "operator", **settings: Any) -> tuple[int, str]:
    """Run `lead-router dlq` to its end. Return its exit code and its output."""
    command = router.start(name, arguments=["dlq", *arguments], **settings)
    return await asyncio.to_thread(command.wait, 60.0), command.log_text()


async def listed(router: Router, *arguments: str) -> list[dict[str, Any]]:
    """Return the letters that `dlq list --json` prints."""
    code, output = await dlq(router, "list", "--json", *arguments)
    assert code == 0, output
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def with_value(line: str, **changed: Any) -> str:
    """Return a line of a story with other fields."""
    whole = json.loads(line)
    return json.dumps(whole | {"value": whole["value"] | changed})


def market(story: Story) -> None:
    story.rep("mia")
    for number in range(3):
        story.bank(f"bank{number}")
        story.form(f"ann@bank{number}.example", f"tue 10:0{number}", "content")
    story.form("bob@bank0.example", "tue 10:05", "demo")
    story.form("eve@bank1.example", "tue 10:06", "demo", anonymous_id=BROWSER)
    story.form("ida@bank2.example", "tue 10:07", "demo")
    story.sales("accepted", "bob@bank0.example", "tue 10:20", handoff_id="domain:bank0.example#1.1")


async def misplace(router: Router, record: Sent) -> None:
    """Write a record of the browser to another partition than the browser's."""
    wrong = (partition_of(BROWSER.encode(), router.partitions) + 1) % router.partitions
    async with AIOKafkaProducer(bootstrap_servers=router.bootstrap) as producer:
        await producer.send_and_wait(
            record.topic, record.value, record.key, partition=wrong, timestamp_ms=record.timestamp_ms
        )


async def test_retried_records_give_the_outcome_of_a_run_in_which_none_had_failed(
    router: Router, tmp_path: Path
) -> None:
    story = Story(tmp_path)
    market(story)
    *others, bob, eve, ida, answer = story._lines
    router.start()
    async with router.tape() as tape:
        await router.produce(map(of_line, others))
        await tape.until_settled(SETTLE_S)
        await router.produce([of_line(answer)])  # of a hand-off that there is not yet
        await router.produce([of_line(with_value(bob, occurred_at="yesterday"))])
        await misplace(router, of_line(with_value(eve, occurred_at="2025-03-03T15:06:00Z")))
        await router.produce([of_line(with_value(ida, email="ida@"))])
        await tape.until_settled(SETTLE_S)

        letters = {one["reason"]: one for one in await listed(router)}
        assert set(letters) == {"unknown_handoff", "breaks_contract", "too_old", "bad_address"}
        assert letters["too_old"]["topic"] == "visitor.events", "it was forwarded"
        of_field = await listed(router, "--field", "occurred_at")
        assert {one["reason"] for one in of_field} == {"breaks_contract", "too_old"}

        times = [json.loads(line)["value"]["occurred_at"] for line in (bob, eve)]
        for arguments in (
            ["--reason", "breaks_contract", "--fix", f"occurred_at={times[0]}"],
            [letters["too_old"]["place"], "--fix", f"occurred_at={times[1]}"],
            ["--hop", "visitors", "--field", "email", "--fix", "email=ida@bank2.example"],
        ):
            code, output = await dlq(router, "retry", *arguments, *WHY)
            assert code == 0, output
            assert "@" not in output
            await tape.until_settled(SETTLE_S)
        code, output = await dlq(router, "retry", "--reason", "unknown_handoff", *WHY)
        assert code == 0, output
        await tape.until_settled(SETTLE_S)
        assert await listed(router) == []

    live = outcome((record.topic, record.value) for topic in RESULTS for record in tape.records[topic])
    assert live == outcome((emit.topic, emit.value) for emit in story.replay().emits)
    assert "sal" in live.stages.values()
    check_sent_again(tape)


def check_sent_again(tape: Tape) -> None:
    """Check that each record was sent again as it was: key, timestamp, headers and event_id."""
    actions = tape.of("dead.letters.actions")
    assert {action["action"] for action in actions} == {LetterActionType.RETRIED}
    assert {(action["by"], action["why"]) for action in actions} == {("mia", "fixed at the source")}
    assert sorted(field for action in actions for field in action["fixed_fields"]) == [
        "email",
        "occurred_at",
        "occurred_at",
    ]
    assert "@" not in json.dumps(actions)
    places = {(one.topic, one.partition, one.offset): one for one in tape.domain_records("form.fills")}
    places |= {(one.topic, one.partition, one.offset): one for one in tape.domain_records("lead.events")}
    places |= {(one.topic, one.partition, one.offset): one for one in tape.domain_records("visitor.events")}
    for action in actions:
        first = places[action["topic"], action["partition"], action["offset"]]
        again = places[action["sent_topic"], action["sent_partition"], action["sent_offset"]]
        assert (again.key, again.timestamp_ms) == (first.key, first.timestamp_ms)
        assert again.headers == tuple(one for one in first.headers if one[0] != "origin")
        sent, before = (json.loads(one.value or b"") for one in (again, first))
        assert {name for name in before if sent[name] != before[name]} == set(action["fixed_fields"])


def bad_forms(count: int) -> list[Sent]:
    """Return forms that the contract refuses."""
    return [
        Sent(
            "form.fills",
            f"k{n}".encode(),
            f'{{"event_id": "bad{n}", "producer": "p{n % 2}"}}'.encode(),
            n + 1,
        )
        for n in range(count)
    ]


async def test_an_action_is_done_once_however_often_and_by_however_many_it_is_requested(
    router: Router,
) -> None:
    count = 24
    router.start()
    async with router.tape() as tape:
        await router.produce(bad_forms(count))
        await tape.until("dead.letters", count, SETTLE_S)
        router.stop()

        code, output = await dlq(router, "retry", "--producer", "p0", "--dry-run")
        assert (code, output.count("would be sent again")) == (0, count // 2), output

        both = await asyncio.gather(
            *(dlq(router, "retry", "--topic", "form.fills", *WHY, name=f"operator{n}") for n in range(2))
        )
        await dlq(router, "retry", "--topic", "form.fills", *WHY)
        await tape.to_end()
        assert len(tape.records["form.fills"]) == 2 * count, both
        actions = tape.of("dead.letters.actions")
        assert sorted(action["offset"] for action in actions) == sorted(
            record.offset
            for record in tape.records["form.fills"]
            if record.offset < offset_of(actions, record)
        )
        assert len({action["event_id"] for action in actions}) == count
        assert await listed(router) == []

        first = f"form.fills/{actions[0]['partition']}/{actions[0]['offset']}"
        code, output = await dlq(router, "retry", first, *WHY)
        assert (code, "nothing done, it is closed: retried by mia" in output) == (0, True), output
        await tape.to_end()
        assert len(tape.records["form.fills"]) == 2 * count


def offset_of(actions: list[dict[str, Any]], record: Any) -> int:
    """Return the first offset that was sent again in the partition of a record."""
    return min(one["sent_offset"] for one in actions if one["sent_partition"] == record.partition)


async def test_a_dropped_letter_is_closed_and_a_record_that_fails_again_is_shown_with_its_new_letter(
    router: Router,
) -> None:
    router.start()
    async with router.tape() as tape:
        address = Sent("form.fills", b"k", b'{"event_id": "f1", "email": "ann@harbor.example"}', 5)
        await router.produce([address, *bad_forms(1)])
        await tape.until("dead.letters", 2, SETTLE_S)
        places = {one["payload_bytes"]: one["place"] for one in await listed(router)}
        mail, other = places[len(address.value or b"")], places[len(bad_forms(1)[0].value or b"")]

        code, output = await dlq(router, "drop", other, *WHY)
        assert (code, "dropped by mia" in output) == (0, True), output
        assert [one["place"] for one in await listed(router)] == [mail]
        states = {one["place"]: one["state"] for one in await listed(router, "--all")}
        assert states == {mail: "open", other: LetterActionType.DROPPED}

        code, output = await dlq(router, "retry", mail, *WHY)
        assert code == 0, output
        await tape.until("dead.letters", 3, SETTLE_S)
        code, output = await dlq(router, "show", mail)
        assert (code, "failed again: " in output, "harbor" in output) == (0, True, False), output
        code, output = await dlq(router, "show", mail, "--payload")
        assert (code, '{"event_id": "f1", "email": "ann@harbor.example"}' in output) == (0, True), output


async def test_a_record_that_an_operator_skips_is_a_dead_letter_that_can_be_retried(router: Router) -> None:
    """The order is read when a partition opens, so it also holds for a record that ends the worker at every start."""
    form = {"event_id": "f1", "occurred_at": "2026-03-03T15:00:00Z", "form_id": "contact", "email": ANN}
    sent = Sent("form.fills", ANN.encode(), json.dumps(form).encode(), 1_772_550_000_000)
    async with router.tape() as tape:
        await router.produce([sent])
        await tape.to_end()
        place = f"form.fills/{tape.records['form.fills'][0].partition}/0"
        code, output = await dlq(router, "skip", place, "--dry-run")
        assert (code, output) == (0, f"would be skipped: {place}\n")
        code, output = await dlq(router, "skip", place, *WHY)
        assert (code, output.startswith("skip_ordered by mia | ")) == (0, True), output
        code, output = await dlq(router, "skip", place, *WHY)
        assert (code, output.startswith("nothing done: skip_ordered by mia")) == (0, True), output

        router.start()
        await tape.until("dead.letters", 1, SETTLE_S)
        (letter,) = await listed(router, "--reason", "skipped")
        assert (letter["place"], letter["detail"]) == (place, "skipped by mia: fixed at the source")
        assert [one["action"] for one in tape.of("dead.letters.actions")] == [LetterActionType.SKIP_ORDERED]
        code, output = await dlq(router, "retry", place, *WHY)
        assert code == 0, output
        await tape.until("lead.scores", 1, SETTLE_S)
        await tape.until_settled(SETTLE_S)
        assert len(tape.records["dead.letters"]) == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["skip", "form.fills", *WHY], "'form.fills' is not a record; expected TOPIC/PARTITION/OFFSET"),
        (["skip", "lead.scores/0/1", *WHY], "'lead.scores' is not a topic that the router reads"),
        (["skip", "form.fills/0/99", *WHY], "form.fills/0 is empty; expected"),
        (["skip", "form.fills/99/0", *WHY], "there is no partition 99"),
        (["retry", "--reason", "not_json"], "--why is required"),
        (["retry", *WHY], "name letters or use a filter"),
        (
            ["drop", "form.fills/0/99", *WHY],
            "no dead letter form.fills/0/99; expected TOPIC/PARTITION/OFFSET",
        ),
        (
            ["retry", "--topic", "x", "--why", "ask ann@harbor.example"],
            "--why must not contain an e-mail address",
        ),
        (["retry", "--topic", "x", "--fix", "country", *WHY], "--fix 'country': expected FIELD=VALUE"),
        (["list", "--since", "yesterday"], "--since 'yesterday' is not a time"),
    ],
    ids=lambda one: " ".join(one[:2]) if isinstance(one, list) else "",
)
async def test_a_wrong_command_names_what_is_expected(
    router: Router, arguments: list[str], error: str
) -> None:
    code, output = await dlq(router, *arguments)
    assert (code, error in output, "Traceback" in output) == (1, True, False), output
