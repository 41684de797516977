"""The printed codes of locations: which there are, what each says, and which of them are valid no more.

A code leads to the unit's own check-in page by a random token that nobody can guess, or says what the national platform
wants it to say. Every printing is a version of its own; a lost one is retired. Who checks in by a retired code is taken
in all the same, for they may stand at the door with it, and is flagged.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

import polars as pl

from quetma import places, settings
from quetma.access import audit
from quetma.intake.errors import Refusal
from quetma.people import clean
from quetma.store import Store, now, query

PATH = "/c/"  # and the token: short, so that the squares of a code are large
TOKEN_BYTES = 16
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}")
LONGEST_PAYLOAD = 300  # characters: a longer one has squares too small for a camera two steps away


class PosterError(Refusal):
    """A code cannot be made; nothing was changed."""


@dataclass(frozen=True)
class Poster:
    """A printed code. payload: what it says when it is not our own address. scans: check-ins by it; late: of them those
    after it was retired.
    """

    poster_id: int
    location_id: int
    location: str
    address: str
    closed_on: date | None
    version: int
    token: str
    payload: str | None
    printed_on: date
    made_at: datetime
    made_by: str
    retired_at: datetime | None
    retired_by: str | None
    retired_why: str | None
    scans: int
    late: int

    @property
    def valid(self) -> bool:
        """Whether it may hang at a door."""
        return self.retired_at is None and self.closed_on is None


@dataclass(frozen=True)
class Scanned:
    """The code that a visitor scanned."""

    poster_id: int
    location_id: int
    location: str
    closed_on: date | None
    retired_at: datetime | None


def every(store: Store, location: int = 0) -> list[Poster]:
    """The printed codes of a location, or of all (0), by location, the newest first."""
    return [Poster(**row) for row in store.ask("posters/all", location=location).iter_rows(named=True)]


def valid(store: Store, location: int) -> Poster | None:
    """The newest code of a location that may hang there."""
    return next((poster for poster in every(store, location) if poster.valid), None)


def newest(store: Store) -> dict[int, Poster]:
    """The newest code of each location that may hang there, by the location's number; of those that have one."""
    return {poster.location_id: poster for poster in reversed(every(store)) if poster.valid}


def with_token(store: Store, token: str) -> Scanned | None:
    """The code with that token, also a retired one."""
    if not TOKEN.fullmatch(token):
        return None
    found = store.ask("posters/with_token", token=token)
    return Scanned(**found.row(0, named=True)) if found.height else None


def make(store: Store, location: int, account: str, payload: str = "") -> Poster:
    """A new code of a location, the next version; older ones stay valid. payload: what it says instead of our address.

    Raises `PosterError` when there is no such location, when it is closed, or the payload cannot be printed.
    """
    text = clean(payload) or None
    if text and len(text) > LONGEST_PAYLOAD:
        raise PosterError("The text of a code has at most {n} characters.", n=LONGEST_PAYLOAD)
    if not places.is_own(store, location):
        raise PosterError("This place is not known here.")
    with store.write() as cursor:
        found = cursor.execute(query("posters/next")[0], {"location": location}).fetchall()
        if not found:
            raise PosterError("This place is not known here.")
        [(number, version)] = found
        values = {
            "poster": number, "location": location, "version": version, "payload": text, "made_by": account,
            "token": secrets.token_urlsafe(TOKEN_BYTES), "printed_on": now().date(), "made_at": now(),
        }  # fmt: skip
        cursor.execute(query("posters/insert")[0], values)
        cursor.execute(query("places/keep")[0], {"location": location})
        audit.log_within(cursor, account, "make poster", f"{location} v{version}", text or "")
    return next(poster for poster in every(store, location) if poster.poster_id == number)


def retire(store: Store, poster: int, account: str, why: str) -> None:
    """This code is valid no more. Raises `PosterError` when it was so already, or no reason is given."""
    reason = clean(why)
    if not reason:
        raise PosterError("Say why: lost, damaged, replaced …")
    if all(poster != known.poster_id for known in every(store)):
        raise PosterError("This place is not known here.")
    with store.write() as cursor:
        given = {"poster": poster, "moment": now().replace(microsecond=0), "account": account, "why": reason}
        found = cursor.execute(query("posters/retire")[0], given).fetchall()
        if not found:
            raise PosterError("This code was retired already.")
        [(location, version)] = found
        audit.log_within(cursor, account, "retire poster", f"{location} v{version}", reason)


def says(store: Store, poster: Poster) -> str:
    """What the code says. Raises `PosterError` while nobody has said at which address phones reach this dashboard."""
    if poster.payload:
        return poster.payload
    base = settings.get(store, "public_address")
    if not base:
        raise PosterError("Say first at which address phones reach this dashboard.")
    return base + PATH + poster.token


def late(store: Store, first: date, last: date, names: bool) -> pl.DataFrame:
    """Check-ins by a code after it was retired, newest first (columns of queries/posters/late.sql)."""
    return store.ask("posters/late", first=first, last=last, names=names)


def set_public_address(store: Store, text: str, account: str) -> None:
    """At which address phones reach this dashboard; codes printed before lead to the old one. Raises `PosterError`."""
    address = text.strip().rstrip("/")
    parts = urlsplit(address)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.path
        or parts.query
        or parts.fragment
        or " " in address
    ):
        raise PosterError("Write the address like https://checkin.example.vn")
    store.set("public_address", address)
    audit.log(store, account, "set public address", address)
