"""Slows down guessing of passwords: after a few wrong ones, a name from an address must wait, longer each time."""

import time
from collections import deque
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from math import ceil
from threading import Lock

REMEMBERED = 60 * 60  # seconds for which a wrong password counts, after the last one
FREE = 5  # wrong passwords of one name from one address before the first wait
FREE_OF_ADDRESS = 50  # of one address, whatever the names: a whole office may sit behind one
FIRST_WAIT, LONGEST_WAIT = 30, 15 * 60


class Attempts:
    """Counts attempts in memory; `clock` is for tests."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tried: dict[tuple[str, str], deque[float]] = {}
        self._lock = Lock()

    def begin(self, name: str, address: str) -> int:
        """Counts an attempt before the password is looked at, so that attempts at the same time count too.

        Gives the seconds to wait when there were too many: then the password must not be looked at. 0 is go on.
        """
        address = _place(address)
        with self._lock:
            now = self._clock()
            for key in [key for key, times in self._tried.items() if times[-1] <= now - REMEMBERED]:
                del self._tried[key]
            for key, free in (((name, address), FREE), (("", address), FREE_OF_ADDRESS)):
                times = self._tried.get(key, ())
                wait = min(FIRST_WAIT * 2 ** (len(times) - free), LONGEST_WAIT) if len(times) >= free else 0
                left = times[-1] + wait - now if times else 0
                if left > 0:
                    return ceil(left)
            for key in ((name, address), ("", address)):
                self._tried.setdefault(key, deque(maxlen=FREE_OF_ADDRESS + 10)).append(now)
            return 0

    def succeeded(self, name: str, address: str) -> None:
        """Forgets that name's attempts from that address, and this one of the address."""
        address = _place(address)
        with self._lock:
            self._tried.pop((name, address), None)
            of_address = self._tried.get(("", address))
            if of_address:
                of_address.pop()
                if not of_address:
                    del self._tried[("", address)]


def _place(address: str) -> str:
    """What counts as one address: of IPv6 the /64, of which one machine may take any; what is no address, itself."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    return str(known.ipv4_mapped or ip_network((known, 64), strict=False))
