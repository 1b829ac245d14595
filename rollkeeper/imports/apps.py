# SPDX-License-Identifier: EUPL-1.2
"""How Django knows this package."""

from django.apps import AppConfig

from rollkeeper.access.hooks import LONG_REQUESTS, STAFF_REQUESTS
from rollkeeper.kernel.table_files import REGISTRATION_TABLES


class ImportsConfig(AppConfig):
    """The package imports."""

    name = "rollkeeper.imports"

    def ready(self) -> None:
        """Offer its reading of spreadsheets to other packages, and register what a worker does for a page."""
        STAFF_REQUESTS.register_by_name("rollkeeper.imports.staff_requests:undo", key="undo-import")
        REGISTRATION_TABLES.register_by_name("rollkeeper.imports.registration_tables:open_table")
        LONG_REQUESTS.register_by_name("rollkeeper.imports.upload_work:read_by_request", key="imports-read")
        LONG_REQUESTS.register_by_name("rollkeeper.imports.upload_work:count_by_request", key="imports-count")
        LONG_REQUESTS.register_by_name(
            "rollkeeper.imports.upload_work:import_by_request", key="imports-import"
        )
        LONG_REQUESTS.register_by_name(
            "rollkeeper.imports.upload_work:discard_by_request", key="imports-discard"
        )
