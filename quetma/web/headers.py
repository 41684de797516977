"""The headers that every answer carries, and what each forbids."""

import base64
import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

import streamlit
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    # Nothing is told to other sites. Not "no-referrer": with that, browsers hide the Origin of our own forms as well.
    "Referrer-Policy": "same-origin",
    # The camera is for the gate; nothing here needs to know where somebody is, or to listen.
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_ONLY = "max-age=31536000"  # a year in which a browser that came over HTTPS does not come without


def added(send: Send, https: bool) -> Send:
    """`send` that adds them. https: whether the browser came over HTTPS."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers.setdefault("Content-Security-Policy", policy())
            if https:
                headers["Strict-Transport-Security"] = HTTPS_ONLY
            if headers.get("content-type", "").startswith(("text/html", "text/plain", "application/json")):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return send_with_headers


@cache
def policy() -> str:
    """What Streamlit's pages may load: from here alone. Our own pages bring stricter ones of their own.

    Streamlit sets styles inline, and loads the scripts of components from memory (blob:).
    """
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = " ".join(f"'sha256-{_digest(text)}'" for text in re.findall(r"<script>(.*?)</script>", page, re.DOTALL))
    rules: dict[str, Any] = {
        "default-src": "'self'",
        "script-src": f"'self' blob: {inline}",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "media-src": "'self' data: blob:",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
