"""Types of single values: whole numbers, amounts like 500M, durations like 4h, names and codes.

Every scalar arrives as the text of the file. YAML's own typing is not used: it reads NO as false, 9:30 as a number of
seconds and 0111 as an octal number. A text that cannot be read is refused with the expected form.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, NoReturn

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from workers.identity.country_names import countries_of_language, read_country
from workers.identity.industry_codes import expand_code
from workers.policy.written_values import amount_meant, number_meant, span_meant

SECOND_MS = 1_000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS
_ALPHA_3 = 3
"""The most letters of an abbreviation, as USA or UK. A longer text is the name of a country."""
MOST_BUCKET_MS = 30 * DAY_MS

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,14})", re.ASCII)
_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,14})(\.[0-9]{1,9})?([KMB]?)", re.ASCII)
_TIME = re.compile(r"(?:([0-9]{1,4})d)?(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?", re.ASCII)
_MULTIPLE = re.compile(r"([0-9]{1,2})(\.[0-9]{1,2})?x", re.ASCII)
_LASTING = re.compile(r"(?:([0-9]{1,2})h)?(?:([0-9]{1,4})m)?(?:([0-9]{1,5})s)?", re.ASCII)
_OPENING = re.compile(r"(?=.)(?:[0-9]{1,5}h)?(?:[0-9]{1,6}m)?", re.ASCII)
_OPENING_DAYS = re.compile(r"([1-9][0-9]?)d", re.ASCII)
_DAYS_IN_WORDS = re.compile(
    r"([1-9][0-9]?) *(?:d|days?|business days?|working days?)", re.ASCII | re.IGNORECASE
)
_UNIT = {"": 1, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}


@dataclass(frozen=True, order=True, slots=True)
class OpeningDays:
    """A number of business days: the deadline has the same time of day on an open day that many open days later."""

    days: int
    """From 1 to 99."""

    def __str__(self) -> str:
        return f"{self.days} business day{'' if self.days == 1 else 's'}"


def refuse(expected: str, found: str | None = None, *, at: str = "") -> NoReturn:
    """Refuse a value. The texts complete "found ..., expected ...". Raises PydanticCustomError.

    ``found`` None: the message shows the value of the file. ``at``: the key below the value that is reported. Empty: the
    value itself.
    """
    raise PydanticCustomError("policy", "{expected}", {"expected": expected, "found": found, "at": at})


def must_parse(read: Callable[[str], object]) -> AfterValidator:
    """Return a validator that accepts a text if ``read`` can parse it. Its ValueError names the expected form."""

    def check(value: str) -> str:
        try:
            read(value)
        except ValueError as error:
            refuse(str(error))
        return value

    return AfterValidator(check)


def must_match(pattern: str, expected: str) -> AfterValidator:
    """Return a validator that accepts a text that matches ``pattern``. ``expected`` describes the form in the error."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if not compiled.fullmatch(value):
            refuse(expected)
        return value

    return AfterValidator(check)


def read_whole_number(value: object) -> int:
    """Return a whole number from plain digits. Raises PydanticCustomError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if not isinstance(value, str) or not _WHOLE.fullmatch(value.strip()):
        meant = number_meant(value) if isinstance(value, str) else None
        if meant is not None:
            refuse(f"a whole number in plain digits, without commas or a percent sign, as {meant}")
        refuse("a whole number in plain digits")
    return int(value)


def read_days(value: object) -> int:
    """Return a number of days from 60 or 60d. Raises PydanticCustomError."""
    return read_whole_number(_without_unit(value, "d"))


def read_whole_days(value: object) -> int:
    """Return a number of days from 7d, 7 or 24h. Raises PydanticCustomError."""
    if isinstance(value, str) and (hours := re.fullmatch(r"([0-9]{1,6})h", value.strip())):
        if int(hours[1]) % 24:
            refuse("whole days, as 1d or 7d")
        return int(hours[1]) // 24
    return read_days(value)


def read_percent(value: object) -> int:
    """Return percent from 75 or 75%. Raises PydanticCustomError."""
    return read_whole_number(_without_unit(value, "%"))


def _without_unit(value: object, unit: str) -> object:
    """Return a whole number without its unit. Any other value is returned unchanged."""
    plain = value.strip().removesuffix(unit) if isinstance(value, str) else ""
    return plain if _WHOLE.fullmatch(plain) else value


def read_amount(value: object) -> int:
    """Return an amount in whole units from 750000, 500M or 1.5B. Raises PydanticCustomError."""
    found = _AMOUNT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        meant = amount_meant(value) if isinstance(value, str) else None
        if meant is not None:
            refuse(f"an amount without commas, blanks or a currency, as {meant}")
        refuse("an amount, as 750000, 500M or 1.5B")
    exact = Decimal(found[1] + (found[2] or "")) * _UNIT[found[3]]
    if exact != exact.to_integral_value():
        refuse("an amount of whole currency units, as 1.5B")
    return int(exact)


def read_duration_ms(value: object) -> int:
    """Return milliseconds from a duration: 30m, 4h, 1h30m, 2d. Raises PydanticCustomError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _TIME.fullmatch(value.strip()) if isinstance(value, str) and value.strip() else None
    if found is None:
        refuse(f"a duration, as {_meant(value) or '30m, 4h or 2d'}")
    days, hours, minutes = (int(part or 0) for part in found.groups())
    total_ms = days * DAY_MS + hours * HOUR_MS + minutes * MINUTE_MS
    if total_ms == 0:
        refuse("a duration above 0, as 30m")
    return total_ms


def read_lasting_ms(value: object) -> int:
    """Return milliseconds from the duration of an activity: 45s, 2m, 1m30s, 1h. Raises PydanticCustomError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    found = _LASTING.fullmatch(value.strip()) if isinstance(value, str) and value.strip() else None
    if found is None:
        refuse(f"a duration, as {_meant(value, has_seconds=True) or '45s, 2m or 1h'}")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS


def read_bucket_ms(value: object) -> int:
    """Return milliseconds from a period that divides the day, or of whole days: 1h, 4h, 7d. Raises PydanticCustomError."""
    total_ms = read_duration_ms(value)
    if total_ms % HOUR_MS or (DAY_MS % total_ms and total_ms % DAY_MS) or total_ms > MOST_BUCKET_MS:
        refuse("hours that divide the day (1h, 2h, 3h, 4h, 6h, 8h, 12h), or 1 to 30 whole days, as 24h or 7d")
    return total_ms


def _read_opening_time(value: object) -> int | OpeningDays:
    if isinstance(value, OpeningDays):
        return value
    if isinstance(value, str) and not _OPENING.fullmatch(value.strip()):
        days = _OPENING_DAYS.fullmatch(value.strip())
        if days is not None:
            return OpeningDays(int(days[1]))
        example = span_meant(value, has_days=False) or "3h"
        in_words = _DAYS_IN_WORDS.fullmatch(value.strip())
        count = 1 if in_words is None else in_words[1]
        refuse(f"hours or minutes of opening time, as {example}, or 1 to 99 business days, as {count}d")
    return read_duration_ms(value)


def _meant(value: object, *, has_seconds: bool = False) -> str | None:
    return span_meant(value, has_seconds=has_seconds) if isinstance(value, str) else None


def read_multiple_percent(value: object) -> int:
    """Return percent from a multiple, as 2x or 1.5x. Raises PydanticCustomError."""
    found = _MULTIPLE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        refuse("a multiple of the time to answer, as 2x or 1.5x")
    return int(Decimal(found[1] + (found[2] or "")) * 100)


def _require_multiple_in_range(percent: int) -> int:
    if not 100 <= percent <= 2_000:  # noqa: PLR2004 - percent
        refuse("a multiple from 1x (at the deadline) to 20x")
    return percent


def _read_country_code(value: str) -> str:
    code = read_country(value)
    if code is not None and len(re.sub(r"\W", "", value)) <= _ALPHA_3 and code != value.upper():
        refuse(f"{code}, the code of two letters (ISO 3166-1)")
    if code is None:
        meant = countries_of_language(value)
        question = f" (did you mean {' or '.join(meant)}?)" if meant else ""
        refuse(f"a country code of ISO 3166-1, as US{question}")
    return code


def _require_range(code: str) -> None:
    if "-" in code and len(expand_code(code)) == 1:
        raise ValueError("a range of codes of one length, from the lower to the higher, as 31-33")


Whole = Annotated[int, BeforeValidator(read_whole_number)]
"""A whole number, which may be negative."""
Years = Annotated[int, BeforeValidator(read_whole_number), Field(ge=0, le=1_000)]
"""A number of years. 0 to 1,000."""
Points = Annotated[int, BeforeValidator(read_whole_number), Field(ge=0, le=10_000)]
"""Points that are given. 0 to 10,000."""
SignedPoints = Annotated[int, BeforeValidator(read_whole_number), Field(ge=-10_000, le=10_000)]
"""Points that are given or taken. -10,000 to 10,000."""
Count = Annotated[int, BeforeValidator(read_whole_number), Field(ge=1, le=10_000)]
"""A number of things. 1 to 10,000."""
LONGEST_DAYS = 3_650
"""The largest number of days that a policy may give."""
Days = Annotated[int, BeforeValidator(read_days), Field(ge=1, le=LONGEST_DAYS)]
"""A number of days, as 60 or 60d. 1 to 3,650."""
WholeDays = Annotated[int, BeforeValidator(read_whole_days), Field(ge=1, le=LONGEST_DAYS)]
"""A number of days, as 7d. 1 to 3,650."""
OverdueMultiple = Annotated[
    int,
    BeforeValidator(read_multiple_percent),
    AfterValidator(_require_multiple_in_range),
]
"""A multiple of the time to answer, 1x (at the deadline) to 20x. Percent."""
MOST_MOVES = 9
"""The most times that an unanswered account may go to the next rep in turn."""
Percent = Annotated[int, BeforeValidator(read_percent), Field(ge=1, le=99)]
"""A percentage, as 75 or 75%. 1 to 99."""
Amount = Annotated[int, BeforeValidator(read_amount), Field(ge=0)]
"""An amount in whole units of the policy's currency."""
OpeningTime = Annotated[int | OpeningDays, BeforeValidator(_read_opening_time)]
"""A duration within the opening hours of a calendar. Milliseconds, or a number of business days."""
ActivityDuration = Annotated[int, BeforeValidator(read_lasting_ms), Field(ge=SECOND_MS, le=DAY_MS)]
"""The duration of an activity. Milliseconds, from one second to one day."""
Bucket = Annotated[int, BeforeValidator(read_bucket_ms), Field(ge=HOUR_MS)]
"""A period, counted from midnight in the policy's time zone. Milliseconds."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Name = Annotated[
    Text, must_match(r"[a-z][a-z0-9_]{0,63}", "a name of lower-case letters, digits and _, as inside_sales")
]
"""A lower_snake_case name that the file defines."""
RepId = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
"""The rep_id of a person in crm.reps."""
NOT_PEOPLE = frozenset(
    {"hold", "wait", "skip", "keep", "pool", "desk", "next", "manager", "deputy", "owner", "anyone", "nobody"}
)
"""Words that other keys of a policy have. Where a fallback is named, they are slips and not the rep_id of a person."""


def require_person(value: str, expected: str, *words: str) -> str:
    """Return the rep_id of a fallback, or one of the ``words`` that the key has. Raises PydanticCustomError."""
    if value.casefold() in NOT_PEOPLE and value not in words:
        refuse(expected)
    return value


Code = Annotated[
    Text,
    must_match(
        r"[0-9]{2,8}(-[0-9]{2,8})?", "a code of 2 to 8 digits, or a range of codes of one length, as 31-33"
    ),
    must_parse(_require_range),
]
"""A SIC or NAICS code, its first digits, or a range of codes. It is text because leading zeros count."""
CountryCode = Annotated[Text, AfterValidator(_read_country_code)]
"""A country: its ISO 3166-1 alpha-2 code, or a code, alias or name that means it. Kept as the alpha-2 code."""
CurrencyCode = Annotated[
    Text, must_match(r"[A-Z]{3}", "a currency code of three capital letters (ISO 4217), as USD")
]
Domain = Annotated[
    Text,
    must_match(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", "a domain without protocol or @, as our-own.example"),
    AfterValidator(str.lower),
]
"""A domain, in lower case."""
