"""People's names and phones: how they are cleaned, compared, and who is the same person.

Rules from the field (docs/architecture.md, "People"): names NFC and compared without tones; the 2018 change of 11-digit
mobile numbers comes before parsing; a masked value is recognised before anything else.
"""

import re
import unicodedata
from collections.abc import Callable

import phonenumbers
import polars as pl
from rapidfuzz import fuzz

# The 2018 migration of 11-digit mobile prefixes (Decision 798/QĐ-BTTTT); the phonenumbers library does not know it.
MIGRATED_2018 = {
    "0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
    "0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
    "0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038",
    "0169": "039", "0186": "056", "0188": "058", "0199": "059",
}  # fmt: skip

VIETNAMESE = re.compile(r"[35789]\d{8}|2\d{8,9}")  # mobiles, landlines; the library takes too many digits for possible
MASK = "*"
HIDDEN = "***"  # what the national platform writes in the place of what it hides
ALIKE = 80  # of 100: from here two names may be one with a slip of the pen
ETH = str.maketrans("Ðð", "Đđ")
# Two ways of writing the tone at the end of a word: Hoà and Hòa, Khoẻ and Khỏe, Thuý and Thúy.
TONE_PLACES = {
    unicodedata.normalize("NFC", first + last + tone): unicodedata.normalize("NFC", first + tone + last)
    for first, last in ("oa", "oe", "uy")
    for tone in "\u0300\u0301\u0303\u0309\u0323"
}


# Most texts hold no other characters than these. What the functions below say about one of those, expressions say about
# a whole column of them, much faster; any other text is given to the function itself.
USUAL = "^[ -~ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]*$"
TONE_AT_END = "[ou][àáãảạèéẽẻẹỳýỹỷỵ](?:[^a-zà-ỹ0-9_]|$)"  # a word that `spelling` may have to change
FEW = 30  # texts that are sooner read one by one than as a column
USUAL_PHONE = r"^(?:0|84|\+84|0084)?([35789][0-9]{8})$"  # without spaces, dots and dashes


def clean(text: str) -> str:
    """NFC, one space between words, none around, nothing invisible; the Icelandic Ð of converted old fonts is a Đ."""
    if text.isascii():
        return " ".join(text.split())
    seen = "".join(c for c in text.translate(ETH) if unicodedata.category(c) != "Cf")
    return " ".join(unicodedata.normalize("NFC", seen).split())


def fold(text: str) -> str:
    """For comparing only: lower case, no tones or marks, `đ` as `d`. Hoà and Hòa fold alike."""
    if text.isascii():
        return " ".join(text.lower().split())
    bare = unicodedata.normalize("NFD", clean(text).lower().replace("đ", "d"))
    return " ".join("".join(c for c in bare if not unicodedata.combining(c)).split())


def spelling(name: str) -> str:
    """Equal when two names are one: tones count, but neither case nor on which vowel the tone stands (Hoà, Hòa)."""
    return re.sub(r"(o|u)[àáãảạèéẽẻẹỳýỹỷỵ]\b", lambda end: TONE_PLACES.get(end[0], end[0]), clean(name).lower())


def sort_key(name: str) -> str:
    """Vietnamese order: by given name, which comes last, then the rest."""
    words = fold(name).split()
    return " ".join(words[-1:] + words[:-1])


def is_masked(text: str) -> bool:
    """`Nguyễn Văn ***`, `0912345***`: what the national platform shows to a location manager."""
    return MASK in text


def mask_names(names: pl.Expr) -> pl.Expr:
    """`Nguyễn Văn An` → `Nguyễn Văn ***`, as the national platform shows people; what is masked stays as it is."""
    return pl.when(names.str.contains(MASK, literal=True)).then(names).otherwise(names.str.replace(r"\S+\s*$", HIDDEN))


def mask_phones(phones: pl.Expr) -> pl.Expr:
    """`0912345678` → `0912345***`."""
    return pl.when(phones.str.contains(MASK, literal=True)).then(phones).otherwise(phones.str.replace(r".{3}$", HIDDEN))


def phone(text: str) -> str | None:
    """E.164 (`+84912345678`) of a Vietnamese or international phone as people write it, or None when it is not one.

    Takes `0912 345 678`, `84…`, `+84…`, `0084…`, dots and dashes, nine digits where a spreadsheet dropped the 0,
    and old 11-digit mobiles. A masked phone is not a phone: None.
    """
    if is_masked(text):
        return None
    if re.fullmatch(r"0[35789]\d{8}", text, re.ASCII):  # as most are written: parsing it would say the same, slowly
        return "+84" + text[1:]
    text = unicodedata.normalize("NFKC", text)
    if re.search(r"\d\s*[eE]\s*[+-]?\s*\d", text):  # 9.12E+08: a spreadsheet has rounded it
        return None
    digits = re.sub(r"[^\d+]", "", text.removesuffix(".0"))
    if digits.startswith("0084"):
        digits = "0" + digits[4:]
    elif digits.startswith("+84"):
        digits = "0" + digits[3:]
    elif digits.startswith("84") and len(digits) in (11, 12):
        digits = "0" + digits[2:]
    elif digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("00"):  # "+84 (0)912…"
        digits = digits[1:]
    if re.fullmatch(r"[1-9]\d{8,9}", digits):
        digits = "0" + digits
    if len(digits) == 11 and digits[:4] in MIGRATED_2018:
        digits = MIGRATED_2018[digits[:4]] + digits[4:]
    try:
        number = phonenumbers.parse(digits, "VN")
    except phonenumbers.NumberParseException:
        return None
    if number.country_code == 84:
        real = bool(VIETNAMESE.fullmatch(str(number.national_number)))
    else:
        real = phonenumbers.is_possible_number(number)
    if not real:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def are_unlike(one: str, other: str) -> bool:
    """Whether two folded names are hardly two ways to write one: `lo van an` and `an`, or `lo van ann`, may be one."""
    words, others = set(one.split()), set(other.split())
    return not (words <= others or others <= words) and fuzz.token_sort_ratio(one, other) < ALIKE


def domestic(e164: str | None) -> str:
    """How a phone is shown and written to files: `0912345678`; a foreign one stays as it is; '' when there is none."""
    if not e164:
        return ""
    return "0" + e164[3:] if e164.startswith("+84") else e164


def identity(name: str, phone_number: str | None, birth_year: int | None, raw_phone: str = "") -> str:
    """The text that is equal for rows about the same person.

    A phone is one person. Without one, the name as spelled (tones count) and the birth year. A masked row is a somebody
    of its own: equal masked texts may be different people, so it never equals a known person.
    """
    if is_masked(name) or is_masked(raw_phone):
        return f"masked:{clean(name)}|{clean(raw_phone)}"
    if phone_number:
        return f"tel:{phone_number}"
    return f"name:{spelling(name)}|{birth_year or ''}"


# Whole columns --------------------------------------------------------------------------------------------------------


def clean_all(texts: pl.Series) -> pl.Series:
    """`clean` of every text; null stays null."""
    return _all(texts, clean, lambda some: some.str.contains(USUAL), _spaced)


def fold_all(texts: pl.Series) -> pl.Series:
    """`fold` of every text; null stays null."""
    return _all(
        texts,
        fold,
        lambda some: some.str.contains(USUAL),
        lambda some: (
            _spaced(some.str.normalize("NFD").str.replace_all("[\u0300-\u036f]", ""))
            .str.to_lowercase()
            .str.replace_all("đ", "d", literal=True)
        ),
    )


def spelling_all(names: pl.Series) -> pl.Series:
    """`spelling` of every name; null stays null."""
    return _all(
        names,
        spelling,
        lambda some: some.str.contains(USUAL) & ~some.str.to_lowercase().str.contains(TONE_AT_END),
        lambda some: _spaced(some).str.to_lowercase(),
    )


def given_first(folded: pl.Series) -> pl.Series:
    """`sort_key` of every folded name; null stays null."""
    return folded.str.replace("^(.*) ([^ ]+)$", "$2 $1")


def phone_all(texts: pl.Series) -> pl.Series:
    """`phone` of every text; null stays null."""
    return _all(
        texts,
        phone,
        lambda digits: digits.str.contains(USUAL_PHONE),
        lambda digits: "+84" + digits.str.tail(9),
        read=lambda some: some.str.strip_suffix(".0").str.replace_all("[ .\\-‐‑‒–—−]", ""),
    )


def domestic_all(e164: pl.Expr) -> pl.Expr:
    """`domestic` of phones that are known."""
    return pl.when(e164.str.starts_with("+84")).then("0" + e164.str.slice(3)).otherwise(e164)


def _all(
    texts: pl.Series,
    one: Callable[[str], str | None],
    usual: Callable[[pl.Series], pl.Series],
    many: Callable[[pl.Series], pl.Series],
    read: Callable[[pl.Series], pl.Series] = lambda some: some,
) -> pl.Series:
    """`many` of the texts that are `usual`, as `read`; `one` of each other once; null stays null."""
    if texts.len() <= FEW:
        return pl.Series(texts.name, [None if text is None else one(text) for text in texts], dtype=pl.String)
    plain = read(texts)
    values, others = many(plain), (~usual(plain)).arg_true()
    if others.is_empty():
        return values
    rest = texts.gather(others).to_list()
    found = {text: one(text) for text in dict.fromkeys(rest)}
    return values.scatter(others, pl.Series([found[text] for text in rest], dtype=pl.String))


def _spaced(texts: pl.Series) -> pl.Series:
    return texts.str.strip_chars(" ").str.replace_all(" {2,}", " ")
