# SPDX-License-Identifier: EUPL-1.2
"""Django's settings, made from the instance's settings. Nothing here is for an operator to change: see ``settings.toml``."""

import os
from pathlib import Path

from django.conf.locale import LANG_INFO
from django.utils.csp import CSP

from rollkeeper.access.settings import app_address, app_path, portal_runs_scripts
from rollkeeper.access.settings import settings as access_settings
from rollkeeper.counter.settings import settings as counter_settings
from rollkeeper.kernel import stores
from rollkeeper.kernel.database import KeysRole, Role, address, this_role
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.site.web_apps import this_app

HERE = Path(__file__).parent
APP = this_app()
# The app's path, if its address has one. The proxy leaves the path in the address, and `request_buffer.py` removes it.
_PATH = app_path(APP) if APP else ""
FORCE_SCRIPT_NAME = _PATH or None

SECRET_KEY = stores.web_secret() if APP else "no web app runs in this process"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *os.environ.get("ROLLKEEPER_HOSTS", "").split()]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "rollkeeper.kernel",
    "rollkeeper.access",
    "rollkeeper.ledger",
    "rollkeeper.languages",
    "rollkeeper.lawbook",
    "rollkeeper.vault",
    "rollkeeper.subscribers",
    "rollkeeper.lines",
    "rollkeeper.notices",
    "rollkeeper.provisioning",
    "rollkeeper.campaign",
    "rollkeeper.imports",
    "rollkeeper.registration",
    "rollkeeper.retention",
    "rollkeeper.disclosures",
    "rollkeeper.incidents",
    "rollkeeper.agents",
    "rollkeeper.reporting",
    "rollkeeper.selfcare",
    "rollkeeper.offline",
    "rollkeeper.counter",
    "rollkeeper.backoffice",
    "rollkeeper.portal",
    "rollkeeper.site",
]
MIDDLEWARE = [
    "rollkeeper.site.http_errors.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "rollkeeper.site.cookie_path.CookiePathMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # No page has typed values next to a secret, and each response masks the form token differently: lengths reveal nothing.
    "django.middleware.gzip.GZipMiddleware",
    "rollkeeper.site.untranslated_texts.UntranslatedTextsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "rollkeeper.site.inline_css.InlineCssMiddleware",
    "rollkeeper.site.public_ledger.PublicLedgerMiddleware",
    "rollkeeper.site.access_middleware.AppSessionMiddleware",
    "rollkeeper.site.spoken_languages.SpokenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "rollkeeper.site.access_middleware.StaffMiddleware",
    "rollkeeper.site.access_middleware.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "rollkeeper.site.http_errors.RefusalMiddleware",
]
ROOT_URLCONF = "rollkeeper.site.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "rollkeeper.site.http_errors.page_context",
                "rollkeeper.site.navigation.navigation_context",
                "rollkeeper.site.entrances.entrances_context",
                "rollkeeper.site.spoken_languages.language_context",
                "rollkeeper.site.inline_css.css_context",
            ],
            "builtins": ["rollkeeper.site.templatetags.phrasing"],
        },
    }
]

# Forms and their widgets are drawn by templates/django/forms/, so that every form of every app looks and reads alike.
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

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
DATABASE_ROUTERS = ["rollkeeper.kernel.database.RegisterOnly"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.Staff"
AUTHENTICATION_BACKENDS = ["rollkeeper.site.accounts.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
LOGIN_URL = f"{_PATH}/account/login/"
LOGIN_REDIRECT_URL = f"{_PATH}/"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_FORMS = {"login": "rollkeeper.site.sign_in_form.SignInForm"}
ACCOUNT_ADAPTER = "rollkeeper.site.accounts.StaffAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
# `access/passwords.py` counts wrong passwords; "login_failed" counts only wrong second factors, by account.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "5/300s/key"}
MFA_ADAPTER = "rollkeeper.site.accounts.StaffMFAAdapter"
ACCOUNT_REAUTHENTICATION_TIMEOUT = access_settings().reauthenticate_minutes * 60
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "rollkeeper.site.passkey_forms.AddHere",
    "edit_webauthn": "rollkeeper.site.passkey_forms.EditHere",
    "authenticate": "rollkeeper.site.sign_in_form.CodeForm",
    "reauthenticate": "rollkeeper.site.sign_in_form.CodeAgainForm",
    "authenticate_webauthn": "rollkeeper.site.passkey_forms.AuthenticateHere",
    "login_webauthn": "rollkeeper.site.passkey_forms.LoginHere",
    "reauthenticate_webauthn": "rollkeeper.site.passkey_forms.ReauthenticateHere",
}
MFA_PASSKEY_LOGIN_ENABLED = True
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
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_SECURE = instance().kind is InstanceKind.PRODUCTION
CSS_COOKIE_NAME = f"{_COOKIES}_css"
MESSAGE_STORAGE = "rollkeeper.site.cookie_path.MessageStorage"
MESSAGES_COOKIE_NAME = f"{_COOKIES}_messages" if _PATH else "messages"
CSRF_COOKIE_NAME = f"{_COOKIES}_csrf"
CSRF_COOKIE_SECURE = SESSION_COOKIE_SECURE
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = APP == "portal"  # scripts of the other two read it
CSRF_FAILURE_VIEW = "rollkeeper.site.http_errors.forbidden"
# Not "no-referrer": a browser then sends "Origin: null" with every form, and every form is refused as a stranger's.
SECURE_REFERRER_POLICY = "same-origin"
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

# No uploaded file is ever written to disk, as Django would do with a large one: neither a picture for the counter's form nor a
# file that is sent to a page without a field for it. A form also sends back the copies that were made when its picture was read.
FILE_UPLOAD_HANDLERS = ["rollkeeper.documents.uploads.MemoryOnly"]
DATA_UPLOAD_MAX_MEMORY_SIZE = (2 if APP == "backoffice" else 8) * 1024 * 1024

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("bo", "བོད་ཡིག")]
LOCALE_PATHS = [HERE / "locale"]
FORMAT_MODULE_PATH = ["rollkeeper.site.formats"]
# Django itself does not know Tibetan.
LANG_INFO["bo"] = {"bidi": False, "code": "bo", "name": "Tibetan", "name_local": "བོད་ཡིག"}
LANGUAGE_COOKIE_NAME = f"{_COOKIES}_language" if _PATH else "django_language"
LANGUAGE_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_SECURE = SESSION_COOKIE_SECURE
USE_I18N = True
USE_TZ = True
TIME_ZONE = instance().zone

STATIC_URL = f"{_PATH}/static/"
STATIC_ROOT = HERE / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# A browser does not ask again for the style sheet, whose address has its hash, nor for fonts, which do not change.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/built/(rollkeeper\.css|.+\.woff2)$"

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
