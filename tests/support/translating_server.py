"""A server on loopback that speaks OpenAI's protocol and knows one question in three wordings."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ENGLISH, GERMAN, REWORDED = (
    "How long is the Mekong River?",
    "Wie lang ist der Fluss Mekong?",
    "What is the length of the Mekong?",
)


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *args: object) -> None:
        """Nothing on stderr."""

    def do_GET(self) -> None:
        self.reply({"object": "list", "data": [{"id": "translator"}]})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked = request["messages"][-1]["content"]
        if "Translate" in asked:
            answer = (
                GERMAN
                if ENGLISH in asked and "into German" in asked
                else REWORDED
                if GERMAN in asked and "into English" in asked
                else "?"
            )
        else:
            answer = REWORDED if ENGLISH in asked else asked.split("Question: ")[1].split("\n")[0]
        self.reply(
            {
                "choices": [
                    {"index": row, "message": {"role": "assistant", "content": answer}}
                    for row in range(request.get("n", 1))
                ]
            }
        )

    def reply(self, body: dict[str, object]) -> None:
        data = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def translating() -> Iterator[str]:
    """The address of the server, as long as the block lasts."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
