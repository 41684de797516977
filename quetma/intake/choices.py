"""What a person decides about a table that its headers do not say."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

DIRECTIONS = ("in", "out", "unknown")
LEFT_OUT = -1  # instead of a column: this field is not in the table, whatever the headers seem to say


@dataclass(frozen=True)
class Choices:
    """How to read one table. What is not chosen is told by the headers, or guessed from the contents.

    kind: one of `KINDS`. columns: field → column index from 0, or `LEFT_OUT`. header: the line of the header row, from
    1; 0 when the table has none. location: for rows that name none. day: likewise, as YYYY-MM-DD. places: a location's
    name in the table → the name of the known location that it means. directions: a word of the direction column → in |
    out | unknown. month_first: 08/24/2021 is the 24th of August.
    source: which list scans are (quetma/intake/source.py).
    """

    kind: str | None = None
    columns: Mapping[str, int] = field(default_factory=dict)
    header: int | None = None
    location: str | None = None
    places: Mapping[str, str] = field(default_factory=dict)
    month_first: bool = False
    source: str | None = None
    day: str | None = None
    directions: Mapping[str, str] = field(default_factory=dict)

    @property
    def reading(self) -> "Choices":
        """Only what says how tables that look like this one are read; which list it is, where and when it is from, and
        what places it names may be another thing the next time.
        """
        return replace(self, location=None, day=None, places={}, source=None)

    def json(self) -> str:
        """As kept in the store: only what was chosen."""
        return json.dumps(
            {key: value for key, value in asdict(self).items() if value != _NONE[key]}, ensure_ascii=False
        )

    @classmethod
    def from_json(cls, text: str) -> "Choices":
        """What `json` wrote; keys that are no longer known are ignored."""
        return cls(**{key: value for key, value in json.loads(text).items() if key in _NONE})


_NONE: dict[str, Any] = asdict(Choices())
