"""What the running dashboard looks to again and again, in a thread of its own."""

import logging
import threading

_log = logging.getLogger(__name__)


class Watch:
    """Calls `look` at once when started, and then every so many seconds; a failed look is logged."""

    def __init__(self, name: str, every: float) -> None:
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=name, daemon=True)

    def start(self) -> None:
        """Begins to look."""
        self._thread.start()

    def stop(self) -> None:
        """Ends it, when the look of just now is over."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """One look."""
        raise NotImplementedError

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                self.look()
            except Exception:
                _log.exception("%s: a look failed", self._thread.name)
            self._stop.wait(self._every)
