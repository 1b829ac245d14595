# SPDX-License-Identifier: EUPL-1.2
"""Make rows older than they are: for limits counted by the machine's own clock, which no test can set."""

import datetime as dt
from typing import Any

from django.db.models import F, Model


def make_older(model: type[Model], age: dt.timedelta, *columns: str, **which: Any) -> None:
    """Move these instants into the past by this much, in all rows or in those that the fields select."""
    model.objects.filter(**which).update(**{column: F(column) - age for column in columns})
