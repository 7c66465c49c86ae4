"""Normalise company names to the one spelling under which a company is looked up.

In: a name as a form or the CRM gives it. Out: the normalised name, or None if it names no company.
Normalising removes the legal form, case, punctuation and accents, and spells out abbreviations. Initials are one word,
with and without dots. A name of nothing but legal forms names no company. Nothing is transliterated.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from itertools import groupby
from typing import Final

from workers.identity.company_forms import LegalForms, bare, is_initial, without_joined_forms
from workers.identity.placeholders import is_template
from workers.identity.text_folding import fold, is_word_character, undo_damage, words_of

DATA_VERSION: Final = f"cleanco {version('cleanco')}"
"""Version of the list of legal forms. An upgrade may change which spellings count as one name."""

MOST_CHARS: Final = 200
"""Most characters of a normalised name. A longer one is cut, because it becomes part of a record's key."""
_CACHED_RESULTS: Final = 20_000

# fmt: off
ABBREVIATIONS: Final = {
    "amer": "american", "assn": "association", "assoc": "associates", "bancorp": "bancorporation",
    "bk": "bank", "bldg": "building", "bros": "brothers", "comm": "community", "cty": "county",
    "dept": "department", "dev": "development", "dist": "distribution", "eng": "engineering",
    "fed": "federal", "finl": "financial", "govt": "government", "grp": "group", "hldg": "holding",
    "hldgs": "holdings", "hosp": "hospital", "inst": "institute", "ins": "insurance",
    "intl": "international", "int'l": "international", "labs": "laboratories", "mfg": "manufacturing",
    "mgmt": "management", "mgt": "management", "mkt": "market", "mtg": "mortgage", "nat'l": "national",
    "natl": "national", "svc": "service", "svcs": "services", "svgs": "savings", "sys": "systems",
    "tech": "technology", "technologies": "technology", "telecom": "telecommunications",
    "univ": "university",
}
# fmt: on
"""Full words by their abbreviation, in lower case."""

# fmt: off
PLACEHOLDERS: Final = frozenset({
    *("a", "aa", "abc", "asd", "asdf", "asdfgh", "foo", "bar", "qwerty", "x", "xx", "xyz", "test", "testing"),
    *("test company", "test test", "dummy", "example", "sample", "demo", "null", "nil", "nothing", "undefined"),
    *("na", "n a", "not applicable", "not available", "none", "no", "no company", "no name", "no one", "nobody"),
    *("unknown", "other", "others", "various", "tbd", "tba", "to be determined", "anonymous", "blank", "empty"),
    *("self", "self employed", "selfemployed", "self employment", "myself", "me", "i", "own", "personal"),
    *("private", "privat", "private person", "privatperson", "individual", "independent", "home", "family"),
    *("freelance", "freelancer", "freelancing", "contractor", "consultant", "consulting", "sole proprietor"),
    *("student", "retired", "unemployed", "between jobs", "looking", "job seeker", "stealth", "confidential"),
    *("company", "my company", "company name", "your company", "business", "my business", "office", "work"),
    *("bank", "group", "firm", "enterprise", "corporation", "startup", "school", "university", "government"),
    *("not provided", "not specified", "not given", "does not apply", "doesnt apply", "prefer not to say"),
    *("no employer", "no affiliation", "unaffiliated", "sole trader", "own business", "my own company"),
    *("household", "looking for work", "credit union", "gmail", "gmail com", "hotmail", "outlook com", "yahoo"),
    *("llc", "inc", "ltd", "gmbh", "nan", "true", "false", "not set", "unset", "object object", "object undefined"),
    *("null null", "undefined undefined", "none none", "na na", "direct"),
    # in other languages
    *("k a", "ka", "keine", "kein", "keine angabe", "selbststandig", "selbstandig", "freiberufler", "ohne"),
    *("keine firma", "kein unternehmen", "nicht zutreffend", "entfallt", "nichts", "unbekannt", "firma", "anonym"),
    *("sonstige", "vertraulich", "qwertz"),
    *("aucun", "aucune", "neant", "independant", "ninguno", "ninguna", "autonomo", "nessuno", "geen", "zzp"),
    *("aucune societe", "sans", "sans objet", "s o", "particulier", "prive", "privee", "auto entrepreneur"),
    *("inconnu", "autre", "entreprise", "societe", "azerty"),
    *("sin empresa", "no aplica", "no tengo", "particular", "privado", "desconocido", "otro", "empresa"),
    *("nessuna", "privato", "libero professionista", "non applicabile", "sconosciuto", "azienda"),
    *("nenhum", "nenhuma", "nao tenho", "nao se aplica", "sem empresa", "pessoa fisica"),
    *("n v t", "nvt", "geen bedrijf", "zelfstandig", "particulier persoon", "onbekend", "bedrijf"),
    *("brak", "nie dotyczy", "prywatnie", "osoba prywatna", "ingen", "ingenting", "inget", "yksityinen", "yok"),
    *("нет", "не указано", "частное лицо", "не применимо", "なし", "個人", "無", "无", "个人", "没有", "없음", "개인"),
})
# fmt: on
"""Texts that people write if they have no company, or want to name none. Normalised. Such a name never matches."""

_AND: Final = frozenset({"und", "et", "och", "og"})
"""The word for "&" in other languages. Replaced only between two words."""
_NAMED_BY_FORM: Final = "company"
"""Word behind a name that would be a placeholder without its legal form: X Corp and X Inc. are "x company"."""


@lru_cache(maxsize=_CACHED_RESULTS)
def normalise_company(raw: str) -> str | None:
    """Return the name under which a company is looked up. None for a placeholder or a text without a word.

    ``normalise_company("The Harbor Nat'l Bank, N.A.") == normalise_company("HARBOR NATIONAL BANK")``
    """
    text = unicodedata.normalize("NFKC", undo_damage(raw))
    if is_template(text):
        return None
    if _is_placeholder(" ".join(bare(_words(text)))):
        return None
    name = " ".join(_join_initials(_legal_forms().strip(without_joined_forms(text))))
    if name and _is_placeholder(name):
        name = f"{name} {_NAMED_BY_FORM}"
        if _is_placeholder(name):
            return None
    return name[:MOST_CHARS].rstrip() or None


def is_spelled_by(name: str, domain: str) -> bool:
    """Whether a registrable domain spells a normalised name, as ``harbornational.com`` spells Harbor National.

    Hyphens are ignored. The domain may leave out words such as "the", "and", "bank", "group" and "of".
    """
    label = domain.partition(".")[0].replace("-", "")
    words = name.split()
    short = [word for word in words if word not in _LEFT_OUT]
    return label in {"".join(words), "".join(word for word in words if word != "and"), "".join(short)} - {""}


_LEFT_OUT: Final = frozenset({"the", "and", "of", "bank", "group", "holding", "holdings", "international"})


@lru_cache(maxsize=1)
def _legal_forms() -> LegalForms:
    return LegalForms(_words)


def _words(text: str) -> tuple[str, ...]:
    """Return the folded words of a name, without a leading "the". Initials with dots between are one word with a dot."""
    lower = fold(text).replace("\u2019", "'").replace("`", "'").replace("&", " and ").replace("+", " and ")
    lower = " ".join(ABBREVIATIONS.get(word.strip(".,"), word) for word in lower.split()).replace("'", "")
    words: list[str] = []
    for chunk in _between_dots(lower):
        for is_letter, group in groupby(words_of(chunk.replace(".", " ")), is_initial):
            found = list(group)
            words += [f"{''.join(found)}."] if is_letter and len(found) > 1 else found
    words = [ABBREVIATIONS.get(word, word) for word in words]
    words = ["and" if word in _AND and 0 < at < len(words) - 1 else word for at, word in enumerate(words)]
    return tuple(words[1:] if len(words) > 1 and words[0] == "the" else words)


def _between_dots(text: str) -> list[str]:
    """Return the pieces of a text between characters that are neither part of a word nor a dot."""
    return "".join(char if char == "." or is_word_character(char) else " " for char in text).split()


def _join_initials(words: Sequence[str]) -> list[str]:
    """Return the words with all initials in a row as one word, whatever dots and blanks are between them."""
    joined: list[str] = []
    for is_letter, group in groupby(words, lambda word: is_initial(word) or word.endswith(".")):
        found = bare(tuple(group))
        joined += ["".join(found)] if is_letter else found
    return joined


def _is_placeholder(name: str) -> bool:
    """Whether a normalised text names no company: a placeholder, no letter, or one letter repeated."""
    letters = [char for char in name if char.isalpha()]
    if not letters or name in PLACEHOLDERS:
        return True
    is_one_ascii_letter = len(name) == 1 and name.isascii()
    return is_one_ascii_letter or (len(letters) > 2 and set(name) == {letters[0]})  # noqa: PLR2004 - as in "xxx"
