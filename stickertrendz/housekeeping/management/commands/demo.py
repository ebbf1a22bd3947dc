"""Lives the demo and then serves its console."""

import shutil
import signal
import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from rich.console import Console

from stickertrendz.housekeeping.demo import Demo
from trends.recordings import BadRecording

MARK = "this folder belongs to the demo"


class Command(BaseCommand):
    help = "Let a shop live 16 days and a business day in the sandbox, tell what came of it, then serve its console."
    requires_system_checks = ()  # they would open the database that is about to be made anew

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="exit after the last line")
        parser.add_argument("--input", nargs="*", default=[], metavar="FILE", help="recordings for the business day")

    def handle(self, *args: Any, no_serve: bool, **options: Any) -> None:
        console = Console(highlight=False)
        files = [Path(name) for name in options["input"]]
        self._make_anew(Path(settings.VAR_DIR))
        for file in files:
            if not file.is_file():
                raise CommandError(f"there is no recording {file}")
        try:
            demo = Demo(console, files)
            result = demo.run()
        except OSError as error:
            raise CommandError(
                f"the sandbox cannot listen on {settings.SANDBOX_URL} ({error}); set SANDBOX_URL"
            ) from error
        except BadRecording as error:
            raise CommandError(str(error)) from error
        console.print(result.line)
        if not no_serve:
            self._serve(console, demo)
        demo.sandbox.stop()
        sys.exit(0 if result.ok else 1)

    def _make_anew(self, folder: Path) -> None:
        """Empties the demo's own folder; a folder that is not the demo's is never touched."""
        if settings.LIVE or settings.DATABASES["default"]["NAME"] != str(folder / "db.sqlite3"):
            raise CommandError("the demo keeps to the sandbox and a database of its own: use make demo")
        if any(folder.iterdir()) and not (folder / "demo").exists():
            raise CommandError(
                f"{folder} holds data that is not the demo's; use make demo, or set VAR_DIR to an empty folder"
            )
        connections.close_all()
        shutil.rmtree(folder)
        folder.mkdir(parents=True)
        (folder / "demo").write_text(MARK)

    def _serve(self, console: Console, demo: Demo) -> None:
        address = urlsplit(settings.CONSOLE_URL).netloc
        call_command("sync_schedule", verbosity=0)
        manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
        # Sessions of their own: Ctrl-C reaches this process alone, which then ends them in order.
        children = [
            subprocess.Popen([*manage, *words], start_new_session=True)  # noqa: S603
            for words in (["runserver", "--noreload", "--insecure", address], ["qcluster"])
        ]
        console.print(f"\nThe console: {settings.CONSOLE_URL}/admin/")
        console.print(f"Login: owner / {demo.password}   (Ctrl-C ends it)\n")
        try:
            signal.pause()
        except KeyboardInterrupt:
            console.print("Closing the shop ...")
        for child in children:
            child.terminate()
        for child in children:
            child.wait(timeout=60)
