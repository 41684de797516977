"""Rows of a table that are no records: totals, signatures, page numbers, column names repeated on each page. They are
told apart from rows that somebody has to mend.
"""

import re

import polars as pl

from quetma import people
from quetma.intake.columns import NOT_ASKED, SPELLINGS, Recognised, fields_of, plain
from quetma.intake.errors import REASON

TOTAL = re.compile(r"[\W\d_]*(tong|cong|total)\b")
TOTAL_WORDS = 6
SIGNED = re.compile(
    r"(nguoi (lap|in|xuat|ky|kiem tra|phu trach|giam sat|bao cao|tong hop)\b.*|thu truong\b.*|ke toan( truong)?|"
    r"giam doc|(pho )?(doi|phong|thu) truong|truong phong|thu kho|xac nhan\b.*|lanh dao\b.*|\W*ky\b.*ho ten\W*|"
    r"\W*da ky\W*|prepared by.*|signature.*)"
)
NOTE = re.compile(
    r"((trang|page|tr)\W*\d+(\W*(tren|of)?\W*\d+)?|.{0,40}\bngay .{1,5} thang .{1,5} nam .{2,6}|(ghi chu|note)s?\b.*|"
    r"(ngay|thoi gian|luc)? ?(in|xuat)( bao cao| file| tep| luc| ngay)*\W+[\d/: .-]+|het)\W*"
)
SHORT = 200  # characters; a longer row is no note
RECORD = r"\d{6}|\d[:h]\d\d"  # a phone, a time: a row with one is somebody's, unless it has one of these words
NOTED = "tong|cong|total|in |xuat"
PERHAPS_NOTED = r"(?i)[tc]\S{1,4}ng|total|[iìíỉĩị]\p{M}*n\s|xu\S{1,4}t"  # before folding, and more than these


def doubtful(rows: pl.DataFrame) -> pl.DataFrame:
    """The refused ones of these rows (line, raw, reason) that may be no records: row (their index), line, reason and
    folded.
    """
    at = rows["reason"].is_not_null().arg_true()
    refused = rows.select(at.alias("row"), pl.all().gather(at))
    raw = pl.col("raw")
    short = refused.filter(raw.str.len_chars() <= SHORT, ~raw.str.contains(RECORD) | raw.str.contains(PERHAPS_NOTED))
    short = short.select("row", "line", "reason", folded=people.fold_all(short["raw"].str.replace_all(r"\t", " | ")))
    return short.filter(~pl.col("folded").str.contains(RECORD) | pl.col("folded").str.contains(NOTED))


def marked(rows: pl.DataFrame, found: Recognised) -> pl.DataFrame:
    """The same rows (line, raw, reason) with those of the refused ones that are no records marked as such."""
    good = rows["line"].filter(rows["reason"].is_null()).max() or 0
    header = {plain(cell) for cell in found.header.cells if cell.strip()} | SPELLINGS[found.kind].keys() | NOT_ASKED
    separator = getattr(found.source, "separator", "|").replace("\t", "|")
    at: list[int] = []
    reasons: list[str] = []
    signed = False
    for row in doubtful(rows).iter_rows(named=True):
        reason = _reason(row["folded"], row["reason"], separator, header, signed and row["line"] > good)
        signed |= reason == "signed"
        if reason:
            at.append(row["row"])
            reasons.append(reason if reason == "header_row" else "total_row")
    return rows.with_columns(rows["reason"].scatter(at, pl.Series(reasons, dtype=REASON))) if at else rows


def other_order(rows: pl.DataFrame, found: Recognised) -> int | None:
    """The first line on which column names are repeated in another order than in the header. rows: as marked."""
    own = fields_of(found.header.cells, found.kind)
    separator = getattr(found.source, "separator", "\t")
    for line, raw in rows.filter(pl.col("reason") == "header_row").select("line", "raw").iter_rows():
        again = fields_of([cell.strip(' "') for cell in raw.split(separator)], found.kind)
        if any(own.get(field, index) != index for field, index in again.items()):
            return int(line)
    return None


def _reason(folded: str, reason: str, separator: str, header: set[str], below: bool) -> str:
    """header_row | signed | note, or '' for what may be a record. below: a signature stands above, and no good row."""
    pieces = [piece for part in folded.split(separator) if (piece := part.strip(' ",;'))]
    whole = " ".join(pieces)
    if TOTAL.match(folded) and len(re.findall(r"\w+", folded)) <= TOTAL_WORDS:
        return "note"
    if len(pieces) > 1 and all(plain(piece) in header for piece in pieces):
        return "header_row"
    if SIGNED.fullmatch(whole) or (pieces and all(SIGNED.fullmatch(piece) for piece in pieces)):
        return "signed"
    if NOTE.fullmatch(whole) or (pieces and all(NOTE.fullmatch(piece) for piece in pieces)):
        return "note"
    if len(pieces) == 1 and (reason == "no_person" or (reason == "bad_row" and not re.search(r"\d", whole))):
        return "note"
    return "note" if below and len(pieces) <= 3 and not re.search(r"\d", whole) else ""
