"""Check-in by phone: the page a printed code leads to, the only one that anybody may open and send something to.

Plain HTML without a script. It looks nobody up: the answer is the same whether somebody is known or not, and what the
form holds beforehand comes from the visitor's own phone. Every passage goes through `quetma.door.check`.
"""

import logging
import time
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import parse_qs

import anyio
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from quetma import door, posters, settings
from quetma.door import DoorError, Passage
from quetma.language import LANGUAGES
from quetma.posters import Scanned
from quetma.store import Store, now
from quetma.web import wall
from quetma.web.public import drawn, guard
from quetma.web.public.answers import Answers

ACCOUNT = "phone"  # who entered a passage that nobody of the unit did
LARGEST_BODY = 8 * 1024
SLOWEST_BODY = 15  # seconds
FIELDS = 40
REMEMBERED_FOR = 1.0  # seconds that facts about a code are taken to be true: a flood of requests asks the store once
MOST_WAITING = 200  # passages; whoever comes then is asked to press again in a moment
WAIT = 5  # seconds
YEAR = 365 * 24 * 3600

_writing = anyio.CapacityLimiter(32)  # threads: each waits for a transaction that all of them share
_facts: dict[str, tuple[float, "Facts | None"]] = {}
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Facts:
    """What the page says about itself: the code, whose page it is, for how many days a check-in is kept."""

    store: Store
    code: Scanned
    unit: str
    days: int
    signer: guard.Signer


class Malformed(Exception):
    """A body that no form of ours sends. status: of the answer."""

    def __init__(self, status: int) -> None:
        self.status = status


async def visit(request: Request) -> Response:
    """GET: the form. POST: one passage. HEAD is answered as GET."""
    t = wall.spoken(request)
    address = guard.address(request)
    if request.method != "POST" and (seconds := guard.reading.take(address)):
        return drawn.wait(request, seconds)
    facts = await _known(request.path_params["token"])
    if facts is None:
        title = t("This code is not known here")
        return drawn.note(request, title, t("Please check in with the people at the door."), 404)
    if facts.code.closed_on and facts.code.closed_on <= now().date():
        title = t("{place} is closed", place=facts.code.location)
        return drawn.note(request, title, t("Nobody can check in here any more."), 410)
    if request.method == "POST":
        return await _post(request, facts, address)
    chosen = request.query_params.get("lang")
    if chosen in LANGUAGES:
        answer = RedirectResponse(request.url.path, 303)
        answer.set_cookie(wall.LANGUAGE_COOKIE, chosen, max_age=YEAR, samesite="lax")
        return answer
    offered = facts.signer.remembered(request).answers(facts.code.location_id, now())
    if "out" in request.query_params:
        offered = replace(offered, direction="out")
    return drawn.form(request, facts, offered)


async def _post(request: Request, facts: Facts, address: str) -> Response:
    t = wall.spoken(request)
    try:
        fields = await _fields(request)
    except Malformed as error:
        title = t("This could not be read")
        return drawn.note(request, title, t("Nothing was recorded. Open the code again with the camera."), error.status)
    except ClientDisconnect:
        return Response(status_code=400)
    given = Answers.of(fields)
    if seconds := guard.sending.take(address):
        return drawn.form(request, facts, given, wait=seconds)
    state, nonce = guard.key_state(fields.get("key", [""])[0], request.path_params["token"])
    if state == "used":
        text = t("This was recorded before. It is not recorded twice.")
        return drawn.note(request, t("Recorded already"), text, 409)
    if state == "early":
        return drawn.form(request, facts, given, wait=guard.SOONEST)
    if state != "good":
        again = t("The page had been open for a long time. Look at what you wrote, then send it once more.")
        return drawn.form(request, facts, given, again=again, status=403)
    if given.trap:  # only what fills in every field there is, seen or not, fills in this one
        return drawn.note(request, t("This could not be read"), t("Please check in with the people at the door."), 400)
    if wrong := given.wrong(t):
        return drawn.form(request, facts, given, wrong, status=422)
    if door.waiting(facts.store) + _writing.statistics().tasks_waiting > MOST_WAITING:
        return drawn.form(request, facts, given, wait=WAIT)
    if seconds := guard.at_place.take(str(facts.code.location_id)):
        return drawn.form(request, facts, given, wait=seconds)
    return await _store(request, facts, given, nonce)


async def _store(request: Request, facts: Facts, given: Answers, nonce: str) -> Response:
    """Stores a passage that may be stored, and says so."""
    t = wall.spoken(request)
    if not guard.use(nonce):
        text = t("This was recorded before. It is not recorded twice.")
        return drawn.note(request, t("Recorded already"), text, 409)
    passage = Passage(
        location=facts.code.location_id, direction=given.direction, source="poster", account=ACCOUNT, name=given.name,
        phone=given.phone, came_from=given.came_from, purpose=given.purpose, host=given.host,
        symptoms=given.symptoms, poster=facts.code.poster_id,
    )  # fmt: skip
    try:
        checked = await anyio.to_thread.run_sync(partial(door.check, facts.store, passage), limiter=_writing)
    except DoorError as error:
        guard.give_back(nonce)
        return drawn.form(request, facts, given, {"name": error.words(t)}, status=422)
    except Exception:
        guard.give_back(nonce)
        _log.exception("a check-in by phone could not be stored")
        return drawn.form(request, facts, given, wait=WAIT, status=503)
    answer = drawn.done(request, facts, given, checked.at)
    facts.signer.remember(request, answer, given, facts.code.location_id, checked.at, facts.days)
    return answer


async def _known(token: str) -> Facts | None:
    """The facts about a code, or None when there is none of that token, or in a demo unit: its time stands still."""
    asked, found = _facts.get(token, (0.0, None))
    if found is None or time.monotonic() > asked + REMEMBERED_FOR:
        found = await anyio.to_thread.run_sync(_ask, token)
        if found is None:
            _facts.pop(token, None)  # never one entry for each guess
        else:
            _facts[token] = (time.monotonic(), found)
    return found


def _ask(token: str) -> Facts | None:
    from quetma.web.routes import unit  # which names this route

    store = unit()
    code = None if store.demo else posters.with_token(store, token)
    if code is None:
        return None
    name = settings.get(store, "unit_name")
    return Facts(store, code, name, settings.get(store, "visitor_days"), guard.signer(store))


async def _fields(request: Request) -> dict[str, list[str]]:
    """The fields of a form as ours sends it; nothing else is read, and never more than it can hold."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Malformed(415)
    told = request.headers.get("content-length", "0")
    if not told.isdecimal() or int(told) > LARGEST_BODY:
        raise Malformed(413 if told.isdecimal() else 400)
    body = bytearray()
    with anyio.move_on_after(SLOWEST_BODY) as patience:
        async for some in request.stream():
            body += some
            if len(body) > LARGEST_BODY:
                raise Malformed(413)
    if patience.cancelled_caught:
        raise Malformed(408)
    try:
        fields = parse_qs(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=FIELDS)
    except ValueError as error:  # also UnicodeDecodeError
        raise Malformed(400) from error
    if any(len(values) > 1 for name, values in fields.items() if name != "health"):
        raise Malformed(400)
    return fields


ROUTE = Route("/c/{token}", visit, methods=["GET", "POST"])
