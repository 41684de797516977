"""The desk of a store: files that were handed in, from the moment they arrive until they are loaded or taken away.

    reading → refused | ready → waiting → loading → loaded

A file lies in `incoming/<id>/` of the store's folder, is read in a process of its own (apart.py), waits for somebody to
confirm it, then waits its turn: one thread reads, one loads, one file after the other. Nobody has to stay for it. What
was handed in, chosen and confirmed is on the disk, so after a crash the desk is as it was: files are read again, and
those that were confirmed are loaded. Files on the desk belong to the unit: whoever may upload sees them all.
"""

import json
import logging
import os
import secrets
import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Literal

import polars as pl

from quetma import settings, units
from quetma.access import accounts, audit
from quetma.durable import private, sync
from quetma.intake import apart
from quetma.intake.choices import Choices
from quetma.intake.errors import IntakeError
from quetma.intake.incoming import Incoming, new_id
from quetma.intake.load import STEPS, load
from quetma.intake.prepare import remembered, unsettled
from quetma.intake.preview import Item, State, Table, seen
from quetma.intake.scanner import scan
from quetma.intake.understand import Found, Part, Refused
from quetma.store import Store, now

FOLDER = "incoming"
REFUSED_FOR = timedelta(days=7)  # then a refused file is deleted; one that could be loaded never is
LOADED_FOR = timedelta(days=1)  # then it stands in the list of uploads only
ATTEMPTS = 2  # a load that the server did not survive so often is not begun again by itself
LOAD_ORDER = (
    "roster",
    "absences",
    "exemptions",
    "doses",
    "apps",
    "declarations",
    "scans",
)  # who is staff before what they did
READING, COMPARING = "Reading the file", STEPS[0]
# How much of loading each of STEPS is, measured with a million scans.
WEIGHTS = dict(zip(STEPS, (0.25, 0.25, 0.45, 0.05), strict=True))

UNREAD = 0.3  # how much of loading is reading, for a file that has to be read again after a restart

_log = logging.getLogger(__name__)


@dataclass
class _Entry:
    """An item as the desk keeps it. The first half is on the disk, the rest is found out again after a restart."""

    id: str
    file_name: str
    size: int
    account: str
    received_at: datetime
    unattended: bool = False
    choices: dict[str, Choices] = field(default_factory=dict)
    confirmed_by: str | None = None
    confirmed_keys: list[str] | None = None  # None: every table that can be loaded
    confirmed_at: datetime | None = None
    begun: int = 0  # how often loading it was begun since it was confirmed
    loaded: dict[str, tuple[int, Part]] = field(default_factory=dict)  # key → its batch
    loaded_at: datetime | None = None

    state: State = "reading"
    error: IntakeError | None = None
    tables: list[Table] = field(default_factory=list)
    found: Path | None = None  # where the reading left its tables
    version: int = -1  # of the store, when the tables were compared with it
    step: str = ""
    share: float = 0.0
    reading: apart.Reading | None = None
    gone: bool = False
    turn: int = 0  # the order in which files wait

    def json(self) -> dict[str, Any]:
        """What is kept on the disk."""
        return {
            "file_name": self.file_name, "size": self.size, "account": self.account,
            "received_at": self.received_at.isoformat(), "unattended": self.unattended,
            "choices": {key: chosen.json() for key, chosen in self.choices.items()},
            "confirmed_by": self.confirmed_by, "confirmed_keys": self.confirmed_keys,
            "confirmed_at": self.confirmed_at and self.confirmed_at.isoformat(), "begun": self.begun,
            "loaded": {key: [batch, vars(part)] for key, (batch, part) in self.loaded.items()},
            "loaded_at": self.loaded_at and self.loaded_at.isoformat(),
        }  # fmt: skip

    @classmethod
    def from_json(cls, id: str, kept: dict[str, Any]) -> "_Entry":
        """What `json` gave."""
        moments = {key: value and datetime.fromisoformat(value) for key, value in kept.items() if key.endswith("_at")}
        fields: dict[str, Any] = kept | moments
        fields["choices"] = {key: Choices.from_json(text) for key, text in kept["choices"].items()}
        fields["loaded"] = {key: (batch, Part(**part)) for key, (batch, part) in kept["loaded"].items()}
        return cls(id=id, **fields)


class Desk:
    """The desk of one store; get it with `desk_of`. Every method may be called from any thread.

    A method that names an item that is gone, or is no longer in a state for it, does nothing: somebody else was
    quicker. Look at `items()` again.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.folder = store.folder / FOLDER
        self.folder.mkdir(mode=0o700, exist_ok=True)
        self._entries: dict[str, _Entry] = {}
        self._changed = threading.Condition(threading.RLock())
        self._threads: dict[str, threading.Thread] = {}
        self._closed = False
        self._turns = 0
        with self._changed:
            self._take_up()

    # What people do ---------------------------------------------------------------------------------------------------

    def begin(self, file_name: str, account: str) -> Incoming:
        """A file that arrives piece by piece: `with desk.begin("a.csv", "An") as file: file.write(…)`.

        It is on the desk, and safe on the disk, when the block ends; when it raises, nothing is left of it. Raises
        `IntakeError` when it is larger than the setting upload_limit_mb allows, or the disk is full.
        """
        return Incoming(self, file_name, account)

    def arrived(self, id: str, file_name: str, size: int, account: str, choices: Choices | None) -> None:
        """Puts a file onto the desk whose content is on the disk; `Incoming` calls it."""
        entry = _Entry(id, file_name, size, account, now())
        if choices:
            entry.choices[""] = choices
        with self._changed:
            self._save(entry)
            sync(self.folder)
            self._add(entry)

    def receive(self, file_name: str, content: bytes | IO[bytes], account: str, choices: Choices | None = None) -> Item:
        """Puts a whole file onto the desk, its one table to be read as chosen. Raises as `begin` does."""
        with self.begin(file_name, account) as file:
            file.choices = choices
            if isinstance(content, bytes):
                file.write(content)
            else:
                while some := content.read(1 << 20):
                    file.write(some)
        return self.item(file.id)

    def take(self, path: Path, account: str) -> Item:
        """Moves a file from elsewhere in the store's folder onto the desk, where it is kept until `discard`, loaded or
        not: who took it says where it goes then.
        """
        size = path.stat().st_size
        with self._changed:
            entry = _Entry(new_id(), path.name, size, account, now(), unattended=True)
            folder = self.folder / entry.id
            folder.mkdir(mode=0o700)
            self._save(entry)
            shutil.move(path, folder / "content")  # before this the file is where it was, after it is on the desk
            sync(folder)
            self._add(entry)
            return self._shown(entry)

    def items(self, seen_by: Store | None = None) -> list[Item]:
        """What lies on the desk, the newest first; for a unit's store, what its people handed in.

        Previews made before something else was loaded are compared anew in the background: such an item is `reading`
        again for a moment.
        """
        with self._changed:
            self._forget_old()
            for entry in self._entries.values():
                if entry.state == "ready" and entry.version != self.store.version:
                    self._queue(entry, "reading")
            shown = [self._shown(entry) for entry in reversed(self._entries.values())]
        if seen_by is None or seen_by.unit is None:
            return shown
        own = {account.name for account in accounts.every(seen_by)}
        return [item for item in shown if item.account in own]

    def item(self, id: str) -> Item:
        """One item. Raises `KeyError` when it is gone."""
        with self._changed:
            return self._shown(self._entries[id])

    def choose(self, id: str, key: str, choices: Choices) -> None:
        """Reads the file again with what was chosen for one of its tables (`Table.key`)."""
        with self._changed:
            entry = self._entries.get(id)
            if entry is None or entry.state not in ("reading", "refused", "ready"):
                return
            entry.choices[key] = choices
            self._save(entry)
            self._reread(entry)

    def confirm(self, id: str, account: str, keys: Sequence[str] | None = None) -> None:
        """Lets the file be loaded when its turn comes: the tables with these keys, by default all that can be.

        Each table is loaded in a transaction of its own, staff before what they did. `account` is who the uploads are
        by. When tables are left that could be loaded, or asked for more, the item is `ready` again after that.
        """
        with self._changed:
            entry = self._entries.get(id)
            ready = entry and entry.found and entry.state in ("ready", "reading") and not entry.reading
            if not entry or not ready or not any(_wanted(table, keys) for table in entry.tables):
                return
            entry.confirmed_by, entry.confirmed_at, entry.begun = account, now(), 0
            entry.confirmed_keys = None if keys is None else list(keys)
            entry.error = None
            self._save(entry)
            self._queue(entry, "waiting")

    def discard(self, id: str, keep: Path | None = None) -> None:
        """Takes a file off the desk and deletes it, or moves it to `keep`, a path that is free. What was loaded of it
        stays loaded. One that is being loaded stays.
        """
        with self._changed:
            entry = self._entries.get(id)
            if entry is None or entry.state == "loading":
                return
            if keep and (self.folder / id / "content").exists():
                shutil.move(self.folder / id / "content", keep)
            self._drop(entry)

    def wait(self, seconds: float, id: str | None = None) -> bool:
        """Waits until nothing is under way any more, with this item or with any; whether that came about in time."""

        def quiet() -> bool:
            return not any(
                e.state in ("reading", "waiting", "loading") for e in self._entries.values() if id in (None, e.id)
            )

        with self._changed:
            return self._changed.wait_for(quiet, seconds)

    def close(self) -> None:
        """Ends the work, so that the store may be closed. A load under way is finished first."""
        with self._changed:
            self._closed = True
            for entry in self._entries.values():
                if entry.reading:
                    entry.reading.stop()
            threads = list(self._threads.values())
        for thread in threads:
            thread.join()
        with _desks_lock:
            if _desks.get(self.store.folder) is self:
                del _desks[self.store.folder]

    # On the disk ------------------------------------------------------------------------------------------------------

    def _take_up(self) -> None:
        """What lay on the desk when the server stopped. A file that had not arrived whole is deleted."""
        kept = []
        for folder in self.folder.iterdir():
            try:
                entry = _Entry.from_json(folder.name, json.loads((folder / "item.json").read_text(encoding="utf-8")))
            except (OSError, ValueError, KeyError, TypeError):
                shutil.rmtree(folder, ignore_errors=True)
                continue
            for reading in folder.glob("tables-*"):
                shutil.rmtree(reading, ignore_errors=True)
            if not (folder / "content").exists() and (entry.unattended or not entry.loaded_at):
                shutil.rmtree(folder, ignore_errors=True)  # `take` had not moved it yet, or `discard` had already
                continue
            kept.append(entry)
        for entry in sorted(kept, key=lambda entry: entry.received_at):
            self._entries[entry.id] = entry
            if entry.loaded_at:
                entry.state = "loaded"
                entry.tables = [Table(part, batch_id=batch) for batch, part in entry.loaded.values()]
            elif entry.confirmed_at and entry.begun < ATTEMPTS:
                self._queue(entry, "waiting")
            else:
                if entry.confirmed_at:
                    entry.confirmed_at = entry.confirmed_by = None
                    entry.error = IntakeError(
                        "The server stopped {n} times while it loaded this file, so it is not tried again by itself. "
                        "Nothing was loaded by halves. Try it when the server is idle, or in smaller pieces.",
                        n=ATTEMPTS,
                    )
                self._queue(entry, "reading")

    def _save(self, entry: _Entry) -> None:
        """Writes what is kept of an item, so that it is there whole or as it was before."""
        folder = self.folder / entry.id
        with private(folder / "item.new") as file:
            file.write(json.dumps(entry.json(), ensure_ascii=False).encode())
            file.flush()
            os.fsync(file.fileno())
        (folder / "item.new").replace(folder / "item.json")
        sync(folder)

    def _drop(self, entry: _Entry) -> None:
        entry.gone = True
        if entry.reading:
            entry.reading.stop()
        self._entries.pop(entry.id, None)
        shutil.rmtree(self.folder / entry.id, ignore_errors=True)
        self._changed.notify_all()

    def _forget_old(self) -> None:
        for entry in list(self._entries.values()):
            refused = entry.state == "refused" and now() - entry.received_at > REFUSED_FOR
            loaded = entry.state == "loaded" and entry.loaded_at and now() - entry.loaded_at > LOADED_FOR
            if (refused or loaded) and not entry.unattended:
                self._drop(entry)

    # The queue --------------------------------------------------------------------------------------------------------

    def _add(self, entry: _Entry) -> None:
        self._entries[entry.id] = entry
        self._queue(entry, "reading")

    def _reread(self, entry: _Entry) -> None:
        """Forgets what was read."""
        if entry.reading:
            entry.reading.stop()
        if entry.found:
            shutil.rmtree(entry.found, ignore_errors=True)
        entry.found, entry.error = None, None
        self._queue(entry, "reading")

    def _queue(self, entry: _Entry, state: Literal["reading", "waiting"]) -> None:
        """Puts an item at the end of the line, and sees that somebody works on it."""
        self._turns += 1
        entry.state, entry.turn, entry.step, entry.share = state, self._turns, "", 0.0
        work = self._read if state == "reading" else self._load
        thread = self._threads.get(state)
        if (thread is None or not thread.is_alive()) and not self._closed:
            thread = threading.Thread(target=self._work, args=(state, work), name=f"desk-{state}", daemon=True)
            self._threads[state] = thread
            thread.start()
        self._changed.notify_all()

    def _work(self, state: State, work: Callable[[_Entry], None]) -> None:
        """Works through one line, then ends: an idle desk has no threads, so its store may be closed at any time."""
        while True:
            with self._changed:
                line = [entry for entry in self._entries.values() if entry.state == state]
                if not line or self._closed:
                    self._threads.pop(state, None)
                    return
                entry = min(line, key=lambda entry: entry.turn)
            try:
                work(entry)
            except Exception:
                _log.exception("a file on the desk could not be dealt with")
                self._end(entry, "refused", IntakeError(
                    "Something went wrong with this file. Nothing was stored by halves. Take it away and hand it in "
                    "again; if it happens again, tell your administrator the time, {time}.",
                    time=f"{now():%H:%M %d/%m/%Y}",
                ))  # fmt: skip

    def _end(self, entry: _Entry, state: State, error: IntakeError | None = None) -> None:
        with self._changed:
            entry.state, entry.step, entry.share = state, "", 0.0
            entry.error = error or entry.error
            self._changed.notify_all()

    def _tell(self, entry: _Entry, step: str, share: float) -> None:
        with self._changed:
            entry.step, entry.share = step, share

    # Reading ----------------------------------------------------------------------------------------------------------

    def _read(self, entry: _Entry) -> None:
        """Reads a file that has not been read, and compares its tables with the store."""
        turn = entry.turn
        try:
            tables = self._found(entry, lambda step, share: self._tell(entry, step, share * 0.8))
            version = self.store.version
            shown = []
            for n, table in enumerate(tables):
                self._tell(entry, COMPARING, 0.8 + 0.2 * n / len(tables))
                batch_id, _ = entry.loaded.get(table.part.key, (None, None))
                shown.append(seen(self._seen_by(entry), table, entry.choices, batch_id))
            refused = not any(table.preview or table.batch_id is not None for table in shown)
            error = None
        except IntakeError as problem:
            shown, version, refused, error = [], -1, True, problem
        with self._changed:
            if (
                entry.turn == turn and not entry.gone
            ):  # else somebody chose something else meanwhile, and it is read again
                entry.tables, entry.version = shown, version
                self._end(entry, "refused" if refused else "ready", error)

    def _seen_by(self, entry: _Entry) -> Store:
        """The store as who handed the file in sees it."""
        account = accounts.find(self.store, entry.account)
        return units.seen_by(self.store, account.unit if account else None)

    def _found(self, entry: _Entry, tell: apart.Tell, attempts: int = ATTEMPTS) -> list[Found | Refused]:
        """The tables of a file, read by a process of its own, or from where that left them. attempts: how often it is
        begun again when something else than the file ended it.
        """
        if not entry.found:
            scan(self.folder / entry.id / "content")
        with self._changed:
            if entry.found:
                return apart.load(entry.found)
            folder = self.folder / entry.id
            into = folder / f"tables-{secrets.token_hex(4)}"
            limit = settings.get(self.store, "upload_limit_mb")
            reading = apart.Reading(
                entry.file_name, folder / "content", into, dict(entry.choices), remembered(self.store), limit
            )
            entry.reading = reading
        done = False
        try:
            tables = reading.tables(tell)
            done = True
            return tables
        except apart.Interrupted:
            if self._closed or not attempts:
                raise IntakeError(
                    "Reading this file was interrupted. Take it away and hand it in again. Nothing was changed."
                ) from None
        finally:
            with self._changed:
                ours = entry.reading is reading
                if ours:
                    entry.reading = None
                    entry.found = into if done else None
                if not (ours and done):
                    shutil.rmtree(into, ignore_errors=True)
        return self._found(entry, tell, attempts - 1)

    # Loading ----------------------------------------------------------------------------------------------------------

    def _load(self, entry: _Entry) -> None:
        """Loads the confirmed tables of a file, those that were loaded before the server stopped excepted."""
        with self._changed:
            entry.state = "loading"
            entry.begun += 1
            self._save(entry)
        complete = False
        try:
            tables = self._found(entry, lambda step, share: self._tell(entry, step, share * UNREAD))
            complete = self._load_tables(entry, tables)
        except IntakeError as problem:
            error: IntakeError | None = problem
        except Exception:
            _log.exception("loading a file broke off")
            error = IntakeError(
                "Loading broke off. Nothing was stored by halves: what could be loaded before stands in the list of "
                "uploads. Try again; if it happens again, tell your administrator the time, {time}.",
                time=f"{now():%H:%M %d/%m/%Y}",
            )
        else:
            error = None
        self._loaded(entry, complete, error)

    def _load_tables(self, entry: _Entry, tables: list[Found | Refused]) -> bool:
        """Whether all of the file's tables are loaded now."""
        resumed, start = entry.begun > 1, entry.share
        found = [table for table in tables if isinstance(table, Found)]
        wanted = [
            table
            for table in found
            if not table.facts.needs_location
            and table.part.key not in entry.loaded
            and (entry.confirmed_keys is None or table.part.key in entry.confirmed_keys)
        ]
        wanted.sort(key=lambda table: LOAD_ORDER.index(table.proposal.kind or ""))
        rows = sum(table.facts.rows.height for table in wanted) or 1
        before = 0
        for table in wanted:
            own = table.facts.rows.height

            def tell(step: str, before: int = before, own: int = own) -> None:
                done = sum(WEIGHTS[earlier] for earlier in STEPS[: STEPS.index(step)])
                self._tell(entry, step, start + (1 - start) * (before + own * done) / rows)

            tell(STEPS[0])
            batch = None
            batch_id = self._same(entry, table.part) if resumed else None
            if batch_id is None:
                batch = load(self.store, unsettled(table), entry.confirmed_by or entry.account, tell)
                batch_id = batch.batch_id
            if batch and not batch.again:
                became = f"{batch.kind}: {batch.rows} = {batch.accepted} + {batch.duplicates} + {batch.rejected}"
                audit.log(
                    self.store, entry.confirmed_by or entry.account, "upload", f"{batch_id} {batch.file_name}", became
                )
            with self._changed:
                entry.loaded[table.part.key] = (batch_id, table.part)
                self._save(entry)
            before += own
        if not entry.tables:  # the first since the server stopped
            entry.tables = [Table(t.part, t.proposal.kind, t.proposal, t.choices, t.as_last_time) for t in found]
        return bool(found) and all(table.part.key in entry.loaded for table in found)

    def _same(self, entry: _Entry, part: Part) -> int | None:
        """The batch of this table that was made since it was confirmed: before the server stopped."""
        known = {batch for batch, _ in entry.loaded.values()}
        same = self.store.ask("intake/same_file", sha256=part.sha256, sheet=part.sheet)
        since = same.filter(pl.col("uploaded_at") >= entry.confirmed_at)["batch_id"].to_list()
        return next((batch for batch in since if batch not in known), None)

    def _loaded(self, entry: _Entry, complete: bool, error: IntakeError | None) -> None:
        """After loading: gone from the disk when all of it was loaded, else ready again."""
        with self._changed:
            entry.tables = [
                replace(table, batch_id=entry.loaded.get(table.key, (None, None))[0]) for table in entry.tables
            ]
            entry.confirmed_at = None
            if not complete:
                entry.error = error
                self._save(entry)
                self._queue(entry, "reading")
                return
            entry.loaded_at = now()
            self._save(entry)
            if not entry.unattended:
                (self.folder / entry.id / "content").unlink(missing_ok=True)
            if entry.found:
                shutil.rmtree(entry.found, ignore_errors=True)
                entry.found = None
            self._end(entry, "loaded")

    # Showing ----------------------------------------------------------------------------------------------------------

    def _shown(self, entry: _Entry) -> Item:
        before = 0
        if entry.state in ("reading", "waiting") and not entry.step:
            same = ("reading",) if entry.state == "reading" else ("waiting", "loading")
            others = (e for e in self._entries.values() if e.state in same and e is not entry)
            before = sum(e.turn < entry.turn for e in others)
        return Item(
            entry.id, entry.file_name, entry.size, entry.account, entry.unattended, entry.received_at, entry.state,
            before, entry.step, entry.share, tuple(entry.tables), entry.error,
        )  # fmt: skip


def _wanted(table: Table, keys: Sequence[str] | None) -> bool:
    return table.loadable and (keys is None or table.key in keys)


_desks: dict[Path, Desk] = {}
_desks_lock = threading.Lock()


def desk_of(store: Store) -> Desk:
    """The one desk of that store. The first call takes up what lay on it when the server stopped."""
    store = store.whole
    with _desks_lock:
        desk = _desks.get(store.folder)
        if desk is None or desk.store is not store:
            desk = _desks[store.folder] = Desk(store)
        return desk


def close_all() -> None:
    """Ends the work on every desk of this process."""
    for desk in list(_desks.values()):
        desk.close()
