# SPDX-License-Identifier: EUPL-1.2
"""The addresses of this process's app. Each app is a package and brings its own.

Only the parts of django-allauth that staff use: no sign-up, no e-mail, no password by e-mail. Pages that change a password or a
second factor exist only at the back office, and staff cannot sign in at the portal.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from rollkeeper.site import documentation, invitation, own_sessions
from rollkeeper.site.home_page import check_receipt, healthz, home_page, other_app, readyz
from rollkeeper.site.law_page import law
from rollkeeper.site.web_apps import APPS, app_named, this_app

handler400 = "rollkeeper.site.http_errors.not_read"
handler403 = "rollkeeper.site.http_errors.forbidden"
handler404 = "rollkeeper.site.http_errors.not_found"
handler500 = "rollkeeper.site.http_errors.crashed"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("check-receipt/", check_receipt, name="check_receipt"),
    path("law/", law, name="law"),
    path("documentation/", documentation.contents, name="documentation"),
    path("documentation/<path:name>/", documentation.page, name="documentation_page"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
]
if this_app() != "portal":
    urlpatterns += [
        path("account/login/", account.login, name="account_login"),
        path("account/logout/", account.logout, name="account_logout"),
        path("account/inactive/", account.account_inactive, name="account_inactive"),
        path("account/2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
        path("account/2fa/webauthn/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
        path("account/sessions/", own_sessions.own_sessions, name="own_sessions"),
        path("account/sessions/end/", own_sessions.end_own, name="end_own_session"),
        path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
        path("account/2fa/reauthenticate/", mfa.reauthenticate, name="mfa_reauthenticate"),
        path(
            "account/2fa/webauthn/reauthenticate/",
            webauthn.reauthenticate_webauthn,
            name="mfa_reauthenticate_webauthn",
        ),
    ]
if this_app() == "backoffice":
    urlpatterns += [
        path("", home_page, name="home_page"),
        *(
            path(f"{app.name}/{rest}", other_app, {"name": app.name}, name="other_app")
            for app in APPS
            for rest in ("", "<path:rest>")
            if app.name != this_app()
        ),
        path("account/invitation/", invitation.invitation, name="invitation"),
        path("staff-sessions/", own_sessions.staff_sessions, name="staff_sessions"),
        path("staff-sessions/end/", own_sessions.end_of_staff, name="end_staff_sessions"),
        path("account/password/change/", account.password_change, name="account_change_password"),
        path("account/2fa/", include("allauth.mfa.urls")),
    ]
if this_app():
    urlpatterns.append(path("", include(app_named(this_app() or "").urls)))
