# SPDX-License-Identifier: EUPL-1.2
"""Django's settings, some made from the instance's settings. Nothing here is for an operator to change: see ``settings.toml``."""

import os

from django.utils.csp import CSP

from rollkeeper.access.settings import app_address, app_path, portal_runs_scripts
from rollkeeper.access.settings import settings as access_settings
from rollkeeper.counter.settings import settings as counter_settings
from rollkeeper.kernel import stores
from rollkeeper.kernel.database import KeysRole, Role, address, this_role
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.site.common_settings import *  # noqa: F403
from rollkeeper.site.web_apps import this_app

APP = this_app()
# The app's path, if its address has one. The proxy leaves the path in the address, and `request_buffer.py` removes it.
_PATH = app_path(APP) if APP else ""
FORCE_SCRIPT_NAME = _PATH or None

SECRET_KEY = stores.web_secret() if APP else "no web app runs in this process"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *os.environ.get("ROLLKEEPER_HOSTS", "").split()]

# Web apps and workers that need no keys get no connection that opens sealed values (`operations/worker_processes.py`).
OPENS = not APP and os.environ.get("ROLLKEEPER_OPENS") != "no"
DATABASES = {
    "default": address(stores.REGISTER, this_role()),
    "keys": address(stores.KEYS, KeysRole.VAULT if OPENS else KeysRole.SEALER),
}
if not APP:
    DATABASES["leaf_secrets"] = address(stores.KEYS, KeysRole.LEDGER)
if OPENS:
    # Separate connection, on which the ledger entry is committed before anything is decrypted.
    DATABASES["vault"] = address(stores.REGISTER, Role.VAULT)

LOGIN_URL = f"{_PATH}/account/login/"
LOGIN_REDIRECT_URL = f"{_PATH}/"
ACCOUNT_REAUTHENTICATION_TIMEOUT = access_settings().reauthenticate_minutes * 60
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = instance().kind is InstanceKind.DEMO

# Ports of one host share cookies: each app has its own cookie names, so that one sign-in does not end another. In production the
# prefix makes a browser refuse a cookie of that name from another host of the domain, or over plain HTTP. Apps that share a host name
# have a path each, which that prefix does not allow: there the path keeps each app's cookies apart (`cookie_path.py`).
_PREFIX = ("__Secure-" if _PATH else "__Host-") if instance().kind is InstanceKind.PRODUCTION else ""
_COOKIES = f"{_PREFIX}rollkeeper_{APP or 'none'}"
SESSION_COOKIE_NAME = f"{_COOKIES}_session"
PORTAL_TOKEN_COOKIE_NAME = f"{_PREFIX}rollkeeper_portal_token"
# The portal keeps no sessions in the database: its role may not touch the table with the sessions of staff.
SESSION_ENGINE = (
    "django.contrib.sessions.backends.signed_cookies" if APP == "portal" else "rollkeeper.site.sessions"
)
# Both count from the last request. At a counter the time is shorter: other people are nearby.
SESSION_COOKIE_AGE = counter_settings().idle_minutes * 60 if APP == "counter" else 3600
SESSION_SAVE_EVERY_REQUEST = APP != "portal"
SESSION_COOKIE_SECURE = instance().kind is InstanceKind.PRODUCTION
CSS_COOKIE_NAME = f"{_COOKIES}_css"
MESSAGES_COOKIE_NAME = f"{_COOKIES}_messages" if _PATH else "messages"
CSRF_COOKIE_NAME = f"{_COOKIES}_csrf"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_HTTPONLY = APP == "portal"  # scripts of the other two read it
if instance().kind is InstanceKind.PRODUCTION:
    # A production instance runs behind a proxy that terminates TLS and sets this header itself.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": [CSP.SELF, CSP.NONCE],
    "img-src": ["'self'", "data:"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "manifest-src": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
if _PATH:
    # Only what is under the app's own path, and nothing that another app of the host name serves.
    _HERE = f"{app_address(str(APP))}/"
    _STATIC = f"{_HERE}static/"
    SECURE_CSP |= {
        "script-src": [_STATIC], "style-src": [_STATIC, CSP.NONCE], "img-src": [_HERE, "data:"], "font-src": [_STATIC],
        "worker-src": [f"{_HERE}service-worker.js" if APP == "counter" else "'none'"],
        "connect-src": [_HERE], "form-action": [_HERE], "manifest-src": [_HERE],
    }  # fmt: skip
if APP == "portal" and not portal_runs_scripts():
    # A script here would act in the apps of staff who use the same browser.
    SECURE_CSP |= {name: ["'none'"] for name in ("script-src", "worker-src", "connect-src", "manifest-src")}

DATA_UPLOAD_MAX_MEMORY_SIZE = (2 if APP == "backoffice" else 8) * 1024 * 1024

LANGUAGE_COOKIE_NAME = f"{_COOKIES}_language" if _PATH else "django_language"
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
TIME_ZONE = instance().zone

STATIC_URL = f"{_PATH}/static/"

LOGGING: dict[str, object] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "null": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's records of 4xx and 5xx answers contain the path and, on a crash, the request's values: `http_errors.py` logs instead.
    "loggers": {
        "django.request": {"handlers": ["null"], "propagate": False},
        "django.security": {"handlers": ["null"], "propagate": False},
        "rollkeeper.requests": {"level": "INFO" if APP else "WARNING"},
    },
}
