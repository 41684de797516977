"""The few plain HTML pages shown before the dashboard itself: sign-in, first run, messages.

Anybody may see them, so each carries all it needs within itself: no script, nothing of Streamlit's.
"""

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, quote, urlsplit

import segno
from starlette.requests import Request
from starlette.responses import HTMLResponse

from quetma.access import passwords
from quetma.web import wall

TEMPLATES = Path(__file__).parent / "sign_in"
ICON = Path(__file__).parent / "icon.svg"
LARGEST = 16 * 1024  # bytes of a form: these pages answer anybody


def sign_in(
    request: Request, name: str = "", error: str = "", status: int = 200, with_provider: bool = False, notice: str = ""
) -> HTMLResponse:
    """The sign-in form; `name` is what was typed before. with_provider: and the way to the agency's own sign-in."""
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
    way = {"next": quote(wanted(request), safe="/"), "provider": t("Sign in through your agency")}
    provider = _filled("provider", way) if with_provider else ""
    return _page(request, "sign_in", texts, _alert(error) or _alert(notice, "notice"), status, provider=provider)


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
            "At least {n} characters, and not the name. A short sentence is easy to remember.", n=passwords.SHORTEST
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


def code(request: Request, error: str = "", status: int = 200) -> HTMLResponse:
    """Asks for the code of the second factor."""
    t = wall.spoken(request)
    texts = {
        "title": t("The code from your phone"),
        "why": t("Open the app for codes on your phone, and type the six digits it shows for this dashboard."),
        "code": t("Code"),
        "go_on": t("Go on"),
        "lost": t("Phone lost? Type one of the codes on paper instead, or ask another leader of your unit."),
    }
    return _page(request, "code", texts, _alert(error), status)


def again(request: Request, error: str = "", status: int = 200) -> HTMLResponse:
    """Asks whoever is signed in for the password once more."""
    t = wall.spoken(request)
    texts = {
        "title": t("Your password once more"),
        "why": t("Before you sign out a browser: so that nobody does it who only found this one open."),
        "present": t("Password"),
        "go_on": t("Go on"),
        "back": t("Back to the dashboard"),
    }
    return _page(request, "again", texts, _alert(error), status)


def password(request: Request, own: bool, error: str = "", status: int = 200) -> HTMLResponse:
    """The form for another password. own: of somebody signed in, who gives the present one as well."""
    t = wall.spoken(request)
    why = t("Wherever else you are signed in, you will be signed out.")
    if not own:
        why = t("The one you used is only for the first time, as others have seen it. Choose one of your own.")
    texts = {
        "title": t("Choose a new password"),
        "why": why,
        "password": t("New password"),
        "rule": t("At least {n} characters. A few words that do not belong together are easy to remember.",
                  n=passwords.SHORTEST),
        "again": t("The password once more"),
        "save": t("Save the password"),
    }  # fmt: skip
    present = _filled("present", {"present": t("Present password")}) if own else ""
    return _page(request, "password", texts, _alert(error), status, present=present)


def second_factor(
    request: Request, address: str, secret: str, error: str = "", status: int = 200, *, first: bool = False
) -> HTMLResponse:
    """What the phone is to scan, and the field for its first code. first: one cannot go on without."""
    t = wall.spoken(request)
    why = t("Besides the password, a code from your phone is asked for at each sign-in. A password alone that somebody "
            "has seen then opens nothing.")  # fmt: skip
    texts = {
        "title": t("Set up the second factor"),
        "why": t("Your unit asks leaders for this. {why}", why=why) if first else why,
        "scan": t("1. Scan this with an app for codes (Google Authenticator, Microsoft Authenticator, Aegis …)."),
        "qr": t("The code for the app"),
        "typed_by_hand": t("Or type this into the app:"),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "type": t("2. Type the six digits that the app then shows."),
        "code": t("Code"),
        "save": t("Switch it on"),
    }
    picture = segno.make(address, error="m").svg_data_uri(scale=5, border=3, dark="#000", light="#fff")
    present = "" if first else _filled("present", {"present": t("Present password")})
    return _page(request, "second", texts, _alert(error), status, picture=picture, present=present)


def recovery(request: Request, codes: list[str], on: str) -> HTMLResponse:
    """The codes on paper, shown this once. on: where one goes from here."""
    t = wall.spoken(request)
    texts = {
        "title": t("Codes for when the phone is lost"),
        "why": t("The second factor is on. Print these codes or write them down, and keep them where you keep keys. "
                 "Each opens the dashboard once. They are not shown again."),
        "list": t("Codes"),
        "go_on": t("I have kept them; go on"),
        "on": on,
    }  # fmt: skip
    lines = "".join(f"<li><code>{escape(f'{code[:5]}-{code[5:]}')}</code></li>" for code in codes)
    return _page(request, "recovery", texts, status=200, codes=lines)


async def fields(request: Request) -> dict[str, str]:
    """The fields of a form; no more than a small one is read, and of a larger one nothing."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return {}
    found = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    return {key: values[0] for key, values in found.items()}


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


def _filled(name: str, texts: dict[str, str]) -> str:
    return _template(name).substitute({key: escape(text) for key, text in texts.items()})


def _page(
    request: Request, name: str, texts: dict[str, str], alert: str = "", status: int = 200, **markup: str
) -> HTMLResponse:
    """The template `name` within the frame. Every text is escaped; `alert` and `markup` are HTML."""
    t, language = wall.spoken(request), wall.language_of(request)
    style, policy = _style()
    focus = "password" if texts.get("typed") else "name"
    content = _template(name).substitute(
        {key: escape(text) for key, text in texts.items()} | markup,
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
