"""The way to the agency's own sign-in and back: `/sign-in/oidc`. What is remembered of it stands under a cookie."""

import logging
import secrets
from datetime import datetime

import anyio
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from quetma.access import accounts, audit, oidc, sessions
from quetma.access.accounts import AccountError
from quetma.access.oidc import Flow, ProviderError
from quetma.store import now
from quetma.web import forms, steps, wall

COOKIE = "quetma_provider"
THERE, BACK = "/sign-in/oidc", "/sign-in/oidc/back"
MOST = 1000

_flows: dict[str, tuple[Flow, str, datetime]] = {}
_log = logging.getLogger(__name__)


async def there(request: Request) -> Response:
    """GET: sends the browser to the provider."""
    store = steps.unit()
    if not oidc.configured(store):
        return RedirectResponse("/sign-in", 303)
    back = f"{request.url.scheme}://{request.url.netloc}{BACK}"
    try:
        url, flow = await anyio.to_thread.run_sync(oidc.begin, store, back)
    except ProviderError as error:
        return _failed(request, error)
    while len(_flows) >= MOST:
        del _flows[next(iter(_flows))]
    key = secrets.token_urlsafe(32)
    _flows[key] = (flow, forms.wanted(request), now() + steps.LASTS)
    answer = RedirectResponse(url, 303)
    lasts = int(steps.LASTS.total_seconds())
    wall.set_cookie(request, answer, COOKIE, key, lasts, path=THERE)
    return answer


async def back(request: Request) -> Response:
    """GET: the browser comes back. Good once, for the browser that went."""
    store = steps.unit()
    flow, path, until = _flows.pop(request.cookies.get(COOKIE, ""), (None, "/", now()))
    if flow is None or now() > until or not oidc.configured(store):
        return RedirectResponse("/sign-in", 303)
    came = f"{flow.back}?{request.url.query}"
    try:
        known = await anyio.to_thread.run_sync(oidc.finish, store, flow, came)
    except ProviderError as error:
        return _failed(request, error)
    t = wall.spoken(request)
    before = accounts.of_provider(store, known.subject)
    if before and before.role != known.role:
        sessions.end_all(store, before.name)  # they would go on with what they may no longer
    if known.role is None:
        audit.log(store, known.name, "sign_in_failed", known.name, wall.address(request))
        no_role = t("You are known there, but to none of the groups that may use this dashboard. Ask a leader.")
        return forms.message(request, t("Not signed in"), no_role, 403)
    try:
        name = accounts.from_provider(store, known.subject, known.name, known.role)
    except AccountError as error:
        return forms.message(request, t("Not signed in"), t(error.message, **error.gaps), 403)
    answer = steps.begin(request, store, name, path, coded=True)  # a second factor is the provider's to ask for
    answer.delete_cookie(COOKIE, path=THERE)
    return answer


ROUTES = [Route(THERE, there, methods=["GET"]), Route(BACK, back, methods=["GET"])]


def _failed(request: Request, error: ProviderError) -> Response:
    _log.warning("sign-in through the provider: %s", error)
    t = wall.spoken(request)
    failed = t("The sign-in of your agency did not answer as it should. Try again, or sign in with a password.")
    return forms.message(request, t("Not signed in"), failed, 502)
