# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this app. Nothing personal is ever in one of them."""

from django.urls import URLPattern, path, re_path

from rollkeeper.counter import (
    agent_guard,
    approvals,
    document_check,
    document_scan,
    forgery,
    offline,
    portal_codes,
    receipts,
    views,
)

app_name = "counter"
urlpatterns: list[URLPattern] = [
    path("", views.find, name="find"),
    re_path(
        r"^(?P<action_kind>register|transfer|install|port_in|relocate|change)/$", views.record, name="record"
    ),
    re_path(
        r"^(?P<action_kind>register|transfer|install|port_in|relocate|change)/read/(?P<part>[a-z]+)/$",
        document_scan.scan,
        name="scan",
    ),
    re_path(r"^(?P<what>replace-sim|terminate)/$", views.subscriber_action, name="subscriber_action"),
    path("line/", views.find_again, name="find_again"),
    path("next-person/", views.next_person, name="next_person"),
    path("by-code/", views.by_code, name="by_code"),
    path("pending-approvals/", approvals.pending_approvals_page, name="pending_approvals"),
    path("pending-approvals/count/", approvals.pending_count, name="pending_count"),
    path("link-document/", views.link_document_page, name="link_document"),
    path("unlink-document/", views.unlink_document_page, name="unlink_document"),
    path("document-check/", document_check.document_check, name="document_check"),
    path("pause/", views.pause, name="pause"),
    path("portal-code/", portal_codes.portal_code, name="portal_code"),
    path("reserve-code/", portal_codes.reserve, name="reserve_code"),
    path("reconnect/", views.reconnect, name="reconnect"),
    path("essential/", views.essential, name="essential"),
    path("dispute/", views.dispute, name="dispute"),
    path("suspect-forgery/", forgery.suspect_forgery, name="suspect_forgery"),
    path("offline/submissions/", offline.submit, name="submit_offline"),
    path("offline/ticket/", offline.ticket, name="ticket"),
    path("offline/outcomes/", offline.outcomes_of, name="offline_outcomes"),
    path("offline/kept-forms/", offline.kept_forms, name="kept_forms"),
    path("offline/forms/", offline.empty_form, name="offline_forms"),
    path("offline/forms/<slug:what>/", offline.empty_form, name="offline_form"),
    path("service-worker.js", offline.service_worker, name="service_worker"),
    path("manifest.webmanifest", offline.manifest, name="manifest"),
    path("receipt/<str:submission_key>/", receipts.of_submission, name="receipt"),
    path("figures/", agent_guard.own_figures, name="figures"),
    path("receipts/", receipts.find, name="receipts"),
    path("receipts/<str:code>/", receipts.by_code, name="receipt_by_code"),
    path("receipts/<str:code>/pdf/", receipts.sheet, name="receipt_pdf"),
    path("receipts/<str:code>/text/", receipts.text, name="receipt_text"),
]
