# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this room."""

from django.apps import AppConfig


class EnrolmentConfig(AppConfig):
    """The room enrolment."""

    name = "rollkeeper.enrolment"
