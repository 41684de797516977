"""The inbox of a store: files put into its folder `inbox/` are loaded with nobody there, over the same desk as others.

A file is taken when it has stood still for a few seconds. Afterwards it lies in `inbox/done/` or `inbox/failed/`, with
a report in Vietnamese beside it (`<name>.txt`). What cannot be understood for certain is not loaded but failed: then
somebody hands it in on the Upload page. A crash loses nothing and loads nothing twice: the desk sees to that.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from quetma import settings
from quetma.access import audit
from quetma.intake.desk import desk_of
from quetma.intake.errors import REASONS, IntakeError
from quetma.intake.incoming import too_large
from quetma.intake.preview import Item, Table
from quetma.intake.source import label
from quetma.language import DEFAULT, moment, number, translator
from quetma.store import VIETNAM, Store, now
from quetma.watch import Watch

FOLDER = "inbox"
ACCOUNT = "inbox"  # who such uploads are by
EVERY = 3.0  # seconds between two looks
STILL = 5.0  # seconds for which a file must not have changed: before that somebody is still copying it
UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".temp", ".filepart", ".swp")
REPORTED = 1_000  # rejected rows written into a report

t = translator(DEFAULT)


class Inbox(Watch):
    """The inbox of one store, watched between `start` and `stop`."""

    def __init__(self, store: Store, still: float = STILL) -> None:
        super().__init__("inbox", EVERY)
        self.store = store
        self.folder = store.folder / FOLDER
        self.still = still
        for folder in (self.folder, self.folder / "done", self.folder / "failed"):
            folder.mkdir(mode=0o700, exist_ok=True)
        self._seen: dict[Path, tuple[tuple[int, int], float]] = {}  # file → (its size and time), since when

    def look(self) -> None:
        """One look: takes what has come, confirms what was understood, puts away what is dealt with."""
        for path in self._come():
            limit = settings.get(self.store, "upload_limit_mb")
            if path.stat().st_size > limit << 20:
                self._put_away(None, path, too_large(limit))
            else:
                desk_of(self.store).take(path, ACCOUNT)
        for item in desk_of(self.store).items():
            if item.unattended and item.account == ACCOUNT and not item.busy:
                self._deal_with(item)

    def _come(self) -> list[Path]:
        """The files that have stood still long enough."""
        seen, self._seen = self._seen, {}
        for path in sorted(self.folder.iterdir()):
            name = path.name.lower()
            if path.is_symlink() or not path.is_file() or name.startswith((".", "~")) or name.endswith(UNFINISHED):
                continue
            at = path.stat()
            shape = (at.st_size, at.st_mtime_ns)
            before = seen.get(path)
            self._seen[path] = before if before and before[0] == shape else (shape, time.monotonic())
        return [path for path, (_, since) in self._seen.items() if time.monotonic() - since >= self.still]

    def _deal_with(self, item: Item) -> None:
        certain = [table.key for table in item.tables if table.loadable and table.doubt is None]
        if item.state == "ready" and certain and not item.error:
            desk_of(self.store).confirm(item.id, ACCOUNT, certain)
        else:
            self._put_away(item)

    def _put_away(self, item: Item | None, path: Path | None = None, error: IntakeError | None = None) -> None:
        """Moves a file to where it belongs, its report first. With an item it comes off the desk."""
        name = item.file_name if item else path.name if path else ""
        good = item is not None and not item.error and bool(item.batches)
        good = good and all(table.batch_id is not None or table.nothing_lost for table in item.tables if item)
        mark = t("Number: {id}", id=item.id if item else "–")
        to = _free(self.folder / ("done" if good else "failed"), name, mark)
        lines = [name, moment(now()), t("Loaded.") if good else t("Not loaded, or not all of it.")]
        problem = error or (item.error if item else None)
        if problem:
            lines.append(problem.words(t))
        for table in item.tables if item else ():
            lines += ["", *self._told(table, bool(item and item.batches))]
        if not good:
            lines += [
                "",
                t(
                    "What to do: open the page Upload in the dashboard and hand this file in there, or mend it and put "
                    "it into the inbox again. What was loaded already is not counted twice."
                ),
            ]
        _report(to).write_text("\n".join([*lines, "", mark, ""]), encoding="utf-8")
        if item:
            desk_of(self.store).discard(item.id, keep=to)
        elif path:
            path.rename(to)
        if not good:
            audit.log(self.store, ACCOUNT, "inbox failed", name)

    def _told(self, table: Table, others: bool) -> list[str]:
        """What became of one table, line by line. others: other tables of its file were loaded."""
        named = f"{table.part.file_name} / {table.part.sheet}" if table.part.sheet else table.part.file_name
        if table.batch_id is None:
            why = table.error or table.doubt
            words = why.words(t) if why else t("not loaded")
            return [f"{named}: {words.removesuffix(t('Nothing was changed.')).rstrip() if others else words}"]
        counts = self.store.ask("intake/batch_counts", batch=table.batch_id).to_dicts()
        if not counts:  # undone meanwhile
            return [f"{named}: {t('Upload no.')} {table.batch_id}"]
        kind, source = counts[0].pop("kind"), counts[0].pop("source")
        if table.preview and table.batch_id in table.preview.earlier["batch_id"]:
            return [
                t("{file}: this very table is in upload {batch} already. Nothing was changed.", file=named,
                  batch=table.batch_id)
            ]  # fmt: skip
        figures = {name: number(value) for name, value in counts[0].items()}
        lines = [
            f"{named}: {t('Upload no.')} {table.batch_id}, {t(label(kind, source))}: "
            + t("{row_count} rows = {accepted} new + {duplicates} already stored + {rejected} rejected", **figures)
        ]
        lines += [f"    {remark.words(t)}" for remark in (table.preview.remarks if table.preview else ())]
        rejects = self.store.ask(
            "intake/rejects", batch=table.batch_id, open_only=False, page_size=REPORTED, page_start=0
        )
        for line, reason, raw in rejects.select("line", "reason", "raw").iter_rows():
            lines.append(f"    {t('Line')} {line}: {t(REASONS.get(reason, reason))}: {' '.join(raw.split())}")
        if counts[0]["rejected"] > REPORTED:
            lines.append("    " + t("and {n} more; all are on the page Upload", n=counts[0]["rejected"] - REPORTED))
        return lines


# What failed ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Failure:
    """A file in `inbox/failed/`, and what its report says."""

    name: str
    at: datetime
    report: str


def failures(store: Store) -> list[Failure]:
    """The files that could not be loaded and that nobody has taken away yet, the newest first."""
    found = []
    for path in (store.folder / FOLDER / "failed").glob("*"):
        report = _report(path)
        if report.is_file() and path.is_file():
            at = datetime.fromtimestamp(report.stat().st_mtime, VIETNAM).replace(tzinfo=None)
            found.append(Failure(path.name, at, report.read_text(encoding="utf-8")))
    return sorted(found, key=lambda failure: failure.at, reverse=True)


def forget(store: Store, name: str) -> None:
    """Deletes a file that failed, with its report."""
    if any(failure.name == name for failure in failures(store)):
        path = store.folder / FOLDER / "failed" / name
        path.unlink(missing_ok=True)
        _report(path).unlink(missing_ok=True)


def _report(path: Path) -> Path:
    return path.with_name(path.name + ".txt")


def _free(folder: Path, name: str, mark: str) -> Path:
    """A path in the folder that no file has, and no report but one with this mark, which a crash left."""
    stem, suffix = Path(name).stem, Path(name).suffix
    n = 1
    while True:
        path = folder / (name if n == 1 else f"{stem} ({n}){suffix}")
        report = _report(path)
        if not path.exists() and (not report.exists() or mark in report.read_text(encoding="utf-8", errors="replace")):
            return path
        n += 1
