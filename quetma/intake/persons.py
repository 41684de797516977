"""Cells about a person that hold more, or less, than belongs there: a phone beside the name, a scanned identity card, a
mask of another form.

Only what the log needs is kept (Law 91/2025 on personal data: no more than the purpose asks): the number of an identity
card and the address on it end here. Work is done once for each distinct text that is odd.
"""

import re

import polars as pl

from quetma import people
from quetma.people import MASK, clean, fold
from quetma.store import now

LONGEST = 200  # characters of a name; more is a mistake of the file
SIGNS = "•●∙·■□▪◦○＊✱∗×#_"  # for letters and digits that are not shown, where others write *
NAME_MASK = re.compile(
    rf"[{SIGNS}]{{2,}}|[＊∗✱●•]|…+|\.{{3,}}|\b[xX]{{2,}}\b|(?<=[^\W\d_])[xX]{{3,}}\b|\b[xX]{{3,}}(?=[^\W\d_])|(?<=\d)[xX]{{2,}}"
)
PHONE_MASK = re.compile(rf"[{SIGNS}xX?]|…|\.{{3,}}")
MASKED_PHONE = re.compile(rf"[\d+\s().\-*…{SIGNS}xX?]+")
NUMBER = re.compile(r"(?<![\w*])\+?\d(?:[ .()-]{0,2}[\d*]){6,}(?![\w*])")
LABEL = r"(?:số\s+)?(?:sđt|sdt|đt|tel|phone|điện thoại|dien thoai|cccd|cmnd|căn cước|mobile)(?:\s*số)?\s*[:.]?"
EMPTY = re.compile(rf"(?i)\(\s*\)|\[\s*\]|(?<!\w){LABEL}\s*(?=$|[-–—,;:/()\[\]|])")
# What may need a second look: nine digits in a name, the sign between the fields of a card, a mask.
ODD_NAME = rf"(?:\d\D{{0,2}}){{8}}[\d*]|\d[\d .-]{{4,}}\*|\||[{SIGNS}]{{2}}|[＊∗✱●•…]|\.{{3}}|[xX]{{2}}"
ODD_PHONE = rf"[{SIGNS}xX?…/,;&]|\.{{3}}"
# A scanned card within a row: its number, perhaps the older number, the name, and whatever follows.
CARD = r"\b\d{9,12}\|(?:\d{0,12}\|)?([^|\d]+)(?:\|[^|\"\t\n]*)*\|[^|,;\t\"\n]*"


def parted(texts: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The same texts (name, phone, birth; none null) with each thing in the cell where it belongs and every mask
    written with `*`; and of each row the reason why that is not possible.
    """
    reason = pl.repeat(None, texts.height, dtype=pl.String, eager=True)
    odd = (texts["name"].str.contains(ODD_NAME) | texts["phone"].str.contains(ODD_PHONE)).arg_true()
    if odd.is_empty():
        return texts, reason
    mended = [a_person(*row) for row in texts.select("name", "phone", "birth").select(pl.all().gather(odd)).iter_rows()]
    columns = list(zip(*mended, strict=True))
    texts = texts.with_columns(
        texts[name].scatter(odd, pl.Series(columns[at], dtype=pl.String))
        for at, name in enumerate(("name", "phone", "birth"))
    )
    return texts, reason.scatter(odd, pl.Series(columns[3], dtype=pl.String))


def a_person(name: str, phone: str, birth: str) -> tuple[str, str, str, str | None]:
    """Name, phone and birth as they would stand in tidy cells, and the reason when they contradict one another."""
    name, birth = a_card(name, birth)
    phone, two = _one_phone(starred_phone(phone))
    name, found = _without_numbers(starred_name(name))
    for number in found:
        if fold(phone) in ("", "-") or (MASK in phone and _fits(number, phone)):
            phone = number
        elif people.phone(number) != people.phone(phone) and not _fits(phone, number):
            two = True
    return name, phone, birth, "two_phones" if two else None


def starred_name(text: str) -> str:
    """`Nguyễn Văn ●●●`, `Nguyễn Văn xxx`, `Nguyễn Văn …` with `***`; a letter of a name stays what it is."""
    if not any(letter.isalpha() and letter not in "xX" for letter in text):
        return "" if not re.search(rf"[\d{SIGNS}*xX…]", text) else re.sub(rf"[{SIGNS}xX…]", MASK, text)
    return NAME_MASK.sub(lambda mask: MASK * max(len(mask[0]), 3), text)


def starred_phone(text: str) -> str:
    """`0912345xxx`, `0912345•••`, `0912345…` with `***`; whatever is no phone with a mask stays as it is."""
    digits = sum(map(str.isdigit, text))
    if digits > 9 or not MASKED_PHONE.fullmatch(text) or not PHONE_MASK.search(text):
        return text
    if not digits:
        return "" if re.fullmatch(r"[\s._…]*|[xX]", text) else PHONE_MASK.sub(MASK, text)
    return PHONE_MASK.sub(lambda mask: MASK * (3 if mask[0][0] in "….," else 1), text)


def a_card(name: str, birth: str) -> tuple[str, str]:
    """The name on a scanned card, and the year of birth where the row tells none; other cells stay as they are.

    Identity card: `number|older number|name|ddmmyyyy|sex|address|ddmmyyyy`, the older number also left out. Personal QR
    code of Decision 1405/QĐ-BTTTT: `number|name|yyyy-mm-dd|…`.
    """
    fields = [field.strip() for field in name.split("|")]
    if len(fields) < 4:
        return name, birth
    at = next((i for i, field in enumerate(fields) if i and re.search(r"[^\W\d_]", field)), None)
    if at is None or at > 2 or not re.fullmatch(r"[\d*]+", fields[0]):
        return name, birth
    born = re.search(r"(19|20)\d\d", fields[at + 1]) if at + 1 < len(fields) else None
    born = born and re.search(r"^(\d{4})-|(\d{4})$", fields[at + 1])
    return fields[at], birth or (born and (born[1] or born[2])) or ""


def _without_numbers(name: str) -> tuple[str, list[str]]:
    """The name without the numbers in it, and those that are phones; the number of an identity card is dropped."""
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        text, before = match[0], fold(name[: match.start()])
        digits = re.sub(r"\D", "", text)
        card = re.search(r"(cccd|cmnd|can cuoc|chung minh)\W*(so)?\W*$", before) or len(digits) == 12
        if MASK in text or (not card and people.phone(text)):
            found.append(text)
            return " "
        return " " if card or len(digits) >= 9 else text

    rest = NUMBER.sub(take, name)
    if rest == name:
        return name, found
    while (bare := EMPTY.sub(" ", rest).strip(" -–—,;:/()[]|.")) != rest:
        rest = bare
    return clean(rest), found


def _one_phone(text: str) -> tuple[str, bool]:
    """A phone cell, and whether it holds two phones; of the same phone twice, one."""
    pieces = [piece for piece in re.split(r"[/,;&]|\s-\s", text) if piece.strip()]
    numbers = {people.phone(piece) for piece in pieces}
    if len(pieces) < 2 or None in numbers:
        return text, False
    return (text, True) if len(numbers) > 1 else (pieces[0], False)


def _fits(number: str, masked: str) -> bool:
    """Whether a phone may be the one behind the mask."""
    told, mask = re.sub(r"\D", "", number), re.sub(r"[^\d*]", "", masked)
    return bool(MASK in mask and re.fullmatch(re.sub(r"\*+", r"\\d+", mask), told))


def a_birth_year(text: str) -> int | None:
    """The year in `1985`, `12/05/1985`, `1985-05-12 00:00:00`; `80` and `12/05/80` are of the last hundred years."""
    this = now().year
    if found := re.search(r"\b(19\d\d|20\d\d)\b", text):
        return int(found[1]) if int(found[1]) <= this else None
    if found := re.fullmatch(r"(?:\d{1,2}[-/.]\d{1,2}[-/.])?(\d\d)(?:\.0)?", text):
        return this - (this - int(found[1])) % 100
    return None
