"""Text cells → values. Work is done once for each distinct text, never once a row: a million rows hold far fewer
distinct names, phones, places, days and times of day.

Every reader of a column gives its values and, where a value is refused, the reason (a code of `errors.REASONS`).
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import polars as pl

from quetma import people, workdays
from quetma.intake.persons import LONGEST, a_birth_year, parted
from quetma.intake.text import tidied
from quetma.people import clean, fold
from quetma.store import now

HOUR = 3600
DAY = 24 * HOUR
EARLIEST = date(2020, 1, 1)  # before the pandemic there was nothing to scan for
NIGHT_DUTY = 16 * HOUR  # a time out before the time in is the next morning, if the stay is then no longer than this
SPREADSHEET_EPOCH = date(1899, 12, 30)

PERSON = ("name", "phone", "birth")
# Which other column may hold a part of them, or them where their own is empty.
HALVES = {"name": "family", "phone": "phone_other", "birth": "birth_women"}
NOTHING = {
    "",
    "-",
    "--",
    "0",
    "x",
    "k",
    "ko",
    "khong",
    "khong co",
    "k co",
    "ko co",
    "chua co",
    "n/a",
    "na",
    "none",
    "null",
    "no",
}
NO_NAME = {"khong", "khong co", "khong ro", "n/a", "none", "null"}  # not all of NOTHING: Na is a name
SHORT = max(map(len, NO_NAME))  # folding makes no text longer
# Most names, as they should be written: nothing in one has to be cleaned, or looked at once more by `parted`.
USUAL_NAME = "^{x}{letter}(?: ?{x}{letter})*(?: [0-9]{{1,7}})?$".format(
    x="[xX]?", letter="[A-WYZa-wyzÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯưẠ-ỹ]"
)
NOWHERE = NO_NAME | {"ko", "k co", "ko co", "chua co", "unknown"}
YES = {"co", "x", "yes", "y", "true", "1", "dung", "v", "smartphone", "co dung", "co su dung"}
NO = {"khong", "ko", "k", "no", "n", "false", "0", "khong co", "khong dung", "khong su dung", "chua"}
IN = {
    "vao",
    "v",
    "in",
    "i",
    "check in",
    "checkin",
    "den",
    "vao cua",
    "vao cong",
    "quet vao",
    "di vao",
    "da den",
    "enter",
    "entry",
    "entered",
}
DIRECTION_WORDS = 6  # a longer text tells something else
OUT = {
    "ra",
    "r",
    "out",
    "o",
    "check out",
    "checkout",
    "ve",
    "di",
    "roi di",
    "ra ve",
    "ra cua",
    "ra cong",
    "quet ra",
    "di ra",
    "di ve",
    "da ve",
    "ve nha",
    "exit",
    "leave",
    "left",
}
# Words that say the direction wherever they stand: `Đã vào`, `Quét mã ra`, `Rời cơ quan`. `Về` is not one of them.
IN_WORDS_OF = {"vao", "in", "checkin", "entry", "enter", "entered", "entering", "arrived"}
OUT_WORDS_OF = {"ra", "out", "checkout", "exit", "leave", "left", "leaving", "roi"}
TICKS = {"x", "v", "\u2713", "\u2714", "\u221a", "\u2611"}
NOT_YET = {"chua", "chua cai", "chua cai dat", "chua tiem", "chua co"}
DOSE_WORDS = {"mot": 1, "nhat": 1, "hai": 2, "nhi": 2, "ba": 3, "bon": 4, "tu": 4}
NO_SYMPTOM = NOTHING | {
    "khong co trieu chung",
    "khong trieu chung",
    "binh thuong",
    "khoe",
    "khoe manh",
    "khong co gi",
    "normal",
}
# Parts of words, folded, by which a duty is named that somebody is exempt from.
DUTIES = {
    "vaccinated": ("tiem", "vac xin", "vacxin", "vaccin", "mui", "dose"),
    "declared": ("khai bao", "kbyt", "declar"),
    "apps": ("ung dung", "bluezone", "ncovi", "pc covid", "pccovid", "app", "cai dat"),
    "scanned": ("quet", "scan", "qr"),
}
APPS = {"bluezone": "Bluezone", "ncovi": "NCOVI", "pccovid": "PC-COVID"}


def each(texts: pl.Series, read: Callable[[str], Any], dtype: Any) -> pl.Series:
    """`read` of every text, called once for each distinct one. Null stays null."""
    if texts.null_count() == texts.len():  # a column that the table does not have
        return pl.repeat(None, texts.len(), dtype=dtype, eager=True)
    known, numbers = distinct(texts.to_frame("text"))
    return pl.Series([None if text is None else read(text) for text in known["text"]], dtype=dtype).gather(numbers)


def each_cell(cells: pl.Series, read: Callable[[str], Any], dtype: Any) -> pl.Series:
    """`each` of cells as they stand in the file: only the distinct ones are tidied."""
    if cells.null_count() == cells.len():
        return each(cells, read, dtype)
    known, numbers = distinct(cells.to_frame("cell"))
    return each(tidied(known["cell"]), read, dtype).gather(numbers)


# People and places ---------------------------------------------------------------------------------------------------


def a_name(text: str) -> str:
    """A name, or '' when the cell only says that there is none."""
    name = clean(text)
    return name if any(c.isalpha() or c == people.MASK for c in name) and fold(name) not in NO_NAME else ""


def distinct(texts: pl.DataFrame, by: str | None = None) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct rows of a frame of texts, in order of appearance, and the number of each row's own. by: the column
    that they are told apart by, if not all.
    """
    told = [by] if by else [column for column in texts.columns if texts[column].null_count() < texts.height]
    columns = [column for column in told if (texts[column] != "").any()] or (told or texts.columns)[:1]  # with any text
    mixed = pl.sum_horizontal(pl.col(column).hash(seed) for seed, column in enumerate(columns))  # wraps around
    hashes = texts.select(mixed).to_series().to_arrow().dictionary_encode()
    number = pl.Series(hashes.indices).cast(pl.UInt32)  # its own to_numpy first imports pandas: a third of a second
    if len(hashes.dictionary) == texts.height:  # no two rows are alike
        return texts, number
    numbers = number.to_numpy()
    places = np.empty(len(hashes.dictionary), np.uint32)
    places[numbers[::-1]] = np.arange(len(numbers), dtype=np.uint32)[::-1]  # the first one stays
    first = texts.select(pl.all().gather(pl.Series(places)))
    if all(first[column].gather(number).eq_missing(texts[column]).all() for column in columns):
        return first, number
    # two rows of one hash: never seen, yet two people must not become one
    first = texts.unique(columns, keep="first", maintain_order=True)
    known = first.select(columns).with_row_index("number")
    return first, texts.join(known, on=columns, how="left", maintain_order="left", nulls_equal=True)["number"]


def who(read: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Whom rows mean that were `read` by `identities`.

    First who, an index into the people, and reason, why there is nobody, of each row. Then the people, one row per
    identity in order of appearance: who, identity, name (as first seen; the phone when there is none), phone,
    birth_year, masked.
    """
    meant = read["reason"].is_null()
    found, numbers = distinct((read if meant.all() else read.filter(meant)).drop("reason"), "identity")
    every = pl.repeat(None, read.height, dtype=pl.UInt32, eager=True).scatter(meant.arg_true(), numbers)
    return read.select(every.alias("who"), "reason"), found.with_row_index("who")


def one(cells: pl.DataFrame, field: str) -> pl.Series:
    """What the columns of a field say together, where any of them does. cells: tidied, by column."""
    other = HALVES.get(field)
    none = pl.repeat(None, cells.height, dtype=pl.String, eager=True)
    own = cells[field] if field in cells.columns else none
    if other not in cells.columns or (field == "name" and field not in cells.columns):  # a family's name alone is none
        return own.alias(field)
    if field == "name":
        both = pl.concat_str(pl.lit(cells[other]), pl.lit(own), separator=" ", ignore_nulls=True)
        return cells.select(both.replace("", None).alias(field)).to_series()
    if field == "phone":  # `-` and `không` say that there is none
        own = own.set(people.fold_all(own.fill_null("")).is_in(list(NOTHING)), None)
    return own.zip_with(own.is_not_null(), cells[other]).alias(field)


def texts(cells: pl.DataFrame) -> pl.DataFrame:
    """Name, phone and birth of what stands in the columns that tell who; no text is null."""
    tidy = pl.DataFrame([tidied(column) for column in cells.iter_columns()])
    return pl.DataFrame({field: one(tidy, field).fill_null("") for field in PERSON})


def identities(cells: pl.DataFrame) -> pl.DataFrame:
    """Whom each row means by what stands in the columns that tell who.

    One row each: identity (`people.identity`; null with a reason), name, phone, birth_year, masked, reason. A phone is
    the person. A text in the phone column that is no phone rejects the row: to take it by name would make a second
    person of somebody already known, and hide their contacts.
    """
    as_they_stand = {"name", "phone"} <= set(cells.columns) <= set(PERSON)
    told = cells if as_they_stand else texts(cells)
    length = told["name"].str.len_chars()
    usual = told["phone"].str.contains(people.USUAL_PHONE) & told["name"].str.contains(USUAL_NAME)
    odd = (~(usual & (length > SHORT) & (length <= LONGEST)).fill_null(False)).arg_true()
    born = each_cell(told["birth"], a_birth_year, pl.Int16) if "birth" in told.columns else None
    read = told.select("name", phone="+84" + pl.col("phone").str.tail(9), born=born).select(
        identity="tel:" + pl.col("phone"), name="name", phone="phone", birth_year=pl.col("born").cast(pl.Int16),
        masked=pl.lit(False), reason=pl.lit(None, pl.String),
    )  # fmt: skip
    others = told.select(pl.all().gather(odd))
    others = _identities(texts(others) if as_they_stand else others)
    return pl.DataFrame([column.scatter(odd, others[column.name]) for column in read.iter_columns()])


def _identities(texts: pl.DataFrame) -> pl.DataFrame:
    """The same of any rows. texts: name, phone and birth, none null."""
    texts, contrary = parted(texts)
    name, phone = _names(texts["name"]), people.phone_all(texts["phone"])
    unclear = texts["phone"].str.contains(people.MASK, literal=True)
    masked = unclear | name.str.contains(people.MASK, literal=True)
    unread = (phone.is_null() & ~unclear).arg_true()
    told = ~people.fold_all(texts["phone"].gather(unread)).is_in(list(NOTHING))
    wrong = pl.repeat(False, texts.height, eager=True).scatter(unread, told)
    nameless = ((name == "") | masked).arg_true()  # only here is the cell itself shown or compared
    cell = pl.repeat("", texts.height, eager=True).scatter(nameless, people.clean_all(texts["phone"].gather(nameless)))
    by_name = (phone.is_null() & ~masked).arg_true()
    spelled = pl.repeat("", texts.height, eager=True).scatter(by_name, people.spelling_all(name.gather(by_name)))
    read = pl.DataFrame(
        {
            "name": name, "phone": phone, "masked": masked, "wrong": wrong, "cell": cell, "spelled": spelled,
            "contrary": contrary,
            "birth_year": each(texts["birth"], a_birth_year, pl.Int16),
        }
    )  # fmt: skip
    phone_known = pl.col("phone").is_not_null()
    reason = (
        pl.when(pl.col("contrary").is_not_null()).then("contrary")
        .when("wrong").then(pl.lit("bad_phone"))
        .when(pl.col("name").str.len_chars() > LONGEST).then(pl.lit("too_long"))
        .when((pl.col("name") == "") & ~phone_known & ~pl.col("masked")).then(pl.lit("no_person"))
    )  # fmt: skip
    identity = (
        pl.when("masked").then(pl.format("masked:{}|{}", "name", "cell"))
        .when(phone_known).then(pl.format("tel:{}", "phone"))
        .otherwise(pl.format("name:{}|{}", "spelled", pl.col("birth_year").cast(pl.String).fill_null("")))
    )  # fmt: skip
    return read.select(
        identity=pl.when(reason.is_null()).then(identity),
        name=pl.when(pl.col("name") != "").then("name")
        .when(phone_known).then(people.domestic_all(pl.col("phone"))).otherwise("cell"),
        phone=pl.when(~pl.col("masked")).then("phone"),
        birth_year="birth_year",
        masked="masked",
        reason=reason,
    )  # fmt: skip


def _names(texts: pl.Series) -> pl.Series:
    """`a_name` of every text."""
    usual = texts.str.contains(people.USUAL)
    name = people.clean_all(texts)
    name = name.set(~name.str.contains(r"[\p{L}*]"), "")
    short = (name.str.len_chars() <= SHORT).arg_true()
    name = name.scatter(short.filter(people.fold_all(name.gather(short)).is_in(list(NO_NAME))), "")
    odd = (~usual).arg_true()
    return name.scatter(odd, pl.Series([a_name(text) for text in texts.gather(odd)], dtype=pl.String))


def places(texts: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """The place of each row, an index into the frame of places (place, name as first seen, name_key); null without
    one, or with one that is too long to be one.
    """
    key = people.fold_all(texts)
    told = each(key, lambda text: bool(re.search(r"\w", text)), pl.Boolean)
    named = (told & (key.str.len_chars() <= LONGEST) & ~key.is_in(list(NOWHERE))).fill_null(False).arg_true()
    found, numbers = distinct(pl.DataFrame({"name": texts, "name_key": key}).select(pl.all().gather(named)), "name_key")
    place = pl.repeat(None, texts.len(), dtype=pl.Int64, eager=True).scatter(named, numbers.cast(pl.Int64))
    places = found.select(pl.int_range(pl.len()).alias("place"), people.clean_all(found["name"]), "name_key")
    return place, places


# Days and times ------------------------------------------------------------------------------------------------------

DAY_TEXT = r"(^|\D)(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(\D|$)"
# ngày 24 tháng 8 năm 2021, its tones composed, combining or left out
IN_WORDS = "(?i)(\\d{1,2})\\s*th(?:á|a\u0301?)ng\\s*(\\d{1,2})\\s*n(?:ă|a\u0306?)m\\s*(\\d{4})"
# Forms that are rare: the day of the week, a month by its English name, full-width digits, all digits in a row, the
# seconds since 1970.
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
ODD_TIME = (
    "(?i)th(?:\u1ee9|u\u031b?\u0301?)\\s|ch(?:\u1ee7|u\u0309?)\\s*nh(?:\u1ead|a)t|"
    r"[a-z]{3}day|\bthg\b|[０-９：／‐‑‒–—−]|^\d{8}[ T]?\d{6}$|"
    r"\d[-/. ](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)|[ap]\.\s?m\b|\d'$|^1[5-9]\d{8}(?:\d{3})?$"
)
CLOCK = re.compile(
    r"(\d{1,2})(?:(?::|h|g|gio)(?:(\d{1,2})(?:(?::|p|phut)(?:(\d{1,2})(?:[.,]\d+)?s?)?)?)?)?"
    r"(sa|am|sang|ch|pm|chieu|toi)?(z|[+-]\d{2}:?\d{2})?"
)
BESIDE_CLOCK = re.compile(r"luc|ngay|[\s,;]|(?<!\d)-|-$")
DOTTED = re.compile(r"^((?:sa|ch|am|pm)?\d{1,2})\.(\d{1,2})(?![\d.])")
HALF_FIRST = re.compile(r"^(sa|ch|am|pm)(.*)$")


def a_day(text: str) -> date | None:
    """`24/08/2021`, `24-8-21`, `2021-08-24`: the day comes first, unless the year does."""
    first, month, last = re.split(r"[-/.]", text)
    year, day = (first, last) if len(first) == 4 else (last, first)
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))
    except ValueError:
        return None


def days_in(text: str) -> list[date]:
    """The days that a text names in full: `Ngày 24 tháng 8 năm 2021`, `từ 24/08/2021`."""
    found = re.findall(DAY_TEXT, re.sub(IN_WORDS, r" \1/\2/\3 ", text))
    days = (a_day(day) for _, day, _ in found if re.search(r"\d{4}", day))
    return [day for day in days if day and EARLIEST <= day <= now().date()]


def a_usual_time(text: str) -> str:
    """`Thứ Ba, 24/08/2021 07:36`, `24-Aug-2021 07:37`, `24 thg 8, 2021 07:38`, `20210824 073400` and `7:42 p.m.` as
    most write them.
    """
    text = re.sub("[‐‑‒–—−]", "-", unicodedata.normalize("NFKC", text).lower())  # as Word writes a hyphen
    text = re.sub(r"(?:thứ|thu) (?:hai|ba|tư|tu|năm|nam|sáu|sau|bảy|bay|[2-7])\b|(?:chủ|chu) (?:nhật|nhat)", " ", text)
    text = re.sub(r"\b(?:mon|tues?|wednes|thurs?|fri|satur|sun)day\b", " ", text)
    text = re.sub(r"([ap])\.\s?m\b\.?", r"\1m", text.rstrip("'"))
    text = re.sub(r"^(\d{4})(\d\d)(\d\d)[ t]?(\d\d)(\d\d)(\d\d)$", r"\1-\2-\3 \4:\5:\6", text)
    text = re.sub(r"(\d{1,2})\s*thg\s*(\d{1,2}),?\s*(\d{4})", r"\1/\2/\3", text)
    if re.fullmatch(r"1[5-9]\d{8}(\d{3})?", text):
        text = f"{datetime(1970, 1, 1, 7) + timedelta(seconds=int(text[:10])):%Y-%m-%d %H:%M:%S}"
    month = re.search(rf"(\d{{1,2}})[-/. ]({'|'.join(MONTHS)})[a-z]*[-/. ,]+(\d{{4}})", text)
    if month:
        number = MONTHS.index(month[2]) + 1
        text = text.replace(month[0], f"{month[1]}/{number}/{month[3]}")
    return text.strip(" ,")


def a_clock(text: str) -> int | None:
    """Seconds since midnight of `08:10`, `8h10`, `8.10`, `08:10:20 CH`, `SA 8:10`; a time of another zone becomes ours.
    Where a zero was lost, as of the number 8.1, it is put back.
    """
    bare = DOTTED.sub(lambda told: f"{told[1]}:{told[2]:0<2}", BESIDE_CLOCK.sub("", fold(text)))
    found = CLOCK.fullmatch(HALF_FIRST.sub(r"\2\1", bare))
    if not found or bare.isdigit():
        return None
    hour, minute, second = (int(part or 0) for part in found.group(1, 2, 3))
    half, zone = found.group(4, 5)
    if zone and zone[0] == "-" and found[3] is None:  # 07:30-11:00 is from when to when
        return None
    if half in ("sa", "am", "sang"):
        hour = 0 if hour == 12 else hour
        if hour > 12:
            return None
    elif half and hour < 12:
        hour += 12
    if hour > 23 or minute > 59 or second > 59:
        return None
    shift = 0
    if zone:
        sign, hours, minutes = (
            (1, 0, 0) if zone == "z" else (1 if zone[0] == "+" else -1, int(zone[1:3]), int(zone[-2:]))
        )
        shift = 7 * HOUR - sign * (hours * HOUR + minutes * 60)
    return hour * HOUR + minute * 60 + second + shift


def parts(texts: pl.Series) -> pl.DataFrame:
    """Day and seconds since midnight of each text, null when not in it; `bad` where something in it cannot be read;
    `old` where a day is no day because it is older than any that is meant.
    """
    text = texts.fill_null("").rename("text")
    if text.str.contains(r"\dT\d").any():
        text = text.str.replace(r"(\dT\d\d:\d\d)(-\d\d)", "$1:00$2").str.replace(r"(\d)T(\d)", "$1 $2")
    if text.str.contains(IN_WORDS).any():
        text = text.str.replace(IN_WORDS, "$1/$2/$3")
    odd = text.str.contains(ODD_TIME).arg_true()
    if not odd.is_empty():
        text = text.scatter(odd, each(text.gather(odd), a_usual_time, pl.String))
    frame = text.to_frame().with_columns(day_text=pl.col("text").str.extract(DAY_TEXT, 2))
    frame = frame.with_columns(rest=pl.col("text").str.replace(DAY_TEXT, "$1 $3").str.strip_chars(" ,"))
    # A number by itself is a spreadsheet's: whole days since its epoch, and a fraction of a day.
    serial = pl.when(pl.col("day_text").is_null()).then(
        pl.col("rest").str.replace(",", ".", literal=True).cast(pl.Float64, strict=False)
    )
    frame = frame.with_columns(serial=serial.fill_nan(None)).with_columns(
        serial=pl.when(pl.col("serial").is_between(0, 80_000)).then("serial")
    )
    if (frame["serial"].is_between(1, 24, closed="left")).any():
        frame = frame.with_columns(_dotted(frame["rest"], frame["serial"]))
    ticks = (pl.col("serial") * DAY).round().cast(pl.Int64)
    clock_text = frame.select(pl.when(pl.col("serial").is_null() & (pl.col("rest") != "")).then("rest"))["rest"]
    frame = frame.with_columns(
        day=each(frame["day_text"], a_day, pl.Date), seconds=each(clock_text, a_clock, pl.Int64), clock_text=clock_text
    )
    bad = (pl.col("day_text").is_not_null() & pl.col("day").is_null()) | (
        pl.col("clock_text").is_not_null() & pl.col("seconds").is_null()
    )
    whole = (ticks // DAY).cast(pl.Int32)
    day = pl.coalesce("day", pl.when(whole > 0).then(pl.lit(SPREADSHEET_EPOCH) + pl.duration(days=whole)))
    fraction = pl.when((ticks % DAY > 0) | (whole == 0)).then(ticks % DAY)
    real = day.dt.year() > 1900  # a time of day alone in a workbook is dated 31/12/1899
    return frame.select(
        day=pl.when(real).then(day),
        seconds=pl.coalesce("seconds", fraction),
        bad=bad,
        old=pl.col("day").is_not_null() & ~real & ~pl.col("day").is_between(SPREADSHEET_EPOCH, date(1899, 12, 31)),
    )


DOT_CLOCK = r"^\d{1,2}[.,][0-5]?\d$"  # 8.05; and 8.3, which as a number has lost its zero
SHORT_NUMBER = r"^\d{1,2}(?:[.,]\d{1,2})?$"


def _dotted(texts: pl.Series, serials: pl.Series) -> list[pl.Series]:
    """The same rest and serial, where a column of numbers writes times of day with a dot: `8.05`, `13`. A spreadsheet's
    fraction of a day is less than 1, and has more decimals. Numbers that are neither (8.75 hours) are no time.
    """
    numbers = pl.DataFrame({"rest": texts, "serial": serials})
    hours, short = pl.col("serial").is_between(1, 24, closed="left"), pl.col("rest").str.contains(SHORT_NUMBER)
    with_dot = hours & pl.col("rest").str.contains(r"\d[.,]\d")
    told, clocks, longer = numbers.select(
        (with_dot & short).sum().alias("told"),
        (with_dot & pl.col("rest").str.contains(DOT_CLOCK)).sum().alias("clocks"),
        (with_dot & ~short).sum().alias("longer"),
    ).row(0)
    if longer or not told:
        return [texts, serials]
    which = pl.col("serial").is_between(0, 24, closed="left") & short
    clock = pl.col("rest").str.replace(",", ".", literal=True).str.replace(r"^(\d+)$", "$1.00")
    if clocks < 0.9 * told:
        which, clock = with_dot, pl.lit("?")
    return numbers.select(
        pl.when(which).then(clock).otherwise("rest").alias("rest"), pl.when(~which).then("serial").alias("serial")
    ).get_columns()


def moments(clock: pl.Series, day: pl.Series | None = None, need_clock: bool = True) -> tuple[pl.Series, pl.Series]:
    """When each row happened, to the second, and the reason where that is unknown or impossible.

    `clock` holds the time, with or without its day, as it stands in the file; `day` the day, text or date, for texts
    that have none.
    """
    at = pl.repeat(None, clock.len(), dtype=pl.Datetime("us"), eager=True) if day is not None else usual(clock)
    reason = pl.repeat(None, clock.len(), dtype=pl.String, eager=True)
    rest = at.is_null().arg_true()
    if not rest.is_empty():
        frame = parts(tidied(clock.gather(rest)))
        if day is not None:
            days = parts(day) if day.dtype == pl.String else pl.DataFrame({"day": day, "bad": False})
            frame = frame.with_columns(day=pl.coalesce("day", days["day"]), bad=pl.col("bad") | days["bad"])
        if not need_clock:
            frame = frame.with_columns(pl.col("seconds").fill_null(0))
        found = pl.col("day").cast(pl.Datetime("us")) + pl.duration(seconds="seconds")
        frame = frame.select(
            at=found,
            reason=pl.when("bad")
            .then(pl.lit("bad_time"))
            .when(found.is_null() & pl.col("old"))
            .then(pl.lit("old_time"))
            .when(found.is_null())
            .then(pl.lit("no_time")),
        )
        at, reason = at.scatter(rest, frame["at"]), reason.scatter(rest, frame["reason"])
    for wrong, unreal in (("future_time", at > now() + timedelta(days=1)), ("old_time", at < datetime(2020, 1, 1))):
        if unreal.any():
            reason = reason.scatter((unreal & reason.is_null()).fill_null(False).arg_true(), wrong)
    return at, reason


def usual(clock: pl.Series) -> pl.Series:
    """What most logs write, read at once; null for whatever is written otherwise."""
    found = clock.head(0).cast(pl.Datetime("us"))
    for form in ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M:%S"):
        found = clock.str.to_datetime(form, time_unit="us", strict=False)
        rest = found.is_null().arg_true()
        if not rest.is_empty():  # perhaps there are spaces around them
            again = tidied(clock.gather(rest)).str.to_datetime(form, time_unit="us", strict=False)
            found = found.scatter(rest, again)
        if found.null_count() * 2 < found.len():
            break
    early = found < datetime(1901, 1, 1)
    return found.set(early.fill_null(False), None) if early.any() else found


def days(texts: pl.Series, earliest: date = EARLIEST, latest: date | None = None) -> tuple[pl.Series, pl.Series]:
    """The day of each row, whatever time of day stands beside it, and the reason where it is missing or impossible."""
    frame = parts(texts).with_columns(text=texts)
    day = pl.col("day")
    reason = (
        pl.when(pl.col("text").is_null()).then(pl.lit("no_date"))
        .when(pl.col("bad") | day.is_null()).then(pl.lit("bad_date"))
        .when(day > (latest or now().date() + timedelta(days=1))).then(pl.lit("future_date"))
        .when(day < earliest).then(pl.lit("old_date"))
    )  # fmt: skip
    frame = frame.select("day", reason=reason)
    return frame["day"], frame["reason"]


MORNING, AFTERNOON = {"sang", "trua", "morning"}, {"chieu", "toi", "afternoon"}
HALF = r"\b(?:nua (?:ngay|buoi)|half(?: a)? day)\b|(?<![\d.,/])(?:1/2|0[.,]5) (?:ngay|buoi)\b"
LATE, EARLY = 10 * HOUR, 15 * HOUR  # whoever leaves later, or is back earlier, is there for half the day


def part_of_day(text: str) -> str | None:
    """morning | afternoon | half of a text about a part of the day (`Buổi sáng`, `Nghỉ 1/2 ngày`), else None."""
    folded = fold(text)
    morning, afternoon = (not words.isdisjoint(re.findall(r"\w+", folded)) for words in (MORNING, AFTERNOON))
    if morning != afternoon:
        return "morning" if morning else "afternoon"
    return "half" if re.search(HALF, folded) else None


def part_in_words(text: str) -> str | None:
    """The same of a text about anything, in which `sang` may mean `over` and `đi` may be `chiều`: only where it is
    certain.
    """
    certain = re.search(r"\b(?:sáng|chiều)\b", clean(text).lower()) or re.search(
        r"(?:buoi|nghi|\() ?(?:sang|chieu)\b", fold(text)
    )
    return part_of_day(text) if certain or re.search(HALF, fold(text)) else None


def half_days(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Days without the part of the day beside them (`sáng 24/08/2021`, `24/08/2021 (chiều)`), and that part, also as
    a time of day tells it: it is morning before `LATE`, and afternoon after `EARLY`.
    """
    part = each(texts, part_of_day, pl.String)
    worded = (part.is_not_null() & texts.str.contains(DAY_TEXT) & ~texts.str.contains(r"\d\s*[:hg]")).fill_null(False)
    bare = texts.str.extract(DAY_TEXT, 2).zip_with(worded, texts)
    told = pl.DataFrame({"part": part, "worded": worded, "at": parts(bare)["seconds"]})
    clock = pl.col("at") > 0
    return bare, told.select(
        pl.when("worded").then("part")
        .when(clock & (pl.col("at") < LATE)).then(pl.lit("morning"))
        .when(clock & (pl.col("at") > EARLY)).then(pl.lit("afternoon"))
        .when(clock).then(pl.lit("noon")).alias("part")
    ).to_series()  # fmt: skip


def a_number_of_days(text: str) -> float | None:
    """`3`, `0,5`, `1/2`, `2.5 ngày`, `03`."""
    if re.fullmatch(r"\s*1/2\D*", text) or part_of_day(text) == "half":
        return 0.5
    found = re.fullmatch(r"\s*(\d{1,3}(?:[.,]\d)?)\D*", text)
    return float(found[1].replace(",", ".")) if found else None


def days_after(first: pl.Series, lasting: pl.Series) -> pl.Series:
    """The last day of what begins on a day and lasts so many working days, half ones included."""
    told = pl.DataFrame({"first": first, "days": lasting})
    known = told.drop_nulls().unique()
    last = pl.Series([_day_after(*row) for row in known.iter_rows()], dtype=pl.Date)
    return told.join(known.with_columns(last=last), on=["first", "days"], how="left", maintain_order="left")["last"]


def _day_after(day: date, days: float) -> date:
    left = days - workdays.is_working(day)
    while left > 0:
        day += timedelta(days=1)
        left -= workdays.is_working(day)
    return day


# Words ---------------------------------------------------------------------------------------------------------------


def a_direction(text: str) -> str | None:
    """`in` or `out`, or None when it is neither, or both."""
    words = re.findall(r"\w+", fold(text))
    word = " ".join(words)
    if word in IN or word in OUT:
        return "in" if word in IN else "out"
    if len(words) > DIRECTION_WORDS:
        return None
    goes_in, goes_out = (not told.isdisjoint(words) for told in (IN_WORDS_OF, OUT_WORDS_OF))
    return None if goes_in == goes_out else "in" if goes_in else "out"


def a_tick(text: str) -> bool | None:
    """Whether a cell of a column that is ticked where something holds says so, says not, or says neither."""
    return True if text.strip() in TICKS else a_choice(text)


def a_choice(text: str) -> bool | None:
    """Có or Không."""
    word = fold(text)
    return True if word in YES else False if word in NO else None


def a_dose(text: str) -> int | None:
    """`1`, `Mũi 2`, `3.0`, `hai`."""
    if number := DOSE_WORDS.get(re.sub(r"^(mui|lan|thu|lieu)\s+(thu\s+)?", "", fold(text))):
        return number
    found = re.fullmatch(r"\D*([1-9])(?:\.0)?(?:\D.*)?", text)
    return int(found[1]) if found else None


def a_duty(text: str) -> str | None:
    """The duty that somebody is exempt from: `Tiêm chủng`, `Cài ứng dụng`, `Khai báo y tế`, `Quét mã`."""
    word = fold(text)
    return next((duty for duty, words in DUTIES.items() if any(part in word for part in words)), None)


def apps(text: str) -> list[str] | None:
    """The names of the apps in a cell, the national ones in their official spelling; None when it says there is none.

    `Bluezone và NCOVI` are two; a cell that names no national one is one app, however it is called.
    """
    if fold(text) in NOTHING | NOT_YET:
        return None
    several = [clean(piece) for piece in re.split(r"[,;/+&]|\b(?:và|va|hoặc|hoac|and|or)\b", clean(text), flags=re.I)]
    named = [APPS.get(re.sub(r"\W", "", fold(piece)), piece) for piece in several if piece]
    if not set(APPS.values()) & set(named):
        named = [APPS.get(re.sub(r"\W", "", fold(text)), clean(text))]
    return list(dict.fromkeys(named))


def has_app(text: str) -> bool | None:
    """Có, Không, or the day on which it was installed."""
    word = fold(text)
    if word in (NOTHING - {"x"}) | NOT_YET:
        return False
    if word in YES | {"da cai", "da cai dat", "co cai", "roi"} or re.fullmatch(r"[\d/.-]{8,10}( [\d:]+)?", word):
        return True
    return None


def told(texts: pl.Series) -> pl.Series:
    """The texts that say anything: `-`, `Không` and `Chưa tiêm` become null."""
    nothing = (NOTHING - {"x"}) | NOT_YET
    return each(texts, lambda text: None if fold(text) in nothing else text, pl.String)


def beside_a_day(day: pl.Series, text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The day, where only the text holds one (`Pfizer (01/07/2021)`), and the text without it."""
    lone = (day.is_null() & text.str.contains(DAY_TEXT)).fill_null(False)
    rest = text.str.replace(DAY_TEXT, "$1$3").str.strip_chars(" -–,;:()")
    rest = rest.set((rest == "").fill_null(False), None)
    return text.str.extract(DAY_TEXT, 2).zip_with(lone, day), rest.zip_with(lone, text)


LEFT = re.compile(
    r"\b(da )?(nghi viec|thoi viec|nghi huu|ve huu|chuyen (cong tac|don vi|di|co quan)|khong con (lam viec|cong tac)|"
    r"buoc thoi viec|cham dut hop dong|da nghi|da chuyen|resigned|retired|left|transferred)\b"
)


def has_left(text: str) -> bool:
    """Whether a note says that somebody works here no longer: `đã nghỉ việc`, `nghỉ hưu từ 01/06/2021`."""
    return bool(LEFT.search(fold(text)))


def last_day(text: str) -> date | None:
    """The last day of work that such a note names; `từ` is the first day without."""
    day = next(iter(days_in(text)), None)
    return day - timedelta(days=1) if day and re.search(r"\b(tu|ke tu|from|since)\b", fold(text)) else day


def symptoms(text: str) -> str:
    """What was declared; '' when nothing."""
    return "" if fold(text).rstrip(". ") in NO_SYMPTOM else clean(text)


def a_confirmation(text: str) -> str | None:
    """Who saw which paper; None when the cell says nobody did."""
    word = fold(text)
    return None if word in (NOTHING - {"x"}) | {"chua", "chua xac nhan"} else clean(text)
