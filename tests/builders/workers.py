# SPDX-License-Identifier: EUPL-1.2
"""A worker that at once does what pages of the back office request, in its own database role."""

from django.db import connection

from rollkeeper.access import staff_requests


def attend(monkeypatch, as_role, *, is_there=True):
    """Do what a page requests before its answer is read; if `is_there` is false, pages do not wait for a worker."""

    def wait(_):
        if is_there:
            with as_role("worker"):
                staff_requests.do_staff_requests(limit=10)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL ROLE backoffice")

    monkeypatch.setattr(staff_requests, "_await", wait)
