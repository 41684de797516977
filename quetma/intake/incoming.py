"""Files on their way onto the desk (quetma/intake/desk.py): safe on the disk, or not there at all."""

import logging
import os
import secrets
import shutil
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import PurePath
from typing import TYPE_CHECKING

from quetma import settings
from quetma.durable import private
from quetma.intake.choices import Choices
from quetma.intake.errors import IntakeError
from quetma.store import now

if TYPE_CHECKING:
    from quetma.intake.desk import Desk

_log = logging.getLogger(__name__)


class Incoming:
    """A file while it arrives; `Desk.begin` makes it. End it with `finish`, and in any case with `clear`."""

    def __init__(self, desk: "Desk", file_name: str, account: str) -> None:
        self.id = new_id()
        self.size = 0
        self.choices: Choices | None = None  # how its one table is to be read
        self._desk = desk
        self._name = PurePath(file_name.replace("\\", "/")).name or "?"
        self._account = account
        self._limit_mb = settings.get(desk.store, "upload_limit_mb")
        self._folder = desk.folder / self.id
        with room():
            self._folder.mkdir(mode=0o700)
            self._file = private(self._folder / "content")
        self._done = False

    def __enter__(self) -> "Incoming":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.finish()
        finally:
            self.clear()

    def write(self, some: bytes) -> None:
        """The next piece."""
        self.size += len(some)
        if self.size > self._limit_mb << 20:
            raise too_large(self._limit_mb)
        with room():
            self._file.write(some)

    def finish(self) -> None:
        """Makes the file safe on the disk and puts it onto the desk."""
        with room():
            self._file.flush()
            os.fsync(self._file.fileno())
            self._desk.arrived(self.id, self._name, self.size, self._account, self.choices)
        self._done = True

    def clear(self) -> None:
        """Leaves nothing of a file that did not arrive whole."""
        with suppress(OSError):
            self._file.close()
        if not self._done:
            shutil.rmtree(self._folder, ignore_errors=True)


def too_large(limit_mb: int) -> IntakeError:
    """The refusal of a file that is larger than the setting upload_limit_mb."""
    return IntakeError(
        "The file is larger than {limit} MB, the most that one file may have. Split it into smaller files. "
        "Nothing was changed.",
        limit=limit_mb,
    )


@contextmanager
def room() -> Generator[None]:
    """Says in words that there is no room."""
    try:
        yield
    except OSError as error:
        _log.exception("a file could not be written onto the desk")
        raise IntakeError(
            "There is not enough room on the server's disk for this file. Tell your administrator. Nothing was changed."
        ) from error


def new_id() -> str:
    """Of an item on a desk; later ones sort after earlier ones."""
    return f"{now():%Y%m%d-%H%M%S}-{secrets.token_hex(4)}"
