"""A model on loopback that says what a test tells it to: the sandbox's own answers are always well formed."""

import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = {"velocity": 8, "commercial": 9, "safety": 9, "uniqueness": 8, "overall": 8.5, "reasoning": "because"}


@dataclass(frozen=True)
class Says:
    """One answer as the service wraps it."""

    content: str | None
    finish_reason: str = "stop"
    refusal: str | None = None


def scores(**changed: Any) -> Says:
    return Says(json.dumps({**GOOD, **changed}))


def overall(value: float) -> Says:
    """A score of that overall that no rule objects to."""
    return scores(velocity=1, safety=9, uniqueness=10, overall=value)


CUT_OFF = Says('{"velocity": 8, "comm', finish_reason="length")
REFUSED = Says(None, refusal="I'm sorry, but I can't help with that.")
NO_JSON = Says("Sure! Here is your score: 8/10")


class ScriptedModel:
    """Answers chat completions in the order of `script`, the last one for ever; `asked` keeps the requests."""

    def __init__(self) -> None:
        self.script: list[Says] = []
        self.asked: list[dict[str, Any]] = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                model.asked.append(body)
                said = model.script.pop(0) if len(model.script) > 1 else model.script[0]
                answer = json.dumps(_completion(body["model"], said)).encode()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: the test tells what went wrong."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def says(self, *script: Says) -> None:
        self.script = list(script)

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _completion(model: str, said: Says) -> dict[str, Any]:
    message = {"role": "assistant", "content": said.content, "refusal": said.refusal}
    return {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": model,
        "choices": [{"index": 0, "finish_reason": said.finish_reason, "message": message, "logprobs": None}],
        "usage": {"prompt_tokens": 400, "completion_tokens": 100, "total_tokens": 500},
    }  # fmt: skip
