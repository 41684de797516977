"""What an official document says, apart from how it is rendered: head, paragraphs, tables, charts, appendices."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from quetma.agency import Agency
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.fonts import has_glyph

KEPT_TOGETHER = 15  # rows: a table of no more is not broken over two pages


@dataclass(frozen=True)
class Heading:
    """A numbered heading, as in "I. …" (level 1) and "1. …" (level 2); its number stands in the text."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. basis: one of those the document rests on ("Căn cứ …"), in italics."""

    text: str
    basis: bool = False


@dataclass(frozen=True)
class Table:
    """A table of texts. widths: of the columns, relative. align: a letter a column, l(eft), c(entre) or r(ight)."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    align: str


@dataclass(frozen=True)
class Series:
    """The values of a chart under one name; None where there is none."""

    name: str
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Chart:
    """Bars (one series) or lines (up to three) over labels. said: the same in words, for who cannot see it.

    light: the numbers of the bars that are drawn light (days off). percent: values are shares of 1.
    """

    kind: str
    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    said: str
    light: tuple[int, ...] = ()
    percent: bool = False


Block = Heading | Paragraph | Table | Chart


@dataclass(frozen=True)
class Appendix:
    """An appendix, on pages of its own. landscape: for tables with many columns."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True)
class Paper:
    """An official document. kind: as in the archive. type: its type in words, as in "Báo cáo"; '' for a letter.

    code: the abbreviation of the type in the symbol, '' for a letter. addressees: those under "Kính gửi". number and
    dated are left open in a draft: '' and None. made_at: when it was put together.
    """

    kind: str
    agency: Agency
    type: str
    code: str
    subject: str
    made_at: datetime
    body: tuple[Block, ...]
    addressees: tuple[str, ...] = ()
    appendices: tuple[Appendix, ...] = ()
    number: str = ""
    dated: date | None = None

    @property
    def texts(self) -> list[str]:
        """Its paragraphs, in order: what a leader may write otherwise."""
        return [block.text for block in self.body if isinstance(block, Paragraph)]

    def rewritten(self, texts: Sequence[str]) -> "Paper":
        """The same with other paragraphs, one text for each of `texts`; of several lines it becomes several
        paragraphs, and without any it is left out.
        """
        given = iter(texts)
        body: list[Block] = []
        for block in self.body:
            if not isinstance(block, Paragraph):
                body.append(block)
                continue
            lines = (line.strip() for line in next(given).splitlines())
            body += [replace(block, text=line) for line in lines if line]
        return replace(self, body=tuple(body))

    def shortened(self, most: int) -> "Paper":
        """The same with the first `most` rows of each table; itself when no table has more."""

        def cut(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
            return tuple(
                replace(block, rows=block.rows[:most]) if isinstance(block, Table) and len(block.rows) > most else block
                for block in blocks
            )

        short = replace(
            self, body=cut(self.body),
            appendices=tuple(replace(appendix, blocks=cut(appendix.blocks)) for appendix in self.appendices),
        )  # fmt: skip
        return self if short == self else short

    @property
    def symbol(self) -> str:
        """`BC-ĐQLTT2`; of a letter the agency's alone."""
        return "-".join(filter(None, (self.code, self.agency.symbol)))

    @property
    def recipients(self) -> list[str]:
        """The lines under "Nơi nhận", the archive last."""
        first = [t("As above")] if self.addressees else []
        return [*first, *self.agency.recipients, t("Filed: clerk's office")]


# The words of the frame -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """The words of everything around the text, as they stand on the page."""

    parent: str
    agency: str
    nation: str
    motto: str
    symbol: str
    place_and_date: str
    type: str
    subject: str
    to: str
    addressees: tuple[str, ...]
    authority: str
    title: str
    signer: str
    recipients_head: str
    recipients: tuple[str, ...]
    with_document: str
    appendix_heads: tuple[str, ...] = field(default=())


ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
OPEN = "\u2026\u2026"  # what is left open in a draft


def frame(paper: Paper) -> Frame:
    """The words around the text of a paper."""
    agency = paper.agency
    letter = not paper.type
    several = len(paper.addressees) > 1
    ends = [";"] * (len(paper.addressees) - 1) + ["."]
    lines = tuple(f"- {line}{end}" for line, end in zip(paper.addressees, ends, strict=False)) if several else ()
    recipients = paper.recipients
    symbol = f"{paper.number or OPEN}/{paper.symbol}"
    dated = official_date(paper.dated) if paper.dated else t("day {open} month {open} year {year}", open="\u2026",
                                                               year=paper.made_at.year)  # fmt: skip
    word = t("Appendix")
    return Frame(
        parent=_whole_places(shown(agency.parent)).upper(),
        agency=_whole_places(shown(agency.name)).upper(),
        nation=t("SOCIALIST REPUBLIC OF VIET NAM"),
        motto=t("Independence - Freedom - Happiness"),
        symbol=shown(t("No.: {symbol}", symbol=symbol)),
        place_and_date=shown(f"{agency.place or OPEN}, {dated}"),
        type="" if letter else shown(paper.type.upper()),
        subject=shown(t("About {subject}", subject=paper.subject) if letter else paper.subject),
        to=shown(t("To:") if several else f"{t('To:')} {paper.addressees[0]}") if paper.addressees else "",
        addressees=tuple(map(shown, lines)),
        authority=shown(agency.authority.upper()),
        title=shown(agency.title.upper()),
        signer=shown(agency.signer),
        recipients_head=t("Recipients:"),
        recipients=tuple(
            shown(f"- {line.rstrip('.;')}{'.' if at == len(recipients) else ';'}")
            for at, line in enumerate(recipients, 1)
        ),
        with_document=shown(
            t("(With document No. {symbol}, {dated} of {agency})", symbol=symbol, dated=dated, agency=agency.name)
        ),
        appendix_heads=tuple(
            f"{word} {ROMAN[at]}" if len(paper.appendices) > 1 else word for at in range(len(paper.appendices))
        ),
    )


def called(agency: Agency, first: bool = False) -> str:
    """The agency in a sentence; first: at its beginning. "đơn vị" as long as nobody has said its name."""
    unit = t("the unit")
    return agency.name or (unit[:1].upper() + unit[1:] if first else unit)


def _whole_places(name: str) -> str:
    """The name with places in it kept on one line: a line ends before "tỉnh Sơn La", not within it."""
    words = t("province|city|district|town|commune|ward")
    return re.sub(rf"\b(?:{words})\b.{{1,30}}$", lambda found: found[0].replace(" ", "\xa0"), name, flags=re.IGNORECASE)


def official_day(day: date) -> str:
    """`05/8/2021`: of the days below 10 and the months 1 and 2 both digits, as the decree asks."""
    return f"{day.day:02}/{_month(day)}/{day.year}"


def official_moment(at: datetime) -> str:
    """`15 giờ 41 phút ngày 27/8/2021`."""
    return t("{hour} o'clock {minute} on {day}", hour=at.hour, minute=f"{at.minute:02}", day=official_day(at.date()))


def official_date(day: date) -> str:
    """The same in words."""
    return t("day {day} month {month} year {year}", day=f"{day.day:02}", month=_month(day), year=day.year)


def _month(day: date) -> str:
    return f"{day.month:02}" if day.month < 3 else str(day.month)


# Texts of others ------------------------------------------------------------------------------------------------------

_BREAKS = re.compile(r"[\r\n\t\u2028\u2029]+")
_PILE = re.compile(
    r"(?<=[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
)
_JOINED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # control, format (bidi marks), surrogate, private, unassigned


def shown(text: str) -> str:
    """A text from a file or a form as it can stand on paper: what has no shape of its own, or would turn the line
    around or reach into the lines above, is written as its number, `[U+202E]`; nothing is dropped.
    """
    text = unicodedata.normalize("NFC", _BREAKS.sub(" ", text))
    if text.isascii() and text.isprintable():
        return text
    return _PILE.sub(lambda found: f"[U+{ord(found[0]):04X}]", "".join(map(_shown, text)))


@cache
def _shown(letter: str) -> str:
    if letter == "\xad" or unicodedata.category(letter) in _JOINED:
        return f"[U+{ord(letter):04X}]"
    return letter


def drawn(text: str) -> str:
    """The same for a file with fonts of its own: what they have no picture for is written as its number too."""
    text = shown(text)
    return text if text.isascii() else "".join(map(_drawn, text))


@cache
def _drawn(letter: str) -> str:
    return letter if has_glyph(letter) else f"[U+{ord(letter):04X}]"


def filing(paper: Paper) -> dict[str, Any]:
    """What document management (eDMS) asks for when the document is filed."""
    agency = paper.agency
    return {
        "type": paper.type or t("Official letter"),
        "number": paper.number,
        "symbol": paper.symbol,
        "date": paper.dated.isoformat() if paper.dated else "",
        "subject": paper.subject,
        "agency": agency.name,
        "parent_agency": agency.parent,
        "place": agency.place,
        "signer": agency.signer,
        "signer_title": " ".join(filter(None, (agency.authority, agency.title))),
        "addressees": list(paper.addressees),
        "recipients": paper.recipients,
        "appendices": [appendix.title for appendix in paper.appendices],
        "language": "vi",
        "made_at": paper.made_at.isoformat(timespec="seconds"),
    }


def keywords(paper: Paper) -> list[str]:
    """What of `filing` goes into the metadata of the file itself, beside title, subject and author."""
    told = filing(paper)
    return [
        f"{name}: {told[key]}"
        for name, key in (
            (t("Type"), "type"), (t("Number"), "number"), (t("Symbol"), "symbol"), (t("Date"), "date"),
            (t("Signer"), "signer"),
        )
        if told[key]
    ] + [f"{t('Recipient')}: {line}" for line in (*paper.addressees, *paper.recipients)]  # fmt: skip
