# SPDX-License-Identifier: EUPL-1.2
"""The addresses of this process's face. Each face is a room and brings its own.

Of django-allauth only what staff use: no sign-up, no e-mail, no password by e-mail. Whatever changes a password or a
second factor exists at the office alone, and nobody of the staff signs in at the portal.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.webauthn import views as webauthn
from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, URLResolver, include, path
from django.views.i18n import set_language

from rollkeeper.site.faces import face_called, this_face
from rollkeeper.site.front import check_receipt, front, healthz

handler400 = "rollkeeper.site.edge.not_read"
handler403 = "rollkeeper.site.edge.forbidden"
handler404 = "rollkeeper.site.edge.not_found"
handler500 = "rollkeeper.site.edge.crashed"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("check-receipt/", check_receipt, name="check_receipt"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
]
if this_face() != "portal":
    urlpatterns += [
        path("account/login/", account.login, name="account_login"),
        path("account/logout/", account.logout, name="account_logout"),
        path("account/inactive/", account.account_inactive, name="account_inactive"),
        path("account/2fa/authenticate/", mfa.authenticate, name="mfa_authenticate"),
        path("account/2fa/webauthn/login/", webauthn.login_webauthn, name="mfa_login_webauthn"),
    ]
if this_face() == "office":
    urlpatterns += [
        path("", front, name="front"),
        path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
        path("account/password/change/", account.password_change, name="account_change_password"),
        path("account/2fa/", include("allauth.mfa.urls")),
    ]
if this_face():
    urlpatterns.append(path("", include(face_called(this_face() or "").urls)))
