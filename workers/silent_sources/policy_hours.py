"""The hours and the days off of a policy."""

from __future__ import annotations

from datetime import date

from workers.policy.hours import zone
from workers.policy.model import Policy
from workers.silent_sources.hour_plan import HourPlan


def hour_plan(policy: Policy) -> HourPlan:
    """Return the hours in the policy's time zone. A day is off if one of its calendars has a holiday or is closed by date."""
    calendars = policy.calendars.values()
    closed: set[date] = {day for one in calendars for day, windows in one.special_days.items() if not windows}
    countries = sorted({one.holidays for one in calendars if one.holidays})
    return HourPlan(zone(policy.timezone), countries, closed.__contains__)
