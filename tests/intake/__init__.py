"""Tests of intake."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from quetma import intake
from quetma.intake import apart
from quetma.store import Store


def prepare(store: Store, file_name: str, content: bytes | Path, **chosen: Any) -> intake.Prepared:
    """The one table of a file. Raises the `IntakeError` it is refused with."""
    [table] = intake.prepare(store, file_name, content, intake.Choices(**chosen))
    if isinstance(table, intake.Refused):
        raise table.error
    return table


class ReadHere:
    """`apart.Reading` without its process, which takes a second for each file: what that runs is run in this one."""

    def __init__(self, *args: Any) -> None:
        file_name, content, self.into, choices, remembered, limit_mb = args
        self.into.mkdir(mode=0o700)
        self.read: Callable[[], list[Any]] = lambda: intake.understand(
            file_name, content, choices, remembered, limit_mb
        )

    def stop(self) -> None:
        """Nothing runs that could be ended."""

    def tables(self, tell: apart.Tell = lambda step, share: None) -> list[Any]:
        """The tables, written into the folder and read from there again as ever."""
        tell("Reading the file", 0.0)
        tables = self.read()
        tell("Reading the file", 0.9)
        with (self.into / apart.TABLES).open("wb") as file:
            apart._Pickler(file, self.into).dump(tables)
        return apart.load(self.into)
