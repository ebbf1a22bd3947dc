"""System checks: what is misconfigured, in words that say what to do."""

from collections.abc import Sequence
from typing import Any

from croniter import croniter
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from . import crypto, joblist, stamp


def schedule_is_sound(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Every job's function exists, every cron expression parses, every job woken by code is listed."""
    found: list[CheckMessage] = []
    listed = joblist.jobs()
    for job in listed.values():
        try:
            import_string(job.function)
        except ImportError as error:
            found.append(
                Error(f"schedule.py: {job.name} names {job.function}, which cannot be imported: {error}", id="ops.E001")
            )
        if not croniter.is_valid(job.cron):
            found.append(
                Error(
                    f"schedule.py: {job.name} has the cron expression {job.cron!r}, which is not valid", id="ops.E002"
                )
            )
    unknown = sorted(joblist.woken - set(listed))
    found += [
        Error(f"Code asks for the job {name!r}, which schedule.py does not list", id="ops.E003") for name in unknown
    ]
    return found


def database_is_ours(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Every command refuses a database that belongs to another mode or shop."""
    wrong = stamp.mismatch()
    return [Error(wrong, id="ops.E004")] if wrong else []


def keys_can_be_read(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    try:
        crypto.check_keys()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="ops.E005")]
    return []


def model_has_prices(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    """Without prices no budget can be kept, so a model that is not in the table is not asked anything."""
    wanted, known = settings.OPENAI_MODEL, settings.OPENAI_MODELS
    if wanted not in known:
        hint = f"Set it to one of {', '.join(known)}, or add its prices and parameters to OPENAI_MODELS in settings.py."
        return [Error(f"OPENAI_MODEL is {wanted!r}, a model whose prices are not known.", hint=hint, id="ops.E006")]
    row = known[wanted]
    missing = [name for name in ("input", "cached", "output") if row.get(name) is None]
    if not row.get("parameters", {}).get("max_completion_tokens"):
        missing.append("parameters.max_completion_tokens")
    return [
        Error(f"OPENAI_MODELS[{wanted!r}] lacks {name}; look it up on the model's page and add it.", id="ops.E007")
        for name in missing
    ]


def live_mode_is_fit(app_configs: Any = None, **kwargs: Any) -> Sequence[CheckMessage]:
    if settings.LIVE and settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        return [Warning("Live mode on SQLite works on one machine only; set DATABASE_URL to PostgreSQL", id="ops.W001")]
    return []


ALL = (schedule_is_sound, database_is_ours, keys_can_be_read, model_has_prices, live_mode_is_fit)
