# SPDX-License-Identifier: EUPL-1.2
"""Sets savepoints without Django's cursors: a test that is rolled back sets one for each action, and to say it takes longer than to do it."""

from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg.pq import ExecStatus, PipelineStatus


def set_savepoints_quickly() -> None:
    """Have every connection of this process set and release them by libpq alone, unless someone looks at its statements."""
    for name in ("_savepoint", "_savepoint_commit"):
        setattr(
            DatabaseWrapper,
            name,
            _quick(getattr(DatabaseWrapper, name), "RELEASE " if name.endswith("commit") else ""),
        )


def _quick(usual, verb):
    def say(store, sid):
        line = store.connection.pgconn
        is_watched = (
            store.queries_logged or store.execute_wrappers or line.pipeline_status != PipelineStatus.OFF
        )
        # What fails is said again as usual, and so raises the error that Django raises.
        if is_watched or line.exec_(f'{verb}SAVEPOINT "{sid}"'.encode()).status != ExecStatus.COMMAND_OK:
            usual(store, sid)

    return say
