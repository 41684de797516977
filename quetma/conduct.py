"""What is decided about staff who repeatedly miss a duty: who missed what, which step the ladder proposes, the ledger.

Nothing is automatic: a leader decides each step, with a reason, a day and, where there is one, the paper's number. A
decision is about the missed days it names; the next step is proposed by days that no decision is about yet. A late
upload may show that such a day was not missed after all: the ledger then says so, and a leader takes it back.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import directory
from quetma.access import audit
from quetma.plan import LADDER, LadderStep, Plan
from quetma.store import Store, query

DUTIES = ("scanned", "declared")  # those that are due every working day
Channel = Literal["handed", "told", "email"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)


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
    known = store.ask("compliance/staff", day=last).select("person_id", "position", "location")
    found = found.join(known, on="person_id", how="left", maintain_order="left")
    entries: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for entry in ledger(store).filter(pl.col("duty") == duty).iter_rows(named=True):
        entries[entry["person_id"]].append(entry)
    told = [_proposed(row, plan, entries.get(row["person_id"], []), last) for row in found.iter_rows(named=True)]
    schema = {"undecided": pl.List(pl.Date), "step": pl.String, "decided_on": pl.Date, "proposed": pl.String}
    return (
        found.hstack(pl.DataFrame(told, schema=schema, orient="row"))
        .sort(pl.col("undecided").list.len(), pl.col("missed").list.len(), descending=True, maintain_order=True)
    )  # fmt: skip


def _proposed(row: dict[str, Any], plan: Plan, own: list[dict[str, Any]], last: date) -> dict[str, Any]:
    """What is decided about one person's missed days, and what the ladder says of others. own: rows of the ledger."""
    about = {day for entry in own for day in entry["missed"]}
    undecided = [day for day in row["missed"] if day not in about]
    since = last - timedelta(days=plan.ladder_days)
    counting = {entry["step"]: entry["decided_on"] for entry in reversed(own) if entry["decided_on"] > since}
    steps = [step for step in LADDER if step in counting]
    reached = steps[-1] if steps else None
    ladder = list(plan.ladder)
    above = [rung for rung in ladder if reached is None or LADDER.index(rung.step) > LADDER.index(reached)]
    rung = above[0] if above else (ladder[-1] if ladder else None)  # from the top one goes no higher
    when = counting[reached] if reached else None
    return {
        "undecided": undecided,
        "step": reached,
        "decided_on": when,
        "proposed": rung.step if rung and len(undecided) >= rung.misses else None,
    }


def decide(store: Store, account: str, *decisions: Decision) -> list[int]:
    """Keeps decisions, all or none; their numbers. Raises `ConductError`."""
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
    with store.write() as cursor:  # nobody else writes meanwhile: what is asked here still holds when it is kept
        for decision in decisions:
            _check(store, decision)
        return _enter(cursor, store, account, "decide", rows)


def _check(store: Store, decision: Decision) -> None:
    """Whether the person still missed these days, and nobody has decided about one of them meanwhile."""
    days = store.ask("compliance/days", first=min(decision.missed), last=max(decision.missed))
    own = days.filter((pl.col("person_id") == decision.person_id) & ~pl.col(decision.duty))
    if not set(decision.missed) <= set(own["day"]):
        raise ConductError("By now the data says that one of these days was not missed. Look at the list again.")
    entries = ledger(store).filter(person_id=decision.person_id, duty=decision.duty)
    if set(decision.missed) & {day for days in entries["missed"] for day in days}:
        raise ConductError("Somebody has decided about one of these days meanwhile. Look at the list again.")


def take_back(store: Store, account: str, entry_id: int, reason: str) -> None:
    """A decision no longer holds; that it was made, and why and by whom taken back, stays. Raises `ConductError`."""
    if not reason.strip():
        raise ConductError("Say why it is taken back.")
    with store.write() as cursor:
        found = ledger(store).filter(entry_id=entry_id).rows(named=True)
        if not found:
            raise ConductError("This decision was taken back already.")
        kept = {name: found[0][name] for name in ("person_id", "duty", "step", "missed", "document")}
        kept |= {"reason": reason.strip(), "decided_on": store.clock().date(), "of_entry": entry_id}
        _enter(cursor, store, account, "take back decision", [kept])


def _enter(
    cursor: DuckDBPyConnection, store: Store, account: str, action: str, rows: Sequence[dict[str, Any]]
) -> list[int]:
    at = store.clock()
    numbers = []
    for row in rows:
        values = row | {"entered_at": at, "entered_by": account}
        numbers += [number for (number,) in cursor.execute(query("conduct/insert")[0], values).fetchall()]
        days = ", ".join(f"{day:%d/%m/%Y}" for day in row["missed"])
        told = f"{row['step']}, {row['duty']} {days}: {row['reason']}"
        audit.log_within(cursor, account, action, directory.called(store, row["person_id"]), told)
    return numbers


def ledger(store: Store) -> pl.DataFrame:
    """Every decision that holds, newest first (columns of queries/conduct/ledger.sql)."""
    return store.ask("conduct/ledger")


def everything(store: Store, person_id: int = 0) -> pl.DataFrame:
    """Every decision ever made, also those taken back (columns of queries/conduct/entries.sql); 0: about everybody."""
    return store.ask("conduct/entries", person_id=person_id)


def told(store: Store, account: str, entry_id: int, channel: Channel, failed: str = "") -> None:
    """Notes that a decision reached the person concerned that way; or why it failed to."""
    with store.write() as cursor:
        values = {
            "of_entry": entry_id, "channel": channel, "failed": failed, "entered_at": store.clock(),
            "entered_by": account,
        }  # fmt: skip
        cursor.execute(query("conduct/notice")[0], values)
        found = ledger(store).filter(entry_id=entry_id)["person_id"].to_list()
        if not found:
            raise ConductError("This decision was taken back already.")
        subject = directory.called(store, found[0])
        action = "notice failed" if failed else "notice given"
        audit.log_within(cursor, account, action, subject, f"{channel}, decision {entry_id}")
