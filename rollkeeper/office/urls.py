# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this face. The number of a line is never in one of them."""

from django.urls import URLPattern, path

from rollkeeper.office import agents, demands, incidents, letters, looks, samples, unreached, views

app_name = "office"
urlpatterns: list[URLPattern] = [
    path("campaign/", views.campaign, name="campaign"),
    path("unreached/", unreached.unreached, name="unreached"),
    path("unreached/excuse/", unreached.excuse, name="excuse"),
    path("letters/", letters.letters, name="letters"),
    path("batches/<uuid:batch_id>/", views.batch, name="batch"),
    path("batches/<uuid:batch_id>/approve/", views.approve, name="approve"),
    path("batches/<uuid:batch_id>/stop/", views.stop, name="stop"),
    path("batches/<uuid:batch_id>/undo/", views.undo, name="undo"),
    path("line/", views.line, name="line"),
    path("line/lift/", views.lift, name="lift"),
    path("demands/", demands.demands, name="demands"),
    path("demands/<uuid:demand_id>/", demands.demand, name="demand"),
    path("demands/<uuid:demand_id>/approve/", demands.approve, name="approve_demand"),
    path("demands/<uuid:demand_id>/refuse/", demands.refuse, name="refuse_demand"),
    path("incidents/", incidents.incident_list, name="incidents"),
    path("incidents/<uuid:incident_id>/", incidents.incident, name="incident"),
    path("incidents/<uuid:incident_id>/ask/", incidents.ask, name="ask_step"),
    path("incidents/<uuid:incident_id>/withdraw/", incidents.withdraw, name="withdraw_step"),
    path("incidents/<uuid:incident_id>/report/<str:language>/", incidents.report, name="incident_report"),
    path("incidents/<uuid:incident_id>/report-sent/", incidents.report_sent, name="incident_report_sent"),
    path("incidents/<uuid:incident_id>/close/", incidents.close, name="close_incident"),
    path("agents/", agents.agent_list, name="agents"),
    path("agents/<str:code>/", agents.agent, name="agent"),
    path("agents/<str:code>/suspend/", agents.suspend, name="suspend_agent"),
    path("agent-cases/<uuid:case_id>/settle/", agents.settle, name="settle_agent_case"),
    path("evidence/", agents.evidence, name="evidence"),
    path("evidence/<str:quarter>/draw/", samples.draw, name="draw_sample"),
    path("samples/<uuid:sample_id>/", samples.sample, name="sample"),
    path("samples/<uuid:sample_id>/ask/", samples.ask, name="ask_holders"),
    path("evidence/<str:period>/", agents.evidence, name="evidence_of"),
    path("who-looked/", looks.who_looked, name="who_looked"),
]
