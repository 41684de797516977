"""A browser without a screen for our own routes behind the wall: keeps cookies, follows nothing by itself."""

import asyncio
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.middleware import Middleware

from quetma.web import routes, wall

APP = Starlette(routes=routes.ROUTES, middleware=[Middleware(wall.Wall)])


class Browser:
    """Requests from `address`, to a server it knows as `url`."""

    def __init__(self, address: str = "127.0.0.1", url: str = "http://localhost:8501") -> None:
        self.address, self.url = address, url
        self.cookies = httpx.Cookies()

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """The answer; a form is given as `data={…}`, as a page of ours would send it."""
        headers = {"accept": "text/html", "origin": self.url, **more.pop("headers", {})}

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(APP, client=(self.address, 50000))
            async with httpx.AsyncClient(transport=transport, base_url=self.url, cookies=self.cookies) as client:
                answer = await client.request(method, path, headers=headers, **more)
                self.cookies = client.cookies
                return answer

        return asyncio.run(ask())

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Opens an address."""
        return self.request("GET", path, **more)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Sends a form."""
        return self.request("POST", path, data=fields)
