# SPDX-License-Identifier: EUPL-1.2
"""Those of Django's settings that are the same in each process of each instance; the others are in `settings.py`."""

from pathlib import Path

from django.conf.locale import LANG_INFO

HERE = Path(__file__).parent
DEBUG = False

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

# Where the servers are, each instance knows. Django makes the models for this kind of server.
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql"}}
DATABASE_ROUTERS = ["rollkeeper.kernel.database.RegisterOnly"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "access.Staff"
AUTHENTICATION_BACKENDS = ["rollkeeper.site.accounts.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_FORMS = {"login": "rollkeeper.site.sign_in_form.SignInForm"}
ACCOUNT_ADAPTER = "rollkeeper.site.accounts.StaffAccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
# `access/passwords.py` counts wrong passwords; "login_failed" counts only wrong second factors, by account.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "5/300s/key"}
MFA_ADAPTER = "rollkeeper.site.accounts.StaffMFAAdapter"
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

SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_SAMESITE = "Strict"
MESSAGE_STORAGE = "rollkeeper.site.cookie_path.MessageStorage"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "rollkeeper.site.http_errors.forbidden"
# Not "no-referrer": a browser then sends "Origin: null" with every form, and every form is refused as a stranger's.
SECURE_REFERRER_POLICY = "same-origin"

# No uploaded file is ever written to disk, as Django would do with a large one: neither a picture for the counter's form nor a
# file that is sent to a page without a field for it. A form also sends back the copies that were made when its picture was read.
FILE_UPLOAD_HANDLERS = ["rollkeeper.documents.uploads.MemoryOnly"]

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文"), ("bo", "བོད་ཡིག")]
LOCALE_PATHS = [HERE / "locale"]
FORMAT_MODULE_PATH = ["rollkeeper.site.formats"]
# Django itself does not know Tibetan.
LANG_INFO["bo"] = {"bidi": False, "code": "bo", "name": "Tibetan", "name_local": "བོད་ཡིག"}
LANGUAGE_COOKIE_SAMESITE = "Strict"
USE_I18N = True
USE_TZ = True

STATIC_ROOT = HERE / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
# A browser does not ask again for the style sheet, whose address has its hash, nor for fonts, which do not change.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/built/(rollkeeper\.css|.+\.woff2)$"
