"""Tests of intake."""

from pathlib import Path
from typing import Any

from quetma import intake
from quetma.store import Store


def prepare(store: Store, file_name: str, content: bytes | Path, **chosen: Any) -> intake.Prepared:
    """The one table of a file. Raises the `IntakeError` it is refused with."""
    [table] = intake.prepare(store, file_name, content, intake.Choices(**chosen))
    if isinstance(table, intake.Refused):
        raise table.error
    return table
