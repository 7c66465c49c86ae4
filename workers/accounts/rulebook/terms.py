"""The policy as this hop reads it, precompiled: days, gates, rules, threshold, routes.

In: a policy. Out: values and functions that the other floors read for every event. It decides nothing and reads no row.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from msgspec import Raw

from schemas.outputs import StageWords
from schemas.vocabulary import Stage
from workers.accounts.rulebook.behaviour import RuleBook
from workers.accounts.rulebook.campaign_responses import Campaigns
from workers.accounts.rulebook.fit import Gates
from workers.accounts.state.facts import Company
from workers.identity.company_domains import domains_of
from workers.policy.hours import zone
from workers.policy.tested_conditions import conditions_of

if TYPE_CHECKING:
    from workers.policy.model import Policy

DAY_MS = 86_400_000
"""Milliseconds of a day."""
MOST_AT_ONCE = 20
"""Most open hand-offs of one account that are moved in one step. A larger account is moved in chunks of this size."""
LEADS_AT_ONCE = 50
"""Most leads that one step of a cursor handles."""
KEPT_WITHOUT_EXPIRY_DAYS = 180
"""Days for which counts are kept after they give no points, if no lead expires. A late fact may still make an MQL."""
QUARTER_MS = 900_000
"""A quarter of an hour, within which no time zone changes its offset. Milliseconds."""


Accounts = Callable[[str, Company | None], bool]
"""Whether an account is one of some accounts, by its key and its company."""


class Split(NamedTuple):
    """A canary: a part of the accounts is decided by a newer policy."""

    terms: Terms
    """The terms of the newer policy."""
    has: Accounts
    """Whether it decides an account, by the account's key and company. Nothing else, so that an account has one policy."""


class Terms:
    """The values of one policy, in the form in which this hop reads them."""

    split: Split | None = None
    """The canary: the terms of a newer policy, and the accounts that it decides. None: this policy decides all."""

    def __init__(
        self, policy: Policy, most_at_once: int = MOST_AT_ONCE, leads_at_once: int = LEADS_AT_ONCE
    ) -> None:
        self.policy = policy
        self.most_at_once = most_at_once
        self.leads_at_once = leads_at_once
        self.ref = policy.ref
        self.raw_ref = Raw(policy.ref.model_dump_json().encode())
        self.rules = RuleBook(policy)
        self.gates = Gates(policy)
        self.domains = domains_of(policy)
        self.campaigns = Campaigns(policy)
        self.product_rules = policy.stages.mql.or_does
        """Rules that make an MQL at once."""
        signals = policy.behaviour.signals
        self.signals = frozenset[str]() if signals is None else frozenset(signals.rules)
        self.bundle_ms = 0 if signals is None else signals.bundle
        self.tested_by_deadlines = tuple(
            dict.fromkeys(name for desk in policy.desks.values() for name in desk.answer_within.when)
        )
        """Named conditions that a time to answer tests, each once."""
        self.skills_ask_conditions = policy.skills is not None and any(
            one.by_name is not None for one in policy.skills.segment.values()
        )
        """Whether a segment tests a named condition. Otherwise the skills that a lead needs depend on facts alone."""
        self.paths = policy.paths
        self.paths_ask_facts = any(line.condition.by_name is not None for line in policy.paths)
        """Whether a path tests a named condition. Then a fact can change the path of a lead without its points."""
        tested = conditions_of(policy)
        self.routes_ask_signals = any(one.signals for one in tested)
        self.asks_forms = any(one.forms for one in tested)
        """Whether a condition tests the last form of a lead. Otherwise forms are not kept."""
        self.tested_fields = frozenset(self.gates.facts.fields).union(*(one.fields for one in tested))
        """Custom fields that the policy tests. Others are not kept of forms."""
        self.bar = policy.stages.mql.bar
        """The threshold of an MQL. None: the policy has none, and no number of points makes an MQL."""
        self.new_points = policy.stages.again.new_points
        privacy = policy.privacy
        self.counts_nothing_untracked = privacy.without_tracking_consent == "count_nothing"
        self.may_track_unasked = (
            not self.counts_nothing_untracked or privacy.unstated_consent.tracking == "given"
        )
        self.may_market_unasked = privacy.unstated_consent.marketing == "given"
        self.stage_words = _stage_words(policy)
        expired = policy.stages.expired
        self.expires_after_days = None if expired is None else expired.days_without_touch
        self.counts_kept_days = self.rules.horizon_days + (
            self.expires_after_days or KEPT_WITHOUT_EXPIRY_DAYS
        )
        """Days for which counts are kept. Points as of any day since the lead's last touch can be computed from them."""
        self.no_touch = frozenset(policy.stages.no_touch)
        self.asks_for = frozenset(policy.stages.mql.or_asks_for)
        self.desk = f"desk:{policy.default_desk}"
        service = policy.route("support_question")
        self.service_desk = None if service is None else service.desk
        self.answers_anyone = service is not None and service.of == "anyone"
        """Whether the service desk answers the support questions of everyone. False: those of customers."""
        self.grade = lru_cache(maxsize=10_000)(policy.grade.of)
        self._zone = zone(policy.timezone)
        self._offset_ms = lru_cache(maxsize=10_000)(self._offset_of_quarter)

    @cached_property
    def fit_facts(self) -> tuple[str, ...]:
        """Return the names of the facts of a person to which the policy gives points."""
        product = ("product_interest",) if self.gates.facts.asks_product else ()
        return ("job_title", "job_function", *product, *(f"field:{name}" for name in self.gates.facts.fields))

    def of_account(self, key: str, company: Company | None) -> Terms:
        """Return the terms by which an account is decided: these, or those of the canary."""
        split = self.split
        return self if split is None or not split.has(key, company) else split.terms

    def points_missing(self, total: int) -> int:
        """Return the points that are missing to the threshold. 0: it is reached, or the policy has none."""
        return 0 if self.bar is None else max(self.bar - total, 0)

    def day_of(self, at_ms: int) -> int:
        """Return the day of an instant in the policy's zone, counted from 1970-01-01."""
        return (at_ms + self._offset_ms(at_ms // QUARTER_MS)) // DAY_MS

    def year_of(self, day: int) -> int:
        """Return the calendar year of a day that is counted from 1970-01-01."""
        return _year_of(day)

    def local_ms(self, at_ms: int) -> int:
        """Return the wall time of the policy's zone as milliseconds since 1970-01-01 00:00 of that zone."""
        return at_ms + self._offset_ms(at_ms // QUARTER_MS)

    def day_start_ms(self, day: int) -> int:
        """Return when a day begins in the policy's zone. Milliseconds UTC."""
        midnight = datetime(1970, 1, 1, tzinfo=self._zone) + timedelta(days=day)  # wall time of the zone
        return int(midnight.timestamp() * 1000)

    def expires_ms(self, touched_day: int) -> int:
        """Return when a lead touched last on this day expires. Milliseconds UTC.

        It is the start of the day that is ``stages.expired.days_without_touch`` days later, in the policy's zone.
        """
        return self.day_start_ms(touched_day + (self.expires_after_days or 0))

    def _offset_of_quarter(self, quarter: int) -> int:
        offset = datetime.fromtimestamp(quarter * QUARTER_MS / 1000, UTC).astimezone(self._zone).utcoffset()
        return 0 if offset is None else round(offset.total_seconds() * 1000)


@lru_cache(maxsize=10_000)
def _year_of(day: int) -> int:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=day)).year


def _stage_words(policy: Policy) -> dict[Stage, StageWords]:
    """Return the policy's names and definition of each stage. Stages without any are left out."""
    by_stage = {
        stage: StageWords(
            name=policy.stages.names.get(stage),
            crm_name=policy.stages.crm_names.get(stage),
            definition=policy.definitions.get(stage.value),
        )
        for stage in Stage
    }
    return {stage: words for stage, words in by_stage.items() if words != StageWords()}
