"""What reruns leave behind does not stay."""

import gc
import tomllib
import weakref

from quetma.store import Store
from quetma.web import garbage as garbage_module
from quetma.web.garbage import Garbage
from tests.conftest import ROOT, logged


class Ring:
    """Refers to itself, as what Streamlit leaves of a run does: counting references never frees it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_no_longer_used_is_collected_now_and_then(empty_store: Store):
    gc.disable()
    try:
        left = weakref.ref(Ring())
        assert left() is not None
        Garbage(empty_store).look()
        assert left() is None
    finally:
        gc.enable()


def test_the_store_is_tidied_once_a_minute_when_something_was_written(empty_store: Store):
    garbage = Garbage(empty_store)
    empty_store.set("a", "1")
    for _ in range(garbage_module.TIDIED):
        assert logged(empty_store)
        garbage.look()
    assert not logged(empty_store)
    empty_store.append("setting", "b", "2")  # a line such as a session's: no reason to do so again
    for _ in range(garbage_module.TIDIED):
        garbage.look()
    assert logged(empty_store)


def test_streamlit_does_not_do_so_after_every_rerun():
    """The name of the setting is Streamlit's own: it warns of one that it does not know, and goes on."""
    from streamlit import config

    told = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert told["runner"] == {"postScriptGC": False}
    assert "runner.postScriptGC" in config.get_config_options()
