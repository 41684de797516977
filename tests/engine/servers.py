"""Spark Connect servers for tests: Sail, as somebody starts it, in a process that can be killed."""

import os
import signal
import socket
import subprocess
import sysconfig
import time
from pathlib import Path

from tests.conftest import free_port

SAIL = Path(sysconfig.get_path("scripts")) / "sail"
SLOWEST = 60.0  # seconds until it listens


class Server:
    """A server that can be stopped as by a power cut, and started again at the same address."""

    def __init__(self, mode: str) -> None:
        self.mode, self.port = mode, free_port()
        self.address = f"sc://127.0.0.1:{self.port}"
        self.environment = {"SAIL_MODE": mode, "RUST_LOG": "error"}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        """Returns when it listens."""
        environment = {**os.environ, **self.environment}
        command = [str(SAIL), "spark", "server", "--port", str(self.port)]
        self._process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        until = time.monotonic() + SLOWEST
        while time.monotonic() < until:
            assert self._process.poll() is None, "sail ended by itself"
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise TimeoutError("sail does not listen")

    def stop(self) -> None:
        """It takes calls and says nothing, until it goes on."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """As before it stopped."""
        assert self._process
        os.killpg(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """It and all its workers, at once."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
