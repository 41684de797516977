"""Files that leave through the browser: made when asked for, streamed, deleted, written to the audit.

The address holds a random key only: no name or phone is ever in it. What is to be made stays on the server. GET makes a
file and sends it. A large one is begun with POST and looked after by `/progress` (quetma/web/exporter.py does both),
stopped with DELETE, and sent by GET once it is ready; it is given up when nobody asks for it any more.
"""

import asyncio
import logging
import math
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import anyio
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from streamlit.runtime.scriptrunner import get_script_run_ctx

from quetma.access import audit
from quetma.access.sessions import Session
from quetma.language import Translate
from quetma.store import Store, now
from quetma.web import forms, wall

LASTS = timedelta(hours=1)
KEPT = 100  # offers of one session
KEPT_ALIKE = 2  # of one file in one tab: a page makes one each time it is drawn, and each holds what the page held
AT_ONCE = 2  # files made at a time, of all users
LARGE = 50_000  # rows; of files with more only one is made at a time: it takes a core, and the pages need the other
AT_ONCE_READY = 0.3  # seconds that a file may take and still be sent without a word of how far it is
GIVEN_UP = 150  # seconds without anybody asking how far it is; a tab in the background asks once a minute
FOLDER = "export-"

_log = logging.getLogger(__name__)
_makers = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="export")
_large_makers = ThreadPoolExecutor(1, thread_name_prefix="large-export")


@dataclass(frozen=True)
class Offer:
    """A file somebody may fetch. rows: how many it will have; None: it is small, and nobody is told how far it is."""

    session: Session
    make: Callable[..., object]
    file_name: str
    media_type: str
    audit: tuple[str, str, str]
    until: datetime
    rows: int | None
    tab: str


class Stopped(Exception):
    """Nobody wants the file any more."""


class Making:
    """A file on its way: waiting for its turn, being made, ready, failed or stopped."""

    def __init__(self, offer: Offer) -> None:
        self._offer = offer
        self._asked_at = time.monotonic()
        self._rows = 0
        self._stop = False
        self._begun = False
        self.folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=offer.session.store.folder))
        makers = _large_makers if (offer.rows or 0) > LARGE else _makers
        self.future: Future[None] = makers.submit(self._make)

    def told(self) -> dict[str, object]:
        """How far it is: the state, and which share of the rows is written."""
        self._asked_at = time.monotonic()
        if not self.future.done():
            share = min(1.0, self._rows / max(self._offer.rows or 1, 1))
            return {"state": "making" if self._begun else "waiting", "share": share}
        if self.future.cancelled() or isinstance(self.future.exception(), Stopped):
            return {"state": "stopped", "share": 0.0}
        return {"state": "failed" if self.future.exception() else "ready", "share": 1.0}

    async def ended(self) -> None:
        """Waits for it, however long; raises what made it fail."""
        self._asked_at = math.inf
        await asyncio.wrap_future(self.future)

    def stop(self) -> None:
        """It is made no further, and what there is of it is deleted."""
        self._stop = True
        self.future.cancel()
        self.future.add_done_callback(lambda _: shutil.rmtree(self.folder, ignore_errors=True))

    def _make(self) -> None:
        try:
            self._moved(0)
            self._begun = True
            path = self.folder / "file"
            if self._offer.rows is None:
                self._offer.make(path)
            else:
                self._offer.make(path, self._moved)
            self._moved(self._rows)
        except BaseException as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            if not isinstance(error, Stopped):
                _log.exception("the export %s could not be made", self._offer.file_name)
            raise

    def _moved(self, rows: int) -> None:
        self._rows = rows
        if self._stop or time.monotonic() - self._asked_at > GIVEN_UP:
            raise Stopped


_offers: dict[str, Offer] = {}
_making: dict[str, Making] = {}


def offer(
    session: Session,
    make: Callable[..., object],
    file_name: str,
    media_type: str,
    audit: tuple[str, str, str],
    rows: int | None = None,
) -> str:
    """The address of a file that `make(path)` writes when the address is opened, for this session only, for one hour.

    audit: action, subject and detail of the line written each time it is fetched. Fetching asks for right "export".
    rows: how many rows it will have, when it may be large: it is then written by `make(path, told)`, which calls
    `told(rows so far)` again and again and lets pass what that raises.
    """
    for key, old in list(_offers.items()):
        if now() >= old.until:
            _forget(key)
    tab = context.session_id if (context := get_script_run_ctx()) else ""
    made = Offer(session, make, file_name, media_type, audit, now() + LASTS, rows, tab)
    own = {key: old for key, old in list(_offers.items()) if old.session.key == session.key and key not in _making}
    alike = [key for key, old in own.items() if (old.tab, old.file_name, old.audit) == (tab, file_name, audit)]
    for key in {*list(own)[: 1 - KEPT], *alike[: 1 - KEPT_ALIKE]}:
        _forget(key)
    key = secrets.token_urlsafe(24)
    _offers[key] = made
    return f"/export/{key}"


def _forget(key: str) -> None:
    _offers.pop(key, None)
    if making := _making.pop(key, None):
        making.stop()


def _wanted(request: Request) -> tuple[str, Offer] | None:
    """The offer of the address, when it is of who asks."""
    session, key = wall.signed_in(request), request.path_params["key"]
    wanted = _offers.get(key)
    if not wanted or not session or wanted.session.key != session.key or now() >= wanted.until:
        return None
    return key, wanted


async def fetch(request: Request) -> Response:
    """GET `/export/{key}`: the file, made now unless it has been made already."""
    t = wall.spoken(request)
    found = _wanted(request)
    if found is None:
        return forms.message(request, t("This link is no longer valid"), _no_longer(t), 404)
    key, wanted = found
    making = _making.pop(key, None) or Making(wanted)
    try:
        await making.ended()
        audit.log(wanted.session.store, wanted.session.account, *wanted.audit)
    except asyncio.CancelledError:
        making.stop()
        raise
    except Exception:
        making.stop()
        return forms.message(request, t("The file could not be made"), _failed(t), 500)
    return _SentOnce(
        making.folder / "file",
        filename=wanted.file_name,
        media_type=wanted.media_type,
        headers={"Cache-Control": "no-store"},
    )


async def begin(request: Request) -> Response:
    """POST `/export/{key}`: the file is made from now on. Answers how far it is, when it is small: that it is ready."""
    found = _wanted(request)
    if found is None:
        return PlainTextResponse(_no_longer(wall.spoken(request)), 404)
    key, wanted = found
    if key not in _making or _making[key].told()["state"] in ("failed", "stopped"):
        _making[key] = Making(wanted)
    making = _making[key]
    await anyio.to_thread.run_sync(wait, [making.future], AT_ONCE_READY)
    return _how_far(request, making)


async def progress(request: Request) -> Response:
    """GET `/export/{key}/progress`: how far it is."""
    found = _wanted(request)
    making = _making.get(found[0]) if found else None
    if making is None:
        return PlainTextResponse(_no_longer(wall.spoken(request)), 404)
    return _how_far(request, making)


async def stop(request: Request) -> Response:
    """DELETE `/export/{key}`: the file is made no further."""
    found = _wanted(request)
    if found and (making := _making.pop(found[0], None)):
        making.stop()
    return Response(status_code=204)


ROUTES = [
    Route("/export/{key}", fetch, methods=["GET"]),
    Route("/export/{key}", begin, methods=["POST"]),
    Route("/export/{key}", stop, methods=["DELETE"]),
    Route("/export/{key}/progress", progress, methods=["GET"]),
]


def _how_far(request: Request, making: Making) -> Response:
    told = making.told()
    if told["state"] == "failed":
        return PlainTextResponse(_failed(wall.spoken(request)), 500)
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


def _no_longer(t: Translate) -> str:
    return t("An export can be fetched for one hour, by who asked for it. Go back to the page and export again.")


def _failed(t: Translate) -> str:
    return t("Nothing was changed. Try again; if it fails again, tell your administrator.")


class _SentOnce(FileResponse):
    """A file that is deleted when it has been sent, or when sending broke off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            shutil.rmtree(Path(self.path).parent, ignore_errors=True)


def close() -> None:
    """Stops what is being made: the server ends."""
    for key in list(_making):
        _forget(key)


def sweep(store: Store) -> None:
    """Deletes what a server that was killed in the middle left behind."""
    for folder in store.folder.glob(f"{FOLDER}*"):
        shutil.rmtree(folder, ignore_errors=True)
