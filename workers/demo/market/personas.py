"""The people of the demo's market: name, employer, and the reason for visiting the web site.

In: companies and a seeded random generator. Out: people with an address, a title and a persona. Most people who fill in
a form decide nothing at a bank. Routing has to separate them from the buyers.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workers.demo.market.companies import Company, Segment
from workers.demo.market.person_names import FIRST, LAST, ascii_word
from workers.demo.market.seeded_random import SeededRandom


class Persona(StrEnum):
    """The reason for which a person visits the web site."""

    BUYER = "buyer"
    """A person who decides to buy, or prepares the decision."""
    COLLEAGUE = "colleague"
    """A person at the company, in a function that does not decide."""
    FREE_MAIL = "free_mail"
    STUDENT = "student"
    JOB_SEEKER = "job_seeker"
    SPY = "spy"
    """A person who works for a competitor."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person. ``title``, ``function`` and ``company`` are as the person writes them into a form."""

    first: str
    last: str
    email: str
    persona: Persona
    company: Company | None
    title: str | None
    function: str | None
    country: str | None
    written_company: str | None = None
    """The company name that a person with a free-mail address writes into a form."""


_BUYER_TITLES: Final = (
    ("Chief Information Officer", "it"),
    ("CIO", "it"),
    ("VP, IT & Operations", "it"),
    ("Director of Operations", "operations"),
    ("COO", "operations"),
    ("Chief Financial Officer", "finance"),
    ("Head of Data", "it"),
    ("IT Manager", "it"),
    ("Treasury Manager", "finance"),
    ("Systems Architect", "it"),
    ("Business Analyst", "operations"),
)
_COLLEAGUE_TITLES: Final = (
    ("Marketing Manager", "marketing"),
    ("HR Director", "human_resources"),
    ("Branch Teller", "retail"),
    ("Intern to the CIO", "it"),
    ("Facilities Coordinator", "facilities"),
)
_FREE_MAIL: Final = ("gmail.com", "outlook.com", "yahoo.com", "gmx.de", "proton.me")
PER_COMPANY: Final = {
    Segment.SERVED: (2, 6),
    Segment.FACT_MISSING: (1, 3),
    Segment.TOO_SMALL: (1, 3),
    Segment.TOO_LARGE: (1, 4),
    Segment.ABROAD: (1, 3),
    Segment.OTHER_INDUSTRY: (1, 4),
    Segment.COMPETITOR: (2, 4),
    Segment.PARTNER: (1, 3),
    Segment.NOT_IN_CRM: (1, 2),
}
FREE_MAIL_PEOPLE: Final = 110
STUDENTS: Final = 60
JOB_SEEKERS: Final = 30


def people(chance: SeededRandom, market: list[Company]) -> list[Person]:
    """Return all people who identify themselves during the two weeks."""
    out: list[Person] = []
    for company in market:
        low, high = PER_COMPANY[company.segment]
        out.extend(
            _employee(chance, company, len(out) + number) for number in range(chance.randint(low, high))
        )
    out.extend(_outsider(chance, Persona.FREE_MAIL, len(out) + number) for number in range(FREE_MAIL_PEOPLE))
    out.extend(_outsider(chance, Persona.STUDENT, len(out) + number) for number in range(STUDENTS))
    out.extend(_outsider(chance, Persona.JOB_SEEKER, len(out) + number) for number in range(JOB_SEEKERS))
    return out


def _employee(chance: SeededRandom, company: Company, number: int) -> Person:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    is_buyer = chance.happens(70)
    title, function = chance.choice(_BUYER_TITLES if is_buyer else _COLLEAGUE_TITLES)
    persona = Persona.BUYER if is_buyer else Persona.COLLEAGUE
    if company.segment is Segment.COMPETITOR:
        persona = Persona.SPY
    domain = company.domain
    if "second_domain" in company.tags and number % 2:
        domain = (company.record or {})["domains"][-1]
    if chance.happens(5):
        domain = f"mail.{domain}"
    mailbox = f"{ascii_word(first)}.{ascii_word(last)}{number}"
    gives_title = chance.happens(90)
    return Person(
        first,
        last,
        f"{mailbox}@{domain}",
        persona,
        company,
        title if gives_title else None,
        function if gives_title and chance.happens(90) else None,
        company.country if chance.happens(80) else None,
    )


def _outsider(chance: SeededRandom, persona: Persona, number: int) -> Person:
    first, last = chance.choice(FIRST), chance.choice(LAST)
    domain = chance.choice(_FREE_MAIL)
    if persona is Persona.STUDENT and chance.happens(60):
        domain = "students.harbor-state.example"
    title, function = {
        Persona.STUDENT: ("Student", None),
        Persona.JOB_SEEKER: (None, None),
    }.get(persona, chance.choice(_BUYER_TITLES))
    email = f"{ascii_word(first)}.{ascii_word(last)}.demo{number}@{domain}"
    return Person(first, last, email, persona, None, title, function, chance.choice(("US", "US", "DE", None)))
