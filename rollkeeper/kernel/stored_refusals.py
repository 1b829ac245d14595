# SPDX-License-Identifier: EUPL-1.2
"""Refusals as rows: one process stores what it refused, with the facts, so that another can show it in the reader's language.

Separate from `errors.py` since only processes that work for others need it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rollkeeper.kernel.errors import Kind, Refusal, RollkeeperError


def stored_refusals(fault: RollkeeperError) -> list[dict[str, Any]]:
    """Return an error as rows, one for each fault, with ids, dates and counts, never a typed value."""
    return [_stored(one) for one in fault.faults]


def restored_refusals(found: Sequence[Mapping[str, Any]]) -> list[RollkeeperError]:
    """Return the errors that were stored or sent; an error that code catches by its class has that class."""
    by_code = {one.code: one for one in _classes(RollkeeperError) if hasattr(one, "code")}
    return [_restored(one, by_code) for one in found]


def _stored(fault: RollkeeperError) -> dict[str, Any]:
    facts = {name: fact if isinstance(fact, int) else str(fact) for name, fact in fault.facts.items()}
    row = {"code": fault.code, "kind": fault.kind.value, "sentence": fault.sentence, "remedy": fault.remedy}
    return row | {"facts": facts}


def _restored(found: Mapping[str, Any], by_code: Mapping[str, type[RollkeeperError]]) -> RollkeeperError:
    if found["code"] in by_code:
        return by_code[found["code"]](**found["facts"])
    return Refusal(found["code"], Kind(found["kind"]), found["sentence"], found["remedy"])(**found["facts"])


def _classes(base: type[RollkeeperError]) -> list[type[RollkeeperError]]:
    return [one for below in base.__subclasses__() for one in (below, *_classes(below))]
