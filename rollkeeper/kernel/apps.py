# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """The package kernel: it has one table, of the jobs."""

    name = "rollkeeper.kernel"
