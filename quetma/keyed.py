"""What happens to a code between a USB scanner and a text field, and how it is undone as far as it can be.

Such a scanner is a keyboard. It types for a US keyboard into whatever is set at the machine: a Vietnamese layout, which
has letters on the digit keys; Caps Lock; an input method, or a scanner that imitates one (Telex: `Nguyeexn`, VNI:
`Nguye64n`). Some type the bytes of UTF-8 one by one.
"""

import re
import unicodedata

# The digit row of the Vietnamese keyboard layout, by what its keys type: letters with a mark, tones alone, đ.
DIGIT_KEYS = {
    "a\u0306": "1", "a\u0302": "2", "e\u0302": "3", "o\u0302": "4",
    "\u0300": "5", "\u0309": "6", "\u0303": "7", "\u0301": "8", "\u0323": "9", "đ": "0",
}  # fmt: skip
KEYS = {*DIGIT_KEYS, *DIGIT_KEYS.values()}
SEPARATORS = "¦~｜│"  # what other layouts, and other fonts of letters, have for the bar between the fields

BREVE, CIRCUMFLEX, HORN = "\u0306", "\u0302", "\u031b"
TELEX_TONES = {"f": "\u0300", "s": "\u0301", "r": "\u0309", "x": "\u0303", "j": "\u0323"}
VNI_TONES = {"2": "\u0300", "1": "\u0301", "3": "\u0309", "4": "\u0303", "5": "\u0323"}
VNI_MARKS = {"6": CIRCUMFLEX, "7": HORN, "8": BREVE}
VOWELS = "aeiouy"
# No Vietnamese syllable without its marks is written like this.
TELEX = re.compile(r"[sfrxjzw]\b|[fjzw]|aa|ee|oo|dd|[aeiouy][sfrxj]", re.IGNORECASE)
VNI = re.compile(r"[a-z][1-9]", re.IGNORECASE)
TONE_OF_TWO = "oa oe uy"  # the tone stands on the second of these two when nothing follows: hoà as well as hòa


def digits(text: str) -> str:
    """`text` with the signs of the Vietnamese digit keys as the digits they were meant to be, when it has no others."""
    signs: list[str] = []
    for sign in text.strip().lower():  # one by one: the normal form of the whole would change the order of the tones
        parts = unicodedata.normalize("NFD", sign)
        if parts[1:] and parts[-1] in (BREVE, CIRCUMFLEX):
            parts = parts[0] + parts[-1] + parts[1:-1]
        signs += parts
    found, at = "", 0
    while at < len(signs):
        key = next((key for key in ("".join(signs[at : at + 2]), signs[at]) if key in KEYS), "")
        if not key:
            return text
        found, at = found + DIGIT_KEYS.get(key, key), at + len(key)
    return found


def utf8(text: str) -> str:
    """`Nguyá»…n` as `Nguyễn`: bytes of UTF-8 that were taken for a letter each. Any other text stays as it is."""
    if text.isascii():
        return text
    try:
        return b"".join(_byte(letter) for letter in text).decode("utf-8")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return text


def _byte(letter: str) -> bytes:
    return letter.encode("latin-1") if ord(letter) < 256 else letter.encode("cp1252")


def spoken(name: str) -> str:
    """A name as an input method would have written it: `Nguyeexn Vawn AN` and `Nguye64n Va8n An` are `Nguyễn Văn An`.

    A name with marks, or whose letters can be a name as they stand, stays as it is; so does its case.
    """
    if not name.isascii():
        return name
    for seen, tones, marks in ((VNI, VNI_TONES, VNI_MARKS), (TELEX, TELEX_TONES, {})):
        if seen.search(name):
            return " ".join(_syllable(word, tones, marks) for word in name.split())
    return name


def _syllable(word: str, tones: dict[str, str], marks: dict[str, str]) -> str:
    """One syllable from the keys for tones and, with VNI, for marks; with Telex letters are doubled instead."""
    letters: list[str] = []
    tone = ""
    for number, key in enumerate(word):
        low, vowels = key.lower(), [at for at, one in enumerate(letters) if one[0].lower() in VOWELS]
        if low in tones and vowels:
            tone = tones[low]
        elif low in marks or (low == "w" and not marks):
            closed = any(after.isalpha() and after.lower() not in tones for after in word[number + 1 :])
            _mark(letters, marks.get(low, ""), closed)
        elif low == ("9" if marks else "d") and letters and letters[0].lower() == "d":
            letters[0] = "Đ" if letters[0].isupper() else "đ"
        elif not marks and low in "aeo" and (same := [at for at in vowels if letters[at].lower() == low]):
            letters[same[-1]] += CIRCUMFLEX
        else:
            letters.append(key)
    if tone:
        _put_tone(letters, tone)
    return unicodedata.normalize("NFC", "".join(letters))


def _mark(letters: list[str], mark: str, closed: bool) -> None:
    """A mark onto the vowels that take it; "" is the w of Telex, which is a breve on a and a horn on o and u. `closed`:
    more letters follow. Of u and o both take the horn then, else the o alone (hương, thuở); of two u the first (lưu);
    of u and a the u, when none follow (mưa, quăng).
    """
    takes = {CIRCUMFLEX: "aeo", BREVE: "a", HORN: "ou", "": "aou"}[mark]
    fitting = [at for at, one in enumerate(letters) if one.lower() in tuple(takes)]
    last_two = "".join(letters[at].lower() for at in fitting[-2:])
    chosen = fitting[-1:]
    if mark in (HORN, "") and last_two == "uo":
        chosen = fitting[-2:] if closed else fitting[-1:]
    elif mark in (HORN, "") and (last_two == "uu" or (last_two == "ua" and not closed)):
        chosen = fitting[-2:-1]
    for at in chosen:
        letters[at] += mark or (BREVE if letters[at].lower() == "a" else HORN)
    if not chosen and mark == "":
        letters.append("ư")


def _put_tone(letters: list[str], tone: str) -> None:
    """The tone onto the vowel that carries it: one with a mark, else the middle one, else by what follows."""
    vowels = [at for at, one in enumerate(letters) if one[0].lower() in VOWELS]
    start = "".join(letters).lower()
    if len(vowels) > 1 and (start.startswith("qu") or start.startswith("gi")):
        vowels = vowels[1:]  # that u, that i, belongs to the consonant
    marked = [at for at in vowels if len(letters[at]) > 1]
    if marked:
        at = marked[-1]
    elif len(vowels) > 2 or (len(vowels) == 2 and vowels[-1] < len(letters) - 1):
        at = vowels[1]
    else:
        pair = "".join(letters[at] for at in vowels).lower()
        at = vowels[1] if pair in TONE_OF_TWO.split() else vowels[0]
    letters[at] += tone
