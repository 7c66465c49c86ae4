"""One lead through the hops without Kafka: its records are made of facts, and replayed after a history.

In: facts of a form, of an account, activities, a history of input records, and a policy. Out: the results about the lead.
Equal facts give equal ids, so two tries that differ in one fact can be compared line by line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from schemas.topics import CRM_ACCOUNTS, CRM_CONTACTS, CRM_REPS, DEAD_LETTERS, FORM_FILLS, WEB_ACTIVITY
from workers.deadletters import dead_letter
from workers.identity.addresses import normalise
from workers.identity.company_domains import SHIPPED
from workers.outbox import fact_id
from workers.policy.tables import read_table
from workers.replay.edge_replay import EdgeReplay
from workers.replay.history_lines import Input
from workers.replay.topic_roles import RESULTS, directory_ready

if TYPE_CHECKING:
    from workers.engine.api import AgentSpec, Config, Emit
    from workers.policy.model import Policy

STEP_MS: Final = 60_000
"""Time between two records of a try."""
_FORM: Final[Mapping[str, Any]] = {"form_id": "try"}
_OF_PERSON: Final = frozenset({"job_title", "job_function"})
"""Fields of the form that are known of the person before its activities too."""
ACCOUNT_ID: Final = "try-account"


@dataclass(frozen=True, slots=True)
class Try:
    """The facts of one try."""

    at_ms: int
    """The time of the form. Milliseconds UTC."""
    form: Mapping[str, Any]
    """The fields of the form, as ``form.fills`` has them. ``email`` is required."""
    account: Mapping[str, Any] | None = None
    """The fields of the account, as ``crm.accounts`` has them. None: the history may have the account."""
    activities: Sequence[Mapping[str, Any]] = ()
    """Activities before the form, as ``web.activity`` has them, one minute apart."""
    history: Sequence[Input] = field(default=())
    """Records before the try, in their order."""


def run_try(given: Try, specs: Mapping[str, AgentSpec], config: Config, policy: Policy) -> list[Emit]:
    """Return all results of the try and its history, in their order."""
    results: list[Emit] = []

    def keep(emit: Emit) -> None:
        if emit.topic in RESULTS:
            results.append(emit)

    inputs = sorted([*given.history, *_records_of(given, policy)], key=lambda record: record.timestamp_ms)
    run = EdgeReplay(specs, config, dead_letter, keep, results=RESULTS)
    run.open_with(directory_ready(inputs[0].timestamp_ms))
    for record in inputs:
        run.feed(record)
    run.run_timers(given.at_ms)
    return results


def refused_inputs(results: Sequence[Emit]) -> list[str]:
    """Return why records of a try could not be used, by topic and reason. Values are not shown."""
    letters = [json.loads(emit.value) for emit in results if emit.topic == DEAD_LETTERS.name and emit.value]
    return [f"{one['topic']}: {one['reason']} {one.get('detail', '')}".strip() for one in letters]


def stand_in_reps(given: Try, policy: Policy) -> list[str]:
    """Return the rep_ids that are invented because the history has no reps: one for each desk, and each that the policy names."""
    if any(record.topic == CRM_REPS.name for record in given.history):
        return []
    named = {desk.manager for desk in policy.desks.values()} | set(policy.owners.sdrs.values())
    named |= {
        line.name
        for text in policy.tables.values()
        for line in read_table(text).lines
        if line.target == "rep"
    }
    return [*(f"a_rep_of_{name}" for name in policy.desks), *sorted(named)]


def account_in(given: Try) -> dict[str, Any]:
    """Return the latest record of the lead's company in the history, without its id and time. Empty: there is none."""
    domain = _domain_of(given)
    records = [
        record
        for record in given.history
        if record.topic == CRM_ACCOUNTS.name and domain and domain.encode() in (record.value or b"")
    ]
    for record in reversed(records):
        with suppress(ValueError):
            value = json.loads(record.value or b"")
            if isinstance(value, dict) and domain and domain in str(value.get("domains")):
                return {name: one for name, one in value.items() if name not in {"event_id", "occurred_at"}}
    return {}


def _domain_of(given: Try) -> str | None:
    """Return the company's domain of the lead's address. None: it is free mail."""
    return SHIPPED.of_address(normalise(str(given.form["email"])).domain)


def _records_of(given: Try, policy: Policy) -> list[Input]:
    start_ms = given.at_ms - (len(given.activities) + 2) * STEP_MS
    inputs = [
        _record(CRM_REPS.name, rep_id, start_ms, _rep(rep_id)) for rep_id in stand_in_reps(given, policy)
    ]
    if given.account is not None:
        domain = _domain_of(given)
        usual = {
            "crm_account_id": ACCOUNT_ID,
            "name": domain or "Try",
            "domains": [domain] if domain else [],
        }
        account = {**usual, **given.account}
        inputs.append(_record(CRM_ACCOUNTS.name, str(account["crm_account_id"]), start_ms, account))
    email = str(given.form["email"])
    known = {name: one for name, one in given.form.items() if name in _OF_PERSON}
    if given.activities and known:
        inputs.append(_record(CRM_CONTACTS.name, email, start_ms, {"email": email, **known}))
    for number, activity in enumerate(given.activities, 1):
        inputs.append(
            _record(WEB_ACTIVITY.name, email, start_ms + number * STEP_MS, {"email": email, **activity})
        )
    return [*inputs, _record(FORM_FILLS.name, email, given.at_ms, {**_FORM, **given.form})]


def _rep(rep_id: str) -> dict[str, Any]:
    desk = rep_id.removeprefix("a_rep_of_")
    return {
        "rep_id": rep_id,
        "name": rep_id.replace("_", " "),
        "desks": [] if desk == rep_id else [{"desk": desk}],
    }


def _record(topic: str, key: str, at_ms: int, value: Mapping[str, Any]) -> Input:
    about = {
        "event_id": fact_id("try", topic, key if topic == CRM_REPS.name else at_ms),
        "occurred_at": datetime.fromtimestamp(at_ms / 1_000, UTC).isoformat(),
    }
    return Input(topic, at_ms, key.encode(), json.dumps({**about, **value}).encode())
