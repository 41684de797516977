"""What a column seems to hold, told by its first cells alone. Always a guess: a person confirms it before it counts."""

import re
from collections.abc import Sequence

import polars as pl

from quetma import people
from quetma.intake import normalise
from quetma.intake.oldfonts import is_syllable

MOST = 0.7  # of the cells of a column must look alike
PLACE_WORDS = re.compile(
    r"\b(tru so|cho|cong|cua|phong|tang|kho|chot|tram|van phong|toa nha|co so|ubnd|uy ban|benh vien|truong|ben xe|"
    r"nha may|cua hang|chi cuc|doi|office|gate|floor|building|room|market|site|branch|hall|entrance)\b"
)
FAMILY = """
nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan trinh mai luong lo quang tong cam bac
vi ha ca mua giang sung vang thao dao truong lam ta ma chu luu cao to trieu nong hua be dam leo lu vuong
"""
FAMILY_NAMES = frozenset(FAMILY.split())

# What each type of column can be, by kind of log: the fields in the order in which columns are given to them.
FIELDS_OF_TYPE = {
    "scans": {
        "name": ["name"], "phone": ["phone"], "moment": ["time"], "day": ["date"], "clock": ["time"],
        "direction": ["direction"], "place": ["location"],
    },
    "roster": {"name": ["name"], "phone": ["phone"], "place": ["location"], "year": ["birth"]},
    "doses": {"name": ["name"], "phone": ["phone"], "day": ["given_on"], "moment": ["given_on"], "small": ["number"]},
    "apps": {"name": ["name"], "phone": ["phone"], "day": ["installed_on"], "moment": ["installed_on"], "app": ["app"]},
    "declarations": {"name": ["name"], "phone": ["phone"], "moment": ["declared_at"], "day": ["declared_at"]},
    "exemptions": {"name": ["name"], "phone": ["phone"], "day": ["first_day", "last_day"]},
    "absences": {"name": ["name"], "phone": ["phone"], "day": ["first_day", "last_day"]},
}  # fmt: skip


def column_type(cells: Sequence[str]) -> str:
    """phone | moment | day | clock | direction | app | year | small | tick | place | name | '' for anything else."""
    told = [cell.strip() for cell in cells if cell.strip()]
    if not told:
        return ""

    def most(looks_so: Sequence[bool]) -> bool:
        return sum(looks_so) >= MOST * len(told)

    folded = [people.fold(cell) for cell in told]
    if most([_is_phone(cell) for cell in told]):
        return "phone"
    day, clock = _times(told)
    if most([d and c for d, c in zip(day, clock, strict=True)]):
        return "moment"
    if most([d or _is_month_first(cell) for d, cell in zip(day, told, strict=True)]):
        return "moment" if most([bool(re.search(r"\d[:hg]\d", cell)) for cell in told]) else "day"
    if most(clock):
        return "clock"
    if set(folded) <= normalise.TICKS:
        return "tick"
    if most([normalise.a_direction(cell) is not None for cell in told]) and len(set(folded)) <= 6:
        return "direction"
    if most([re.sub(r"\W", "", cell) in normalise.APPS for cell in folded]):
        return "app"
    if most([bool(re.fullmatch(r"19[3-9]\d|20[01]\d", cell)) for cell in told]):
        return "year"
    if most([bool(re.fullmatch(r"(mui *)?[1-4]", cell)) for cell in folded]) and len(set(folded)) <= 4:
        return "small"
    if most([normalise.a_tick(cell) is not None for cell in told]) and len(set(folded)) <= 4:
        return "tick"
    if most(
        [bool(PLACE_WORDS.search(cell)) and not _is_name(cell, text) for cell, text in zip(folded, told, strict=True)]
    ):
        return "place"
    if most([_is_name(cell, text) for cell, text in zip(folded, told, strict=True)]):
        return "name"
    return ""


def _times(told: Sequence[str]) -> tuple[list[bool], list[bool]]:
    """Which cells hold a day, and which a time of day."""
    if not any(re.search(r"\d", cell) for cell in told):
        return [False] * len(told), [False] * len(told)
    parts = normalise.parts(pl.Series(told, dtype=pl.String))
    # A number by itself is a time only when it has a fraction, and lies in the years that logs are of.
    plain = pl.Series([bool(re.fullmatch(r"\d+", cell)) for cell in told])
    likely = parts["day"].dt.year().is_between(2020, 2100).fill_null(False)
    day = (parts["day"].is_not_null() & ~parts["bad"] & ~plain & likely).to_list()
    clock = (parts["seconds"].is_not_null() & ~parts["bad"] & ~plain).to_list()
    return day, clock


def is_data(cells: Sequence[str]) -> bool:
    """Whether a row holds a phone or a time, as no header does."""
    return any(
        _is_phone(cell) or bool(re.search(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}:\d\d", cell)) for cell in cells
    )


def _is_phone(cell: str) -> bool:
    if people.is_masked(cell):
        return bool(re.match(r"[\d+*]{3}[\d*]{4,}$", cell.strip()))
    return len(re.findall(r"\d", cell)) >= 9 and not re.search(r"[/:A-Za-z]", cell) and people.phone(cell) is not None


def _is_month_first(cell: str) -> bool:
    return bool(re.match(r"(0?\d|1[0-2])/(1[3-9]|2\d|3[01])/20\d\d", cell))


def _is_name(folded: str, text: str) -> bool:
    """A person's name: two to six words of letters, of which the first is a family name or all are syllables."""
    words = re.sub(r"\*+", "", folded).split()
    if not 1 < len(words) + folded.count("*") // 3 <= 6 or re.search(r"[\d/:;()]", folded):
        return False
    if words and words[0] in FAMILY_NAMES:
        return True
    return all(is_syllable(word) for word in text.replace("*", "").split()) and not PLACE_WORDS.search(folded)
