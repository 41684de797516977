"""The lake: what queries about many scans read, as Delta tables that a second engine reads where it likes.

    lake = Lake(folder); lake.publish(store)   # what is stored is there, whole, or what was there before still is

Each table is what a query sees under that name, views and all, so there is one definition of each. It is cut into parts
(days, months, numbers of people), and only parts that differ are written. `published.json` names one version of each
table; it is exchanged by renaming, so a reader sees all of an upload or nothing. What a killed writer left behind is in
no such version, and goes with the next sweep, as do the files that an undo or a deletion replaced.
"""

import fcntl
import json
import os
import threading
from collections.abc import Collection, Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake
from duckdb import DuckDBPyConnection

from quetma.durable import private, share, sync
from quetma.engine import PUBLISHED
from quetma.store import Store, now

GRACE = timedelta(minutes=10)  # that a question may still read what was replaced
ROWS_AT_ONCE = 2_000_000  # that one commit writes, so that memory does not grow with the store
FRAME_ROWS = 100_000
WRITING = ".writing"  # in the lake: locked by who writes there
DAY, MONTH = "%Y-%m-%d", "%Y-%m"


@dataclass(frozen=True)
class Table:
    """A table of the lake. rows: the query that says what it holds. part: which part a row lies in. at: the column that
    says when, of a table cut into days or months (cut). order: of the rows in a part. told: the columns whose least and
    greatest values may stand in the table's log: no names, no health.
    """

    rows: str
    part: str = "'-'"
    at: str = ""
    cut: str = ""
    order: str = "part"
    told: str = ""


def _dated(rows: str, cut: str, at: str, order: str) -> Table:
    return Table(rows, f"STRFTIME({at}, '{cut}')", at, cut, order, at)


TABLES = {
    "scan": _dated("FROM scan", DAY, "scanned_at", "location_id, scanned_at"),
    "stay": _dated("FROM stay", DAY, "day", "location_id, t_in"),
    "listed": _dated("FROM listed", DAY, "scanned_at", "location_id, scanned_at"),
    "declaration": _dated("SELECT person_id, declared_at, symptoms FROM declaration", MONTH, "declared_at", "2"),
    "said_gone": _dated("SELECT person_id, location_id, scanned_at FROM said_gone", MONTH, "scanned_at", "3"),
    "door_visit": _dated("SELECT person_id, location_id, scanned_at, host FROM door_visit", MONTH, "scanned_at", "3"),
    **{
        name: _dated(f"FROM {name}", MONTH, "day", "day")
        for name in (
            "scan_day", "flow_quarter", "flow_day", "stay_day", "flow_peak", "staff_day", "duty_day",
            "compliance_day",
        )
    },
    "person": Table(
        "SELECT person_id, name, sort_key, phone, phone_shown, birth_year, masked FROM person",
        "CAST(person_id // 100000 AS VARCHAR)", order="person_id", told="person_id",
    ),
    "staff_person": Table("FROM staff_person", order="person_id", told="person_id"),
    # A Delta table has no times of day: the moment on a day of which nobody asks.
    "location": Table(
        "SELECT location_id, name, name_key, capacity, DATE '1970-01-01' + opens AS opens, "
        "DATE '1970-01-01' + closes AS closes FROM location"
    ),
    "batch": Table(
        "SELECT batch_id, kind, file_name, uploaded_at, uploaded_by, accepted, duplicates, rejected, door FROM batch"
    ),
    "calendar": Table("FROM calendar"),
    "staff": Table("FROM staff"),
    "employment": Table("FROM employment"),
    "current_dose": Table("FROM current_dose"),
    "absence": Table("FROM absence"),
    "exemption": Table("FROM exemption"),
}  # fmt: skip

Prints = dict[str, tuple[int, str]]  # part → how many rows, and the sum of their fingerprints


@dataclass(frozen=True)
class State:
    """A published state: its mark, when it was made, the version, the parts and the columns of each table. retired: the
    versions of the states before it, each with when it was replaced.
    """

    mark: str
    made_at: datetime
    versions: dict[str, int]
    parts: dict[str, Prints]
    columns: dict[str, str]
    retired: list[tuple[datetime, dict[str, int]]] = field(default_factory=list)


class Lake:
    """The lake of one store, in a folder that the server and the engine both see under that path."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.done = -1  # the version of the store that is published
        self._writing = threading.Lock()

    def path(self, table: str) -> str:
        """Where that table is."""
        return str(self.folder / table)

    def state(self) -> State | None:
        """What is published; None when nothing is."""
        try:
            told = json.loads((self.folder / PUBLISHED).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return State(
            told["mark"],
            datetime.fromisoformat(told["made_at"]),
            told["versions"],
            {
                name: {part: (rows, mark) for part, (rows, mark) in parts.items()}
                for name, parts in told["parts"].items()
            },
            told["columns"],
            [(datetime.fromisoformat(at), versions) for at, versions in told["retired"]],
        )

    def own(self, store: Store) -> State | None:
        """What this store published last; None when the lake is another's, or of another time (a backup put back)."""
        state = self.state()
        with closing(store.cursor()) as cursor:
            marks = cursor.execute("SELECT mark FROM published").fetchall()
        return state if state and marks == [(state.mark,)] else None

    def publish(self, store: Store, everything: bool = False) -> State:
        """Publishes what changed since this store published last, as it is at one moment; with `everything`, or when
        the lake does not have what this store published, all that differs. Returns what is published then.
        """
        store.followed = True
        with self._alone():
            before, stood = self.state(), store.version
            with closing(store.cursor()) as cursor:
                cursor.execute("BEGIN")
                days, last = _waiting(cursor)
                marks = cursor.execute("SELECT mark FROM published").fetchall()
                whole = everything or before is None or marks != [(before.mark,)]
                versions, parts, columns = self._written(cursor, before, None if whole else days)
                cursor.execute("COMMIT")
            state = before
            if state is None or (versions, parts) != (state.versions, state.parts):
                retired = [] if state is None else [(now(), state.versions), *state.retired]
                state = State(str(uuid4()), now(), versions, parts, columns, retired)
                self._exchange(state)
            with store.alone():
                meanwhile = store.version != stood
                if days or marks != [(state.mark,)]:
                    with store.write() as cursor:
                        cursor.execute("DELETE FROM unpublished WHERE change <= $last", {"last": last})
                        cursor.execute("DELETE FROM published")
                        cursor.execute("INSERT INTO published VALUES ($mark)", {"mark": state.mark})
                self.done = stood if meanwhile else store.version
            return state

    @contextmanager
    def _alone(self) -> Generator[None]:
        """While nobody else writes there: neither this server nor one that was given the same lake, whose rows would
        stand in the versions that this one names.
        """
        if not self.folder.exists():
            self.folder.mkdir(parents=True, mode=0o700)  # health data: the engine's account is let in by hand
        with self._writing, private(self.folder / WRITING) as file:
            with suppress(OSError):  # not every file system can
                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _written(
        self, cursor: DuckDBPyConnection, before: State | None, days: Collection[date] | None
    ) -> tuple[dict[str, int], dict[str, Prints], dict[str, str]]:
        """Writes the parts that differ from what was published, of these days (None: of all). The version, parts and
        columns of each table after it.
        """
        versions = dict(before.versions) if before else {}
        published = {name: dict(parts) for name, parts in before.parts.items()} if before else {}
        columns = dict(before.columns) if before else {}
        for name, table in TABLES.items():
            about = {day.strftime(table.cut) for day in days} if table.cut and days is not None else None
            if days is None and name in versions and columns[name] != str(_columns(cursor, table)):
                del versions[name], published[name]  # another quetma made it
            known = published.setdefault(name, {})
            if about is not None and not about and name in versions:
                continue
            found = _prints(cursor, table, about)
            old = {part: one for part, one in known.items() if about is None or part in about}
            differs = {part for part in found.keys() | old.keys() if found.get(part) != old.get(part)}
            if name not in versions:
                columns[name] = _make(cursor, table, self.path(name))
            elif not differs:
                continue
            elif (stands := DeltaTable(self.path(name))).version() != versions[name]:
                stands.restore(versions[name])  # what a killed writer wrote was never published, and may never be
            for some in _portions(sorted(differs), found):
                _rewrite(cursor, table, self.path(name), some)
            share(Path(self.path(name)))  # the folder around says who gets in
            published[name] = {p: one for p, one in known.items() if p not in differs} | {
                part: found[part] for part in differs if part in found
            }
            versions[name] = DeltaTable(self.path(name)).version()
        return versions, published, columns

    def _exchange(self, state: State) -> None:
        told = {
            "mark": state.mark, "made_at": state.made_at.isoformat(), "versions": state.versions, "parts": state.parts,
            "columns": state.columns,
            "retired": [(at.isoformat(), versions) for at, versions in state.retired],
        }  # fmt: skip
        part = self.folder / f"{PUBLISHED}.part"
        with private(part) as file:
            file.write(json.dumps(told).encode())
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.folder / PUBLISHED)
        sync(self.folder)

    def sweep(self, at: datetime, grace: timedelta = GRACE) -> None:
        """Removes the files of states that were replaced longer ago, and what killed writers left behind."""
        if not (self.folder / PUBLISHED).exists():
            return
        with self._alone():
            state = self.state()
            if state is None or not any(ended <= at - grace for ended, _ in state.retired):
                return
            kept = [(ended, versions) for ended, versions in state.retired if ended > at - grace]
            for name, version in state.versions.items():
                gone = {versions.get(name) for ended, versions in state.retired if ended <= at - grace}
                if gone <= {version}:
                    continue
                keep = {version, *(versions[name] for _, versions in kept if name in versions)}
                DeltaTable(self.path(name)).vacuum(
                    0, dry_run=False, enforce_retention_duration=False, full=True, keep_versions=sorted(keep)
                )
                share(Path(self.path(name)))
            self._exchange(replace(state, retired=kept))

    def check(self, store: Store) -> list[str]:
        """A line for each part that does not have the rows the store has, read from the files themselves; [] when all
        have.
        """
        state, found = self.state(), []
        if state is None:
            return ["lake: nothing is published"]
        with closing(store.cursor()) as cursor:
            for name, table in TABLES.items():
                files = DeltaTable(self.path(name), version=state.versions[name]).file_uris()
                stored, lies = _prints(cursor, table, None), _lying(cursor, files)
                for part in sorted(stored.keys() | lies.keys()):
                    if stored.get(part) != lies.get(part):
                        has, should = lies.get(part, (0, ""))[0], stored.get(part, (0, ""))[0]
                        found.append(f"lake: {name} {part} has {has} rows that are not the {should} of the store")
        return found


def _waiting(cursor: DuckDBPyConnection) -> tuple[list[date], int]:
    """The days of which something changed that is not published, and the number of the last change."""
    rows = cursor.execute("SELECT day, change FROM unpublished ORDER BY day").fetchall()
    return [day for day, _ in rows], max((change for _, change in rows), default=0)


def _of(table: Table, about: Collection[str] | None) -> tuple[str, dict[str, Any]]:
    """The condition that a row lies in one of these parts."""
    if about is None:
        return "TRUE", {}
    if not table.cut:
        return f"LIST_CONTAINS($parts, {table.part})", {"parts": sorted(about)}
    # The bounds let DuckDB pass over everything else without a look.
    first, last = (datetime.strptime(part, table.cut).date() for part in (min(about), max(about)))
    after = last + timedelta(days=1) if table.cut == DAY else (last + timedelta(days=31)).replace(day=1)
    return (
        f"{table.at} >= $first AND {table.at} < $after AND LIST_CONTAINS($parts, {table.part})",
        {"first": first, "after": after, "parts": sorted(about)},
    )


def _prints(cursor: DuckDBPyConnection, table: Table, about: Collection[str] | None) -> Prints:
    """The parts that the table has in the store, of these or all."""
    if about is not None and not about:
        return {}
    chosen, params = _of(table, about)
    return {
        part: (rows, total)
        for part, rows, total in cursor.execute(
            f"SELECT {table.part}, COUNT(*), CAST(SUM(CAST(HASH(t) AS HUGEINT)) AS VARCHAR) "
            f"FROM ({table.rows}) t WHERE {chosen} GROUP BY 1",
            params or None,
        ).fetchall()
    }


def _lying(cursor: DuckDBPyConnection, files: list[str]) -> Prints:
    """The same of a table's files."""
    if not files:
        return {}
    return {
        part: (rows, total)
        for part, rows, total in cursor.execute(
            "SELECT part, COUNT(*), CAST(SUM(CAST(HASH(t) AS HUGEINT)) AS VARCHAR) "
            "FROM (SELECT part, STRUCT_PACK(*COLUMNS(* EXCLUDE (part))) AS t "
            "FROM read_parquet($files, hive_partitioning = TRUE, hive_types = {'part': VARCHAR})) GROUP BY 1",
            {"files": files},
        ).fetchall()
    }


def _portions(parts: list[str], found: Prints) -> Iterator[list[str]]:
    """The parts, so many at a time that they have not too many rows."""
    some: list[str] = []
    rows = 0
    for part in parts:
        if some and rows + found.get(part, (0, ""))[0] > ROWS_AT_ONCE:
            yield some
            some, rows = [], 0
        some.append(part)
        rows += found.get(part, (0, ""))[0]
    if some:
        yield some


def _reader(cursor: DuckDBPyConnection, table: Table, about: Collection[str]) -> pa.RecordBatchReader:
    chosen, params = _of(table, about)
    return cursor.sql(
        f"SELECT {table.part} AS part, t.* FROM ({table.rows}) t WHERE {chosen} ORDER BY part, {table.order}",
        params=params,
    ).to_arrow_reader(FRAME_ROWS)


def _columns(cursor: DuckDBPyConnection, table: Table) -> pa.Schema:
    return cursor.sql(f"SELECT {table.part} AS part, t.* FROM ({table.rows}) t LIMIT 0").to_arrow_table().schema


def _make(cursor: DuckDBPyConnection, table: Table, path: str) -> str:
    """An empty table, whatever was there; its columns."""
    schema = _columns(cursor, table)
    DeltaTable.create(
        path,
        schema,
        mode="overwrite",
        partition_by=["part"],
        configuration={"delta.dataSkippingStatsColumns": table.told or "part"},
    )
    return str(schema)


def _rewrite(cursor: DuckDBPyConnection, table: Table, path: str, parts: list[str]) -> None:
    """Makes these parts what they are in the store, in one commit."""
    listed = ", ".join(f"'{part}'" for part in parts)
    write_deltalake(
        path, _reader(cursor, table, parts), mode="overwrite", partition_by=["part"], predicate=f"part IN ({listed})"
    )
