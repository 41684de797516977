"""A copy of the data for analysts to read with any tool, without the store: Parquet files by day, under pseudonyms.

    publish(store, account, folder) -> Published; pack(store, path) as one ZIP; Schedule publishes one a day

What leaves: who was where when, to the minute, and figures. What does not: names, phones, purposes and every other free
text but names of places, health data about anybody. A person is a keyed hash; the key is thrown away, so two snapshots
cannot be joined by it, unless somebody keeps one (`key`); by the times of the same days they can, and each says so. All
of it is of one moment. A snapshot is there whole or not at all, and takes the place of those before it. What each table
and column holds is said once, in `dictionary`; its files are made of it.
"""

import hashlib
import json
import os
import secrets
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from duckdb import DuckDBPyConnection

from quetma import language, secret, settings, upkeep
from quetma.access import audit, small
from quetma.documents.table import Told, nobody
from quetma.durable import share, sync
from quetma.intake.errors import Refusal
from quetma.language import Translate
from quetma.store import Store, StoreError, now, query
from quetma.watch import Watch

FEWEST = 10  # people who share a decade of birth; fewer would be told apart by it
NAME = "snapshot-{:%Y-%m-%d-%H%M%S}"
MAKING = ".snapshot-making-"
BY_DAY = ("scan", "stay")
README, TABLE, ABOUT = {"vi": "README.md", "en": "README.en.md"}, "dictionary.csv", "snapshot.json"
ACCOUNT = "schedule"
EVERY = 60.0  # seconds
NOT_AT_ONCE = 180.0  # seconds that the dashboard has run before it begins


class SnapshotError(Refusal):
    """A snapshot cannot be made; what is there was not changed."""


@dataclass(frozen=True)
class Published:
    """A snapshot that is there. rows: of each table. joins: somebody has the key, and can join it with others of it."""

    path: Path
    made_at: datetime
    first_day: date | None
    last_day: date | None
    rows: dict[str, int]
    size: int
    joins: bool
    seconds: float

    def json(self) -> dict[str, Any]:
        """The object of `snapshot --json`, which also stands in the snapshot and is written down as what came of it."""
        return {
            "folder": str(self.path), "made_at": self.made_at.isoformat(timespec="seconds"),
            "first_day": self.first_day and self.first_day.isoformat(),
            "last_day": self.last_day and self.last_day.isoformat(),
            "rows": self.rows, "size": self.size, "joins": self.joins, "seconds": round(self.seconds, 1),
        }  # fmt: skip


# What is in it --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Table:
    """A table of a snapshot: what one row is, and what each column holds, in the order of its files."""

    row: str
    columns: Mapping[str, str]


def dictionary(t: Translate) -> dict[str, Table]:
    """Every table by its name, in the reader's language."""
    person = t("Pseudonym, the same in all tables of this snapshot and in no other")
    place = t("Number of the place, as in table place")
    folder = t("Day of the file, which readers take from the folder's name")
    whole = t("Number of the place, as in table place; 0 is all places together")
    return {
        "scan": Table(
            t("One scan, in one file a day"),
            {
                "person": person,
                "place": place,
                "scanned_at": t("When, to the minute, local time of Vietnam"),
                "direction": t("in, out or unknown"),
                "day": folder,
            },
        ),
        "stay": Table(
            t("One stay made of scans, in one file for the day on which it began"),
            {
                "person": person,
                "place": place,
                "t_in": t("When it began, to the minute"),
                "t_out": t("When it ended, to the minute"),
                "in_seen": t("Whether the beginning was scanned; else it is inferred"),
                "out_seen": t("Whether the end was scanned; else it is inferred"),
                "day": folder,
            },
        ),
        "person": Table(
            t("One person of a scan, a stay or a staff list"),
            {
                "person": person,
                "kind": t("staff on the last day, visitor, or masked: a masked entry may stand for several people"),
                "born": t("First year of the decade of birth; empty when unknown, or when fewer than {n} of that kind "
                          "share it", n=FEWEST),
            },
        ),
        "place": Table(
            t("One place"),
            {
                "place": t("Number of the place"),
                "name": t("Its name"),
                "district": t("District or commune; empty when nobody said"),
                "capacity": t("How many may be inside at once; empty when nobody said"),
                "enclosed": t("Whether it has walls and a roof; empty when nobody said"),
            },
        ),
        "flow": Table(
            t("One day, place and kind of person with a scan"),
            {
                "day": t("Day"),
                "place": whole,
                "kind": t("staff or visitor"),
                "people": t("How many different people; empty when fewer than {n}", n=small.FEWEST),
                "scans": t("How many scans; empty when of fewer than {n} people", n=small.FEWEST),
            },
        ),
        "duty": Table(
            t("One day, duty and place of work at which somebody of the staff owes the duty"),
            {
                "day": t("Day"),
                "duty": t("apps, vaccinated, declared or scanned"),
                "place": whole,
                "have": t("How many did it; empty when some, but fewer than {n}, did or did not, or when it would tell "
                          "that of another place", n=small.FEWEST),
                "due": t("How many owe it; empty where have is, but for all places together: there only when fewer "
                         "than {n} do", n=small.FEWEST),
            },
        ),
        "calendar": Table(
            t("One day between the first and the last with data"),
            {
                "day": t("Day"),
                "working": t("Whether it is a working day"),
                "holiday": t("Name of the public holiday; empty when it is none"),
            },
        ),
    }  # fmt: skip


def _readme(t: Translate, of: Published) -> str:
    """The dictionary for people, as Markdown: what it is, what risk remains, the tables, how they are read."""
    lines = [
        f"# {t('Snapshot for analysts')}",
        "",
        t("Made at {moment}; days from {first} to {last}. All of it is of one moment.",
          moment=language.moment(of.made_at), first=language.day(of.first_day), last=language.day(of.last_day)),
        "",
        f"## {t('Whom it is about, and how they are protected')}",
        "",
        *(f"- {line}" for line in (
            t("A person is a pseudonym: a keyed hash (BLAKE2b, 96 bits) of their number. Names, phones, addresses, "
              "purposes and other free texts are not in it, but for the names of places; nor is health data about "
              "anybody."),
            t("The key is kept by whoever made this snapshot: snapshots made with the same key can be joined.")
            if of.joins else
            t("The key was thrown away: nobody can compute a pseudonym again, or join this snapshot with another by "
              "it."),
            t("Times are to the minute; years of birth are decades, told only where at least {n} people share one.",
              n=FEWEST),
            t("Figures about fewer than {n} people are empty.", n=small.FEWEST),
        )),
        "",
        f"## {t('What risk remains')}",
        "",
        *(f"- {line}" for line in (
            t("Pseudonyms are not anonymity. Whoever knows when somebody was at one or two of these places can find "
              "their rows, and with them everywhere else they were. Of a small unit, a colleague needs no more than "
              "the habit of coming first."),
            t("The staff of a place with few people can be told apart by their hours, whatever is coarsened."),
            t("Two snapshots that have the same days can be joined by the times and places of these days, whatever "
              "the keys: delete one before the next is taken."),
            t("Therefore: personal data by law (91/2025/QH15). Keep it where only those may read who need it; do not "
              "join it with other lists of people or publish rows; publish figures of at least {n} people; delete it "
              "when its purpose is done. Who was deleted from the store is not in the next snapshot.", n=FEWEST),
        )),
        "",
        f"## {t('Tables')}",
    ]  # fmt: skip
    for name, table in dictionary(t).items():
        where = f"{name}/day=YYYY-MM-DD/{name}.parquet" if name in BY_DAY else f"{name}.parquet"
        rows = language.number(of.rows[name], language.spoken(t))
        lines += ["", f"### {name}", "", f"{table.row}. `{where}`. {t('Rows')}: {rows}", ""]
        lines += [f"| {t('Column')} | {t('Meaning')} |", "|---|---|"]
        lines += [f"| `{column}` | {meaning} |" for column, meaning in table.columns.items()]
    lines += [
        "", f"## {t('How to read it')}", "", "```python",
        "duckdb.sql(\"FROM 'scan/*/*.parquet' WHERE day = '2021-08-27'\")",
        'polars.scan_parquet("stay/*/*.parquet").group_by("place").len().collect()',
        'pyarrow.dataset.dataset("stay", partitioning="hive").to_table()', "```", "",
    ]  # fmt: skip
    return "\n".join(lines)


# Making one -----------------------------------------------------------------------------------------------------------


def publish(store: Store, account: str, folder: Path, key_file: Path | None = None) -> Published:
    """Makes a snapshot in that folder, made when it is not there, and removes those before it once it stands whole.

    key_file: has the key of the pseudonyms, made when it is not there; snapshots of one key can be joined. Raises
    `SnapshotError`, and writes down why.
    """
    folder = folder.resolve()
    try:
        if folder == store.folder or store.folder in folder.parents or folder in store.folder.parents:
            raise SnapshotError(
                "{folder} is the store's own folder, or holds it: who may read a snapshot must not get into it. Name "
                "another folder. No snapshot was made.", folder=folder,
            )  # fmt: skip
        folder.mkdir(mode=0o700, exist_ok=True)
        for left in folder.glob(f"{MAKING}*"):
            shutil.rmtree(left, ignore_errors=True)
        path = _free(folder)
        with _staging(folder) as staging:
            made = _make(store, staging, path, key_file, nobody)
            share(staging)
            _whole(staging)
            staging.rename(path)
        sync(folder)
    except (OSError, duckdb.Error, Refusal) as error:
        refused = error if isinstance(error, SnapshotError) else SnapshotError(
            "The snapshot was not made: {why}. Those that were there are as they were.",
            why=" ".join(str(error).split()).rstrip("."),
        )  # fmt: skip
        with suppress(duckdb.Error, StoreError):
            upkeep.note(store, "snapshot", account, {"folder": str(folder)}, str(refused))
        raise refused from error
    for old in published(folder):
        if old != path:
            shutil.rmtree(old, ignore_errors=True)
    upkeep.note(store, "snapshot", account, made.json())
    audit.log(store, account, "snapshot", path.name, f"{made.rows['scan']} scans")
    return made


def pack(store: Store, path: Path, told: Told = nobody) -> Published:
    """Makes a snapshot as one ZIP at `path`. told: is told how many scans are written; what it raises breaks it off."""
    name = NAME.format(now())
    with _staging(path.parent) as staging:
        made = _make(store, staging, Path(name), None, told)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as packed:  # Parquet is packed already
            for file in sorted(file for file in staging.rglob("*") if file.is_file()):
                packed.write(file, f"{name}/{file.relative_to(staging).as_posix()}")
    return made


def published(folder: Path) -> list[Path]:
    """The snapshots in a folder, the newest first: one, but for a moment."""
    found = [path for path in folder.glob("snapshot-*") if (path / ABOUT).exists()] if folder.is_dir() else []
    return sorted(found, key=lambda path: path.name, reverse=True)


def _free(folder: Path) -> Path:
    """Where the next snapshot is to lie: by the second, which no other has."""
    at = now()
    while (path := folder / NAME.format(at)).exists():
        at += timedelta(seconds=1)
    return path


@contextmanager
def _staging(folder: Path) -> Generator[Path]:
    staging = Path(tempfile.mkdtemp(prefix=MAKING, dir=folder))
    staging.chmod(0o755)  # who gets into the folder around it may read it
    try:
        yield staging
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _make(store: Store, into: Path, path: Path, key_file: Path | None, told: Told) -> Published:
    """All files of a snapshot that is to lie at `path`, in the folder `into`."""
    began, made_at = time.perf_counter(), now().replace(microsecond=0)
    key = _key(key_file)
    rows: dict[str, int] = {}
    cursor = store.cursor()
    with _one_moment(cursor):
        people = cursor.sql(query("snapshot/people")[0]).pl()["person_id"]
        cursor.register("pseudonym", pl.DataFrame({"person_id": people, "person": pseudonyms(people, key)}))
        days = [day for day, _ in cursor.sql(query("snapshot/days")[0]).fetchall()]
        last = days[-1] if days else now().date()
        done = 0
        for name in dictionary(language.translator("en")):
            rows[name] = 0
            for day in days if name in BY_DAY else [last]:
                frame = _asked(cursor, f"snapshot/{name}", day)
                frame = _kept_small(frame) if name == "duty" else frame
                file = into / name / f"day={day}" / f"{name}.parquet" if name in BY_DAY else into / f"{name}.parquet"
                file.parent.mkdir(parents=True, exist_ok=True)
                frame.write_parquet(file, compression="zstd")
                rows[name] += frame.height
                done += frame.height if name == "scan" else 0
                told(done)
    cursor.close()
    size = sum(file.stat().st_size for file in into.rglob("*.parquet"))
    span = (days[0], days[-1]) if days else (None, None)
    of = Published(path, made_at, *span, rows, size, key_file is not None, time.perf_counter() - began)
    for spoken, file_name in README.items():
        (into / file_name).write_text(_readme(language.translator(spoken), of), encoding="utf-8")
    _lines().write_csv(into / TABLE, include_bom=True)
    (into / ABOUT).write_text(json.dumps({**of.json(), "folder": path.name}, indent=1), encoding="utf-8")
    return of


def _lines() -> pl.DataFrame:
    """The dictionary for programs: a row a column."""
    vi, en = (dictionary(language.translator(spoken)) for spoken in ("vi", "en"))
    told = [
        (name, column, vi[name].columns[column], meaning)
        for name, table in en.items()
        for column, meaning in table.columns.items()
    ]
    return pl.DataFrame(told, schema=["table", "column", "meaning_vi", "meaning_en"], orient="row")


def _asked(cursor: DuckDBPyConnection, name: str, day: date) -> pl.DataFrame:
    text, names = query(name)
    offered = {"day": day, "fewest": FEWEST if name == "snapshot/person" else small.FEWEST}
    return cursor.sql(text, params={one: offered[one] for one in names} or None).pl()


def _kept_small(duty: pl.DataFrame) -> pl.DataFrame:
    """The table of duties without figures of one or two who did theirs, or did not, and without those that tell one."""
    sides = duty.with_columns(left=pl.col("due") - pl.col("have"))
    few = pl.any_horizontal(pl.col("due", "have", "left").is_between(1, small.FEWEST - 1))
    parts = sides.filter(pl.col("place") > 0).partition_by("day", "duty", maintain_order=True)
    told = [
        part.filter(small.beside_the_whole(part.select("due", "have", "left").rows())).select("day", "duty", "place")
        for part in parts
    ]
    kept = pl.concat([sides.filter(pl.col("place") == 0, ~few).select("day", "duty", "place"), *told])
    exact = duty.join(kept.with_columns(exact=True), on=["day", "duty", "place"], how="left", maintain_order="left")
    whole = (pl.col("place") == 0) & (pl.col("due") >= small.FEWEST)
    return exact.select(
        "day", "duty", "place", pl.when("exact").then("have").alias("have"),
        pl.when(pl.col("exact") | whole).then("due").alias("due"),
    )  # fmt: skip


def _key(file: Path | None) -> bytes:
    """The key of the pseudonyms: that of the file, made when it is not there, else one that nobody ever knows."""
    if file is None:
        return secrets.token_bytes(32)
    if not secret.read(file):
        secret.keep(file, secrets.token_hex(32))
    return bytes.fromhex(secret.read(file).strip())


def pseudonyms(people: pl.Series, key: bytes) -> list[str]:
    """What these numbers of people become with that key: 96 bits, so no two of them are the same."""
    keyed = hashlib.blake2b(key=key, digest_size=12)
    found = []
    for one in people:
        each = keyed.copy()
        each.update(str(one).encode())
        found.append(each.hexdigest())
    return found


@contextmanager
def _one_moment(cursor: DuckDBPyConnection) -> Generator[None]:
    """Nothing that others write meanwhile is seen."""
    cursor.execute("BEGIN")
    try:
        yield
    finally:
        with suppress(duckdb.Error):
            cursor.execute("ROLLBACK")


def _whole(folder: Path) -> None:
    """Makes all files in it safe on the disk."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as written:
                os.fsync(written.fileno())
    for inner in [path for path in folder.rglob("*") if path.is_dir()] + [folder]:
        sync(inner)


# Day by day -----------------------------------------------------------------------------------------------------------


def set_up(store: Store, account: str, folder: str, at: str) -> None:
    """Keeps into which folder a snapshot is published each day ('' is none), and from which hour on (HH:MM). Raises
    `SnapshotError`.
    """
    if folder and not (Path(folder).is_absolute() and os.access(folder, os.W_OK)):
        raise SnapshotError(
            "{folder} is no folder into which the dashboard may write. Nothing was saved.", folder=folder
        )
    with store.write() as cursor:
        settings.put(cursor, "snapshot_folder", folder)
        settings.put(cursor, "snapshot_at", at)
        audit.log_within(cursor, account, "set up snapshots", at if folder else "none", folder)


def due(store: Store, at: datetime) -> bool:
    """Whether the day's snapshot is to be made: asked for, and none since the hour."""
    asked = settings.get(store, "snapshot_folder")
    return bool(asked) and upkeep.due(store, "snapshot", settings.get(store, "snapshot_at"), at)


class Schedule(Watch):
    """Publishes the day's snapshot of a store, where one is asked for, between `start` and `stop`."""

    def __init__(self, store: Store, clock: Callable[[], datetime] = now) -> None:
        super().__init__("snapshot", EVERY)
        self._store, self._clock = store, clock
        self._from = time.monotonic() + NOT_AT_ONCE

    def look(self) -> None:
        """One look."""
        if time.monotonic() < self._from or self._store.demo or not due(self._store, self._clock()):
            return
        with suppress(SnapshotError):  # written down
            publish(self._store, ACCOUNT, Path(settings.get(self._store, "snapshot_folder")))
