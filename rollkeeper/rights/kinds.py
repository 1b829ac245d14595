# SPDX-License-Identifier: EUPL-1.2
"""The words of this room: what can be asked for at the portal, and what a case is about."""

from enum import StrEnum


class AskKind(StrEnum):
    """What somebody asks for during a visit."""

    SHOW = "show"
    """My line and, after the second proof, my lines; who looked; my receipts; my cases."""
    RECEIPT = "receipt"
    PROVE = "prove"
    """Document number and name as registered."""
    CHOOSE = "choose"
    """My lines that fill a limit, with their numbers, so that I choose which to end."""
    COUNTER_CODE = "counter_code"
    """A code by which a clerk finds the line in the hand."""
    PASSKEY_NEW = "passkey_new"
    """What a browser needs to make a passkey."""
    PASSKEY_ADD = "passkey_add"
    PASSKEY_REMOVE = "passkey_remove"
    PASSKEY_ASK = "passkey_ask"
    """What a browser needs to show a passkey, whether there is one or not."""
    PASSKEY_PROVE = "passkey_prove"
    READ = "read"
    """What is held about me, in clear."""
    COPY = "copy"
    """One copy of my document."""
    PAUSE = "pause"
    LIFT = "lift"
    """Service back for some hours, once; nobody asks why."""
    DISPUTE = "dispute"
    APPEAL = "appeal"
    NOT_MINE = "not_mine"
    CORRECT = "correct"
    END = "end"
    NAME = "name"
    """A representative or an heir."""
    UNNAME = "unname"
    DECEASED = "deceased"
    """The holder of the line in the hand has died."""
    HERE = "here"
    """They have not: I am here."""
    CONSENT = "consent"
    """Let one auditor see some entries of the record, for a time."""
    UNCONSENT = "unconsent"
    """Take that back."""
    APPLY_BEGIN = "apply_begin"
    """What a page needs to register the line in the hand: its service, and the public half to which it seals."""
    APPLY_PICTURE = "apply_picture"
    """Whether one more picture of a document may be read."""
    APPLY = "apply"
    LEAVE = "leave"


class CaseKind(StrEnum):
    """What a case is about."""

    NOT_MINE = "not_mine"
    """A line is in my name that is not mine."""
    DISPUTE = "dispute"
    """The record of my line is wrong, or it is missing."""
    APPEAL = "appeal"
    """What was decided about my line is wrong."""
    CORRECT = "correct"
    """Something recorded about me is wrong; put right at the counter."""
    INHERIT = "inherit"
    """The holder has died, somebody says, and claims the line or speaks for whoever does."""


class NamedPart(StrEnum):
    """What somebody is named for by a holder."""

    REPRESENTATIVE = "representative"
    """Acts for them at a counter, with their own document."""
    HEIR = "heir"
    """Is heard first about their lines once they have died."""
