"""Sail for the tests of the second engine: a server a mode, started once."""

from collections.abc import Callable, Iterator

import pytest

from tests.engine.servers import Server


@pytest.fixture(scope="session")
def sail() -> Iterator[Callable[[str], Server]]:
    """`sail("local")`: the server of that mode."""
    started: dict[str, Server] = {}

    def server(mode: str) -> Server:
        if mode not in started:
            started[mode] = Server(mode).start()
        return started[mode]

    yield server
    for one in started.values():
        one.kill()
