# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this app. Nothing personal is ever in one of them."""

from django.urls import URLPattern, path, re_path

from rollkeeper.portal import access_history, actions, applications, line_selection, passkeys, views

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("", views.sign_in, name="sign_in"),
    path("code/", views.code, name="code"),
    path("letter/", views.letter, name="letter"),
    path("lines/", views.lines, name="lines"),
    path("access-history/", access_history.access_history, name="access_history"),
    path("personal-data/", views.personal_data, name="personal_data"),
    path("document-copy/", views.document_copy, name="document_copy"),
    path("export/", views.export, name="export"),
    path("sheets/", views.export_sheets, name="export_sheets"),
    path("receipts/", views.receipts, name="receipts"),
    path("receipt/", views.receipt, name="receipt"),
    path("verify/", views.verify, name="verify"),
    path("register/", applications.register, name="register"),
    path("register/read/", applications.read, name="register_read"),
    path("line-selection/", line_selection.line_selection, name="line_selection"),
    path("counter-code/", line_selection.counter_code, name="counter_code"),
    path("line-selection/terminate/", line_selection.terminate_selected, name="terminate_selected"),
    re_path(r"^audit/(?P<what>consent|withdraw_consent)/$", views.consent, name="consent"),
    path("passkeys/", passkeys.passkeys, name="passkeys"),
    re_path(r"^passkeys/options/(?P<what>new|show)/$", passkeys.options, name="passkey_options"),
    path("passkeys/add/", passkeys.add, name="passkey_add"),
    path("passkeys/remove/", passkeys.remove, name="passkey_remove"),
    path("passkeys/verify/", passkeys.verify, name="passkey_verify"),
    re_path(
        r"^do/(?P<what>pause|reconnect|dispute|appeal|not-mine|correct|terminate|add-delegate|remove-delegate|report-death|deny-death)/$",
        actions.action_page,
        name="action",
    ),
    path("withdraw/", actions.withdraw, name="withdraw"),
    path("sign-out/", views.sign_out, name="sign_out"),
]
