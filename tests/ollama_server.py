"""A server that speaks Ollama's wire format on a port of this machine."""

import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class OllamaServer:
    """A server that speaks Ollama's wire format, and whose manners a test can spoil."""

    url: str = ""
    models: list[str] = field(default_factory=lambda: ["qwen3:4b"])
    lines: list[bytes] = field(default_factory=list)
    """The body of each answer to /api/chat, a line each."""
    status: int = 200
    breaks_off: bool = False
    """Whether the connection is lost after the last line, instead of the answer ending."""
    endless: bool = False
    """Whether the last line is sent again and again, until the client hangs up."""
    hung_up: threading.Event = field(default_factory=threading.Event)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def will_say(self, *pieces: str, done: bool = True) -> None:
        """Answer in these pieces; without `done` the answer lacks its last line."""
        self.lines = [line(message={"role": "assistant", "content": piece}, done=False) for piece in pieces]
        if done:
            self.lines.append(line(message={"role": "assistant", "content": ""}, done=True, done_reason="stop"))


def line(**fields: Any) -> bytes:
    return json.dumps({"model": "qwen3:4b", "created_at": "2026-01-02T03:04:05.6Z", **fields}).encode() + b"\n"


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve on a port of this machine; yields the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def ollama() -> Iterator[OllamaServer]:
    state = OllamaServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path != "/api/tags":
                return self.send_error(404)
            return self._whole(200, {"models": [{"name": name, "model": name} for name in state.models]})

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append({"path": self.path, **request})
            if request["model"] not in state.models:
                return self._whole(404, {"error": f"model '{request['model']}' not found"})
            if state.status != 200:
                return self._whole(state.status, {"error": "llama runner process has terminated"})
            self.send_response(200)
            self.send_header("Content-Type", "application/x-ndjson")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            try:
                for each in state.lines:
                    self._chunk(each)
                while state.endless:
                    self._chunk(state.lines[-1])
            except ConnectionError:
                self.close_connection = True
                state.hung_up.set()
                return None
            if state.breaks_off:
                self.close_connection = True
            else:
                self._chunk(b"")
            return None

        def _whole(self, status: int, fields: dict[str, Any]) -> None:
            body = json.dumps(fields).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))

        def log_message(self, format: str, *args: object) -> None:
            pass

    with serving(Handler) as state.url:
        yield state
