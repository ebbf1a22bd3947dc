"""The web process: `gunicorn stickertrendz.wsgi`."""

import os

from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stickertrendz.settings")
application = get_wsgi_application()

# gunicorn runs no system checks by itself; a web process on the wrong shop's database must not start.
if mistakes := [check for check in run_checks() if check.is_serious()]:
    raise ImproperlyConfigured("\n".join(f"{check.id}: {check.msg}" for check in mistakes))
