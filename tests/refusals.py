"""Expects one of several refusals by its code, whether it is a row of an `errors.py` or a class."""

from typing import Any

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.kernel.database import run
from rollkeeper.kernel.errors import Refusal, RollkeeperError


def refusing(*refusals: Refusal | type[RollkeeperError], match: str | None = None) -> pytest.RaisesExc:
    """Return a context that holds if what is in it is refused by one of these, and by nothing else."""
    codes = {one.code for one in refusals}
    return pytest.raises(RollkeeperError, match=match, check=lambda fault: fault.code in codes)


def is_refused_by(fault: object, *refusals: Refusal | type[RollkeeperError]) -> bool:
    """Return whether something that was caught or returned is one of these refusals."""
    return isinstance(fault, RollkeeperError) and fault.code in {one.code for one in refusals}


def code_of(outcome: object) -> str:
    """Return the code of a refusal, and of any other outcome the name of its type."""
    return outcome.code if isinstance(outcome, RollkeeperError) else type(outcome).__name__


def is_refused_at_commit(statement: str, parameters: Any = ()) -> bool:
    """Return whether the register refuses a statement, at once or when it would be committed."""
    try:
        with transaction.atomic():
            run(statement, parameters)
            run("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError:
        return True
    return False
