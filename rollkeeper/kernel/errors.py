# SPDX-License-Identifier: EUPL-1.2
"""Refusals and failures that a person can act on.

One base for all of them, so that one place in ``site`` can turn them into a web page, a problem document
(RFC 9457) or an exit code. A class per refusal lives in the package that refuses. Facts are ids, dates, counts and
names of columns: never personal data.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """What sort of no it is; decides the HTTP status and the exit code."""

    MALFORMED = "malformed"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    REFUSED = "refused"
    INTERNAL = "internal"

    @property
    def exit_code(self) -> int:
        """Return 2 where the call was wrong, 1 where the answer is no."""
        return 2 if self in {Kind.MALFORMED, Kind.INTERNAL} else 1


class RollkeeperError(Exception):
    """Something was refused or failed, with a stable code, one sentence and what to do next."""

    code: ClassVar[str] = "internal"
    kind: ClassVar[Kind] = Kind.INTERNAL
    sentence: ClassVar[str] = "Something went wrong."
    remedy: ClassVar[str] = "Try again; if it happens again, run 'rollkeeper doctor'."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.sentence.format(**facts))

    @property
    def advice(self) -> str:
        """Say what to do next, with the facts filled in."""
        return self.remedy.format(**self.facts)


class Faults(RollkeeperError):
    """Several faults found in one go: all of them are reported, not only the first."""

    code = "faults"
    kind = Kind.MALFORMED

    def __init__(self, faults: Sequence[RollkeeperError]) -> None:
        self.faults = tuple(faults)
        self.facts = {"count": len(faults)}
        kinds = {fault.kind for fault in faults}
        if not kinds & {Kind.MALFORMED, Kind.INTERNAL}:
            # Nothing was wrong with the call: the answer is no, for more than one reason.
            self.kind = faults[0].kind  # type: ignore[misc]
        Exception.__init__(self, "\n".join(str(fault) for fault in faults))

    @property
    def advice(self) -> str:
        """Join the remedies, each once, in the order of the faults."""
        return "\n".join(dict.fromkeys(fault.advice for fault in self.faults))


def raise_all(faults: Sequence[RollkeeperError]) -> None:
    """Raise the one fault as itself, several as `Faults`, none not at all."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)
