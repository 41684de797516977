"""The answer to a request for information: the list as XLSX, and the letter as PDF and DOCX, all kept in the archive.

Names and phones are masked as the national platform masks them, unless the requester has a right to more; purposes and
files, which may name people, are then left out.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import archive, inquiries, settings
from quetma.archive import Document
from quetma.documents import history, table
from quetma.documents.official import FORMATS, making
from quetma.documents.official import WRITTEN as t
from quetma.documents.official.letter import letter
from quetma.documents.official.paper import Appendix, Paper, Table, official_day
from quetma.history import Filter
from quetma.inquiries import End, Inquiry, InquiryError
from quetma.language import Translate, number
from quetma.store import Store

TITLE = 200  # characters of an appendix's title
LISTED = 500  # scans that the letter itself lists; of more it lists the days, and the XLSX every scan


@dataclass(frozen=True)
class Counted:
    """What the list holds: its sentence with the count, how many scans, by day; the first of them as they are shown.

    title: the sentence, shorter when it names many.
    """

    sentence: str
    scans: int
    days: list[tuple[date, int]]
    rows: pl.DataFrame
    title: str


def counted(store: Store, inquiry: Inquiry, whole: bool, t: Translate = t) -> Counted:
    """What an answer would hold now, said in the language of `t`."""
    asked = inquiry.filter
    days = store.ask("history/days", **asked.params(store.whole.ask)).rows()
    scans = sum(n for _, n in days)
    rows = asked.page(store, 1, LISTED) if scans <= LISTED else pl.DataFrame()
    if rows.height:
        rows = history.nameless(rows)
        rows = rows if whole else history.masked(rows)
    sentence = title = asked.sentence(store, t, scans, masked=not whole)
    if len(sentence) > TITLE:  # who and where is told in the letter: as a heading it would fill pages
        title = Filter(asked.first, asked.last).sentence(store, t, scans)
        title = t("{sentence}, of the people and places named in 1", sentence=title)
    return Counted(sentence, scans, days, rows, title)


def give(store: Store, account: str, inquiry: Inquiry, *, whole: bool, basis: str = "") -> list[Document]:
    """Makes the answer and ends the request: the list, and the letter in both formats. whole: names and phones as they
    are, by the right that `basis` names. Raises `InquiryError`; the request is open then.
    """
    if whole and not basis.strip():
        raise InquiryError("Say by what right the requester gets names and phones whole.")
    store.require("inquiry", [inquiry.inquiry_id])
    inquiries.check_open(store, inquiry.inquiry_id)
    days = (inquiry.first_day, inquiry.last_day)
    found = counted(store, inquiry, whole)
    said = [found.sentence]

    def write(path: Path) -> None:
        said[0] = history.write(store, inquiry.filter, "xlsx", path, "vi", whole=whole)

    name = f"lich-su-quet-ma-yeu-cau-{inquiry.inquiry_id}.xlsx"
    listed = archive.keep(
        store, account, "history", inquiry.about, name, write, days=days, reason=_reason(inquiry),
        within=lambda cursor, document: inquiries.attach(cursor, inquiry.inquiry_id, document.document_id),
    )  # fmt: skip
    if said[0] != found.sentence:  # something was uploaded in between
        found = counted(store, inquiry, whole)
    paper = _answer(store, inquiry, found, listed, basis.strip() if whole else "")
    end = End("answered", basis.strip() if whole else "", whole, found.scans)
    return [listed, *_letters(store, account, inquiry, paper, end)]


def refuse(store: Store, account: str, inquiry: Inquiry, reason: str) -> list[Document]:
    """Ends the request with a letter that says why it is refused, in both formats. Raises `InquiryError`."""
    reason = " ".join(reason.split())
    if not reason:
        raise InquiryError("Say why the request is refused.")
    store.require("inquiry", [inquiry.inquiry_id])
    inquiries.check_open(store, inquiry.inquiry_id)
    body = [_reply(store, inquiry), t("The unit cannot give what was asked for ({about}). Reason: {reason}.",
                                      about=inquiry.filter.sentence(store, t, 0, masked=True).rpartition(":")[0],
                                      reason=reason.rstrip(".")), _closing(store)]  # fmt: skip
    paper = letter(store, t("the request for information about check-ins"), [inquiry.requester], body)
    return _letters(store, account, inquiry, paper, End("refused", reason))


def _letters(store: Store, account: str, inquiry: Inquiry, paper: Paper, end: End) -> list[Document]:
    made = []
    for at, fmt in enumerate(FORMATS, 1):

        def within(cursor: DuckDBPyConnection, document: Document, last: bool = at == len(FORMATS)) -> None:
            inquiries.attach(cursor, inquiry.inquiry_id, document.document_id)
            if last:
                inquiries.finish(cursor, account, inquiry, end, store.clock())

        made.append(
            making.make(store, account, paper, fmt, about=f"yeu-cau-{inquiry.inquiry_id}", reason=_reason(inquiry),
                        within=within)
        )  # fmt: skip
    return made


def _answer(store: Store, inquiry: Inquiry, found: Counted, listed: Document, basis: str) -> Paper:
    """The letter."""
    body = [
        _reply(store, inquiry),
        t("1. What is given: {sentence}.", sentence=found.sentence[:1].lower() + found.sentence[1:]),
        t("2. The list is in the file {file}, SHA-256 {sha256}{appendix}.", file=listed.file_name,
          sha256=_readable(listed.sha256), appendix=t(", and in the appendix") if found.scans else ""),
        t("3. Names and phones are given whole, by: {basis}.", basis=basis.rstrip("."))
        if basis
        else t("3. The last word of names and the last three digits of phones are masked (***), as no right to more "
               "was shown."),
        t("The receiver is asked to use these data only for the purpose stated, to protect them by Law 91/2025/QH15 on "
          "personal data, and to delete them when the purpose is done."),
        _closing(store),
    ]  # fmt: skip
    appendices = [_appendix(found)] if found.scans else []
    subject = t("giving information from the check-in log")
    return letter(store, subject, [inquiry.requester], body, appendices=appendices)


def _appendix(found: Counted) -> Appendix:
    if found.rows.is_empty():
        rows = tuple((f"{day:%d/%m/%Y}", number(scans)) for day, scans in sorted(found.days))
        told = Table(t("Scans by day; every one is in the file"), (t("Day"), t("Scans")), rows, (2, 1), "cr")
        return Appendix(found.title, (told,))
    columns = [column for column in history.columns(t) if column.name in history.GIVEN]
    shown = table.in_words(found.rows.select(column.name for column in columns), columns)
    shown = shown.with_columns(pl.col("scanned_at").dt.strftime(table.MOMENT))
    rows = tuple((str(n), *(cell or "" for cell in row)) for n, row in enumerate(shown.iter_rows(), 1))
    heads = (t("No."), *(column.heading for column in columns))
    return Appendix(found.title, (Table("", heads, rows, (0.6, 3, 1.6, 1.2, 2.4, 2, 0.9), "clclllc"),), landscape=True)


def _reply(store: Store, inquiry: Inquiry) -> str:
    under = ""
    if inquiry.document:
        under = t(" No. {document}", document=inquiry.document)
        under += t(" of {day}", day=official_day(inquiry.dated)) if inquiry.dated else ""
    return t("In reply to the request{under} of {requester}, received on {received}, for this purpose: {purpose}; "
             "{unit} has this to say:", under=under, requester=inquiry.requester,
             received=official_day(inquiry.received_on), purpose=inquiry.purpose.rstrip("."),
             unit=_unit(store))  # fmt: skip


def _closing(store: Store) -> str:
    return t("Above is the answer of {unit}./.", unit=_unit(store))


def _unit(store: Store) -> str:
    return settings.get(store, "unit_name") or t("the unit")


def _readable(fingerprint: str) -> str:
    """In groups of eight, so that it can be read out and breaks over lines."""
    return " ".join(fingerprint[at : at + 8] for at in range(0, len(fingerprint), 8))


def _reason(inquiry: Inquiry) -> str:
    under = f" ({inquiry.document})" if inquiry.document else ""
    return f"{inquiry.requester}{under}: {inquiry.purpose}"
