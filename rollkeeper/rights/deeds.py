# SPDX-License-Identifier: EUPL-1.2
"""Which act each ask of a subscriber is: one list, so that the porter carries out these and no others; and what else is answered."""

from collections.abc import Callable
from typing import Any

from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.rights import (
    acts,
    appealing,
    applying,
    choosing,
    consenting,
    counter_codes,
    heirs,
    held,
    passkeys,
)
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
    AskKind.CONSENT: consenting.give_consent,
    AskKind.UNCONSENT: consenting.take_back_consent,
    AskKind.PASSKEY_ADD: passkeys.add_passkey,
    AskKind.PASSKEY_REMOVE: passkeys.remove_passkey,
}
OTHERS: dict[AskKind, Callable[..., dict[str, Any]]] = {
    AskKind.COPY: held.show_copy,
    AskKind.CHOOSE: choosing.show_choice,
    AskKind.COUNTER_CODE: counter_codes.counter_code,
    AskKind.APPLY_BEGIN: applying.begin_application,
    AskKind.APPLY_PICTURE: applying.allow_picture,
    AskKind.PASSKEY_NEW: passkeys.begin_passkey,
    AskKind.PASSKEY_ASK: passkeys.ask_passkey,
    AskKind.PASSKEY_PROVE: passkeys.prove_by_passkey,
}
"""What is shown, and what is said to and fro before a passkey or an application is taken."""
