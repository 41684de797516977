"""Addresses of no screen, which Streamlit would answer with its first screen and English words about a missing page."""

from collections.abc import MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match, Route

from quetma.store import ROOT
from quetma.web import forms, wall

FIRST = "overview"  # Streamlit gives it the address "/" alone
SCREENS = {path.stem for path in (ROOT / "pages").glob("*.py")} - {FIRST}


class Nowhere(Route):
    """Takes one word that is neither a screen's nor a file's."""

    def matches(self, scope: MutableMapping[str, Any]) -> tuple[Match, MutableMapping[str, Any]]:
        """As any route; not what Streamlit answers itself."""
        word = scope["path"].strip("/")
        streamlit = word in SCREENS or word.startswith("_") or "." in word or scope["path"] in wall.SHUT
        if streamlit or scope.get("method") not in ("GET", "HEAD"):
            return Match.NONE, {}
        return super().matches(scope)


async def nowhere(request: Request) -> Response:
    """GET: to the first screen when that is meant, else that there is nothing."""
    if request.path_params["word"] == FIRST:
        return RedirectResponse("/", 303)
    t = wall.spoken(request)
    return forms.message(request, t("There is no such page"), t("Look whether the address is typed rightly."), 404)


ROUTE = Nowhere("/{word}", nowhere, methods=["GET"])
