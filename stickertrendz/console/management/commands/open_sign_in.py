"""Lets somebody in again who lost the phone or is slowed down by strangers' tries; for the shell of the server."""

from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from stickertrendz.console import second_factor, throttle
from stickertrendz.ops.management import migrated


class Command(BaseCommand):
    help = "Forget the failed tries of a person, and with --remove-second-factor the authenticator app too"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the name the person signs in with")
        parser.add_argument("--remove-second-factor", action="store_true", help="the phone is lost")

    def handle(self, *args: Any, **options: Any) -> None:
        migrated.require()
        user = User.objects.filter(username=options["name"]).first()
        if user is None:
            raise CommandError(f"There is nobody named {options['name']!r}.")
        throttle.forgive(user.get_username())
        self.stdout.write(f"{user} may sign in now: failed tries are forgotten.")
        if options["remove_second_factor"]:
            gone = second_factor.remove(user, by="the shell", why="reset with open_sign_in")
            self.stdout.write("The second factor is removed." if gone else "There was no second factor.")
