"""Commands that need the database say in one sentence when it is not there or not up to date."""

from django.core.management.base import CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def require() -> None:
    """CommandError unless the database answers and every migration has been applied."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        raise CommandError(
            f"The database does not answer ({type(error).__name__}): start it, or correct DATABASE_URL."
        ) from error
    if missing:
        raise CommandError("The database has no tables yet, or old ones: run manage.py migrate first.")
