# SPDX-License-Identifier: EUPL-1.2
"""The texts about each kind of case: what it means, how to find out the facts, which reasons there are, and what a decision does."""

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rollkeeper.selfcare.choices import CaseKind, DecisionReason

MEANINGS: Mapping[CaseKind, Promise] = {
    CaseKind.DISPUTE: _(
        "The subscriber says that this line is registered, or that its record is wrong. No batch acts on it until this is decided."
    ),
    CaseKind.NOT_MINE: _(
        "A person says that a line in their name is not theirs. Until this is decided it does not count towards their limit, and the person who uses it keeps service."
    ),
    CaseKind.APPEAL: _("A subscriber says that a decision about their line was wrong. Its clock is paused."),
    CaseKind.CORRECT: _(
        "A subscriber says that one entry of their record is wrong. It is corrected at a counter, where the document is seen."
    ),
    CaseKind.INHERIT: _(
        "A person says that the subscriber has died. The line stays as it is until this is decided."
    ),
    CaseKind.FORGERY: _(
        "Staff suspect that the document shown for this line was forged. The line stays as it is until two people have decided."
    ),
}
STEPS: Mapping[CaseKind, Sequence[Promise]] = {
    CaseKind.DISPUTE: (
        _(
            "Have the subscriber give the number and the document at a counter, or the receipt of the registration."
        ),
        _("A receipt that is genuine outranks a missing record."),
        _("If nothing is shown by the day above, the record stays as it is."),
    ),
    CaseKind.NOT_MINE: (
        _(
            "Find out at which counter or agent the line was registered, and with which check of the document."
        ),
        _("If the same agent has several such lines, open the agent's page."),
    ),
    CaseKind.APPEAL: (
        _("Read again what was decided, with its reason, and what the subscriber showed."),
        _("It must be another person than the one who made the first decision."),
    ),
    CaseKind.CORRECT: (
        _("Ask the subscriber to come to a counter with the document."),
        _("Once the record is corrected there, the case closes automatically."),
    ),
    CaseKind.INHERIT: (
        _("See the certificate of death and the document of the claimant at a counter."),
        _(
            "The person whom the subscriber named is heard first; the change of subscriber is then made at the counter."
        ),
    ),
    CaseKind.FORGERY: (
        _("Ask the subscriber to show the document again at a counter, to a supervisor."),
        _("A second person who finds the same decides. The report is then drafted; you send it."),
    ),
}
REASONS: Mapping[CaseKind, Sequence[DecisionReason]] = {
    CaseKind.DISPUTE: (
        DecisionReason.RECEIPT_PROVES, DecisionReason.DOCUMENT_SEEN, DecisionReason.RECORD_MISSING,
        DecisionReason.COUNTED_WRONG, DecisionReason.RECORD_RIGHT, DecisionReason.COUNTED_RIGHT,
        DecisionReason.NOTHING_SHOWN, DecisionReason.TAKEN_BACK,
    ),
    CaseKind.NOT_MINE: (
        DecisionReason.NOT_THEIR_LINE, DecisionReason.DOCUMENT_SEEN, DecisionReason.RECORD_RIGHT,
        DecisionReason.NOTHING_SHOWN, DecisionReason.TAKEN_BACK,
    ),
    CaseKind.APPEAL: (
        DecisionReason.RECEIPT_PROVES, DecisionReason.DOCUMENT_SEEN, DecisionReason.RECORD_MISSING,
        DecisionReason.COUNTED_WRONG, DecisionReason.RECORD_RIGHT, DecisionReason.COUNTED_RIGHT,
        DecisionReason.NOTHING_SHOWN, DecisionReason.TAKEN_BACK,
    ),
    CaseKind.CORRECT: (
        DecisionReason.RECORD_CORRECTED, DecisionReason.RECORD_RIGHT, DecisionReason.NOTHING_SHOWN,
        DecisionReason.TAKEN_BACK,
    ),
    CaseKind.INHERIT: (DecisionReason.DEATH_SHOWN, DecisionReason.NO_CLAIM_SHOWN, DecisionReason.TAKEN_BACK),
    CaseKind.FORGERY: (DecisionReason.DOCUMENT_SEEN, DecisionReason.DOCUMENT_FORGED),
}  # fmt: skip
_RIGHT_AGAIN = (
    _("If the line was suspended because no one was registered, it works again within minutes."),
    _(
        "The days since the case was opened do not count; the clock continues tomorrow with the remaining days."
    ),
)
_GOES_ON = (
    _("The clock of the line continues tomorrow with the remaining days."),
    _("The subscriber sees the decision and its reason at the portal, and can appeal once."),
)
_CONSEQUENCES: Mapping[tuple[CaseKind, bool], Sequence[Promise]] = {
    (CaseKind.DISPUTE, True): _RIGHT_AGAIN,
    (CaseKind.DISPUTE, False): _GOES_ON,
    (CaseKind.APPEAL, True): _RIGHT_AGAIN,
    (CaseKind.APPEAL, False): (
        _("The clock of the line continues tomorrow with the remaining days."),
        _("There is no second appeal against the same decision."),
    ),
    (CaseKind.NOT_MINE, True): (
        _("The line is permanently unlinked from this person. It then has no registered subscriber."),
        _("The person who uses it keeps service and is asked to register."),
    ),
    (CaseKind.NOT_MINE, False): (
        _("The line counts as this person's again."),
        _("The subscriber sees the decision and its reason at the portal, and can appeal once."),
    ),
    (CaseKind.CORRECT, True): (_("It is refused unless the record was changed since the case was opened."),),
    (CaseKind.CORRECT, False): (
        _("The record stays as it is."),
        _("The subscriber sees the decision and its reason at the portal, and can appeal once."),
    ),
    (CaseKind.INHERIT, True): (
        _("The case is closed; the heir is registered at a counter, with both documents."),
    ),
    (CaseKind.INHERIT, False): (_("The line goes on as it was, with its subscriber."),),
    (CaseKind.FORGERY, True): (_("After the second person the case is closed and nothing changes."),),
    (CaseKind.FORGERY, False): (
        _(
            "After the second person the record made by this document ends. The line has no registered subscriber and keeps service."
        ),
    ),
}
_UPHELD_AGAINST: Mapping[CaseKind, Sequence[Promise]] = {
    CaseKind.NOT_MINE: _CONSEQUENCES[CaseKind.NOT_MINE, True],
    CaseKind.CORRECT: (
        _("Unless the record was changed since, the correction is opened again."),
        *STEPS[CaseKind.CORRECT],
    ),
}

NOTICE = _(
    "If a notice may go, it tells the subscriber that it is decided and where to read it, never the outcome or the reason. None goes to a protected subscriber or on a line that is not theirs."
)


def meaning(kind: CaseKind) -> Promise:
    """Say what a kind of case means; for a kind without a text here, that a person decides it."""
    return MEANINGS.get(kind, _("A person decides it by the day below."))


def reasons(kind: CaseKind) -> Sequence[DecisionReason]:
    """Return the reasons that a decision of this kind may have."""
    return REASONS.get(kind, tuple(DecisionReason))


def consequences(kind: CaseKind, *, upheld: bool, against: CaseKind | None = None) -> Sequence[Promise]:
    """Say what a decision does; for an appeal against a lost case, also what it does in that case."""
    there = _UPHELD_AGAINST.get(against, ()) if upheld and against else ()
    return (*there, *_CONSEQUENCES.get((kind, upheld), ()))
