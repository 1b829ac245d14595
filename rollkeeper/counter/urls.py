# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this face. Nothing personal is ever in one of them."""

from django.urls import URLPattern, path, re_path

from rollkeeper.counter import captures, places, reading, receipts, seconding, seeing, views

app_name = "counter"
urlpatterns: list[URLPattern] = [
    path("", views.find, name="find"),
    re_path(r"^(?P<deed>register|transfer|install|relocate|change)/$", views.record, name="record"),
    re_path(
        r"^(?P<deed>register|transfer|install|relocate|change)/read/(?P<part>[a-z]+)/$",
        reading.read,
        name="read",
    ),
    re_path(r"^(?P<what>replace-sim|end)/$", views.holder_act, name="holder_act"),
    path("by-code/", views.by_code, name="by_code"),
    path("to-confirm/", seconding.to_confirm, name="to_confirm"),
    path("further-document/", views.join, name="join"),
    path("part-documents/", views.part, name="part"),
    path("seen/", seeing.see, name="see"),
    path("pause/", views.pause, name="pause"),
    path("lift/", views.lift, name="lift"),
    path("protect/", views.protect, name="protect"),
    path("dispute/", views.dispute, name="dispute"),
    path("captures/", captures.hand_in, name="hand_in"),
    path("captures/ticket/", captures.ticket, name="ticket"),
    path("captures/came-of/", captures.came_of, name="came_of"),
    path("kept/", captures.shell, name="kept"),
    path("kept/<slug:what>/", captures.shell, name="kept_form"),
    path("worker.js", captures.worker, name="worker"),
    path("manifest.webmanifest", captures.manifest, name="manifest"),
    path("receipt/<str:submission_key>/", receipts.of_submission, name="receipt"),
    path("figures/", places.own_figures, name="figures"),
    path("receipts/", receipts.find, name="receipts"),
    path("receipts/<str:code>/", receipts.by_code, name="receipt_by_code"),
    path("receipts/<str:code>/pdf/", receipts.sheet, name="receipt_pdf"),
    path("receipts/<str:code>/text/", receipts.text, name="receipt_text"),
]
