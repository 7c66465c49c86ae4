"""Legal forms of companies in the notations and scripts of many countries.

In: texts and folded words of a company name. Out: the same without the legal forms at both ends. The forms are those of
cleanco and the lists below. A form that consists of initials is found with dots, without dots and with blanks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from cleanco import termdata

from workers.identity.country_names import read_country

# fmt: off
# ruff: noqa: RUF001 - letters of other scripts are meant
BEHIND: Final = (
    # banks of the United States (12 U.S.C. 22, 12 U.S.C. 1464)
    *("N.A.", "National Association", "Natl Assoc", "Natl Association", "FSB", "F.S.B.", "Federal Savings Bank"),
    *("SSB", "S.S.B.", "State Savings Bank"),
    # English
    *("Corporation", "Incorporated", "Limited", "Company", "Company Limited", "Co Ltd", "Company Ltd", "Co Limited"),
    *("Limited Liability Company", "Limited Liability Co", "Limited Liability Partnership", "Limited Partnership", "Limited Company"),
    *("Public Limited Company", "Private Limited Company", "Private Limited", "Private Ltd", "Pvt Limited", "Pvt Ltd"),
    *("(P) Ltd", "(Pvt) Ltd", "(Private) Limited", "Pty Limited", "Pty Ltd", "(Pty) Ltd", "(Proprietary) Limited"),
    *("Proprietary Limited", "Pte Limited", "Pte Ltd", "Unlimited Company", "Professional Corporation", "PLLC"),
    *("Professional Limited Liability Company", "Public Benefit Corporation", "PBC", "DAC"),
    *("Designated Activity Company", "Community Interest Company", "General Partnership", "Berhad", "Sdn Berhad"),
    *("Sendirian Berhad", "Tbk", "Perseroan Terbatas", "FZE", "FZ LLC", "FZCO", "DMCC", "WLL", "W.L.L.", "PJSC", "KSC"),
    *("SAOG", "Public Joint Stock Company", "Joint Stock Company", "Open Joint Stock Company", "JSC", "OJSC", "CJSC"),
    *("Closed Joint Stock Company", "Public Company Limited", "PCL", "Plc"),
    # German
    *("AG & Co. KG", "AG & Co. KGaA", "SE & Co. KG", "SE & Co. KGaA", "GmbH & Co. KGaA", "GmbH & Co. OHG", "GmbH & Co"),
    *("GmbH u. Co. KG", "UG (haftungsbeschränkt)", "UG", "UG (haftungsbeschränkt) & Co. KG", "gGmbH", "gAG", "eG", "e.K."),
    *("e.Kfm.", "e.Kfr.", "PartG mbB", "PartGmbB", "Ges.m.b.H.", "GesmbH", "m.b.H.", "Aktiengesellschaft"),
    *("Gesellschaft mit beschränkter Haftung", "Gesellschaft m.b.H.", "Kommanditgesellschaft", "Offene Handelsgesellschaft"),
    *("Kommanditgesellschaft auf Aktien", "Unternehmergesellschaft", "Unternehmergesellschaft (haftungsbeschränkt)"),
    *("eingetragene Genossenschaft", "eingetragener Verein", "eingetragener Kaufmann", "Gesellschaft bürgerlichen Rechts"),
    # French, Spanish, Italian, Portuguese, Romanian
    *("Société Anonyme", "Société par actions simplifiée", "Société par actions simplifiée unipersonnelle"),
    *("Société à responsabilité limitée", "Société en nom collectif", "Société civile", "Sàrl", "S.à r.l.", "SNC", "SCI"),
    *("Sociedad Anónima", "Sociedad Anónima de Capital Variable", "Sociedad Limitada", "Sociedad Limitada Unipersonal"),
    *("Sociedad de Responsabilidad Limitada", "Sociedad de Responsabilidad Limitada de Capital Variable", "S.L.U."),
    *("S.A.U.", "Sociedad Anónima Unipersonal", "Sociedad por Acciones Simplificada", "SpA", "S. de R.L. de C.V."),
    *("S. de R.L.", "S.A. de C.V.", "S.A.B. de C.V.", "SAPI de CV", "S en C", "S/A", "S/S", "Sociedad Cooperativa"),
    *("Società per azioni", "Società a responsabilità limitata", "Società cooperativa", "S.r.l.s.", "S.r.l. unipersonale"),
    *("S.a.s.", "S.c.a.r.l.", "Scarl", "Sociedade Anônima", "Sociedade Limitada", "Limitada", "Ltda", "Lda", "EIRELI"),
    *("Unipessoal Lda", "Sociedade Unipessoal Lda", "Societate cu Răspundere Limitată", "Societate pe Acțiuni"),
    # Dutch, Nordic, Baltic
    *("Naamloze Vennootschap", "Besloten Vennootschap", "Besloten Vennootschap met beperkte aansprakelijkheid", "BV", "NV"),
    *("Commanditaire Vennootschap", "Vennootschap onder Firma", "BVBA", "Aktiebolag", "Aktiebolag (publ)", "AB (publ)"),
    *("Publikt aktiebolag", "Aksjeselskap", "Allmennaksjeselskap", "Aktieselskab", "Anpartsselskab", "ApS", "IVS", "A/S"),
    *("Osakeyhtiö", "Julkinen osakeyhtiö", "Abp", "Oy Ab", "Hlutafélag", "Einkahlutafélag", "ehf", "hf", "Osaühing"),
    *("Aktsiaselts", "Uždaroji akcinė bendrovė", "Akcinė bendrovė", "Sabiedrība ar ierobežotu atbildību"),
    *("Akciju sabiedrība", "MB", "Handelsbolag", "Kommanditbolag"),
    # Slavic and Hungarian in Latin script, Turkish
    *("Spółka z ograniczoną odpowiedzialnością", "Spółka Akcyjna", "Spółka komandytowa", "sp. z o.o. sp.k."),
    *("sp. z o.o. spółka komandytowa", "Akciová společnost", "Společnost s ručením omezeným", "spol. s r.o."),
    *("Spoločnosť s ručením obmedzeným", "Akciová spoločnosť", "Korlátolt Felelősségű Társaság", "Kft", "Részvénytársaság"),
    *("Zártkörűen Működő Részvénytársaság", "Nyilvánosan Működő Részvénytársaság", "Zrt", "Bt", "Rt", "d.o.o.", "d.d."),
    *("Društvo s ograničenom odgovornošću", "dioničko društvo", "delniška družba", "EOOD", "EAD", "A.Ş.", "Anonim Şirketi"),
    *("Limited Şirketi", "Ltd. Şti.", "Sanayi ve Ticaret A.Ş.", "San. ve Tic. A.Ş.", "San. ve Tic. Ltd. Şti.", "AŞ"),
    *("Sh.p.k.", "Sh.a."),
    # Asian forms in Latin script
    *("Kabushiki Kaisha", "Kabushiki Gaisha", "Godo Kaisha", "Goudou Kaisha", "Yugen Kaisha", "K.K.", "G.K.", "Y.K."),
    *("Gongsi", "Youxian Gongsi", "Jusik Hoesa"),
    # Greek, Cyrillic, Georgian, Armenian
    *("Α.Ε.", "Ε.Π.Ε.", "Ι.Κ.Ε.", "Ο.Ε.", "Ε.Ε.", "Α.Β.Ε.Ε.", "Ανώνυμη Εταιρεία", "Ανώνυμος Εταιρεία"),
    *("Εταιρεία Περιορισμένης Ευθύνης", "ООД", "ЕООД", "АД", "ЕАД", "д.о.о.", "а.д.", "ДОО", "ДООЕЛ", "შპს", "სს", "ՍՊԸ", "ՓԲԸ"),
    # Arabic, Hebrew, South Asian
    *("ذ.م.م", "ش.م.م", "ش.م.ع", "ش.م.ك", "ش.ذ.م.م", "م.م.ح", "ذات مسؤولية محدودة", "المحدودة", 'בע"מ', "בע״מ", "בעמ"),
    *("प्राइवेट लिमिटेड", "लिमिटेड", "प्रा. लि.", "प्रा लि", "লিমিটেড", "প্রাইভেট লিমিটেড", "লিঃ", "லிமிடெட்"),
    *("பிரைவேட் லிமிடெட்", "లిమిటెడ్", "ప్రైవేట్ లిమిటెడ్", "લિમિટેડ", "ಲಿಮಿಟೆಡ್", "ലിമിറ്റഡ്", "ကုမ္ပဏီလီမိတက်"),
)
BEFORE: Final = (
    *("ООО", "ОАО", "ЗАО", "ПАО", "АО", "НАО", "ИП", "ТОО", "ТОВ", "ТзОВ", "ПАТ", "ПрАТ", "АТ", "ФОП", "ЧП"),
    *("Общество с ограниченной ответственностью", "Акционерное общество", "Публичное акционерное общество"),
    *("Закрытое акционерное общество", "Открытое акционерное общество", "Непубличное акционерное общество"),
    *("Товариство з обмеженою відповідальністю", "Приватне акціонерне товариство", "შპს", "სს", "شركة"),
    *("PT", "N.V.", "B.V.", "AB", "Oy", "S.A.R.L.", "EURL", "SASU", "UAB", "SIA"),
    *("Công ty TNHH", "Công ty Cổ phần", "Công ty CP", "Công ty Trách nhiệm hữu hạn", "CTCP"),
)
_JOINED: Final = (
    *("股份有限公司", "有限责任公司", "有限責任公司", "责任有限公司", "責任有限公司", "股份公司", "有限公司", "株式会社"),
    *("有限会社", "合同会社", "合資会社", "合名会社", "相互会社", "(株)", "(有)", "(同)", "주식회사", "유한회사"),
    *("유한책임회사", "합자회사", "합명회사", "(주)", "(유)", "จำกัด", "(มหาชน)", "ຈຳກັດ"),
)
_JOINED_BEFORE: Final = (
    *("บริษัท", "ห้างหุ้นส่วนจำกัด", "ห้างหุ้นส่วนสามัญ", "หจก.", "บจก.", "บมจ.", "หจก", "บจก", "บมจ", "ບໍລິສັດ", "ក្រុមហ៊ុន"),
)
# fmt: on
"""Legal forms behind the name, before it, and in scripts without spaces on either side or only before it."""


def _one_of(forms: Iterable[str]) -> str:
    plain = (unicodedata.normalize("NFKC", form) for form in forms)
    return "|".join(re.escape(form) for form in sorted(plain, key=len, reverse=True))


_JOINED_FORMS: Final = re.compile(
    rf"^\s*(?:{_one_of((*_JOINED, *_JOINED_BEFORE))})\s*|\s*(?:{_one_of(_JOINED)})\s*$"
)
_LAST_BRACKET: Final = re.compile(r"\(([^()]*)\)\s*$")
_MOST_BLANKS: Final = 4
"""Most blanks that a form may have more than it is listed with."""
Words = tuple[str, ...]


def without_joined_forms(text: str) -> str:
    """Return an NFKC text without legal forms that are written without spaces, as in 三菱銀行株式会社."""
    while text.strip():
        shorter = _JOINED_FORMS.sub("", text)
        if shorter == text:
            return text
        text = shorter
    return ""


class LegalForms:
    """The legal forms in the folded words in which names are compared."""

    def __init__(self, words_of: Callable[[str], Words]) -> None:
        """``words_of`` returns the folded words of a text. Initials with dots between them are one word with a dot."""
        self._words_of = words_of
        tables = (termdata.terms_by_type, termdata.terms_by_country)
        known = (term for table in tables for terms in table.values() for term in terms)
        self._behind = self._folded((*BEHIND, *known))
        self._behind_joined = frozenset(map("".join, self._behind))
        self._before = self._folded(BEFORE)
        self._most_words = max(map(len, self._behind | self._before))

    def _folded(self, forms: Iterable[str]) -> frozenset[Words]:
        return frozenset(bare(self._words_of(form)) for form in forms) - {()}

    def strip(self, text: str) -> Words:
        """Return the words of a name without its legal forms. Empty if there is nothing else."""
        words = self._words_of(text)
        bracket = _LAST_BRACKET.search(text)
        if bracket is not None:
            before = self._words_of(text[: bracket.start()])
            if self._count_last(before) and read_country(bracket[1]) is not None:
                words = before  # as in "Acme Inc. (USA)"
        while words:
            behind = self._count_last(words)
            words = words[: len(words) - behind]
            before_name = self._count_first(words)
            words = words[before_name:]
            if not behind and not before_name:
                return words
        return ()

    def _count_last(self, words: Words) -> int:
        """Return the number of words of the form behind a name. 0 without one.

        A form may have blanks between its letters, as "a. s." or "sp. z o. o.". Of initials before it more than one must
        remain: K. L. S. A. is KL, but U. S. A. is not U.
        """
        for count in range(min(self._most_words + _MOST_BLANKS, len(words)), 0, -1):
            last, before = bare(words[-count:]), words[:-count]
            has_initials = any(map(is_initial, last))
            if last in self._behind or (has_initials and "".join(last) in self._behind_joined):
                is_split = is_initial(last[0]) and bool(before) and is_initial(before[-1])
                if not is_split or (len(before) > 1 and is_initial(before[-2])):
                    return count
        return 0

    def _count_first(self, words: Words) -> int:
        """Return the number of words of the form before a name. 0 without one."""
        sizes = range(min(self._most_words, len(words) - 1), 0, -1)
        return next((count for count in sizes if bare(words[:count]) in self._before), 0)


def bare(words: Words) -> Words:
    """Return words without the dot that marks initials."""
    return tuple(word.rstrip(".") for word in words)


@lru_cache(maxsize=10_000)
def is_initial(word: str) -> bool:
    """Whether a word is a single letter."""
    return len(word) == 1 and word.isalpha()
