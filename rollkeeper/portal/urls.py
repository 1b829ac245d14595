# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this face. Nothing personal is ever in one of them."""

from django.urls import URLPattern, path, re_path

from rollkeeper.portal import applying, choosing, consents, passkeys, views

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("", views.sign_in, name="sign_in"),
    path("code/", views.code, name="code"),
    path("mine/", views.mine, name="mine"),
    path("who-looked/", views.looks, name="looks"),
    path("held/", views.held, name="held"),
    path("copy/", views.copy, name="copy"),
    path("export/", views.export, name="export"),
    path("receipts/", views.receipts, name="receipts"),
    path("receipt/", views.receipt, name="receipt"),
    path("prove/", views.prove, name="prove"),
    path("register/", applying.register, name="register"),
    path("register/read/", applying.read, name="register_read"),
    path("choose/", choosing.choose, name="choose"),
    path("counter-code/", choosing.counter_code, name="counter_code"),
    path("choose/end/", choosing.end_chosen, name="end_chosen"),
    re_path(r"^audit/(?P<what>consent|unconsent)/$", consents.consent, name="consent"),
    path("passkeys/", passkeys.passkeys, name="passkeys"),
    re_path(r"^passkeys/options/(?P<what>new|show)/$", passkeys.options, name="passkey_options"),
    path("passkeys/add/", passkeys.add, name="passkey_add"),
    path("passkeys/remove/", passkeys.remove, name="passkey_remove"),
    path("passkeys/prove/", passkeys.prove, name="passkey_prove"),
    re_path(
        r"^do/(?P<what>pause|lift|dispute|appeal|not-mine|correct|end|name|unname|deceased|here)/$",
        views.deed,
        name="deed",
    ),
    path("leave/", views.leave, name="leave"),
]
