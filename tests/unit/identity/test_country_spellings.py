"""Countries as forms and CRM exports write them, by the country that is meant, and texts that name none."""

# ruff: noqa: RUF001 - the texts are in the scripts of the world

from __future__ import annotations

from typing import Final

import pytest

from workers.identity.country_names import read_country

# fmt: off
WRITTEN: Final[dict[str, tuple[str, ...]]] = {
    "AE": (
        "UAE", "U.A.E.", "U.A.E", "United Arab Emirates", "Dubai, UAE", "الإمارات",
        "الامارات العربية المتحدة", "الإمارات العربية المتحدة", "VAE", "Emirates",
        "Vereinigte Arabische Emirate", "Émirats arabes unis",
    ),
    "AF": ("004",),
    "AG": ("Antigua", "Antigua & Barbuda"),
    "AL": ("Shqipëria",),
    "AM": ("Հայաստան",),
    "AT": (
        "Österreich", "Oesterreich", "OSTERREICH", "Republik Österreich", "Autriche", "&Ouml;sterreich",
        "Ã–sterreich",
    ),
    "AU": ("Australia", "AUS", "New South Wales, Australia", "036"),
    "AZ": ("Azerbaijan", "Azərbaycan"),
    "BA": ("Bosnia", "Bosnia & Herzegovina", "Bosnia-Herzegovina", "Bosnia and Herzegovina"),
    "BD": ("বাংলাদেশ", "Bangladesh"),
    "BG": ("България",),
    "BH": ("البحرين",),
    "BN": ("Brunei", "Brunei Darussalam"),
    "BO": ("Bolivia", "Bolivia, Plurinational State of", "Bolivia (Plurinational State of)"),
    "BR": ("Brasil", "Brazil", "Brésil", "Sao Paulo, Brazil"),
    "BS": ("The Bahamas", "Bahamas, The", "Bahamas"),
    "BY": ("Беларусь", "Belarus", "Byelorussia"),
    "CA": ("Ontario, Canada", "Toronto, ON, Canada", "Québec, Canada"),
    "CD": (
        "DRC", "Congo, DRC", "Democratic Republic of the Congo", "Congo (Kinshasa)",
        "Congo, The Democratic Republic of the", "Congo, Dem. Rep.", "DR Congo",
    ),
    "CG": ("Congo", "Republic of the Congo", "Congo (Brazzaville)"),
    "CH": (
        "die Schweiz", "Schweiz", "Suisse", "Svizzera", "Suiza", "CH - Switzerland",
        "Schweiz / Suisse / Svizzera", "Switzerland (CH)",
    ),
    "CI": (
        "Côte d'Ivoire", "Cote d'Ivoire", "Cote d Ivoire", "Côte d’Ivoire", "Ivory Coast", "COTE D'IVOIRE",
        "Cote DIvoire", "Côte d'Ivoire", "C&ocirc;te d&#39;Ivoire",
    ),
    "CN": (
        "China", "PRC", "P.R.C.", "P.R. China", "P. R. China", "PR China", "People's Republic of China",
        "Peoples Republic of China", "People’s Republic of China", "中国", "中國", "中华人民共和国", "Mainland China",
        "China (Mainland)", "China, People's Republic of", "Chine",
    ),
    "CV": ("Cape Verde", "Cabo Verde"),
    "CW": ("Curaçao",),
    "CZ": (
        "Czechia", "Czech Republic", "Czech", "ČR", "Česko", "Česká republika", "CESKA REPUBLIKA", "Tschechien",
    ),
    "DE": (
        "Deutschland (DE)", "DE (Deutschland)", "Deutschland/Germany", "Deutschland / Germany",
        "Germany|DE", "Germany, DE", "DE, Germany", "DE-Germany", "DE:Germany", "DE_Germany",
        "Bavaria, Germany", "Bayern, Deutschland", "Munich, Bavaria, Germany", "Berlin - Germany",
        "West Germany", "East Germany", "BRD", "B.R.D.", "Alemania", "Alemanha", "Germania", "Niemcy",
        "Německo", "Saksa", "Tyskland", "德国", "德國", "독일", "ドイツ連邦共和国", "ألمانيا", "גרמניה", "Almanya",
        "Γερμανία", "ΓΕΡΜΑΝΙΑ", "Германия", "ГЕРМАНИЯ", "Njemačka", "Duitsland", "Németország", "germany ",
        "🇩🇪 Germany", "🇩🇪", "Germany 🇩🇪", "Germany (+49)", "Germany +49", "(+49) Germany", "GER",
        "Federal Republic of Germany", "Fed. Rep. of Germany", "276", "de", "de-DE", "de_DE",
        "Country: Germany", "DE;Germany", "GERMANY (FEDERAL REPUBLIC OF)", "ＤＥ", "Ｇｅｒｍａｎｙ",
        "Ger\u200bmany", "Germany\x00", "Deutschland\n", "Deutschland\tDE", "Germany\r\n", "\ufeffGermany",
        "Germany\xa0",
    ),
    "DK": ("Danmark",),
    "DZ": ("الجزائر", "Algérie"),
    "EE": ("Eesti",),
    "EG": ("Egypt, Arab Rep.", "Egypt", "مصر"),
    "ES": ("España", "ESPAÑA", "Espana", "Spanien", "EspaÃ±a"),
    "ET": ("ኢትዮጵያ", "Ethiopia"),
    "FI": ("Suomi",),
    "FM": ("Micronesia", "Micronesia, Fed. Sts."),
    "FR": (
        "La France", "Paris, France", "FRANCE METROPOLITAINE", "France métropolitaine",
        "France (metropolitan)", "France, Metropolitan", "Metropolitan France",
    ),
    "GB": (
        "unitedkingdom", "united_kingdom", "GB-ENG", "Great Britain (UK)", "United Kingdom (UK)",
        "United Kingdom - GB", "Marea Britanie", "Anglia", "Μεγάλη Βρετανία", "Αγγλία",
        "Обединено кралство", "Сполучене Королівство", "הממלכה המאוחדת", "بريطانيا", "انگلستان", "ब्रिटेन", "ประเทศอังกฤษ",
        "İngiltere", "INGILTERE", "Inggris", "Vereinigtes Königreich", "Vereinigtes Koenigreich", "Großbritannien",
        "GROSSBRITANNIEN", "Grande-Bretagne", "Royaume-Uni", "Reino Unido", "Regno Unito",
        "Verenigd Koninkrijk", "England, UK", "London, United Kingdom", "Scotland, United Kingdom",
        "Wales", "Northern Ireland", "Northern Ireland, UK", "N. Ireland", "U.K.", "u.k", "G.B.", "GBR",
        "Vương quốc Anh", "สหราชอาณาจักร", "United  Kingdom", "Great  Britain",
    ),
    "GE": ("საქართველო", "Georgia", "Georgia (country)"),
    "GG": ("Guernsey",),
    "GH": ("Ghana",),
    "GM": ("Gambia, The", "The Gambia"),
    "GR": ("Ελλάδα", "ΕΛΛΑΔΑ", "Hellas"),
    "GU": ("Guam",),
    "HK": (
        "Hong Kong", "HONGKONG", "Hong Kong SAR", "Hong Kong SAR China", "Hong Kong, China",
        "Hong Kong S.A.R.", "Hong Kong (SAR)", "香港", "H.K.",
    ),
    "HR": ("Hrvatska",),
    "HU": ("Magyarország",),
    "ID": ("Indonesia",),
    "IE": (
        "Republic of Ireland", "Éire", "Eire", "Ireland, Republic of", "Ireland (Republic of)",
        "Southern Ireland", "Rep. of Ireland", "ROI",
    ),
    "IL": ("ישראל",),
    "IM": ("Isle of Man",),
    "IN": ("भारत", "Indien", "Inde", "Mumbai, India"),
    "IQ": ("العراق",),
    "IR": ("Iran", "Iran, Islamic Republic of", "Islamic Republic of Iran", "ایران"),
    "IS": ("Ísland",),
    "IT": ("l'Italie", "L’Italie", "Italia", "Italien"),
    "JE": ("Jersey",),
    "JO": ("الأردن", "الاردن"),
    "JP": ("日本", "Tokyo, Japan", "東京、日本"),
    "KE": ("Kenya",),
    "KG": ("Kyrgyzstan", "Kyrgyz Republic"),
    "KH": ("កម្ពុជា", "Cambodia"),
    "KN": ("St. Kitts & Nevis", "Saint Kitts and Nevis"),
    "KP": ("North Korea", "DPRK"),
    "KR": (
        "South Korea", "Korea (South)", "Korea, South", "Republic of Korea", "Korea, Rep.", "Korea Rep",
        "S. Korea", "ROK", "대한민국", "한국", "韩国", "韓国", "Korea (the Republic of)",
        "Korea, Republic of (South Korea)", "Corea del Sur",
    ),
    "KW": ("الكويت",),
    "KZ": ("Kazakhstan", "Казахстан", "Қазақстан"),
    "LA": ("Laos", "Lao PDR", "Lao People's Democratic Republic", "ລາວ"),
    "LB": ("لبنان",),
    "LC": ("St. Lucia", "Saint Lucia", "St Lucia"),
    "LK": ("Sri Lanka", "\u0dc1\u0dca\u200d\u0dbb\u0dd3 \u0dbd\u0d82\u0d9a\u0dcf\u0dc0"),
    "LT": ("Lietuva",),
    "LV": ("Latvija",),
    "MA": ("المغرب", "Maroc"),
    "MD": ("Moldova", "Moldova, Republic of", "Republic of Moldova"),
    "MK": (
        "Macedonia", "North Macedonia", "Macedonia, FYR", "FYROM",
        "Macedonia, the former Yugoslav Republic of",
    ),
    "MM": ("Burma", "Myanmar (Burma)", "Myanmar"),
    "MN": ("Монгол",),
    "MO": ("Macao SAR", "Macau", "澳門"),
    "MX": ("México", "Mexico", "Méjico", "Estados Unidos Mexicanos", "México"),
    "MY": ("Malaysia", "മലേഷ്യ"),
    "NG": ("Nigeria",),
    "NL": (
        "THE NETHERLANDS", "Holland", "Nederland", "The Netherlands (NL)", "Netherlands, The",
        "Netherlands (the)", "Pays-Bas", "Pays Bas", "Niederlande", "Países Bajos",
        "Kingdom of the Netherlands", "Koninkrijk der Nederlanden",
    ),
    "NO": ("Norge",),
    "NP": ("நேபாளம்", "नेपाल"),
    "NZ": ("Aotearoa", "New Zealand", "N.Z.", "NZ "),
    "OM": ("عمان", "عُمان"),
    "PE": ("Perú",),
    "PH": ("Pilipinas", "Philippines", "The Philippines"),
    "PK": ("پاکستان", "Pakistan"),
    "PL": ("Polska", "Polen"),
    "PR": ("Puerto Rico", "Puerto Rico (US)"),
    "PS": (
        "Palestine", "Palestinian Territory", "Palestinian Territories", "State of Palestine",
        "Palestine, State of", "Occupied Palestinian Territory", "Palestinian Territory, Occupied",
        "West Bank and Gaza",
    ),
    "QA": ("قطر",),
    "RE": ("Reunion", "Réunion"),
    "RS": ("Srbija", "Србија"),
    "RU": ("Russia", "Russian Federation", "РФ", "Российская Федерация"),
    "SA": (
        "Saudi", "Saudi Arabia", "KSA", "K.S.A.", "Kingdom of Saudi Arabia", "السعودية",
        "المملكة العربية السعودية",
    ),
    "SE": ("Sverige",),
    "SG": ("Singapore", "新加坡"),
    "SI": ("Slovenija",),
    "SK": ("Slovak Republic", "Slovakia", "Slovakia (Slovak Republic)", "Slovensko"),
    "SY": ("Syria", "Syrian Arab Republic"),
    "SZ": ("Swaziland", "Eswatini", "Eswatini (Swaziland)"),
    "TH": ("ไทย", "ประเทศไทย", "Thailand (ประเทศไทย)"),
    "TL": ("East Timor", "Timor-Leste"),
    "TN": ("Tunisie", "تونس"),
    "TR": ("Türkiye", "Turkiye", "TÜRKİYE", "Republic of Türkiye", "Turkey (Türkiye)"),
    "TT": ("Trinidad", "Trinidad & Tobago", "Trinidad and Tobago", "Trinidad &amp; Tobago"),
    "TW": (
        "Taiwan", "Taiwan, Province of China", "Taiwan (ROC)", "台灣", "台湾", "臺灣", "Chinese Taipei",
        "Taiwan, China", "中華民國", "R.O.C.", "Republic of China (Taiwan)",
    ),
    "TZ": ("Tanzania", "Tanzania, United Republic of", "United Republic of Tanzania"),
    "UA": ("Україна", "UKRAINA", "The Ukraine", "Україна (Ukraine)"),
    "UM": ("United States Minor Outlying Islands",),
    "US": (
        "the United States", "Les États-Unis", "ETATS-UNIS", "etats unis", "los Estados Unidos", "EE.UU.",
        "EE. UU.", "E.U.A.", "U.S", "US of A", "U.S.A", "United States (US)",
        "United States of America (USA)", "USA - United States", "Etats-Unis d'Amérique",
        "Etats-Unis d’Amérique", "Stany Zjednoczone", "Соединённые Штаты Америки", "Соединенные Штаты",
        "США", "ABD", "Amerika Birleşik Devletleri", "美利坚合众国", "ÉTATS-UNIS", "Statele Unite", "ΗΠΑ",
        "САЩ", "Америка", "أمريكا", "สหรัฐ", "米合衆国", "Mỹ", "U.S. of America", "アメリカ合衆国", "미합중국", "الولايات المتحدة",
        "الولايات المتحدة الأمريكية", "ארצות הברית", 'ארה"ב', "संयुक्त राज्य अमेरिका", "अमेरिका",
        "Yhdysvallat", "Förenta staterna", "USA.", "United-States", "United_States",
        "UNITED STATES OF AMERICA (THE)", "UnitedStates", "Unitedstates", "Georgia, USA",
        "California, USA", "CA, USA", "New York, NY, USA", "Texas, United States", "840", "USA/US", "US;",
        '"US"', "'US'", "[US]", "['US']", "(US)", "US.", " US", "ＵＳ", "United\xa0States", "US / USA",
    ),
    "UZ": ("Uzbekistan", "Oʻzbekiston"),
    "VA": ("Vatican City", "Holy See (Vatican City State)", "Holy See"),
    "VC": ("St. Vincent and the Grenadines", "St. Vincent & Grenadines", "Saint Vincent"),
    "VE": ("Venezuela", "Venezuela, RB", "Venezuela, Bolivarian Republic of"),
    "VG": ("Virgin Islands, British", "British Virgin Islands", "BVI"),
    "VI": ("US Virgin Islands", "U.S. Virgin Islands", "Virgin Islands (U.S.)"),
    "VN": ("Vietnam", "Viet Nam", "Việt Nam"),
    "YE": ("Yemen, Rep.", "Yemen"),
    "ZA": (
        "RSA", "South Africa", "Südafrika", "Suid-Afrika", "S. Africa", "Republic of South Africa",
        "S.Africa",
    ),
}
NO_COUNTRY: Final = (
    "en-US", "DDR", "Gernany", "+49", "A", "Czechoslovakia", "USSR", "Korea", "Zhongguo", "Dubai", "Gaza",
    "Nippon", "S'pore", "Oz", "California", "Quebec", "EMEA", "Europe", "EU", "European Union", "Other",
    "Rest of World", "Worldwide", "International", "N/A", "--", "Select...", "Please select", "Country",
    "Select Country", "-- Select Country --", "Choose", "none", "null", "undefined", "0", "1", "US/Canada",
    "US & Canada", "Germany and France", "DACH", "Benelux", "Nordics", "Scandinavia", "Middle East",
    "LATAM", "APAC", "United", "Republic", "Islands", "en", "EN", "eng", "English", "country_de",
    "DE, AT, CH", "Germany; Austria", "Germany,Austria", "Détroit", "Монгол Улс", "Kampuchea",
    "US|Canada", "Portland (ME)", "CA; US", "IN / ID", "Germany/Austria", "US CA", "Indiana (IN)",
    "Müller", "US, UK", "UK, US", "US, Germany",
)
# fmt: on


@pytest.mark.parametrize(
    ("country", "written"), [(code, one) for code, all_of in WRITTEN.items() for one in all_of]
)
def test_a_country_is_read_however_it_is_written(country: str, written: str) -> None:
    assert read_country(written) == country


@pytest.mark.parametrize("written", NO_COUNTRY)
def test_a_text_that_names_none_or_several_is_unknown(written: str) -> None:
    assert read_country(written) is None
