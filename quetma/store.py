"""The store of one unit: opens it, migrates it, answers named queries, owns the one write lock.

One process owns the file; every use takes its own cursor; writes are one transaction each, behind one lock.
"""

import os
import re
import threading
import warnings
from collections.abc import Generator, Iterable, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import date, datetime, timedelta, timezone
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from quetma.access import chain
from quetma.access.chain import Chain, Line
from quetma.answers import Answers, OfDays
from quetma.engine import Engine, attach, takes
from quetma.everybody import Everybody
from quetma.file import LOG_KEPT, File, StoreError, damaged

ROOT = Path(__file__).resolve().parent.parent
QUERIES = ROOT / "queries"
SCHEMA = Path(__file__).resolve().parent / "schema"
HEAD = "audit-head"  # beside it: number and seal of the audit's last line, so that a loss of the newest is seen

VIETNAM = timezone(timedelta(hours=7))  # Asia/Ho_Chi_Minh has no daylight saving time

DERIVED_AGAIN = {2, 9, 12}  # migrations of a store with data that change what follows from its facts
CHAINED = 31  # the migration that chains the lines of the audit


_versions = count()


# What the writes that are going on have to say in the audit, by the cursor of each: sealed and stored as they end.
_noted: dict[int, list[Line]] = {}


def note(cursor: duckdb.DuckDBPyConnection, line: Line) -> None:
    """A line onto the audit that is there when the write of this cursor is, and not before."""
    _noted[id(cursor)].append(line)


# The days of which a write that is going on changed scans, stays or figures, by its cursor: stored as it ends.
_changed: dict[int, set[date]] = {}


def changed(cursor: duckdb.DuckDBPyConnection, days: Iterable[date]) -> None:
    """Says that this write changes what is known of these days, for who is to be told of it (quetma/engine)."""
    _changed.get(id(cursor), set()).update(days)


# Whom a write that is going on adds, takes away or calls otherwise, by its cursor.
_people: dict[int, set[int]] = {}


def people_changed(cursor: duckdb.DuckDBPyConnection, people: Iterable[int]) -> None:
    """Says that this write adds or removes these people, or what they are called, for who holds them in memory."""
    _people.get(id(cursor), set()).update(people)


def now() -> datetime:
    """The time in Vietnam, naive as all timestamps in the store are, whatever zone the server is set to."""
    return datetime.now(VIETNAM).replace(tzinfo=None)


def configured_folder() -> Path:
    """The folder of the store this installation uses: QUETMA_STORE, else data/."""
    return Path(os.environ.get("QUETMA_STORE") or ROOT / "data")


@cache
def query(name: str) -> tuple[str, frozenset[str]]:
    """The text of `queries/<name>.sql` and the names of the parameters it binds (`$name`)."""
    text = (QUERIES / f"{name}.sql").read_text(encoding="utf-8")
    body = re.sub(r"--[^\n]*", "", text)
    return text, frozenset(re.findall(r"\$([a-z_][a-z0-9_]*)", body))


def _bound(name: str, params: Mapping[str, Any]) -> str:
    """The text of a query that binds exactly these parameters."""
    text, names = query(name)
    if names != params.keys():
        raise TypeError(f"queries/{name}.sql binds {sorted(names)}, not {sorted(params)}")
    return text


# Arrow out of `execute` copies the rows once more, which is little beside planning the query once instead of twice, as
# `sql(…).pl()` does: a fifth to two fifths of the time of most.
warnings.filterwarnings("ignore", "Arrow output on a DB-API result", UserWarning)


def _frame(cursor: duckdb.DuckDBPyConnection, text: str, params: Mapping[str, Any]) -> pl.DataFrame:
    """The answer of a query."""
    return pl.DataFrame(cursor.execute(text, params or None).to_arrow_table())


class Store:
    """One unit's store. Make it with `open_store`, which gives every caller in the process the same one."""

    unit: int | None = None  # which unit's rows it reads; None: everything
    engine: Engine | None = None  # a second engine, which answers of everything, never of one unit
    followed: bool = False  # whether a second engine is, or was, told what changes here

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        self._file = File(folder, self._lock, self._opened_again)
        self._writer: int | None = None  # the thread that writes just now
        self._schemas: dict[str, pl.Schema] = {}
        self.version = next(_versions)  # of what is stored; no other store, and no other time, has the same
        self.answers, self.of_days = Answers(self.version), OfDays(self.version)
        self.everybody = Everybody(self._fresh)
        self.drawing = threading.Lock()  # behind which the views of units are made (quetma/within.py)
        self._within: dict[int, Store] = {}
        try:
            self._migrate()
        except BaseException as error:
            self._file.close()
            if isinstance(error, duckdb.Error):
                raise StoreError(
                    f"The store in {folder} could not be brought up to this version of quetma: {error} It is as it "
                    "was. Use the version that was used before, and tell whoever looks after the program."
                ) from error
            raise
        self._chain = Chain(self._file.connection, folder / HEAD)
        if lost := self._chain.lost:
            self._file.close()
            raise StoreError(
                damaged(folder, f"the last {lost} entries of the audit, and what they speak of, are not there any more")
                + f" The changes of just before the end are kept in {LOG_KEPT}. If you have put an older copy there "
                f"yourself, delete the file {HEAD} beside it and start again."
            )
        (folder / LOG_KEPT).unlink(missing_ok=True)
        [(published,)] = self._file.connection.execute("SELECT COUNT(*) FROM published").fetchall()
        self.followed = published > 0

    @property
    def whole(self) -> "Store":
        """The store of everything, of which a unit's store (`within`) reads a part."""
        return self

    def within(self, unit: int | None) -> "Store":
        """The store as the people of that unit see it (quetma/within.py); None is the root, which sees everything."""
        if unit is None:
            return self.whole
        from quetma.within import Within  # which needs this module

        return self.whole._within.setdefault(unit, Within(self.whole, unit))

    def require(self, kind: str, numbers: Iterable[int]) -> None:
        """Raises `StoreError` when one of these is not of the people whose store it is, who may not change it then.
        Here nothing is asked: everything is theirs. kind: as in `quetma.within.THEIRS`.
        """

    def _migrate(self) -> None:
        """Applies each `schema/NNN_*.sql` not yet applied, in order, and what follows from them, all or none."""
        self._file.connection.execute(
            "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY, name VARCHAR, applied_at TIMESTAMP)"
        )
        done = {number for (number,) in self._file.connection.execute("SELECT number FROM migration").fetchall()}
        known = {int(path.stem.split("_")[0]) for path in SCHEMA.glob("[0-9]*.sql")}
        if later := done - known:
            raise StoreError(
                f"The store in {self.folder} was last used by a newer version of quetma (its change {max(later)} is "
                "not known here). Start that version again, or restore a backup from before. Nothing was changed."
            )
        new = [path for path in sorted(SCHEMA.glob("[0-9]*.sql")) if int(path.stem.split("_")[0]) not in done]
        if not new:
            return
        before = bool(done)
        with self.write() as cursor:
            for path in new:
                number = int(path.stem.split("_")[0])
                cursor.execute(path.read_text(encoding="utf-8"))
                cursor.execute("INSERT INTO migration VALUES (?, ?, ?)", [number, path.stem, now()])
                if number == CHAINED:
                    chain.seal_all(cursor)
            cursor.execute("UPDATE published SET mark = ''")  # what is published may look otherwise now, on any day
            if before and {int(path.stem.split("_")[0]) for path in new} & DERIVED_AGAIN:
                from quetma.intake import recount  # which needs this module

                recount.everything(cursor)

    def ask(self, name: str, tables: Mapping[str, pl.DataFrame] | None = None, **params: Any) -> pl.DataFrame:
        """The answer of the named query, e.g. `ask("flow/daily", first=day, last=day)`.

        Every parameter the query names must be given; others are an error. The answer is remembered until the next
        write, so a rerun that changes nothing asks nothing. Do not change the frame in place. `tables` are frames the
        query reads by name beside the store's own; such an answer is not remembered.
        """
        text = _bound(name, params)
        if second := self._second(name):
            return second.ask(name, params, tables or {})
        if tables:
            return _frame(self._seeing(tables), text, params)

        def asked() -> pl.DataFrame:
            with self.room():
                return _frame(self.cursor(), text, params)

        key = (self.unit, name, *sorted((k, tuple(v) if isinstance(v, list) else v) for k, v in params.items()))
        return self.answers.of(key, lambda: self.version, asked)

    def _fresh(self, name: str, **params: Any) -> pl.DataFrame:
        """The answer of the named query as of now, not remembered."""
        return _frame(self.cursor(), _bound(name, params), params)

    def _second(self, name: str) -> Engine | None:
        """The second engine, when it is to answer that query. Whoever writes is answered here: what they decide rests
        on what is stored, and nobody else can publish meanwhile.
        """
        if self.engine is None or not takes(name) or self._writer == threading.get_ident():
            return None
        return self.engine

    def schema(self, name: str, params: Mapping[str, Any], tables: Mapping[str, pl.DataFrame]) -> pl.Schema:
        """The columns and types of a query's answer."""
        if name not in self._schemas:
            asked = self._seeing(tables).sql(query(name)[0], params=dict(params) or None)
            self._schemas[name] = asked.limit(0).pl().schema
        return self._schemas[name]

    def numbers(self, name: str, tables: Mapping[str, pl.DataFrame], **params: Any) -> pl.DataFrame:
        """As `ask` with tables, of a query that answers numbers and moments alone, no texts and no NULL: then it need
        not be bound twice, which is a fifth of the time of a small one.
        """
        if second := self._second(name):
            return second.ask(name, params, tables)
        return pl.DataFrame(self._seeing(tables).execute(_bound(name, params), params).fetchnumpy())

    def _seeing(self, tables: Mapping[str, pl.DataFrame]) -> duckdb.DuckDBPyConnection:
        """A cursor that reads these frames by name."""
        cursor = self.cursor()
        for table, frame in tables.items():
            cursor.register(table, frame.to_arrow())  # half the time of a frame that DuckDB has to look into
        return cursor

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own for the caller, for reading (COPY of an export, a check)."""
        return self._file.connection.cursor()

    def room(self) -> AbstractContextManager[None]:
        """What is written within raises `DiskFull` when there is no room for it."""
        return self._file.room()

    @contextmanager
    def write(self) -> Generator[duckdb.DuckDBPyConnection]:
        """One write transaction: committed whole when the block ends, undone whole when it raises."""
        with self._lock, self.room():
            cursor = self._file.connection.cursor()
            cursor.execute("BEGIN")
            lines = _noted[id(cursor)] = []
            days = _changed[id(cursor)] = set()
            people = _people[id(cursor)] = set()
            outer, self._writer = self._writer, threading.get_ident()
            try:
                yield cursor
                if days and self.followed:
                    cursor.execute(query("lake/note")[0], {"days": sorted(days)})
                with self._chain.adding(cursor, lines) if lines else nullcontext():
                    cursor.execute("COMMIT")
            except BaseException:
                with suppress(duckdb.TransactionException):  # a COMMIT that failed has rolled back already
                    cursor.execute("ROLLBACK")
                raise
            finally:
                self._writer = outer
                del _noted[id(cursor)], _changed[id(cursor)], _people[id(cursor)]
                cursor.close()
            self.everybody.note(people)
            self._forget(days)
            if self._file.log_is_long():
                self._file.put_log_away()

    def tidy(self) -> bool:
        """Has DuckDB let go of what it does not need just now (quetma/file.py); whether it did."""
        with self._lock:
            return self._file.tidy()

    def _opened_again(self) -> None:
        """The file was given up and opened again: what is remembered beside it is found again, too."""
        self._chain = Chain(self._file.connection, self.folder / HEAD)
        self.everybody.forget()
        self._forget(set())

    def _forget(self, days: set[date]) -> None:
        """Something else is stored now, on these days."""
        version = next(_versions)
        self.of_days.forget(version, days)
        self.answers.forget(version)  # first: what is asked from here on is asked of what is stored now
        self.version = version

    @contextmanager
    def alone(self) -> Generator[None]:
        """Nobody writes meanwhile but whoever asks for this."""
        with self._lock:
            yield

    def copy_to(self, path: Path) -> dict[str, int]:
        """Copies the whole store into a new DuckDB file while others read and write; how many rows each table has."""
        return self._file.copy_to(path)

    def log(self, line: Line) -> None:
        """One line onto the audit. Does not wait for an upload. Raises `DiskFull`."""
        cursor = self._file.connection.cursor()
        with self.room(), self._chain.adding(cursor, [line]):
            cursor.close()

    def append(self, table: str, *values: Any) -> None:
        """One row onto a log table (session, upkeep). Does not wait for an upload: appends never conflict in DuckDB.
        Raises `DiskFull`.
        """
        marks = ", ".join("?" * len(values))
        with self.room():
            self._file.connection.cursor().execute(f"INSERT INTO {table} VALUES ({marks})", values)

    def setting(self, key: str) -> str | None:
        """A stored setting, or None."""
        return dict(self.ask("settings/stored").iter_rows()).get(key)

    def set(self, key: str, value: str) -> None:
        """Stores a setting."""
        with self.write() as cursor:
            cursor.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", [key, value])

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration store: invented people only."""
        return self.setting("demo") == "yes"

    def today(self) -> date:
        """The day the screens speak of: the last day with scans, never later than the real today.

        Logs are uploaded after the fact, and the demo unit's time stands still; a screen says which day it shows.
        """
        last = self.ask("history/last_scan")["scanned_at"][0]
        real = now().date()
        return min(last.date(), real) if last else real

    def clock(self) -> datetime:
        """Now, to the second; the demo unit's time stands still at its last scan."""
        last = self.ask("history/last_scan")["scanned_at"][0] if self.demo else None
        return (last or now()).replace(microsecond=0)

    def close(self) -> None:
        """Closes the file, so that another process may open it."""
        if self.engine:
            self.engine.close()
        with self._lock:
            self._file.close()
        _open.pop(self.folder, None)


_open: dict[Path, Store] = {}
_open_lock = threading.Lock()


def open_store(folder: Path | str) -> Store:
    """The process's one `Store` of that folder, opened and migrated on first use. Raises `StoreError`."""
    folder = Path(folder).resolve()
    with _open_lock:
        if folder not in _open:
            _open[folder] = Store(folder)
            try:
                attach(_open[folder])
            except ImportError as error:
                _open[folder].close()
                raise StoreError(
                    f"QUETMA_ENGINE is set, but what it takes is not installed: {error}. Install quetma with the extra "
                    "`engine`, or start it without QUETMA_ENGINE. Nothing was changed."
                ) from error
        return _open[folder]
