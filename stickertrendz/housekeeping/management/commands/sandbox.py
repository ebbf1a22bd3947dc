"""Runs the imitated outside world alone."""

import time
from argparse import ArgumentParser
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from stickertrendz.sandbox.server import Sandbox


class Command(BaseCommand):
    help = "Serve the sandbox on SANDBOX_URL until Ctrl-C: Reddit, Google Trends, OpenAI, Replicate, Etsy, a printer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=urlsplit(settings.SANDBOX_URL).port)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--state", default=str(settings.VAR_DIR / "sandbox.json"), help="where the world is kept")

    def handle(self, *args: Any, port: int, seed: int, state: str, **options: Any) -> None:
        try:
            sandbox = Sandbox(port=port, seed=seed, state_file=state).start()
        except OSError as error:
            raise CommandError(f"The sandbox cannot listen on port {port}: {error.strerror}. Try --port.") from error
        self.stdout.write(f"The sandbox answers on {sandbox.url}; Ctrl-C ends it.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            sandbox.stop()
