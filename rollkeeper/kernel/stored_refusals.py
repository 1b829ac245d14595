# SPDX-License-Identifier: EUPL-1.2
"""Refusals as rows: what a process could not do is kept with its facts, and said later on a page in the reader's language.

Separate from `errors.py` since only processes that work for others need it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rollkeeper.kernel.errors import Faults, Kind, Refusal, RollkeeperError


def stored_refusals(fault: RollkeeperError) -> list[dict[str, Any]]:
    """Return an error as it is kept, several faults one by one: ids, dates and counts, never a typed value."""
    return [_stored(one) for one in (fault.faults if isinstance(fault, Faults) else (fault,))]


def restored_refusals(found: Sequence[Mapping[str, Any]]) -> list[RollkeeperError]:
    """Return the errors that were kept, to be translated."""
    return [
        Refusal(one["code"], Kind(one["kind"]), one["sentence"], one["remedy"])(**one["facts"])
        for one in found
    ]


def _stored(fault: RollkeeperError) -> dict[str, Any]:
    facts = {name: fact if isinstance(fact, int) else str(fact) for name, fact in fault.facts.items()}
    row = {"code": fault.code, "kind": fault.kind.value, "sentence": fault.sentence, "remedy": fault.remedy}
    return row | {"facts": facts}
