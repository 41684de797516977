"""Kubernetes as far as Sail asks it, for a cluster on this machine: a pod is a process, which can be killed alone.

Workers of Sail's local cluster are threads of its server. As processes of their own it starts them in one way only: it
asks the API of Kubernetes for a pod. Here that API starts the same command with the same environment.
"""

import json
import os
import signal
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.engine.servers import SAIL, Server

# Sail waits two minutes until it takes a worker for lost, and 15 seconds for each call to it: not in a test.
SOON = {
    "SAIL_CLUSTER__WORKER_INITIAL_COUNT": "2",
    "SAIL_CLUSTER__RPC_RETRY_STRATEGY__FIXED__DELAY_SECS": "1",
}


class Cluster(Server):
    """A server whose workers are processes: `workers` has those that run."""

    def __init__(self, folder: Path) -> None:
        super().__init__("kubernetes-cluster")
        self._pods: list[subprocess.Popen[bytes]] = []
        cluster = self

        class Api(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                pod = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                cluster.begin(pod["spec"]["containers"][0]["env"])
                self._answer(201, pod)

            def do_DELETE(self) -> None:
                self._answer(200, {"kind": "Status", "apiVersion": "v1", "status": "Success"})

            def _answer(self, status: int, told: dict[str, Any]) -> None:
                content = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self._api = ThreadingHTTPServer(("127.0.0.1", 0), Api)
        threading.Thread(target=self._api.serve_forever, daemon=True).start()
        told = {
            "apiVersion": "v1", "kind": "Config", "current-context": "here", "users": [{"name": "me", "user": {}}],
            "clusters": [{"name": "here", "cluster": {"server": f"http://127.0.0.1:{self._api.server_port}"}}],
            "contexts": [{"name": "here", "context": {"cluster": "here", "user": "me", "namespace": "default"}}],
        }  # fmt: skip
        (folder / "kubeconfig").write_text(json.dumps(told))
        self.environment |= {"KUBECONFIG": str(folder / "kubeconfig"), **SOON}

    def begin(self, wanted: list[dict[str, Any]]) -> None:
        """Starts a worker with the environment of its pod, whose own address is this machine's."""
        told = {one["name"]: one.get("value") or "127.0.0.1" for one in wanted}
        self._pods.append(subprocess.Popen([str(SAIL), "worker"], env={**os.environ, **told}))

    @property
    def workers(self) -> list[subprocess.Popen[bytes]]:
        """Those that run, in the order of their start."""
        return [pod for pod in self._pods if pod.poll() is None]

    def kill(self) -> None:
        """The server, its workers and the API."""
        super().kill()
        for pod in self.workers:
            pod.send_signal(signal.SIGKILL)
            pod.wait()
        self._api.shutdown()
        self._api.server_close()
