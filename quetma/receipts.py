"""Saved answers of traces: what was asked, by which rules, on which uploads and decisions, and what came out.

A receipt is sealed by the SHA-256 of everything in it, which also stands in the audit, written in the same transaction:
`check` finds what was changed or taken out behind the program's back. It holds the whole answer, names and phones too,
so that it opens the same after the uploads were undone, people merged or deleted. What the store answers by now is
compared with it in quetma/changes.py.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import language, tracing
from quetma.access import audit
from quetma.cases import RegisteredCase
from quetma.store import Store, now, query

FORMAT = 1
FRAMES = ("people", "f1", "f2", "f3", "candidates", "unscanned")
ACTION = "save trace"
GROUNDS = pl.Schema(
    {
        "what": pl.String, "thing": pl.String, "label": pl.String, "value": pl.String,
        "since": pl.Datetime("us"), "done_by": pl.String,
    }
)  # fmt: skip
_TYPES = {
    str(dtype): dtype
    for dtype in (pl.Int128, pl.Int64, pl.Int32, pl.Int16, pl.Int8, pl.Float64, pl.String, pl.Boolean, pl.Date, pl.Null)
} | {"Datetime": pl.Datetime("us")}
_MOMENT = "%Y-%m-%dT%H:%M:%S%.6f"


class Unreadable(ValueError):
    """A receipt's content is not one this program wrote."""


@dataclass(frozen=True)
class Receipt:
    """A saved answer. case_id: the registered case it is about. sha256: its fingerprint, which fits when `intact`."""

    receipt_id: int
    saved_at: datetime
    saved_by: str
    note: str
    case_id: int | None
    content: str
    sha256: str

    @property
    def intact(self) -> bool:
        """Whether nothing of it was changed since it was saved."""
        return self.sha256 == _seal(self)

    @cached_property
    def _parts(self) -> dict[str, Any]:
        try:
            parts = json.loads(self.content)
            known = parts["format"] == FORMAT
        except (ValueError, KeyError, TypeError) as error:
            raise Unreadable(f"Receipt {self.receipt_id} cannot be read: {error}") from error
        if not known:
            raise Unreadable(f"Receipt {self.receipt_id} was written by another version of the program.")
        return parts

    @cached_property
    def answer(self) -> tracing.Trace:
        """The answer as it was saved."""
        parts = self._parts
        frames = {name: _frame(parts[name]) for name in FRAMES}
        question = tracing.Question.from_json(json.dumps(parts["question"]))
        steps = [frames.pop(name) for name in ("f1", "f2", "f3")]
        reached = steps[: question.steps]
        told = dict(enumerate(steps, 1)).__getitem__
        return tracing.Trace(question, reached=reached, told=told, present=frozenset(parts["present"]), **frames)

    @cached_property
    def contacts(self) -> pl.DataFrame:
        """The contacts of the cases with the F1s as they were saved (columns of queries/tracing/evidence.sql)."""
        return _frame(self._parts["contacts"])

    @cached_property
    def grounds(self) -> pl.DataFrame:
        """What the answer rested on (columns of queries/receipts/grounds.sql), the rules among it."""
        return _frame(self._parts["grounds"])

    @cached_property
    def identities(self) -> dict[int, str]:
        """Person of the answer → who that was, whatever number the store gives them later."""
        return {int(person): identity for person, identity in self._parts["identities"].items()}


def save(store: Store, answer: tracing.Trace, account: str, note: str = "", case_id: int | None = None) -> Receipt:
    """Saves an answer with what it rests on, and writes that to the audit, in one transaction.

    The answer is asked again inside, so that what is saved is one moment's: not of an upload that came in between.
    """
    with store.write() as cursor:
        answer = tracing.trace(store, answer.question, whole=True)
        content = {
            "format": FORMAT,
            "question": json.loads(answer.question.json()),
            "present": sorted(answer.present),
            **{name: _plain(getattr(answer, name)) for name in FRAMES},
            "contacts": _plain(tracing.evidence(store, answer)),
            "grounds": _plain(grounds(store, answer.question)),
            "identities": {str(person): identity for person, identity in identities(store, answer).items()},
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        [(number,)] = cursor.execute(query("receipts/next_id")[0]).fetchall()
        receipt = Receipt(number, now().replace(microsecond=0), account, note.strip(), case_id, text, "")
        receipt = replace(receipt, sha256=_seal(receipt))
        values = {field.name: getattr(receipt, field.name) for field in fields(receipt)}
        cursor.execute(query("receipts/insert")[0], values)
        _log(cursor, receipt)
    return receipt


def _log(cursor: DuckDBPyConnection, receipt: Receipt) -> None:
    who = ", ".join(f"{row['name']} {row['phone']}".strip() for row in receipt.answer.people.iter_rows(named=True))
    audit.log_within(
        cursor, receipt.saved_by, ACTION, f"{receipt.receipt_id} {who}", receipt.sha256, at=receipt.saved_at
    )


def saved(store: Store, case_id: int | None = None, first: int = 0, rows: int = 10) -> tuple[list[Receipt], int]:
    """Saved answers, newest first, `rows` of them after skipping `first`; and how many there are in all."""
    found = store.ask("receipts/saved", case_id=case_id, page_size=rows, page_start=first)
    total = found["total"][0] if found.height else 0
    return [Receipt(**row) for row in found.drop("total").iter_rows(named=True)], total


def opened(store: Store, receipt_id: int) -> Receipt | None:
    """One saved answer, or None when there is no such."""
    return next((Receipt(**row) for row in store.ask("receipts/one", receipt=receipt_id).iter_rows(named=True)), None)


def limits(store: Store, case: RegisteredCase) -> tracing.Question:
    """What is asked of a case: with the limits of the newest answer saved for it; else by its rule."""
    newest, _ = saved(store, case.case_id, rows=1)
    asked = newest[0].answer.question if newest and newest[0].intact else tracing.Question((case.case,))
    return replace(asked, cases=(case.case,))


def grounds(store: Store, question: tracing.Question) -> pl.DataFrame:
    """What an answer rests on besides its question: uploads, decisions, opening hours, settings, rules.

    Columns of queries/receipts/grounds.sql.
    """
    question = question.resolved()
    found = store.ask(
        "receipts/grounds",
        first_day=(question.since - tracing.LONGEST_STAY).date(),
        last_day=(question.until + timedelta(minutes=question.linger)).date(),
    )
    rules = [tracing.rule_named(name) for name in sorted({case.rule for case in question.cases if case.rule})]
    rows = [("rule", rule.id, rule.name, _fingerprint(asdict(rule)), None, None) for rule in rules]
    return pl.concat([found.cast(GROUNDS), pl.DataFrame(rows, schema=GROUNDS, orient="row")])


def identities(store: Store, answer: tracing.Trace) -> dict[int, str]:
    """Person of the answer → who they are, whatever their number."""
    frames = (answer.people, answer.f1, answer.f2, answer.f3, answer.unscanned)
    named = {person for person, _ in answer.question.isolated}
    people = sorted(named.union(*(frame["person_id"] for frame in frames)))
    return dict(store.ask("receipts/identities", people=people).iter_rows())


def check(store: Store) -> list[str]:
    """A line for each saved answer that was changed or taken out since; [] when there is none."""
    found, kept = [], {}
    for receipt in _all(store):
        kept[str(receipt.receipt_id)] = receipt.sha256
        if not receipt.intact:
            found.append(f"receipt {receipt.receipt_id}: its content is not what was saved")
    for row in store.ask("receipts/written").iter_rows(named=True):
        number = row["subject"].split(" ")[0]
        when = language.moment(row["logged_at"])
        if number not in kept:
            found.append(f"receipt {number}: saved at {when} by {row['account']}, and gone")
        elif kept[number] != row["detail"]:
            found.append(f"receipt {number}: its fingerprint is not the one of {when} in the audit")
    return found


def _all(store: Store) -> Iterable[Receipt]:
    first, total = 0, 1
    while first < total:
        some, total = saved(store, first=first, rows=50)
        yield from some
        first += 50


def _seal(receipt: Receipt) -> str:
    return _fingerprint({**{f.name: getattr(receipt, f.name) for f in fields(receipt)}, "sha256": ""})


def _fingerprint(value: dict[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


# Frames as JSON -------------------------------------------------------------------------------------------------------


def _plain(frame: pl.DataFrame) -> dict[str, Any]:
    """A frame as JSON can hold it; `_frame` makes the same frame of it again."""
    types = [[name, "Datetime" if dtype == pl.Datetime("us") else str(dtype)] for name, dtype in frame.schema.items()]
    shown = frame.with_columns(pl.col(pl.Datetime("us")).dt.strftime(_MOMENT), pl.col(pl.Date).dt.strftime("%Y-%m-%d"))
    return {"columns": types, "rows": [list(row) for row in shown.iter_rows()]}


def _frame(plain: dict[str, Any]) -> pl.DataFrame:
    types = {name: _TYPES[dtype] for name, dtype in plain["columns"]}
    texts = {name: pl.String if dtype.is_temporal() else dtype for name, dtype in types.items()}
    moments, days = ([name for name, dtype in types.items() if dtype == kind] for kind in (pl.Datetime("us"), pl.Date))
    return pl.DataFrame(plain["rows"], schema=texts, orient="row").with_columns(
        pl.col(moments).str.to_datetime(_MOMENT, time_unit="us"), pl.col(days).str.to_date("%Y-%m-%d")
    )
