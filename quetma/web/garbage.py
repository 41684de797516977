"""What reruns and uploads leave behind, collected now and then."""

import gc

from quetma.store import Store
from quetma.watch import Watch

SECONDS = 10.0
TIDIED = 6  # looks from one tidying of the store to the next


class Garbage(Watch):
    """Has Python collect what is no longer used, between `start` and `stop`.

    Streamlit would collect after each rerun (`runner.postScriptGC`), and looks through everything that lives each time.
    The store is tidied once a minute, when something was written.
    """

    def __init__(self, store: Store) -> None:
        super().__init__("garbage", SECONDS)
        self._store = store
        self._version = store.version
        self._looks = 0

    def look(self) -> None:
        """Collects once."""
        gc.collect()
        self._looks += 1
        if self._looks % TIDIED == 0 and self._store.version != self._version:
            self._store.tidy()
            self._version = self._store.version
