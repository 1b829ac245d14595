# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this app. The number of a line is never in one of them."""

from django.urls import URLPattern, path

from rollkeeper.backoffice import (
    access_history,
    agents,
    approvals,
    audit_samples,
    disclosures,
    incidents,
    returned_mail,
    unreachable,
    vault,
    views,
)

app_name = "backoffice"
urlpatterns: list[URLPattern] = [
    path("campaign/", views.campaign, name="campaign"),
    path("unreachable/", unreachable.unreachable, name="unreachable"),
    path("unreachable/waive/", unreachable.waive, name="waive"),
    path("letters/", returned_mail.letters, name="letters"),
    path("batches/<uuid:batch_id>/", views.batch, name="batch"),
    path("batches/<uuid:batch_id>/approve/", views.approve, name="approve"),
    path("batches/<uuid:batch_id>/stop/", views.stop, name="stop"),
    path("batches/<uuid:batch_id>/undo/", views.undo, name="undo"),
    path("pending-approvals/", approvals.pending_approvals_page, name="pending_approvals"),
    path("line/", views.line, name="line"),
    path("line/reconnect/", views.reconnect, name="reconnect"),
    path("disclosures/", disclosures.disclosure_list, name="disclosures"),
    path("disclosures/<uuid:disclosure_id>/", disclosures.disclosure, name="disclosure"),
    path("disclosures/<uuid:disclosure_id>/approve/", disclosures.approve, name="approve_disclosure"),
    path("disclosures/<uuid:disclosure_id>/refuse/", disclosures.refuse, name="refuse_disclosure"),
    path("incidents/", incidents.incident_list, name="incidents"),
    path("incidents/<uuid:incident_id>/", incidents.incident, name="incident"),
    path("incidents/<uuid:incident_id>/ask/", incidents.ask, name="approve_step"),
    path("incidents/<uuid:incident_id>/withdraw/", incidents.withdraw, name="withdraw_step"),
    path("incidents/<uuid:incident_id>/report/<str:language>/", incidents.report, name="incident_report"),
    path("incidents/<uuid:incident_id>/report-sent/", incidents.report_sent, name="incident_report_sent"),
    path("incidents/<uuid:incident_id>/close/", incidents.close, name="close_incident"),
    path("agents/", agents.agent_list, name="agents"),
    path("agents/<str:code>/", agents.agent, name="agent"),
    path("agents/<str:code>/suspend/", agents.suspend, name="suspend_agent"),
    path("agent-cases/<uuid:case_id>/settle/", agents.settle, name="settle_agent_case"),
    path("reports/", agents.reports, name="reports"),
    path("reports/<str:quarter>/draw/", audit_samples.draw, name="draw_sample"),
    path("samples/<uuid:sample_id>/", audit_samples.sample, name="sample"),
    path("samples/<uuid:sample_id>/ask/", audit_samples.ask, name="ask_subscribers"),
    path("reports/<str:period>/", agents.reports, name="report_of_period"),
    path("open-value/", vault.open_value, name="open_value"),
    path("access-history/", access_history.access_history, name="access_history"),
]
