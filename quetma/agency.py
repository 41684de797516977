"""What stands on official documents of the unit: the agencies at their head, symbol, place, who signs, who receives.

By Decree 30/2020/NĐ-CP; kept as settings, changed on the page Documents.
"""

import re
from dataclasses import dataclass, fields, replace

from duckdb import DuckDBPyConnection

from quetma import settings
from quetma.access import audit
from quetma.store import Store

LONGEST = 200  # characters of a line
MOST = 20  # recipients
_INVISIBLE = re.compile(r"[\x00-\x1f\x7f]")


class AgencyError(ValueError):
    """What stands on documents cannot be as said; the English text is a message identifier that says why."""


@dataclass(frozen=True)
class Agency:
    """The unit as an agency that issues documents. '' where nobody said. authority: as in KT. ĐỘI TRƯỞNG, '' when who
    signs does so in their own right. recipients: without the archive, which always stands last.
    """

    parent: str = ""
    name: str = ""
    symbol: str = ""
    place: str = ""
    authority: str = ""
    title: str = ""
    signer: str = ""
    recipients: tuple[str, ...] = ()

    @property
    def missing(self) -> list[str]:
        """The names of the fields without which a document is not complete."""
        needed = ("parent", "name", "symbol", "place", "title", "signer")
        return [name for name in needed if not getattr(self, name)]


def of(store: Store) -> Agency:
    """The unit's agency as it is set; its name is the unit's where none of its own is set."""
    found = _set(store)
    return found if found.name else replace(found, name=settings.get(store, "unit_name"))


def change(store: Store, account: str, wanted: Agency) -> Agency:
    """Keeps what stands on documents from now on, and gives it back as kept. Raises `AgencyError`.

    The unit is called by that name everywhere, unless it has one of its own.
    """
    values = {field.name: getattr(wanted, field.name) for field in fields(Agency)}
    values["recipients"] = tuple(filter(None, map(_line, wanted.recipients)))
    values |= {name: _line(value) for name, value in values.items() if name != "recipients"}
    kept = Agency(**values)
    if len(kept.recipients) > MOST:
        raise AgencyError("A document names at most twenty recipients.")
    if any(len(line) > LONGEST for value in values.values() for line in ([value] if isinstance(value, str) else value)):
        raise AgencyError("A line at the head or the foot of a document has at most 200 characters.")
    with store.write() as cursor:
        before = _set(cursor)
        for name, value in values.items():
            settings.put(cursor, f"agency_{name}", value if isinstance(value, str) else "\n".join(value))
        if settings.get(cursor, "unit_name") in ("", before.name):
            settings.put(cursor, "unit_name", kept.name)
        changed = [name for name, value in values.items() if value != getattr(before, name)]
        if changed:
            audit.log_within(cursor, account, "change agency", ", ".join(changed))
    return kept


def _set(source: Store | DuckDBPyConnection) -> Agency:
    return Agency(**{field.name: settings.get(source, f"agency_{field.name}") for field in fields(Agency)})


def _line(text: str) -> str:
    """One line of text without what cannot be seen."""
    return " ".join(_INVISIBLE.sub(" ", text).split())
