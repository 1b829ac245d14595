# SPDX-License-Identifier: EUPL-1.2
"""The project as an app of Django's: prepares what every process needs."""

from typing import Any

from django.apps import AppConfig
from django.core.signals import request_started

from rollkeeper.kernel.database import trust_quiet_connections
from rollkeeper.kernel.settings import take_over_changes
from rollkeeper.kernel.side_by_side import fall_back_on_chinese_and_english
from rollkeeper.law.page_wording import LAW_WORDING


class SiteConfig(AppConfig):
    """Owns no table."""

    name = "rollkeeper.site"

    def ready(self) -> None:
        """Prepare the catalogues; have each request of an app begin with the present settings."""
        fall_back_on_chinese_and_english()
        LAW_WORDING.register_by_name("rollkeeper.site.law_page:wording")
        # After Django's own receiver, which resets what it knows of its connections.
        request_started.connect(_prepare)


def _prepare(**_: Any) -> None:
    take_over_changes()
    trust_quiet_connections()
