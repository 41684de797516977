"""A store of any earlier version, with data, is brought up to this one: all of it is there, and sound."""

import shutil
from pathlib import Path

import duckdb
import pytest

from quetma import archive, cases, identity, intake, receipts, rollups, seen, tracing
from quetma.access import accounts, audit, chain, sessions
from quetma.cases import Said
from quetma.file import FILE, StoreError
from quetma.intake import recount
from quetma.store import SCHEMA, Store, open_store
from tests.conftest import searching
from tests.intake import prepare

FILES = sorted(SCHEMA.glob("[0-9]*.sql"))
FIRST = 2  # the version before has other tables: tests/test_store.py
STAFF = "Họ tên,SĐT,Chức vụ,Địa điểm,Điện thoại thông minh\n"
UPLOADS = {
    "ds.csv": STAFF + "Lò Văn Cán,0912000001,Đội trưởng,Mai Sơn,Có\nVì Thị Bé,0912000002,Công chức,Mai Sơn,Không\n",
    "nk.csv": "Họ tên,SĐT,Thời gian,Địa điểm,Vào/Ra\n"
    + "".join(f"Khách {k},09870000{k:02},{8 + k % 4:02}:{k:02} 0{2 + k % 3}/08/2021,Mai Sơn,Vào\n" for k in range(12))
    + "Lò Văn Cán,0912000001,07:30 02/08/2021,Mai Sơn,Vào\nLò Văn Cán,0912000001,17:00 02/08/2021,Mai Sơn,Ra\n"
    + "Cà ***,0987***,09:00 02/08/2021,Mai Sơn,Vào\nHỏng,1,99:99,Mai Sơn,Vào\n",
    "tiem.csv": "Họ tên,SĐT,Mũi tiêm,Vắc xin,Ngày tiêm,Người xác nhận\n"
    + "Lò Văn Cán,0912000001,1,AstraZeneca,01/06/2021,Y tế\n",
    "kb.csv": "Họ tên,SĐT,Thời gian khai báo,Triệu chứng\nLò Văn Cán,0912000001,07:00 02/08/2021,\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def now_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store of this version with something of most kinds."""
    store = open_store(tmp_path_factory.mktemp("now"))
    for name, text in UPLOADS.items():
        intake.load(store, prepare(store, name, text.encode()), "An")
    intake.undo(store, intake.load(store, prepare(store, "x.csv", UPLOADS["kb.csv"].encode()), "An").batch_id, "An")
    people = dict(store.cursor().execute("SELECT name, person_id FROM person").fetchall())
    identity.merge(store, people["Khách 3"], people["Khách 4"], "An")
    identity.keep_apart(store, people["Khách 5"], people["Khách 6"], "An")
    accounts.add(store, "An", "một mật khẩu dài", "leader")
    sessions.start(store, "An")
    day = store.today()
    cases.register(store, "An", Said(people["Khách 1"], day))
    question = tracing.Question((tracing.Case(people["Khách 1"], day),))
    receipts.save(store, tracing.trace(store, question, whole=True), "An", "ghi chú")
    archive.keep(store, "An", "letter", "Thư", "thu.txt", lambda path: path.write_text("Kính gửi"))
    audit.log(store, "An", "trace", "Khách 1")
    seen.catch_up(store)  # versions before 83 knew no upload that it has yet to learn of
    store.close()
    return store.folder


def shape(cursor: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    """The columns of each table."""
    found: dict[str, list[str]] = {}
    columns = (
        "SELECT table_name, column_name FROM duckdb_columns() JOIN duckdb_tables() USING (database_name, table_name) "
        "WHERE database_name = ? AND NOT duckdb_tables.internal ORDER BY column_index"
    )
    for table, column in cursor.execute(columns, [database]).fetchall():
        found.setdefault(table, []).append(column)
    return found


# What follows from other columns, and by which name it stood before.
BEFORE = {("staff_person", "sort_key"): "name_key"}


def of_version(version: int, now_folder: Path, folder: Path) -> dict[str, list[str]]:
    """Makes the same store as that version had it, and says which tables and columns it had."""
    with duckdb.connect(str(folder / FILE)) as old:
        old.execute("CREATE TABLE migration (number INTEGER PRIMARY KEY, name VARCHAR, applied_at TIMESTAMP)")
        for path in FILES:
            if int(path.stem[:3]) <= version:
                old.execute(path.read_text(encoding="utf-8"))
                old.execute("INSERT INTO migration VALUES (?, ?, now())", [int(path.stem[:3]), path.stem])
        old.execute(f"ATTACH '{now_folder / FILE}' AS new (READ_ONLY)")
        [(own,)] = old.execute("SELECT current_database()").fetchall()
        had, has, kept = shape(old, own), shape(old, "new"), {}
        for table, columns in had.items():
            if table in has and table not in ("migration", "audit_start"):
                kept[table] = [name for name in columns if name in has[table] and name != "phone_shown"]
                before = {column: told for (of, column), told in BEFORE.items() if of == table and column in columns}
                names, told = ([*kept[table], *more] for more in (before, before.values()))
                old.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(told)} FROM new.{table}")
        old.execute("DETACH new")
    if (now_folder / "documents").exists() and version >= 15:
        shutil.copytree(now_folder / "documents", folder / "documents")
    return kept


VERSIONS = [int(path.stem[:3]) for path in FILES if int(path.stem[:3]) >= FIRST]


# An old file of the schema is never changed: from it the gate tries every third version, and all of the newest.
@pytest.mark.parametrize("version", VERSIONS if searching() else sorted({*VERSIONS[::3], *VERSIONS[-4:]}))
def test_a_store_of_every_earlier_version_is_brought_up_with_its_data(version: int, now_folder: Path, tmp_path: Path):
    kept = of_version(version, now_folder, tmp_path)
    assert {"scan_row", "person", "batch", "merge", "audit", "account"} <= set(kept)
    store = Store(tmp_path)
    try:
        found = recount.check(store) + rollups.check(store) + archive.check(store)
        if "receipt" in kept:  # else the audit speaks of one that this version could not keep
            found += receipts.check(store)
        assert found + chain.check(store.cursor()) == []
        cursor = store.cursor()
        cursor.execute(f"ATTACH '{now_folder / FILE}' AS new (READ_ONLY)")
        for table, columns in kept.items():
            names = ", ".join(name for name in columns if table != "audit" or name not in chained)
            here, there = (
                sorted(cursor.execute(f"SELECT {names} FROM {base}{table}").fetchall(), key=repr)
                for base in ("", "new.")
            )
            assert here == there, table
        assert cursor.execute("SELECT COUNT(*) FROM scan_row").fetchall() == [(15,)]
        cursor.execute("DETACH new")
    finally:
        store.close()


chained = {"number", "salt", "told", "seal", "struck"}


def test_a_change_that_fails_leaves_the_store_as_it_was(
    now_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "store").mkdir()
    of_version(12, now_folder, tmp_path / "store")
    few = shutil.copytree(SCHEMA, tmp_path / "schema")
    (few / "998_good.sql").write_text("CREATE TABLE later (n INTEGER);")
    (few / "999_bad.sql").write_text("ALTER TABLE nothing_of_that_name ADD COLUMN n INTEGER;")
    with monkeypatch.context() as patch:
        patch.setattr("quetma.store.SCHEMA", few)
        with pytest.raises(StoreError, match=r"(?s)could not be brought up to this version.*as it was"):
            Store(tmp_path / "store")
    with duckdb.connect(str(tmp_path / "store" / FILE)) as old:
        assert old.execute("SELECT MAX(number) FROM migration").fetchall() == [(12,)]
        assert "later" not in {name for (name,) in old.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    store = Store(tmp_path / "store")
    assert recount.check(store) + rollups.check(store) == []
    store.close()


def test_a_store_of_a_later_version_is_not_touched(now_folder: Path, tmp_path: Path):
    folder = shutil.copytree(now_folder, tmp_path / "later")
    with duckdb.connect(str(folder / FILE)) as later:
        later.execute("INSERT INTO migration VALUES (999, '999_later', '2030-01-01')")
    before = (folder / FILE).read_bytes()
    with pytest.raises(StoreError, match=r"newer version of quetma \(its change 999"):
        Store(folder)
    assert (folder / FILE).read_bytes() == before
