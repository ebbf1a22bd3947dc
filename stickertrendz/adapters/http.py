"""The HTTP client of the services that have no SDK of their own here."""

import atexit
import os
from functools import lru_cache

import httpx


def client() -> httpx.Client:
    """One pool of connections per process: building one reads the trusted roots, and a fork must not share sockets.

    It carries no credentials and follows no redirect: each request brings what is meant for its own host.
    """
    return _client(os.getpid())


@lru_cache(maxsize=1)
def _client(process: int) -> httpx.Client:
    made = httpx.Client(follow_redirects=False)
    atexit.register(made.close)
    return made
