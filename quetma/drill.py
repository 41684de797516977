"""Tracing drills: a mock F0 of the past week, how complete and how fast the unit traces them, and how many are reached.

A drill is no case: it has tables of its own (schema/005_receipts.sql), which nothing but this module reads. It keeps
numbers of people, no names.
"""

import random
import time
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from datetime import time as clock

import polars as pl

from quetma import tracing
from quetma.store import Store, now, query

WEEK = timedelta(days=7)
MARK = "DIỄN TẬP"  # on everything that a drill shows or writes, in every language: nobody may take it for real


class DrillError(ValueError):
    """What was asked cannot be; the English text is a message identifier that says why."""


@dataclass(frozen=True)
class Drill:
    """A drill that runs. person_id: the mock case."""

    drill_id: int
    started_at: datetime
    started_by: str
    person_id: int
    staff: bool
    onset: date

    @property
    def question(self) -> tracing.Question:
        """The question the drill asks: by the rule in force, the onset on the last day the person was here."""
        return tracing.Question((tracing.Case(self.person_id, self.onset),))


def start(store: Store, account: str, rng: random.Random | None = None) -> Drill:
    """Picks anybody with scans in the seven days up to `store.today()`, each as likely, and traces them.

    Raises `DrillError` when a drill runs already, or nobody has scans in that week.
    """
    until = datetime.combine(store.today() + timedelta(days=1), clock())
    with store.write() as cursor:
        if running(store) is not None:
            raise DrillError("A drill is running already. Finish it first.")
        people = store.ask("drill/people", first=until - WEEK, last=until)
        if people.is_empty():
            raise DrillError("Nobody has scanned in the past week, so there is nobody to practise with.")
        picked = people.row((rng or random.SystemRandom()).randrange(people.height), named=True)
        [(number,)] = cursor.execute(query("drill/next_id")[0]).fetchall()
        drill = Drill(
            number, now().replace(microsecond=0), account, picked["person_id"], picked["staff"], picked["last_day"]
        )
        f1, measured = _traced(store, drill)
        begun = {field.name: getattr(drill, field.name) for field in fields(drill)}
        cursor.execute(query("drill/insert")[0], begun | measured)
        cursor.register("contact", f1)
        cursor.execute(query("drill/insert_contacts")[0])
        cursor.unregister("contact")
    return drill


def _traced(store: Store, drill: Drill) -> tuple[pl.DataFrame, dict[str, float | int]]:
    """The F1s to call, as queries/drill/insert_contacts.sql wants them, and the figures of the answer."""
    begun = time.perf_counter()
    answer = tracing.trace(store, drill.question, whole=True)
    seconds = time.perf_counter() - begun
    met = tracing.evidence(store, answer)
    whole = met.select(pl.all_horizontal("infector_in_seen", "infector_out_seen", "in_seen", "out_seen")).to_series()
    [case] = answer.question.cases
    assert case.until is not None
    [own] = store.ask(
        "drill/own_days",
        person=case.person_id,
        since=case.since,
        until=case.until,
        first_day=(case.since - tracing.LONGEST_STAY).date(),
        last_day=case.until.date(),
    ).to_dicts()
    f1 = tracing.suspected(answer.f1).select(
        drill_id=pl.lit(drill.drill_id, pl.Int32),
        person_id="person_id",
        minutes="minutes",
        phone=pl.col("phone").is_not_null(),
    )
    return f1, {
        "seconds": seconds,
        "contacts": met.height,
        "contacts_seen": int(whole.sum()),
        "own_days": own["days"],
        "own_days_seen": int(own["days_seen"]),
        "unscanned": answer.unscanned["person_id"].n_unique(),
    }


def running(store: Store) -> Drill | None:
    """The drill that has not ended, if there is one."""
    return next((Drill(**row) for row in store.ask("drill/running").iter_rows(named=True)), None)


def contacts(store: Store, drill: Drill) -> pl.DataFrame:
    """The F1s to call (columns of queries/drill/contacts.sql)."""
    return store.ask("drill/contacts", drill=drill.drill_id)


def reach(store: Store, drill: Drill, person_id: int, reached: bool = True) -> None:
    """Writes down that an F1 was reached now, or was not after all."""
    at = now().replace(microsecond=0) if reached else None
    with store.write() as cursor:
        cursor.execute(query("drill/reach")[0], {"drill": drill.drill_id, "person": person_id, "at": at})


def finish(store: Store, drill: Drill, given_up: bool = False) -> None:
    """Ends the drill; what was reached so far is its result."""
    with store.write() as cursor:
        values = {"drill": drill.drill_id, "at": now().replace(microsecond=0), "given_up": given_up}
        cursor.execute(query("drill/finish")[0], values)


def results(store: Store) -> pl.DataFrame:
    """A row per drill that ended, oldest first: columns of queries/drill/results.sql, and shares of 1 (null: of none).

    with_phone: F1s with a phone. seen: contacts with all four ends scanned. own: days of the mock case with all scans.
    reached_share: F1s reached. minutes: from the start until the last of them was reached.
    """

    def share(part: str, whole: str) -> pl.Expr:
        return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))

    return store.ask("drill/results").with_columns(
        with_phone=share("phones", "f1"),
        seen=share("contacts_seen", "contacts"),
        own=share("own_days_seen", "own_days"),
        reached_share=share("reached", "f1"),
        minutes=(pl.col("last_reached_at") - pl.col("started_at")).dt.total_seconds() / 60,
    )
