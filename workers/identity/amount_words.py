"""Words around numbers of employees and amounts of money: units, currencies, bounds, and words without a meaning.

Each word is written as people write it. Case and accents do not count.
"""

# ruff: noqa: RUF001 - letters of other scripts are meant

from __future__ import annotations

from typing import Final

# fmt: off
UNITS: Final[dict[int, tuple[str, ...]]] = {
    10**3: ("k", "thousand", "thousands", "tsd", "tausend", "mille", "tys", "тыс", "천", "千"),
    10**4: ("万", "萬", "만"),
    10**5: ("lakh", "lakhs", "lac"),
    10**6: ("m", "mm", "mn", "mio", "mill", "million", "millions", "millionen", "millón", "millones", "milhão", "milhões",
            "milione", "milioni", "miljoen", "miljoner", "millioner", "mln", "млн",
            "mi", "百万"),
    10**7: ("crore", "crores", "cr"),
    10**8: ("亿", "億", "억"),
    10**9: ("b", "bn", "bil", "billion", "billions", "mrd", "md", "mds", "milliard", "milliards", "milliarde",
            "milliarden", "miliardo", "miliardi", "miljard", "miljarder", "mld", "bilhão", "bilhões", "bi", "mil millones", "млрд"),
    10**12: ("tn", "trillion", "trillions", "billionen", "조", "兆"),
}
"""Words behind a number, by the number that they mean. A billion is 10**9, German Billionen are 10**12."""
CURRENCIES: Final[dict[str, tuple[str, ...]]] = {
    "USD": ("$", "us$", "us $", "dollar", "dollars", "us dollar", "us dollars"),
    "AUD": ("a$", "au$", "aud$"), "BRL": ("r$", "reais"), "CAD": ("c$", "ca$", "cad$"), "CHF": ("sfr", "franken"),
    "CNY": ("元", "人民币", "rmb"), "EUR": ("€", "euro", "euros"), "GBP": ("£", "pound", "pounds"), "HKD": ("hk$",),
    "ILS": ("₪",), "INR": ("₹", "rs", "rupees"), "JPY": ("円", "yen"), "KRW": ("₩", "원"), "MXN": ("mx$",), "NZD": ("nz$",),
    "PLN": ("zł",), "RUB": ("₽", "руб", "рублей", "рубля"), "SGD": ("s$", "sg$"), "THB": ("฿",), "TWD": ("nt$",), "TRY": ("₺", "tl"), "UAH": ("₴",), "VND": ("₫",),
}
"""Symbols and names of currencies, by ISO 4217 code. A plain $ is the US dollar unless a field names another dollar."""
AT_MOST: Final = (
    *("up to", "at most", "max", "maximum", "no more than", "bis", "bis zu", "höchstens", "jusqu'à", "hasta", "fino a"),
    *("até", "tot", "≤", "<=", "less than", "fewer than", "under", "below", "weniger als", "unter", "moins de"),
    *("menos de", "meno di", "minder dan", "<", "=<", "до", "не более", "менее", "меньше", "do", "poniżej", "mniej niż"),
    *("färre än", "alle", "أقل من"),
)
"""Words before the highest number that is meant."""
AT_MOST_BEHIND: Final = (
    *("or less", "or fewer", "or below", "and below", "and under", "maximum", "max", "oder weniger", "ou moins", "o menos"),
    *("o meno", "ou menos", "以下", "未満", "이하", "미만"),
)
"""Words behind the highest number that is meant."""
AT_LEAST: Final = (
    *("at least", "from", "min", "minimum", "starting at", "ab", "mindestens", "à partir de", "desde", "da", "vanaf", "≥"),
    *(">=", "more than", "over", "above", "greater than", "mehr als", "über", "plus de", "más de", "mais de", "più di"),
    *("=>", "+", "starting from", "oltre", "от", "более", "больше", "свыше", "не менее", "od", "powyżej", "ponad", "över"),
    *("mer än", "fler än", "yli", "acima de", "meer dan", ">", "between", "zwischen", "entre", "von", "de"),
    *("tra", "fra", "mellan", "mellem", "mellom", "między", "между", "من", "أكثر من"),
)
"""Words before the lowest number that is meant."""
OPEN: Final = ("ve üzeri", "+", "plus", "and more", "and above", "or more", "and up", "and over", "und mehr", "et plus", "y más", "以上",
                "이상", "or above", "or over", "or greater", "and greater", "& above", "& more", "& up", "& over", "oder mehr",
                "ou plus", "o más", "o più", "ou mais", "of meer")
"""Words behind the lowest number that is meant."""
STRICT: Final = (
    *("less than", "fewer than", "under", "below", "weniger als", "unter", "moins de", "menos de", "meno di", "<"),
    *("minder dan", "未満", "미만", "менее", "меньше", "poniżej", "mniej niż", "färre än", "alle", "oltre", "более", "больше"),
    *("свыше", "powyżej", "ponad", "över", "mer än", "fler än", "yli", "acima de", "more than", "over", "above", "greater than", "mehr als", "über", "plus de", "más de", "mais de"),
    *("più di", "meer dan", ">", "أكثر من", "أقل من"),
)
"""Words beside a number that is not meant itself."""
SEPARATORS: Final = ("och", "og", "ile", "ila", "i", "и", "إلى", "-", "~", "..", "...", "to", "bis", "à", "a", "and", "und", "y", "et", "e", "til", "tot", "до", "al", "do", "through",
                     "thru", "until", "upto", "t/m", "〜")
"""Words between the lowest and the highest number."""
LEFT_OUT: Final = (
    *("about", "approx", "approximately", "around", "roughly", "some", "ca", "circa", "c", "ungefähr", "etwa", "rund"),
    *("environ", "env", "aproximadamente", "aprox", "unos", "cerca", "de", "d", "約", "约", "~", "≈", "±", "nearly", "almost"),
    *("employees", "employee", "staff", "people", "persons", "headcount", "fte", "ftes", "workers", "members"),
    *("mitarbeiter", "mitarbeitende", "mitarbeiterinnen", "beschäftigte", "employés", "salariés", "empleados"),
    *("dipendenti", "funcionários", "colaboradores", "medewerkers", "werknemers", "anställda", "ansatte", "pracowników"),
    *("person", "emp", "emps", "empl", "ma", "angestellte", "angestellten", "in", "innen", "*", "collaborateurs", "personnes"),
    *("personas", "persone", "trabajadores", "empregados", "addetti", "mensen", "çalışan", "kişi", "personel", "henkilöä"),
    *("työntekijää", "zaměstnanců", "alkalmazott", "angajați", "чел", "работников", "worldwide", "globally", "total", "est"),
    *("estimated", "arr", "di", "сотрудников", "человек", "人", "名", "명", "社員", "revenue", "annual", "annually", "yearly", "turnover", "umsatz"),
    *("per", "year", "yr", "pa", "p", "a", "in", "of", "the", "jahr", "pro", "par", "an", "ano", "sales", "gross", "net"),
    *("موظف", "موظفين", '"', "¥", ".", ",", "/", "(", ")", "[", "]", ":", "'"),
)
"""Words and punctuation without a meaning for the number."""
# fmt: on
