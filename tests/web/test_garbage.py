"""What reruns leave behind does not stay."""

import gc
import tomllib
import weakref

from quetma.web.garbage import Garbage
from tests.conftest import ROOT


class Ring:
    """Refers to itself, as what Streamlit leaves of a run does: counting references never frees it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_is_no_longer_used_is_collected_now_and_then():
    gc.disable()
    try:
        left = weakref.ref(Ring())
        assert left() is not None
        Garbage().look()
        assert left() is None
    finally:
        gc.enable()


def test_streamlit_does_not_do_so_after_every_rerun():
    """The name of the setting is Streamlit's own: it warns of one that it does not know, and goes on."""
    from streamlit import config

    told = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert told["runner"] == {"postScriptGC": False}
    assert "runner.postScriptGC" in config.get_config_options()
