"""A server on loopback that speaks OpenAI's protocol: whatever writes the answers, the talk around them is here."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

type Writer = Callable[[dict[str, Any]], list[str]]
"""From a request to the texts of its choices."""


class ChatHandler(BaseHTTPRequestHandler):
    """One request; subclasses may answer otherwise."""

    server: ChatServer

    def log_message(self, *args: object) -> None:
        """Nothing on stderr."""

    def do_GET(self) -> None:
        """The models that there are."""
        models = {"object": "list", "data": [{"id": self.server.model_name, "object": "model"}]}
        self.reply(200, models if self.path == "/v1/models" else {})

    def do_POST(self) -> None:
        """A chat completion."""
        self.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def answer(self, request: dict[str, Any]) -> None:
        """Answer with what the server's writer makes of a request."""
        self.reply(
            200, {"object": "chat.completion", "model": self.server.model_name, "choices": self.choices(request)}
        )

    def choices(self, request: dict[str, Any]) -> list[dict[str, Any]]:
        """What the server's writer makes of a request, as the protocol has it."""
        return [
            {"index": row, "message": {"role": "assistant", "content": text}}
            for row, text in enumerate(self.server.write(request))
        ]

    def reply(self, status: int, body: dict[str, Any] | bytes, cut: int = 0, **headers: str) -> None:
        """Send an answer.

        :param cut: so many bytes at the end are promised and not sent.
        """
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data[: len(data) - cut])
        self.close_connection = True


class ChatServer(ThreadingHTTPServer):
    """Answers with what ``writer`` gives, at a port of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, model_name: str, writer: Writer, handler: type[ChatHandler] = ChatHandler) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.model_name = model_name
        self._writer = writer

    @property
    def address(self) -> str:
        """Where it is asked."""
        return f"http://127.0.0.1:{self.server_port}"

    def write(self, request: dict[str, Any]) -> list[str]:
        """The texts of a request's choices."""
        return self._writer(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that have gone are no news."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def serving[Server: ChatServer](server: Server) -> Iterator[Server]:
    """Serve while the block runs."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
