# SPDX-License-Identifier: EUPL-1.2
"""The addresses of the counter's face, for a test process that is no face."""

from django.urls import include, path

from rollkeeper.site.urls import urlpatterns as shared

handler404 = "rollkeeper.site.edge.not_found"
urlpatterns = [*shared, path("", include("rollkeeper.counter.urls"))]
