# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.kernel.accepted_languages import ACCEPTED_LANGUAGES


class LanguagesConfig(AppConfig):
    """The package languages."""

    name = "rollkeeper.languages"

    def ready(self) -> None:
        """Register which languages were accepted."""
        ACCEPTED_LANGUAGES.register_by_name("rollkeeper.languages.queries:accepted_languages")
