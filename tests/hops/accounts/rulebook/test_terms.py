"""Days of the policy: when a lead expires, and the number of days between two instants, in any time zone."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.hops.accounts.market import POLICY
from workers.accounts.rulebook.terms import Terms
from workers.policy.model import Policy
from workers.policy.stages import Expired


def policy_with(zone: str, days: int = 90) -> Policy:
    expired = Expired.model_validate({"days_without_touch": days})
    stages = POLICY.stages.model_copy(update={"expired": expired})
    return POLICY.model_copy(update={"timezone": zone, "stages": stages})


def ms(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp() * 1_000)


@pytest.mark.parametrize(
    ("zone", "days", "touched", "expires"),
    [
        ("America/New_York", 90, "2026-03-02T10:00:00-05:00", "2026-05-31T00:00:00-04:00"),
        ("America/New_York", 90, "2026-03-02T00:00:00-05:00", "2026-05-31T00:00:00-04:00"),
        ("America/New_York", 90, "2026-03-02T23:59:59-05:00", "2026-05-31T00:00:00-04:00"),
        ("America/New_York", 1, "2026-03-07T12:00:00-05:00", "2026-03-08T00:00:00-05:00"),  # clocks change
        ("America/New_York", 1, "2026-03-08T12:00:00-04:00", "2026-03-09T00:00:00-04:00"),
        ("America/New_York", 1, "2026-11-01T00:30:00-04:00", "2026-11-02T00:00:00-05:00"),
        ("Europe/Berlin", 60, "2026-12-31T23:30:00+01:00", "2027-03-01T00:00:00+01:00"),
        ("Europe/Berlin", 60, "2027-12-31T23:30:00+01:00", "2028-02-29T00:00:00+01:00"),  # a leap year
        ("Pacific/Auckland", 90, "2026-03-02T00:30:00+13:00", "2026-05-31T00:00:00+12:00"),
        ("Pacific/Kiritimati", 30, "2026-01-31T01:00:00+14:00", "2026-03-02T00:00:00+14:00"),
        ("Pacific/Honolulu", 30, "2026-01-31T23:00:00-10:00", "2026-03-02T00:00:00-10:00"),
        ("America/Sao_Paulo", 1, "2018-11-03T12:00:00-03:00", "2018-11-04T01:00:00-02:00"),  # no midnight
    ],
)
def test_a_lead_expires_at_the_start_of_the_day_that_is_the_policys_days_later(
    zone: str, days: int, touched: str, expires: str
) -> None:
    terms = Terms(policy_with(zone, days))
    assert terms.expires_ms(terms.day_of(ms(touched))) == ms(expires)


@pytest.mark.parametrize(
    ("zone", "earlier", "later", "days"),
    [
        ("America/New_York", "2026-03-02T23:59:00-05:00", "2026-03-03T00:01:00-05:00", 1),
        ("America/New_York", "2026-03-02T00:01:00-05:00", "2026-03-02T23:59:00-05:00", 0),
        ("America/New_York", "2026-03-01T12:00:00-05:00", "2026-03-29T12:00:00-04:00", 28),
        ("Europe/Berlin", "2028-02-28T12:00:00+01:00", "2028-03-01T00:00:00+01:00", 2),
        ("Pacific/Auckland", "2026-03-02T11:30:00+00:00", "2026-03-02T10:30:00+00:00", -1),
    ],
)
def test_the_days_between_two_instants_are_midnights_of_the_policys_zone(
    zone: str, earlier: str, later: str, days: int
) -> None:
    policy = policy_with(zone)
    terms = Terms(policy)
    assert policy.days_between(ms(earlier), ms(later)) == days
    assert terms.day_of(ms(later)) - terms.day_of(ms(earlier)) == days
