"""Names and abbreviations of regions in common use that ISO 3166-2 does not have.

In: nothing. Out: folded names by country, with the code of the region within the country.
"""

from __future__ import annotations

from typing import Final

# fmt: off
ALIASES: Final[dict[str, dict[str, str]]] = {
    "AE": {"dubai": "DU", "abu dhabi": "AZ", "sharjah": "SH", "ajman": "AJ", "دبي": "DU", "أبو ظبي": "AZ", "ابوظبي": "AZ"},
    "AT": {"carinthia": "2", "lower austria": "3", "upper austria": "4", "styria": "6", "tyrol": "7", "vienna": "9"},
    "AU": {"vic": "VIC", "tas": "TAS", "qld": "QLD"},
    "BE": {"flanders": "VLG", "vlaanderen": "VLG", "flandre": "VLG", "wallonia": "WAL", "wallonie": "WAL", "brussels": "BRU",
           "bruxelles": "BRU", "brussel": "BRU"},
    "CA": {"alta": "AB", "sask": "SK", "man": "MB", "ont": "ON", "que": "QC", "pq": "QC", "newfoundland": "NL", "pei": "PE", "nwt": "NT"},
    "CH": {"geneva": "GE", "zurich": "ZH", "bern": "BE", "lucerne": "LU", "grisons": "GR", "basel": "BS", "tessin": "TI"},
    "DE": {"bavaria": "BY", "hesse": "HE", "lower saxony": "NI", "north rhine westphalia": "NW", "saxony": "SN", "nrw": "NW",
           "rhineland palatinate": "RP", "saxony anhalt": "ST", "thuringia": "TH", "mecklenburg western pomerania": "MV",
           "bawu": "BW", "rlp": "RP"},
    "ES": {"andalusia": "AN", "catalonia": "CT", "basque country": "PV", "navarre": "NC", "balearic islands": "IB",
           "canary islands": "CN", "castile and leon": "CL", "madrid": "MD", "murcia": "MC", "valencia": "VC"},
    "FR": {"brittany": "BRE", "normandy": "NOR", "corsica": "20R", "burgundy franche comte": "BFC", "paca": "PAC"},
    "GB": {"england": "ENG", "scotland": "SCT", "wales": "WLS", "northern ireland": "NIR"},
    "IE": {"co dublin": "D", "co cork": "CO", "co galway": "G"},
    "IN": {"orissa": "OD", "pondicherry": "PY", "ncr": "DL", "uttaranchal": "UK"},
    "IT": {"lombardy": "25", "piedmont": "21", "tuscany": "52", "sicily": "82", "sardinia": "88", "apulia": "75",
           "latium": "62", "aosta valley": "23"},
    "KR": {"seoul": "11", "busan": "26", "incheon": "28", "daejeon": "30", "daegu": "27", "gwangju": "29", "ulsan": "31",
           "gyeonggi": "41", "서울": "11", "부산": "26"},
    "MX": {"mexico city": "CMX", "cdmx": "CMX", "distrito federal": "CMX", "d f": "CMX", "df": "CMX", "michoacan": "MIC",
           "veracruz": "VER", "coahuila": "COA", "edomex": "MEX", "nl": "NLE"},
    "NL": {"north holland": "NH", "south holland": "ZH", "north brabant": "NB", "friesland": "FR"},
    "PL": {"masovia": "14", "silesia": "24", "lesser poland": "12", "greater poland": "30", "lower silesia": "02", "pomerania": "22"},
    "RU": {"moscow": "MOW", "москва": "MOW", "saint petersburg": "SPE", "st petersburg": "SPE"},
    "US": {
        "washington dc": "DC", "washington d c": "DC", "d c": "DC",
        # as newspapers write them
        "ala": "AL", "ariz": "AZ", "ark": "AR", "cal": "CA", "calif": "CA", "colo": "CO", "conn": "CT", "del": "DE", "fla": "FL",
        "ill": "IL", "ind": "IN", "kan": "KS", "kans": "KS", "mass": "MA", "mich": "MI", "minn": "MN", "miss": "MS", "mont": "MT",
        "neb": "NE", "nebr": "NE", "nev": "NV", "n mex": "NM", "okla": "OK", "ore": "OR", "oreg": "OR", "penn": "PA", "penna": "PA",
        "tenn": "TN", "tex": "TX", "wash": "WA", "wis": "WI", "wisc": "WI", "wyo": "WY", "n car": "NC", "s car": "SC", "w va": "WV",
    },
}
# fmt: on
"""Folded names by country, with the code within the country. They take precedence over the names of the lists."""
LANGUAGES: Final = (
    "de",
    "es",
    "fr",
    "it",
    "ja",
    "ko",
    "nl",
    "pl",
    "pt",
    "ru",
    "th",
    "tr",
    "uk",
    "zh_CN",
    "zh_TW",
)
"""Languages in which the names of all regions are read, as far as iso-codes translates them."""
