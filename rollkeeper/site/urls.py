# SPDX-License-Identifier: EUPL-1.2
"""The addresses of this process's face. Each face is a room and brings its own."""

from django.urls import include, path

from rollkeeper.site.faces import face_called, this_face

urlpatterns = [path("account/", include("allauth.urls")), path("i18n/", include("django.conf.urls.i18n"))]
if this_face():
    urlpatterns.append(path("", include(face_called(this_face() or "").urls)))
