"""Words of the policy in the language of marketing and sales: activities, patterns, kinds, requests, stages.

In: words and patterns of the file. Out: phrases of a sentence, without underscores and stars. Names that a company
gave itself (desks, partners, rules, paths) stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from workers.policy.fit_points import OWN_FIELD

ACTIVITIES: Final[Mapping[str, str]] = {
    "page_view": "a page view",
    "download": "a download",
    "webinar_registered": "a registration for a webinar",
    "webinar_attended": "an attended webinar",
    "email_opened": "an opened e-mail",
    "email_clicked": "a click in an e-mail",
    "email_sent": "an e-mail that we send",
    "email_delivered": "a delivered e-mail",
    "video_watched": "a watched video",
    "chat_started": "the start of a chat",
    "chat_message": "a message in a chat",
    "chat_ended": "the end of a chat",
}
"""Phrases for activities. Others are shown with blanks in place of underscores."""
_WORDS: Final[Mapping[str, str]] = {
    "demo": "a demo",
    "pricing": "a price",
    "contact_sales": "a talk with sales",
    "expansion": "a lead of a customer",
    "in_cycle": "a lead of an open opportunity",
    "service": "a support question",
    "mql": "MQL",
    "sal": "SAL",
    "sql": "SQL",
    "name": "name",
    "crm_ids": "ids of the CRM",
}
_KINDS: Final[Mapping[str, str]] = {
    "mql": "an MQL",
    "product_qualified": "a product-qualified MQL",
    "raised_hand": "a raised hand",
    "inquiry": "an inquiry",
    "claimed": "a lead that a rep took",
}

_DAYS: Final[Mapping[str, str]] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}


def plain_activity(word: str) -> str:
    """Return the phrase for an activity."""
    return ACTIVITIES.get(word, f"the activity {plain_word(word)}")


def plain_word(word: str) -> str:
    """Return a word of the policy with blanks in place of underscores, or the phrase for it."""
    return _WORDS.get(word, word.replace("_", " "))


def plain_kind(kind: str) -> str:
    """Return the phrase for a kind of hand-off."""
    return _KINDS.get(kind, plain_word(kind))


def plain_name(word: str) -> str:
    """Return a word of the policy with blanks in place of underscores. A custom field of ``fit`` is named as a field."""
    if word.startswith(OWN_FIELD):
        return f"the field {word.removeprefix(OWN_FIELD)}"
    return word.replace("_", " ")


def plain_pattern(pattern: str) -> str:
    """Return in words which texts a pattern matches: "with /pricing in it", "that begins with launch-"."""
    core = pattern.strip("*")
    if not core:
        return "of any kind"
    said = " and then ".join(core.split("*"))
    if pattern.startswith("*"):
        return f"with {said} in it" if pattern.endswith("*") else f"that ends in {said}"
    return f"that begins with {said}" if pattern.endswith("*") else said


def plain_patterns(patterns: Iterable[str]) -> str:
    """Return in words which texts a list of patterns matches."""
    return " or ".join(plain_pattern(one) for one in patterns)


def plain_owner(pattern: str) -> str:
    """Return in words which owners of the CRM a pattern matches: "is robot", "begins with queue_"."""
    said = plain_pattern(pattern)
    if said == pattern:
        return f"is {pattern}"
    return said.removeprefix("that ") if said.startswith("that ") else f"has {said.removeprefix('with ')}"


def plain_days(days: str) -> str:
    """Return days of the week in words: "Monday to Friday"."""
    for short, name in _DAYS.items():
        days = days.replace(short, name)
    return days.replace("-", " to ").replace(",", " and")
