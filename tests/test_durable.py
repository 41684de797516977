"""Whose the files are that are written, whatever the umask says."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

from quetma.file import FILE
from quetma.store import HEAD, ROOT

COMMANDS = """
import os, runpy, sys
os.umask(0o022)
os.chdir(sys.argv.pop(1))
words = sys.argv.pop(1)
for command in words.split("; "):
    sys.argv = ["quetma", "--store", "store", *command.split()]
    try:
        runpy.run_module("quetma", run_name="__main__")
    except SystemExit as ended:
        assert not ended.code, command
from quetma.store import open_store
store = open_store("store")
store.set("unit_name", "x")  # what is in the log now
os._exit(0)
"""


def test_what_is_in_a_folder_that_others_may_look_into_is_not_theirs(demo_folder: Path, tmp_path: Path):
    """A store's folder that was there before, as `data/` is; what was made for others is theirs."""
    folder = shutil.copytree(demo_folder, tmp_path / "store")
    folder.chmod(0o755)
    for path in folder.rglob("*"):  # a store of before
        path.chmod(0o755 if path.is_dir() else 0o644)
    (folder / "sample").mkdir()
    (folder / "sample").chmod(0o755)
    (tmp_path / "kept.csv").touch()
    (tmp_path / "kept.csv").chmod(0o640)
    week = "--from 2021-08-02 --to 2021-08-03"
    commands = f"export scans {week} --format csv -o new.csv; export scans {week} --format csv -o kept.csv; "
    commands += f"report {week} --format pdf -o r.pdf; snapshot copy --key copy.key; backup a.backup; publish"
    command = [sys.executable, "-c", COMMANDS, str(tmp_path), commands]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120)
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    lake = {path for path in modes if "lake" in path.parts}
    theirs = {folder, folder / "sample"}
    own = {path for path in modes if path.is_relative_to(folder)} - lake - theirs
    assert {folder / name for name in (FILE, f"{FILE}.wal", HEAD, "documents")} <= own
    assert {path for path in own | {tmp_path / "a.backup", tmp_path / "copy.key"} if modes[path] & 0o077} == set()
    assert modes[folder] == modes[folder / "sample"] == 0o755, "the folder is whose it is"
    shown = ("new.csv", "kept.csv", "r.pdf", "r.pdf.json")
    assert [modes[tmp_path / name] for name in shown] == [0o644, 0o640, 0o644, 0o644]
    [snapshot] = (tmp_path / "copy").iterdir()
    assert {modes[path] for path in modes if path.is_relative_to(snapshot)} == {0o755, 0o644}
    assert modes[folder / "lake"] == 0o700, "the engine's account is let in by hand"
    published = {path for path in lake if path.is_file() and path.parent != folder / "lake"}
    assert {modes[path] for path in published} == {0o644}
