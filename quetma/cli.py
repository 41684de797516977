"""The same verbs for a shell: `python -m quetma [--store DIR] VERB …`, one function a verb.

Exit status: 0 done; 1 the input was refused, with one line on stderr that says why; 2 wrong usage. With `--json` a verb
prints one JSON object, without it lines for people.
"""

import argparse
import getpass
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from quetma import (
    archive,
    backup,
    cli_accounts,
    compliance,
    demo,
    demo_province,
    expiry,
    intake,
    people,
    places,
    posters,
    receipts,
    restore,
    retention,
    rollups,
    sealed,
    settings,
    snapshot,
    tracing,
    upkeep,
)
from quetma.access import accounts, audit, chain, rights
from quetma.access.rights import OPERATOR
from quetma.arguments import a_day, an_end, some_columns, some_directions
from quetma.documents import TABLES, history, official, poster
from quetma.engine import PUBLISHED, EngineAway, lake_folder
from quetma.file import StoreError, damaged
from quetma.history import Filter
from quetma.intake import recount
from quetma.intake.errors import Refusal
from quetma.intake.source import SOURCES
from quetma.language import DEFAULT, day, moment
from quetma.posters import PosterError
from quetma.shell import Refused, Verb, existing, folder, operator, output
from quetma.store import Store, now, open_store

if TYPE_CHECKING:
    from quetma.engine.lake import Lake

NEEDS = {  # verb → right, of the table that pages and routes ask too
    "init": "server",
    "import": "upload",
    "undo": "upload",
    "trace": "trace",
    "compliance": "health",
    "export": "export",
    "report": "export",
    "poster": "places",
    "user": "accounts",
    "unit": "accounts",
    "purge": "server",
    "backup": "server",
    "snapshot": "export",
    "restore": "server",
    "publish": "server",
    "check": "server",
}


def main(argv: list[str] | None = None, role: str = OPERATOR) -> int:
    """Runs one command and returns its exit status. Wrong usage raises `SystemExit(2)`, as argparse does.

    role: who runs it. A shell has no accounts: whoever can read and write the store's files, which nobody else on the
    machine can (mode 0600), is its operator and may do everything.
    """
    given = parser().parse_args(argv)
    if not rights.may(role, NEEDS[given.command]):
        return complain(f"Your role ({role}) may not do this. Nothing was changed.")
    try:
        return given.verb(given) or 0
    except (Refused, StoreError, EngineAway, Refusal, accounts.AccountError, tracing.Unanswerable) as error:
        return complain(str(error))
    except (
        BrokenPipeError
    ):  # who reads the output has seen enough (`| head`): no more of it, and nothing to complain about
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except duckdb.Error as error:
        if "Corrupt" not in str(error):
            raise
        return complain(damaged(folder(given), str(error)))
    except OSError as error:
        return complain(f"{error.strerror or error}: {error.filename}")


def complain(line: str) -> int:
    """One line on stderr; returns the exit status that goes with it."""
    print("quetma:", " ".join(line.split()), file=sys.stderr)
    return 1


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="python -m quetma", description="QR check-in at a government unit, from a shell."
    )
    top.add_argument("--store", type=Path, metavar="DIR", help="the store's folder (default: QUETMA_STORE, else data/)")
    verbs = top.add_subparsers(required=True, metavar="VERB")

    def verb(name: str, run: Verb, text: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=text, description=text)
        sub.set_defaults(verb=run, command=name)
        return sub

    init = verb("init", run_init, "Make the store, empty or with the invented demo unit.")
    init.add_argument("--demo", action="store_true", help="fill it with the demo unit; refused when it holds data")
    init.add_argument("--teams", type=int, metavar="N", help="with --demo: as one team of N of a province")

    load = verb(
        "import",
        run_import,
        "Load files: each table in them (a sheet, a file of a ZIP) is one batch. What is refused is said on a line "
        "each and leaves the others as they are.",
    )
    load.add_argument("files", nargs="+", type=Path, metavar="FILE", help="CSV, TXT, XLSX, XLS, ODS, or a ZIP of them")
    load.add_argument("--kind", choices=intake.KINDS, help="what the rows are (default: seen from the columns)")
    load.add_argument("--location", metavar="NAME", help="the place, for files that do not name it")
    load.add_argument("--day", type=a_day, metavar="YYYY-MM-DD", help="the day, for files whose rows do not name it")
    load.add_argument(
        "--source",
        choices=SOURCES,
        help="which list scans are: register is one kept by hand at the door (default: told by names and columns)",
    )
    load.add_argument(
        "--columns",
        type=some_columns,
        metavar="FIELD=N,…",
        help="which column holds what, counted from 1 (0: none), for files whose column names do not say it: "
        "name=2,phone=3,time=5; remembered for files that look the same",
    )
    load.add_argument(
        "--directions",
        type=some_directions,
        metavar="WORD=in|out|unknown,…",
        help="what the words of the direction column mean, where they do not say it: 1=in,0=out",
    )
    load.add_argument("--month-first", action="store_true", help="read 08/24/2021 as the 24th of August")
    load.add_argument("--json", action="store_true")

    take_back = verb("undo", run_undo, "Take one batch back, as if it had never been loaded.")
    take_back.add_argument("batch", type=int, metavar="BATCH", help="the number that import printed")
    take_back.add_argument("--json", action="store_true")

    trace = verb("trace", run_trace, "Suspected F1 and F2 of a case.")
    trace.add_argument("--phone", required=True, help="of the case (F0)")
    trace.add_argument("--onset", required=True, type=a_day, metavar="YYYY-MM-DD", help="first day of symptoms")
    trace.add_argument(
        "--until",
        type=an_end,
        metavar="YYYY-MM-DDTHH:MM",
        help="when isolated; without the time, at the end of that day",
    )
    trace.add_argument(
        "--rule", choices=[rule.id for rule in tracing.rules()], help="default: in force on the day of onset"
    )
    trace.add_argument(
        "--days-before", type=int, metavar="N", help="days infectious before the onset (default: the rule's)"
    )
    trace.add_argument("--min-minutes", type=int, metavar="M", help="shortest time together (default: the rule's)")
    trace.add_argument("--linger", type=int, default=0, metavar="M", help="minutes the air of a place stays infectious")
    trace.add_argument("--f3", action="store_true", help="the contacts of F2 too")
    trace.add_argument("--json", action="store_true")

    complies = verb(
        "compliance", run_compliance, "The four duties on one day: how many of how many, and who is missing."
    )
    complies.add_argument("--on", required=True, type=a_day, metavar="YYYY-MM-DD")
    complies.add_argument("--json", action="store_true")

    export = verb("export", run_export, "Write the scan history to a file, with the filter that was used.")
    export.add_argument("what", choices=["scans"])
    export.add_argument("--from", required=True, type=a_day, metavar="YYYY-MM-DD", dest="first")
    export.add_argument("--to", required=True, type=a_day, metavar="YYYY-MM-DD", dest="last", help="included")
    export.add_argument(
        "--location", action="append", default=[], metavar="NAME", help="again for each further one; none: everywhere"
    )
    export.add_argument(
        "--person", action="append", default=[], metavar="PHONE",
        help="or a name that only one person has; again for each further one",
    )  # fmt: skip
    export.add_argument("--format", required=True, choices=TABLES)
    export.add_argument("-o", "--output", required=True, type=Path, metavar="FILE", help="written over when it exists")

    reported = verb("report", run_report, "Write the official report of a period (Decree 30/2020/NĐ-CP), as a draft.")
    reported.add_argument("--from", required=True, type=a_day, metavar="YYYY-MM-DD", dest="first")
    reported.add_argument("--to", required=True, type=a_day, metavar="YYYY-MM-DD", dest="last", help="included")
    reported.add_argument("--format", required=True, choices=official.FORMATS)
    reported.add_argument(
        "-o", "--output", required=True, type=Path, metavar="FILE",
        help="written over when it exists; beside it FILE.json, the metadata for document management",
    )  # fmt: skip

    printed = verb("poster", run_poster, "Print the code of a location; the first time, make it.")
    printed.add_argument("location", metavar="LOCATION", help="its name, or another name of it")
    printed.add_argument("--size", choices=poster.SIZES, default="a4", help="one for the door, or four for desks")
    printed.add_argument("--address", metavar="URL", help="at which phones reach the dashboard; kept for the next time")
    printed.add_argument(
        "-o", "--output", required=True, type=Path, metavar="FILE.pdf", help="written over when it exists"
    )

    cli_accounts.add_verbs(verb)

    forgetting = verb(
        "purge",
        run_purge,
        "Forget check-ins of visitors that are over, and delete what else is.",
    )
    forgetting.add_argument("--dry-run", action="store_true", help="only say what would be forgotten")
    forgetting.add_argument("--json", action="store_true")

    saved = verb(
        "backup", run_backup, "Copy the whole store, with what lies beside it, into one file that was read again."
    )
    saved.add_argument(
        "file", type=Path, metavar="FILE", help="an earlier backup is replaced, by a good one only; no other file is"
    )
    saved.add_argument("--passphrase-stdin", action="store_true", help="read it from the first line of stdin")
    saved.add_argument("--json", action="store_true")

    verb(
        "publish",
        run_publish,
        "Publish everything stored for a second engine, in the lake beside the store or where QUETMA_LAKE says; what "
        "is there already is not written again.",
    )

    taken = verb(
        "snapshot",
        run_snapshot,
        "Publish a copy for analysts in a folder, under pseudonyms, as Parquet files; older ones there are removed.",
    )
    taken.add_argument("folder", type=Path, metavar="FOLDER", help="outside the store's; made when it is not there")
    taken.add_argument(
        "--key",
        type=Path,
        metavar="FILE",
        help="has the key of the pseudonyms, made when it is not there: snapshots of one key can be joined. "
        "Default: a new key, which is thrown away",
    )
    taken.add_argument("--json", action="store_true")

    back = verb(
        "restore",
        run_restore,
        "Bring a backup back. What the store's folder has is kept in a folder of its own there.",
    )
    back.add_argument("file", type=Path, metavar="FILE")
    back.add_argument("--passphrase-stdin", action="store_true", help="read it from the first line of stdin")
    back.add_argument("--json", action="store_true")

    verb(
        "check",
        run_check,
        "Derive every figure again from the scans as they came in, compare, and look the audit's chain through.",
    )
    return top


def run_init(given: argparse.Namespace) -> None:
    """Makes the store; says so when it was there already."""
    store = open_store(folder(given))
    if given.demo and given.teams is not None:
        demo_province.write(store, given.teams)
    elif given.demo:
        demo.write(store)
    of = f", with a province of {given.teams} teams." if given.teams else ", with the demo unit."
    print(f"The store in {store.folder} is ready" + (of if given.demo else "."))


def run_import(given: argparse.Namespace) -> int:
    """Each table of each file is one batch of its own: those that are good stay loaded when another is refused."""
    store = existing(given)
    batches, refused = [], 0
    choices = intake.Choices(
        kind=given.kind,
        location=given.location,
        day=given.day and given.day.isoformat(),
        columns=given.columns or {},
        directions=given.directions or {},
        month_first=given.month_first,
        source=given.source,
    )
    for path in given.files:
        try:
            tables = intake.prepare_file(store, path, choices)
        except intake.IntakeError as error:
            refused += complain(f"{path}: {error}")
            continue
        except OSError as error:
            refused += complain(f"{path}: {error.strerror}. Nothing was loaded from it.")
            continue
        for table in tables:
            where = f"{path} [{table.part.key}]" if table.part.key else path
            if isinstance(table, intake.Refused) and table.nothing_lost:
                complain(f"{where}: not read: {table.error}")
                continue
            try:
                batch = intake.load(store, intake.unasked(table), operator())
            except intake.IntakeError as error:
                refused += complain(f"{where}: {error}" + (f" (Option: {error.option})" if error.option else ""))
                continue
            batches.append(batch.json())
            if batch.again:
                complain(
                    f"{where}: this very table was loaded before as batch {batch.batch_id}, so nothing was changed. "
                    f"To read it otherwise, undo batch {batch.batch_id} first."
                )
                continue
            became = f"{batch.kind}: {batch.rows} = {batch.accepted} + {batch.duplicates} + {batch.rejected}"
            audit.log(store, operator(), "upload", f"{batch.batch_id} {batch.file_name}", became)
    if given.json:
        show({"batches": batches})
        return min(refused, 1)
    for batch in batches:
        print("{file}: batch {batch}, {kind}: {rows} rows, ".format(**batch), end="")
        print("{accepted} accepted, {duplicates} duplicates, {rejected} rejected".format(**batch))
        for reject in batch["rejects"]:
            print("  line {line}: {reason}: {raw}".format(**reject))
    return min(refused, 1)


def run_trace(given: argparse.Namespace) -> None:
    """Suspected F1 and F2, with the rule and the window that were applied."""
    store = existing(given)
    person = person_with(store, given.phone)
    if given.onset > now().date():  # nobody met anybody then yet: an empty answer would look like good news
        raise Refused(f"The onset ({day(given.onset)}) lies in the future. Give the first day of symptoms.")
    case = tracing.Case(person, given.onset, until=given.until, rule=given.rule, days_before=given.days_before)
    question = tracing.Question((case,), given.min_minutes, given.linger, steps=3 if given.f3 else 2)
    found = tracing.trace(store, question, whole=True)
    question = found.question
    [case] = question.cases
    who = "{name} {phone}".format(**found.people.row(0, named=True))
    audit.log(store, operator(), "trace", who, f"{day(case.onset)} {case.rule}")
    if given.json:
        return show(found.json())
    print(f"{who}, infectious from {moment(case.since)} until {moment(case.until)}")
    print(
        f"Rule {case.rule}; at least {question.min_minutes} minutes together; the air lingers {question.linger} minutes"
    )
    if not found.present:
        print("No scan places them anywhere in these days: whom they met is not known. Ask them, or check the dates.")
    print("To be verified: {f1} suspected F1, {f2} suspected F2, {possible} only possible".format(**found.counts))
    for row in found.f1.iter_rows(named=True):
        since = moment(row["exposed_at"])
        print("F1  {phone_shown:<12} {name}: {certainty}, {minutes:.0f} min, {location}".format(**row), "from", since)
    for degree, met in enumerate(found.steps[1:], 2):
        for row in met.iter_rows(named=True):
            print(f"F{degree}", " {phone_shown:<12} {name}: {certainty}, through {via}".format(**row), f"F{degree - 1}")
    for row in found.unscanned.iter_rows(named=True):
        print("?  ", "{phone_shown:<12} {name}: on duty at {location} without a scan on".format(**row), day(row["day"]))


def run_compliance(given: argparse.Namespace) -> None:
    """The four duties on one day."""
    store = existing(given)
    answer = compliance.on(store, given.on)
    audit.log(store, operator(), "compliance", given.on.isoformat())
    if given.json:
        return show(answer)
    print(f"{answer['staff']} staff on {day(given.on)}" + ("" if answer["working_day"] else ", a day off"))
    for duty in compliance.DUTIES:
        found = answer[duty]
        names = [f"{word}: {', '.join(found[word])}" for word in ("missing", "exempt") if found.get(word)]
        print("  ".join([f"{duty:<10} {found['have']}/{found['of']}", *names]))


def run_export(given: argparse.Namespace) -> None:
    """The scan history that the filter lets through, as a file."""
    store = existing(given)
    try:
        chosen = Filter.named(store, given.first, given.last, given.location, given.person)
    except ValueError as error:
        raise Refused(f"{error} Nothing was written.") from error
    with output(store, given.output):
        sentence = history.write(store, chosen, given.format, given.output, DEFAULT)
    audit.log(store, operator(), "export scans", sentence, given.format)
    print(f"{given.output}: {sentence}")


def run_report(given: argparse.Namespace) -> None:
    """The report of a period as a file with its metadata beside it; kept in the archive as well."""
    from quetma.documents.official import making, report  # what it needs takes half a second to load

    store = existing(given)
    try:
        paper = report.report(store, given.first, given.last)
    except report.ReportError as error:
        raise Refused(f"{error} Nothing was written.") from error
    missing = paper.agency.missing
    beside = given.output.with_name(f"{given.output.name}.json")
    with output(store, given.output), output(store, beside):
        kept = making.make(store, operator(), paper, given.format, days=(given.first, given.last))
        archive.copy(store, kept, given.output)
        beside.write_text(archive.filing_json(replace(kept, file_name=given.output.name)), encoding="utf-8")
    print(f"{given.output}: {paper.type} {paper.symbol}, {paper.subject}")
    if missing:
        complain(f"Not set yet, so left open: {', '.join(missing)} (page Documents, Head and foot).")


def run_poster(given: argparse.Namespace) -> None:
    """The newest code of a location that may hang there, as a PDF."""
    store = existing(given)
    key = people.fold(given.location)
    found = [place for place in places.every(store) if key in (people.fold(place.name), *place.names)]
    if not found:
        known = ", ".join(place.name for place in places.every(store))
        raise Refused(f"There is no location {given.location!r}. Known are: {known or 'none'}. Nothing was written.")
    number = found[0].location_id or 0
    with output(store, given.output):
        try:
            if given.address:
                posters.set_public_address(store, given.address, operator())
            if not settings.get(store, "public_address"):
                raise Refused("Say with --address at which address phones reach the dashboard. Nothing was written.")
            code = posters.valid(store, number) or posters.make(store, number, operator())
            content = poster.pdf(store, [code], given.size)
        except PosterError as error:
            raise Refused(f"{error} Nothing was written.") from error
        given.output.write_bytes(content)
    audit.log(store, operator(), "print poster", f"{code.location} v{code.version}", given.size)
    print(f"{given.output}: {code.location}, version {code.version}, {posters.says(store, code)}")


def run_undo(given: argparse.Namespace) -> None:
    """Takes a batch back."""
    store = existing(given)
    undone = intake.undo(store, given.batch, operator())
    became = f"{undone.kind}: {undone.rows_removed} rows removed, {undone.rows_restored} of other batches count now"
    audit.log(store, operator(), "undo upload", f"{undone.batch_id} {undone.file_name}", became)
    if given.json:
        show(undone.json())
    else:
        print(f"{undone.file_name}: batch {undone.batch_id} undone, {became}")


def run_purge(given: argparse.Namespace) -> None:
    """Forgets what is due, as the running dashboard does each day."""
    store = existing(given)
    found = retention.would_purge(store) if given.dry_run else retention.purge(store, account=operator())
    kinds = expiry.would_run(store) if given.dry_run else expiry.run(store, account=operator())
    if not given.dry_run:
        upkeep.note(store, "purge", operator(), {**found.json(), "kinds": kinds})
    if given.json:
        return show(found.json() | {"kinds": kinds, "dry_run": given.dry_run})
    become = "would be forgotten" if given.dry_run else "forgotten"
    print(f"Check-ins of visitors before {day(found.before)} {become}: {found.visitors} visitors, {found.scans} scans, "
          f"{found.declarations} health declarations")  # fmt: skip
    if found.waiting:
        print(f"{found.waiting} visitors wait: requests that are not ended ask for their scans. "
              "Answer or refuse them on the page Documents.")  # fmt: skip
    for kind, rows in kinds.items():
        print(f"{kind}, over after {expiry.kept_for(store)[kind]} days: {rows} rows {become}")


def run_backup(given: argparse.Namespace) -> None:
    """Makes a backup, locked with the passphrase given, else with the one that the dashboard's backups have."""
    store = existing(given)
    key = None if given.passphrase_stdin else backup.key(store)
    if key is None and (phrase := passphrase(given, "Passphrase (empty: anybody can read the file): ", again=True)):
        key = sealed.new_key(phrase)
    made = backup.make(store, operator(), given.file.resolve(), key)
    if not made.locked:
        complain(
            "This backup has no passphrase: whoever has the file can read all of it. Keep it where nobody else can."
        )
    if given.json:
        return show(made.json())
    print(f"{made.path}: {made.rows} rows of {made.tables} tables and {made.files} files, {made.size} bytes, "
          f"{'locked' if made.locked else 'not locked'}; read again and counted, all there. Seal of the audit's last "
          f"entry, {made.audit.number}: {made.audit.seal[:16] or '-'}")  # fmt: skip


def run_snapshot(given: argparse.Namespace) -> None:
    """Publishes a snapshot, in the place of those before it."""
    made = snapshot.publish(existing(given), operator(), given.folder, given.key and given.key.resolve())
    if given.json:
        return show(made.json())
    print(f"{made.path}: {made.rows['scan']} scans, {made.rows['stay']} stays, {made.rows['person']} people, "
          f"{made.size / 1e6:.1f} MB. What each column holds stands in {snapshot.README['en']} there.")  # fmt: skip


def run_restore(given: argparse.Namespace) -> None:
    """Brings a backup back, and says what is there now and where what was there lies."""
    if not given.file.is_file():
        raise Refused(f"There is no file {given.file}. Nothing was changed.")
    phrase = passphrase(given, "Passphrase of the backup: ") if sealed.locked(given.file) else None
    found = restore.restore(folder(given), given.file, phrase, operator())
    for line in found.doubts:
        complain(f"This backup is not what was backed up: {line}. It is back all the same. Ask who could change it.")
    if given.json:
        return show(found.json())
    told = ", ".join(f"{n} {name}" for name, n in found.counts.items())
    print(f"The store of {moment(found.made_at)} is back: {told}; {found.files} files. Everybody signs in again.")
    if found.aside:
        print(f"What was there before is kept in {found.aside}. Delete it when it is not needed any more.")


def passphrase(given: argparse.Namespace, question: str, again: bool = False) -> str:
    """The passphrase, from stdin or a terminal; '' when there is neither."""
    if given.passphrase_stdin:
        phrase = sys.stdin.readline().rstrip("\r\n")
        if not phrase:  # a script whose variable is not set: it did not ask for a file that anybody can read
            raise Refused("There is no passphrase on stdin: its first line is empty. Nothing was changed.")
        return phrase
    if not sys.stdin.isatty():
        return ""
    phrase = getpass.getpass(question)
    if again and phrase and getpass.getpass("The same again: ") != phrase:
        raise Refused("The two passphrases differ. Nothing was made.")
    return phrase


def run_publish(given: argparse.Namespace) -> None:
    """The whole store into the lake: how one goes over to a second engine."""
    store = existing(given)
    lake = _lake(store)
    state = lake.publish(store, everything=True)
    rows = sum(rows for parts in state.parts.values() for rows, _ in parts.values())
    print(f"{rows} rows in {len(state.parts)} tables are published in {lake.folder}.")


def _lake(store: Store) -> "Lake":
    try:
        from quetma.engine.lake import Lake  # not installed by everybody
    except ImportError as error:
        raise Refused(
            f"What a second engine takes is not installed: {error}. Install quetma with the extra `engine`."
        ) from error
    return Lake(lake_folder(store))


def run_check(given: argparse.Namespace) -> None:
    """Every difference between what is stored and what the facts say, else that there is none."""
    store = existing(given)
    differences = recount.check(store) + rollups.check(store) + receipts.check(store) + archive.check(store)
    differences += chain.check(store.cursor())
    if (lake_folder(store) / PUBLISHED).exists():
        lake = _lake(store)
        if lake.own(store):  # what only waits to be published is no difference
            lake.publish(store)
        differences += lake.check(store)
    for line in differences:
        print(line)
    if differences:
        raise Refused(f"{len(differences)} differences between what is stored and what it comes from.")
    last = chain.head(store.cursor())
    print("Every figure follows from the scans, as it should.")
    print(f"The audit's {last.number} entries hang together; seal of the last: {last.seal[:16] or '-'}")


def person_with(store: Store, text: str) -> int:
    """The identifier of the person with that phone."""
    phone = people.phone(text)
    if phone is None:
        raise Refused(f"{text!r} is not a phone number. Write it like 0912345678 or +84912345678.")
    found = store.ask("people/with_phone", phone=phone)
    if found.is_empty():
        raise Refused(f"Nobody in the store has the phone {phone}.")
    return found["person_id"][0]


def show(answer: dict[str, Any]) -> None:
    """One JSON object."""
    print(json.dumps(answer, ensure_ascii=False))
