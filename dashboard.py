"""The server: `streamlit run dashboard.py`."""

import ctypes
import gc
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module

import streamlit as st
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from quetma import archive, backup, durable, likely, regular, retention, snapshot
from quetma.access import sessions
from quetma.answers import Refresh
from quetma.everybody import Ready
from quetma.intake import desk
from quetma.intake.inbox import Inbox
from quetma.language import LANGUAGES, catalogue
from quetma.store import StoreError
from quetma.tracing.held import Newest
from quetma.watch import Watch
from quetma.web import downloads, page, routes, wall
from quetma.web.garbage import Garbage

# What pages import, and what Streamlit itself would load at its first table and chart.
LOADED_FIRST = (
    "PIL.Image",
    "holidays.countries",
    "pandas",
    "pyarrow.compute",
    "plotly.graph_objects",
    "quetma.attention",
    "quetma.documents.official.making",
    "quetma.documents.trace",
    "quetma.tracing",
    "quetma.web.charts",
    "quetma.web.people",
    "quetma.web.widgets",
)

if sys.platform == "linux" and (mallopt := getattr(ctypes.CDLL(None), "mallopt", None)):
    # glibc gives each thread a heap of its own that keeps what was freed: it made half the growth of a day of uploads.
    M_ARENA_MAX = -8
    mallopt(M_ARENA_MAX, 2)

durable.keep_private()
try:
    unit = routes.unit()
except StoreError as error:
    sys.exit(f"\nquetma: {error}\n")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncGenerator[None]:
    """Brings back who is signed in and what lies on the desk, watches the inbox, forgets visitors in time, makes
    and sends what is made by itself, backs the store up, keeps answers ready, and loads what pages need, out of the
    garbage collector's sight: looking through those libraries costs 70 ms each time.
    """
    sessions.load(unit)
    downloads.sweep(unit)
    archive.sweep(unit)
    backup.sweep(unit)
    for language in LANGUAGES:
        catalogue(language)
    for module in LOADED_FIRST:
        import_module(module)
    gc.collect()
    gc.freeze()
    desk.desk_of(unit)
    watches: list[Watch] = [Inbox(unit), retention.Schedule(unit), regular.Schedule(unit), backup.Schedule(unit)]
    watches += [
        snapshot.Schedule(unit),
        Refresh(unit.answers),
        Newest(unit),
        likely.Looking(unit),
        Ready(unit.everybody),
    ]
    watches += [Garbage(unit), sessions.Endings(unit)]
    if unit.engine:
        watches.append(unit.engine.publishing())
    for watch in watches:
        watch.start()
    yield
    for watch in reversed(watches):
        watch.stop()
    downloads.close()
    desk.close_all()
    unit.close()


# Streamlit asks for `server.allowedHosts` at its websocket only.
allowed = st.get_option("server.allowedHosts")
HOSTS = [Middleware(TrustedHostMiddleware, allowed_hosts=allowed, www_redirect=False)] if allowed else []

app = st.App(
    "quetma/web/main.py",
    middleware=[*HOSTS, Middleware(wall.Wall)],
    routes=routes.ROUTES,
    lifespan=lifespan,
    on_script_error=page.apologise,
)
