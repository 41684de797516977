"""Browsers that somebody has signed in from before.

Wrong passwords are counted for the address they come from, and a whole office may sit behind one: whoever guesses there
would keep everybody else of it waiting. A browser that a name has signed in from is counted by itself, for that name
(OWASP's "device cookies"). It opens nothing: the password is asked for as ever.
"""

import hashlib
import hmac
import secrets

from itsdangerous import BadData, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from quetma.access import signing
from quetma.store import Store
from quetma.web import wall

COOKIE = "quetma_browser"
LASTS = 180 * 24 * 3600
MOST = 8  # names of one browser, a gate's for example


def counted_as(request: Request, store: Store, name: str) -> str:
    """By what the attempts of that name are counted: this browser when it is known for it, else its address."""
    browser, names = _brought(request, store)
    return f"browser {browser}" if _digest(store, name) in names else wall.address(request)


def remember(request: Request, answer: Response, store: Store, name: str) -> None:
    """That name has signed in from this browser. The cookie says who only to this store."""
    browser, names = _brought(request, store)
    digest = _digest(store, name)
    kept = [digest, *(other for other in names if other != digest)][:MOST]
    value = str(_signed(store).dumps([browser or secrets.token_urlsafe(16), kept]))
    wall.set_cookie(request, answer, COOKIE, value, LASTS, path="/sign-in")


def _brought(request: Request, store: Store) -> tuple[str, list[str]]:
    try:
        browser, names = _signed(store).loads(request.cookies.get(COOKIE, ""), max_age=LASTS)
    except (BadData, ValueError, TypeError):
        return "", []
    return browser, names


def _signed(store: Store) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing.key(store), salt="browser")


def _digest(store: Store, name: str) -> str:
    return hmac.new(signing.key(store).encode(), name.encode(), hashlib.sha256).hexdigest()[:24]
