# SPDX-License-Identifier: EUPL-1.2
"""What a worker does about an import for the campaign manager who asked on a page."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from rollkeeper.access.authority import Authority
from rollkeeper.access.staff_requests import reference_in
from rollkeeper.imports.undo import undo_import


def undo(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Undo an import whole. Refuses: as `undo_import`."""
    return {"lines": undo_import(authority, reference_in(payload, "import"), on=on).lines}
