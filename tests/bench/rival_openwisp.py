# SPDX-License-Identifier: EUPL-1.2
"""`openwisp-radius` with as many users, on SQLite on disk; run by its own interpreter.

It runs three jobs: the batch import of a CSV file, `unverify_inactive_users` and `delete_inactive_users`. Passwords are hashed by MD5,
the cheapest way, so that the time of hashing does not count. The last two jobs send no notice; the counts say how many users they cut
off without one.
"""

import datetime as dt
import json
import sys
import time
from pathlib import Path

import django
from django.conf import settings

SETTINGS = {
    "SECRET_KEY": "of a bench", "USE_TZ": True, "SITE_ID": 1, "LANGUAGE_CODE": "en", "ROOT_URLCONF": "openwisp_radius.urls",
    "AUTH_USER_MODEL": "openwisp_users.User", "DEFAULT_AUTO_FIELD": "django.db.models.AutoField",
    "PASSWORD_HASHERS": ["django.contrib.auth.hashers.MD5PasswordHasher"],
    "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend", "CELERY_TASK_ALWAYS_EAGER": True,
    "OPENWISP_RADIUS_UNVERIFY_INACTIVE_USERS": 60, "OPENWISP_RADIUS_DELETE_INACTIVE_USERS": 90,
    "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
    "INSTALLED_APPS": [
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
        "django.contrib.sites", "openwisp_users.accounts", "allauth", "allauth.account", "allauth.socialaccount",
        "django_extensions", "organizations", "openwisp_utils.admin_theme", "openwisp_users", "django.contrib.admin", "rest_framework",
        "rest_framework.authtoken", "dj_rest_auth", "dj_rest_auth.registration", "private_storage", "drf_yasg",
        "django_filters", "openwisp_radius",
    ],
    "MIDDLEWARE": [
        "django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware", "allauth.account.middleware.AccountMiddleware",
    ],
    "TEMPLATES": [{
        "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
        "OPTIONS": {"context_processors": [
            "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
            "django.contrib.messages.context_processors.messages",
        ]},
    }],
}  # fmt: skip


def main() -> None:
    """Print, as JSON, seconds and counts of each job for the sizes asked for."""
    folder, imported, population = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "rival.sqlite")}
    settings.configure(
        DATABASES={"default": database}, MEDIA_ROOT=str(folder), PRIVATE_STORAGE_ROOT=str(folder), **SETTINGS
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(measure(imported, population)))


def measure(imported: int, population: int) -> dict[str, float]:
    """Import a file of users; then unverify and delete a twentieth of a population as inactive."""
    from django.contrib.auth import get_user_model
    from openwisp_radius.utils import load_model
    from openwisp_users.models import Organization

    users, registered = get_user_model(), load_model("RegisteredUser")
    organisation = Organization.objects.create(name="bench", slug="bench")
    load_model("OrganizationRadiusSettings").objects.create(organization=organisation)
    seconds = {"import": timed(lambda: take_in(organisation, imported))}
    populate(users, registered, organisation, population)
    before = registered.objects.filter(is_verified=True).count()
    seconds["unverify"] = timed(registered.unverify_inactive_users)
    seconds["unverified"] = before - registered.objects.filter(is_verified=True).count()
    count = users.objects.count()
    seconds["delete"] = timed(registered.delete_inactive_users)
    seconds["deleted"] = count - users.objects.count()
    return seconds


def take_in(organisation: object, count: int) -> None:
    """Hand a file of users to the package's own batch import."""
    from django.core.files.base import ContentFile
    from openwisp_radius.utils import load_model

    rows = "".join(f"user{n},secret{n}Pass,user{n}@example.org,Invented,Person\n" for n in range(count))
    batch = load_model("RadiusBatch")(name="bench", strategy="csv", organization=organisation)
    batch.csvfile.save("bench.csv", ContentFile(rows.encode()), save=False)
    batch.csvfile.seek(0)
    batch.csvfile_upload()


def populate(users: type, registered: type, organisation: object, count: int) -> None:
    """Make users who signed in lately, except a twentieth who did not for a hundred days."""
    now = dt.datetime.now(dt.UTC)
    old, recent = now - dt.timedelta(days=100), now - dt.timedelta(days=1)
    made = [
        users(username=f"p{n}", email=f"p{n}@example.org", last_login=old if n % 20 == 0 else recent)
        for n in range(count)
    ]
    users.objects.bulk_create(made, batch_size=1000)
    registered.objects.bulk_create(
        [
            registered(user=user, organization=organisation, method="mobile_phone", is_verified=True)
            for user in made
        ],
        batch_size=1000,
    )


def timed(job: object) -> float:
    """Return how long a job takes."""
    begin = time.perf_counter()
    job()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
