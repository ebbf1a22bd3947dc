"""Seals tokens and customer data anew with the newest of FIELD_KEYS, and says whether the old keys may be dropped."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError

from stickertrendz.housekeeping import rotation
from stickertrendz.ops import audit, crypto
from stickertrendz.ops.management import migrated


class Command(BaseCommand):
    help = "Seal everything anew with the newest of FIELD_KEYS. May be stopped and started again at any time."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be sealed anew")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        migrated.require()
        changed = 0
        for kind in rotation.KINDS:
            name, due = kind.model._meta.verbose_name_plural, rotation.due(kind).count()
            self.stdout.write(f"{name}: {due} to seal anew with the key {crypto.key_ids()[0]!r}")
            if not dry_run:
                try:
                    changed += self._rotate(kind, due)
                except ImproperlyConfigured as wrong_key:
                    raise CommandError(str(wrong_key)) from wrong_key
        if changed:
            audit.record("manage.py", "rotated keys", key=crypto.key_ids()[0], rows=changed)
        self._tell_keys()

    def _rotate(self, kind: rotation.Kind, due: int) -> int:
        """Again until nothing changes: a worker may have sealed a row with an old key meanwhile."""
        changed = 0

        def progress(done: int) -> None:
            nonlocal changed
            changed += done
            self.stdout.write(f"  {changed} of {due}")

        while rotation.rotate(kind, progress):
            pass
        return changed

    def _tell_keys(self) -> None:
        used, (newest, *old) = rotation.in_use(), crypto.key_ids()
        for key in sorted(set(used) - {newest, *old}):
            self.stdout.write(f"Key {key!r} is not in FIELD_KEYS, and {used[key]} values need it: put it back.")
        for key in old:
            self.stdout.write(f"Key {key!r}: {_words(used[key], rotation.only_hashes(key))}")
        if not old:
            self.stdout.write(f"Key {newest!r} is the only one in FIELD_KEYS; to rotate, put a new one before it.")


def _words(values: int, hashes: int) -> str:
    """What an old key is needed for still. hashes: those of the values that cannot be made anew."""
    if not values:
        return "nothing here needs it. Take it out of FIELD_KEYS, and keep it with the backups for 30 days."
    if values > hashes:
        return f"{values} values need it still. Run this again once all workers have the new FIELD_KEYS."
    return (
        f"only {hashes} hashes of buyers need it still, for the sealed texts of these orders do not tell their buyer. "
        "They are made anew when Etsy tells of the orders again, and go when those are erased. Taken out before, these "
        "orders are no longer found by their buyer's number, but by everything else."
    )
