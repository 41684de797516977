"""The gate screen and what it sends: `/gate-screen`, its entries, its photographs. quetma/web/wall.py says who may.

The page keeps what was scanned in the browser until the server has acknowledged it, and sends it again when the network
is back; quetma/gate.py takes each entry once. Numbers of identity cards are crossed out before anything is sent.
"""

import base64
import hashlib
import io
import json
import logging
import time
from datetime import timedelta
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import anyio
import zxingcpp
from PIL import Image, ImageOps
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from quetma import badges, flow, gate, settings
from quetma.access import audit
from quetma.documents import MEDIA_TYPES, muster
from quetma.gate import Asked, Done, Entry, GateError
from quetma.language import Translate
from quetma.store import Store, now
from quetma.web import wall
from quetma.web.forms import ICON

ADDRESS = "/gate-screen"
HERE = Path(__file__).parent
LARGEST = 64 * 1024  # bytes of entries sent at once
LARGEST_PHOTO = 8 << 20
PIXELS = 2400  # of the longer side: more tells nothing about a code, and takes long
AT_ONCE = 20  # entries in one request
_reading = anyio.CapacityLimiter(2)
_log = logging.getLogger(__name__)


async def screen(request: Request) -> Response:
    """GET: the page itself."""
    session = wall.signed_in(request)
    assert session  # the wall lets nobody else come so far
    t, store = wall.spoken(request), session.store
    style, script, policy = _assets()
    day = store.clock().date()
    places = store.ask("gate/places", day=day)
    data = {
        "address": ADDRESS,
        "store": "demo" if store.demo else "unit",
        "texts": _texts(t),
        "places": [{"id": row["location_id"], "name": row["name"]} for row in places.iter_rows(named=True)],
    }
    hosts = "".join(f'<option value="{escape(name)}">' for name in badges.staff(store, day)["name"])
    options = "".join(f'<option value="{p["id"]}">{escape(p["name"])}</option>' for p in data["places"])
    words = {key: escape(text) for key, text in _words(t).items()}
    html = Template((HERE / "screen.html").read_text(encoding="utf-8")).substitute(
        words,
        language=wall.language_of(request),
        style=style,
        script=script,
        icon=base64.b64encode(ICON.read_bytes()).decode(),
        unit=escape(settings.get(store, "unit_name") or "quetma"),
        account=escape(session.account),
        data=json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"),
        places=options,
        hosts=hosts,
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy})


async def entries(request: Request) -> Response:
    """POST: `{"ops": [...]}`, what was done at the gate, in order; answers what became of each, and how many are in."""
    session, began = wall.signed_in(request), time.perf_counter()
    assert session
    t = wall.spoken(request)
    body = await _body(request, LARGEST)
    try:
        sent = json.loads(body or b"x")
        ops, location = list(sent["ops"])[:AT_ONCE], int(sent.get("location") or 0)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return PlainTextResponse(t("This is no entry of the gate. Nothing was changed."), 400)

    store, account = session.store, session.account

    def work() -> dict[str, Any]:
        return {"results": [_op(store, account, op, t) for op in ops], "here": _here(store, location)}

    answer = JSONResponse(await anyio.to_thread.run_sync(work))
    answer.headers["Server-Timing"] = f"gate;dur={(time.perf_counter() - began) * 1000:.1f}"
    return answer


async def photo(request: Request) -> Response:
    """POST: a photograph; answers the text of the code on it. The picture is not kept."""
    t = wall.spoken(request)
    body = await _body(request, LARGEST_PHOTO)
    if body is None:
        return PlainTextResponse(t("This picture is too large."), 413)
    text = await anyio.to_thread.run_sync(_code_on, body, limiter=_reading)
    if text is None:
        again = t("No code was found on the picture. Come closer, hold still, avoid glare; or type the name.")
        return PlainTextResponse(again, 422)
    return JSONResponse({"text": text})


async def muster_list(request: Request) -> Response:
    """GET: who is on site, as a PDF to print."""
    session = wall.signed_in(request)
    assert session
    t, store, account = wall.spoken(request), session.store, session.account

    def make() -> bytes:
        people = flow.on_site(store, names=True, at=store.clock()).people
        audit.log(store, account, "muster list", f"{people.height}")
        return muster.pdf(store, people, store.clock(), t)

    made = await anyio.to_thread.run_sync(make)
    return Response(made, media_type=MEDIA_TYPES["pdf"], headers={"Cache-Control": "no-store"})


ROUTES = [
    Route(f"{ADDRESS}/muster", muster_list, methods=["GET"]),
    Route(ADDRESS, screen, methods=["GET"]),
    Route(f"{ADDRESS}/entries", entries, methods=["POST"]),
    Route(f"{ADDRESS}/photo", photo, methods=["POST"]),
]


async def _body(request: Request, most: int) -> bytes | None:
    """The body of a request, None when it is larger than `most` bytes."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            return None
    return bytes(body)


def _code_on(picture: bytes) -> str | None:
    """The text of the first QR code on a picture."""
    try:
        with Image.open(io.BytesIO(picture)) as image:
            image.draft("L", (PIXELS, PIXELS))
            upright = ImageOps.exif_transpose(image).convert("L")
            upright.thumbnail((PIXELS, PIXELS))
    except (OSError, ValueError, Image.DecompressionBombError, SyntaxError):
        return None
    qr = zxingcpp.BarcodeFormat.QRCode
    found = zxingcpp.read_barcodes(upright, formats=qr)  # ty: ignore[invalid-argument-type]
    return found[0].text if found else None


def _op(store: Store, account: str, op: dict[str, Any], t: Translate) -> dict[str, Any]:
    """One thing done at the gate; `id` is the screen's number for it."""
    number = str(op.get("id", ""))[:64] if isinstance(op, dict) else ""
    try:
        return {"id": number, **_do(store, account, op, t)}
    except GateError as error:
        return {"id": number, "status": "refused", "text": error.words(t)}
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError):
        return {"id": number, "status": "refused", "text": t("This is no entry of the gate. Nothing was changed.")}
    except Exception:  # it must not keep those behind it from being entered
        _log.exception("an entry of the gate failed")
        said = t("This could not be entered and nothing was changed. Scan again, or type the name.")
        return {"id": number, "status": "refused", "text": said}


def _do(store: Store, account: str, op: dict[str, Any], t: Translate) -> dict[str, Any]:
    kind, entry = op["op"], str(op.get("entry") or op["id"])[:64]
    host, came_from = str(op.get("host", ""))[:200], str(op.get("from", ""))[:200]
    if kind == "undo":
        gate.take_back(store, entry, account)
        return {"status": "undone", "entry": entry}
    if kind == "turn" and op["direction"] in ("in", "out"):
        return _said(store, gate.turn(store, entry, op["direction"], account), t)
    if kind == "amend":
        return _said(store, gate.amend(store, entry, account, host, came_from, int(op["people"])), t)
    if kind != "enter" or op["direction"] not in ("auto", "in", "out"):
        raise ValueError(kind)
    # By how long ago: the clock of a phone may be wrong.
    at = now() - timedelta(seconds=max(0.0, float(op.get("age", 0))))
    person = op.get("person")
    found = gate.enter(
        store,
        Entry(
            entry, int(op["location"]), str(op.get("text", ""))[: 2 * 1000],
            int(person) if person is not None else None, str(op.get("name", ""))[:200], str(op.get("phone", ""))[:40],
            op["direction"], at, int(op.get("people", 1)), host, came_from,
        ),
        account,
    )  # fmt: skip
    return _said(store, found, t)


def _said(store: Store, found: Done | Asked, t: Translate) -> dict[str, Any]:
    if isinstance(found, Asked):
        choices = [vars(choice) for choice in found.choices]
        return {"status": "ask", "choices": choices, "name": found.name, "phone": found.phone}
    told = vars(found) | {"at": f"{found.at:%H:%M:%S}"}
    return {"status": "done", **told}


def _here(store: Store, location: int) -> dict[str, Any]:
    """How many are at a place, and how many may be."""
    places = store.ask("gate/places", day=store.clock().date())
    capacity = dict(places.select("location_id", "capacity").iter_rows()).get(location)
    people = gate.here(store, location)
    return {"location": location, "people": people, "capacity": capacity, "full": flow.fullness(people, capacity)}


def _words(t: Translate) -> dict[str, str]:
    """What stands on the page from the beginning."""
    return {
        "title": t("Gate"),
        "place": t("Location"),
        "field": t("Scan a card, a code or a badge; or type a name or a phone"),
        "enter": t("Enter"),
        "camera": t("Camera"),
        "way": t("Direction"),
        "auto": t("Automatic"),
        "all_in": t("Everybody in"),
        "all_out": t("Everybody out"),
        "undo": t("Take back"),
        "details": t("Host, group"),
        "host": t("Comes to see"),
        "from": t("Where from"),
        "people": t("How many people"),
        "save": t("Save"),
        "name": t("Full name"),
        "phone": t("Phone, if there is one"),
        "new_title": t("Somebody new"),
        "cancel": t("Cancel"),
        "last": t("Last entries"),
        "back": t("Dashboard"),
        "keys": t("Keys: F8 turns the last entry round, F9 takes it back."),
        "kept": t("Numbers of identity cards are not kept."),
    }


def _texts(t: Translate) -> dict[str, str]:
    """What the script says."""
    return {
        "in": t("IN"),
        "out": t("OUT"),
        "staff": t("staff"),
        "visitor": t("visitor"),
        "people": t("{n} people"),
        "again": t("Scanned a moment ago already: nothing was added."),
        "waiting": t("Kept on this device, not sent yet"),
        "undone": t("Taken back"),
        "online": t("Connected"),
        "offline": t("The network is down. Go on scanning: everything is kept here and sent when it is back."),
        "sending": t("To be sent: {n}"),
        "signed_out": t("You are signed out. What was scanned is kept on this device; sign in and it is sent."),
        "sign_in": t("Sign in"),
        "turn_in": t("It was IN"),
        "turn_out": t("It was OUT"),
        "who": t("Who is it? “{text}” at {time}"),
        "nobody": t("Nobody known fits."),
        "new": t("Somebody new"),
        "drop": t("Do not enter"),
        "number": t(
            "That is the number of an identity card, which is not kept. Scan the QR code on it, or type the name."
        ),
        "no_camera": t("The camera needs the network. Type the name instead."),
        "reading": t("Reading the picture …"),
        "here": t("{n} here now"),
        "here_of": t("{n} of {most} here now"),
        "nearly": t("almost full"),
        "full": t("full"),
        "no_place": t("No location is registered yet. Ask a leader of the unit."),
        "sees": t("to see {host}"),
        "choose_place": t("Choose the location first."),
    }


@cache
def _assets() -> tuple[str, str, str]:
    """Style, script, and the policy that allows these two and nothing else."""
    style, script = ((HERE / name).read_text(encoding="utf-8") for name in ("screen.css", "screen.js"))

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    policy = (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'; "
        "connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return style, script, policy
