"""Phones and names as people write them, and who is the same person."""

import re
import unicodedata
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quetma import people
from quetma.people import MIGRATED_2018, clean, domestic, fold, identity, is_masked, phone, sort_key

DIGITS = "0123456789"
MOBILES = st.from_regex(r"0[35789][0-9]{8}", fullmatch=True)
SYLLABLES = [
    "Nguyễn",
    "Văn",
    "Thị",
    "Hoàng",
    "Đặng",
    "Lò",
    "Cà",
    "Thuý",
    "Hoà",
    "Ước",
    "Phượng",
    "Đức",
    "Nghĩa",
    "Ỷ",
    "Bằng",
]
NAMES = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=5).map(" ".join)


def grouped(digits: str, mark: str) -> str:
    return f"{digits[:4]}{mark}{digits[4:7]}{mark}{digits[7:]}"


WAYS = [
    lambda d: d,
    lambda d: "+84" + d[1:],
    lambda d: "84" + d[1:],
    lambda d: "0084" + d[1:],
    lambda d: d[1:],  # a spreadsheet dropped the 0
    lambda d: d[1:] + ".0",
    lambda d: grouped(d, " "),
    lambda d: grouped(d, "."),
    lambda d: grouped(d, "-"),
    lambda d: f"(+84) {grouped(d[1:], ' ')}",
    lambda d: f"+84 (0){d[1:]}",
    lambda d: f"  ĐT: {d} ",
    lambda d: f"'{d}",
    lambda d: d.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
]


@given(MOBILES, st.sampled_from(WAYS))
def test_a_mobile_is_the_same_however_it_is_written(digits: str, way):
    assert phone(way(digits)) == "+84" + digits[1:]


@given(st.sampled_from(sorted(MIGRATED_2018)), st.text(DIGITS, min_size=7, max_size=7), st.sampled_from(WAYS))
def test_an_old_mobile_is_the_number_it_became_in_2018(prefix: str, rest: str, way):
    assert phone(way(prefix + rest)) == "+84" + MIGRATED_2018[prefix][1:] + rest


@given(MOBILES)
def test_what_is_shown_is_read_back(digits: str):
    e164 = phone(digits)
    assert domestic(e164) == digits
    assert phone(e164 or "") == e164


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("0212 3852 123", "+842123852123"),  # a landline in Sơn La
        ("2123852123", "+842123852123"),
        ("+1 202 555 0123", "+12025550123"),
        ("001 202 555 0123", "+12025550123"),
        ("+856 20 55 123 456", "+8562055123456"),  # across the border in Laos
        ("84 91 234 56 78", "+84912345678"),
        ("843123456", "+84843123456"),  # not the country code: 0843 is a prefix of its own
        ("0912345***", None),
        ("09123456", None),
        ("091234567890", None),
        ("0912345678 0", None),  # one digit too many for a mobile
        ("0912345678 / 0987654321", None),
        ("19001234", None),
        ("9.12345678E+08", None),  # what a spreadsheet made of it; digits may be lost
        ("8,4912E+10", None),
        ("9.12345678E8", None),
        ("1985", None),
        ("không có", None),
        ("+", None),
        ("0", None),
        ("", None),
    ],
)
def test_a_phone_is_read_or_refused(text: str, e164: str | None):
    assert phone(text) == e164


@given(st.text(st.sampled_from("0123456789+()-. ExĐT*")))
def test_a_phone_never_fails_and_is_stable(text: str):
    found = phone(text)
    if found is not None:
        assert re.fullmatch(r"\+[1-9]\d{7,14}", found)
        assert phone(found) == phone(domestic(found)) == found


def test_a_foreign_phone_is_shown_as_it_is_and_none_as_nothing():
    assert (domestic("+12025550123"), domestic(None), domestic("")) == ("+12025550123", "", "")


# Names ---------------------------------------------------------------------------------------------------------------


def as_cp1258(letter: str) -> str:
    """A letter as windows-1258 writes it: the vowel with its mark, then the tone."""
    *vowel, tone = sorted(unicodedata.normalize("NFD", letter), key="\u0300\u0301\u0303\u0309\u0323".__contains__)
    return unicodedata.normalize("NFC", "".join(vowel)) + tone


@given(NAMES)
def test_a_name_is_the_same_in_every_encoding(name: str):
    combining = unicodedata.normalize("NFD", name)
    cp1258 = "".join(c if c.encode("cp1258", "ignore") else as_cp1258(c) for c in name)
    assert cp1258.encode("cp1258").decode("cp1258") == cp1258
    assert clean(combining) == clean(cp1258) == clean(name) == unicodedata.normalize("NFC", name)
    assert fold(combining) == fold(cp1258) == fold(name.upper()) == fold(name)
    assert re.fullmatch(r"[a-z]+( [a-z]+)*", fold(name))


@given(st.text())
def test_cleaning_and_folding_twice_changes_nothing(text: str):
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text) == fold(clean(text))


@pytest.mark.parametrize(
    ("text", "cleaned", "folded"),
    [
        ("  Lò\u00a0 Thị\tHoà ", "Lò Thị Hoà", "lo thi hoa"),
        ("Lò Thị Hòa", "Lò Thị Hòa", "lo thi hoa"),
        ("Ðặng Ðức", "Đặng Đức", "dang duc"),  # the Icelandic letter that old fonts were converted to
        ("Lò\u200b Văn\u00ad An\ufeff", "Lò Văn An", "lo van an"),
        ("An \u202egnaig", "An gnaig", "an gnaig"),  # turns the rest of the line around on a screen
        ("", "", ""),
    ],
)
def test_a_name_is_cleaned_and_folded(text: str, cleaned: str, folded: str):
    assert (clean(text), fold(text)) == (cleaned, folded)


def test_people_are_sorted_by_given_name():
    names = ["", "An", "Cà Văn An", "Lò Thị An", "Đặng Văn Ánh", "Trần Văn Bình", "Nguyễn Thị Đào"]
    assert sorted((names[n] for n in (3, 6, 0, 5, 2, 4, 1)), key=sort_key) == names


# Who is the same -----------------------------------------------------------------------------------------------------

SAME = [
    (("Lò Văn A", "+84912345678", None), ("Lo Van A (Mai Sơn)", "+84912345678", 1985)),
    (("Lò Thị Hoà", None, 1985), ("lò  thị HÒA", None, 1985)),  # old and new tone placement
    (("Vì Thuý Uỷ", None, None), ("Vì Thúy Ủy", None, None)),
    (("Ðặng An", None, None), ("Đặng An", None, None)),
    (("Nguyễn Văn ***", None, None, "0912345***"), ("Nguyễn Văn ***", None, None, " 0912345*** ")),
]
DIFFERENT = [
    (("Lò Văn A", "+84912345678", None), ("Lò Văn A", "+84912345679", None)),
    (("Lò Văn A", None, 1985), ("Lò Văn A", None, 1986)),
    (("Lò Văn A", None, None), ("Lò Văn A", None, 1985)),
    (("Lò Thị Hoà", None, 1985), ("Lò Thị Hoá", None, 1985)),
    (("Lò Thị Hoa", None, 1985), ("Lò Thị Hoà", None, 1985)),
    (("Cà Văn Ân", None, None), ("Cà Văn An", None, None)),
    (("Lò Văn A", None, None), ("Lò Văn A", None, None, "0912345***")),
    (("Nguyễn Văn ***", "+84912345678", None, "0912345678"), ("Nguyễn Văn A", "+84912345678", None, "0912345678")),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_are_one_person(one: tuple, other: tuple):
    assert identity(*one) == identity(*other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_these_are_two_people(one: tuple, other: tuple):
    assert identity(*one) != identity(*other)


@given(NAMES, st.none() | MOBILES, st.none() | st.integers(1920, 2021))
def test_a_masked_row_is_never_a_known_person(name: str, digits: str | None, year: int | None):
    known = identity(name, phone(digits) if digits else None, year, digits or "")
    masked_phone = (digits or "0912345678")[:7] + "***"
    assert is_masked(masked_phone) and phone(masked_phone) is None
    assert identity(name, None, year, masked_phone) != known
    assert identity(f"{name.rpartition(' ')[0]} ***", phone(digits or ""), year, digits or "") != known


WORDS = st.sampled_from(
    [*SYLLABLES, "Hòa", "THUÝ", "hoà1", "quý_", "Ðặng", "Y-Bih", "H'Hen",
     " ", "  ", "\t", "\u00a0", "\u200b", "\u0301", "*", "ñ", "ß",
     "İ", "Ŋ", "đ", "ư", "1", "\x1c", "漢", unicodedata.normalize("NFD", "Hoà")]
)  # fmt: skip
NUMBERS = st.sampled_from(
    ["0", "84", "+84", "0084", "+", "912345678", "0912345678", "01681234567", "9", "3", "12", "١٢", ".", ".0", "-", " ",
     "*", "e", "(0)"]
)  # fmt: skip


@given(st.lists(st.none() | st.lists(WORDS, max_size=5).map("".join) | st.text(max_size=5), max_size=20))
@example(["Hoà", "quý vị", "Thuý Hoà", None, ""])
def test_a_column_of_names_reads_as_its_names_one_by_one(names: list[str | None]) -> None:
    column = pl.Series(names, dtype=pl.String)
    whole = {
        clean: people.clean_all, fold: people.fold_all, people.spelling: people.spelling_all,
        sort_key: lambda names: people.given_first(people.fold_all(names)),
    }  # fmt: skip
    for one, every in whole.items():
        alone = [None if name is None else one(name) for name in names]
        assert every(column).to_list() == alone
        with patch.object(people, "FEW", -1):
            assert every(column).to_list() == alone


@given(st.lists(st.none() | st.lists(NUMBERS, max_size=5).map("".join) | MOBILES, max_size=20))
def test_a_column_of_phones_reads_as_its_phones_one_by_one(texts: list[str | None]) -> None:
    alone = [None if text is None else phone(text) for text in texts]
    column = pl.Series(texts, dtype=pl.String)
    assert people.phone_all(column).to_list() == alone
    with patch.object(people, "FEW", -1):
        assert people.phone_all(column).to_list() == alone
