"""The public page as HTML: the form, what was recorded, short notes. No script; each page carries all it needs."""

import base64
import hashlib
from datetime import datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse

from quetma import settings
from quetma.language import Translate, day, moment
from quetma.store import now
from quetma.web import wall
from quetma.web.forms import TEMPLATES as SIGN_IN
from quetma.web.public import guard
from quetma.web.public.answers import HEALTH, LONGEST, PURPOSES, Answers

if TYPE_CHECKING:
    from quetma.web.public import Facts

HERE = Path(__file__).parent


def form(
    request: Request,
    facts: "Facts",
    given: Answers,
    wrong: dict[str, str] | None = None,
    again: str = "",
    wait: int = 0,
    status: int = 200,
) -> HTMLResponse:
    """The form with what was typed before. wrong: field → what is wrong with it. again: why it has to be sent once
    more. wait: seconds, when there are too many just now.
    """
    t, wrong = wall.spoken(request), wrong or {}
    if wait:
        again = t("Many people are checking in just now. Nothing was recorded yet: wait {n} seconds, then press again.",
                  n=wait)  # fmt: skip
        status = 429 if status == 200 else status
    until = now().date() + timedelta(days=facts.days)
    unit = facts.unit or t("The unit at this door")
    notice = settings.get(facts.store, f"notice_{wall.language_of(request)}")
    texts = {
        "place": facts.code.location,
        "unit": facts.unit,
        "lead": t("Please tell who you are. It takes half a minute."),
        "arriving": t("I am arriving"),
        "leaving": t("I am leaving"),
        "way": t("Arriving or leaving?"),
        "name": t("Your full name"),
        "phone": t("Your phone number"),
        "came_from": t("Where you come from (address or organisation)"),
        "purpose": t("What you come for"),
        "host": t("Whom you come to see"),
        "optional": t("optional"),
        "health": t("Your health today"),
        "remember": t("Remember my name, phone and address on this phone for next time"),
        "remember_why": t("Only on this phone. Leave it unticked on a phone that is not yours."),
        "send": t("Send"),
        "why": t("Why we ask"),
        "keeps": notice or t("{unit} keeps what you write here, and nobody else gets it.", unit=unit),
        "purpose_of": ""
        if notice
        else t("It serves to warn you in time, if somebody who was here turns out to have COVID-19."),
        "until": t("It is kept for {n} days, until {day}.", n=facts.days, day=day(until)),
        "rights": t("You may ask at the door what is kept about you, and have it corrected or deleted."),
        "trap": t("Leave this empty"),
        "key": guard.new_key(request.path_params["token"]),
        "action": request.url.path,
        **{f"value_{name}": getattr(given, name) for name in LONGEST},
        **{f"longest_{name}": str(LONGEST[name]) for name in LONGEST},
    }
    parts = {
        "alert": _alert(again, wrong, t),
        "in": "checked" if given.direction == "in" else "",
        "out": "checked" if given.direction == "out" else "",
        "ticked": "checked" if given.remember else "",
        "purposes": "".join(f'<option value="{escape(t(text))}">' for text in PURPOSES),
        "signs": "".join(
            f'<label class="tick"><input type="checkbox" name="health" value="{value}"'
            f"{' checked' if value in given.health else ''}> <span>{escape(t(words))}</span></label>"
            for value, words in HEALTH.items()
        ),
        "late": _late(facts, t),
    }
    for name in ("name", "phone", "came_from", "purpose", "host", "health"):
        said = wrong.get(name, "")
        parts[f"wrong_{name}"] = f'<p class="wrong" id="wrong_{name}">{escape(said)}</p>' if said else ""
        parts[f"state_{name}"] = f'aria-invalid="true" aria-describedby="wrong_{name}"' if said else ""
    answer = _page(request, "form", t("Check in: {place}", place=facts.code.location), texts, parts, status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


def done(request: Request, facts: "Facts", given: Answers, at: datetime) -> HTMLResponse:
    """What was recorded, to show at the door."""
    t = wall.spoken(request)
    came = given.direction == "in"
    texts = {
        "what": t("You are checked in") if came else t("You are checked out"),
        "place": facts.code.location,
        "name": given.name,
        "at": moment(at),
        "next": t("Show this at the door. When you leave, scan the same code again.")
        if came
        else t("Thank you. Keep well."),
        "again": t("I am leaving") if came else t("Check in again"),
        "here": request.url.path + ("?out" if came else ""),
    }
    ill = came and bool(given.symptoms)
    care = t("Please wait outside, keep your mask on and tell the people at the door how you are.") if ill else ""
    parts = {"care": _note(care), "late": _late(facts, t), "sign": "✓"}
    return _page(request, "done", texts["what"], texts, parts)


def note(request: Request, title: str, text: str, status: int) -> HTMLResponse:
    """A page that says one thing."""
    return _page(request, "note", title, {"title": title, "text": text}, {}, status)


def wait(request: Request, seconds: int) -> HTMLResponse:
    """Too many requests from this address."""
    t = wall.spoken(request)
    answer = note(request, t("Please wait a moment"), t("Wait {n} seconds, then open the code again.", n=seconds), 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _late(facts: "Facts", t: Translate) -> str:
    old = facts.code.retired_at is not None
    return _note(t("This printed code is out of date. Please show it to the people at the door.") if old else "")


def _note(text: str) -> str:
    return f'<p class="care" role="status">{escape(text)}</p>' if text else ""


def _alert(again: str, wrong: dict[str, str], t: Translate) -> str:
    """What is to be done before it can be recorded, with a way to each field."""
    if wrong:
        links = "".join(f'<li><a href="#{name}">{escape(text)}</a></li>' for name, text in wrong.items())
        head = escape(t("Nothing was recorded yet. Please correct:"))
        return f'<div class="error" role="alert"><p>{head}</p><ul>{links}</ul></div>'
    return f'<p class="error" role="alert">{escape(again)}</p>' if again else ""


def _page(
    request: Request, name: str, title: str, texts: dict[str, str], parts: dict[str, str], status: int = 200
) -> HTMLResponse:
    """The template `name` within the frame. Every text is escaped; parts are HTML."""
    t, language = wall.spoken(request), wall.language_of(request)
    style, policy = _style()
    html = _template("frame").substitute(
        language=language,
        title=escape(title),
        style=style,
        languages=escape(t("Language")),
        here=escape(request.url.path),
        vi='aria-current="true"' if language == "vi" else "",
        en='aria-current="true"' if language == "en" else "",
        content=_template(name).substitute({key: escape(text) for key, text in texts.items()} | parts),
    )
    return HTMLResponse(html, status, {"Content-Security-Policy": policy, "X-Robots-Tag": "noindex"})


@cache
def _template(name: str) -> Template:
    return Template((HERE / f"{name}.html").read_text(encoding="utf-8"))


@cache
def _style() -> tuple[str, str]:
    """The style sheet, in the colours of the sign-in page, and the policy that allows it and our form alone."""
    colours = (SIGN_IN / "style.css").read_text(encoding="utf-8").partition("* {")[0]
    style = colours + (HERE / "style.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return style, (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
