# SPDX-License-Identifier: EUPL-1.2
"""The portal's labels for the register's choices, written for the person concerned."""

from typing import Any

from django.utils.translation import gettext_lazy as _

type Labels = dict[str, Any]

ACTIONS: Labels = {
    "pause": _("I cannot come in time"),
    "reconnect": _("Reconnect the line for a day"),
    "dispute": _("This is wrong"),
    "appeal": _("Appeal against a decision"),
    "not-mine": _("This line is not mine"),
    "correct": _("Ask for a correction"),
    "add-delegate": _("Name a person to act for me, or my heir"),
    "remove-delegate": _("Remove the person I named"),
    "report-death": _("The subscriber of this line has died"),
    "deny-death": _("I have not died: I am here"),
    "terminate": _("End this line"),
}
BUTTONS: Labels = {
    "pause": _("Pause the clock"),
    "reconnect": _("Reconnect it now"),
    "dispute": _("Contest it"),
    "appeal": _("Appeal now"),
    "not-mine": _("Report this line"),
    "correct": _("Ask for it"),
    "add-delegate": _("Name this person"),
    "remove-delegate": _("Remove"),
    "report-death": _("Report the death"),
    "deny-death": _("Dismiss the report"),
    "terminate": _("End this line"),
}
NOTES: Labels = {
    "pause": _("Your word is enough; proof may come later. The days that you name do not count."),
    "reconnect": _(
        "No one asks why. Within minutes everything works for 24 hours; then the line is suspended as before. You get this once."
    ),
    "dispute": _(
        "From today no clock of the line runs, and the line cannot be suspended, until a person has examined the case. Then the remaining days go on, if there are any."
    ),
    "appeal": _(
        "From today no clock of the line runs. When the appeal is decided, the remaining days go on, if there are any."
    ),
    "not-mine": _(
        "From this moment the line no longer counts towards your limit. The person who uses it is heard before anything happens to it."
    ),
    "correct": _(
        "Say which entry is wrong. Staff correct it at any counter, where they see your document; nothing is typed here."
    ),
    "add-delegate": _(
        "They are not notified and cannot learn whether they are known here: what is kept is a mark that only their document produces. The person who acts for you shows that document at a counter; an heir is heard first. A new name replaces the previous one."
    ),
    "remove-delegate": _("From today no one is named for this."),
    "report-death": _(
        "From today the line is neither suspended nor given to another subscriber until a person has decided. Bring a proof of the death and your document to any counter. You may enter your document here: the heir whom the subscriber named is heard first. The answer is the same whether you are named or not."
    ),
    "deny-death": _("The report about you is dismissed at once, and the line stays as it is."),
    "terminate": _(
        "The contract ends today. For some time no one else gets the number: with your document you can have it back at a counter. You cannot undo this here."
    ),
}
