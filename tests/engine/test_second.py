"""What is stored is published before anybody is answered, whole or not at all; what is taken back goes from there."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

import duckdb
import polars as pl
import pytest
from deltalake import DeltaTable

from quetma import cli, engine, health, intake, retention, tracing
from quetma.engine import EngineAway, second, spark
from quetma.engine import lake as lakes
from quetma.engine.lake import TABLES, Lake, State
from quetma.engine.second import Second
from quetma.store import ROOT, Store, now, open_store
from quetma.web import page
from tests import killed
from tests.engine.servers import Server
from tests.intake import prepare

SPAN = {"first": date(2021, 1, 1), "last": date(2031, 1, 1), "location": 0}


@pytest.fixture
def asked(empty_store: Store, sail: Callable[[str], Server]) -> Store:
    """A store that Sail answers for."""
    killed.begin(empty_store)
    empty_store.engine = Second(empty_store, sail("local").address, engine.lake_folder(empty_store))
    return empty_store


def arrivals(store: Store) -> int:
    """Of everybody on every day, as the engine says."""
    return store.ask("flow/hourly", **SPAN).select("staff_arrivals", "visitor_arrivals").sum().sum_horizontal()[0]


def full(*_args, **_kwargs):
    """A disk without room."""
    raise OSError(28, "No space left on device")


def log_of(rows: int, phone: int = 1, day: str = "03/08/2021") -> bytes:
    rows_of = (f"Khách Số {k},0913{phone:02}{k:04},08:{k % 60:02} {day},Mai Sơn,Vào\n" for k in range(rows))
    return (killed.LOG + "".join(rows_of)).encode()


def test_what_is_uploaded_is_in_the_next_answer_and_what_is_undone_is_not(asked: Store):
    assert arrivals(asked) == 1
    batch = intake.load(asked, prepare(asked, "a.csv", log_of(40)), "t")
    assert arrivals(asked) == 41
    intake.undo(asked, batch.batch_id, "t")
    assert arrivals(asked) == 1
    lake = engine.lake_folder(asked)
    assert Lake(lake).check(asked) == []


def test_a_whole_answer_asked_for_right_after_an_upload_waits_until_it_is_published(asked: Store):
    """Publishing writes into the store, so an answer that began before it is not of one state."""
    arrivals(asked)
    intake.load(asked, prepare(asked, "a.csv", log_of(40)), "t")
    person = asked.ask("people/with_phone", phone="+84913010000")["person_id"][0]
    answer = tracing.trace(asked, tracing.Question((tracing.Case(person, date(2021, 8, 3)),)), whole=True)
    assert answer.f1.height == 39


def test_only_the_days_of_an_upload_are_written(asked: Store):
    for day in ("05/08/2021", "06/08/2021", "07/08/2021"):
        intake.load(asked, prepare(asked, day, log_of(5, day=day)), "t")
    arrivals(asked)
    lake = Lake(engine.lake_folder(asked))
    before = set(lake.folder.rglob("part=*/*.parquet"))
    intake.load(asked, prepare(asked, "b.csv", log_of(5, phone=2, day="06/08/2021")), "t")
    arrivals(asked)
    new = {path.parent for path in lake.folder.rglob("part=*/*.parquet")} - {path.parent for path in before}
    written = {path.parent.name for path in lake.folder.glob("scan/*/*.parquet") if path not in before}
    assert written == {"part=2021-08-06"} and not new


def test_whatever_is_done_to_the_store_the_lake_is_like_it(asked: Store):
    """Uploads, undo, merges, the gate, the door and forgetting, one after the other."""
    chance, lake = Random(3), Lake(engine.lake_folder(asked))
    kinds = [kind for kind in killed.KINDS if kind not in ("backup", "document")]
    for number, kind in enumerate(kinds, 1):
        killed.work(asked, chance, number, kind, lambda *_, **__: None)
        assert asked.engine and asked.engine.settle()
        assert lake.check(asked) == [], kind
    assert asked.cursor().execute("SELECT COUNT(*) FROM unpublished").fetchall() == [(0,)]


def test_who_is_forgotten_is_in_no_file_after_the_grace_and_never_in_a_log(asked: Store):
    killed.work(asked, Random(1), 5, "door", lambda *_, **__: None)
    arrivals(asked)
    lake = Lake(engine.lake_folder(asked))

    def said(secret: bytes) -> list[Path]:
        """Files that hold it, as they are once nothing is packed."""
        with closing(asked.cursor()) as cursor:
            found = [path for path in lake.folder.rglob("*.json") if secret in path.read_bytes()]
            for path in lake.folder.rglob("*.parquet"):
                rows = cursor.sql(f"SELECT * FROM read_parquet('{path}', hive_partitioning = FALSE)").pl()
                if secret.decode() in rows.write_csv():
                    found.append(path)
            return found

    secret = "Bí Mật 5".encode()
    held = said(secret)
    assert held and all("_delta_log" not in path.parts for path in held)
    assert retention.purge(asked)
    arrivals(asked)
    lake.sweep(now())
    assert said(secret), "a question may still be reading it"
    lake.sweep(now() + timedelta(minutes=11))
    assert said(secret) == []
    assert lake.check(asked) == []


OF_FIGURES = {"compliance", "conduct", "documents", "drill", "flow", "history", "overview", "plan", "tracing"}


def test_pages_that_need_no_figures_go_on_while_it_is_away(demo_store: Store, app):
    """The gate above all: people stand before it. Nor does it wait until what it stored is published."""
    demo_store.engine = Second(demo_store, "sc://127.0.0.1:1", engine.lake_folder(demo_store))
    assert demo_store.engine.settle()
    stopped = {
        path.stem
        for path in sorted((ROOT / "pages").glob("*.py"))
        if app(f"pages/{path.name}", store=demo_store).exception
    }
    assert stopped <= OF_FIGURES
    assert "flow" in stopped


def test_a_server_that_hangs_is_away_within_its_time(empty_store: Store, monkeypatch: pytest.MonkeyPatch):
    """It took the call and says nothing, as a machine does that swaps, or a network that swallows."""
    killed.begin(empty_store)
    server = Server("local").start()
    try:
        empty_store.engine = Second(empty_store, server.address, engine.lake_folder(empty_store))
        assert arrivals(empty_store) == 1
        monkeypatch.setattr(spark, "SHORT", 1.0)
        monkeypatch.setattr(spark, "LONG", 1.0)
        server.stop()
        began = time.monotonic()
        with pytest.raises(EngineAway):
            empty_store.ask("flow/hourly", **SPAN | {"location": 1})
        assert time.monotonic() - began < 40  # it would wait a minute and more otherwise
        server.go_on()
        assert empty_store.ask("flow/hourly", **SPAN | {"location": 1}).height
    finally:
        server.kill()


def test_the_lake_of_another_store_answers_nobody(asked: Store, tmp_path: Path, sail, monkeypatch: pytest.MonkeyPatch):
    """Two stores of one name under one QUETMA_LAKE, or a backup put back: until it is published anew, nobody is
    answered from it.
    """
    arrivals(asked)
    other = Store(tmp_path / "other")
    try:
        other.engine = Second(other, sail("local").address, engine.lake_folder(asked))
        monkeypatch.setattr("quetma.engine.lake.write_deltalake", full)
        with pytest.raises(EngineAway, match="No space left"):
            arrivals(other)
    finally:
        other.close()


def test_two_who_publish_into_one_lake_at_once_never_name_each_others_rows(
    empty_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Two servers of one QUETMA_LAKE: one waits for the other, and neither answers for the other's people."""
    folder, other, rewrite = tmp_path / "lake", Store(tmp_path / "other"), lakes._rewrite
    for store, phone in ((empty_store, 1), (other, 2)):
        intake.load(store, prepare(store, "a.csv", log_of(40, phone)), "t")
    beside = threading.Thread(target=Lake(folder).publish, args=(other,))

    def with_another_beside(*given):
        rewrite(*given)
        if given[2].endswith("person") and threading.current_thread() is threading.main_thread():
            beside.start()
            beside.join(2.0)

    monkeypatch.setattr(lakes, "_rewrite", with_another_beside)
    try:
        state = Lake(folder).publish(empty_store)
        beside.join()
        with closing(duckdb.connect()) as reader:
            for name, parts in state.parts.items():
                files = DeltaTable(str(folder / name), version=state.versions[name]).file_uris()
                assert lakes._lying(reader.cursor(), files) == parts, name
        assert Lake(folder).check(other) == []
    finally:
        other.close()


def test_nobody_waits_longer_than_a_while_for_a_large_upload(asked: Store, app, monkeypatch: pytest.MonkeyPatch):
    """It is published meanwhile, and there when it is."""
    assert arrivals(asked) == 1
    may, publish = threading.Event(), Lake.publish

    def slow(lake: Lake, store: Store) -> State:
        may.wait(30)
        return publish(lake, store)

    monkeypatch.setattr(Lake, "publish", slow)
    monkeypatch.setattr(second, "PATIENCE", 0.2)
    intake.load(asked, prepare(asked, "a.csv", log_of(9)), "t")
    assert arrivals(asked) == 1
    assert "chưa có trên trang này" in app("pages/flow.py", store=asked).warning[0].value
    assert not app("pages/gate.py", store=asked).warning, "the gate does not wait"
    may.set()
    monkeypatch.setattr(second, "PATIENCE", 30.0)
    assert arrivals(asked) == 10


def test_only_who_was_ever_published_notes_what_changes(tmp_path: Path, sail, monkeypatch: pytest.MonkeyPatch):
    """A store without a second engine pays nothing for it. One that had one goes on noting: it may come back."""

    def noted() -> int:
        return store.cursor().execute("SELECT COUNT(*) FROM unpublished").fetchall()[0][0]

    store = open_store(tmp_path)
    killed.begin(store)
    assert noted() == 0
    store.close()
    monkeypatch.setenv("QUETMA_ENGINE", sail("local").address)
    store = open_store(tmp_path)
    assert arrivals(store) == 1
    store.close()
    monkeypatch.delenv("QUETMA_ENGINE")
    store = open_store(tmp_path)
    intake.load(store, prepare(store, "a.csv", log_of(9)), "t")
    assert noted() > 0
    store.close()
    monkeypatch.setenv("QUETMA_ENGINE", sail("local").address)
    store = open_store(tmp_path)
    assert arrivals(store) == 10
    store.close()


def test_a_server_that_is_away_is_said_in_one_sentence_and_uploads_go_on(
    empty_store: Store, app, monkeypatch: pytest.MonkeyPatch
):
    killed.begin(empty_store)
    server = Server("local").start()
    empty_store.engine = Second(empty_store, server.address, engine.lake_folder(empty_store))
    assert arrivals(empty_store) == 1 and health.answers(empty_store)
    server.kill()
    batch = intake.load(empty_store, prepare(empty_store, "a.csv", log_of(9)), "t")
    with pytest.raises(EngineAway, match="Nothing is lost") as away:
        arrivals(empty_store)
    assert server.address in str(away.value) and "\n" not in str(away.value)
    assert not health.answers(empty_store)
    told = [str(one.told) for one in health.warnings(empty_store, now())]
    assert any(server.address in one for one in told)
    assert app("pages/flow.py", store=empty_store).exception, "a page that needs it stops, and says so"
    said: list[str] = []
    monkeypatch.setattr(page.st, "error", lambda text, icon: said.append(text))
    assert page.apologise(away.value) and "Không mất dữ liệu nào" in said[0]
    assert not app("pages/upload.py", store=empty_store).exception
    server.start()
    try:
        assert arrivals(empty_store) == 10, "what came meanwhile is there"
        assert health.answers(empty_store)
        intake.undo(empty_store, batch.batch_id, "t")
        assert arrivals(empty_store) == 1
    finally:
        server.kill()


def test_what_cannot_be_published_is_said_and_made_up_for(asked: Store, app, monkeypatch: pytest.MonkeyPatch):
    assert arrivals(asked) == 1

    with monkeypatch.context() as broken:
        broken.setattr("quetma.engine.lake.write_deltalake", full)
        intake.load(asked, prepare(asked, "a.csv", log_of(9)), "t")
        assert arrivals(asked) == 1, "what was published before, whole"
        assert any("No space left" in str(one.told) for one in health.warnings(asked, now()))
        assert "chưa có trên trang này" in app("pages/flow.py", store=asked).warning[0].value
    monkeypatch.setattr(second, "AGAIN", 0.0)
    assert arrivals(asked) == 10
    assert Lake(engine.lake_folder(asked)).check(asked) == []


def test_who_decides_inside_a_write_is_answered_by_the_store(asked: Store):
    intake.load(asked, prepare(asked, "a.csv", log_of(3)), "t")
    with asked.write():
        assert arrivals(asked) == 4
        assert asked.engine and asked.engine.standing().since is None, "nothing was published for it"
    assert arrivals(asked) == 4


def test_a_unit_beneath_is_answered_by_the_store_which_knows_its_rows(asked: Store):
    assert asked.within(7).engine is None
    assert asked.within(7).ask("flow/hourly", **SPAN).is_empty()


def test_a_store_put_back_from_before_is_published_as_it_is(asked: Store):
    """The lake is of a state that this store never was in; nothing tells which days differ."""
    arrivals(asked)
    intake.load(asked, prepare(asked, "a.csv", log_of(9)), "t")
    arrivals(asked)
    with asked.write() as cursor:
        cursor.execute("UPDATE published SET mark = 'another'")
        cursor.execute("DELETE FROM flow_quarter")
    assert arrivals(asked) == 0
    assert Lake(engine.lake_folder(asked)).check(asked) == []


def test_a_newer_quetma_whose_tables_have_other_columns(asked: Store, monkeypatch: pytest.MonkeyPatch):
    intake.load(asked, prepare(asked, "a.csv", log_of(9)), "t")
    older = {**TABLES, "stay": replace(TABLES["stay"], rows="SELECT * EXCLUDE (out_seen) FROM stay")}
    with monkeypatch.context() as before:
        before.setattr("quetma.engine.lake.TABLES", older)
        assert arrivals(asked) == 10
    with asked.write() as cursor:
        cursor.execute("UPDATE published SET mark = ''")  # as whoever brings the store up does
    people = asked.cursor().sql("SELECT person_id FROM person").pl()
    day = date(2021, 8, 3)
    stays = asked.ask("tracing/place_stays", {"people": people}, location="Mai Sơn", first_day=day, day=day)
    assert stays["out_seen"].to_list() == [False] * 9
    assert Lake(engine.lake_folder(asked)).check(asked) == []


def test_who_may_read_the_lake_and_that_one_is_left_over_is_said(asked: Store):
    arrivals(asked)
    folder = engine.lake_folder(asked)
    assert folder.stat().st_mode & 0o777 == 0o700

    def told() -> bool:
        return any(str(folder) in str(one.told) for one in health.warnings(asked, now()))

    assert not told()
    folder.chmod(0o755)
    assert told()
    folder.chmod(0o750)
    assert not told()
    asked.engine = None
    assert told(), "nobody forgets there what is over"


def test_going_over_comparing_and_going_back(
    demo_store: Store, sail, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """As docs/engine.md says it, from a store that stands, and back."""
    folder, lake = demo_store.folder, tmp_path / "lake" / demo_store.folder.name
    busiest = "SELECT person_id FROM stay GROUP BY person_id ORDER BY COUNT(*) DESC, person_id LIMIT 1"
    [(person,)] = demo_store.cursor().execute(busiest).fetchall()
    case = tracing.Case(person, demo_store.today())

    def traced() -> list[pl.DataFrame]:
        answer = tracing.trace(open_store(folder), tracing.Question((case,)), whole=True)
        return [answer.f1, answer.f2]

    here = traced()
    assert here[0].height and here[1].height
    demo_store.close()
    monkeypatch.setenv("QUETMA_LAKE", str(tmp_path / "lake"))
    assert cli.main(["--store", str(folder), "publish"]) == 0
    assert f"are published in {lake}" in capsys.readouterr().out
    assert cli.main(["--store", str(folder), "check"]) == 0
    state = json.loads((lake / engine.PUBLISHED).read_text())

    monkeypatch.setenv("QUETMA_ENGINE", sail("local").address)
    for one, other in zip(here, traced(), strict=True):
        assert one.equals(other)
    assert json.loads((lake / engine.PUBLISHED).read_text()) == state, "nothing is published twice"
    open_store(folder).close()
    monkeypatch.delenv("QUETMA_ENGINE")
    for one, other in zip(here, traced(), strict=True):
        assert one.equals(other)
    open_store(folder).close()

    file = next((lake / "stay").glob("*/*.parquet"))
    other = next(path for path in (lake / "stay").glob("*/*.parquet") if path.parent != file.parent)
    file.write_bytes(other.read_bytes())
    assert cli.main(["--store", str(folder), "check"]) == 1
    assert f"lake: stay {file.parent.name.removeprefix('part=')}" in capsys.readouterr().out
    open_store(folder).close()


def test_what_only_waits_to_be_published_is_no_difference(
    demo_store: Store, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    """From a shell nothing is published by itself: `check` after `undo` tells of damage alone."""
    folder = demo_store.folder
    monkeypatch.delenv("QUETMA_LAKE", raising=False)
    demo_store.close()
    assert cli.main(["--store", str(folder), "publish"]) == 0
    assert cli.main(["--store", str(folder), "undo", "1"]) == 0
    capsys.readouterr()
    assert cli.main(["--store", str(folder), "check"]) == 0, capsys.readouterr().out
    store = open_store(folder)
    assert Lake(engine.lake_folder(store)).check(store) == []
    store.close()


def test_without_the_setting_nothing_of_it_is_loaded(tmp_path: Path):
    code = (
        "import sys; from quetma.store import open_store; open_store(sys.argv[1]).ask('flow/locations'); "
        "print([name for name in sys.modules if name in ('pyspark', 'deltalake')])"
    )
    told = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
