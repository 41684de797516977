"""What is done about the contacts of registered cases: who was reached, what they said, where they stay, how they are.

    listed ──24 h──▶ reached ──▶ questionnaire ──▶ verdict ──▶ quarantine, tests ──▶ health every day ──▶ done

Everything is an entry with a time and an account, and can be taken back. What is to be done follows from the entries,
the rule in force on the case's day and the contact's doses (rules.toml); `state` works it out for a moment, and the
lists, the figures for public health and the Overview all read that one frame.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

import polars as pl

from quetma import directory, tracing
from quetma.access import audit
from quetma.cases import RegisteredCase
from quetma.store import Store, query

Kind = Literal["called", "questionnaire", "verdict", "quarantine", "health", "test", "lost"]
OUTCOMES: dict[Kind, tuple[str, ...]] = {
    "called": ("reached", "no_answer", "wrong_number"),
    "questionnaire": ("",),
    "verdict": ("contact", "cleared"),
    "quarantine": ("home", "centre", "hospital", "elsewhere"),
    "health": ("well", "ill"),
    "test": ("pending", "negative", "positive"),
    "lost": ("",),
}
OF_A_CASE: tuple[Kind, ...] = ("questionnaire", "verdict")
TASKS = (
    "ill",
    "call",
    "verdict",
    "quarantine",
    "test",
    "health",
    "release",
)  # what may be due, in the order it is done
REACH_WITHIN = timedelta(hours=24)


class FollowUpError(ValueError):
    """An entry that cannot be; the English text is a message identifier that says why."""


@dataclass(frozen=True)
class Questionnaire:
    """What a contact says of their time with the case; None is not known.

    met: whether they met at all. near: within 2 m. closed: in one closed room or vehicle. masked: both, all the time.
    minutes: together.
    """

    met: bool | None = None
    near: bool | None = None
    closed: bool | None = None
    masked: bool | None = None
    minutes: int | None = None

    def json(self) -> str:
        """For keeping it."""
        return json.dumps(asdict(self))

    @staticmethod
    def from_json(text: str) -> "Questionnaire":
        """What `json` wrote."""
        return Questionnaire(**json.loads(text))


def suggested(said: Questionnaire, rule: str) -> bool | None:
    """Whether the rule calls that a close contact: within 2 m or in one closed room; under the rules that ask for
    masks, with both masked only from some minutes on. None when it cannot be said; a leader decides.
    """
    if said.met is False:
        return False
    close = _either(said.near, said.closed)
    least = tracing.quarantine(rule, [], date.min).masked_minutes
    if not close or not least or said.masked is False:
        return close
    if said.masked is None or said.minutes is None:
        return True if said.minutes is not None and said.minutes >= least else None
    return said.minutes >= least


def _either(one: bool | None, other: bool | None) -> bool | None:
    if one or other:
        return True
    return False if one is False and other is False else None


# Listing contacts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Listing:
    """What following a trace changes: new contacts, those whose facts changed, those no longer in the answer.

    Frames of person_id, degree, exposed_at, last_at, minutes, location.
    """

    new: pl.DataFrame
    changed: pl.DataFrame
    gone: pl.DataFrame


def compare(store: Store, case: RegisteredCase, question: tracing.Question, degrees: Sequence[int] = (1, 2)) -> Listing:
    """What the answer for this case alone, asked with the limits of `question`, says beyond what is listed. Who is only
    possible is not listed: first find out who it is.
    """
    question = replace(question, cases=(case.case,), steps=3 if 3 in degrees else 2)
    answer = tracing.trace(store, question, whole=True)
    listed = store.ask("follow_up/contacts", case_id=case.case_id).drop("listed_at")
    found = pl.concat(
        tracing.suspected(people).select(
            "person_id", pl.lit(degree, pl.Int8).alias("degree"), "exposed_at", "last_at", "minutes", "location"
        )
        for degree, people in enumerate(answer.steps, 1)
        if degree in degrees
    ).with_columns(pl.col("minutes").round(1))
    listed = listed.cast({name: found.schema[name] for name in listed.columns})
    known = found.join(listed, on="person_id", how="semi")
    return Listing(
        new=found.join(listed, on="person_id", how="anti"),
        changed=known.join(listed, on=listed.columns, how="anti"),
        gone=listed.filter(pl.col("degree").is_in(degrees)).join(found, on="person_id", how="anti"),
    )


def follow(
    store: Store, account: str, case: RegisteredCase, contacts: pl.DataFrame, at: datetime | None = None
) -> None:
    """Lists contacts of a case (frames of `Listing`), or says their facts anew. at: when; None is now."""
    _list(store, account, case.case_id, contacts, at or store.clock())


def drop(store: Store, account: str, case: RegisteredCase, people: Sequence[int]) -> None:
    """Takes contacts off the list of a case; what was entered about them stays."""
    listed = store.ask("follow_up/contacts", case_id=case.case_id).drop("listed_at")
    gone = listed.filter(pl.col("person_id").is_in(list(people))).with_columns(degree=pl.lit(0, pl.Int8))
    _list(store, account, case.case_id, gone, store.clock())


def _list(store: Store, account: str, case_id: int, contacts: pl.DataFrame, entered_at: datetime) -> None:
    if contacts.is_empty():
        return
    store.require("case", [case_id])
    store.require("person", contacts["person_id"])
    with store.write() as cursor:
        cursor.register("listing", contacts)
        cursor.execute(
            query("follow_up/list")[0], {"case_id": case_id, "entered_at": entered_at, "entered_by": account}
        )
        cursor.unregister("listing")
        counted = contacts["degree"].value_counts().sort("degree").iter_rows()
        told = ", ".join(f"F{degree}: {n}" if degree else f"taken off: {n}" for degree, n in counted)
        audit.log_within(cursor, account, "list contacts", f"case {case_id}", told)


# Entries --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Entry:
    """Something done about a person, or learnt of them. case_id: of a questionnaire and a verdict.

    until: the last day of a quarantine. detail: words; of a questionnaire its JSON.
    """

    person_id: int
    kind: Kind
    outcome: str = ""
    happened_at: datetime | None = None  # None: now
    until: date | None = None
    detail: str = ""
    case_id: int | None = None


def enter(store: Store, account: str, *entries: Entry, at: datetime | None = None) -> None:
    """Adds entries in one transaction. at: when they are entered; None is now. Raises `FollowUpError`; nothing is added
    then.
    """
    at = at or store.clock()
    store.require("person", [entry.person_id for entry in entries])
    store.require("case", [entry.case_id for entry in entries if entry.case_id is not None])
    rows = []
    for entry in entries:
        if entry.outcome not in OUTCOMES[entry.kind] or (entry.kind in OF_A_CASE) != (entry.case_id is not None):
            raise ValueError(f"not an entry: {entry}")
        happened_at = entry.happened_at or at
        if happened_at > at and entry.kind != "quarantine":
            raise FollowUpError("A time in the future cannot be known yet.")
        if entry.kind == "quarantine" and (entry.until is None or entry.until < happened_at.date()):
            raise FollowUpError("The quarantine would end before it begins. Check both days.")
        rows.append(asdict(entry) | {"happened_at": happened_at, "of_entry": None})
    with store.write() as cursor:
        for entry, row in zip(entries, rows, strict=True):
            cursor.execute(query("follow_up/insert")[0], row | {"entered_at": at, "entered_by": account})
            told = f"{row['kind']} {row['outcome']}".strip() + f", {row['happened_at']:%H:%M %d/%m/%Y}"
            audit.log_within(cursor, account, "follow up", directory.called(store, entry.person_id), told)


def take_back(store: Store, account: str, person_id: int, entry_id: int) -> None:
    """An entry no longer holds; that it was made, and taken back by whom, stays."""
    store.require("person", [person_id])
    store.require("entry", [entry_id])
    row = {
        "person_id": person_id, "case_id": None, "kind": "taken_back", "outcome": "", "happened_at": store.clock(),
        "until": None, "detail": "", "of_entry": entry_id, "entered_at": store.clock(), "entered_by": account,
    }  # fmt: skip
    with store.write() as cursor:
        cursor.execute(query("follow_up/insert")[0], row)
        audit.log_within(
            cursor, account, "take back follow up", directory.called(store, person_id), f"entry {entry_id}"
        )


def entries(store: Store, person_id: int) -> pl.DataFrame:
    """Everything about a person that holds, newest first (columns of queries/follow_up/entries.sql)."""
    return store.ask("follow_up/entries", person_id=person_id)


def heeding(store: Store, question: tracing.Question) -> tracing.Question:
    """The question, about a world in which who is in quarantine by now, or until its end, infects nobody. Raises
    `Unanswerable`.
    """
    known, _ = tracing.known(store, question)
    cases = {case.person_id for case in known.cases}  # whose isolation the question itself says
    apart = isolated(store, known.since, min(known.until, store.clock()))
    return replace(question, isolated=tuple((person, begun) for person, begun in apart if person not in cases))


def isolated(store: Store, since: datetime, until: datetime) -> tuple[tuple[int, datetime], ...]:
    """Who is in quarantine or isolation at some time since and still until, and from when: `Question.isolated` of a
    trace. Whom a quarantine let go before may infect again.
    """
    return tuple(store.ask("follow_up/isolated", since=since, until=until).iter_rows())


# State ----------------------------------------------------------------------------------------------------------------


def state(store: Store, moment: datetime | None = None) -> pl.DataFrame:
    """One row per case that was not ruled out and contact: columns of queries/follow_up/state.sql, named.sql,
    doses.sql, `_acts` and `_due`; case_name.

    moment: None is now.
    """
    found = store.ask("follow_up/state")
    people = pl.concat([found["person_id"], found["case_person"]]).unique().sort().to_list()
    named = store.ask("follow_up/named", people=people)
    of_case = named.select(case_person="person_id", case_name="name")
    found = found.join(named, on="person_id", maintain_order="left")
    found = found.join(of_case, on="case_person", maintain_order="left").drop("case_person")
    done = store.ask("follow_up/done", since=store.ask("follow_up/since")["since"][0])
    for told in (store.ask("follow_up/doses"), _acts(done)):
        found = found.join(told, on=["case_id", "person_id"], how="left", maintain_order="left")
    days = pl.col("doses", "health_days", "test_days").fill_null(pl.lit([], pl.List(pl.Date)))
    found = found.with_columns(days, pl.col("calls").fill_null(0), pl.col("lost").fill_null(False))
    moment = moment or store.clock()
    due = [_due(row, moment) for row in found.iter_rows(named=True)]
    return found.hstack(pl.DataFrame(due, schema=DUE, orient="row"))


def _acts(done: pl.DataFrame) -> pl.DataFrame:
    """What the answer of follow_up/done says of each case and contact. reached_at: of the first call that reached them.
    health_days, test_days: days with one. lost: so said, and no sign of them since.
    """
    kind, at, entry = pl.col("kind"), pl.col("happened_at"), pl.col("entry_id")

    def newest(what: str, of: str) -> pl.Expr:
        return pl.col(what).filter(kind == of).sort_by(entry.filter(kind == of)).last()

    def last(of: str) -> pl.Expr:  # of the last day, whenever it was entered
        return pl.col("outcome").filter(kind == of).last()

    reached = pl.col("outcome") == "reached"
    sign = kind.is_in(["questionnaire", "health", "test"]) | reached
    return done.group_by("case_id", "person_id").agg(
        calls=(kind == "called").sum().cast(pl.Int64),
        called_at=at.filter(kind == "called").max(),
        reached_at=at.filter((kind == "called") & reached).min(),
        questionnaire=newest("detail", "questionnaire"),
        verdict=newest("outcome", "verdict"),
        quarantine=newest("outcome", "quarantine"),
        quarantine_since=newest("happened_at", "quarantine"),
        quarantine_until=newest("until", "quarantine"),
        health=last("health"),
        health_days=at.filter(kind == "health").dt.date().unique(),
        test=last("test"),
        test_days=at.filter(kind == "test").dt.date().unique(),
        lost=(entry.filter(kind == "lost").max() > entry.filter(sign).max().fill_null(0)).fill_null(False),
    )


DUE = pl.Schema(
    {
        "ends_on": pl.Date, "watch_ends_on": pl.Date, "test_due_on": pl.Date, "progress": pl.String,
        "tasks": pl.List(pl.String), "overdue": pl.List(pl.String), "health_due": pl.Int64, "health_given": pl.Int64,
    }
)  # fmt: skip


def _due(row: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """What is to be done about one contact (a row of `state`).

    ends_on: the last day of quarantine, as decided or else, of an F1, by the rule. watch_ends_on: the last day of
    watching their health. test_due_on: the day of the newest test that the rule asks for by now and that nobody has
    taken. progress: following | case | cleared | lost | done. tasks: of `TASKS`, what is due; overdue: those that
    should have been done before. health_due, health_given: the days before today on which somebody should have asked
    how they are, and those on which it is known.
    """
    today, listed_on = moment.date(), row["listed_at"].date()
    last_contact = row["last_at"].date()
    plan = tracing.quarantine(rule_of(row), row["doses"], last_contact)
    first_class = row["degree"] == 1
    by_rule = last_contact + timedelta(days=plan.quarantine_days)
    ends_on = row["quarantine_until"] or (by_rule if first_class else None)
    watch_ends_on = (
        (ends_on or by_rule) + timedelta(days=plan.watch_days)
        if first_class
        else max(last_contact + timedelta(days=plan.f2_days), ends_on or last_contact)
    )
    asked = _days(listed_on + timedelta(days=1), min(today - timedelta(days=1), watch_ends_on))
    given = set(row["health_days"])
    progress = (
        "case" if row["is_case"] else "cleared" if row["verdict"] == "cleared" else "lost" if row["lost"]
        else "done" if today > watch_ends_on else "following"
    )  # fmt: skip
    tests = [last_contact + timedelta(days=days) for days in plan.test_days if first_class]
    newest_test = max((day for day in tests if day <= today), default=None)
    untaken = newest_test if newest_test and not any(day >= newest_test for day in row["test_days"]) else None
    due: list[tuple[str, bool]] = []  # task, overdue
    if progress == "following":
        reached = row["reached_at"] is not None
        if row["health"] == "ill" or row["test"] == "positive":
            due.append(("ill", False))
        if not reached:
            due.append(("call", moment >= row["listed_at"] + REACH_WITHIN))
        elif row["verdict"] is None:
            due.append(("verdict", moment >= row["reached_at"] + REACH_WITHIN))
        if reached and first_class and row["quarantine"] is None and today <= by_rule:
            due.append(("quarantine", moment >= row["reached_at"] + REACH_WITHIN))
        if untaken and reached:
            due.append(("test", today > max(untaken, listed_on)))
        if listed_on < today and today not in given:
            due.append(("health", bool(asked) and asked[-1] not in given))
        if row["quarantine"] is not None and ends_on == today:
            due.append(("release", False))
    return {
        "ends_on": ends_on,
        "watch_ends_on": watch_ends_on,
        "test_due_on": untaken,
        "progress": progress,
        "tasks": [task for task, _ in due],
        "overdue": [task for task, late in due if late],
        "health_due": len(asked),
        "health_given": sum(day in given for day in asked),
    }


def rule_of(row: dict[str, Any]) -> str:
    """The id of the rule a contact is followed up by: the one chosen for the case, else the one in force then."""
    return row["rule"] or tracing.rule_on(row["onset"]).id


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def proposed_quarantine(row: dict[str, Any], moment: datetime) -> tuple[datetime, date, tracing.Quarantine]:
    """From now until which day an F1 (a row of `state`) is to stay, and the rule that says so."""
    plan = tracing.quarantine(rule_of(row), row["doses"], row["last_at"].date())
    return moment, row["last_at"].date() + timedelta(days=plan.quarantine_days), plan


# Figures for public health --------------------------------------------------------------------------------------------


def behind(contacts: pl.DataFrame, moment: datetime) -> dict[str, tuple[pl.DataFrame, pl.DataFrame]]:
    """What public health asks, as figure → the rows of `state` that it counts, and those of whom it is a part.

    contacts, quarantined (followed, and there now), cleared, cases (fell ill), lost, done: of all. reached: within
    24 hours of being listed, of those listed for that long or reached. daily: asked every single day how they are, of
    those who should have been on some day before today. Who is a contact of several cases stands there once for each.
    """
    soon = (pl.col("reached_at") - pl.col("listed_at")) <= REACH_WITHIN
    clocked = contacts.filter(pl.col("reached_at").is_not_null() | (pl.col("listed_at") + REACH_WITHIN <= moment))
    asked = contacts.filter((pl.col("health_due") > 0) & pl.col("progress").is_in(["following", "done", "lost"]))
    today = moment.date()
    staying = (pl.col("quarantine_since").dt.date() <= today) & (pl.col("ends_on") >= today)
    staying &= pl.col("progress") == "following"
    progress = {"lost": "lost", "cleared": "cleared", "cases": "case", "done": "done"}
    return {
        "contacts": (contacts, contacts),
        "reached": (clocked.filter(soon), clocked),
        "daily": (asked.filter(pl.col("health_given") == pl.col("health_due")), asked),
        "quarantined": (contacts.filter(staying & pl.col("quarantine").is_not_null()), contacts),
        **{figure: (contacts.filter(pl.col("progress") == name), contacts) for figure, name in progress.items()},
    }
