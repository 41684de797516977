"""Letters that are not what they seem, or are lost: text read in a wrong encoding, and text of the time before Unicode,
TCVN3 (fonts .VnTime) and VNI (fonts VNI-Times), which looks Vietnamese only in its fonts.

Such text is recognised, never converted: nobody maintains a converter, and a wrong guess would make people of names
that do not exist. A word counts as old when it is no Vietnamese syllable as it stands and is one when read by an old
table. Tables: TCVN 5712:1993 VN3; VNI for Windows.
"""

import re
import unicodedata

TCVN3 = dict(
    zip(
        range(0xA1, 0xFF),
        "ĂÂÊÔƠƯĐăâêôơưđ~~~~~~àảãáạ~ằẳẵắ~~~~~~~ặầẩẫấậè~ẻẽéẹềểễếệìỉ~~~ĩíịò~ỏõóọồổỗốộờởỡớợù~ủũúụừửữứựỳỷỹýỵ",
        strict=True,
    )
)
VNI_MARKS = {  # after its vowel, in either case: a tone, or a hat or breve with a tone
    "ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323",
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}  # fmt: skip
VNI_LETTERS = {"ô": "ơ", "ö": "ư", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ"}

SYLLABLE = re.compile(
    "(b|ch?|d|đ|gh?|gi|h|kh?|l|m|ngh?|nh?|ph?|qu|r|s|th?|tr|v|x)?"
    "(ai|ao|au|ay|âu|ây|eo|êu|iêu|iê|iu|ia|oai|oao|oay|oa|oă|oeo|oe|oi|oo|ôi|ơi|uâ|uây|uya|uyê|uyu|uy|ua|uê|ue|ui|uô|uôi"
    "|uơ|ươi|ươu|ươ|ưa|ưi|ưu|yêu|yê|ya|[aăâeêioôơuưy])"
    "(ch?|m|ngh?|ng|nh?|p|t|k)?"
)
TONES = "\u0300\u0301\u0303\u0309\u0323"


def is_syllable(word: str) -> bool:
    """Whether a word could be Vietnamese: one syllable, with at most one tone."""
    bare = unicodedata.normalize("NFD", word.lower())
    if sum(bare.count(tone) for tone in TONES) > 1:
        return False
    return bool(SYLLABLE.fullmatch(unicodedata.normalize("NFC", re.sub(f"[{TONES}]", "", bare))))


def _tcvn3(word: str) -> str:
    return word.translate(TCVN3)


def _vni(word: str) -> str:
    text = word.lower()
    text = re.sub("(?<=[aeouyôö])[ùøûõïâáàåãäêéèúüë]", lambda mark: VNI_MARKS[mark[0]], text)
    return unicodedata.normalize("NFC", "".join(VNI_LETTERS.get(letter, letter) for letter in text))


OLD = {"TCVN3": _tcvn3, "VNI": _vni}


def old_font(text: str, as_stored: str | None = None) -> str | None:
    """TCVN3, VNI, or None: in which old table most words with a mark are written.

    `as_stored` is the same text with each byte as one letter (latin-1), for files that are bytes of an unknown table.
    """
    words = _words(text)
    good = {word for word in words if is_syllable(word)}
    old = {word for word in (_words(as_stored) if as_stored else words) if all(letter <= "\xff" for letter in word)}
    for name, read in OLD.items():
        meant = {word for word in old if not is_syllable(word) and is_syllable(read(word))}
        strange = {word for word in old if not is_syllable(word) and word not in meant}
        if len(meant) >= 3 and len(meant) > len(good) and len(meant) >= 2 * len(strange):
            return name
    return None


TWICE = re.compile("á[º»]|Æ[°¡]|Ä[‘\x91ƒ\x83]|Ã[\xa0-\xbf]|Ä\x90|Ä¨|Å©")  # two bytes of a letter, each as a letter
LOST = re.compile(r"[^\W\d_]*\?+[^\W\d_]+")  # a word with a question mark for a letter
OURS = re.compile("[ăđơưĂĐƠƯẠ-ỹ]")  # letters of Vietnamese alone


def damaged(text: str) -> str | None:
    """Why a text that lost its letters on the way cannot be taken: what to do, as a message identifier; else None."""
    ours = len(set(OURS.findall(text)))
    if len(set(TWICE.findall(text))) >= 3 and len(TWICE.findall(text)) > len(OURS.findall(text)):
        return (
            "The letters of this file were read in a wrong encoding and saved like that (Trá»¥ sá»Ÿ instead of Trụ "
            "sở). Go back to the original file, open it as UTF-8, save it as XLSX and upload that. Nothing was changed."
        )
    # Word by word and short ones alone: over one long run of letters the search would take its length squared.
    marked = (word for word in text.split() if "?" in word and len(word) < 100)
    if not ours and len({found.lower() for word in marked for found in LOST.findall(word)}) >= 3:
        return (
            "The letters with marks were lost when this file was saved: question marks stand in their place (Tr? s?). "
            "Open the original in Excel, save it as XLSX or as CSV UTF-8, and upload that. Nothing was changed."
        )
    return None


def _words(text: str) -> set[str]:
    """The words that hold a letter beyond ASCII; in old text signs such as ¶ are letters too."""
    return {word for word in re.findall("[A-Za-z\xa1-\U0010ffff]+", text) if not word.isascii()}
