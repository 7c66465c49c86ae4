"""The policy as this hop reads it, made ready once: days, gates, rules, the bar, the routes. No decision is made here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Raw

from schemas.outputs import StageWords
from schemas.vocabulary import Stage
from workers.accounts.rulebook.behaviour import RuleBook
from workers.accounts.rulebook.campaign_responses import Campaigns
from workers.accounts.rulebook.fit import Gates
from workers.policy.hours import zone

if TYPE_CHECKING:
    from workers.policy.model import Policy

DAY_MS = 86_400_000
MOST_AT_ONCE = 20
"""Open hand-offs of one account that change hands in one step: more do so in chunks of as many."""
QUARTER_MS = 900_000
"""No zone changes its offset within a quarter of an hour."""


class Terms:
    """What the policy says, in the shape in which it is asked."""

    def __init__(self, policy: Policy, most_at_once: int = MOST_AT_ONCE) -> None:
        self.policy = policy
        self.most_at_once = most_at_once
        self.ref = policy.ref
        self.raw_ref = Raw(policy.ref.model_dump_json().encode())
        self.rules = RuleBook(policy)
        self.gates = Gates(policy)
        self.campaigns = Campaigns(policy)
        signals = policy.behaviour.signals
        self.signals = frozenset[str]() if signals is None else frozenset(signals.rules)
        self.bundle_ms = 0 if signals is None else signals.bundle
        self.paths = policy.paths
        self.routes_ask_signals = any(line.territory and line.territory.signals for line in policy.routes)
        self.bar = policy.stages.mql.bar
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
        self.no_touch = frozenset(policy.stages.no_touch)
        self.asks_for = frozenset(policy.stages.mql.or_asks_for)
        self.desk = f"desk:{policy.default_desk}"
        service = policy.route("support_question")
        self.service_desk = None if service is None else service.desk
        self.grade = lru_cache(maxsize=10_000)(policy.grade.of)
        self._zone = zone(policy.timezone)
        self._offset_ms = lru_cache(maxsize=10_000)(self._offset_of_quarter)

    def day_of(self, at_ms: int) -> int:
        """Return the day of an instant in the policy's zone, counted from 1970-01-01."""
        return (at_ms + self._offset_ms(at_ms // QUARTER_MS)) // DAY_MS

    def local_ms(self, at_ms: int) -> int:
        """Return what the clocks of the policy's zone show, as milliseconds since their 1970-01-01 00:00."""
        return at_ms + self._offset_ms(at_ms // QUARTER_MS)

    def start_of(self, day: int) -> int:
        """Return when a day begins in the policy's zone, in milliseconds UTC."""
        midnight = datetime(1970, 1, 1, tzinfo=self._zone) + timedelta(days=day)  # wall time of the zone
        return int(midnight.timestamp() * 1000)

    def expires_ms(self, touched_day: int) -> int:
        """Return when a lead that was touched last on this day expires: so many whole days lie between."""
        return self.start_of(touched_day + 1 + (self.expires_after_days or 0))

    def _offset_of_quarter(self, quarter: int) -> int:
        offset = datetime.fromtimestamp(quarter * QUARTER_MS / 1000, UTC).astimezone(self._zone).utcoffset()
        return 0 if offset is None else round(offset.total_seconds() * 1000)


def _stage_words(policy: Policy) -> dict[Stage, StageWords]:
    """What the policy says of each stage; a stage of which it says nothing is left out."""
    said = {
        stage: StageWords(
            name=policy.stages.names.get(stage),
            crm_name=policy.stages.crm_names.get(stage),
            definition=policy.definitions.get(stage.value),
        )
        for stage in Stage
    }
    return {stage: words for stage, words in said.items() if words != StageWords()}
