# SPDX-License-Identifier: EUPL-1.2
"""What a ledger entry tells the people concerned: a sentence for each verb that a receipt can name."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rollkeeper.kernel.choices import BarLevel, IdentityCheck
from rollkeeper.kernel.phrasing import write_day
from rollkeeper.ledger.verbs import Verb

type Labels = dict[str, Any]

ACTION_LABELS: Labels = {
    Verb.TENURE_REGISTERED: _("The subscriber of the line is registered."),
    f"{Verb.TENURE_REGISTERED}:port_in": _(
        "The number comes from another operator; the subscriber of the line is registered."
    ),
    f"{Verb.TENURE_ACCEPTED}:port_in": _(
        "The number comes from another operator. The subscriber is accepted without a document for a time. The clock of the line is paused until then."
    ),
    Verb.TENURE_ACCEPTED: _(
        "The subscriber is accepted without a document for a time. The clock of the line is paused until then."
    ),
    Verb.TENURE_TRANSFERRED: _("The line is transferred; its new subscriber is registered."),
    Verb.LINE_RELOCATED: _("The line is recorded at its new place."),
    Verb.TENURE_CORRECTED: _("The record is changed."),
    Verb.SIM_REPLACED: _("The SIM is replaced."),
    Verb.DOCUMENT_LINKED: _(
        "A further document is recorded as the subscriber's. It leads to the same person."
    ),
    Verb.DOCUMENT_UNLINKED: _("A document is no longer recorded as the subscriber's."),
    Verb.LINE_TERMINATED: _("The contract is ended."),
    Verb.CLOCK_PAUSED: _("These days do not count for any clock of the line."),
    Verb.LINE_RECONNECTED: _("The line works again for some hours; then it is suspended as before."),
    Verb.LINE_MARKED_ESSENTIAL: _(
        "It is recorded whether a life may depend on what is connected to the line."
    ),
    Verb.EVIDENCE_SEEN: _("The proof of the declared reason was seen. It is not kept."),
    Verb.LINE_DISPUTED: _(
        "The dispute is being examined. Meanwhile no clock of the line runs, and the line cannot be suspended."
    ),
    Verb.RECEIPT_ACCEPTED: _(
        "A receipt was shown that contradicts the record. The line cannot be suspended during the examination."
    ),
    Verb.CASE_OPENED: _("A case is opened. Staff decide it."),
    Verb.CASE_SETTLED: _("A case is decided."),
    Verb.FORGERY_JUDGED: _("A member of staff judged a document that may be forged."),
    Verb.DELEGATE_ADDED: _(
        "You have named a person to act for you, or an heir. That person is not notified."
    ),
    f"{Verb.DELEGATE_ADDED}:representative": _(
        "You have named a person to act for you. That person is not notified."
    ),
    f"{Verb.DELEGATE_ADDED}:heir": _("You have named an heir. That person is not notified."),
    Verb.DELEGATE_REMOVED: _("The person named for this was removed."),
    f"{Verb.DELEGATE_REMOVED}:representative": _("The person who was to act for you is no longer named."),
    f"{Verb.DELEGATE_REMOVED}:heir": _("The heir whom you had named is no longer named."),
    Verb.PASSKEY_ADDED: _("A passkey was added: it shows who you are."),
    Verb.PASSKEY_REMOVED: _("A passkey was removed and no longer identifies anyone."),
    Verb.APPLICATION_SUBMITTED: _("An application to register the line was made remotely."),
    Verb.APPLICATION_CHECKED: _("The document was seen for what was registered remotely."),
    Verb.CONSENT_GIVEN: _(
        "You allowed one auditor to see the named entries. You can withdraw this at any time."
    ),
    Verb.CONSENT_WITHDRAWN: _("No auditor sees your record."),
    Verb.DISPUTE_SETTLED: _("The dispute is settled."),
    Verb.LINE_ACTIVATED: _("The line begins."),
    Verb.LINE_SUSPENDED: _(
        "The line is suspended: its registration was not made, or not verified again, in time."
    ),
    Verb.LINE_RESTORED: _("The line works again."),
    Verb.RECORD_ERASED: _("The record was erased."),
    Verb.COPY_ERASED: _("The copy of the document was erased."),
}


def action_label(verb: str, facts: Mapping[str, Any] = MappingProxyType({})) -> str:
    """Say what was done, with what the entry's facts add to its verb.

    Facts can add what is barred while the rest works, that the number came from another operator, for what a person was named, how the
    identity was checked, which days do not count, or that the person who acts for a company showed what the law asks.
    """
    barred = facts.get("bars")
    if verb == Verb.LINE_SUSPENDED and barred in BarLevel.values:
        return gettext(
            "The line is suspended in part: its registration was not made, or not verified again, in time. %(barred)s."
        ) % {"barred": BarLevel(barred).label}
    if verb == Verb.CLOCK_PAUSED and facts.get("first"):
        days = {
            name: write_day(dt.date.fromisoformat(str(facts[name])))
            for name in ("first", "last")
            if facts.get(name)
        }
        shown = {"done": ACTION_LABELS[verb]} | days
        if "last" in days:
            return gettext("%(done)s First day: %(first)s; last day: %(last)s.") % shown
        return gettext("%(done)s First day: %(first)s.") % shown
    of_act = ACTION_LABELS.get(f"{verb}:{facts.get('act') or facts.get('part')}")
    check = facts.get("identity_check")
    said = str(of_act or ACTION_LABELS.get(verb, _("An act was entered in the ledger.")))
    if check in IdentityCheck.values:
        shown = {"done": said, "check": IdentityCheck(check).label}
        said = gettext("%(done)s How the identity was checked: %(check)s.") % shown
    if facts.get("authority_shown") is not True:
        return said
    return gettext("%(done)s The person who acts for the company showed what the law asks.") % {"done": said}
