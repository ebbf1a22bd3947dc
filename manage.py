#!/usr/bin/env python
"""Entry point of every command; settings mistakes are told in one line each, never as a traceback."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stickertrendz.settings")
    try:
        settings.INSTALLED_APPS  # noqa: B018 - reading one setting loads the file and its complaints
    except ImproperlyConfigured as mistakes:
        sys.exit(str(mistakes))
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
