"""What reruns leave behind, collected now and then."""

import gc

from quetma.watch import Watch

SECONDS = 10.0


class Garbage(Watch):
    """Has Python collect what is no longer used, between `start` and `stop`.

    Streamlit would collect after each rerun (`runner.postScriptGC`), and looks through everything that lives each time.
    """

    def __init__(self) -> None:
        super().__init__("garbage", SECONDS)

    def look(self) -> None:
        """Collects once."""
        gc.collect()
