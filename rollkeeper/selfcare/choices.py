# SPDX-License-Identifier: EUPL-1.2
"""The choices of this package: the requests at the portal, and the kinds and reasons of cases."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PortalRequestKind(StrEnum):
    """The kinds of requests during a session."""

    DASHBOARD = "dashboard"
    """My line or, after the second proof, my lines; who accessed my data; my receipts; my cases."""
    RECEIPT = "receipt"
    VERIFY = "verify"
    """Document number and name as registered."""
    LINE_SELECTION = "line_selection"
    """My lines that fill a limit, with their numbers, so that I choose which to end."""
    COUNTER_CODE = "counter_code"
    """A code by which a clerk finds the line in the hand."""
    PASSKEY_NEW = "passkey_new"
    """The data that a browser needs to make a passkey."""
    PASSKEY_ADD = "passkey_add"
    PASSKEY_REMOVE = "passkey_remove"
    PASSKEY_OPTIONS = "passkey_options"
    """The data that a browser needs to use a passkey, whether there is one or not."""
    PASSKEY_VERIFY = "passkey_verify"
    EXPORT = "export"
    """All data held about me, in clear."""
    DOCUMENT_COPY = "document_copy"
    """One copy of my document."""
    PAUSE = "pause"
    RECONNECT = "reconnect"
    """Temporary reconnection for some hours, once, without giving a reason."""
    DISPUTE = "dispute"
    APPEAL = "appeal"
    NOT_MINE = "not_mine"
    CORRECT = "correct"
    TERMINATE = "terminate"
    ADD_DELEGATE = "add_delegate"
    """A representative or an heir."""
    REMOVE_DELEGATE = "remove_delegate"
    REPORT_DEATH = "report_death"
    """The subscriber of the line in the hand has died."""
    DENY_DEATH = "deny_death"
    """The report is wrong: I am alive."""
    CONSENT = "consent"
    """Let one auditor see some entries of the record, for a time."""
    WITHDRAW_CONSENT = "withdraw_consent"
    """Withdraw this consent."""
    APPLY_BEGIN = "apply_begin"
    """The data that a page needs to register the line in hand: its service, and the public half to which it seals."""
    APPLY_IMAGE = "apply_image"
    """Whether one more picture of a document may be read."""
    APPLY = "apply"
    LINE_NUMBERS = "line_numbers"
    """The masked numbers of my lines, so that I can tell them apart."""
    WITHDRAW_CASE = "withdraw_case"
    """Withdraw a case that I opened."""
    SIGN_OUT = "sign_out"


class HandOver(StrEnum):
    """How a code was handed over that was not sent to the line."""

    CARE_MENU = "care_menu"
    COUNTER = "counter"


class CaseKind(TextChoices):
    """The kinds of cases."""

    NOT_MINE = "not_mine", _("This line is not mine")
    """A line is in my name that is not mine."""
    DISPUTE = "dispute", _("The record is wrong or missing")
    """The record of my line is wrong, or it is missing."""
    APPEAL = "appeal", _("An appeal against a decision")
    """A decision about my line is wrong."""
    CORRECT = "correct", _("Correction requested")
    """Something recorded about me is wrong; a counter corrects it."""
    INHERIT = "inherit", _("Report that the subscriber has died")
    """A person reports that the subscriber has died, and claims the line or acts for a claimant."""
    FORGERY = "forgery", _("A document that may be forged")
    """Staff suspect that a document shown for the line was forged. Two people decide; no one is reported before."""


class ForgerySign(TextChoices):
    """The sign by which staff suspect a forged document."""

    PICTURE = "picture", _("The picture shows another person")
    SECURITY_FEATURES = "security_features", _("Security features are missing or wrong")
    CHECK_DIGITS = "check_digits", _("The number's check digits are wrong")
    REGISTRY = "registry", _("The issuer's register does not know the document")
    ALTERED = "altered", _("The document was altered")


class DisputeReason(TextChoices):
    """What a subscriber says is wrong. Chosen, never typed: a typed text could contain names."""

    RECORD_MISSING = "dispute_record_missing", _("I am registered, and the register does not show it")
    RECORD_WRONG = "dispute_record_wrong", _("What is recorded about me is wrong")
    NOT_NOTIFIED = "dispute_not_notified", _("No notice reached me")
    DAYS_WRONG = "dispute_days_wrong", _("The days are counted wrong")
    SOMETHING_ELSE = "dispute_something_else", _("Something else; I will explain it when I am asked")


class DecisionReason(TextChoices):
    """Why a case is decided as it is. Chosen, never typed: a typed reason could contain names."""

    RECORD_MISSING = "record_missing", _("The record was missing or wrong")
    RECEIPT_PROVES = "receipt_proves", _("A receipt proves the registration")
    DOCUMENT_SEEN = "document_seen", _("The document was seen and supports it")
    NOT_THEIR_LINE = "not_their_line", _("Someone else registered the line in this name")
    COUNTED_WRONG = "counted_wrong", _("The days were counted wrong, or a notice did not arrive")
    RECORD_CORRECTED = "record_corrected", _("The record was corrected")
    DEATH_SHOWN = "death_shown", _("The death and the heir were shown")
    RECORD_RIGHT = "record_right", _("The record is right")
    COUNTED_RIGHT = "counted_right", _("Notices and days were right")
    NOTHING_SHOWN = "nothing_shown", _("What was asked for was not shown in time")
    TAKEN_BACK = "taken_back", _("The subscriber withdrew it")
    NO_CLAIM_SHOWN = "no_claim_shown", _("No death or no claim was shown")
    DOCUMENT_FORGED = "document_forged", _("The document was forged")

    @property
    def is_for_upheld(self) -> bool:
        """Tell whether this is a reason to decide for the subscriber."""
        return self not in _DISMISSING


_DISMISSING = frozenset({
    DecisionReason.RECORD_RIGHT, DecisionReason.COUNTED_RIGHT, DecisionReason.NOTHING_SHOWN, DecisionReason.TAKEN_BACK,
    DecisionReason.NO_CLAIM_SHOWN, DecisionReason.DOCUMENT_FORGED,
})  # fmt: skip


class ApplicationState(StrEnum):
    """How far a remote application to register a line has come."""

    PENDING = "pending"
    CHECKED = "checked"
    """A clerk saw the document."""
    REGISTERED = "registered"
    REFUSED = "refused"
    EXPIRED = "expired"


class DelegateRole(TextChoices):
    """The roles for which a subscriber names people."""

    REPRESENTATIVE = "representative", _("Acts for me at a counter")
    """Acts for them at a counter, with their own document."""
    HEIR = "heir", _("My heir")
    """Is heard first about their lines once they have died."""
