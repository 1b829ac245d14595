# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    """The package registration."""

    name = "rollkeeper.registration"
