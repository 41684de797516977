"""The routes of our own: sign-in, first run, sign-out, exports. quetma/web/wall.py says which are open to anybody."""

import ipaddress
import logging
import shutil
from threading import Lock
from urllib.parse import urlencode

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from quetma import demo
from quetma.access import accounts, audit, oidc, sessions
from quetma.access.accounts import AccountError
from quetma.access.attempts import Attempts
from quetma.access.chain import Line
from quetma.language import LANGUAGES
from quetma.store import Store, configured_folder, now, open_store
from quetma.web import downloads, forms, health, known, nowhere, provider, public, steps, uploader, wall
from quetma.web.gate import routes as gate

LONGEST_KEPT = 60  # characters of a name as typed that go into the audit
YEAR = 365 * 24 * 3600

attempts = Attempts()
_making_demo = Lock()
_log = logging.getLogger(__name__)


def unit() -> Store:
    """The store this installation uses."""
    return open_store(configured_folder())


def demo_unit() -> Store:
    """The store to look around in: the unit's own when it is a demo, else `demo/` beside it, made on first use."""
    store = unit()
    if store.demo:
        return store
    with _making_demo:
        beside = open_store(store.folder / "demo")
        if not beside.demo:
            try:
                demo.write(beside)
            except BaseException:
                beside.close()
                shutil.rmtree(beside.folder)
                raise
        return beside


async def sign_in(request: Request) -> Response:
    """GET: the sign-in page, or the first-run page while nobody can sign in. POST: signs in."""
    t, store = wall.spoken(request), unit()
    chosen = request.query_params.get("lang")
    if chosen in LANGUAGES:
        on = steps.GO_ON if steps.under_way(request) else f"/sign-in?{urlencode({'next': forms.wanted(request)})}"
        answer = RedirectResponse(on, 303)
        answer.set_cookie(wall.LANGUAGE_COOKIE, chosen, max_age=YEAR, samesite="lax")
        return answer
    if wall.signed_in(request) and request.method != "POST":
        return RedirectResponse(forms.wanted(request), 303)
    if not accounts.exist(store):
        return forms.first_run(request) if _at_this_machine(request) else forms.not_here(request)
    with_provider = oidc.configured(store)
    if request.method != "POST":
        signed_out = t("You are signed out. Your work is saved.") if "out" in request.query_params else ""
        return forms.sign_in(request, notice=signed_out, with_provider=with_provider)

    form = await forms.fields(request)
    name, password = form.get("name", "").strip(), form.get("password", "")
    if not name or not password:
        return forms.sign_in(request, name, t("Fill in both the name and the password."), 400, with_provider)
    account = accounts.find(store, name)
    tried, address = account.name if account else name[:LONGEST_KEPT], wall.address(request)
    counted = known.counted_as(request, store, tried)
    seconds = attempts.begin(tried, counted)
    if seconds:
        minutes = -(-seconds // 60)
        wait = t("Too many wrong attempts. Wait {n} minutes, then try again.", n=minutes)
        return forms.sign_in(request, name, wait, 429, with_provider)
    role = await anyio.to_thread.run_sync(accounts.verify, store, name, password, limiter=steps.hashing)
    if role is None:
        audit.log(store, tried, "sign_in_failed", tried, address)
        return forms.sign_in(request, name, t("The name or the password is not right. Try again."), 401, with_provider)
    attempts.succeeded(tried, counted)
    return steps.begin(request, store, tried, forms.wanted(request))


async def first_account(request: Request) -> Response:
    """POST: makes the first leader account and signs in with it. Only at this machine, only while there is none."""
    t, store = wall.spoken(request), unit()
    if accounts.exist(store):
        return RedirectResponse("/sign-in", 303)
    if not _at_this_machine(request):
        return forms.not_here(request, status=403)
    form = await forms.fields(request)
    name, password = form.get("name", ""), form.get("password", "")
    if password != form.get("again", ""):
        return forms.first_run(request, name, t("The two passwords differ. Type both again."), 400)
    try:
        name = await anyio.to_thread.run_sync(lambda: accounts.add(store, name, password, "leader", first=True))
    except AccountError as error:
        return forms.first_run(request, name, t(error.message, **error.gaps), 400)
    return steps.let_in(request, store, name, "/")


async def look_around(request: Request) -> Response:
    """POST: opens the demo unit as a leader. Only at this machine, only while there is no account."""
    t = wall.spoken(request)
    if accounts.exist(unit()):
        return RedirectResponse("/sign-in", 303)
    if not _at_this_machine(request):
        return forms.not_here(request, status=403)
    try:
        store = await anyio.to_thread.run_sync(demo_unit)
    except Exception:
        _log.exception("the demo unit could not be made")
        failed = t("The demo unit could not be made. Nothing was kept. Try again; the server's log says why it failed.")
        return forms.first_run(request, error=failed, status=500)
    return steps.let_in(request, store, accounts.demo_leader(store), "/")


async def sign_out(request: Request) -> Response:
    """POST: ends the session, in every tab."""
    session = wall.signed_in(request)
    answer: Response = RedirectResponse("/sign-in?out", 303)
    try:
        if session:
            sessions.end(wall.token(request), Line(now(), session.account, "sign_out", session.account, ""))
    except sessions.EndingWaits as error:
        answer = wall.no_room(request.scope, error)
    https = wall.https(request)  # browsers take a __Host- cookie back only as they were given it
    answer.delete_cookie(wall.cookie_name(request), secure=https, httponly=True, samesite="lax")
    return answer


ROUTES = [
    Route("/sign-in", sign_in, methods=["GET", "POST"]),
    Route("/first-account", first_account, methods=["POST"]),
    Route("/look-around", look_around, methods=["POST"]),
    Route("/sign-out", sign_out, methods=["POST"]),
    *steps.ROUTES,
    *provider.ROUTES,
    *downloads.ROUTES,
    uploader.ROUTE,
    public.ROUTE,
    *gate.ROUTES,
    *health.ROUTES,
    nowhere.ROUTE,  # the last: what has no other
]


def _at_this_machine(request: Request) -> bool:
    """Whether the browser runs on the server's machine and was pointed at it by a local name.

    A name of somebody else's that leads here (DNS rebinding), or a proxy on this machine, must not pass for local.
    """
    named = request.url.hostname or ""
    return _loopback(wall.address(request)) and (named == "localhost" or _loopback(named))


def _loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
