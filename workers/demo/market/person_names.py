"""Names for the demo's people, and their conversion into parts of an address."""
# ruff: noqa: RUF001 - letters of real names

from __future__ import annotations

import re
import unicodedata
from typing import Final

FIRST: Final = (
    *(
        "Alice",
        "Ben",
        "Carla",
        "Deshawn",
        "Elena",
        "Frank",
        "Grace",
        "Hiro",
        "Imani",
        "Jack",
        "Karen",
        "Liam",
    ),
    *(
        "Maya",
        "Noah",
        "Olivia",
        "Priya",
        "Quinn",
        "Rosa",
        "Sam",
        "Tara",
        "Umar",
        "Vera",
        "Wes",
        "Ximena",
        "Yusuf",
    ),
    *("Zoë", "José", "Łukasz", "Søren", "Chloë", "Jürgen", "Núria", "Élodie", "Øystein", "Mária", "Thảo"),
)
LAST: Final = (
    *(
        "Adams",
        "Brooks",
        "Chen",
        "Diaz",
        "Evans",
        "Foster",
        "Garcia",
        "Hughes",
        "Ivanov",
        "Johnson",
        "Kim",
        "Lopez",
    ),
    *(
        "Miller",
        "Nguyen",
        "Okafor",
        "Patel",
        "Quigley",
        "Reed",
        "Singh",
        "Turner",
        "Underwood",
        "Vance",
        "Walker",
    ),
    *(
        "Müller",
        "Peña",
        "Nowak-Żak",
        "Håkansson",
        "D'Amico",
        "O'Neill",
        "Björk",
        "Gonçalves",
        "Yıldız",
        "Čapek",
    ),
)
_LETTERS: Final = str.maketrans({"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ı": "i", "ß": "ss", "æ": "ae"})


def ascii_word(name: str) -> str:
    """Return a name as lower-case letters, digits and hyphens, for a domain or a mailbox."""
    plain = unicodedata.normalize("NFKD", name.translate(_LETTERS)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
