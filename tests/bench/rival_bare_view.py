# SPDX-License-Identifier: EUPL-1.2
"""The least that a registration can cost: a Django view without middleware that inserts as many rows, as long, in one transaction.

Served as a face is, by the same server with as many threads. No key, no check, no form, no ledger: a plain table for each
table of the register, a statement a row, as an ORM makes them. `BENCH_ROWS` is JSON: of each table the bytes of each row.
"""

import json
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from rollkeeper.kernel import server
from rollkeeper.kernel.database import Role, address
from rollkeeper.kernel.ids import new_uuid

ROWS: dict[str, list[int]] = json.loads(os.environ["BENCH_ROWS"])


def register(request: HttpRequest) -> HttpResponse:
    """Insert the rows of one registration."""
    said = request.POST["number"]
    with transaction.atomic(), connection.cursor() as cursor:
        for table, sizes in ROWS.items():
            for size in sizes:
                cursor.execute(_INSERT[table], [new_uuid(), new_uuid(), said.ljust(size, "x")])
    return HttpResponse(status=204)


_INSERT = {table: f"INSERT INTO bare.{table} (id, reference, said) VALUES (%s, %s, %s)" for table in ROWS}  # noqa: S608
urlpatterns = [path("register/", register)]


settings.configure(
    SECRET_KEY="of a bench", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, MIDDLEWARE=[], USE_TZ=True,
    DATABASES={"default": address(server.REGISTER, Role.MIGRATOR)},
)  # fmt: skip
application = get_wsgi_application()
