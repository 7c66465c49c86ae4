"""Texts that mean "not given": N/A, none, -, xxx, undefined, 00000, 1234567890.

In: a value as a form, a tracker or the CRM gives it. Out: whether it means that nothing was given. Such a value names
no visitor and proves nothing. Words that name no company are in company_names.py.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from workers.identity.text_folding import fold, words_of

# fmt: off
_WORDS: Final = frozenset({
    *("na", "n a", "n v t", "nvt", "n d", "nd", "none", "no", "nil", "null", "nan", "undefined", "undef", "void"),
    *("unknown", "unset", "blank", "empty", "tbd", "tba", "to be determined", "anonymous", "nothing", "default"),
    *("not given", "not set", "not provided", "not specified", "not available", "not applicable", "not known"),
    *("no answer", "no value", "no data", "no phone", "does not apply", "prefer not to answer"),
    *("select", "please select", "select one", "choose", "please choose", "choose one", "please enter", "pick one"),
    *("test", "testing", "asdf", "asdfgh", "qwerty", "qwertz", "azerty", "foo", "bar", "dummy", "example", "sample"),
    *("object object", "true", "false", "missing", "invalid", "error", "deleted", "redacted", "hidden", "private"),
    # in other languages
    *("k a", "ka", "keine", "kein", "keine angabe", "unbekannt", "nicht angegeben", "nicht zutreffend", "bitte wahlen"),
    *("aucun", "aucune", "neant", "inconnu", "non renseigne", "non precise", "sans objet", "s o"),
    *("ninguno", "ninguna", "desconocido", "no aplica", "no disponible", "sin datos", "nessuno", "nessuna"),
    *("sconosciuto", "non specificato", "non applicabile", "nenhum", "nenhuma", "desconhecido"),
    *("nao se aplica", "nao informado", "geen", "onbekend", "brak", "nie dotyczy", "nieznany", "ingen", "okand"),
    *("yok", "bilinmiyor", "нет", "не указано", "неизвестно", "なし", "不明", "無", "无", "没有", "未知", "없음"),
})
# fmt: on
"""Folded words that mean "not given"."""
_TEMPLATE: Final = re.compile(
    r"\{\{.{0,80}\}\}|\$?\{[\w .-]{1,80}\}|\[\[.{0,80}\]\]|%%?[a-z][\w.-]{0,80}%%?|<%.{0,80}%>|\*\|[\w:]{1,80}\|\*",
    re.IGNORECASE,
)
"""A field of a template: of tag managers, scripts, mail tools and pages of a server."""
_FEWEST_REPEATED: Final = 2
_FEWEST_IN_ORDER: Final = 4
_FEWEST_IN_PATTERN: Final = 7
_KEYS_IN_ORDER: Final = "01234567890123456789"


@lru_cache(maxsize=20_000)
def is_placeholder(value: str) -> bool:
    """Whether a value means "not given": a listed word, only zeros, only x, or neither letter nor digit."""
    words = words_of(fold(value))
    if not words or " ".join(words) in _WORDS or set("".join(words)) in ({"0"}, {"x"}):
        return True
    is_one_word = (
        len(set(words)) == 1 and words[0] in _WORDS
    )  # as "undefined undefined", from two empty fields
    return is_one_word or is_template(value)


def is_template(value: str) -> bool:
    """Whether a value is a name in the braces of a template that was not filled in, as {{visitor_id}}."""
    return _TEMPLATE.fullmatch(value.strip()) is not None


def is_filler(characters: str) -> bool:
    """Whether letters or digits only fill a field: one of them repeated, or digits in order, as 12345 or 987654.

    Two or three of them repeated fill it too, as 1212121212 or 123123123.
    """
    if len(characters) >= _FEWEST_REPEATED and len(set(characters)) == 1:
        return True
    if len(characters) >= _FEWEST_IN_PATTERN and any(
        characters.startswith(characters[size:]) for size in (2, 3)
    ):
        return True
    is_long = len(characters) >= _FEWEST_IN_ORDER and characters.isdecimal()
    return is_long and (characters in _KEYS_IN_ORDER or characters in _KEYS_IN_ORDER[::-1])
