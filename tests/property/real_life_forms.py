"""Generated forms as real sites send them: countries in 12 languages, titles in many scripts, blanks, fillers, odd types.

In: a seed and a number. Out: records of form.fills with what each must lead to. The same seed gives the same forms.
"""

# ruff: noqa: RUF001 - the texts are in the scripts of the world

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import Any, Final
from uuid import UUID

from babel import Locale

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "pt", "pl", "tr", "ru", "ar", "ja", "zh")
COUNTRIES: Final = (
    *(
        "US",
        "CA",
        "MX",
        "BR",
        "AR",
        "CL",
        "GB",
        "IE",
        "FR",
        "DE",
        "AT",
        "CH",
        "IT",
        "ES",
        "PT",
        "NL",
        "BE",
        "LU",
    ),
    *(
        "DK",
        "SE",
        "NO",
        "FI",
        "PL",
        "CZ",
        "HU",
        "RO",
        "GR",
        "TR",
        "UA",
        "IL",
        "AE",
        "SA",
        "EG",
        "ZA",
        "NG",
        "KE",
    ),
    *("IN", "JP", "CN", "KR", "TH", "VN", "ID", "SG", "AU", "NZ"),
)
ALIASES: Final = {
    "UK": "GB",
    "England": "GB",
    "USA": "US",
    "U.S.A.": "US",
    "America": "US",
    "UAE": "AE",
    "Holland": "NL",
}
NOT_COUNTRIES: Final = (
    "N/A",
    "-",
    "Select a country",
    "undefined",
    "null",
    "??",
    "EN",
    "Other",
    "Worldwide",
    "0",
    "…",
)
TITLES: Final = (
    *(
        "CIO",
        "Chief Information Officer",
        "VP of Finance",
        "V.P., Data & Analytics",
        "head of digital",
        "IT MANAGER",
    ),
    *("Finanzvorstand", "Leiter IT", "Geschäftsführerin", "Directeur financier", "Responsable informatique"),
    *("Director de Sistemas", "Gerente de TI", "Direttore generale", "Responsabile IT", "Diretor Financeiro"),
    *("Kierownik IT", "Dyrektor finansowy", "Genel Müdür", "Финансовый директор", "Руководитель отдела"),
    *(
        "مدير تقنية المعلومات",
        "المدير المالي",
        "情報システム部長",
        "最高財務責任者",
        "财务总监",
        "信息技术部经理",
    ),
    *("재무이사", "IT팀장", "ผู้จัดการฝ่ายไอที", "वित्त प्रबंधक", "מנהל כספים", "Οικονομικός Διευθυντής"),
)
TITLE_WORDS: Final = (
    *(
        "vorstand",
        "finanzvorstand",
        "leiter",
        "geschäftsführerin",
        "geschäftsführer",
        "directeur",
        "responsable",
    ),
    *("gerente", "direttore", "responsabile", "diretor", "kierownik", "dyrektor", "müdür", "директор"),
    *(
        "руководитель",
        "مدير",
        "المدير",
        "部長",
        "責任者",
        "总监",
        "经理",
        "재무이사",
        "팀장",
        "ผู้จัดการ",
        "प्रबंधक",
        "מנהל",
    ),
    *("διευθυντής", "manager", "head", "head of"),
)
"""Words of a policy that lists every one of TITLES, beside those of the default policy."""
FILLERS: Final = (
    "",
    " ",
    "\u00a0",
    "-",
    "n/a",
    "N/A",
    "none",
    "unknown",
    "undefined",
    "null",
    ".",
    "x",
    "---",
    "0",
)
PHONES: Final = (
    *(
        "+49 (0)30 123456-78",
        "030/1234567",
        "+1 (212) 555-0134 ext. 12",
        "212.555.0134 x9",
        "0044 20 7946 0958",
    ),
    *(
        "tel:+33-1-23-45-67-89",
        "+81-3-1234-5678",
        "（０３）１２３４−５６７８",
        "call my office",
        "00000",
        "1234567890",
    ),
    *("+91 98765 43210 / 43211", "٠١٢٣٤٥٦٧٨٩", "+55 11 91234-5678"),
)
ASKS: Final = (
    "demo",
    "pricing",
    "contact_sales",
    "Demo",
    "DEMO",
    " demo ",
    "book_a_demo",
    "request-demo",
    "デモ",
)
OTHERS: Final = ("content", "newsletter", "", None)
COMPANIES: Final = (
    *(
        "First Bank of {n}",
        "{n} Kreditbank AG",
        "Société Générale de {n}",
        "Banco {n} S.A.",
        "ООО «Банк {n}»",
    ),
    *(
        "株式会社{n}銀行",
        "{n}银行有限公司",
        "بنك {n}",
        "{n} Bankası A.Ş.",
        "N/A",
        "self",
        "-",
        "　",
        "{n}銀行（株）",
    ),
)
UNREADABLE_ADDRESSES: Final = ("ann at {d}", "{n}@{d},x{n}@{d}", "{n}@", "@{d}", "{n}@{d}@{d}", "nobody")
BROKEN: Final[tuple[Any, ...]] = ({"code": "DE"}, ["DE", "FR"], 49, True, 1.5, {}, [])
"""Values of a type that the contract does not expect."""
START: Final = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
"""Monday 9:00 in New York: every desk of the test is open."""


@dataclass(frozen=True)
class RealLifeForm:
    """One record, and what must become of it."""

    at_ms: int
    key: str | None
    value: dict[str, Any]
    asks: bool
    """Whether it asks for a person."""
    email: str | None
    """The person's address. None: the form has an address that cannot be read."""
    country: str | None
    """The country that the form names, as ISO 3166-1 alpha-2. None: it names none."""
    has_browser: bool
    """Whether it names the visitor's browser."""
    is_repeat: bool = False
    """Whether it is an earlier form again, with another date."""


def real_life_forms(seed: str, count: int, within: timedelta) -> Iterator[RealLifeForm]:
    """Yield forms of different people, spread evenly over ``within`` from START. Two of a hundred are repeats."""
    earlier: list[RealLifeForm] = []
    for number in range(count):
        draw = random.Random(f"{seed}/{number}")
        at = START + within * number / count
        if earlier and draw.random() < 0.02:
            yield _repeat(draw, draw.choice(earlier[-500:]), at)
            continue
        earlier.append(_form(draw, number, at))
        yield earlier[-1]


def _repeat(draw: random.Random, one: RealLifeForm, at: datetime) -> RealLifeForm:
    dated = at + timedelta(seconds=draw.choice((-86_400, -2, 0, 2)))
    value = one.value | {"occurred_at": _written_time(draw, dated)}
    return replace(one, at_ms=int(at.timestamp() * 1000), value=value, is_repeat=True)


def _form(draw: random.Random, number: int, at: datetime) -> RealLifeForm:
    is_readable = draw.random() >= 0.003
    name, domain = f"person{number}", f"bank{draw.randrange(4000)}.com"
    email = f"{name}@{domain}"
    asks = draw.random() < 0.75
    country, written_country = _country(draw)
    written = draw.choice(_ADDRESS_SPELLINGS)(email) if is_readable else _unreadable(draw, name, domain)
    optional: dict[str, Any] = {
        "first_name": _distort(
            draw, draw.choice(("Ann", "José", "Zoë", "Владимир", "田中", "महेश", "محمد", "Łukasz"))
        ),
        "last_name": _distort(
            draw, draw.choice(("Lee", "Müller", "O'Brien", "Ñandú", "Иванов", "佐藤", "Nguyễn"))
        ),
        "company": _distort(draw, draw.choice(COMPANIES).format(n=number)),
        "job_title": _distort(draw, draw.choice(TITLES)),
        "job_function": draw.choice(("it", "IT", "finance", "Information Technology", "", None)),
        "country": written_country,
        "postal_code": draw.choice(("10001", "SW1A 1AA", "1010", 10115, "〒100-0001", "00000", "")),
        "phone": draw.choice(PHONES),
        "language": draw.choice(("en", "de-DE", "zh_Hans_CN", "German", "", "english", "pt-BR", 7)),
        "url": draw.choice(("https://x.example/demo", "/demo", "", "https://x.example/" + "a" * 5000)),
        "campaign": draw.choice(({"name": "spring"}, {"name": ""}, {"name": None}, "spring", None, {}, [])),
        "consent": draw.choice(
            (None, {"marketing": True}, {"tracking": "yes"}, {}, "yes", {"tracking": True})
        ),
        "user_agent": draw.choice((None, "", "Mozilla/5.0 (X11; Linux x86_64) Firefox/134.0", 5)),
        "producer": draw.choice((None, "", "site", "undefined")),
        "budget": draw.choice(("51-200", "$10M-$50M", "1,000+", None)),
    }
    for field in optional:
        roll = draw.random()
        if field == "country" or roll >= 0.09:
            continue
        optional[field] = (
            draw.choice(BROKEN) if roll < 0.02 else draw.choice(FILLERS) if roll < 0.06 else None
        )
    browser = draw.choice((str(UUID(int=draw.getrandbits(128))), "undefined", "null", "0", "N/A", "", None))
    value = {
        "event_id": f"f{number}",
        "occurred_at": _written_time(draw, at),
        "form_id": draw.choice(("contact", "Contact us", "формa", 17, "")),
        "email": written,
        "anonymous_id": browser,
        "request": draw.choice(ASKS if asks else OTHERS),
        **optional,
    }
    if draw.random() < 0.3:
        value = {key: one for key, one in value.items() if one is not None}
    key = draw.choice((email, browser or None, None))
    at_ms = int(at.timestamp() * 1000)
    has_browser = len(browser or "") > len("undefined")
    return RealLifeForm(at_ms, key, value, asks, email if is_readable else None, country, has_browser)


def _country(draw: random.Random) -> tuple[str | None, Any]:
    """Return a country and how it is written. None: the form has no country."""
    roll = draw.random()
    if roll < 0.06:
        return None, draw.choice((*FILLERS, *NOT_COUNTRIES, *BROKEN, None))
    if roll < 0.14:
        alias = draw.choice(sorted(ALIASES))
        return ALIASES[alias], _distort(draw, alias)
    code = draw.choice(COUNTRIES)
    if roll < 0.3:
        return code, draw.choice((code, code.lower(), f" {code} ", code.title()))
    return code, _distort(draw, country_name(draw.choice(LANGUAGES), code))


@cache
def country_name(language: str, code: str) -> str:
    """Return the name of a country in a language."""
    name: str = Locale.parse(language).territories[code]
    return name


def _distort(draw: random.Random, text: str) -> str:
    """Return a text as systems pass it on: decomposed, full-width, with invisible or further blanks, or in other case."""
    return draw.choice(_SPELLINGS)(text)


def _full_width(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def _same(text: str) -> str:
    return text


_SPELLINGS: Final[tuple[Callable[[str], str], ...]] = (
    *(_same,) * 5,
    lambda text: unicodedata.normalize("NFD", text),
    lambda text: f"  {text}\u00a0",
    lambda text: f"\ufeff{text}\u200b",
    _full_width,
    str.upper,
)
_ADDRESS_SPELLINGS: Final[tuple[Callable[[str], str], ...]] = (
    *(_same,) * 6,
    str.upper,
    lambda email: f" {email} ",
    lambda email: f"{email}.",
    lambda email: f"mailto:{email}",
    lambda email: f"Ann Lee <{email}>",
    lambda email: f"\u200b{email}\ufeff",
    lambda email: email.replace("@", "＠"),
)


def _unreadable(draw: random.Random, name: str, domain: str) -> str:
    return draw.choice(UNREADABLE_ADDRESSES).format(n=name, d=domain)


def _written_time(draw: random.Random, at: datetime) -> str:
    hours = draw.choice((-8, -5, 0, 1, 5.5, 9))
    text = at.astimezone(timezone(timedelta(hours=hours))).isoformat(
        timespec=draw.choice(("seconds", "milliseconds", "microseconds"))
    )
    return text.replace("+00:00", "Z") if draw.random() < 0.5 else text
