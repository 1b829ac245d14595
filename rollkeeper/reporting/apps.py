# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class ReportingConfig(AppConfig):
    """The package reporting."""

    name = "rollkeeper.reporting"
