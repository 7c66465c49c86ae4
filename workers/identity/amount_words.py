"""Words around numbers of employees and amounts of money: units, currencies, bounds, and words without a meaning.

Each word is written as people write it. Case and accents do not count.
"""

# ruff: noqa: RUF001 - letters of other scripts are meant

from __future__ import annotations

from typing import Final

# fmt: off
UNITS: Final[dict[int, tuple[str, ...]]] = {
    10**3: ("k", "thousand", "thousands", "tsd", "tausend", "mille", "tys", "тыс", "千"),
    10**4: ("万", "萬", "만"),
    10**5: ("lakh", "lakhs", "lac"),
    10**6: ("m", "mm", "mn", "mio", "mill", "million", "millions", "millionen", "millón", "millones", "milhão", "milhões",
            "milione", "milioni", "miljoen", "miljoner", "millioner", "mln", "млн", "百万"),
    10**7: ("crore", "crores", "cr"),
    10**8: ("亿", "億", "억"),
    10**9: ("b", "bn", "bil", "billion", "billions", "mrd", "md", "mds", "milliard", "milliards", "milliarde",
            "milliarden", "miliardo", "miliardi", "miljard", "miljarder", "mld", "bilhão", "bilhões", "mil millones", "млрд"),
    10**12: ("tn", "trillion", "trillions", "billionen"),
}
"""Words behind a number, by the number that they mean. A billion is 10**9, German Billionen are 10**12."""
CURRENCIES: Final[dict[str, tuple[str, ...]]] = {
    "USD": ("$", "us$", "us $", "dollar", "dollars", "us dollar", "us dollars"),
    "AUD": ("a$", "au$", "aud$"), "BRL": ("r$", "reais"), "CAD": ("c$", "ca$", "cad$"), "CHF": ("sfr", "franken"),
    "CNY": ("元", "人民币", "rmb"), "EUR": ("€", "euro", "euros"), "GBP": ("£", "pound", "pounds"), "HKD": ("hk$",),
    "ILS": ("₪",), "INR": ("₹", "rs", "rupees"), "JPY": ("円", "yen"), "KRW": ("₩", "원"), "MXN": ("mx$",), "NZD": ("nz$",),
    "PLN": ("zł",), "RUB": ("₽", "руб"), "SGD": ("s$", "sg$"), "THB": ("฿",), "TRY": ("₺", "tl"), "UAH": ("₴",), "VND": ("₫",),
}
"""Symbols and names of currencies, by ISO 4217 code. A plain $ is the US dollar unless a field names another dollar."""
AT_MOST: Final = (
    *("up to", "at most", "max", "maximum", "no more than", "bis", "bis zu", "höchstens", "jusqu'à", "hasta", "fino a"),
    *("até", "tot", "≤", "<=", "less than", "fewer than", "under", "below", "weniger als", "unter", "moins de"),
    *("menos de", "meno di", "minder dan", "<", "以下", "未満"),
)
"""Words beside the highest number that is meant."""
AT_LEAST: Final = (
    *("at least", "from", "min", "minimum", "starting at", "ab", "mindestens", "à partir de", "desde", "da", "vanaf", "≥"),
    *(">=", "more than", "over", "above", "greater than", "mehr als", "über", "plus de", "más de", "mais de", "più di"),
    *("meer dan", ">", "between", "zwischen", "entre", "von", "de"),
)
"""Words before the lowest number that is meant."""
OPEN: Final = ("+", "plus", "and more", "and above", "or more", "and up", "and over", "und mehr", "et plus", "y más", "以上")
"""Words behind the lowest number that is meant."""
STRICT: Final = (
    *("less than", "fewer than", "under", "below", "weniger als", "unter", "moins de", "menos de", "meno di", "<"),
    *("minder dan", "未満", "more than", "over", "above", "greater than", "mehr als", "über", "plus de", "más de", "mais de"),
    *("più di", "meer dan", ">"),
)
"""Words beside a number that is not meant itself."""
SEPARATORS: Final = ("-", "~", "..", "...", "to", "bis", "à", "a", "and", "und", "y", "et", "e", "til", "tot", "до", "al")
"""Words between the lowest and the highest number."""
LEFT_OUT: Final = (
    *("about", "approx", "approximately", "around", "roughly", "some", "ca", "circa", "c", "ungefähr", "etwa", "rund"),
    *("environ", "env", "aproximadamente", "aprox", "unos", "cerca", "de", "d", "約", "约", "~", "≈", "±", "nearly", "almost"),
    *("employees", "employee", "staff", "people", "persons", "headcount", "fte", "ftes", "workers", "members"),
    *("mitarbeiter", "mitarbeitende", "mitarbeiterinnen", "beschäftigte", "employés", "salariés", "empleados"),
    *("dipendenti", "funcionários", "colaboradores", "medewerkers", "werknemers", "anställda", "ansatte", "pracowników"),
    *("сотрудников", "человек", "人", "名", "명", "社員", "revenue", "annual", "annually", "yearly", "turnover", "umsatz"),
    *("per", "year", "yr", "pa", "p", "a", "in", "of", "the", "jahr", "pro", "par", "an", "ano", "sales", "gross", "net"),
    *(".", ",", "/", "(", ")", "[", "]", ":", "'"),
)
"""Words and punctuation without a meaning for the number."""
# fmt: on
