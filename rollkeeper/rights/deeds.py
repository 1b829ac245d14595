# SPDX-License-Identifier: EUPL-1.2
"""Which act each ask of a subscriber is: one list, so that the porter carries out these and no others."""

from collections.abc import Callable

from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.rights import acts, appealing, heirs
from rollkeeper.rights.kinds import AskKind

ACTS: dict[AskKind, Callable[..., Receipt]] = {
    AskKind.PAUSE: acts.claim_hardship,
    AskKind.LIFT: acts.lift_own_line,
    AskKind.DISPUTE: acts.dispute_record,
    AskKind.APPEAL: appealing.appeal,
    AskKind.NOT_MINE: acts.disown_line,
    AskKind.CORRECT: acts.ask_correction,
    AskKind.END: acts.end_own_line,
    AskKind.NAME: heirs.name_party,
    AskKind.UNNAME: heirs.unname_party,
    AskKind.DECEASED: heirs.report_death,
    AskKind.HERE: heirs.show_up,
}
