"""The place on this machine where Etsy's redirect lands while a command waits for it."""

import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from stickertrendz.ops.errors import NeedsPerson

IDLE = 2.0  # seconds after which a connection that asks nothing is dropped: browsers open such ones in advance
THANKS = b"You can close this window and go back to the terminal."


class Landing:
    """Listens from the beginning to the end of `with`, so that nothing can come too early."""

    def __init__(self, url: str) -> None:
        self._url = url
        target = urlsplit(url)
        came = self._came = list[str]()

        class Page(BaseHTTPRequestHandler):
            timeout = IDLE

            def do_GET(self) -> None:
                """What else the browser asks for, an icon for example, is answered and passed over."""
                if urlsplit(self.path).path == target.path:
                    came.append(self.path)
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; charset=utf-8")
                self.end_headers()
                self.wfile.write(THANKS)

            def log_message(self, format: str, *args: Any) -> None:
                """The address holds the code: it is not logged."""

        try:
            self._server = HTTPServer((target.hostname or "127.0.0.1", target.port or 80), Page)
        except OSError as error:
            raise NeedsPerson(
                f"Nothing can listen at {url} ({error.strerror}). End the program that uses port {target.port or 80}, "
                "or use --paste, or register another address with your Etsy app and set ETSY_REDIRECT_URL to it."
            ) from error

    def __enter__(self) -> "Landing":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.server_close()

    def wait(self, seconds: float) -> str:
        """Path and query of the redirect; NeedsPerson when none comes in time."""
        end = time.monotonic() + seconds
        while not self._came:
            self._server.timeout = max(0.0, min(1.0, end - time.monotonic()))
            self._server.handle_request()
            if not self._came and time.monotonic() >= end:
                raise NeedsPerson(
                    f"No browser came to {self._url} in {seconds:.0f} seconds. Run this again; when the browser runs "
                    "on another machine than this command, use --paste."
                )
        return self._came[0]
