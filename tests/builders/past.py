# SPDX-License-Identifier: EUPL-1.2
"""Rows that become older than they are: for limits counted by the machine's own clock, which no test can set."""

import datetime as dt
from typing import Any

from django.db.models import F, Model


def make_older(model: type[Model], age: dt.timedelta, *columns: str, **which: Any) -> None:
    """Put instants of all rows, or of those that the fields say, so much earlier."""
    model.objects.filter(**which).update(**{column: F(column) - age for column in columns})
