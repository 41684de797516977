"""The few plain HTML pages shown before the dashboard itself: sign-in, first run, messages.

Anybody may see them, so each carries all it needs within itself: no script, nothing of Streamlit's.
"""

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse

from quetma.access import accounts
from quetma.web import wall

TEMPLATES = Path(__file__).parent / "sign_in"
ICON = Path(__file__).parent / "icon.svg"


def sign_in(request: Request, name: str = "", error: str = "", notice: str = "", status: int = 200) -> HTMLResponse:
    """The sign-in form; `name` is what was typed before."""
    t = wall.spoken(request)
    texts = {
        "title": t("Sign in"),
        "name": t("Your name"),
        "password": t("Password"),
        "sign_in": t("Sign in"),
        "lost": t("Forgotten the password? Ask a leader of your unit or the person who looks after this machine."),
        "next": quote(wanted(request), safe="/"),
        "typed": name,
    }
    return _page(request, "sign_in", texts, _alert(error) or _alert(notice, "notice"), status)


def first_run(request: Request, name: str = "", error: str = "", status: int = 200) -> HTMLResponse:
    """While nobody can sign in: the form for the first leader account, and the way into the demo unit."""
    t = wall.spoken(request)
    texts = {
        "title": t("Welcome"),
        "lead": t("Nobody can sign in yet. Create the first account, or look around first."),
        "first": t("Create the first leader account"),
        "first_why": t("For your own unit. A leader sees everything, uploads, traces and exports."),
        "name": t("Your name"),
        "password": t("Password"),
        "rule": t(
            "At least {n} characters, and not the name. A short sentence is easy to remember.", n=accounts.SHORTEST
        ),
        "again": t("The password once more"),
        "create": t("Create the account"),
        "or": t("or"),
        "demo_title": t("Look around first"),
        "demo_why": t(
            "13 invented people and eight weeks of scans, in a store of its own. Making it takes a few seconds."
        ),
        "demo": t("Look around the demo unit"),
        "typed": name,
    }
    return _page(request, "first_run", texts, _alert(error), status)


def not_here(request: Request, status: int = 200) -> HTMLResponse:
    """While nobody can sign in, for whoever does not sit at the server's machine."""
    t = wall.spoken(request)
    texts = {
        "title": t("Not set up yet"),
        "why": t("The first account can only be created at the machine on which this dashboard runs."),
        "how": t("Open this page there, or stop the dashboard there and run:"),
    }
    return _page(request, "not_here", texts, status=status)


def message(request: Request, title: str, text: str, status: int) -> HTMLResponse:
    """A page that says one thing, with the way back."""
    texts = {"title": title, "text": text, "back": wall.spoken(request)("Back to the dashboard")}
    return _page(request, "message", texts, status=status)


def wanted(request: Request) -> str:
    """The page asked for before signing in (`?next=`), when it is one of this dashboard: never another site."""
    path = request.query_params.get("next", "")
    parts = urlsplit(path)
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc
    return path if own and path.isprintable() and not path.startswith("/sign-in") else "/"


def _page(request: Request, name: str, texts: dict[str, str], alert: str = "", status: int = 200) -> HTMLResponse:
    """The template `name` within the frame. Every text is escaped; `alert` is HTML."""
    t, language = wall.spoken(request), wall.language_of(request)
    style, policy = _style()
    focus = "password" if texts.get("typed") else "name"
    content = _template(name).substitute(
        {key: escape(text) for key, text in texts.items()},
        alert=alert,
        focus_name="autofocus" if focus == "name" else "",
        focus_password="autofocus" if focus == "password" else "",
    )
    html = _template("frame").substitute(
        language=language,
        title=escape(texts["title"]),
        style=style,
        icon=base64.b64encode(ICON.read_bytes()).decode(),
        what=escape(t("QR check-in dashboard")),
        languages=escape(t("Language")),
        next=escape(quote(wanted(request), safe="/")),
        vi='aria-current="true"' if language == "vi" else "",
        en='aria-current="true"' if language == "en" else "",
        content=content,
    )
    return HTMLResponse(html, status, {"Content-Security-Policy": policy})


def _alert(text: str, kind: str = "error") -> str:
    return f'<p class="{kind}" role="alert">{escape(text)}</p>' if text else ""


@cache
def _template(name: str) -> Template:
    return Template((TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))


@cache
def _style() -> tuple[str, str]:
    """The style sheet, and the policy that allows it and our own forms, and nothing else."""
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return style, (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
