"""What is decided about staff who repeatedly miss a duty: who missed what, which step the ladder proposes, the ledger.

Nothing is automatic: a leader decides each step, with a reason, a day and, where there is one, the paper's number. A
decision is about the missed days it names; the next step is proposed by days that no decision is about yet.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from quetma import directory
from quetma.access import audit
from quetma.plan import LADDER, LadderStep, Plan
from quetma.store import Store, query

DUTIES = ("scanned", "declared")  # those that are due every working day


class ConductError(ValueError):
    """A decision that cannot be; the English text is a message identifier that says why."""


@dataclass(frozen=True)
class Decision:
    """A leader's decision about somebody's missed days of a duty. document: the paper's number, '' for none."""

    person_id: int
    duty: str
    step: LadderStep
    missed: tuple[date, ...]
    reason: str
    decided_on: date
    document: str = ""


def missed(store: Store, plan: Plan, duty: str, first: date, last: date) -> pl.DataFrame:
    """Who missed the duty on a day from first to last, most days first: person_id, name, position, location,

    missed: the days. undecided: those of them that no decision is about. step: the last one decided about them within
    the ladder's days, None for none. decided_on: when. proposed: what the ladder proposes now, None for nothing.
    """
    days = store.ask("compliance/days", first=first, last=last).filter(~pl.col(duty))
    found = days.group_by("person_id", "name", maintain_order=True).agg(missed=pl.col("day").sort())
    known = store.ask("compliance/known", day=last).select("person_id", "position", "location")
    found = found.join(known, on="person_id", how="left", maintain_order="left")
    entries = ledger(store).filter(pl.col("duty") == duty)
    told = [_proposed(row, plan, entries, last) for row in found.iter_rows(named=True)]
    schema = {"undecided": pl.List(pl.Date), "step": pl.String, "decided_on": pl.Date, "proposed": pl.String}
    return (
        found.hstack(pl.DataFrame(told, schema=schema, orient="row"))
        .sort(pl.col("undecided").list.len(), pl.col("missed").list.len(), descending=True, maintain_order=True)
    )  # fmt: skip


def _proposed(row: dict[str, Any], plan: Plan, entries: pl.DataFrame, last: date) -> dict[str, Any]:
    """What is decided about one person's missed days, and what the ladder says of the others."""
    own = entries.filter(pl.col("person_id") == row["person_id"])
    about = {day for days in own["missed"] for day in days}
    undecided = [day for day in row["missed"] if day not in about]
    counting = own.filter(pl.col("decided_on") > last - timedelta(days=plan.ladder_days))
    steps = [step for step in LADDER if step in set(counting["step"])]
    reached = steps[-1] if steps else None
    ladder = list(plan.ladder)
    above = [rung for rung in ladder if reached is None or LADDER.index(rung.step) > LADDER.index(reached)]
    rung = above[0] if above else (ladder[-1] if ladder else None)  # from the top one goes no higher
    when = counting.filter(pl.col("step") == reached)["decided_on"].max() if reached else None
    return {
        "undecided": undecided,
        "step": reached,
        "decided_on": when,
        "proposed": rung.step if rung and len(undecided) >= rung.misses else None,
    }


def decide(store: Store, account: str, *decisions: Decision) -> None:
    """Keeps decisions, all or none. Raises `ConductError`."""
    rows = []
    for decision in decisions:
        if not decision.missed:
            raise ConductError("A decision is about at least one missed day.")
        if not decision.reason.strip():
            raise ConductError("A decision needs a reason.")
        if decision.decided_on > max(store.today(), store.clock().date()):
            raise ConductError("A day in the future cannot be known yet.")
        if decision.duty not in DUTIES or decision.step not in LADDER:
            raise ValueError(f"not a decision: {decision}")
        rows.append(asdict(decision) | {"missed": list(decision.missed), "of_entry": None})
    _enter(store, account, "decide", rows)


def take_back(store: Store, account: str, entry_id: int, reason: str) -> None:
    """A decision no longer holds; that it was made, and why and by whom taken back, stays. Raises `ConductError`."""
    if not reason.strip():
        raise ConductError("Say why it is taken back.")
    [row] = ledger(store).filter(pl.col("entry_id") == entry_id).iter_rows(named=True)
    kept = {name: row[name] for name in ("person_id", "duty", "step", "missed", "document")}
    kept |= {"reason": reason, "decided_on": store.clock().date(), "of_entry": entry_id}
    _enter(store, account, "take back decision", [kept])


def _enter(store: Store, account: str, action: str, rows: Sequence[dict[str, Any]]) -> None:
    at = store.clock()
    with store.write() as cursor:
        for row in rows:
            cursor.execute(query("conduct/insert")[0], row | {"entered_at": at, "entered_by": account})
            days = ", ".join(f"{day:%d/%m/%Y}" for day in row["missed"])
            told = f"{row['step']}, {row['duty']} {days}: {row['reason']}"
            audit.log_within(cursor, account, action, directory.called(store, row["person_id"]), told)


def ledger(store: Store) -> pl.DataFrame:
    """Every decision that holds, newest first (columns of queries/conduct/ledger.sql)."""
    return store.ask("conduct/ledger")
