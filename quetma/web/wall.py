"""The sign-in wall: in front of everything the server answers, pages, websocket, uploads, media, metrics, static files.

Anonymous requests get nothing of Streamlit's. A websocket outlives a sign-out, so its messages are looked at too.
"""

import logging
import re
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState

from quetma import posters
from quetma.access import rights, sessions
from quetma.access.sessions import Session
from quetma.file import DiskFull
from quetma.language import DEFAULT, LANGUAGES, Translate, translator
from quetma.web import headers

_log = logging.getLogger(__name__)

COOKIE = "quetma_session"
HTTPS_COOKIE = "__Host-quetma_session"  # its name over HTTPS, where browsers then keep it to this very host
LANGUAGE_COOKIE = "lang"

OPEN = {  # exact paths, all of quetma/web/routes.py and steps.py, none of Streamlit's
    "/sign-in",
    "/sign-in/code",
    "/sign-in/password",
    "/sign-in/second-factor",
    "/sign-in/again",
    "/sign-in/go-on",
    "/sign-in/oidc",
    "/sign-in/oidc/back",
    "/first-account",
    "/look-around",
    "/healthz",
}
CODE = re.compile(re.escape(posters.PATH) + posters.TOKEN.pattern)  # what a printed code leads to: quetma/web/public/
# Streamlit's own sign-in, which would be a second wall, and what drives pages from a script: answered to nobody.
SHUT = ("/auth", "/oauth2callback", "/_stcore/agent", "/_stcore/script-health-check")
BY_ITSELF = ("/_stcore/", "/static/")  # what a page left alone asks for: no sign that somebody is there
NEEDS = {  # path and below → right
    "/incoming": "upload",
    "/_stcore/upload_file": "upload",
    "/_stcore/metrics": "server",
    "/export": "export",
    "/gate-screen": "gate",
}

# What a signed-out tab says, whatever it wanted to say: "run the page again", which then shows that it is signed out.
# Its own message might call a widget's function or rerun a fragment, which would come before the page's guard.
RUN_AGAIN = BackMsg(rerun_script=ClientState()).SerializeToString()


class Wall:
    """ASGI middleware; wraps the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = HTTPConnection(scope)
        t = spoken(request)
        session = signed_in(request)
        send = headers.added(send, https(request))
        answer: ASGIApp = self.app
        if scope["method"] not in ("GET", "HEAD", "OPTIONS") and not _own_origin(request.headers):
            answer = PlainTextResponse(t("This request came from another site and was refused."), 403)
        elif session is None and not _open(scope):
            answer = _refused(scope, request.headers, t)
        elif any(_within(scope["path"], start) for start in SHUT):
            answer = PlainTextResponse(t("There is nothing at this address."), 404)
        elif session and not _allowed(scope["path"], session):
            answer = PlainTextResponse(t("Your role may not do this. Nothing was changed."), 403)
        elif session and not scope["path"].startswith(BY_ITSELF):
            sessions.use(session)
        begun = False

        async def telling(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await answer(scope, receive, telling)
        except DiskFull as error:
            _log.error("%s %s: no room on the disk", scope["method"], _shape(scope["path"]))
            if begun:
                raise
            await no_room(scope, error)(scope, receive, send)
        except Exception:
            # Neither the address with what was asked nor anything of the inside goes to the browser.
            _log.exception("%s %s failed", scope["method"], _shape(scope["path"]))
            if begun:
                raise
            failed = t("Something went wrong. Nothing half-done was saved. Try again, or tell your administrator.")
            await PlainTextResponse(failed, 500)(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if signed_in(HTTPConnection(scope)) is None:
            await send({"type": "websocket.close", "code": 1008})  # before accept: the handshake is answered with 403
            return

        async def receive_guarded() -> Message:
            message = await receive()
            if message["type"] == "websocket.receive":
                session = signed_in(HTTPConnection(scope))
                if session is None:
                    return {"type": "websocket.receive", "bytes": RUN_AGAIN}
                if _by_somebody(message.get("bytes") or b""):
                    sessions.use(session)
            return message

        await self.app(scope, receive_guarded, send)


def no_room(scope: Scope, error: DiskFull) -> Response:
    """The answer when the disk had no room for what was asked: a page for whoever reads one."""
    from quetma.web import forms  # which needs this module

    request = Request(scope)
    t = spoken(request)
    if "text/html" in request.headers.get("accept", ""):
        return forms.message(request, t("The disk is full"), told_full(error, t), 507)
    return PlainTextResponse(told_full(error, t), 507)


def told_full(error: DiskFull, t: Translate) -> str:
    """That the disk had no room, what became of what was done, and what to do."""
    if isinstance(error, sessions.EndingWaits):
        return t("The sign-in has ended and opens nothing any more. But the disk of the server is full, so this could "
                 "not be written down yet; it is tried again every few seconds. If the server is started again before "
                 "there is room, the sign-in counts again wherever its cookie was kept. Tell your administrator to "
                 "make room.")  # fmt: skip
    return t("The disk of the server is full. What you just did was not saved; everything before it is. Tell your "
             "administrator to make room, then do it again.")  # fmt: skip


def signed_in(request: HTTPConnection) -> Session | None:
    """The live session of the request's cookie."""
    return sessions.find(token(request))


def token(request: HTTPConnection) -> str:
    """The token of the session that the request brings, '' for none."""
    return request.cookies.get(cookie_name(request), "")


def address(request: HTTPConnection) -> str:
    """The address the request comes from."""
    return request.client.host if request.client else ""


def set_cookie(request: HTTPConnection, answer: Response, name: str, value: str, lasts: int, path: str = "/") -> None:
    """Gives the browser a cookie that scripts cannot read and other sites cannot send; lasts: seconds."""
    answer.set_cookie(name, value, max_age=lasts, path=path, httponly=True, samesite="lax", secure=https(request))


def https(request: HTTPConnection) -> bool:
    """Whether the browser came over HTTPS, to us or to the proxy before us."""
    return request.scope.get("scheme") in ("https", "wss")


def cookie_name(request: HTTPConnection) -> str:
    """The name of the session's cookie."""
    return HTTPS_COOKIE if https(request) else COOKIE


def language_of(request: HTTPConnection) -> str:
    """The language this browser chose last, else Vietnamese."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, DEFAULT)
    return chosen if chosen in LANGUAGES else DEFAULT


def spoken(request: HTTPConnection) -> Translate:
    """`t` in the language of the request."""
    return translator(language_of(request))


def _open(scope: Scope) -> bool:
    """Whether anybody may ask this: an open path as it was sent, without any character written in another way."""
    path = scope["path"]
    if scope.get("raw_path", path.encode()).partition(b"?")[0] != path.encode():
        return False
    return path in OPEN or (scope["method"] in ("GET", "HEAD", "POST") and bool(CODE.fullmatch(path)))


def _allowed(path: str, session: Session) -> bool:
    unit = session.store.unit
    return all(rights.may(session.role, right, unit) for start, right in NEEDS.items() if _within(path, start))


def _within(path: str, start: str) -> bool:
    return path == start or path.startswith(start + "/")


def _own_origin(sent: Headers) -> bool:
    """Whether a changing request was made by one of our own pages. Programs other than browsers send neither header."""
    site, origin = sent.get("sec-fetch-site"), sent.get("origin")
    if site:
        return site in ("same-origin", "none")
    return origin is None or urlsplit(origin).netloc == sent.get("host")


def _shape(path: str) -> str:
    """A path for the log: without keys, tokens and names of files."""
    return "/".join(part if re.fullmatch(r"[a-z_.-]{0,24}", part) else "…" for part in path.split("/"))


def _by_somebody(sent: bytes) -> bool:
    """Whether somebody did something for a tab to send this, and not a page that looks again by itself."""
    try:
        message = BackMsg.FromString(sent)
    except Exception:  # whatever it is, Streamlit refuses it as well
        return False
    return message.WhichOneof("type") == "rerun_script" and not message.rerun_script.is_auto_rerun


def _refused(scope: Scope, sent: Headers, t: Translate) -> ASGIApp:
    if scope["method"] in ("GET", "HEAD") and "text/html" in sent.get("accept", ""):
        query = scope["query_string"].decode("latin-1")
        wanted = scope["path"] + (f"?{query}" if query else "")
        return RedirectResponse("/sign-in" if wanted == "/" else f"/sign-in?next={quote(wanted, safe='/')}", 303)
    return PlainTextResponse(t("Please sign in first: open /sign-in."), 401)
