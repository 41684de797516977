"""What stands between the public form and whoever sends too much, too fast, from elsewhere, or twice.

A form carries a key that this process signed moments ago for this very code: a page of another site has none, a script
has to fetch one for each post, and each is good for one passage. Limits are counted for each address and each place.
"""

import ipaddress
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import ceil
from threading import Lock
from typing import Literal

from itsdangerous import BadData, SignatureExpired, URLSafeSerializer, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from quetma.access import signing
from quetma.store import Store
from quetma.web.public.answers import LONGEST, Answers

SOONEST = 1  # seconds: nobody reads and sends the form faster
LASTS = 30 * 60  # seconds that an opened form may be sent
COOKIE, PATH = "visitor", "/c"
STAYS = timedelta(hours=18)  # after that a second scan is taken for another arrival

State = Literal["good", "used", "early", "old"]

# Limits ---------------------------------------------------------------------------------------------------------------


class Limit:
    """So many at once (`burst`), and from then on so many a second (`rate`), of each key. `clock` is for tests."""

    KEYS = 20_000  # of the least recent nothing is known any more

    def __init__(self, burst: int, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.burst, self.rate, self._clock = burst, rate, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str) -> int:
        """Counts one; 0 is go on. Else the seconds to wait: then it did not count."""
        with self._lock:
            at = self._clock()
            left, since = self._left.pop(key, (float(self.burst), at))
            left = min(self.burst, left + (at - since) * self.rate)
            enough = left >= 1
            self._left[key] = (left - enough, at)
            while len(self._left) > self.KEYS:
                self._left.popitem(last=False)
        return 0 if enough else ceil((1 - left) / self.rate)


# Whole offices and mobile networks share an address; one door lets through a few people a second at most.
reading = Limit(burst=120, rate=4)
sending = Limit(burst=40, rate=1)
at_place = Limit(burst=200, rate=5)


def address(request: Request) -> str:
    """The network the request comes from: an IPv4 address, or the /64 that one subscriber has of IPv6."""
    host = request.client.host if request.client else ""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host
    mapped = getattr(found, "ipv4_mapped", None) or found
    if mapped.version == 4:
        return str(mapped)
    return str(ipaddress.ip_network((mapped, 64), strict=False))


# Keys of forms --------------------------------------------------------------------------------------------------------

_keys = URLSafeTimedSerializer(secrets.token_bytes(32), salt="form")  # of this process: after a restart forms are old
_used: OrderedDict[str, float] = OrderedDict()
_used_lock = Lock()


def new_key(token: str) -> str:
    """The key of one form for that code."""
    return _keys.dumps([token, secrets.token_urlsafe(9)])


def key_state(key: str, token: str) -> tuple[State, str]:
    """Whether a form with that key may be sent for that code, and what is used up by it."""
    try:
        (of, nonce), issued = _keys.loads(key, max_age=LASTS, return_timestamp=True)
    except SignatureExpired:
        return "old", ""
    except (BadData, ValueError, TypeError):
        return "old", ""
    if of != token:
        return "old", ""
    if nonce in _used:
        return "used", nonce
    if time.time() - issued.timestamp() < SOONEST:
        return "early", nonce
    return "good", nonce


def use(nonce: str) -> bool:
    """Uses a key up; False when somebody just did."""
    with _used_lock:
        ended = time.monotonic() - LASTS - 60
        while _used and next(iter(_used.values())) < ended:
            _used.popitem(last=False)
        if nonce in _used:
            return False
        _used[nonce] = time.monotonic()
        return True


def give_back(nonce: str) -> None:
    """The passage was not stored after all."""
    with _used_lock:
        _used.pop(nonce, None)


# What a visitor's own phone remembers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remembered:
    """What somebody typed last on this phone, and that they then came (at, place), or left (None)."""

    name: str = ""
    phone: str = ""
    came_from: str = ""
    came_at: str = ""
    place: int = 0

    def answers(self, place: int, moment: datetime) -> Answers:
        """The form as it is offered: leaving, to who came here a while ago."""
        here = self.place == place and bool(self.came_at)
        inside = here and moment - datetime.fromisoformat(self.came_at) < STAYS
        return Answers(
            "out" if inside else "in", self.name, self.phone, self.came_from, remember=bool(self.name)
        )  # fmt: skip


class Signer:
    """Signs what phones remember with a key of the store's: no phone brings back what we did not write."""

    def __init__(self, key: str) -> None:
        self._cookies = URLSafeSerializer(key, salt="visitor")

    def remembered(self, request: Request) -> Remembered:
        """What the phone brings back; nothing when it is not ours."""
        try:
            found = Remembered(**self._cookies.loads(request.cookies.get(COOKIE, "")))
            if found.came_at:
                datetime.fromisoformat(found.came_at)
        except (BadData, ValueError, TypeError):
            return Remembered()
        return found

    def remember(self, request: Request, answer: Response, given: Answers, place: int, at: datetime, days: int) -> None:
        """Lets the phone remember what was typed, only when that was ticked; else nothing stays there."""
        if not given.remember:
            if COOKIE in request.cookies:
                answer.delete_cookie(COOKIE, path=PATH)
            return
        came = at.isoformat() if given.direction == "in" else ""
        kept = Remembered(given.name[: LONGEST["name"]], given.phone, given.came_from, came, place if came else 0)
        answer.set_cookie(
            COOKIE, str(self._cookies.dumps(asdict(kept))), max_age=days * 24 * 3600, path=PATH, httponly=True,
            samesite="lax", secure=request.url.scheme == "https",
        )  # fmt: skip


def signer(store: Store) -> Signer:
    """The store's signer."""
    return Signer(signing.key(store))
