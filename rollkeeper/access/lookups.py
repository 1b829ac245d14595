# SPDX-License-Identifier: EUPL-1.2
"""The limit of lookups in the indexes of numbers and documents, which the database counts (`sql/functions.sql`)."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.utils import IntegrityError

from rollkeeper.access.errors import INDEX_LOOKUPS_USED_UP


@contextmanager
def counted_lookups() -> Iterator[None]:
    """Turn the database's refusal into this package's own. Refuses: INDEX_LOOKUPS_USED_UP; the action around it can only be undone."""
    try:
        yield
    except IntegrityError as fault:
        if "access_lookup_limit_reached" not in str(fault):
            raise
        raise INDEX_LOOKUPS_USED_UP() from None
