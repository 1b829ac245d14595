# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this face. A number of a line is never in one of them."""

from django.urls import URLPattern, path

from rollkeeper.office import views

app_name = "office"
urlpatterns: list[URLPattern] = [
    path("campaign/", views.campaign, name="campaign"),
]
