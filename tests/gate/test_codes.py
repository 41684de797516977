"""Scanned codes of every kind and variant, also as a keyboard damages them; everything else is refused in words."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quetma import codes, keyed
from quetma.codes import CodeError, Scanned
from quetma.language import translator
from quetma.people import spelling

HANH = Scanned("card", "Lò Thị Hạnh", 1990, marked=True)
CARDS = {
    "seven fields": "014190000001|050000001|Lò Thị Hạnh|02031990|Nữ|Bản Hát Lót, Mai Sơn, Sơn La|31122021",
    "no older number": "014190000001||Lò Thị Hạnh|02031990|Nữ|Bản Hát Lót, Mai Sơn, Sơn La|31122021",
    "older number left out": "014190000001|Lò Thị Hạnh|02031990|Nữ|Bản Hát Lót, Mai Sơn, Sơn La|31122021",
    "no day of issue": "014190000001|050000001|Lò Thị Hạnh|02031990|Nữ|Bản Hát Lót, Mai Sơn, Sơn La",
    "eight fields": "014190000001|050000001|Lò Thị Hạnh|02031990|Nữ|Bản Hát Lót, Mai Sơn, Sơn La|31122021|",
    "more fields": "014190000001||Lò Thị Hạnh|02031990|Nữ|Hát Lót|31122021||Lò Văn A|Cầm Thị B|",
    "dates with slashes": "014190000001|050000001|Lò Thị Hạnh|02/03/1990|Nữ|Mai Sơn|31/12/2021",
    "day not known": "014190000001|050000001|Lò Thị Hạnh|00001990|Nữ|Mai Sơn|31122021",
    "numbers covered": "000000000000|000000000|Lò Thị Hạnh|02031990|Nữ||31122021",
    "spaces and line end": "  014190000001|050000001| Lò  Thị Hạnh |02031990|Nữ|Mai Sơn|31122021\r\n",
    "decomposed": unicodedata.normalize("NFD", "014190000001|050000001|Lò Thị Hạnh|02031990|Nữ|Mai Sơn|31122021"),
    "capitals": "014190000001|050000001|LÒ THỊ HẠNH|02031990|NỮ|MAI SƠN|31122021",
    "caps lock": "014190000001|050000001|lÒ tHỊ hẠNH|02031990|nỮ|mAI sƠN|31122021",
    "another layout": "014190000001~050000001~Lò Thị Hạnh~02031990~Nữ~Mai Sơn~31122021",
    "bytes one by one": "014190000001|050000001|Lò Thị Hạnh|02031990|Nữ|Mai Sơn|31122021".encode().decode("latin-1"),
    "telex": "014190000001|050000001|Lof Thij Hanhj|02031990|Nuwx|Mai Sown|31122021",
    "vni": "014190000001|050000001|Lo2 Thi5 Hanh5|02031990|Nu74|Mai So7n|31122021",
}
PERSONAL = {
    "whole": ("014190000001|LO THI HANH|1990-03-02|1|QID0001|", 1990),
    "day and month covered": ("014190000001|LO THI HANH|1990-**-**|1|QID0001|x", 1990),
    "signs of one letter": ("014190000001|LO THI HANH|1990-*-*|1|QID0001|x", 1990),
    "year covered": ("014190000001|LO THI HANH|****-**-**|1|QID0001|x", None),
    "five fields": ("014190000001|LO THI HANH|1990-03-02|1|QID0001", 1990),
    "a passport": ("B1234567|LO THI HANH|1990-03-02|2|QID0001|", 1990),
    "lower case": ("014190000001|lo thi hanh|1990-03-02|1|qid0001|", 1990),
}
GARBAGE = {
    "": "Nothing was scanned",
    "   \r\n": "Nothing was scanned",
    "abc": "no identity card",
    "https://example.org/x": "no identity card",
    "|||||||": "no identity card",
    "a|b|c|d|e|f|g": "no identity card",
    "014190000001": "number of an identity",
    "0912345678": "no identity card",
    "014190000001|050000001|Lò Thị Hạnh|02": "not read whole",
    "014190000001|050000001|Lò Thị Hạnh|02031990": "not read whole",
    "014190000001|050000001|Lò Thị Hạnh|45031990|Nữ|Mai Sơn|31122021": "date of birth",
    "014190000001|050000001|Lò Thị Hạnh|02131990|Nữ|Mai Sơn|31122021": "date of birth",
    "014190000001|050000001|Lò Thị Hạnh|02031790|Nữ|Mai Sơn|31122021": "date of birth",
    "014190000001|050000001|Lò Thị Hạnh|02032999|Nữ|Mai Sơn|31122021": "date of birth",
    "014190000001|LO THI HANH|1990-13-02|1|QID|": "date of birth",
    "014190000001|LO THI HANH|1990-03-42|1|QID|": "date of birth",
    "014190000001|LO THI HANH|1990-03-02|1": "not whole",
    "014190000001|050000001|L Th Hnh|02031990|N|Mai Sn|31122021": "lost letters",
    "014190000001|050000001|L\ufffd Thị Hạnh|02031990|Nữ|Mai Sơn|31122021": "lost letters",
    "014190000001|050000001||02031990|Nữ|Mai Sơn|31122021": "lost letters",
    "014190000001|050000001|12345|02031990|Nữ|Mai Sơn|31122021": "lost letters",
    "790000000000000000000000": "badge was not read whole",
    "79" + "1" * 40: "no identity card",
    "x|" * 600: "too long",
}


@pytest.mark.parametrize("text", CARDS.values(), ids=CARDS)
def test_an_identity_card(text: str):
    assert codes.is_code(text)
    found = codes.read(text)
    assert (found.kind, found.name, found.birth_year, found.token) == ("card", "Lò Thị Hạnh", 1990, "")
    assert found.marked


@pytest.mark.parametrize(("text", "year"), PERSONAL.values(), ids=PERSONAL)
def test_a_personal_code(text: str, year: int | None):
    assert codes.is_code(text)
    name = "lo thi hanh" if text.islower() or "lo thi" in text else "Lo Thi Hanh"
    assert codes.read(text) == Scanned("personal", name, year, marked=False)


@pytest.mark.parametrize(("text", "why"), GARBAGE.items(), ids=[repr(text[:40]) for text in GARBAGE])
def test_garbage_is_refused_in_words(text: str, why: str):
    with pytest.raises(CodeError, match=why) as refused:
        codes.read(text)
    assert not re.search(r"\d{6}", translator("vi")(refused.value.message))


@pytest.mark.parametrize("text", ["Lò Thị Hạnh", "0912 345 678", "+84912345678", "84912345678", "0084912345678", "an"])
def test_what_a_person_types_is_no_code(text: str):
    assert not codes.is_code(text)


LAYOUT = dict(
    zip("1234567890", ["ă", "â", "ê", "ô", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323", "đ"], strict=True)
)


def test_a_badge_comes_through_every_keyboard():
    number = codes.new_badge()
    typed = "".join(LAYOUT[digit] for digit in number)
    for text in (number, f"{number}\r", typed, typed.upper()):
        assert codes.is_code(text)
        assert codes.read(text) == Scanned("badge", token=number)


@given(st.integers(0, 23), st.integers(1, 9))
def test_a_badge_with_one_wrong_digit_is_refused(at: int, by: int):
    number = codes.new_badge()
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    with pytest.raises(CodeError):
        codes.read(wrong)


def test_badges_are_random_and_say_nothing():
    made = {codes.new_badge() for _ in range(200)}
    assert len(made) == 200
    assert all(len(number) == 24 and codes.is_badge(number) for number in made)


@given(st.text())
def test_any_text_is_read_or_refused(text: str):
    try:
        found = codes.read(text)
    except CodeError:
        return
    assert found.token or found.name


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="|")), max_size=9).map("|".join))
def test_any_fields_are_read_or_refused(text: str):
    try:
        found = codes.read(text)
    except CodeError:
        return
    assert found.token or found.name


SYLLABLES = [
    "Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Hoàng", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô",
    "Dương", "Lý", "Lò", "Cầm", "Quàng", "Tòng", "Lường", "Giàng", "Mùa", "Vàng", "Sùng", "Thị", "Văn", "Hữu",
    "Đức", "Quốc", "Xuân", "Thúy", "Thủy", "Quỳnh", "Hương", "Hưng", "Lưu", "Nghiêm", "Khuất", "Huy", "Nhật",
    "Điện", "Đoàn", "Yến", "Oanh", "Khuê", "Được", "Tuyết", "Tường", "Quăng", "Thuở", "Mưa", "Sở", "Giá", "Quý",
    "Nguyệt", "Trường", "Phượng", "Ước", "Út", "Ấn", "Ổn", "Liễu", "Thiện", "Cường",
]  # fmt: skip
TELEX_KEYS = {"\u0306": "w", "\u031b": "w", "\u0300": "f", "\u0301": "s", "\u0309": "r", "\u0303": "x", "\u0323": "j"}
VNI_KEYS = {"\u0306": "8", "\u031b": "7", "\u0302": "6", "\u0300": "2", "\u0301": "1", "\u0309": "3", "\u0303": "4",
            "\u0323": "5"}  # fmt: skip


def signs(syllable: str) -> str:
    """Letters, each followed by its mark and then its tone."""
    apart = unicodedata.normalize("NFD", syllable)
    return re.sub("(\u0323)([\u0302\u0306])", r"\2\1", apart)


def telex(syllable: str, tone_last: bool) -> str:
    """The keys that write a syllable, the tone where it stands or at the end."""
    keys, tone = "", ""
    for sign in signs(syllable).replace("Đ", "DD").replace("đ", "dd"):
        if sign == "\u0302":
            keys += keys[-1].lower()
        elif sign in TELEX_KEYS and tone_last and TELEX_KEYS[sign] != "w":
            tone = TELEX_KEYS[sign]
        else:
            keys += TELEX_KEYS.get(sign, sign)
    return keys + tone


def vni(syllable: str, tone_last: bool) -> str:
    keys, tone = "", ""
    for sign in signs(syllable).replace("Đ", "D9").replace("đ", "d9"):
        if sign in VNI_KEYS and tone_last and VNI_KEYS[sign] in "12345":
            tone = VNI_KEYS[sign]
        else:
            keys += VNI_KEYS.get(sign, sign)
    return keys + tone


@pytest.mark.parametrize("method", [telex, vni])
@pytest.mark.parametrize("tone_last", [False, True])
def test_names_written_with_the_keys_of_an_input_method(method, tone_last: bool):
    for syllable in SYLLABLES:
        typed = method(syllable, tone_last)
        assert spelling(keyed.spoken(typed)) == spelling(syllable), typed
        assert keyed.spoken(typed)[0] == unicodedata.normalize("NFC", syllable)[0], typed


@pytest.mark.parametrize(
    "name", ["NGUYEN VAN AN", "Tran Thi Suong", "Phan Xich Long", "Y Moan", "Hoang Oanh", "Lò Văn A"]
)
def test_names_without_marks_stay_as_they_are(name: str):
    assert keyed.spoken(name) == name
