# SPDX-License-Identifier: EUPL-1.2
"""A worker who is there at once, and does what pages of the back office ask, in its own role of the database."""

from django.db import connection

from rollkeeper.access import staff_requests


def attend(monkeypatch, as_role, *, is_there=True):
    """Have what a page asks for done before its answer is read; without a worker, have nothing waited for."""

    def wait(_):
        if is_there:
            with as_role("worker"):
                staff_requests.do_staff_requests(limit=10)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE backoffice")

    monkeypatch.setattr(staff_requests, "_await", wait)
