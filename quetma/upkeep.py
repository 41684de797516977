"""What was done to the store itself: backups, restores, purges; when, by whom, and what came of it."""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any, Literal

from quetma.access import chain
from quetma.store import Store, now, query

AGAIN = timedelta(hours=1)  # after a run that failed

Task = Literal["backup", "restore", "purge", "audit", "snapshot"]


@dataclass(frozen=True)
class Run:
    """One run of a task. failed: why it did not work, '' when it did. detail: what came of it."""

    task: str
    ran_at: datetime
    ran_by: str
    failed: str
    detail: dict[str, Any]


def note(store: Store, task: Task, account: str, detail: dict[str, Any] | None = None, failed: str = "") -> None:
    """Writes a run down."""
    store.append("upkeep", task, now(), account, failed, json.dumps(detail or {}, ensure_ascii=False))


def runs(store: Store, task: Task | None = None, rows: int = 100) -> list[Run]:
    """The newest runs, newest first."""
    # not `store.ask`: rows are appended without a write of the store, and its answers would stand still
    found = store.cursor().sql(query("upkeep/runs")[0], params={"task": task, "rows": rows}).pl()
    return [Run(**row | {"detail": json.loads(row["detail"])}) for row in found.iter_rows(named=True)]


def last(store: Store, task: Task, good: bool = True, before: datetime | None = None) -> Run | None:
    """The newest run that worked (good), or any; what lies after `before`, when a clock was wrong, is left out."""
    return next(
        (run for run in runs(store, task) if not (good and run.failed) and (before is None or run.ran_at <= before)),
        None,
    )


def due(store: Store, task: Task, hour: time, at: datetime) -> bool:
    """Whether the day's run is to be made: none since that hour of today, or of yesterday while it is not yet. One that
    failed is tried again after an hour.
    """
    since = datetime.combine(at.date() if at.time() >= hour else at.date() - timedelta(days=1), hour)
    good = last(store, task, before=at)
    tried = last(store, task, good=False, before=at)
    if good and good.ran_at >= since:
        return False
    return not (tried and tried.failed and tried.ran_at > at - AGAIN)


def look_at_audit(store: Store, account: str) -> list[str]:
    """Looks the audit's chain through, and writes down what was found; [] when it hangs together."""
    found = chain.check(store.cursor())
    last = chain.head(store.cursor())
    told: dict[str, Any] = {"entries": last.number, "seal": last.seal}
    note(store, "audit", account, told, found[0] if found else "")
    return found
