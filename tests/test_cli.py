"""The command line as a script meets it: what is printed, on which stream, and the exit status."""

import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pypdfium2
import pytest
import zxingcpp

from quetma.access import accounts, sessions
from quetma.cli import main, parser
from quetma.demo import SAMPLE
from quetma.store import ROOT, Store
from tests.intake.files import archive, xls

Answer = tuple[int, str, str]
Run = Callable[..., Answer]

KHOI = ("trace", "--phone", "0900999001", "--onset", "2021-08-25")  # the case of the demo unit's story
EXPORT = ("export", "scans", "--format", "csv")
WEEK = ("--from", "2021-08-02", "--to", "2021-08-06")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run(store, "check")`: exit status, stdout and stderr of that command."""

    def command(store: Store, *words: object) -> Answer:
        try:
            status = main(["--store", str(store.folder), *map(str, words)])
        except SystemExit as ended:
            status = int(ended.code or 0)
        out, err = capsys.readouterr()
        return status, out, err

    return command


def assert_refused(answer: Answer, about: str) -> None:
    """Status 1, and one line on stderr that speaks of it."""
    status, _, err = answer
    assert status == 1
    assert re.fullmatch(r"quetma: [^\n]+\n", err)
    assert re.search(about, err), err


def said(answer: Answer) -> dict[str, Any]:
    """The one JSON object of a command that succeeded."""
    status, out, err = answer
    assert (status, err) == (0, "")
    return json.loads(out)


def audited(store: Store) -> list[tuple[str, str]]:
    """Action and subject of every line of the audit, oldest first."""
    return store.cursor().execute("SELECT action, subject FROM audit ORDER BY logged_at").fetchall()


def scans(store: Store) -> int:
    """How many scans the store holds."""
    [(count,)] = store.cursor().execute("SELECT COUNT(*) FROM scan").fetchall()
    return count


def test_init_makes_a_store_and_is_harmless_again(run: Run, empty_store: Store):
    for _ in range(2):
        status, out, err = run(empty_store, "init")
        assert (status, err) == (0, "")
        assert str(empty_store.folder) in out


def test_init_demo_fills_an_empty_store_only(run: Run, empty_store: Store):
    assert run(empty_store, "init", "--demo")[0] == 0
    assert empty_store.demo
    filled = scans(empty_store)
    assert filled > 3000
    assert_refused(run(empty_store, "init", "--demo"), "already holds data")
    assert scans(empty_store) == filled


def test_every_other_verb_wants_a_store_that_was_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """A mistyped folder must not become an empty store that answers "nobody"."""
    for words in (["import", "x.csv"], KHOI, ["compliance", "--on", "2021-08-27"], ["check"]):
        status = main(["--store", str(tmp_path / "typo"), *words])
        assert_refused((status, *capsys.readouterr()), "init")
    assert not (tmp_path / "typo").exists()


def test_the_folder_comes_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, demo_store: Store, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("QUETMA_STORE", str(demo_store.folder))
    assert main(["compliance", "--on", "2021-08-27"]) == 0
    assert "12/13" in capsys.readouterr().out


def test_import_accounts_for_every_row(run: Run, empty_store: Store):
    files = [SAMPLE / "danh-sach-can-bo.csv", SAMPLE / "quet-ma-30-08.csv"]
    roster, log = said(run(empty_store, "import", *files, "--json"))["batches"]
    assert roster.keys() == {"batch", "file", "kind", "rows", "accepted", "duplicates", "rejected", "rejects"}
    assert (roster["kind"], roster["file"], roster["rows"], roster["accepted"]) == ("roster", files[0].name, 13, 13)
    assert log["kind"] == "scans"
    assert log["rows"] == log["accepted"] + log["duplicates"] + log["rejected"]
    assert log["rejected"] == len(log["rejects"]) > 0
    assert log["rejects"][0].keys() == {"line", "reason", "raw"}
    assert scans(empty_store) == log["accepted"]
    assert audited(empty_store) == [("upload", f"1 {files[0].name}"), ("upload", f"2 {files[1].name}")]


def test_import_for_people_names_each_rejected_line(run: Run, empty_store: Store):
    status, out, _ = run(empty_store, "import", SAMPLE / "quet-ma-30-08.csv")
    assert status == 0
    first, *rejects = out.splitlines()
    assert first.startswith("quet-ma-30-08.csv: batch 1, scans: 93 rows, 88 accepted, 2 duplicates, 3 rejected")
    found = [re.findall(r"^ +line (\d+): (\w+): ", line) for line in rejects]
    assert found == [[("92", "bad_time")], [("93", "no_time")], [("94", "no_person")]]


def test_import_of_a_refused_file_leaves_the_others_loaded(run: Run, empty_store: Store, tmp_path: Path):
    (tmp_path / "letter.csv").write_text("Kính gửi,\nĐội Quản lý thị trường số 2\n", encoding="utf-8")
    files = [tmp_path / "letter.csv", tmp_path / "missing.csv", SAMPLE / "quet-ma-30-08.csv"]
    status, out, err = run(empty_store, "import", *files, "--json")
    assert status == 1
    assert [batch["file"] for batch in json.loads(out)["batches"]] == ["quet-ma-30-08.csv"]
    assert [line.split(": ")[1] for line in err.splitlines()] == [str(files[0]), str(files[1])]
    assert scans(empty_store) == 88


def test_import_loads_each_table_of_a_file(run: Run, empty_store: Store, tmp_path: Path):
    log = (SAMPLE / "quet-ma-30-08.csv").read_bytes()
    (tmp_path / "a.zip").write_bytes(archive({"a.csv": log, "b.csv": b"", "c.jpg": b"x"}))
    status, out, err = run(empty_store, "import", tmp_path / "a.zip", "--json")
    [batch] = json.loads(out)["batches"]
    assert (status, batch["file"], batch["kind"]) == (0, "a.zip/a.csv", "scans")
    assert [line.split("]")[0].rpartition("[")[2] for line in err.splitlines()] == ["b.csv", "c.jpg"]


def test_import_takes_the_columns_and_the_month_that_a_file_does_not_tell(run: Run, empty_store: Store, tmp_path: Path):
    rows = "".join(f"Lò Văn A,08/{day}/2021 08:10,Mai Sơn\n" for day in range(13, 28))
    (tmp_path / "a.csv").write_text(f"Ai đó,Lúc nào,Ở đâu\n{rows}", encoding="utf-8")
    (tmp_path / "b.csv").write_text(f"Ai đó,Lúc nào,Ở đâu\n{rows.replace('Lò', 'Hà')}", encoding="utf-8")
    columns = "name=1,time=2,location=3"
    assert_refused(run(empty_store, "import", tmp_path / "a.csv", "--month-first"), "guessed")
    assert_refused(run(empty_store, "import", tmp_path / "a.csv", "--columns", columns), "month first")
    given = ("--columns", columns, "--month-first", "--json")
    [batch] = said(run(empty_store, "import", tmp_path / "a.csv", *given))["batches"]
    assert batch["accepted"] == 15
    [batch] = said(run(empty_store, "import", tmp_path / "b.csv", "--json"))["batches"]
    assert batch["accepted"] == 15, "read as last time"


def test_import_takes_the_kind_and_the_place_that_a_file_does_not_tell(run: Run, empty_store: Store, tmp_path: Path):
    log = tmp_path / "cong.csv"
    log.write_text("Họ tên,SĐT,Thời gian\nLò Văn A,0912345678,24/08/2021 08:10\n", encoding="utf-8")
    assert_refused(run(empty_store, "import", log), "location")
    [batch] = said(run(empty_store, "import", log, "--kind", "scans", "--location", "Chợ Cò Nòi", "--json"))["batches"]
    assert batch["accepted"] == 1
    assert empty_store.ask("flow/locations")["name"].to_list() == ["Chợ Cò Nòi"]


def test_import_says_which_list_scans_are(run: Run, empty_store: Store, tmp_path: Path):
    log = tmp_path / "log.csv"
    for n, source in enumerate(("register", "qr"), 1):
        log.write_text(f"Họ tên,SĐT,Thời gian,Địa điểm\nLò Văn A,0912000001,24/08/2021 08:0{n},Mai Sơn\n", "utf-8")
        said(run(empty_store, "import", log, "--source", source, "--json"))
    assert empty_store.cursor().execute("SELECT source FROM batch ORDER BY batch_id").fetchall() == [
        ("register",),
        ("qr",),
    ]
    assert run(empty_store, "import", log, "--source", "memory")[0] == 2


def test_undo_takes_a_batch_back_once(run: Run, empty_store: Store, tmp_path: Path):
    log = tmp_path / "log.csv"
    log.write_text("Họ tên,SĐT,Thời gian,Địa điểm\nA,0912000001,24/08/2021 07:00,Mai Sơn\n", encoding="utf-8")
    said(run(empty_store, "import", log, "--json"))
    assert said(run(empty_store, "undo", 1, "--json")) == {
        "batch": 1, "file": "log.csv", "rows_removed": 1, "rows_restored": 0
    }  # fmt: skip
    assert scans(empty_store) == 0
    assert audited(empty_store)[-1] == ("undo upload", "1 log.csv")
    assert_refused(run(empty_store, "undo", 1), "Upload 1 was undone already")
    assert_refused(run(empty_store, "undo", 7), "There is no upload 7")


def test_trace_prints_the_object_of_the_design(run: Run, demo_store: Store):
    answer = said(run(demo_store, *KHOI, "--json"))
    assert answer.keys() == {"case", "rule", "window", "f1", "f2", "unscanned"}
    assert (answer["rule"], answer["window"][0]) == ("3638", "2021-08-22T00:00")
    assert {"phone", "name", "minutes", "exposed_at", "location", "certainty"} <= answer["f1"][0].keys()
    assert {"phone", "name", "via"} <= answer["f2"][0].keys()
    assert "Cầm Văn Thành" in {row["name"] for row in answer["f1"]}
    assert ("trace", "Nguyễn Đình Khôi 0900999001") in audited(demo_store)


def test_trace_takes_every_parameter_of_the_rule(run: Run, demo_store: Store):
    until = "2021-08-24T12:00"
    more = ("--until", until, "--rule", "762", "--days-before", "1", "--min-minutes", "40", "--linger", "5")
    answer = said(run(demo_store, *KHOI, *more, "--json"))
    assert (answer["rule"], answer["window"]) == ("762", ["2021-08-24T00:00", until])
    assert {row["location"] for row in answer["f1"]} == {"Trụ sở Mai Sơn"}
    assert all(row["minutes"] >= 40 for row in answer["f1"])


def test_a_day_alone_is_isolated_at_its_end_as_on_the_screen(run: Run, demo_store: Store):
    """Whom they met that day before they were fetched is not to be lost."""
    day, end, begin = (
        said(run(demo_store, *KHOI, "--until", until, "--json"))
        for until in ("2021-08-24", "2021-08-25T00:00", "2021-08-24T00:00")
    )
    assert day["window"][1] == "2021-08-25T00:00"
    assert day == end
    assert len(begin["f1"]) < len(day["f1"])


def test_trace_for_people_lists_f1_and_f2(run: Run, demo_store: Store):
    answer = said(run(demo_store, *KHOI, "--json"))
    _, out, _ = run(demo_store, *KHOI)
    lines = out.splitlines()
    assert lines[0].startswith("Nguyễn Đình Khôi 0900999001, infectious from 00:00 22/08/2021")
    for step in ("f1", "f2"):
        assert len([line for line in lines if line.startswith(step.upper())]) == len(answer[step])
    possible = len([row for row in answer["f1"] if row["certainty"] == "possible"])
    assert f"{len(answer['f1']) - possible} suspected F1" in lines[2]


def test_trace_converts_a_time_with_an_offset_to_vietnam(run: Run, demo_store: Store):
    answer = said(run(demo_store, *KHOI, "--until", "2021-08-25T23:00+00:00", "--json"))
    assert answer["window"][1] == "2021-08-26T06:00"


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("trace", "--phone", "12ab", "--onset", "2021-08-25"), "not a phone"),
        (("trace", "--phone", "0912000000", "--onset", "2021-08-25"), "Nobody"),
        (("trace", "--phone", "0900999001", "--onset", "2099-08-25"), "lies in the future"),
        ((*KHOI, "--until", "2021-08-01"), "before"),
        ((*KHOI, "--days-before", "-1"), "days_before"),
        ((*EXPORT, "--from", "2021-08-02", "--to", "2021-08-01", "-o", "x"), "after"),
        ((*EXPORT, *WEEK, "--location", "Hà Nội", "-o", "x"), "no location"),
        ((*EXPORT, *WEEK, "-o", "no/such/folder/x"), "No such file"),
    ],
)
def test_bad_input_is_one_line(run: Run, demo_store: Store, words: tuple[str, ...], about: str):
    before = audited(demo_store)
    assert_refused(run(demo_store, *words), about)
    assert audited(demo_store) == before


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("undo", "one"),
        ("import",),
        ("import", "x.csv", "--kind", "letters"),
        ("trace", "--phone", "0900999001", "--onset", "32/08/2021"),
        ("trace", "--phone", "0900999001", "--onset", "0001-01-01"),
        (*KHOI, "--rule", "9999"),
        ("compliance", "--on", "yesterday"),
        ("export", "scans", *WEEK, "--format", "pdf", "-o", "x"),
        ("user", "add", "Lan", "--role", "king"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_status_2(run: Run, empty_store: Store, words: tuple[str, ...]):
    status, out, err = run(empty_store, *words)
    assert (status, out) == (2, "")
    assert "usage:" in err


def test_compliance_names_the_thirteenth_person(run: Run, demo_store: Store):
    answer = said(run(demo_store, "compliance", "--on", "2021-08-27", "--json"))
    assert answer["staff"] == 13
    assert (answer["apps"]["have"], answer["apps"]["of"], answer["apps"]["missing"]) == (13, 13, [])
    assert (answer["vaccinated"]["have"], answer["vaccinated"]["of"]) == (12, 13)
    assert answer["vaccinated"]["missing"] == ["Đinh Thị Thúy"]
    _, out, _ = run(demo_store, "compliance", "--on", "2021-08-27")
    assert re.search(r"^vaccinated +12/13  missing: Đinh Thị Thúy$", out, re.MULTILINE)
    assert [action for action, _ in audited(demo_store)][-2:] == ["compliance", "compliance"]


@pytest.mark.parametrize("fmt", ["csv", "xlsx", "parquet"])
def test_export_writes_what_the_filter_lets_through(run: Run, demo_store: Store, tmp_path: Path, fmt: str):
    path = tmp_path / f"scans.{fmt}"
    some = ("--location", "trụ sở mai sơn", "--person", "0900000003", "--person", "0900000004")
    status, out, err = run(demo_store, "export", "scans", *WEEK, *some, "--format", fmt, "-o", path)
    assert (status, err) == (0, "")
    [(count,)] = demo_store.cursor().execute(
        "SELECT COUNT(*) FROM scan JOIN person USING (person_id) JOIN location l USING (location_id)"
        " WHERE phone IN ('+84900000003', '+84900000004') AND l.name = 'Trụ sở Mai Sơn'"
        " AND scanned_at >= '2021-08-02' AND scanned_at < '2021-08-07'"
    ).fetchall()  # fmt: skip
    assert count > 10
    read = {
        "csv": lambda: pl.read_csv(path, skip_rows=1, infer_schema=False),
        "xlsx": lambda: pl.read_excel(path, engine="calamine", read_options={"header_row": 2}),
        "parquet": lambda: pl.read_parquet(path),
    }
    assert read[fmt]().height == count
    assert "của Lò Văn Tuấn (0900000003) và " in out
    assert audited(demo_store)[-1][0] == "export scans"


def test_user_add_reads_the_password_from_stdin(run: Run, empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("một câu rất dài\n"))
    status, out, _ = run(empty_store, "user", "add", "Lường Văn Sơn", "--role", "gatekeeper", "--password-stdin")
    assert status == 0
    assert "gatekeeper" in out
    assert accounts.verify(empty_store, "Lường Văn Sơn", "một câu rất dài") == "gatekeeper"
    assert audited(empty_store) == [("account_created", "Lường Văn Sơn")]


@pytest.mark.parametrize(("password", "about"), [("ngắn\n", "too short"), ("", "too short")])
def test_user_add_refuses_a_weak_password(
    run: Run, empty_store: Store, monkeypatch: pytest.MonkeyPatch, password: str, about: str
):
    monkeypatch.setattr("sys.stdin", io.StringIO(password))
    assert_refused(run(empty_store, "user", "add", "Lan", "--role", "viewer", "--password-stdin"), about)
    assert not accounts.exist(empty_store)


def test_accounts_from_the_shell(run: Run, empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    accounts.add(empty_store, "An", "một mật khẩu dài", "leader")
    accounts.add(empty_store, "Lan", "một mật khẩu dài", "viewer")
    monkeypatch.setattr("sys.stdin", io.StringIO("ba con mèo ngồi ngắm trăng\n"))
    assert run(empty_store, "user", "password", "Lan", "--password-stdin")[0] == 0
    assert run(empty_store, "user", "role", "Lan", "--role", "gatekeeper")[0] == 0
    assert run(empty_store, "user", "off", "Lan")[0] == 0
    status, out, _ = run(empty_store, "user", "list")
    assert status == 0
    assert out.splitlines() == ["An: leader, in use, second factor off", "Lan: gatekeeper, off, second factor off"]
    assert run(empty_store, "user", "on", "Lan")[0] == 0
    assert accounts.verify(empty_store, "Lan", "ba con mèo ngồi ngắm trăng") == "gatekeeper"
    assert accounts.find(empty_store, "Lan").must_change
    assert run(empty_store, "user", "second-off", "Lan")[0] == 0
    assert_refused(run(empty_store, "user", "off", "An"), "only leader")
    assert_refused(run(empty_store, "user", "off", "Ai"), "no account")
    assert_refused(run(empty_store, "user", "off"), "whose account")
    assert_refused(run(empty_store, "user", "role", "Lan"), "which role")


@pytest.mark.parametrize(
    "change", [("password", "--password-stdin"), ("role", "--role", "gatekeeper"), ("off",), ("second-off",)]
)
def test_what_is_changed_from_the_shell_holds_for_who_was_signed_in(
    run: Run, empty_store: Store, monkeypatch: pytest.MonkeyPatch, change: tuple[str, ...]
):
    """The dashboard was stopped for it; a cookie that somebody has taken is worth nothing when it is started again."""
    accounts.add(empty_store, "An", "một mật khẩu dài", "leader")
    accounts.add(empty_store, "Lan", "một mật khẩu dài", "viewer")
    tokens = [sessions.start(empty_store, name) for name in ("An", "Lan")]
    sessions._index.clear()
    monkeypatch.setattr("sys.stdin", io.StringIO("ba con mèo ngồi ngắm trăng\n"))
    what, *more = change
    assert run(empty_store, "user", what, "lan", *more)[0] == 0
    assert run(empty_store, "user", "on", "lan")[0] == 0
    sessions.load(empty_store)
    assert [sessions.find(token) is not None for token in tokens] == [True, False]


def test_the_first_units_and_whose_people_are_whose_from_the_shell(
    run: Run, demo_store: Store, monkeypatch: pytest.MonkeyPatch
):
    accounts.add(demo_store, "An", "một mật khẩu dài", "leader")
    assert run(demo_store, "unit", "add", "Chi cục Sơn La")[0] == 0
    assert run(demo_store, "unit", "add", "Đội 2")[0] == 0
    assert run(demo_store, "unit", "add", "Trạm Yên Châu", "--above", "đội 2")[0] == 0
    assert run(demo_store, "unit", "give", "doi 2", "--place", "trụ sở mai sơn")[0] == 0
    assert run(demo_store, "unit", "add", "Đội 3")[0] == 0
    assert run(demo_store, "unit", "remove", "Đội 3")[0] == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("ba con mèo ngồi ngắm trăng\n"))
    lan = ("user", "add", "Lan", "--role", "viewer", "--unit", "Đội 2", "--password-stdin")
    assert run(demo_store, *lan)[0] == 0
    assert run(demo_store, "user", "unit", "Lan", "--unit", "trạm yên châu")[0] == 0
    assert run(demo_store, "unit", "list")[1].splitlines() == [
        "Chi cục Sơn La: 1 places, 1 accounts of its own",
        "  Đội 2: 1 places, 0 accounts of its own",
        "    Trạm Yên Châu: 0 places, 1 accounts of its own",
    ]
    assert run(demo_store, "user", "list")[1].splitlines() == [
        "An: leader, in use, second factor off, Chi cục Sơn La",
        "Lan: viewer, in use, second factor off, Trạm Yên Châu",
    ]
    before = audited(demo_store)
    assert_refused(run(demo_store, "user", "unit", "An", "--unit", "Đội 2"), "only leader")
    assert_refused(run(demo_store, "user", "unit", "Lan", "--unit", "Đội 9"), "Known are: Chi cục Sơn La")
    assert_refused(run(demo_store, "user", "unit", "Lan"), "which unit")
    assert_refused(run(demo_store, "unit", "add", "đội 2"), "another unit already")
    assert_refused(run(demo_store, "unit", "give", "Đội 2", "--place", "Nơi khác"), "known are: Trụ sở Mai Sơn")
    assert_refused(run(demo_store, "unit", "remove", "Đội 2"), "units beneath")
    assert_refused(run(demo_store, "unit", "add"), "which unit")
    assert audited(demo_store) == before


def test_user_add_without_a_terminal_says_how(run: Run, empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("một câu rất dài\n"))
    assert_refused(run(empty_store, "user", "add", "Lan", "--role", "viewer"), "--password-stdin")


def test_check_is_quiet_when_sound_and_says_what_differs(run: Run, demo_store: Store):
    assert run(demo_store, "check")[0] == 0
    with demo_store.write() as cursor:
        cursor.execute("UPDATE flow_day SET people = people + 1 WHERE day = DATE '2021-08-24'")
    status, out, err = run(demo_store, "check")
    assert status == 1
    assert "flow_day" in out
    assert "differences" in err


def test_while_the_dashboard_runs_a_command_says_so(demo_store: Store):
    """As two processes: the second finds the store in use."""
    command = [sys.executable, "-m", "quetma", "--store", str(demo_store.folder), "check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert_refused((done.returncode, done.stdout, done.stderr), "in use by another process.*dashboard")


def test_nothing_is_written_over_the_store(demo_store: Store, run: Run):
    own = demo_store.folder / "quetma.duckdb"
    for command in (
        ("export", "scans", *WEEK, "--format", "csv"), ("report", *WEEK, "--format", "pdf"),
        ("poster", "Trụ sở Mai Sơn", "--address", "https://a.vn"),
    ):  # fmt: skip
        assert_refused(run(demo_store, *command, "-o", str(own)), "a part of the store itself")
    assert demo_store.ask("history/last_scan").height


def test_a_file_that_is_no_store_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    (tmp_path / "quetma.duckdb").write_text("not a database")
    status = main(["--store", str(tmp_path), "check"])
    assert_refused((status, *capsys.readouterr()), "cannot be (read|opened)")


def test_readme_shows_every_verb():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    verbs = next(action.choices for action in parser()._actions if action.choices)
    assert {
        "init",
        "import",
        "undo",
        "trace",
        "compliance",
        "export",
        "poster",
        "purge",
        "backup",
        "publish",
        "restore",
        "report",
        "snapshot",
        "user",
        "unit",
        "check",
    } == set(verbs)
    assert not [
        verb for verb in verbs if not re.search(rf"^python -m quetma.* {verb}\b|^ +{verb}\b", readme, re.MULTILINE)
    ]


def test_poster_prints_the_code_of_a_location(run: Run, demo_store: Store, tmp_path: Path):
    file = tmp_path / "ma.pdf"
    assert_refused(run(demo_store, "poster", "Trụ sở Mai Sơn", "-o", file), "--address")
    assert_refused(run(demo_store, "poster", "Nơi khác", "-o", file, "--address", "https://a.vn"), "Known are: Trụ sở")
    assert_refused(run(demo_store, "poster", "Trụ sở Mai Sơn", "-o", file, "--address", "a.vn"), "https://")
    assert not file.exists()
    status, out, _ = run(demo_store, "poster", "tru so mai son", "-o", file, "--address", "https://checkin.example.vn")
    assert status == 0
    [code] = zxingcpp.read_barcodes(pypdfium2.PdfDocument(file)[0].render(scale=100 / 72).to_pil())
    assert code.text in out and code.text.startswith("https://checkin.example.vn/c/")
    assert run(demo_store, "poster", "Trụ sở Mai Sơn", "--size", "desk", "-o", file)[1].endswith(f"{code.text}\n")
    codes = zxingcpp.read_barcodes(pypdfium2.PdfDocument(file)[0].render(scale=150 / 72).to_pil())
    assert [found.text for found in codes] == [code.text] * 4
    assert ("print poster", "Trụ sở Mai Sơn v1") in audited(demo_store)


def test_a_damaged_workbook_that_asks_for_more_memory_than_there_is(run: Run, empty_store: Store, tmp_path: Path):
    """A cell of an old Excel file, eight bytes, that says to stand in the last row and column there can be."""
    whole = xls({"Quét": [["Họ tên", "SĐT"], ["Lò Văn A", "0912000001"]]})
    cell = whole.rindex(b"\xfd\x00\x0a\x00") + 4  # LABELSST: row, column, …
    path = tmp_path / "a.xls"
    path.write_bytes(whole[:cell] + b"\xff\xff\xff\xff" + whole[cell + 4 :])
    assert_refused(run(empty_store, "import", path), "memory|damaged")
    assert scans(empty_store) == 0
    path.write_bytes(xls({"Quét": [["Họ tên", "SĐT", "Thời gian", "Địa điểm"], ["Lò Văn A", "0912000001",
                                    "24/08/2021 08:00", "Mai Sơn"]]}))  # fmt: skip
    answer = said(run(empty_store, "import", path, "--json"))
    assert [batch["accepted"] for batch in answer["batches"]] == [1]
