"""The snapshot for analysts: what is in it, what is not, that any tool reads it, and that it is there whole or not."""

import json
import re
import zipfile
from datetime import datetime, timedelta

import duckdb
import polars as pl
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import pytest

from quetma import cli, settings, snapshot, upkeep
from quetma.language import number, translator
from quetma.store import open_store
from tests import history_unit


@pytest.fixture(scope="module")
def unit(demo_folder, tmp_path_factory):
    """A store of the demo unit, and a snapshot of it."""
    import shutil

    store = open_store(shutil.copytree(demo_folder, tmp_path_factory.mktemp("snapshot") / "store"))
    made = snapshot.publish(store, "An", store.folder.parent / "published")
    yield store, made
    store.close()


@pytest.fixture
def small(filled):
    """A unit of three days, for what does not depend on how much is in a snapshot."""
    return filled(history_unit.fill)


def files(made, name):
    """The Parquet files of a table."""
    one = made.path / f"{name}.parquet"
    return [one] if one.exists() else sorted((made.path / name).rglob("*.parquet"))


def test_the_dictionary_has_the_columns_of_the_files_and_no_other(unit):
    _, made = unit
    tables = snapshot.dictionary(translator("en"))
    assert {file.name for file in made.path.rglob("*.parquet")} == {f"{name}.parquet" for name in tables}
    told = pl.read_csv(made.path / snapshot.TABLE)
    for name, table in tables.items():
        for file in files(made, name):
            of_folder = ["day"] if name in snapshot.BY_DAY else []  # which every reader takes out of the folder's name
            assert pq.read_schema(file).names + of_folder == list(table.columns)
        assert told.filter(pl.col("table") == name)["column"].to_list() == list(table.columns)
        for spoken, readme in snapshot.README.items():
            text = (made.path / readme).read_text(encoding="utf-8")
            assert f": {number(made.rows[name], spoken)}\n" in text
            own = text.split(f"### {name}\n")[1].split("###")[0]
            assert re.findall(r"\| `(\w+)` \| (.+) \|", own) == list(
                snapshot.dictionary(translator(spoken))[name].columns.items()
            )
    assert json.loads((made.path / snapshot.ABOUT).read_text())["rows"] == made.rows


def test_it_says_of_scans_and_stays_what_the_store_says(unit):
    store, made = unit
    cursor = store.cursor()
    scans = cursor.sql(
        "SELECT DATE_TRUNC('minute', scanned_at) AS scanned_at, location_id AS place, direction FROM scan"
    ).pl()
    read = pl.read_parquet(made.path / "scan/*/*.parquet", hive_partitioning=True)
    assert read.select(scans.columns).sort(pl.all()).equals(scans.sort(pl.all()))
    assert read.select((pl.col("scanned_at").dt.date() == pl.col("day")).all()).item()
    [(stays, minutes)] = cursor.execute("SELECT COUNT(*), SUM(DATE_DIFF('minute', t_in, t_out)) FROM stay").fetchall()
    read = pl.read_parquet(made.path / "stay/*/*.parquet")
    assert (read.height, read.select((pl.col("t_out") - pl.col("t_in")).dt.total_minutes().sum()).item()) == (
        stays,
        minutes,
    )
    # the same person has the same pseudonym everywhere, and nobody else has it
    together = cursor.sql("SELECT COUNT(*) AS n FROM scan GROUP BY person_id").pl()["n"].sort()
    scanned = pl.read_parquet(made.path / "scan/*/*.parquet")["person"].value_counts()["count"].sort()
    assert scanned.cast(pl.Int64).equals(together, check_names=False)
    people = pl.read_parquet(made.path / "person.parquet")
    assert set(read["person"]) <= set(people["person"]) and people["person"].is_unique().all()


def test_duckdb_polars_and_pyarrow_read_it_alike(unit):
    _, made = unit
    by_duckdb = duckdb.sql(
        f"SELECT CAST(day AS VARCHAR) AS day, COUNT(*) AS n FROM '{made.path}/scan/*/*.parquet' GROUP BY 1 ORDER BY 1"
    ).pl()
    by_polars = (
        pl.scan_parquet(made.path / "scan", hive_partitioning=True).group_by("day").len("n").sort("day").collect()
    )
    table = ds.dataset(made.path / "scan", partitioning="hive").to_table()
    by_arrow = pl.from_arrow(table.select(["day"])).group_by("day").len("n").sort("day")
    same = [
        frame.select(pl.col("day").cast(pl.String), pl.col("n").cast(pl.Int64))
        for frame in (by_duckdb, by_polars, by_arrow)
    ]
    assert same[0].equals(same[1]) and same[1].equals(same[2])
    assert same[0]["n"].sum() == made.rows["scan"] > 1000


def test_nothing_in_it_names_anybody(unit):
    """No name, phone or free text of the store stands in any byte that is read out of it, nor a small group."""
    store, made = unit
    people = store.cursor().sql("SELECT name, phone, phone_shown FROM person").pl()
    purposes = store.cursor().sql("SELECT DISTINCT purpose AS p FROM scan WHERE purpose IS NOT NULL").pl()["p"]
    values = {
        str(value)
        for file in made.path.rglob("*.parquet")
        for column in pl.read_parquet(file).select(pl.col(pl.String).unique().implode()).row(0)
        for value in column
    }
    named = {*people["name"], *people["phone"].drop_nulls(), *people["phone_shown"], *purposes} - {""}
    assert named and not named & values
    born = pl.read_parquet(made.path / "person.parquet").group_by("kind", "born").len()
    assert born.filter(pl.col("born").is_not_null())["len"].min() is None or (
        born.filter(pl.col("born").is_not_null())["len"].min() >= snapshot.FEWEST
    )
    flow = pl.read_parquet(made.path / "flow.parquet")
    assert flow["people"].min() >= 3 and flow["people"].null_count()
    assert flow.filter(pl.col("people").is_null())["scans"].null_count() == flow["people"].null_count()


def test_of_nobodys_duty_is_told_whether_they_did_it(unit):
    """Neither by a figure of one or two who did it, or did not, nor by subtracting places from all of them."""
    _, made = unit
    duty = pl.read_parquet(made.path / "duty.parquet").with_columns(left=pl.col("due") - pl.col("have"))
    few = pl.any_horizontal(pl.col("due", "have", "left").is_between(1, 2))
    assert duty["have"].is_null().any() and duty.filter(pl.col("place") > 0)["have"].is_not_null().any()
    assert duty.filter(few).is_empty()
    told = duty.filter(pl.col("place") > 0).group_by("day", "duty").agg(pl.col("due", "have", "left").sum())
    besides = duty.filter(pl.col("place") == 0).join(told, on=["day", "duty"], suffix="_told")
    besides = besides.filter(pl.col("due_told") > 0)  # where nothing is told, the whole stands alone
    besides = besides.select(pl.col(name) - pl.col(f"{name}_told") for name in ("due", "have", "left"))
    assert not besides.is_empty() and besides.filter(few).is_empty()


def test_the_pseudonyms_of_two_snapshots_cannot_be_joined_unless_asked(small, tmp_path):
    key = tmp_path / "key"

    def pseudonyms(of):
        return set(pl.read_parquet(of.path / "person.parquet")["person"])

    made = snapshot.publish(small, "An", tmp_path / "made")
    other = snapshot.publish(small, "An", tmp_path / "a")
    kept = snapshot.publish(small, "An", tmp_path / "b", key)
    again = snapshot.publish(small, "An", tmp_path / "c", key)
    assert len(pseudonyms(made)) > 5 and not pseudonyms(made) & pseudonyms(other)
    assert pseudonyms(kept) == pseudonyms(again) and not pseudonyms(kept) & pseudonyms(other)
    assert key.stat().st_mode & 0o077 == 0
    assert again.joins and not other.joins


def test_one_takes_the_place_of_another_and_a_failed_one_leaves_it(small, tmp_path, monkeypatch):
    moments = iter(datetime(2026, 1, 1) + n * timedelta(hours=1) for n in range(100))
    monkeypatch.setattr(snapshot, "now", lambda: next(moments))
    first = snapshot.publish(small, "An", tmp_path / "there")
    second = snapshot.publish(small, "An", tmp_path / "there")
    assert not first.path.exists() and snapshot.published(tmp_path / "there") == [second.path]
    asked = snapshot._asked

    def full(cursor, name, day):
        if name == "snapshot/person":
            raise OSError(28, "No space left on device")
        return asked(cursor, name, day)

    with monkeypatch.context() as patch:
        patch.setattr(snapshot, "_asked", full)
        with pytest.raises(snapshot.SnapshotError, match="No space left"):
            snapshot.publish(small, "An", tmp_path / "there")
    assert list((tmp_path / "there").iterdir()) == [second.path]
    assert upkeep.runs(small, "snapshot")[0].failed
    with pytest.raises(snapshot.SnapshotError, match="own folder"):
        snapshot.publish(small, "An", small.folder / "inside")
    assert not (small.folder / "inside").exists()


def test_it_is_of_one_moment_while_others_write(small, tmp_path, monkeypatch):
    """What is stored meanwhile is in none of its tables."""
    rows = snapshot.publish(small, "An", tmp_path / "x").rows
    asked = snapshot._asked

    def meanwhile(cursor, name, day):
        with small.write() as writing:
            writing.execute("DELETE FROM stay WHERE day >= ?", [day])
            writing.execute("DELETE FROM scan_row WHERE scanned_at > ?", [day])
        return asked(cursor, name, day)

    monkeypatch.setattr(snapshot, "_asked", meanwhile)
    assert snapshot.publish(small, "An", tmp_path / "x").rows == rows
    monkeypatch.setattr(snapshot, "_asked", asked)
    assert snapshot.publish(small, "An", tmp_path / "x").rows["stay"] < rows["stay"]


def test_two_in_one_second_are_two(small, tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot, "now", lambda: datetime(2030, 5, 4, 3))
    first, second = (snapshot.publish(small, "An", tmp_path / "x").path for _ in range(2))
    assert first.name < second.name
    assert snapshot.published(tmp_path / "x") == [second]


def test_as_one_zip_and_told_how_far_it_is(unit, tmp_path):
    store, made = unit
    told = []
    snapshot.pack(store, tmp_path / "snapshot.zip", told.append)
    assert told[-1] == made.rows["scan"] and told == sorted(told)
    with zipfile.ZipFile(tmp_path / "snapshot.zip") as packed:
        packed.extractall(tmp_path)
    [path] = snapshot.published(tmp_path)
    assert pl.read_parquet(path / "stay/*/*.parquet").height == made.rows["stay"]
    assert len(list(tmp_path.iterdir())) == 2


def test_one_a_day_where_it_is_asked_for(unit, tmp_path, monkeypatch):
    store, _ = unit
    at = datetime(2030, 5, 4, 3)
    assert not snapshot.due(store, at)
    with pytest.raises(snapshot.SnapshotError):
        snapshot.set_up(store, "An", str(tmp_path / "none"), "02:30")
    snapshot.set_up(store, "An", str(tmp_path), "02:30")
    assert settings.get(store, "snapshot_folder") == str(tmp_path)
    assert snapshot.due(store, at)
    monkeypatch.setattr(upkeep, "now", lambda: at)
    snapshot.publish(store, "schedule", tmp_path)
    assert not snapshot.due(store, at + timedelta(hours=20))
    assert snapshot.due(store, at + timedelta(hours=24))


def test_from_a_shell(demo_folder, tmp_path, capsys):
    import shutil

    shutil.copytree(demo_folder, tmp_path / "store")
    run = ["--store", str(tmp_path / "store"), "snapshot"]
    assert cli.main([*run, str(tmp_path / "out"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert pl.read_parquet(f"{told['folder']}/scan/*/*.parquet").height == told["rows"]["scan"]
    assert cli.main([*run, str(tmp_path / "store" / "in")]) == 1
    assert "own folder" in capsys.readouterr().err
    open_store(tmp_path / "store").close()
