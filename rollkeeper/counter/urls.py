# SPDX-License-Identifier: EUPL-1.2
"""Addresses of this face."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
