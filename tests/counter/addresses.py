# SPDX-License-Identifier: EUPL-1.2
"""The addresses of the counter app, for a test process that is no app."""

from django.urls import include, path

from rollkeeper.site.urls import urlpatterns as shared

handler404 = "rollkeeper.site.http_errors.not_found"
urlpatterns = [*shared, path("", include("rollkeeper.counter.urls"))]
