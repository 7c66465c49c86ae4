"""The accounts and desks hops in memory, connected by their logs: events in, outputs out, decided by the engine."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from schemas.base import Campaign, Model
from schemas.crm_accounts import CrmAccount, OpenOpportunity, Revenue
from schemas.crm_reps import Absence, CrmRep, DeskMembership
from schemas.desk_requests import RepFacts
from schemas.lead_events import (
    AccountFacts,
    AccountReleased,
    LeadActivity,
    LeadForm,
    LeadIdentified,
    SalesAnswered,
)
from schemas.outputs import DeadLetter, LeadAlert, LeadRouting, LeadScore, LeadStage
from schemas.sales_activities import SalesActivity
from schemas.topics import DESK_REQUESTS, LEAD_EVENTS, TOPICS
from schemas.vocabulary import Action, Alert, AssigneeType, Kind, Relationship, Request, Stage
from workers.accounts.agent import spec as accounts_spec
from workers.accounts.handle import AccountsHop
from workers.accounts.rulebook.terms import LEADS_AT_ONCE, MOST_AT_ONCE
from workers.accounts.state.account import AccountRow
from workers.accounts.state.lead import LeadRow
from workers.agents import tried_policy
from workers.deadletters import dead_letter
from workers.desks.agent import spec as desks_spec
from workers.desks.handle import DesksHop
from workers.engine.api import AgentSpec, Record
from workers.engine.control import CanaryChange, ConfigChange, Control, Tick, control_emit
from workers.engine.decide import Decider
from workers.engine.memory import MemoryStore
from workers.policy.hours import zone
from workers.policy.load import load_policy, to_config

POLICY_TEXT = (Path(__file__).parents[3] / "policy" / "default.yaml").read_text(encoding="utf-8")
POLICY = load_policy(POLICY_TEXT)
BANK = "domain:bank.example"
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def at(text: str) -> int:
    """Return a New York time, as '2026-03-02 09:00', in milliseconds UTC."""
    wall = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=zone("America/New_York"))
    return int(wall.timestamp()) * 1000


MONDAY = at("2026-03-02 09:00")


def instant(at_ms: int) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, UTC)


class Hop:
    """One partition of one hop. ``cuts``: number of records after which the batch is committed and a new one begins."""

    def __init__(self, spec: AgentSpec, text: str, cuts: int = 1_000_000) -> None:
        self.spec, self.cuts = spec, cuts
        self.store = MemoryStore()
        self.offset = 0
        self.outputs: list[Any] = []
        policy = load_policy(text)
        self.decider = Decider(spec, 0, 1, self.store, to_config(policy, text), dead_letter)

    def decide(self, record: Record) -> list[Any]:
        before = self.decider.output_count
        while not self.decider.advance(record):
            pass
        self.decider.decide(record)
        results = self.decider.take().outputs[before:]
        self.outputs += results
        self.offset += 1
        if self.offset % self.cuts == 0:
            self.commit()
        return results

    def send(self, event: Model, at_ms: int) -> list[Any]:
        topic = TOPICS[self.spec.own_log]
        assert topic.key is not None
        value = event.model_dump_json(exclude_none=True).encode()
        return self.decide(Record(topic.name, 0, self.offset, at_ms, topic.key(event).encode(), value))

    def control(self, control: Control, at_ms: int) -> list[Any]:
        emitted = control_emit(self.spec.own_log, 0, control, at_ms)
        record = Record(self.spec.own_log, 0, self.offset, at_ms, None, emitted.value, emitted.headers)
        return self.decide(record)

    def commit(self) -> None:
        self.store.write(self.decider.take().changes)
        self.decider.committed()

    def dump(self) -> dict[bytes, bytes]:
        self.commit()
        return self.store.dump()


class Market:
    """The two hops. Their messages to each other are delivered at once, or by the test where ``is_manual``.

    ``outputs`` holds every result so far, in order.
    """

    def __init__(
        self,
        text: str = POLICY_TEXT,
        *,
        is_manual: bool = False,
        cuts: int = 1_000_000,
        most_at_once: int = MOST_AT_ONCE,
        leads_at_once: int = LEADS_AT_ONCE,
    ) -> None:
        self.is_manual = is_manual
        self.finishes = False
        """Whether work in chunks is finished before the next event. Otherwise each record does one chunk."""
        self.accounts = Hop(
            accounts_spec(
                lambda config: AccountsHop(
                    load_policy(config.text),
                    most_at_once=most_at_once,
                    leads_at_once=leads_at_once,
                    tried=tried_policy(config),
                )
            ),
            text,
            cuts,
        )
        self.desks = Hop(desks_spec(lambda config: DesksHop(load_policy(config.text))), text, cuts)
        self.to_accounts: deque[Any] = deque()
        self.to_desks: deque[Any] = deque()
        self.outputs: list[Any] = []
        self.now_ms = 0

    def send(self, *events: Model, at_ms: int = MONDAY) -> list[Any]:
        """Decide events of the accounts' log. Return their results, in order."""
        results: list[Any] = []
        self.now_ms = max(self.now_ms, at_ms)
        for event in events:
            results += self._take(self.accounts.send(event, at_ms))
            if not self.is_manual:
                results += self.deliver_all(at_ms)
        return results

    def reps(self, *reps: CrmRep, at_ms: int = MONDAY - DAY_MS) -> None:
        """Add reps to their desks, and to the desk ``rep:<rep_id>`` of each."""
        for rep in reps:
            for desk in [f"rep:{rep.rep_id}", *(f"desk:{one.desk}" for one in rep.desks)]:
                event = RepFacts(event_id=rep.event_id, desk=desk, rep_id=rep.rep_id, rep=rep)
                self._take(self.desks.send(event, at_ms))
        self.deliver_all(at_ms)

    def tick(self, at_ms: int) -> list[Any]:
        """Advance stream time to ``at_ms`` without an event. Return the results."""
        self.now_ms = max(self.now_ms, at_ms)
        results = self._take(self.accounts.control(Tick(at_ms), at_ms))
        results += self._take(self.desks.control(Tick(at_ms), at_ms))
        return results + self.deliver_all(at_ms)

    def follow(self, text: str, at_ms: int) -> list[Any]:
        """Change the policy by a record in each log. Return the results."""
        config = to_config(load_policy(text), text)
        change = ConfigChange(config.name, config.version, config.hash, config.text)
        results: list[Any] = []
        for hop in (self.accounts, self.desks):
            hop.commit()
            hop.decider = Decider(hop.spec, 0, 1, hop.store, config, dead_letter)
            results += self._take(hop.control(change, at_ms))
        return results + self.deliver_all(at_ms)

    def try_on(self, text: str, share: str, step: int, at_ms: int) -> list[Any]:
        """Try a policy on some accounts by a record in each log. An empty share ends the canary. Return the results."""
        config = to_config(load_policy(text), text)
        present = self.accounts.decider.config.version
        change = CanaryChange(config.name, config.version, config.hash, config.text, share, step, present)
        results = [
            one for hop in (self.accounts, self.desks) for one in self._take(hop.control(change, at_ms))
        ]
        return results + self.deliver_all(at_ms)

    def deliver_all(self, at_ms: int) -> list[Any]:
        """Deliver the messages between the hops until none is left. Return the results."""
        results: list[Any] = []
        while self.to_desks or self.to_accounts or (self.finishes and self.has_chunk):
            if self.to_desks:
                results += self.deliver_to_desk(at_ms)
            else:
                results += self.deliver_to_account(at_ms) if self.to_accounts else self.chunk(at_ms)
        return results

    @property
    def has_chunk(self) -> bool:
        """Whether the accounts hop has unfinished work in chunks."""
        return self.accounts.decider.has_cursor()

    def chunk(self, at_ms: int) -> list[Any]:
        """Do one chunk more, without an event. Return the results."""
        return self._take(self.accounts.control(Tick(at_ms), at_ms))

    def deliver_to_desk(self, at_ms: int) -> list[Any]:
        return self._take(self.desks.decide(self._record(self.desks, self.to_desks.popleft(), at_ms)))

    def deliver_to_account(self, at_ms: int) -> list[Any]:
        return self._take(
            self.accounts.decide(self._record(self.accounts, self.to_accounts.popleft(), at_ms))
        )

    def _record(self, hop: Hop, emit: Any, at_ms: int) -> Record:
        return Record(emit.topic, 0, hop.offset, at_ms, emit.key, emit.value, emit.headers)

    def _take(self, emits: Iterable[Any]) -> list[Any]:
        results = []
        for emit in emits:
            if emit.topic == LEAD_EVENTS.name:
                self.to_accounts.append(emit)
            elif emit.topic == DESK_REQUESTS.name:
                self.to_desks.append(emit)
            else:
                event = TOPICS[emit.topic].adapter.validate_json(emit.value)
                assert not isinstance(event, DeadLetter) or event.reason != "handler_failed", event.detail
                if not _is_about_the_policy(event):
                    results.append(event)
        self.outputs += results
        return results

    def stage(self, lead_id: str = "ann", account_key: str = BANK) -> Stage | None:
        row = self.accounts.decider.rows.get(LeadRow, account_key, lead_id)
        return row.stage if row else None

    def account(self, account_key: str = BANK) -> AccountRow:
        return self.accounts.decider.rows.get(AccountRow, account_key) or AccountRow()


def _is_about_the_policy(event: Any) -> bool:
    """Whether an alert concerns a person whom the policy names. Most tests here have no record of the manager."""
    return isinstance(event, LeadAlert) and event.alert is Alert.PERSON_UNKNOWN


# Input events.

_COUNTER = iter(range(10**9))


def company(**changes: Any) -> CrmAccount:
    """Return the CRM record of a bank that passes every gate of the default policy."""
    base: dict[str, Any] = {
        "event_id": "crm-1",
        "occurred_at": instant(MONDAY - DAY_MS),
        "crm_account_id": "acc-1",
        "name": "First Bank",
        "domains": ["bank.example"],
        "sic": ["6021"],
        "revenue": Revenue(amount=Decimal(1_000_000_000), currency="USD"),
        "country": "US",
    }
    return CrmAccount(**(base | changes))


def facts(account_key: str = BANK, primary_key: str | None = None, **changes: Any) -> AccountFacts:
    return AccountFacts(
        account_key=account_key, account=company(**changes), primary_key=primary_key or account_key
    )


def released(crm_account_id: str = "acc-1", account_key: str = BANK) -> AccountReleased:
    return AccountReleased(event_id="gone", account_key=account_key, crm_account_id=crm_account_id)


def opportunity(owner: str, number: int = 1, opened_ms: int = MONDAY) -> OpenOpportunity:
    return OpenOpportunity(opportunity_id=f"opp-{number}", owner_rep_id=owner, opened_at=instant(opened_ms))


def identified(lead_id: str = "ann", account_key: str = BANK, at_ms: int = MONDAY) -> LeadIdentified:
    return LeadIdentified(
        event_id=f"identified-{lead_id}",
        account_key=account_key,
        lead_id=lead_id,
        occurred_at_ms=at_ms,
        email=f"{lead_id}@bank.example",
    )


def activity(
    what: str, lead_id: str = "ann", at_ms: int = MONDAY, account_key: str = BANK, **changes: Any
) -> LeadActivity:
    base: dict[str, Any] = {
        "event_id": f"{what}-{lead_id}-{at_ms}-{next(_COUNTER)}",
        "account_key": account_key,
        "lead_id": lead_id,
        "occurred_at_ms": at_ms,
        "activity": what,
    }
    return LeadActivity(**(base | changes))


def form(
    request: Request = Request.CONTENT,
    lead_id: str = "ann",
    at_ms: int = MONDAY,
    account_key: str = BANK,
    **changes: Any,
) -> LeadForm:
    base: dict[str, Any] = {
        "event_id": f"form-{request}-{lead_id}-{at_ms}-{next(_COUNTER)}",
        "account_key": account_key,
        "lead_id": lead_id,
        "occurred_at_ms": at_ms,
        "form_id": "f",
        "request": request,
        "job_title": "CIO",
        "campaign": Campaign(name="spring"),
    }
    return LeadForm(**(base | changes))


def demo(lead_id: str = "ann", at_ms: int = MONDAY, **changes: Any) -> LeadForm:
    return form(Request.DEMO, lead_id, at_ms, **changes)


def papers(count: int, lead_id: str = "ann", at_ms: int = MONDAY, **changes: Any) -> list[LeadActivity]:
    """Return ``count`` downloads of white papers."""
    return [activity("download", lead_id, at_ms, **changes) for _ in range(count)]


def reach_bar(lead_id: str = "ann", at_ms: int = MONDAY, **changes: Any) -> list[Model]:
    """Return a form and the activity that reach the threshold of 135: 110 of fit, 16 of content, 12 of a webinar."""
    return [
        form(lead_id=lead_id, at_ms=at_ms, **changes),
        *papers(2, lead_id, at_ms, **changes),
        activity("webinar_attended", lead_id, at_ms, **changes),
    ]


def sales(
    action: str,
    handoff_id: str | None = None,
    at_ms: int = MONDAY + HOUR_MS,
    account_key: str = BANK,
    lead_id: str | None = None,
    **changes: Any,
) -> SalesAnswered:
    answer = SalesActivity(
        event_id=f"sales-{action}-{at_ms}",
        occurred_at=instant(at_ms),
        action=action,  # type: ignore[arg-type]
        handoff_id=handoff_id,
        email=None if handoff_id else "ann@bank.example",
        rep_id="r1",
        **changes,
    )
    return SalesAnswered(account_key=account_key, lead_id=lead_id, occurred_at_ms=at_ms, activity=answer)


def rep(
    rep_id: str, *, away: tuple[tuple[int, int], ...] = (), at_desk: bool = True, **changes: Any
) -> CrmRep:
    base: dict[str, Any] = {
        "event_id": f"rep-{rep_id}-{next(_COUNTER)}",
        "occurred_at": datetime(2026, 1, 1, tzinfo=UTC),
        "rep_id": rep_id,
        "name": rep_id.title(),
        "desks": [DeskMembership(desk="inside_sales")] if at_desk else [],
        "absences": [Absence(starts_at=instant(start), ends_at=instant(end)) for start, end in away],
    }
    return CrmRep(**(base | changes))


# Results.


def routings(results: Iterable[Any]) -> list[LeadRouting]:
    return [one for one in results if isinstance(one, LeadRouting)]


def scores(results: Iterable[Any]) -> list[LeadScore]:
    return [one for one in results if isinstance(one, LeadScore)]


def steps(results: Iterable[Any], lead_id: str = "ann") -> list[str]:
    """Return the stages that the lead entered, in order."""
    return [one.to_stage.value for one in results if isinstance(one, LeadStage) and one.lead_id == lead_id]


def alerts(results: Iterable[Any], *, cleared: bool = False) -> list[str]:
    """Return the kinds of the alerts that were raised, or cleared where ``cleared``."""
    return [one.alert.value for one in results if isinstance(one, LeadAlert) and one.cleared is cleared]


def wanted(results: Iterable[Any], *, cleared: bool = False) -> list[str]:
    """Return the facts that alerts ask for, or no longer ask for where ``cleared``."""
    return [
        one.fact or ""
        for one in results
        if isinstance(one, LeadAlert) and one.alert == "fact_wanted" and one.cleared is cleared
    ]


def story(results: Iterable[Any]) -> list[str]:
    """Return one line per revision of a hand-off, such as 'assigned mql r1'."""
    return [
        f"{one.action.value} {one.kind.value} {one.assignee.id if one.assignee else '-'}"
        for one in routings(results)
    ]


def assert_one_owner(results: Iterable[Any]) -> None:
    """Assert that at no time two assignees have open hand-offs of one account, support questions not included."""
    held: dict[str, dict[str, str]] = {}
    for one in routings(results):
        if one.kind is Kind.SERVICE:
            assert one.assignee is None or one.assignee.type is AssigneeType.DESK
            continue
        mine = held.setdefault(one.account_key, {})
        if one.action is Action.WITHDRAWN:
            mine.pop(one.handoff_id, None)
        else:
            assert one.assignee is not None
            mine[one.handoff_id] = one.assignee.id
        assert len(set(mine.values())) <= 1, f"{one.account_key}: {mine}"


CUSTOMER = Relationship.CUSTOMER
