"""Every query, on both engines: the same columns, types and values.

What is asked of the second engine is what screens ask about many scans; why the rest is not, stands here by topic.
A new query is in a topic of either kind, or the first test fails.
"""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from quetma import engine, intake
from quetma.engine.second import Second
from quetma.store import QUERIES, ROOT, Store, open_store, query
from tests import killed
from tests.engine.servers import Server
from tests.intake import prepare

REAL = ROOT.parent / "shared" / "real"
NAMES = sorted(path.relative_to(QUERIES).with_suffix("").as_posix() for path in QUERIES.glob("*/*.sql"))

# The embedded store answers these, and why.
EMBEDDED = {
    "archive": "documents made here, whose files lie beside the store",
    "audit": "the audit is of this server, and sealed line by line",
    "backup": "counts what is in the store's own file",
    "badges": "badges of this unit, which the gate asks about while the second engine may be away",
    "cases": "written and read again in one transaction",
    "conduct": "decisions of this unit, which rest on what the same transaction sees",
    "door": "what comes in at the door is derived in the transaction that stores it",
    "drafts": "what somebody is writing just now",
    "drill": "mock cases, which never mix with what is published",
    "expiry": "deletes",
    "follow_up": "written and read again in one transaction",
    "gate": "the gate works while the second engine is away",
    "inquiries": "the register of this unit",
    "intake": "uploading works while the second engine is away, and reads what its transaction wrote",
    "lake": "is what the second engine is told",
    "mail": "addresses and letters of this unit",
    "people": "who is who is decided here, and read again in the same transaction",
    "person": "one person's facts, which are edited on the same screen",
    "places": "the register of this unit",
    "plan": "the plan of this unit",
    "playbook": "checklists of this unit's cases",
    "posters": "codes of this unit",
    "receipts": "answers saved here, and what they rest on",
    "regular": "what was made by itself here",
    "retention": "deletes, in one transaction",
    "rollup": "makes the figures in the transaction of the upload",
    "rota": "shifts of this unit",
    "seen": "writes down who was last seen when, in the transaction of the change",
    "settings": "settings of this unit",
    "snapshot": "reads the store whole, to write it as files of its own",
    "stays": "what is held in this server's own memory, for traces of the newest days",
    "subject": "the register of this unit",
    "units": "who belongs where decides what may be read, and a unit's own store is never asked elsewhere",
    "upkeep": "this server's own state",
}


def test_of_every_query_it_is_known_which_engine_answers_it():
    topics = {name.partition("/")[0] for name in NAMES}
    assert topics == {*engine.TOPICS, *EMBEDDED}
    assert not {*engine.TOPICS} & {*EMBEDDED}
    assert {*NAMES} >= engine.EMBEDDED.keys()
    assert all([*EMBEDDED.values(), *engine.EMBEDDED.values()]), "each with its reason"
    assert not any(engine.takes(name) for name in NAMES if name.partition("/")[0] in EMBEDDED)


def the_demo(folder: Path, demo_folder: Path) -> Store:
    return open_store(shutil.copytree(demo_folder, folder))


def the_real_movements(folder: Path, _demo: Path) -> Store:
    if not REAL.exists():
        pytest.skip("the real movements are not beside this checkout")
    store = open_store(folder)
    intake.load(store, prepare(store, "scans.csv", (REAL / "scans.csv").read_bytes()), "t")
    return store


STAFF = """\
Họ và tên,Số điện thoại,Năm sinh,Chức vụ,Trụ sở,Điện thoại thông minh,Từ ngày,Đến ngày
Khách Số 1,0900001001,1975,Đội trưởng,Mai Sơn,Có,,
Khách Số 2,0900001002,,Công chức,Mai Sơn,Không,,25/08/2021
Người 11,0900009009,,Công chức,Mai Sơn,Có,01/08/2021,
"""
SYMPTOMS = """\
Họ và tên,Số điện thoại,Thời gian khai báo,Triệu chứng
Khách Số 1,0900001001,07:00 20/08/2021,Ho
Khách Số 3,0900001003,07:00 21/08/2021,Sốt
"""


def a_random_log(folder: Path, _demo: Path) -> Store:
    """Uploads, undone and merged ones, people at the gate, and a small staff."""
    store, chance = open_store(folder), Random(7)
    killed.begin(store)
    kinds = ["upload", "upload", "upload", "merge", "gate", "gate", "door", "take back", "undo", "upload", "merge"]
    for number, kind in enumerate(kinds, 1):
        killed.work(store, chance, number, kind, lambda *_, **__: None)
    for name, text in (("nhan vien.csv", STAFF), ("khai bao.csv", SYMPTOMS)):
        intake.load(store, prepare(store, name, text.encode()), "t")
    return store


UNITS = [the_demo, the_real_movements, a_random_log]


@pytest.fixture(scope="module", params=UNITS, ids=lambda make: make.__name__)
def unit(
    request: pytest.FixtureRequest, demo_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """A store; no second engine is set, so what it is asked the embedded one answers."""
    store = request.param(tmp_path_factory.mktemp("unit") / "store", demo_folder)
    yield store
    store.close()


def binds(store: Store) -> dict[str, list[Any]]:
    """What each parameter may be, by its name: a wide question, and a narrow one."""
    [(first, last)] = store.cursor().execute("SELECT MIN(day), MAX(day) FROM calendar").fetchall()
    busiest = store.cursor().execute(
        "SELECT day, MIN(person_id), MIN(location_id), MAX(person_id) FROM stay "
        "GROUP BY day ORDER BY COUNT(*) DESC, day LIMIT 1"
    )
    [(day, person, place, other)] = busiest.fetchall()
    morning = datetime.combine(day, datetime.min.time())
    two = day + timedelta(days=2)
    return {
        "first": [first, day], "last": [last, two], "first_day": [first, day], "last_day": [last, two],
        "day": [day, last], "since": [morning, morning + timedelta(hours=9)],
        "until": [morning + timedelta(days=9), morning + timedelta(hours=11, seconds=7)],
        "at": [morning + timedelta(hours=10, minutes=1), datetime.combine(last, datetime.max.time())],
        "newest": [datetime.combine(last, datetime.max.time()), morning + timedelta(hours=15)],
        "location": [0, place], "kind": ["all", "visitor", "staff"], "person": [person, None], "hours": [24, 2],
        "min_minutes": [15, 0], "linger": [0, 30], "longest": [True, False], "locations": [[], [place]],
        "people": [[], [person, other]], "named": [[], [person, other]], "batches": [[], [1, 2, 3]],
        "direction": [None, "in"], "skip": [0, 3], "rows": [None, 40],
        "duty": ["scanned", "declared"], "names": [True, False], "position": [None, "Công chức"],
    }  # fmt: skip


# Where a name means something else than elsewhere.
OF_ITS_OWN = {
    "history/scans": {"kind": [None, "visitor", "staff"]},
    "history/days": {"kind": [None, "visitor", "staff"]},
    "history/totals": {"kind": [None, "visitor", "staff"]},
    "history/full_days": {"kind": [None, "visitor", "staff"]},
    "tracing/present": {"person": [1, 2]},
}


def frames(store: Store) -> dict[str, pl.DataFrame]:
    """What a query may read by name beside the store's tables."""
    cursor = store.cursor()
    people = cursor.sql(
        "SELECT person_id, MIN(t_in) AS since, MAX(t_out) - INTERVAL '3' HOUR AS until FROM stay "
        "GROUP BY person_id ORDER BY COUNT(*) DESC, person_id LIMIT 6"
    ).pl()
    number = pl.int_range(pl.len())
    infector = people.with_columns(sure=(number % 3).cast(pl.Int32), cells=number + 1)
    return {
        "infector": infector,
        "asked": cursor.sql("SELECT DISTINCT person_id FROM employment").pl(),
        "known": people.select("person_id").head(2),
        "band": pl.DataFrame(
            {"least": [0, 5, 15], "most": [5, 15, 1440], "cells": [1, 3, 7]},
            schema={"least": pl.Int32, "most": pl.Int32, "cells": pl.Int64},
        ),
        "people": people.select("person_id"),
        "one_case": people.select("person_id"),
    }


@pytest.mark.parametrize("mode", ["local", "local-cluster"])
def test_both_engines_answer_alike(unit: Store, sail: Callable[[str], Server], mode: str):
    second = Second(unit, sail(mode).address, unit.folder / "lake")
    known, beside = binds(unit), frames(unit)
    place = unit.ask("flow/locations")["name"][0]
    different, answered = [], 0
    for name in [name for name in NAMES if name.partition("/")[0] in engine.TOPICS]:
        text, names = query(name)
        body = re.sub(r"--[^\n]*", "", text)
        given = {key: values for key, values in beside.items() if re.search(rf"\b(FROM|JOIN) {key}\b", body)}
        # A cluster's plans are others, its answers cannot be: one question each is enough to know that they run.
        for turn in range(2 if mode == "local" and names else 1):
            choices = {**known, **OF_ITS_OWN.get(name, {})}
            params = {key: choices[key][turn % len(choices[key])] for key in names}
            if name == "tracing/place_stays":
                params["location"] = place
            here, there = unit.ask(name, given, **params), second.ask(name, params, given)
            answered += here.height > 0
            if not re.search(r"^ORDER BY", body, re.MULTILINE):
                here, there = (one.sort(one.columns, nulls_last=True) for one in (here, there))
            if here.schema != there.schema or not here.equals(there):
                different.append((name, params, here, there))
    assert not different
    assert answered > 25, "most of what is asked has an answer to compare"


def test_a_moment_means_the_same_in_any_zone(unit: Store, sail: Callable[[str], Server], monkeypatch):
    """The client would move a moment by the zone of the machine it runs on."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        second = Second(unit, sail("local").address, unit.folder / "lake")
        at = binds(unit)["at"][0]
        params = {"at": at, "location": 0, "kind": "all"}
        assert unit.ask("flow/on_site", **params).equals(second.ask("flow/on_site", params, {}))
        beside = {key: frames(unit)[key] for key in ("infector",)}
        params = {"min_minutes": 0, "linger": 0, "first_day": date(2021, 1, 1), "last_day": date(2030, 1, 1)}
        here, there = unit.ask("tracing/step", beside, **params), second.ask("tracing/step", params, beside)
        assert here.sort("person_id").equals(there.sort("person_id"))
    finally:
        monkeypatch.undo()
        time.tzset()
