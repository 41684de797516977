"""The file of a store: opened, its changes put into it while the disk has room, copied while in use, and opened again
when DuckDB has given it up.
"""

import gc
import shutil
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import duckdb

from quetma import switch

FILE = "quetma.duckdb"
LOG_KEPT = "changes-before-opening.part"

# DuckDB would take four fifths of the machine's memory and keep it; beyond this it uses the disk.
MEMORY = "1GB"
SMALL = 128 << 20  # bytes in memory up to which all of it may be given up at any time: it is read again in no time

# Changes lie in a log beside the file until they are put into it. Left to itself DuckDB does so as it commits, and when
# the disk has no room for that it gives the file up until it is opened again, though the commit holds.
LOG_MOST = 16 << 20  # bytes of the log from which on they are put there
ROOM = 4  # times as much as the log is what that may take
CONFIG: dict[str, Any] = {"memory_limit": MEMORY, "checkpoint_threshold": "1TB"}
GIVEN_UP = 5.0  # seconds for which others may still hold on to a file that DuckDB has given up
OPENER = ThreadPoolExecutor(1, "opener")
TO_BE_OPENED = (
    "DuckDB had to give up the store in {folder}, and it could not be opened again yet. Nothing saved is lost. "
    "Try again in a minute; if it is still so, stop the dashboard and start it."
)


class StoreError(Exception):
    """The store cannot be used as asked; the text says what happened and what to do."""


FULL = "No space left on device"  # as the system says it, and DuckDB with it


class DiskFull(StoreError):
    """There is no room for what was to be written; nothing of it was."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"The disk that holds {folder} is full. What you just did was not saved; everything before it is. Make "
            "room (old backups, files in inbox/done), then do it again."
        )


class File:
    """The DuckDB file in a store's folder, open. connection: cursors are made of it. Raises `StoreError`.

    writing: what whoever writes holds. opened_again: called after DuckDB had given the file up and it was opened again.
    """

    def __init__(self, folder: Path, writing: threading.RLock, opened_again: Callable[[], None]) -> None:
        self._folder = folder
        self._writing, self._opened_again = writing, opened_again
        self._given_up = False
        self._coming: Future[duckdb.DuckDBPyConnection] | None = None  # it is being opened again
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # health data: nobody else on the machine
            with switch.alone(folder):
                switch.finish(folder)
                _keep_log(folder)
                self.connection = self._opened()
                _close_to_others(folder)
        except (OSError, duckdb.Error) as error:
            raise StoreError(_not_opened(folder, error)) from error

    def _opened(self) -> duckdb.DuckDBPyConnection:
        return duckdb.connect(str(self._folder / FILE), config=CONFIG)

    def close(self) -> None:
        """Closes it, so that another process may open it."""
        self.connection.close()

    @contextmanager
    def room(self) -> Generator[None]:
        """What is written within raises `DiskFull` when there is no room for it. When DuckDB gives the file up (a FATAL
        error) it is opened again for whoever comes next: what was committed is there, and else nothing could be asked
        until somebody starts the dashboard again.
        """
        try:
            yield
        except (duckdb.Error, OSError) as error:
            if self._given_up or isinstance(error, duckdb.FatalException):
                self._reopen()
            elif FULL in str(error):
                raise DiskFull(self._folder) from error
            raise

    def _reopen(self) -> None:
        with self._writing:
            until = time.monotonic() + GIVEN_UP
            while not self._answers():
                self._given_up = True
                self.connection.close()
                gc.collect()  # what others asked of it is still held by their errors
                # Who still reads piece by piece from what was given up keeps it from being opened.
                self._coming = self._coming or OPENER.submit(self._opened)
                try:
                    self.connection = self._coming.result(max(0, until - time.monotonic()))
                except (duckdb.Error, TimeoutError) as error:
                    if not isinstance(error, TimeoutError):
                        self._coming = None
                    if time.monotonic() > until:
                        raise StoreError(TO_BE_OPENED.format(folder=self._folder)) from error
                    time.sleep(0.1)
                    continue
                self._coming, self._given_up = None, False
                self._opened_again()

    def _answers(self) -> bool:
        try:
            return bool(self.connection.cursor().execute("SELECT COUNT(*) FROM migration").fetchall())
        except duckdb.Error:
            return False

    def _log_size(self) -> int:
        log = self._folder / f"{FILE}.wal"
        return log.stat().st_size if log.exists() else 0

    def log_is_long(self) -> bool:
        """Whether it is time to put the changes in the log into the file."""
        return self._log_size() > LOG_MOST

    def put_log_away(self) -> bool:
        """Puts the changes in the log into the file if there is room; whether it did. Only for whoever writes."""
        try:
            if shutil.disk_usage(self._folder).free < ROOM * max(self._log_size(), LOG_MOST):
                return False
            with self.room():
                self.connection.cursor().execute("CHECKPOINT")
        except (
            duckdb.Error,
            OSError,
            StoreError,
        ):  # a line is being added just now, or there is no room
            return False
        return True

    def tidy(self) -> bool:
        """Has DuckDB let go of all it does not need just now; whether it did. Only for whoever writes.

        It keeps a note of each buffer that ever was until there are tens of thousands of them, and these lie scattered
        in memory, which so grows with every upload. Asked for less memory than it needs it looks through all of them,
        gives up what it can, says that it was not enough, and the limit stays. What is not in the file yet it would
        put into another one beside it, so that is done before. A large store would have to read too much again.
        """
        cursor = self.connection.cursor()
        [(held,)] = cursor.execute("SELECT SUM(memory_usage_bytes) FROM duckdb_memory()").fetchall()
        if held > SMALL or not self.put_log_away():
            return False
        try:
            cursor.execute("SET GLOBAL memory_limit = '0KB'")
        except duckdb.OutOfMemoryException:
            pass
        finally:
            cursor.execute(f"SET GLOBAL memory_limit = '{MEMORY}'")
        return True

    def copy_to(self, path: Path) -> dict[str, int]:
        """Copies the whole store, as it is at one moment, into a new DuckDB file while others read and write; how many
        rows each table has. The copy is counted against what was copied. Raises `StoreError`.
        """
        cursor = self.connection.cursor()
        [(own,)] = cursor.execute("SELECT current_database()").fetchall()
        cursor.execute(f"ATTACH '{_quoted(path)}' AS copied")
        try:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT COUNT(*) FROM migration"
            ).fetchall()  # from here on nothing that others write is seen
            cursor.execute(f"COPY FROM DATABASE {own} TO copied")
            rows, copied = _rows(cursor, own), _rows(cursor, "copied")
            cursor.execute("COMMIT")
            cursor.execute("CHECKPOINT copied")
        finally:
            with suppress(duckdb.Error):  # it has ended
                cursor.execute("ROLLBACK")
            cursor.execute("DETACH copied")
            cursor.close()
        if rows != copied:
            raise StoreError("The copy of the store does not have the rows of the store.")
        return rows


def _not_opened(folder: Path, error: Exception) -> str:
    """Why the store cannot be opened, and what to do."""
    told = str(error)
    if "set lock" in told:
        return (
            f"The store in {folder} is in use by another process, probably the running dashboard. "
            "Do this in the dashboard, or stop it first."
        )
    if FULL in told:
        return f"The disk that holds {folder} is full: the store cannot be opened. Make room, then start again."
    if isinstance(error, PermissionError) or "Permission denied" in told or "Read-only file system" in told:
        return (
            f"The account that runs quetma may not write in {folder}. Give it that folder, or name another one with "
            "QUETMA_STORE or --store. Nothing was changed."
        )
    if isinstance(error, OSError):
        return f"The store in {folder} cannot be opened: {error}"
    return damaged(folder, told)


def damaged(folder: Path, told: str) -> str:
    """That a store is damaged, and what to do. It is left as it is: something may still be got out of it."""
    backups = sorted(path.name for path in (folder / "backups").glob("*.backup"))
    told = told.strip().rstrip(".")
    newest = f"the newest backup here is backups/{backups[-1]}" if backups else "there are no backups in backups/ here"
    return (
        f"The store in {folder} is damaged and cannot be read. Nothing in it was changed. Bring a backup back: "
        f"python -m quetma "
        f"restore FILE ({newest}); what is there now is kept beside it. Found: {told}."
    )


def _keep_log(folder: Path) -> None:
    """Keeps the changes that DuckDB has not put into the file yet, until it is known that it read all of them."""
    log = folder / f"{FILE}.wal"
    if log.exists() and log.stat().st_size and not (folder / LOG_KEPT).exists():
        try:
            shutil.copyfile(log, folder / LOG_KEPT)  # not a link: DuckDB cuts off what it cannot read
            (folder / LOG_KEPT).chmod(0o600)
        except OSError:  # no room: the store is to be opened all the same
            (folder / LOG_KEPT).unlink(missing_ok=True)


def _close_to_others(folder: Path) -> None:
    """Lets only the store's account read what belongs to the store, also when it was made otherwise. The folder around
    may hold more than the store, and stays as whoever made it wants it.
    """
    for path in switch.own(folder):
        with suppress(OSError):  # another account's, a read-only disk: it can be read all the same
            path.chmod(0o700 if path.is_dir() else 0o600)


def rows_of(path: Path) -> dict[str, int]:
    """How many rows each table of a store's file has that no process has open. Raises `StoreError`."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            [(own,)] = connection.execute("SELECT current_database()").fetchall()
            return _rows(connection, own)
    except duckdb.Error as error:
        raise StoreError(f"The store in {path} cannot be read: {error}") from error


def _rows(cursor: duckdb.DuckDBPyConnection, database: str) -> dict[str, int]:
    tables = cursor.execute(
        "SELECT table_name FROM duckdb_tables() WHERE database_name = ? AND NOT internal AND NOT temporary ORDER BY 1",
        [database],
    ).fetchall()
    return {table: cursor.execute(f"SELECT COUNT(*) FROM {database}.{table}").fetchall()[0][0] for (table,) in tables}


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
