# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this face. Nothing personal is ever in one of them."""

from django.urls import URLPattern, path, re_path

from rollkeeper.counter import views

app_name = "counter"
urlpatterns: list[URLPattern] = [
    path("", views.find, name="find"),
    re_path(r"^(?P<deed>register|transfer|install|relocate|change)/$", views.record, name="record"),
    re_path(r"^(?P<what>replace-sim|end)/$", views.holder_act, name="holder_act"),
    path("pause/", views.pause, name="pause"),
    path("dispute/", views.dispute, name="dispute"),
    path("receipt/<str:submission_key>/", views.receipt, name="receipt"),
]
