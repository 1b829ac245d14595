# SPDX-License-Identifier: EUPL-1.2
"""The service for each kind of request: one list, so that the portal worker carries out these and no others."""

from collections.abc import Callable
from typing import Any

from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare import (
    appeals,
    applications,
    consents,
    delegates,
    line_selection,
    passkeys,
    personal_data,
    services,
    withdrawals,
)
from rollkeeper.selfcare.choices import PortalRequestKind

ACTION_HANDLERS: dict[PortalRequestKind, Callable[..., Receipt]] = {
    PortalRequestKind.PAUSE: services.declare_hardship,
    PortalRequestKind.RECONNECT: services.reconnect_own_line,
    PortalRequestKind.DISPUTE: services.dispute_record,
    PortalRequestKind.APPEAL: appeals.appeal,
    PortalRequestKind.NOT_MINE: services.disown_line,
    PortalRequestKind.CORRECT: services.request_correction,
    PortalRequestKind.TERMINATE: services.terminate_own_line,
    PortalRequestKind.ADD_DELEGATE: delegates.add_delegate,
    PortalRequestKind.REMOVE_DELEGATE: delegates.remove_delegate,
    PortalRequestKind.REPORT_DEATH: delegates.report_death,
    PortalRequestKind.DENY_DEATH: delegates.deny_death,
    PortalRequestKind.CONSENT: consents.give_consent,
    PortalRequestKind.WITHDRAW_CONSENT: consents.withdraw_consent,
    PortalRequestKind.WITHDRAW_CASE: withdrawals.withdraw_case,
    PortalRequestKind.PASSKEY_ADD: passkeys.add_passkey,
    PortalRequestKind.PASSKEY_REMOVE: passkeys.remove_passkey,
}
QUERY_HANDLERS: dict[PortalRequestKind, Callable[..., dict[str, Any]]] = {
    PortalRequestKind.DOCUMENT_COPY: personal_data.show_document_copy,
    PortalRequestKind.LINE_SELECTION: line_selection.show_selection,
    PortalRequestKind.COUNTER_CODE: services.counter_code,
    PortalRequestKind.LINE_NUMBERS: personal_data.show_masked_numbers,
    PortalRequestKind.APPLY_BEGIN: applications.begin_application,
    PortalRequestKind.APPLY_IMAGE: applications.allow_image,
    PortalRequestKind.PASSKEY_NEW: passkeys.new_passkey_options,
    PortalRequestKind.PASSKEY_OPTIONS: passkeys.passkey_options,
    PortalRequestKind.PASSKEY_VERIFY: passkeys.verify_by_passkey,
}
"""Requests that show data, and the exchange before a passkey or an application is accepted."""
OF_LIMITED_SESSIONS = frozenset({
    PortalRequestKind.DASHBOARD, PortalRequestKind.RECEIPT, PortalRequestKind.PAUSE, PortalRequestKind.RECONNECT,
    PortalRequestKind.DISPUTE, PortalRequestKind.APPEAL, PortalRequestKind.APPLY_BEGIN, PortalRequestKind.APPLY_IMAGE,
    PortalRequestKind.APPLY, PortalRequestKind.PASSKEY_OPTIONS, PortalRequestKind.PASSKEY_VERIFY, PortalRequestKind.SIGN_OUT,
})  # fmt: skip
"""The requests allowed after a code that was handed over: those that help the line. An attacker with a forged call can read and end nothing."""
