"""Reading a file in a process of its own, so that no file can take the server down with it.

The child gets the job as one line of JSON on its standard input, tells how far it is in lines of JSON on its standard
output, and leaves the tables in a folder: one pickle, and each of their frames as an Arrow file beside it. The parent
maps those instead of copying them, so a large file's rows weigh on the server only while they are looked at.
"""

import contextlib
import json
import logging
import os
import pickle
import resource
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow
import pyarrow.ipc

from quetma.intake.choices import Choices
from quetma.intake.errors import IntakeError
from quetma.intake.understand import Found, Refused, understand

# Of addresses, more than is ever resident: reading 200 MB of CSV takes less than 2 GB. Half a server's 8 GB is left.
MEMORY_BYTES = 6 << 30
SECONDS = 900
TABLES = "tables.pickle"
OUT_OF_MEMORY = "memory"

Tell = Callable[[str, float], None]  # what is being done (a message identifier), and how much of it is done: 0 to 1

_log = logging.getLogger(__name__)


class Interrupted(Exception):
    """Somebody ended the reading process from outside, as when the server is shut down. The file is not to blame."""


class Reading:
    """One file being read. `tables` waits for it; `stop` ends it from another thread."""

    def __init__(
        self,
        file_name: str,
        content: Path,
        into: Path,
        choices: Choices | Mapping[str, Choices],
        remembered: Mapping[str, Choices],
        limit_mb: int,
    ) -> None:
        into.mkdir(mode=0o700)
        self.into = into
        self.too_long = False
        job = {
            "file_name": file_name,
            "content": str(content.resolve()),
            "into": str(into.resolve()),
            "memory": MEMORY_BYTES,
            "limit_mb": limit_mb,
            "for_all": choices.json() if isinstance(choices, Choices) else None,
            "choices": {k: one.json() for k, one in choices.items()} if not isinstance(choices, Choices) else {},
            "remembered": {key: chosen.json() for key, chosen in remembered.items()},
        }
        # Not a fork: the server has threads. What a crash prints may hold people's data and goes nowhere.
        self._process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parents[2],
            start_new_session=True,  # Ctrl-C in the server's terminal is not meant for it
        )
        assert self._process.stdin
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(job).encode() + b"\n")
            self._process.stdin.flush()

    def stop(self) -> None:
        """Ends the child at once; `tables` then raises."""
        self._process.kill()

    def tables(self, tell: Tell = lambda step, share: None) -> list[Found | Refused]:
        """The tables of the file. Raises `IntakeError` when reading broke off, `Interrupted` when the file was not to
        blame for that.
        """
        timer = threading.Timer(SECONDS, self._late)
        timer.start()
        last: dict[str, Any] = {}
        try:
            assert self._process.stdout and self._process.stdin
            for line in self._process.stdout:
                last = json.loads(line)
                if "step" in last:
                    tell(last["step"], last["share"])
            code = self._process.wait()
        finally:
            timer.cancel()
            self._process.kill()
            self._process.wait()
            with contextlib.suppress(BrokenPipeError):  # a child that ended unread leaves the job in the buffer
                self._process.stdin.close()
            self._process.stdout.close()
        if code == 0 and last.get("done"):
            return load(self.into)
        # While Python itself is starting, such a signal ends it with 1, and nothing has been said yet.
        if code in (-signal.SIGTERM, -signal.SIGINT) or (code == 1 and not last):
            raise Interrupted
        # Libraries that get no memory abort; the kernel, when the machine has no more, kills.
        failed = last.get("failed") or OUT_OF_MEMORY * (code in (-signal.SIGABRT, -signal.SIGKILL)) or f"status {code}"
        _log.warning("reading a file broke off: %s", failed)
        if self.too_long:
            raise IntakeError(
                "Reading this file took longer than {minutes} minutes and was stopped. Split it into smaller files. "
                "Nothing was changed.",
                minutes=SECONDS // 60,
            )
        if failed == OUT_OF_MEMORY:
            raise IntakeError(
                "Reading this file takes more memory than one file may use. If it is large, split it; if not, it is "
                "damaged: open it in Excel and save it again as XLSX or CSV. Nothing was changed."
            )
        raise IntakeError(
            "The file broke the program that reads it; it is probably damaged. Open it in Excel, save it again as XLSX "
            "or CSV and upload that. Nothing was changed."
        )

    def _late(self) -> None:
        self.too_long = True
        self._process.kill()


def load(folder: Path) -> list[Found | Refused]:
    """The tables that a reading left in that folder; their frames are mapped from its files, not copied."""
    with (folder / TABLES).open("rb") as file:
        return _Unpickler(file, folder).load()


class _Pickler(pickle.Pickler):
    """Writes each frame into a file of its own beside the pickle."""

    def __init__(self, file: Any, folder: Path) -> None:
        super().__init__(file, protocol=pickle.HIGHEST_PROTOCOL)
        self.folder = folder
        self.frames = 0

    def persistent_id(self, obj: Any) -> str | None:
        """The file's name of a frame."""
        if not isinstance(obj, pl.DataFrame):
            return None
        self.frames += 1
        name = f"{self.frames}.arrow"
        obj.write_ipc(self.folder / name, compression="uncompressed")
        return name


class _Unpickler(pickle.Unpickler):
    """Takes the frames from their files. The pickle is our own child's: nobody else may write into the folder."""

    def __init__(self, file: Any, folder: Path) -> None:
        super().__init__(file)
        self.folder = folder

    def persistent_load(self, pid: str) -> pl.DataFrame:
        """The frame in the file of that name. Polars' own reader would copy it: half a gigabyte for 3 million rows."""
        with pyarrow.memory_map(str(self.folder / pid)) as file:
            frame = pl.from_arrow(pyarrow.ipc.open_file(file).read_all(), rechunk=False)
        assert isinstance(frame, pl.DataFrame)
        return frame


# In the child ---------------------------------------------------------------------------------------------------------

_told = 1  # where the messages to the parent go


def main() -> None:
    """Reads one file and ends the process: 0 when its tables, refused ones included, are in the folder."""
    for shutting_down in (signal.SIGTERM, signal.SIGINT):  # the server ends us itself, or we end with it
        signal.signal(shutting_down, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.nice(5)  # the pages go first
    global _told
    _told = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no message of ours
    job = json.loads(_line())
    threading.Thread(target=_die_with_parent, daemon=True).start()
    with contextlib.suppress(ValueError, OSError):  # macOS knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (job["memory"], resource.RLIM_INFINITY))
    try:
        _read(job)
        _say(done=True)
        status = 0
    except MemoryError:
        _say(failed=OUT_OF_MEMORY)
        status = 1
    except (
        BaseException
    ) as error:  # a panic of a reader written in Rust is no `Exception`; say where, not with which data
        frames = traceback.extract_tb(error.__traceback__)
        _say(failed=f"{type(error).__name__} at {Path(frames[-1].filename).name}:{frames[-1].lineno}")
        status = 1
    os._exit(status)


def _read(job: dict[str, Any]) -> None:
    into = Path(job["into"])
    chosen, remembered = (
        {key: Choices.from_json(text) for key, text in job[which].items()} for which in ("choices", "remembered")
    )
    for_all = Choices.from_json(job["for_all"]) if job["for_all"] else None
    _say(step="Reading the file", share=0.0)
    tables = understand(job["file_name"], Path(job["content"]), for_all or chosen, remembered, job["limit_mb"])
    _say(step="Reading the file", share=0.9)
    with (into / TABLES).open("wb") as file:
        _Pickler(file, into).dump(tables)


def _say(**line: Any) -> None:
    os.write(_told, json.dumps(line).encode() + b"\n")


def _line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):
        some = os.read(0, 65536)
        if not some:
            os._exit(2)
        line += some
    return line


def _die_with_parent() -> None:
    """The parent never writes again: the end of its pipe is its own end, even by kill -9."""
    while os.read(0, 1):
        pass
    os._exit(2)


if __name__ == "__main__":
    main()
