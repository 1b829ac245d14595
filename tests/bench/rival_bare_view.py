# SPDX-License-Identifier: EUPL-1.2
"""The least that a registration can cost: a Django view that inserts as many rows of the same length.

It is served like an app, by the same server with as many threads. It has no key, check, form or ledger: a plain table for each table of
the register, and one statement for each row, as an ORM makes them. `BENCH_ROWS` is JSON: for each table, the bytes of each row. Bare, it
has no middleware and one transaction. Signed (`BENCH_SIGNED`), it has Django's own session, sign-in and CSRF check, and commits the key
to the other store first, as durably as the product must.
"""

import json
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from rollkeeper.kernel import stores
from rollkeeper.kernel.database import KeysRole, Role, address
from rollkeeper.kernel.ids import new_uuid

ROWS: dict[str, list[int]] = json.loads(os.environ["BENCH_ROWS"])
SIGNED = os.environ.get("BENCH_SIGNED") == "yes"
KEYS = "person_key"


def register(request: HttpRequest) -> HttpResponse:
    """Insert the rows of one registration."""
    if SIGNED and not request.user.is_authenticated:
        return HttpResponse(status=403)
    said = request.POST["number"]
    if SIGNED:
        _insert("keys", {KEYS: ROWS[KEYS]}, said)
    _insert(
        "default", {table: sizes for table, sizes in ROWS.items() if not (SIGNED and table == KEYS)}, said
    )
    return HttpResponse(status=204)


def sign_in() -> dict[str, str]:
    """Make Django's own tables, an account and a session; return the cookies of its browser."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.auth.models import User
    from django.contrib.sessions.backends.db import SessionStore
    from django.core.management import call_command
    from django.utils.crypto import get_random_string

    call_command("migrate", verbosity=0)
    user = User.objects.create_user("clerk-01")
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    return {"sessionid": str(session.session_key), "csrftoken": get_random_string(32)}


def _insert(using: str, wanted: dict[str, list[int]], said: str) -> None:
    with transaction.atomic(using=using), connections[using].cursor() as cursor:
        for table, sizes in wanted.items():
            for size in sizes:
                cursor.execute(_INSERT[table], [new_uuid(), new_uuid(), said.ljust(size, "x")])


def _address(store: stores.Store, role: str) -> dict[str, object]:
    to = address(store, role)
    to["OPTIONS"]["options"] += " -c search_path=bare"
    return to


_INSERT = {table: f"INSERT INTO {table} (id, reference, said) VALUES (%s, %s, %s)" for table in ROWS}  # noqa: S608
urlpatterns = [path("register/", register)]
_SIGNED_MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]


settings.configure(
    SECRET_KEY="of a bench", ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF=__name__, USE_TZ=True,
    MIDDLEWARE=_SIGNED_MIDDLEWARE if SIGNED else [],
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"] if SIGNED else [],
    DATABASES={
        "default": _address(stores.REGISTER, Role.MIGRATOR), "keys": _address(stores.KEYS, KeysRole.MIGRATOR),
    },
)  # fmt: skip
application = get_wsgi_application()

if __name__ == "__main__":
    print(json.dumps(sign_in()))
