"""Normalise company names to the one spelling under which a company is looked up.

In: a name as a form or the CRM gives it. Out: the normalised name, or None if it names no company.
Normalising removes the legal form, case, punctuation and accents, and spells out abbreviations. A name of which nothing
would be left keeps its legal form. Letters of every script count: nothing is transliterated.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib.metadata import version
from typing import Final

from cleanco import basename

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
    *("llc", "inc", "ltd", "gmbh"),
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
_NATIONAL_ASSOCIATION = re.compile(
    r"[\s,]+(?:n\.?\s?a\.?|national association|natl\.? assoc(?:iatio)?n\.?)\s*$", re.IGNORECASE
)
"""The ending of the name of a bank with a national charter (12 U.S.C. 22). cleanco does not know it."""
_FORMS_WITHOUT_SPACES = re.compile(
    r"^(?:株式会社|有限会社|合同会社|\(株\)|\(有\)|주식회사|유한회사|\(주\))\s*"
    r"|\s*(?:股份有限公司|有限责任公司|有限責任公司|有限公司|株式会社|有限会社|合同会社|\(株\)|\(有\)|주식회사|유한회사|\(주\))$"
)
"""Legal forms in scripts that write no spaces between words. They precede or follow the name."""
_FORMS_AFTER_NAME = re.compile(
    r"[\s,]+(?:sp\.?\s?z\.?\s?o\.?\s?o\.?|s\.?\s?de\s?r\.?\s?l\.?(?:\s?de\s?c\.?\s?v\.?)?|s\.?a\.?b?\.?\s?de\s?c\.?\s?v\.?"
    r"|s/a|s\.?r\.?l\.?s\.?|ug\s?\(haftungsbeschränkt\)|ges\.?\s?m\.?\s?b\.?\s?h\.?|m\.?b\.?h\.?"
    r"|gmbh\s(?:und|u\.)\sco\.?\s?(?:kg|ohg)|\(pty\)\sltd\.?|proprietary\slimited|abp|ltd\.?\s?şti\.?"
    r"|kabushiki\skaisha)\s*$",
    re.IGNORECASE,
)
"""Legal forms after the name that cleanco does not know, in the spellings that people use."""
_CYRILLIC_FORMS = "ооо|оао|зао|пао|ао|тов|пат"  # noqa: RUF001 - Cyrillic is meant
_FORMS_BEFORE_NAME = re.compile(
    rf"^(?:{_CYRILLIC_FORMS}|pt|n\.?v\.?|b\.v\.|ab|oy|s\.?a\.?r\.?l\.?)\s+(?=\S)", re.IGNORECASE
)
"""Legal forms before the name.

cleanco looks only after the name, unless it shall also remove words such as "sa".
"""
_DOTTED = re.compile(r"\b((?:\w\.){2,}\w?)(?=\W|$)")
_NOT_A_WORD = re.compile(r"[^\w]+|_+")
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "\u0131": "i", "\u2019": "'", "`": "'"}
)


@lru_cache(maxsize=_CACHED_RESULTS)
def normalise_company(raw: str) -> str | None:
    """Return the name under which a company is looked up. None for a placeholder or a text without a word.

    ``normalise_company("The Harbor Nat'l Bank, N.A.") == normalise_company("HARBOR NATIONAL BANK")``
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    whole = _words(text)
    if _is_placeholder(whole):
        return None
    name = _words(_without_legal_form(text)) or whole
    if _is_placeholder(name):
        name = whole
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


def _without_legal_form(text: str) -> str:
    """Remove legal forms from both ends until none is left. "Harbor Bank Corp., N.A." has two."""
    while True:
        shorter = _FORMS_AFTER_NAME.sub("", _NATIONAL_ASSOCIATION.sub("", text)).strip()
        shorter = _FORMS_WITHOUT_SPACES.sub("", shorter)
        shorter = _FORMS_BEFORE_NAME.sub("", shorter)
        shorter = str(basename(shorter)).strip() if shorter else ""
        if not shorter or shorter == text:
            return shorter or text
        text = shorter


def _words(text: str) -> str:
    lower = _without_accents(text.casefold()).translate(_LETTERS)
    lower = _DOTTED.sub(lambda found: found[0].replace(".", ""), lower)
    lower = lower.replace("&", " and ").replace("+", " and ")
    lower = " ".join(ABBREVIATIONS.get(word.strip(".,"), word) for word in lower.split())
    words = _NOT_A_WORD.sub(" ", lower.replace("'", "")).split()
    words = [ABBREVIATIONS.get(word, word) for word in words]
    words = (
        [words[0], *("and" if word in _AND else word for word in words[1:-1]), words[-1]]
        if words[1:]
        else words
    )
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return " ".join(words)


def _without_accents(text: str) -> str:
    """Remove accents from Latin and Greek letters. In other scripts a mark makes another letter (й, が)."""
    kept: list[str] = []
    bare = False
    for char in unicodedata.normalize("NFD", text):
        if unicodedata.combining(char):
            if bare:
                continue
        else:
            bare = unicodedata.name(char, "").startswith(("LATIN", "GREEK"))
        kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


def _is_placeholder(name: str) -> bool:
    """Whether a normalised text names no company: a placeholder, no letter, or one letter repeated."""
    letters = [char for char in name if char.isalpha()]
    if not letters or name in PLACEHOLDERS:
        return True
    is_one_ascii_letter = len(name) == 1 and name.isascii()
    return is_one_ascii_letter or (len(letters) > 2 and set(name) == {letters[0]})  # noqa: PLR2004 - as in "xxx"
