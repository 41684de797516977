"""What may stand between the right password and the dashboard: a code of the second factor, a first password to change,
a second factor to set up. The pages for the last two serve whoever is signed in as well.

Until all is done there is no session, only what this process remembers for a few minutes under a cookie of its own.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from quetma import settings
from quetma.access import accounts, audit, second, sessions
from quetma.access.accounts import Account, AccountError
from quetma.access.attempts import Attempts
from quetma.store import Store, configured_folder, now, open_store
from quetma.web import forms, known, wall

COOKIE = "quetma_step"
LASTS = timedelta(minutes=10)
MOST = 1000  # people between two steps; of the oldest nothing is known any more
GO_ON = "/sign-in/go-on"
CODE, PASSWORD, SECOND = "/sign-in/code", "/sign-in/password", "/sign-in/second-factor"
AGAIN = "/sign-in/again"

hashing = anyio.CapacityLimiter(2)  # each password check takes 64 MB and a core for a moment
attempts = Attempts()


@dataclass
class Step:
    """Somebody whose password was right and who has something left to do. secret: of a second factor being set up."""

    store: Store
    account: str
    path: str  # the page asked for
    until: datetime
    coded: bool = False
    secret: str = field(default_factory=second.new_secret)


_steps: dict[str, Step] = {}
_secrets: dict[str, str] = {}  # session → the secret it is setting up


def begin(request: Request, store: Store, account: str, path: str, *, coded: bool = False) -> Response:
    """The way on for somebody who has proved who they are. coded: no second factor of ours is asked for."""
    for key in [key for key, old in _steps.items() if now() > old.until]:
        del _steps[key]
    while len(_steps) >= MOST:
        del _steps[next(iter(_steps))]
    key = secrets.token_urlsafe(32)
    _steps[key] = step = Step(store, account, path, now() + LASTS, coded)
    answer = _next(request, step, key)
    if key in _steps:
        wall.set_cookie(request, answer, COOKIE, key, int(LASTS.total_seconds()), path="/sign-in")
    return answer


def unit() -> Store:
    """The store this installation uses."""
    return open_store(configured_folder())


def let_in(request: Request, store: Store, account: str, path: str) -> Response:
    """Starts a session of its own (an older one of this browser ends) and goes to that page."""
    if wall.signed_in(request):
        sessions.end(wall.token(request))
    token = sessions.start(store, account, wall.address(request), request.headers.get("user-agent", ""))
    audit.log(store, account, "sign_in", account, wall.address(request))
    answer = RedirectResponse(path, 303)
    lasts = int(sessions.limits(store)[0].total_seconds())
    wall.set_cookie(request, answer, wall.cookie_name(request), token, lasts)
    known.remember(request, answer, store, account)
    answer.delete_cookie(COOKIE, path="/sign-in")
    return answer


async def code(request: Request) -> Response:
    """GET: asks for the code of the second factor. POST: takes it."""
    key, step = _step(request)
    if step is None or step.coded:
        return RedirectResponse("/sign-in", 303)
    if request.method != "POST":
        return forms.code(request)
    t, given = wall.spoken(request), (await forms.fields(request)).get("code", "")
    if wait := _wait(request, step.account):
        return forms.code(request, wait, 429)
    if not await anyio.to_thread.run_sync(second.check, step.store, step.account, given):
        audit.log(step.store, step.account, "code_failed", step.account, wall.address(request))
        return forms.code(request, t("The code is not right, or was used before. Wait for the next one."), 401)
    attempts.succeeded(step.account, "")
    step.coded = True
    return _next(request, step, key)


async def password(request: Request) -> Response:
    """GET: the form for another password. POST: sets it; whoever is signed in gives the present one as well."""
    key, step, account, store = _who(request)
    if account is None or store is None or not account.has_password:
        return RedirectResponse("/sign-in", 303)
    if step and not step.coded and account.second:
        return RedirectResponse(CODE, 303)
    t, own = wall.spoken(request), step is None
    if request.method != "POST":
        return forms.password(request, own)
    given = await forms.fields(request)
    chosen, again = given.get("password", ""), given.get("again", "")
    if chosen != again:
        return forms.password(request, own, t("The two passwords differ. Type both again."), 400)
    if own:
        if wait := _wait(request, account.name):
            return forms.password(request, own, wait, 429)
        if not await _knows_password(store, account, given):
            return forms.password(request, own, t("The present password is not right. Nothing was changed."), 401)
        attempts.succeeded(account.name, "")
    try:
        await anyio.to_thread.run_sync(accounts.set_password, store, account.name, chosen, limiter=hashing)
    except AccountError as error:
        return forms.password(request, own, t(error.message, **error.gaps), 400)
    session = wall.signed_in(request)
    sessions.end_all(store, account.name, but=session.key if own and session else "")
    if step is not None:
        return _next(request, step, key)
    done = t("Your password is changed. Wherever else you were signed in, you are signed out.")
    return forms.message(request, t("Password changed"), done, 200)


async def second_factor(request: Request) -> Response:
    """GET: what the phone is to scan. POST: the first code of it; then the codes on paper, shown once."""
    _, step, account, store = _who(request)
    if account is None or store is None or not account.has_password:
        return RedirectResponse("/sign-in", 303)
    if step and account.second:
        return RedirectResponse(CODE, 303)
    t = wall.spoken(request)
    session = wall.signed_in(request)
    secret = step.secret if step else _secrets.setdefault(session.key if session else "", second.new_secret())
    if len(_secrets) > MOST:
        del _secrets[next(iter(_secrets))]
    shown = second.address(secret, account.name, settings.get(store, "unit_name"))
    first = step is not None
    if request.method != "POST":
        return forms.second_factor(request, shown, secret, first=first)
    given = await forms.fields(request)
    if wait := _wait(request, account.name):
        return forms.second_factor(request, shown, secret, wait, 429, first=first)
    if not first and not await _knows_password(store, account, given):
        wrong = t("The present password is not right. Nothing was changed.")
        return forms.second_factor(request, shown, secret, wrong, 401)
    codes = await anyio.to_thread.run_sync(second.confirm, store, account.name, secret, given.get("code", ""))
    if codes is None:
        wrong = t("The code is not right. Look whether the phone's clock is, and type the newest code.")
        return forms.second_factor(request, shown, secret, wrong, 401, first=first)
    attempts.succeeded(account.name, "")
    _secrets.pop(session.key if session else "", None)
    if step is None:
        sessions.end_all(store, account.name, but=session.key if session else "")
        return forms.recovery(request, codes, "/")
    step.coded = True
    return forms.recovery(request, codes, GO_ON)


async def again(request: Request) -> Response:
    """GET: asks whoever is signed in for the password once more. POST: takes it, and leads back to Accounts."""
    session = wall.signed_in(request)
    account = accounts.find(session.store, session.account) if session else None
    if session is None or account is None or not account.has_password:
        return RedirectResponse("/sign-in", 303)
    if request.method != "POST":
        return forms.again(request)
    given, t = await forms.fields(request), wall.spoken(request)
    if wait := _wait(request, account.name):
        return forms.again(request, wait, 429)
    if not await _knows_password(session.store, account, given):
        audit.log(session.store, account.name, "sign_in_failed", account.name, wall.address(request))
        return forms.again(request, t("The present password is not right. Nothing was changed."), 401)
    attempts.succeeded(account.name, "")
    sessions.prove(session)
    return RedirectResponse("/accounts", 303)


async def go_on(request: Request) -> Response:
    """GET: on from a step that is done."""
    key, step = _step(request)
    return RedirectResponse("/sign-in", 303) if step is None else _next(request, step, key)


ROUTES = [
    Route(CODE, code, methods=["GET", "POST"]),
    Route(PASSWORD, password, methods=["GET", "POST"]),
    Route(SECOND, second_factor, methods=["GET", "POST"]),
    Route(AGAIN, again, methods=["GET", "POST"]),
    Route(GO_ON, go_on, methods=["GET"]),
]


def under_way(request: Request) -> bool:
    """Whether somebody is between the password and the dashboard."""
    return _step(request)[1] is not None


def _step(request: Request) -> tuple[str, Step | None]:
    key = request.cookies.get(COOKIE, "")
    step = _steps.get(key)
    return key, step if step and now() <= step.until else None


def _who(request: Request) -> tuple[str, Step | None, Account | None, Store | None]:
    """Who asks: somebody at a step, else whoever is signed in."""
    key, step = _step(request)
    session = None if step else wall.signed_in(request)
    store = step.store if step else session.store if session else None
    name = step.account if step else session.account if session else ""
    return key, step, accounts.find(store, name) if store else None, store


def _wait(request: Request, account: str) -> str:
    """Counts an attempt of that account, wherever it comes from: what to say when there were too many."""
    seconds = attempts.begin(account, "")
    t = wall.spoken(request)
    return t("Too many wrong attempts. Wait {n} minutes, then try again.", n=-(-seconds // 60)) if seconds else ""


async def _knows_password(store: Store, account: Account, given: dict[str, str]) -> bool:
    """Whether the form holds the present password: who sits at an open browser need not be whose it is."""
    present = given.get("present", "")
    return await anyio.to_thread.run_sync(accounts.verify, store, account.name, present, limiter=hashing) is not None


def _next(request: Request, step: Step, key: str) -> Response:
    """The next thing to do, or the page asked for."""
    account = accounts.find(step.store, step.account)
    if account is None or account.off_since:
        _steps.pop(key, None)
        return RedirectResponse("/sign-in", 303)
    if account.second and not step.coded:
        return RedirectResponse(CODE, 303)
    if account.must_change:
        return RedirectResponse(PASSWORD, 303)
    if second.needed(step.store, account) and not step.coded:
        return RedirectResponse(SECOND, 303)
    _steps.pop(key, None)
    return let_in(request, step.store, account.name, step.path)
