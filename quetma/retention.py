"""What visitors were promised: check-ins at the door are forgotten after `visitor_days`, and only numbers stay.

    would_purge(store, day) -> Purged; purge(store, day) does it, whole or not at all, and leaves a line in the audit

Forgotten are the days on which somebody of no roster checked in by phone or was entered at the gate: their scans of
such a day become those of somebody nameless, whoever's list tells of them, so that arrivals, stays and daily figures
are what they were; health declarations of the day are deleted; so are name, phone and whatever else was typed, and the
name in the gate's lines of the audit. Whoever is named elsewhere (another day, another list) is still known from there.

Kept are the visits of whoever is an open case, or the contact of one: Law 91/2025/QH15 has data deleted when its
purpose is done, and tracing that case is the purpose. When the case is closed, they go at the next time. So do the
visits that somebody has asked for, once that request is answered or refused (quetma/inquiries.py). The register
of cases and saved answers are records of their own and stay.
"""

import random
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from string import ascii_lowercase
from typing import Any

import polars as pl
from duckdb import DuckDBPyConnection

from quetma import clustering, expiry, language, rollups, seen, settings, touch, upkeep
from quetma.access import audit
from quetma.intake import recount
from quetma.intake.undo import forget
from quetma.store import Store, now, people_changed, query
from quetma.touch import Touched
from quetma.watch import Watch

ACCOUNT = "schedule"  # who does it with nobody there
EVERY = 600.0  # seconds between two looks whether a new day has come
DOUBTED = timedelta(days=3)  # without anything done to the store: the machine was off, or its clock is wrong
HELD = (
    "Nothing was deleted yet: for some days before today nothing was done here. If the clock of this machine is wrong, "
    "set it right today; what is over goes tomorrow."
)
NAMELESS = pl.Schema(
    {
        "person_id": pl.Int64, "identity": pl.String, "name": pl.String, "phone": pl.String, "birth_year": pl.Int16,
        "masked": pl.Boolean,
    }
)  # fmt: skip

_secret = random.SystemRandom()


@dataclass(frozen=True)
class Purged:
    """What was forgotten, or would be. before: the first day of which everything is kept. waiting: visitors of before
    of whom something is still kept, as a request that is not ended asks for it.
    """

    before: date
    visitors: int = 0
    scans: int = 0
    declarations: int = 0
    waiting: int = 0

    @property
    def kinds(self) -> dict[str, int]:
        """As `expiry.run` says it: {kind: rows}."""
        return {"visitors": self.scans} if self.scans else {}

    def json(self) -> dict[str, Any]:
        """The object of `purge --json`."""
        return {**asdict(self), "before": self.before.isoformat()}


def purge(store: Store, today: date | None = None, account: str = ACCOUNT) -> Purged:
    """Forgets what is due on `today` (None: the real one), in one transaction. What a check-in says of its last day is
    kept until that day ends.
    """
    with store.write() as cursor:
        return _purge(cursor, today or now().date(), account)


def would_purge(store: Store, today: date | None = None) -> Purged:
    """What `purge` would do; nothing is changed."""
    with suppress(_NotMeant), store.write() as cursor:
        purged = _purge(cursor, today or now().date(), "")
        raise _NotMeant
    return purged


class _NotMeant(Exception):
    """Ends the transaction of what was only tried."""


class Schedule(Watch):
    """Forgets once a day, between `start` and `stop`, what is due in a store, and does what was put off until night."""

    def __init__(self, store: Store) -> None:
        super().__init__("retention", EVERY)
        self._store = store
        self._done: date | None = None
        self._failed: date | None = None

    def look(self) -> None:
        """Forgets what is due, unless that was done today. The demo unit's time stands still.

        Of a day long after the last on which anything was done here it waits until the next: a clock that was set
        forward would else take what nobody can bring back.
        """
        today = now().date()
        if self._done == today or self._store.demo:
            return
        before = [run.ran_at.date() for run in upkeep.runs(self._store) if run.ran_at.date() < today]
        if before and today - max(before) > DOUBTED:
            upkeep.note(self._store, "purge", ACCOUNT, failed=HELD)
            self._done = today
            return
        try:
            told = {**purge(self._store, today).json(), "kinds": expiry.run(self._store, today)}
        except Exception as error:
            if self._failed != today:  # once a day is enough to be told
                upkeep.note(self._store, "purge", ACCOUNT, failed=" ".join(str(error).split())[:500])
                self._failed = today
            raise
        upkeep.note(self._store, "purge", ACCOUNT, told)
        self._done = today
        try:
            clustering.tidy(self._store)
        finally:
            seen.catch_up(self._store)


def _purge(cursor: DuckDBPyConnection, today: date, account: str) -> Purged:
    before = today - timedelta(days=settings.get(cursor, "visitor_days"))
    days = settings.get(cursor, "scan_days")
    listed = today - timedelta(days=days) if days else None
    due = cursor.sql(query("retention/leaving")[0], params={"before": before, "listed": listed}).pl()
    waiting = due.filter("waits")["person_id"].n_unique()
    due = due.filter(~pl.col("waits")).drop("waits")
    if due.is_empty():
        return Purged(before, waiting=waiting)
    purged = replace(forget_days(cursor, due, before, account), waiting=waiting)
    told = f"{purged.visitors} visitors, {purged.scans} scans, {purged.declarations} declarations"
    audit.log_within(cursor, account, "purge", f"< {before:%d/%m/%Y}", told)
    return purged


def forget_days(cursor: DuckDBPyConnection, due: pl.DataFrame, before: date, account: str) -> Purged:
    """Makes what these people did on these days (person_id, day) nobody's, within a write. before: the first day of
    which the gate's lines in the audit still name them.
    """
    leaving = due.join(_nameless(cursor, due["person_id"].unique()), on="person_id")
    with _frames(cursor, leaving=leaving):
        identities = cursor.sql(query("retention/identities")[0]).pl()
        scans = cursor.sql(query("retention/scans")[0]).pl()
        declarations = cursor.sql(query("retention/declarations")[0]).pl()
    with _frames(cursor, names=identities.select("name").unique()):
        token = secrets.token_hex(8)
        silenced = cursor.execute(query("retention/silence_audit")[0], {"before": before, "struck": token}).fetchall()
    audit.strike(cursor, account, [number for (number,) in silenced], token)
    _forget_rows(cursor, scans, declarations)
    _forget_people(cursor, identities, leaving["anonymous_id"].unique())
    days = frozenset([*due["day"], *scans["moment"].dt.date()])
    began, ended = scans["moment"].min(), scans["moment"].max()
    if scans.is_empty():  # declarations alone
        began, ended = (datetime.combine(day, time()) for day in (min(days), max(days)))
    touched = Touched((began, ended), days, frozenset(declarations["day"]))
    touch.concern(cursor, [*identities["as_named"], *due["person_id"], *leaving["anonymous_id"]])
    rollups.derive(cursor, recount.anew(cursor, touched))
    return Purged(before, leaving["person_id"].n_unique(), scans.height, declarations.height)


def _nameless(cursor: DuckDBPyConnection, people: pl.Series) -> pl.DataFrame:
    """Makes somebody of whom nothing is known for each of these people: person_id, anonymous_id. Their order is random,
    so that it says nothing.
    """
    [(_, first, _)] = cursor.execute(query("intake/next_ids")[0]).fetchall()
    shuffled = _secret.sample(people.to_list(), len(people))
    name = language.translator(language.DEFAULT)("Visitor, forgotten")
    # only letters: no piece of a phone that somebody looks for is found in them
    rows = [
        (first + n, f"masked:{''.join(_secret.choices(ascii_lowercase, k=20))}|", name, None, None, True)
        for n in range(len(shuffled))
    ]
    fresh = pl.DataFrame(rows, schema=NAMELESS, orient="row")
    with _frames(cursor, fresh=recount.with_keys(fresh)):
        cursor.execute(query("intake/insert_people")[0])
    people_changed(cursor, fresh["person_id"])
    return pl.DataFrame({"person_id": shuffled, "anonymous_id": fresh["person_id"]})


def _forget_rows(cursor: DuckDBPyConnection, scans: pl.DataFrame, declarations: pl.DataFrame) -> None:
    """The scans become those of the nameless, the declarations go, and uploads name whom they still tell of."""
    with _frames(cursor, forgotten=scans, removed=declarations):
        cursor.execute(query("retention/anonymise")[0])
        cursor.execute(query("retention/empty_door")[0])
        cursor.execute(query("gate/uncount")[0])
        cursor.execute(query("retention/remove_declarations")[0])
    named = pl.concat([frame.select("batch_id", "as_named") for frame in (scans, declarations)]).unique()
    name = language.translator(language.DEFAULT)("Visitor, forgotten")
    claims = scans.select("batch_id", "anonymous_id").unique().rename({"anonymous_id": "person_id"})
    claims = claims.with_columns(name=pl.lit(name), birth_year=pl.lit(None, pl.Int16))
    with _frames(cursor, claimed=named, claims=claims):
        cursor.execute(query("retention/remove_claims")[0])
        cursor.execute(query("door/insert_claims")[0])


def _forget_people(cursor: DuckDBPyConnection, identities: pl.DataFrame, nameless: pl.Series) -> None:
    """Whom no upload names any more is gone, with what was decided about who they are; so are those nameless ones that
    nobody's scans became: who had declarations alone leaves none.
    """
    with _frames(cursor, identities=identities):
        gone = cursor.sql(query("retention/gone")[0]).pl()
    with _frames(cursor, gone=gone):
        cursor.execute(query("retention/remove_merges")[0])
        cursor.execute(query("retention/remove_aparts")[0])
    forget(cursor, pl.DataFrame({"person_id": pl.concat([identities["as_named"], nameless])}))
    cursor.execute(query("people/forget_former")[0])


@contextmanager
def _frames(cursor: DuckDBPyConnection, **frames: pl.DataFrame) -> Generator[None]:
    """While statements read these frames by their names."""
    for name, frame in frames.items():
        cursor.register(name, frame)
    yield
    for name in frames:
        cursor.unregister(name)
