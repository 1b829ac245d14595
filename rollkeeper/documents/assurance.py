# SPDX-License-Identifier: EUPL-1.2
"""How certain a person's identity is: recorded exactly, and never shown as more. Pure."""

from enum import StrEnum

from rollkeeper.documents.verdicts import Verdict


class Assurance(StrEnum):
    """From the least to the most. The values are in the register and in the ledger: never rename one."""

    DECLARED = "declared"
    """Only stated: by an import, a file or a remote form, or by a person who vouches for another without a document."""
    SIGHTED = "sighted"
    """A clerk held the document."""
    CHECKED = "checked"
    """In addition, its contents are consistent: check digits, dates."""
    MACHINE_READ = "machine_read"
    """In addition, a machine read it, and the clerk confirmed what was read, unchanged."""
    CONFIRMED = "confirmed"
    """In addition, its chip or the registry that issued it confirmed it."""

    @property
    def rank(self) -> int:
        """Return its place, 0 for the least."""
        return list(Assurance).index(self)


def assurance_of(
    *, document_seen: bool, verdict: Verdict, machine_read: bool = False, was_confirmed: bool = False
) -> Assurance:
    """Return the exact level. Each level requires those below it: a document that only a machine saw is declared."""
    if not document_seen:
        return Assurance.DECLARED
    if verdict is not Verdict.VALID:
        return Assurance.SIGHTED
    if not machine_read:
        return Assurance.CHECKED
    return Assurance.CONFIRMED if was_confirmed else Assurance.MACHINE_READ


def weakest(*levels: Assurance) -> Assurance:
    """Return the level of a record that rests on several levels: the least of them, or declared if there are none."""
    return min(levels, key=lambda level: level.rank, default=Assurance.DECLARED)
