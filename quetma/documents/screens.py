"""The whole dashboard as a workbook (XLSX): one sheet a screen, for a period, with charts of Excel's own.

Who may not see a screen does not get its sheet; the first sheet says so.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from quetma import attention, cases, compliance, conduct, directory, flow, follow_up, plan, rota, settings, terms
from quetma.access import rights
from quetma.documents import blocks, ledger
from quetma.documents import follow_up as follow_up_file
from quetma.documents.blocks import Block, Chart, Screen
from quetma.documents.table import Column
from quetma.language import Translate, day, moment, translator
from quetma.store import Store

UPLOADS = 1_000  # the newest ones that are listed
CONTACT = {  # what is told of each contact; the follow-up's own file has all
    "degree", "name", "phone_shown", "case_name", "location", "last_at", "minutes", "progress", "tasks", "verdict",
    "quarantine", "ends_on",
}  # fmt: skip


def write(store: Store, role: str, account: str, first: date, last: date, path: Path, language: str) -> str:
    """Writes the workbook of the days from first to last, both included, as somebody of that role may see it.

    Returns the sentence that stands in it.
    """
    t = translator(language)
    period = t("{unit}: the whole dashboard from {first} to {last}.", unit=settings.get(store, "unit_name") or "quetma",
               first=day(first), last=day(last))  # fmt: skip
    made = t("Made at {moment} by {who}. Newest scan: {newest}.", moment=moment(store.clock()), who=account,
             newest=moment(store.ask("history/last_scan")["scanned_at"][0]) or "–")  # fmt: skip
    found = dict(_screens(store, t, role, first, last))
    kept = [screen for screen in found.values() if screen]
    left = [name for name, screen in found.items() if screen is None]
    lines = [period, made]
    if left:
        lines.append(t("Not in it, as your role may not see it: {screens}.", screens=", ".join(left)))
    blocks.write(path, kept, lines, t("Nothing in this period."))
    return period


def _screens(store: Store, t: Translate, role: str, first: date, last: date) -> Iterator[tuple[str, Screen | None]]:
    """The name of each screen, with its sheet where the role has the right to it."""
    for name, right, make in (
        (t("Overview"), "figures", lambda: _overview(store, t, role, last)),
        (t("Compliance"), "figures", lambda: _compliance(store, t, role, first, last)),
        (t("Visitor flow"), "figures", lambda: _flow(store, t, first, last)),
        (t("Scan history"), "history", lambda: _history(store, t, first, last)),
        (t("Cases and follow-up"), "trace", lambda: _cases(store, t)),
        (t("Reminders and sanctions"), "health", lambda: _conduct(store, t, first, last)),
        (t("Plan and rota"), "health", lambda: _plan(store, t, last)),
        (t("Upload"), "upload", lambda: _uploads(store, t, first, last)),
    ):
        yield name, Screen(name, tuple(make())) if rights.may(role, right) else None


def _overview(store: Store, t: Translate, role: str, last: date) -> Iterator[Block]:
    staff = compliance.people(store, last)
    rates = [(label, *compliance.rate(staff, duty)) for duty, label in terms.duties(t).items()]
    rows = pl.DataFrame(rates, schema=["duty", "have", "due"], orient="row").with_columns(
        share=pl.when(pl.col("due") > 0).then(pl.col("have") / pl.col("due"))
    )
    yield Block(
        t("Duties on {day}", day=day(last)), rows,
        [Column("duty", t("Duty")), Column("have", t("Have done it")), Column("due", t("Owe it")),
         Column("share", t("Share"))],
        shares=("share",), chart=Chart("bar", t("Share of the staff who did each duty"), "duty", ("share",)),
    )  # fmt: skip
    may = {right: rights.may(role, right) for right in ("health", "upload", "export")}
    found = attention.items(store, t, **may)
    levels = {"urgent": t("urgent"), "duty": t("to be done"), "note": t("to know")}
    yield Block(
        t("What needs attention"),
        pl.DataFrame([(item.level, item.text) for item in found], schema=["level", "text"], orient="row"),
        [Column("level", t("How pressing"), words=levels), Column("text", t("What it is"))],
        note=t("As of {day}.", day=day(store.today())),
    )


def _compliance(store: Store, t: Translate, role: str, first: date, last: date) -> Iterator[Block]:
    labels = terms.duties(t)
    yield Block(
        t("Share of the staff who did each duty, by working day"), compliance.trend(store, first, last),
        [Column("day", t("Day")), *(Column(duty, label) for duty, label in labels.items())],
        shares=tuple(labels), chart=Chart("line", t("Share of the staff who did each duty"), "day", tuple(labels)),
    )  # fmt: skip
    if not rights.may(role, "health"):
        return
    people = compliance.people(store, last)
    rows = compliance.known(store, last, people.select("person_id"))
    done_on = (
        compliance.since(store, last, duty, people.select("person_id")).select(
            "person_id", pl.col("last").alias(f"last_{duty}")
        )
        for duty in compliance.DAILY
    )
    for told in (people.drop("location_id", "position"), *done_on):
        rows = rows.join(told, on="person_id", how="left", maintain_order="left")
    done = {"True": "✓ " + t("done"), "False": "✗ " + t("not done")}
    yield Block(
        t("Person by person, on {day}", day=day(last)), rows,
        [
            Column("name", t("Full name")), Column("position", t("Position")), Column("location", t("Premises")),
            *(Column(duty, label, words=done) for duty, label in labels.items()),
            Column("last_scanned", t("Last scan")), Column("last_declared", t("Last declaration")),
        ],
        note=t("An empty cell: the person does not owe that duty on the day."),
    )  # fmt: skip


def _flow(store: Store, t: Translate, first: date, last: date) -> Iterator[Block]:
    asked: dict[str, Any] = {"first": first, "last": last}
    arrivals = {"visitor_arrivals": t("Visitors' arrivals"), "staff_arrivals": t("Staff arrivals")}
    series = [Column(name, label) for name, label in arrivals.items()]
    yield Block(
        t("Arrivals by day"), store.ask("flow/daily", **asked, location=0),
        [Column("day", t("Day")), *series, Column("visitor_people", t("Visitors")),
         Column("staff_people", t("Staff")), Column("holiday", t("Public holiday"))],
        chart=Chart("column", t("Arrivals by day"), "day", tuple(arrivals)),
    )  # fmt: skip
    hourly = store.ask("flow/hourly", **asked, location=0)
    week = flow.week(hourly, "all")
    weekdays = [t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun")]
    grid = {f"d{n}": [row[at] for at in range(len(week.hours))] for n, row in enumerate(week.counts)}
    hours = pl.DataFrame({"hour": [f"{hour}h–{hour + 1}h" for hour in week.hours]} | grid)
    yield Block(
        t("Arrivals by hour and weekday"), hours.with_columns(all=pl.sum_horizontal(pl.exclude("hour"))),
        [Column("hour", t("Hour")), *(Column(f"d{n}", weekday) for n, weekday in enumerate(weekdays)),
         Column("all", t("All"))],
        chart=Chart("column", t("Arrivals by hour"), "hour", ("all",)),
    )  # fmt: skip
    places = store.ask("flow/places", **asked, kind="all")
    yield Block(
        t("Places compared"), places.with_columns(mean=pl.when(pl.col("stays") > 0).then(pl.col("minutes") / "stays")),
        [Column("name", t("Location")), *series, Column("peak", t("Most at once")),
         Column("peak_on", t("First on")), Column("capacity", t("Capacity")),
         Column("mean", t("Minutes, on average"))],
        chart=Chart("bar", t("Arrivals by location"), "name", tuple(arrivals)),
    )  # fmt: skip
    lengths = [t("under 5 min"), t("5–15 min"), t("15–30 min"), t("30–60 min")]
    lengths += [t("1–2 hours"), t("2–4 hours"), t("4–8 hours"), t("8 hours or more")]
    spent = {kind: flow.spent(store.ask("flow/durations", **asked, location=0, kind=kind))
             for kind in ("visitor", "staff")}  # fmt: skip
    stays = pl.DataFrame({"length": lengths} | {kind: list(one.stays) for kind, one in spent.items()})
    yield Block(
        t("Time spent"), stays,
        [Column("length", t("Time spent")), Column("visitor", t("Visitors")), Column("staff", t("Staff"))],
        chart=Chart("column", t("Stays by time spent"), "length", ("visitor", "staff")),
        note=t("From stays with both scans, in and out."),
    )  # fmt: skip


def _history(store: Store, t: Translate, first: date, last: date) -> Iterator[Block]:
    counts = {"scans_in": t("in"), "scans_out": t("out"), "scans_unknown": t("not recorded")}
    days = store.ask("history/summary", first=first, last=last)
    whole = days.group_by("day", maintain_order=True).agg(pl.col(*counts, "scans").sum())
    by = [Column("scans", t("Scans")), *(Column(name, label) for name, label in counts.items())]
    yield Block(
        t("Scans by day"), whole, [Column("day", t("Day")), *by],
        chart=Chart("column", t("Scans by day"), "day", tuple(counts)),
    )  # fmt: skip
    yield Block(
        t("Scans by day and location"), days,
        [Column("day", t("Day")), Column("location", t("Location")), Column("people", t("Different people")), *by],
        note=t("The scans themselves are exported on the page Scan history."),
    )  # fmt: skip


def _cases(store: Store, t: Translate) -> Iterator[Block]:
    at = store.clock()
    known = [vars(case) for case in cases.registered(store)]
    names = ("case_id", "name", "phone_shown", "state", "onset", "isolated_at", "contacts", "registered_by")
    rows = pl.DataFrame([{name: row[name] for name in names} for row in known])
    yield Block(
        t("Registered cases"), rows,
        [Column("case_id", t("No.")), Column("name", t("Full name")), Column("phone_shown", t("Phone")),
         Column("state", t("State"), words=terms.states(t)), Column("onset", t("Onset or sample")),
         Column("isolated_at", t("Isolated at")), Column("contacts", t("Contacts listed")),
         Column("registered_by", t("Registered by"))],
        note=t("As of {moment}.", moment=moment(at)),
    )  # fmt: skip
    contacts = follow_up.state(store)
    told = follow_up_file.counts(contacts, at, t)
    classes = [name for name in told.columns if name != "what"]
    yield Block(
        t("Figures of the follow-up"), told,
        [Column("what", t("Figure")), *(Column(name, t("All") if name == "all" else name) for name in classes)],
        chart=Chart("bar", t("Contacts of all cases"), "what", ("all",)),
    )  # fmt: skip
    columns = [column for column in follow_up_file.columns(t) if column.name in CONTACT]
    yield Block(t("Listed contacts"), follow_up_file.rows(contacts, t), columns)


def _conduct(store: Store, t: Translate, first: date, last: date) -> Iterator[Block]:
    current = plan.current(store).plan
    for duty, label in terms.missed(t).items():
        missed = conduct.missed(store, current, duty, first, last)
        yield Block(
            terms.capital(label),
            missed.with_columns(
                days=pl.col("missed").list.len().cast(pl.Int64), open=pl.col("undecided").list.len().cast(pl.Int64),
                which=pl.col("missed").list.eval(pl.element().dt.strftime("%d/%m/%Y")).list.join(", "),
            ),
            [Column("name", t("Full name")), Column("position", t("Position")), Column("location", t("Premises")),
             Column("days", t("Missed days")), Column("open", t("Not decided about")),
             Column("step", t("Step decided"), words=terms.steps(t)),
             Column("proposed", t("Proposed"), words=terms.steps(t)), Column("which", t("Which days"))],
            chart=Chart("bar", terms.capital(label), "name", ("days",)) if missed.height else None,
        )  # fmt: skip
    asked = ledger.Filter(first=first, last=last)
    found = asked.of(conduct.ledger(store))
    yield Block(asked.sentence(t, found.height), ledger.rows(found, t), ledger.columns(t))


def _plan(store: Store, t: Translate, last: date) -> Iterator[Block]:
    saved = plan.current(store)
    of, names = saved.plan, dict(store.ask("compliance/staff", day=last).select("person_id", "name").iter_rows())

    def called(person: int | None) -> str:
        return "" if person is None else names.get(person) or directory.called(store, person)

    met = {"True": "✓ " + t("met"), "False": "✗ " + t("not met")}
    standing = [
        {
            "text": one.objective.text, "wanted": (one.objective.target or 0) / 100,
            "share": one.have / one.due if one.due else None, "met": one.met, "since": one.since,
        }
        for one in plan.standing(store, of, last)
    ]  # fmt: skip
    yield Block(
        t("Specific objectives"), pl.DataFrame(standing),
        [Column("text", t("Objective")), Column("wanted", t("Wanted")), Column("share", t("Share")),
         Column("met", t("State"), words=met), Column("since", t("So since"))],
        shares=("wanted", "share"),
        note=" ".join(filter(None, (of.title, of.number))),
    )  # fmt: skip
    yield Block(
        t("Measures"),
        pl.DataFrame([(m.text, called(m.owner), m.state) for m in of.measures],
                     schema=["text", "who", "state"], orient="row"),
        [Column("text", t("Measure")), Column("who", t("By whom")),
         Column("state", t("State"), words=terms.progress_of_measure(t))],
    )  # fmt: skip
    yield Block(
        t("Focal points"),
        pl.DataFrame([(f.duty, called(f.person), called(f.backup), called(f.second_backup)) for f in of.focal],
                     schema=["duty", "who", "backup", "second"], orient="row"),
        [Column("duty", t("Duty")), Column("who", t("By whom")), Column("backup", t("Backup")),
         Column("second", t("Second backup"))],
    )  # fmt: skip
    wrong = rota.problems(store, of, rota.upcoming(store))
    yield Block(
        t("Shifts to be mended"),
        pl.DataFrame([(p.day, p.duty, p.kind) for p in wrong],
                     schema={"day": pl.Date, "duty": pl.String, "kind": pl.String}, orient="row"),
        [Column("day", t("Day")), Column("duty", t("Duty")), Column("kind", t("Problem"), words=terms.problems(t))],
    )  # fmt: skip


def _uploads(store: Store, t: Translate, first: date, last: date) -> Iterator[Block]:
    found = store.ask("intake/batches", page_size=UPLOADS, page_start=0)
    within = found.filter(
        pl.col("uploaded_at").dt.date().is_between(first, last)
        | ((pl.col("first_day") <= last) & (pl.col("last_day") >= first)).fill_null(False)
    )
    yield Block(
        t("Uploads of the period, or about its days"), within,
        [Column("batch_id", t("No.")), Column("file_name", t("File")), Column("uploaded_at", t("Uploaded at")),
         Column("uploaded_by", t("Uploaded by")), Column("row_count", t("Rows")), Column("accepted", t("new")),
         Column("duplicates", t("already stored")), Column("rejected", t("rejected")),
         Column("first_day", t("First day")), Column("last_day", t("Last day"))],
    )  # fmt: skip
