# SPDX-License-Identifier: EUPL-1.2
"""The project as an app of Django's: prepares what every process needs."""

from django.apps import AppConfig

from rollkeeper.kernel.side_by_side import fall_back_on_chinese_and_english


class SiteConfig(AppConfig):
    """Owns no table."""

    name = "rollkeeper.site"

    def ready(self) -> None:
        """Prepare the catalogues."""
        fall_back_on_chinese_and_english()
