"""Files that leave through the browser: made when asked for, streamed, deleted, written to the audit.

The address holds a random key only: no name or phone is ever in it. What is to be made stays on the server.
"""

import logging
import secrets
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import anyio
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from quetma.access import audit
from quetma.access.sessions import Session
from quetma.store import Store, now
from quetma.web import forms, wall

LASTS = timedelta(hours=1)
KEPT = 100  # offers of one session: a page makes a new one each time it is drawn
FOLDER = "export-"

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Offer:
    """A file somebody may fetch."""

    session: Session
    make: Callable[[Path], object]
    file_name: str
    media_type: str
    audit: tuple[str, str, str]
    until: datetime


_offers: dict[str, Offer] = {}


def offer(
    session: Session,
    make: Callable[[Path], object],
    file_name: str,
    media_type: str,
    audit: tuple[str, str, str],
) -> str:
    """The address of a file that `make(path)` writes when the address is opened, for this session only, for one hour.

    audit: action, subject and detail of the line written each time it is fetched. Fetching asks for right "export".
    """
    for key, old in list(_offers.items()):
        if now() >= old.until:
            _offers.pop(key, None)
    own = [key for key, old in list(_offers.items()) if old.session.key == session.key]
    for key in own[: max(0, len(own) - KEPT + 1)]:
        _offers.pop(key, None)
    key = secrets.token_urlsafe(24)
    _offers[key] = Offer(session, make, file_name, media_type, audit, now() + LASTS)
    return f"/export/{key}"


async def fetch(request: Request) -> Response:
    """The route `/export/{key}`."""
    t = wall.spoken(request)
    session = wall.signed_in(request)
    wanted = _offers.get(request.path_params["key"])
    if not wanted or not session or wanted.session.key != session.key or now() >= wanted.until:
        text = t("An export can be fetched for one hour, by who asked for it. Go back to the page and export again.")
        return forms.message(request, t("This link is no longer valid"), text, 404)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER, dir=session.store.folder))
    path = folder / "file"
    try:
        await anyio.to_thread.run_sync(wanted.make, path)
        audit.log(session.store, session.account, *wanted.audit)
    except Exception:
        _log.exception("the export %s could not be made", wanted.file_name)
        shutil.rmtree(folder)
        text = t("Nothing was changed. Try again; if it fails again, tell your administrator.")
        return forms.message(request, t("The file could not be made"), text, 500)
    return _SentOnce(
        path, filename=wanted.file_name, media_type=wanted.media_type, headers={"Cache-Control": "no-store"}
    )


class _SentOnce(FileResponse):
    """A file that is deleted when it has been sent, or when sending broke off."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            shutil.rmtree(Path(self.path).parent, ignore_errors=True)


def sweep(store: Store) -> None:
    """Deletes what a server that was killed in the middle left behind."""
    for folder in store.folder.glob(f"{FOLDER}*"):
        shutil.rmtree(folder, ignore_errors=True)
